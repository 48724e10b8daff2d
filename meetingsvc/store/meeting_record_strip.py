"""What stands above a case while the meeting goes on: its clock, who is here, who has to be out."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from agenda.calendar import local_day
from agenda.circulation import Group
from agenda.fitting import minutes_for
from agenda.meetings import MeetingState
from agenda.panels import Works
from meetingsvc.models import (
    AttendeeRow,
    AttendeeStayRow,
    ItemAbsenceRow,
    ItemHearingRow,
    ItemRow,
    MeetingRow,
    db,
)
from meetingsvc.store import areas
from meetingsvc.store import meeting_record as store
from meetingsvc.store.meeting_record import Expected
from meetingsvc.store.scope import Reader, items_of
from meetingsvc.store.scope_kept import sees_all
from meetingsvc.store.scope_meeting_record import absences_of, hearings_of, recorded_at, stays_of
from meetingsvc.store.withdrawn import off_list
from minutes.attendance import Attendee
from minutes.clock import Clock, Hearing, of_case, of_meeting


@dataclass(frozen=True, slots=True)
class Strip:
    """One case of a meeting that is under way, as its reader may see it."""

    item_id: UUID
    meeting_id: UUID
    kind: str
    works: Works
    under_way: bool  # its day has come, and its record is not closed
    runs: bool  # the reader runs it
    case: Clock
    meeting: Clock
    not_reached: str
    here: tuple[Attendee, ...]  # in the room, but for who is out for this case
    out: tuple[tuple[Attendee, bool], ...]  # out for this case; whether because they may not hear it
    to_leave: tuple[Attendee, ...]  # who have to leave before it is heard
    gone: tuple[Attendee, ...]  # came, and left
    awaited: tuple[Expected, ...]  # expected, and not here, while it is under way
    reminded: bool  # nobody here has not been reminded of confidentiality
    stamp: str  # as `stamp` says it


def strip(reader: Reader, item_id: UUID, now: datetime) -> Strip | None:
    """None where the case is not the reader's to see."""
    found = db.session.execute(
        select(MeetingRow, ItemRow.case_id, ItemRow.not_reached, DISCUSSED, *_cases_seen(reader))
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(items_of(reader), ItemRow.id == item_id)
    ).one_or_none()
    if found is None:
        return None
    meeting, case_id, not_reached, discussed, *cases = found
    people, times = store.attendees(reader, meeting.id), store.hearings(reader, meeting.id)
    runs, under_way = sees_all(reader), is_under_way(meeting, now)
    noted = store.absent(reader, item_id) if runs and people else {}
    here = [one for one in people if one.in_the_room]
    kept = store.must_be_out(meeting.area_id, item_id, case_id, here) - noted.keys() if runs else set()
    return Strip(
        item_id=item_id,
        meeting_id=meeting.id,
        kind=meeting.kind,
        works=Works(meeting.works),
        under_way=under_way,
        runs=runs,
        case=case_clock(item_id, times, planned(meeting, 1, int(bool(discussed))), now),
        meeting=_clock(meeting, times, planned(meeting, *cases), now),
        not_reached=not_reached,
        here=tuple(one for one in here if one.id not in noted),
        out=tuple((one, noted[one.id]) for one in people if one.id in noted),
        to_leave=tuple(one for one in here if one.id in kept),
        gone=tuple(one for one in people if one.here and not one.in_the_room),
        awaited=_awaited(meeting, people) if runs and under_way else (),
        reminded=all(one.confidential_at for one in here),
        stamp=_stamped(people, times, noted, not_reached),
    )


def _stamped(
    people: Collection[Attendee], times: Collection[Hearing], noted: Collection[UUID], not_reached: str
) -> str:
    """What `stamp` asks the database for, of what is read already."""
    stays = [stay for one in people for stay in one.stays]
    told = (
        len(people), sum(stay.left_at is not None for stay in stays), sum(one.version for one in people),
        len(times), sum(one.ended_at is not None for one in times), len(noted), not_reached,
    )  # fmt: skip
    return "/".join(str(one or 0) for one in told)


