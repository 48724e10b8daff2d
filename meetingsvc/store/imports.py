"""Queries on imports and the rows they rejected."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select

from agenda.rejects import Row
from meetingsvc.models import ImportRow, db
from meetingsvc.store import kept_rejects
from meetingsvc.store.scope import Reader, imports_of


def header(reader: Reader, import_id: UUID) -> list[str]:
    """The columns of the file as it came."""
    rows = select(ImportRow.header).where(imports_of(reader), ImportRow.id == import_id)
    return db.session.scalars(rows).one()


def rejected(reader: Reader, import_id: UUID) -> Iterator[Row]:
    """The rejected rows of an import, in the file's order."""
    for _, row in kept_rejects.shown(reader, import_id):
        yield row
