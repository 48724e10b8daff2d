"""Many rows at once: SQLite's executemany or PostgreSQL's COPY, with the values each column's type would bind."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, func, select

from meetingsvc.models import db


def insert(table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Adds `rows` in the current transaction. Each holds the values of `columns`, in that order."""
    if not rows:
        return
    if db.engine.dialect.name == "postgresql":
        _copy(table, columns, rows)
        return
    binders = _binders(table, columns)
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 names of our own tables
    db.session.connection().exec_driver_sql(statement, list(_bound(rows, binders)))


def next_id(table: Table) -> int:
    """The first free number of a table, which only the running use case fills (it holds the write lock)."""
    return (db.session.scalar(select(func.max(table.c.id))) or 0) + 1


def _binders(table: Table, columns: Sequence[str]) -> list[tuple[int, Callable[[Any], Any]]]:
    dialect = db.engine.dialect
    found = (
        (i, table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
        for i, name in enumerate(columns)
    )
    return [(i, binder) for i, binder in found if binder is not None]


def _bound(
    rows: Iterable[Sequence[Any]], binders: list[tuple[int, Callable[[Any], Any]]]
) -> Iterable[tuple[Any, ...]]:
    for row in rows:
        values = list(row)
        for i, bind in binders:
            values[i] = bind(values[i])
        yield tuple(values)


def _copy(table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    cursor = db.session.connection().connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(row)
