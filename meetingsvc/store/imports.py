"""Queries on imports and the rows they rejected."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from agenda.rejects import Row
from meetingsvc.models import ImportRow, RejectedRow, db
from meetingsvc.store.scope import Reader, imports_of, rejects_of


def header(reader: Reader, import_id: UUID) -> list[str]:
    """The columns of the file as it came."""
    rows = select(ImportRow.header).where(imports_of(reader), ImportRow.id == import_id)
    return db.session.scalars(rows).one()


def rejected(reader: Reader, import_id: UUID) -> Iterator[Row]:
    """The rejected rows of an import, in the file's order."""
    row = RejectedRow
    rows = (
        select(row.line, row.column, row.error, row.cells)
        .where(rejects_of(reader), row.import_id == import_id)
        .order_by(row.line, row.id)
        .execution_options(yield_per=1000)
    )
    yield from map(tuple, db.session.execute(rows))
