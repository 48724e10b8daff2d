"""What daily meetings decided on each application under the disclosure schemes (Rulebook C4, Y1)."""

from collections.abc import Collection
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from meetingsvc.models import EntryRow, OutcomeRow, db
from meetingsvc.store.scope import Reader, told_at
from minutes.outcome import Disclosure


def decisions(reader: Reader, item_ids: Collection[UUID]) -> dict[UUID, tuple[Disclosure, ...]]:
    """By the case on its list, in the order of the applications' references."""
    row, found = EntryRow, dict[UUID, tuple[Disclosure, ...]]()
    if not item_ids:
        return found
    rows = (
        select(row.item_id, row.occurrence_number, row.disclose, row.disclose_why)
        .where(told_at(reader, row.item_id), row.item_id.in_(item_ids), row.disclose.is_not(None))
        .order_by(row.occurrence_number)
        .distinct()
    )
    for item_id, reference, disclose, why in db.session.execute(rows):
        found[item_id] = (*found.get(item_id, ()), Disclosure(reference, disclose, why))
    return found


@cache
def any_decided() -> ColumnElement[bool]:
    """Of `OutcomeRow`: whether it decided on an application at all."""
    entry = aliased(EntryRow)
    decided = (entry.item_id == OutcomeRow.item_id, entry.disclose.is_not(None))
    return exists().where(*decided).correlate(OutcomeRow)


def write(reader: Reader, item_id: UUID, told: Collection[Disclosure]) -> None:
    """Keeps each decision on the entry of its application."""
    row = EntryRow
    decided = {one.reference: one for one in told}
    here = (told_at(reader, row.item_id), row.item_id == item_id, row.occurrence_number.in_(decided))
    for entry in db.session.scalars(select(row).where(*here).order_by(row.id)).all():
        one = decided[entry.occurrence_number]
        entry.disclose, entry.disclose_why = one.disclose, one.why.strip()
        db.session.flush()
