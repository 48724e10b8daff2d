"""The year of MARACs, with what was moved and cancelled, and the daily meetings' own days.

Whoever attends may know when a meeting is; what is on it, and that an emergency one is called at all, is told
by scope alone (Rulebook M4, M6).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from agenda import calendar, timetable
from agenda.calendar import local_day
from agenda.dates import Dates, planned, worked_back
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc import holidays
from meetingsvc.models import AreaRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas
from meetingsvc.store.meeting_dates import Moves, free_days, moves, stands_for, usual_start
from meetingsvc.store.scope import meetings_of


@dataclass(frozen=True, slots=True)
class Dated:
    """A MARAC of the year: one that is there, or one that the timetable plans."""

    planned_on: date | None  # the day of the timetable it stands for; none: it was planned by hand or called
    sits_on: date  # where it was cancelled, when it would have sat
    starts_at: datetime
    title: str
    state: MeetingState | None  # none: it is planned alone, or what it hears is not shared with the reader
    meeting_id: UUID | None  # its page, where the reader may open it
    cancelled: bool
    moved_from: date | None
    reason: str  # why it was moved or cancelled
    changes: int  # how often it was moved or cancelled
    emergency: bool
    dates: Dates
    closed_on: date | None = None  # since when it takes no more referrals
    out_on: date | None = None  # when its agenda went out

    def next(self, today: date) -> tuple[str, date] | None:
        """What is next of what has not been done, and by when."""
        return self.dates.next(today, sum(day is not None for day in (self.closed_on, self.out_on)))


@dataclass(frozen=True, slots=True)
class DailyDay:
    """A day on which the daily meeting is not as on others: there is none, or it starts at another time."""

    day: date
    why_none: str  # such as "is a bank holiday"
    covered_by: date | None  # whose list takes in what comes (Rulebook T1)
    starts_at: datetime | None
    reason: str
    changes: int = 0  # how often it was moved


def year(who: Principal, first: date, last: date) -> list[Dated]:
    """Every MARAC from `first` to `last`, in order: for the page of dates and for calendars (Rulebook M4).

    For who attends MARACs or runs them; nothing for anybody else. Emergency and extra ones only as the scope
    shows them; of an agenda that is not shared with the reader, the day and the hour alone, and that it is
    closed: nobody may hold a referral back for one that takes no more.
    """
    if not (who.attends_marac or who.runs_meetings) or not who.is_signatory:
        return []
    area = areas.by_id(who.area_id)
    with acting.whole_area(area.id):
        reads = _Year(who, area, moves(area.id, MeetingKind.MARAC))
        rows = reads.rows(first, last)
    return sorted([*rows, *reads.planned(first, last)], key=lambda one: (one.starts_at, one.title))


class _Year:
    """Puts what is there and what is planned together."""

    def __init__(self, who: Principal, area: AreaRow, found: Moves) -> None:
        self.who, self.area, self.moves = who, area, found
        self.settings, self.holidays = areas.settings_of(area), holidays.known()

    def rows(self, first: date, last: date) -> list[Dated]:
        """Those that are there. Asked as the service."""
        row, seen = MeetingRow, meetings_of(self.who)
        regular = and_(row.emergency == 0, row.extra_of.is_(None))
        there = (row.area_id == self.area.id, row.kind == MeetingKind.MARAC, row.sits_on.between(first, last))
        found = db.session.scalars(select(row).where(*there, or_(regular, seen))).all()
        open_to = set(db.session.scalars(select(row.id).where(*there, seen)))
        return [self._there(one, one.id in open_to) for one in found]

    def _there(self, row: MeetingRow, opens: bool) -> Dated:
        changes = self.moves.of_meeting.get(row.id, [])
        cancelled = row.state == MeetingState.CANCELLED
        for_day = stands_for(row, self.settings, self.moves)
        before = self.moves.of_day.get(for_day, []) if for_day else changes
        first = for_day or (changes[0].was_on if changes else row.sits_on)
        moved = first if first != row.sits_on else None
        told = before[-1].reason if before and (moved or cancelled) else ""
        return Dated(
            for_day, row.sits_on, row.starts_at, _title(row), MeetingState(row.state) if opens else None,
            row.id if opens else None, cancelled, moved, (cancelled and row.not_sat_reason) or told,
            len(before), bool(row.emergency), worked_back(row.sits_on, self.settings, self.holidays),
            local_day(row.closed_at) if row.closed_at else None,
            local_day(row.published_at) if row.published_at else None,
        )  # fmt: skip

    def planned(self, first: date, last: date) -> list[Dated]:
        """Those of the timetable that are not there yet, and those of them that were cancelled."""
        free = set(free_days(self.area, first, last))
        found = []
        for one in planned(self.settings, self.holidays, self.moves.days, first, last):
            before = self.moves.of_day.get(one.planned_on, [])
            gone = one.sits_on is None and not before[-1].meeting_id
            if not gone and one.sits_on not in free:
                continue
            day, latest = one.sits_on or one.planned_on, before[-1] if before else None
            moved = one.planned_on if one.sits_on and one.sits_on != one.planned_on else None
            starts = latest.starts_at if latest else None
            found.append(
                Dated(one.planned_on, day, starts or timetable.marac_starts_at(day, self.settings), "MARAC",
                      None, None, gone, moved, latest.reason if latest and (gone or moved) else "",
                      len(before), False, worked_back(day, self.settings, self.holidays))
            )  # fmt: skip
        return found


def _title(row: MeetingRow) -> str:
    if row.emergency:
        return "Emergency MARAC"
    return "Extra MARAC sitting" if row.extra_of else "MARAC"


def daily_days(who: Principal, first: date, last: date) -> list[DailyDay]:
    """Days of the week without a daily meeting, and those on which it starts at another time (T1, T14)."""
    if not (who.attends_daily or who.runs_meetings) or not who.is_signatory:
        return []
    area, off = areas.by_id(who.area_id), holidays.known()
    settings = areas.settings_of(area)
    all_off = calendar.days_off(settings, off)
    with acting.whole_area(area.id):
        changed = moves(area.id, MeetingKind.DRAMM).of_day
    found, day = [], first
    while day <= last:
        why = calendar.why_not_working(day, off, settings)
        rows = changed.get(day, [])
        starts = rows[-1].starts_at if rows else None
        if why and day.weekday() < _SATURDAY:
            found.append(DailyDay(day, why, calendar.next_working_day(day, all_off), None, ""))
        elif not why and starts and starts != usual_start(area, day):
            found.append(DailyDay(day, "", None, starts, rows[-1].reason, len(rows)))
        day += timedelta(days=1)
    return found


_SATURDAY = 5
