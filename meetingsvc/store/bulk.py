"""Many rows at once: SQLite's executemany or PostgreSQL's COPY, as each column's type would bind them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Dialect, LargeBinary, Table, Uuid, func, select, text
from sqlalchemy.types import TypeEngine

from meetingsvc.models import db
from meetingsvc.models.base import UTCDateTime

Bind = Callable[[Any], Any]


def insert(table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Adds `rows` in the current transaction. Each holds the values of `columns`, in that order."""
    if not rows:
        return
    if db.engine.dialect.name == "postgresql":
        _copy(table, columns, rows)
        return
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 names of our own tables
    binders = [binder(table.c[name], db.engine.dialect) for name in columns]
    db.session.connection().exec_driver_sql(statement, list(_bound(rows, binders)))


def next_id(table: Table) -> int:
    """The first free number of a table, which only the running use case fills (it holds the write lock)."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(7310)"))  # one at a time, until it commits
    return (db.session.scalar(select(func.max(table.c.id))) or 0) + 1


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"naive time: {value!r}")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


#: What the types' own binders answer for SQLite, in a fraction of their time.
_QUICK: dict[type[TypeEngine[Any]], Bind] = {
    Boolean: int,
    Date: date.isoformat,
    LargeBinary: bytes,
    UTCDateTime: _moment,
    Uuid: attrgetter("hex"),
}


def binder(column: Column[Any], dialect: Dialect) -> Bind | None:
    """What turns a value of this column into what SQLite stores, or None where it is stored as it is."""
    quick = _QUICK.get(type(column.type))
    if quick is None:
        return column.type.dialect_impl(dialect).bind_processor(dialect)
    return (lambda value: None if value is None else quick(value)) if column.nullable else quick


def _bound(rows: Sequence[Sequence[Any]], binders: Sequence[Bind | None]) -> Iterable[tuple[Any, ...]]:
    """Column by column, which takes a third of the time of row by row."""
    columns = (map(itemgetter(place), rows) for place in range(len(binders)))
    return zip(*map(_column, columns, binders), strict=True)


def _column(values: Iterable[Any], bind: Bind | None) -> Iterable[Any]:
    """A run of one and the same value is bound once."""
    if bind is None:
        return values
    bound, last, stored = [], object(), None
    for value in values:
        if value is not last:
            last, stored = value, bind(value)
        bound.append(stored)
    return bound


def _copy(table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    names, dialect = ", ".join(f'"{name}"' for name in columns), db.engine.dialect
    kinds = [table.c[name].type for name in columns]
    # The driver knows every other type by its value; a list could be an array.
    binders = [
        k.dialect_impl(dialect).bind_processor(dialect) if isinstance(k, JSON) else None for k in kinds
    ]
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in _bound(rows, binders):
            copy.write_row(row)
