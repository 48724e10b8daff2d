"""What stands in the place of the code's own at this moment: what is built under other patches is another."""

from collections.abc import Iterator
from types import FunctionType
from typing import Any
from weakref import WeakSet

import pytest

_live: WeakSet[pytest.MonkeyPatch] = WeakSet()
#: Of functions in functions' cells: deeper is none of ours.
_DEEPEST = 20


def watch() -> None:
    """From now on, for every patch of this process."""
    make = pytest.MonkeyPatch.__init__

    def made(self: pytest.MonkeyPatch) -> None:
        make(self)
        _live.add(self)

    pytest.MonkeyPatch.__init__ = made  # type: ignore[method-assign]


def present() -> list[tuple[str, str, object]]:
    """Each patch of whichever fixture: where, of what, and what is there now."""
    return sorted(_all(), key=lambda one: one[:2])


def _all() -> Iterator[tuple[str, str, object]]:
    for patch in list(_live):
        for target, name, _ in patch._setattr:
            if _named(target).startswith("_pytest."):
                continue  # its own, of where folders are
            yield _named(target), name, _told(getattr(target, name, None))
        for mapping, key, _ in patch._setitem:
            yield _named(mapping), repr(key), _told(mapping.get(key))


def _named(thing: Any) -> str:
    of = thing if hasattr(thing, "__name__") else type(thing)
    return f"{getattr(of, '__module__', '')}.{getattr(of, '__qualname__', of.__name__)}"


def _told(value: Any, deep: int = 0) -> object:
    """A function by its code and what it has closed over: a name is no part of what it does."""
    if not isinstance(value, FunctionType) or deep > _DEEPEST:
        return value
    code, cells = value.__code__, value.__closure__ or ()
    closed = [_told(cell.cell_contents, deep + 1) for cell in cells]
    where = value.__module__, value.__qualname__, code.co_firstlineno
    return where, code.co_code, repr(code.co_consts), repr(value.__defaults__), closed
