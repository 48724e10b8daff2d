"""Rows as plain values: what JSON can keep, and what the table takes back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, Uuid, and_, select

from meetingsvc.models import db
from meetingsvc.models.base import UTCDateTime

Plain = dict[str, Any]
#: A table's name, and the columns of its key with their values.
Key = tuple[str, tuple[tuple[str, Any], ...]]


def where(table: Table, key: Mapping[str, Any]) -> Any:
    """The rows that have these values."""
    return and_(*(table.c[name] == value for name, value in values(table, key).items()))


def rows(table: Table, condition: Any) -> dict[Key, Plain]:
    """Those of a table, by their keys."""
    names = [column.name for column in table.columns]
    keys = [column.name for column in table.primary_key]
    found: dict[Key, Plain] = {}
    for row in db.session.execute(select(table).where(condition)):
        told = {name: plain(value) for name, value in zip(names, row, strict=True)}
        found[table.name, tuple((name, told[name]) for name in keys)] = told
    return found


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    match value:
        case UUID():
            return value.hex
        case bytes() | memoryview():
            return bytes(value).hex()
        case datetime() | date():
            return value.isoformat()
    return value


def values(table: Table, told: Mapping[str, Any]) -> Plain:
    """Plain values as the table takes them."""
    return {name: _back(table.c[name], value) for name, value in told.items()}


def _back(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    match column.type:
        case Uuid():
            return UUID(value)
        case LargeBinary():
            return bytes.fromhex(value)
        case UTCDateTime():
            return datetime.fromisoformat(value)
    return date.fromisoformat(value) if column.type.python_type is date else value
