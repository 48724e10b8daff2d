"""A worded pack as plain data and back: what agencies were given stays as it was when published."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from agenda.pack import CaseSheet, Facts, GroupSheet, Prose, Remark, Section, Table, Worded

_KINDS = {
    kind.__name__: kind for kind in (CaseSheet, Facts, GroupSheet, Prose, Remark, Section, Table, Worded)
}


def kept(words: Worded) -> dict[str, Any]:
    """The words as JSON can hold them."""
    data: dict[str, Any] = _kept(words)
    return data


def _kept(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_kept(part) for part in value]
    if is_dataclass(value):
        parts = {field.name: _kept(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **parts}
    return value


def read(data: Mapping[str, Any]) -> Worded:
    """The inverse of `kept`."""
    words: Worded = _read(data)
    return words


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_read, value))
    if isinstance(value, Mapping):
        return _KINDS[value["is"]](**{name: _read(part) for name, part in value.items() if name != "is"})
    return value
