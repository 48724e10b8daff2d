"""Which minutes wait for whom: those still to be drafted, and those that lie with the chair (Rulebook M4)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from agenda.area import AreaSettings
from agenda.calendar import days_off
from agenda.meetings import MeetingState
from agenda.panels import Works
from meetingsvc import holidays
from meetingsvc.models import AttendeeRow, ItemRow, MeetingRow, MinutesRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import areas, marac_waiting
from meetingsvc.store.scope import Reader, items_of, meetings_of
from meetingsvc.store.scope_meeting_record import recorded_at
from meetingsvc.store.scope_minutes import minutes_of
from minutes.minutes import due_on

#: So far back minutes are asked for where nobody ever recorded who came to a meeting.
REMINDED_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A meeting whose minutes are not out."""

    meeting_id: UUID
    kind: str
    works: Works
    sits_on: date
    due: date
    begun: bool  # there is a draft
    sent: bool  # it lies with the chair

    def is_late(self, today: date) -> bool:
        """After its day; on the day itself it is not late yet."""
        return self.due < today


def due(reader: Principal, works: Works, sits_on: date) -> date:
    """By which day the minutes of a meeting are out in the reader's area (Rulebook M4)."""
    return _due_in(areas.settings_of(areas.by_id(reader.area_id)), works, sits_on)


def _due_in(settings: AreaSettings, works: Works, sits_on: date) -> date:
    return due_on(works, sits_on, settings, days_off(settings, holidays.known()))


def since(reader: Principal, today: date) -> date:
    """From when minutes are asked for: what sat before the service kept records of meetings has none."""
    came = AttendeeRow.meeting_id
    recorded = exists().where(came == MeetingRow.id, recorded_at(reader, came)).correlate(MeetingRow)
    ever = db.session.scalar(select(func.min(MeetingRow.sits_on)).where(meetings_of(reader), recorded))
    return min(ever or today, today - REMINDED_FOR)


def over(reader: Reader) -> ColumnElement[bool]:
    """Meetings that have ended, so that there is a record to draft from: a MARAC said not to have sat too,
    for who may see a case that it decided (Rulebook M4, M6)."""
    row = MeetingRow
    return or_(
        and_(row.works == Works.AGENDA, row.state == MeetingState.CANCELLED, is_told_of(reader)),
        and_(row.works == Works.AGENDA, row.state == MeetingState.HEARD),
        and_(row.works == Works.LIST, row.state == MeetingState.CLOSED),
    )


def meeting(reader: Reader, meeting_id: UUID) -> MeetingRow | None:
    """The meeting whose minutes are asked for; None where the reader may not know that it has any (M6)."""
    row = MeetingRow
    return db.session.scalar(select(row).where(meetings_of(reader), is_told_of(reader), row.id == meeting_id))


def is_told_of(reader: Reader) -> ColumnElement[bool]:
    """Meetings of whose minutes the reader may know: what a MARAC said not to have sat decided all the same
    is told by no line of a list to who may not see the case (Rulebook M6)."""
    row = MeetingRow
    decided = exists().where(ItemRow.meeting_id == row.id, items_of(reader), marac_waiting.is_decided())
    return or_(row.state != MeetingState.CANCELLED, decided)


def waiting(reader: Principal, today: date) -> list[Waiting]:
    """Meetings that have ended and whose newest minutes are not approved, the first due first.

    One with nothing on it that the reader may see is left out: there is nothing of it that is theirs (M6).
    """
    row, newest = MeetingRow, aliased(MinutesRow)
    latest = (
        select(func.max(MinutesRow.version)).where(minutes_of(reader), MinutesRow.meeting_id == row.id)
    ).correlate(row)
    rows = (
        select(row.id, row.kind, row.works, row.sits_on, newest.id, newest.sent_at)
        .outerjoin(newest, and_(newest.meeting_id == row.id, newest.version == latest.scalar_subquery()))
        .where(meetings_of(reader), over(reader), newest.approved_at.is_(None))
        .where(or_(row.sits_on >= since(reader, today), newest.id.is_not(None)))
        .where(exists().where(ItemRow.meeting_id == row.id, items_of(reader)))
    )
    settings = areas.settings_of(areas.by_id(reader.area_id))
    found = [
        Waiting(key, kind, Works(works), day, _due_in(settings, Works(works), day), begun is not None,
                sent is not None)
        for key, kind, works, day, begun, sent in db.session.execute(rows).all()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.due, one.kind, one.sits_on))
