"""Queries on imports and the rows they rejected."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from agenda.rejects import Row
from meetingsvc.models import ImportRow, RejectedRow, db


def header(import_id: UUID) -> list[str]:
    """The columns of the file as it came."""
    return db.session.scalars(select(ImportRow.header).where(ImportRow.id == import_id)).one()


def rejected(import_id: UUID) -> Iterator[Row]:
    """The rejected rows of an import, in the file's order."""
    row = RejectedRow
    rows = (
        select(row.line, row.column, row.error, row.cells)
        .where(row.import_id == import_id)
        .order_by(row.line, row.id)
        .execution_options(yield_per=1000)
    )
    yield from map(tuple, db.session.execute(rows))
