"""Heard cases of meetings that are over for which nobody has said who tells the victim (Rulebook F1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import MeetingState, case_reference
from agenda.panels import Works
from meetingsvc.models import CaseRow, FeedbackRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store.scope import Reader, told_items_of

_meeting = aliased(MeetingRow)  # the scope's own conditions speak of the table


@dataclass(frozen=True, slots=True)
class Undecided:
    """One such case, and the meeting that heard it."""

    item_id: UUID
    case_id: UUID
    case: str
    meeting: str
    sits_on: date


def undecided(reader: Principal) -> list[Undecided]:
    """For who decides it, as far as they may see: whoever ended the meeting may not have seen the case (M6).

    The earliest meeting first.
    """
    return _found(reader) if reader.may(Permission.FEEDBACK_DECIDE) else []


def left_by(reader: Reader, meeting_id: UUID) -> list[UUID]:
    """The same of one meeting that ends."""
    return [one.item_id for one in _found(reader, meeting_id)]


def _found(reader: Reader, meeting_id: UUID | None = None) -> list[Undecided]:
    row, outcome, told = _meeting, OutcomeRow, FeedbackRow
    over = or_(  # what a MARAC decided stands, though it is said since that it did not sit
        row.state.in_((MeetingState.HEARD, MeetingState.CANCELLED)),
        and_(row.works == Works.LIST, row.state == MeetingState.CLOSED),
    )
    rows = (
        select(ItemRow.id, CaseRow.id, CaseRow.number, row.kind, row.sits_on)
        .join(row, row.id == ItemRow.meeting_id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(told_items_of(reader), over, exists().where(outcome.item_id == ItemRow.id))
        .where(~exists().where(told.item_id == ItemRow.id))
        .order_by(row.sits_on, CaseRow.number)
    )
    if meeting_id is not None:
        rows = rows.where(row.id == meeting_id)
    return [
        Undecided(item_id, case_id, case_reference(number), kind, day)
        for item_id, case_id, number, kind, day in db.session.execute(rows)
    ]
