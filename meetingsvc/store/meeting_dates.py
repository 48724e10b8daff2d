"""When meetings sit: what the timetable plans, as people moved or cancelled it (Rulebook M1, M4, T14)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from agenda import calendar, timetable
from agenda.area import AreaSettings
from agenda.dates import planned
from agenda.meetings import MeetingKind
from meetingsvc import holidays
from meetingsvc.models import AreaRow, MeetingMoveRow, MeetingRow, db
from meetingsvc.store import acting, areas


@dataclass(slots=True)
class Moves:
    """What was moved or cancelled of one kind of meeting in an area, the latest last."""

    of_meeting: dict[UUID, list[MeetingMoveRow]] = field(default_factory=lambda: defaultdict(list))
    of_day: dict[date, list[MeetingMoveRow]] = field(default_factory=lambda: defaultdict(list))

    @property
    def days(self) -> dict[date, date | None]:
        """By day of the timetable: when it sits now; None where it is cancelled."""
        return {day: rows[-1].sits_on for day, rows in self.of_day.items()}

    def planned_for(self, day: date) -> MeetingMoveRow | None:
        """What moved a day of the timetable onto `day`, where no meeting is there for it yet."""
        latest = (rows[-1] for rows in self.of_day.values())
        return next((row for row in latest if row.sits_on == day and row.meeting_id is None), None)


def moves(area_id: UUID, kind: str) -> Moves:
    """All of them. Asked as the service."""
    found, row = Moves(), MeetingMoveRow
    rows = select(row).where(row.area_id == area_id, row.kind == kind).order_by(row.id)
    for one in db.session.scalars(rows):
        if one.meeting_id:
            found.of_meeting[one.meeting_id].append(one)
        if one.planned_on:
            found.of_day[one.planned_on].append(one)
    return found


def stands_for(meeting: MeetingRow, settings: AreaSettings, found: Moves) -> date | None:
    """The day of the timetable that a MARAC stands for, wherever it was moved; None for one that was planned
    by hand, is an extra sitting or was called in an emergency. Asked as the service."""
    if meeting.emergency or meeting.extra_of:
        return None
    if rows := found.of_meeting.get(meeting.id):
        return rows[-1].planned_on
    if row := found.planned_for(meeting.sits_on):
        return row.planned_on
    regular = timetable.marac_days(settings, holidays.known(), meeting.sits_on, meeting.sits_on)
    return meeting.sits_on if regular and meeting.sits_on not in found.of_day else None


def free_days(area: AreaRow, first: date, last: date, without: MeetingRow | None = None) -> tuple[date, ...]:
    """When the timetable plans a MARAC that is not there yet, as people moved it; none that they cancelled
    (Rulebook M1, M4). `without`: those there would be if that one left the day it sits on."""
    settings, row = areas.settings_of(area), MeetingRow
    with acting.whole_area(area.id):
        found = moves(area.id, MeetingKind.MARAC)
        own = stands_for(without, settings, found) if without else None
        rows = select(row.sits_on).where(
            row.area_id == area.id, row.kind == MeetingKind.MARAC, row.emergency == 0,
            row.id != (without.id if without else None),
        )  # fmt: skip
        taken = set(db.session.scalars(rows))
    there = {day for day, rows in found.of_day.items() if rows[-1].meeting_id}
    return tuple(
        one.sits_on
        for one in planned(settings, holidays.known(), found.days, first, last)
        if one.sits_on and one.sits_on not in taken and one.planned_on not in there and one.planned_on != own
    )


@dataclass(frozen=True, slots=True)
class Planned:
    """One MARAC of the timetable, as people moved it; `starts_at` where it was cancelled: as planned."""

    planned_on: date
    sits_on: date | None  # none: cancelled
    starts_at: datetime
    meeting_is_there: bool


def planned_one(area: AreaRow, planned_on: date) -> Planned | None:
    """The MARAC of one day of the timetable; None where it plans none for it."""
    settings, row = areas.settings_of(area), MeetingRow
    if not timetable.marac_days(settings, holidays.known(), planned_on, planned_on):
        return None
    with acting.whole_area(area.id):
        changed = moves(area.id, MeetingKind.MARAC).of_day.get(planned_on)
        day = changed[-1].sits_on if changed else planned_on
        on = (row.area_id == area.id, row.kind == MeetingKind.MARAC, row.emergency == 0, row.sits_on == day)
        there = db.session.scalar(select(row.id).where(*on))
    is_there = bool(there or (changed and changed[-1].meeting_id))
    return Planned(planned_on, day, marac_starts_at(area, day or planned_on), is_there)


def next_free_day(area: AreaRow, after: date) -> date | None:
    """The first of them after a day; None where the area has set no timetable."""
    settings, row = areas.settings_of(area), MeetingRow
    with acting.whole_area(area.id):
        ahead = (row.area_id == area.id, row.kind == MeetingKind.MARAC, row.sits_on > after)
        used = len(db.session.scalars(select(row.id).where(*ahead)).all())
        used += len(moves(area.id, MeetingKind.MARAC).of_day)
    far = after + timedelta(days=(used + 2) * settings.marac_every_days + 10)
    return next(iter(free_days(area, after + timedelta(days=1), far)), None)


def marac_starts_at(area: AreaRow, day: date) -> datetime:
    """When the MARAC starts that the timetable plans for a day, as people moved it."""
    with acting.whole_area(area.id):
        row = moves(area.id, MeetingKind.MARAC).planned_for(day)
    if row and row.starts_at:
        return row.starts_at
    return timetable.marac_starts_at(day, areas.settings_of(area))


def daily_starts_at(area: AreaRow, day: date) -> datetime:
    """When the daily meeting of a day starts: as set for that day, else as on others (Rulebook T14)."""
    with acting.whole_area(area.id):
        rows = moves(area.id, MeetingKind.DRAMM).of_day.get(day)
    return rows[-1].starts_at if rows and rows[-1].starts_at else usual_start(area, day)


def usual_start(area: AreaRow, day: date) -> datetime:
    """When the daily meeting of that day of the week starts (Rulebook T14)."""
    return calendar.starts_at(day, areas.settings_of(area))
