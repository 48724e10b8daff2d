"""Applications that were withdrawn: what leaves a daily list by it, and how it says so (Rulebook Y1, T9)."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from agenda.disclosure_scheme import Step
from meetingsvc.models import ApplicationRow, ApplicationStepRow, EntryRow, ItemRow, OutcomeRow, db

#: Why a case was not heard, on the record of its meeting.
WITHDRAWN = "The disclosure scheme application was withdrawn before it was heard."


@cache
def off_list() -> ColumnElement[bool]:
    """Of `ItemRow`: every entry of the case is an application withdrawn since, listed for nothing else.

    A further disclosure on a case that was heard or waits stays (T6, T15), so does what a person put on the
    list (T5), and what was heard before it was withdrawn.
    """
    entry, outcome = aliased(EntryRow), aliased(OutcomeRow)
    stays = or_(entry.withdrawn_at.is_(None), entry.reasons != "T9", entry.added_reason != "")
    under = entry.item_id == ItemRow.id
    return and_(
        exists().where(under).correlate(ItemRow),
        ~exists().where(under, stays).correlate(ItemRow),
        ~exists().where(outcome.item_id == ItemRow.id).correlate(ItemRow),
    )


def withdrawn(area_id: UUID, references: Collection[str]) -> dict[str, datetime]:
    """Of these applications, those that were withdrawn, and when. To be asked as the service for the area."""
    row, step = ApplicationRow, ApplicationStepRow
    if not references:
        return {}
    rows = (
        select(row.reference, step.at)
        .join(step, step.application_id == row.id)
        .where(row.area_id == area_id, row.reference.in_(references), step.step == Step.WITHDRAW)
    )
    return {reference: at for reference, at in db.session.execute(rows)}


def mark(area_id: UUID, references: Collection[str]) -> None:
    """Says on their entries which of these applications were withdrawn: their step keeps why.

    To be called as the service for the area.
    """
    gone = withdrawn(area_id, references)
    if not gone:
        return
    rows = (
        select(EntryRow)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(ItemRow.area_id == area_id, EntryRow.occurrence_number.in_(gone))
        .where(EntryRow.withdrawn_at.is_(None))
    )
    for entry in db.session.scalars(rows).all():
        entry.withdrawn_at = gone[entry.occurrence_number]
    db.session.flush()