def stamp(reader: Reader, item_id: UUID) -> str:
    """Another one whenever the strip says something else: of what its reader may know alone."""
    of = select(ItemRow.meeting_id).where(items_of(reader), ItemRow.id == item_id)
    meeting_id = db.session.scalar(of)
    stay, person, hearing, out = AttendeeStayRow, AttendeeRow, ItemHearingRow, ItemAbsenceRow
    at = person.meeting_id == meeting_id
    told = select(
        _counted(person.id, recorded_at(reader, person.meeting_id), at),
        _counted(stay.left_at, stays_of(reader, stay.attendee_id), stay.attendee_id == person.id, at),
        select(func.sum(person.version)).where(recorded_at(reader, person.meeting_id), at).scalar_subquery(),
        _counted(hearing.id, hearings_of(reader), hearing.meeting_id == meeting_id),
        _counted(hearing.ended_at, hearings_of(reader), hearing.meeting_id == meeting_id),
        _counted(out.attendee_id, absences_of(reader), out.item_id == item_id),
        select(ItemRow.not_reached).where(items_of(reader), ItemRow.id == item_id).scalar_subquery(),
    )
    return "/".join(str(one or 0) for one in db.session.execute(told).one())


def _counted(what: Any, *conditions: Any) -> Any:
    return select(func.count(what)).where(*conditions).scalar_subquery()


def is_under_way(meeting: MeetingRow, now: datetime) -> bool:
    """Its day has come, and its record can still change."""
    state = MeetingState.OPEN if meeting.works == Works.LIST else MeetingState.PUBLISHED
    return meeting.state == state and meeting.ended_at is None and meeting.sits_on <= local_day(now)


def planned(meeting: MeetingRow, cases: int, discussed: int) -> int:
    """How long so many cases of a meeting are given, of which so many are discussed there."""
    settings = areas.settings_of(areas.by_id(meeting.area_id))
    if meeting.works == Works.LIST:
        return cases * settings.minutes_daily_case
    return discussed * minutes_for(settings, True) + (cases - discussed) * minutes_for(settings, False)


def case_clock(item_id: UUID, times: Iterable[Hearing], minutes: int, now: datetime) -> Clock:
    """How long one case has been heard, against the minutes it is given."""
    return of_case((one for one in times if one.item_id == item_id), minutes, now)


def meeting_clock(reader: Reader, meeting: MeetingRow, times: Iterable[Hearing], now: datetime) -> Clock:
    """How long the meeting has taken, against the cases of it that the reader may see. One that nobody closed
    was over by the end of its day: with the last case that they know to have been heard."""
    here = (items_of(reader), ItemRow.meeting_id == meeting.id, ~off_list())
    counted: Any = select(*_COUNTS).where(*here)
    cases, discussed = db.session.execute(counted).one()
    return _clock(meeting, times, planned(meeting, cases, discussed), now)


#: What a MARAC discusses; the rest is confirmed (Rulebook C3).
DISCUSSED: Any = or_(ItemRow.group <= Group.NEW_NO_SAFEGUARDS, ItemRow.moved_reason != "")
_COUNTS = (func.count(ItemRow.id), func.count(ItemRow.id).filter(DISCUSSED))


def _cases_seen(reader: Reader) -> list[Any]:
    """How many cases of a query's meeting the reader may see, and how many of them are discussed."""
    there = items_of(reader), ItemRow.meeting_id == MeetingRow.id, ~off_list()
    counts: list[Any] = [select(count).where(*there) for count in _COUNTS]
    return [one.correlate(MeetingRow).scalar_subquery() for one in counts]


def _clock(meeting: MeetingRow, times: Iterable[Hearing], minutes: int, now: datetime) -> Clock:
    over = meeting.ended_at if meeting.works == Works.AGENDA else meeting.closed_at
    if over is None and meeting.began_at and local_day(now) > meeting.sits_on:
        over = max([one.ended_at for one in times if one.ended_at], default=meeting.began_at)
    return of_meeting(meeting.began_at, over, minutes, now)


def _awaited(meeting: MeetingRow, people: Iterable[Attendee]) -> tuple[Expected, ...]:
    there = {one.account_id for one in people if one.here}
    return tuple(one for one in store.expected_at(meeting) if one.account_id not in there)
