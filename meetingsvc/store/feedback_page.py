"""What the page of telling one victim shows (Rulebook F1 to F5)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from agenda.addresses import Part
from agenda.need_to_know import RestrictionState
from meetingsvc.models import AgencyRow, FeedbackRow, FeedbackTryRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import addresses, case_page, feedback, feedback_lists, outcomes
from meetingsvc.store.addresses import Person
from meetingsvc.store.case_page import Case
from meetingsvc.store.feedback import Decided
from minutes.feedback import Result, Standing

_meeting = aliased(MeetingRow)  # the scope's own conditions speak of the table
_later = aliased(FeedbackRow)


@dataclass(frozen=True, slots=True)
class Page:
    """One victim to tell: the case, the meeting that heard it, and every decision with its attempts."""

    item_id: UUID
    case: Case
    kind: str
    sits_on: date
    over: bool  # what the meeting decided is final
    meets: bool  # the reader may open that meeting, and so the page of what it decided
    victim: Person | None
    history: tuple[Decided, ...]

    @property
    def current(self) -> Decided | None:
        """The decision that counts."""
        return next(iter(self.history), None)

    @property
    def restricted(self) -> bool:
        """The case is open to named people only."""
        return self.case.restriction is RestrictionState.RESTRICTED


def page(reader: Principal, item_id: UUID, today: date) -> Page | None:
    """None where it is not the reader's to read (security.md B)."""
    if not feedback.is_theirs(reader, item_id):
        return None
    rows = select(ItemRow.case_id, _meeting.kind, _meeting.sits_on, feedback_lists.over(today, _meeting))
    rows = rows.join(_meeting, _meeting.id == ItemRow.meeting_id)
    with case_page.told_item(reader, item_id) as here:
        found = db.session.execute(rows.where(here)).one_or_none()
    case = case_page.case(reader, found[0]) if found else None
    if found is None or case is None:
        return None
    people = addresses.people(reader, case.id)
    victim = next((one for one in people if one.part is Part.VICTIM), None)
    history = feedback.history(reader, item_id)
    meets = reader.runs_meetings or outcomes.may_read(reader, item_id)
    return Page(item_id, case, found[1], found[2], found[3], meets, victim, tuple(history))


@dataclass(frozen=True, slots=True)
class OnCase:
    """How telling the victim stands after one meeting, in a line of the case's page."""

    item_id: UUID
    sits_on: date
    name: str
    agency: str
    due: date | None
    standing: Standing


def on_case(reader: Principal, case_id: UUID) -> list[OnCase]:
    """For the page of a case, the latest meeting first: what is the reader's to read (security.md B)."""
    if not reader.may(Permission.FEEDBACK_READ):
        return []
    row, tried = FeedbackRow, FeedbackTryRow
    closing = select(tried.result).where(tried.feedback_id == row.id, tried.again_on.is_(None))
    closing = closing.order_by(tried.place.desc()).limit(1)
    newer = exists().where(_later.item_id == row.item_id, _later.version > row.version)
    rows = (
        select(row, _meeting.sits_on, AgencyRow.name, closing.scalar_subquery())
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(_meeting, _meeting.id == ItemRow.meeting_id)
        .outerjoin(AgencyRow, AgencyRow.id == row.agency_id)
        .where(feedback.theirs(reader), ~newer)
        .order_by(_meeting.sits_on.desc(), row.id)
    )
    with case_page.told_here(reader, case_id) as here:
        found = db.session.execute(rows.where(here)).all()
    return [
        OnCase(one.item_id, day, one.name, agency or "", one.next_on, _standing(one, closed))
        for one, day, agency, closed in found
    ]


def _standing(row: FeedbackRow, closed: str | None) -> Standing:
    if row.next_on is not None:
        return Standing.TO_TELL
    if closed is not None:
        return Standing.TOLD if closed == Result.TOLD else Standing.UNSAFE
    return Standing.UNSAFE if row.unsafe else Standing.TO_TELL
