"""Queries on the private links of calendars, and what the calendar behind one holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import case, or_, select, update

from agenda import calendar, series, timetable
from agenda.area import AreaSettings
from agenda.calendar import LONDON, local_day
from agenda.meetings import MeetingKind
from agenda.panels import Panel, Works
from agenda.rhythm import DAILY
from meetingsvc import holidays
from meetingsvc.models import CalendarEntryRow, CalendarFeedRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, invitations, meeting_year, panel_dates
from meetingsvc.store.meeting_year import Dated
from meetingsvc.store.panel_dates import PanelDay
from notifications.invites import Day, Entry, Series

#: How far back and ahead a calendar reaches, in months; it moves on with each month, not with each day, so
#: that what has not changed is not sent again.
BACK, AHEAD = -1, 13
_DAYS = ("MO", "TU", "WE", "TH", "FR")
_DAILY = {"monday": (0,), "daily": (1, 2, 3, 4)}  # Monday apart, as its hour may be another (Rulebook T14)


def row(account_id: UUID) -> CalendarFeedRow | None:
    """Somebody's link, if they have one."""
    rows = select(CalendarFeedRow).where(CalendarFeedRow.account_id == account_id)
    return db.session.scalars(rows).one_or_none()


def holder(digest: bytes) -> UUID | None:
    """Whose link has this digest. It is found by the digest alone: how long that takes tells nothing."""
    rows = select(CalendarFeedRow.account_id).where(CalendarFeedRow.digest == digest)
    return db.session.scalars(rows).one_or_none()


def count_call(account_id: UUID, now: datetime, most: int) -> bool:
    """Counts one call of this minute; False where there were `most` already."""
    feed, minute = CalendarFeedRow, now.replace(second=0, microsecond=0)
    fresh = or_(feed.minute.is_(None), feed.minute != minute)
    counted = (
        update(feed)
        .where(feed.account_id == account_id, or_(fresh, feed.calls < most))
        .values(minute=minute, calls=case((fresh, 1), else_=feed.calls + 1), last_used_at=now)
        .returning(feed.account_id)
    )
    return db.session.scalar(counted) is not None


@dataclass(frozen=True, slots=True)
class Meetings:
    """What is in somebody's calendar. `emergencies` are asked for at the door, one by one (Rulebook F3)."""

    series: tuple[Series, ...]
    single: tuple[Entry, ...]
    emergencies: tuple[tuple[UUID, Entry], ...]
    days: tuple[Day, ...]  # by which something is done for a MARAC (Rulebook M4)


def meetings(who: Principal, now: datetime, stamped: datetime) -> Meetings:
    """The meetings that somebody attends or runs, of every panel: the series, with what was moved or
    cancelled, and the rest.

    Of a MARAC that is not shared yet, the day and the hour alone; an emergency one only where the scope shows
    it (Rulebook M4, M6).
    """
    first = calendar.add_months(local_day(now).replace(day=1), BACK)
    last = calendar.add_months(first, AHEAD - BACK)
    reads = _Calendar(who, first, last, stamped)
    daily = tuple(reads.daily()) if who.attends_daily or who.runs_meetings else ()
    dated = meeting_year.year(who, first - timedelta(days=14), last + timedelta(days=14))
    with acting.whole_area(who.area_id):
        reads.load()
        told = [(one, reads.entry(one)) for one in dated]
    marac = reads.marac([entry for one, entry in told if not one.emergency])
    single = [e for one, e in told if not one.emergency and not e.replaces and not e.cancelled]
    called = [(one.meeting_id, entry) for one, entry in told if one.emergency and not one.cancelled]
    days = [day for one in dated if not one.emergency and not one.cancelled for day in reads.days(one)]
    others, more = reads.others()
    return Meetings(
        (*marac, *daily, *others), (*single, *more), tuple((key, e) for key, e in called if key), tuple(days)
    )


class _Calendar:
    """Puts the timetable, and what people made of it, into entries."""

    def __init__(self, who: Principal, first: date, last: date, stamped: datetime) -> None:
        self.who, self.first, self.last, self.stamped = who, first, last, stamped
        self.settings: AreaSettings = areas.settings_of(areas.by_id(who.area_id))
        self.holidays = holidays.known()
        self.kept: dict[UUID, CalendarEntryRow] = {}
        self.regular: dict[date, UUID] = {}

    def load(self) -> None:
        """As the service: days and numbers of what is there; what of it is shown, `year` has decided."""
        self.kept = invitations.latest_of_area(self.who.area_id)
        row = MeetingRow
        rows = select(row.sits_on, row.id).where(
            row.area_id == self.who.area_id, row.kind == MeetingKind.MARAC, row.emergency == 0
        )
        self.regular = {day: key for day, key in db.session.execute(rows)}

    def entry(self, one: Dated) -> Entry:
        """As mails have it, where there were any: a calendar that holds both shows one."""
        key = one.meeting_id if one.emergency else self.regular.get(one.sits_on)
        kept = self.kept.get(key) if key else None
        if kept and kept.cancelled != one.cancelled:
            kept = key = None  # a day that was cancelled; another meeting was moved onto it
        starts = one.starts_at.astimezone(LONDON)
        if kept:
            replaces = self._slot(local_day(kept.replaces)) if kept.replaces else None
            return Entry(kept.uid, kept.sequence, kept.at, starts, kept.minutes, replaces, one.cancelled)
        slot = one.planned_on and series.slot_of(one.planned_on, self.settings, self.holidays)
        if slot:
            uid, replaces = invitations.series_uid(self.who.area_id), self._slot(slot)
        else:
            uid, replaces = invitations.own_uid(key or self.who.area_id), None
        return Entry(uid, one.changes, self.stamped, starts, self.settings.marac_minutes, replaces,
                     one.cancelled)  # fmt: skip

    def days(self, one: Dated) -> list[Day]:
        """Those of the page of dates, but for the day on which it sits."""
        meets, area_id = one.planned_on or one.moved_from or one.sits_on, self.who.area_id
        return [
            Day(invitations.day_uid(area_id, meets, step), one.changes, self.stamped, day)
            for step, day in one.dates.steps
            if day != one.sits_on and self.first <= day <= self.last
        ]

    def _slot(self, day: date) -> datetime:
        return timetable.marac_starts_at(day, self.settings).astimezone(LONDON)

    def marac(self, entries: list[Entry]) -> list[Series]:
        """The fortnightly series: what sits as planned is no exception; a day with nothing is left out."""
        slots = [self._slot(day) for day in series.slots(self.settings, self.first, self.last)]
        if not slots:
            return []
        by_slot = {entry.replaces: entry for entry in entries if entry.replaces}
        changed = [by_slot[slot] for slot in slots if slot in by_slot and _differs(by_slot[slot])]
        left_out = tuple(slot for slot in slots if slot not in by_slot)
        uid = invitations.series_uid(self.who.area_id)
        return [
            Series(uid, self.stamped, slots[0], slots[-1], self.settings.marac_minutes,
                   every_days=self.settings.marac_every_days, left_out=left_out, changed=tuple(changed))
        ]  # fmt: skip

    def daily(self) -> list[Series]:
        """The daily meetings, each weekday at its hour; bank holidays are left out (Rulebook T1, T14)."""
        exceptions = meeting_year.daily_days(self.who, self.first, self.last)
        none = {one.day for one in exceptions if one.why_none}
        moved = {one.day: (one.starts_at, one.changes) for one in exceptions if one.starts_at}
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days)]
        found = []
        for name, weekdays in _DAILY.items():
            its = [day for day in days if day.weekday() in weekdays]
            uid = invitations.series_uid(self.who.area_id, name)
            changed = [
                Entry(uid, changes, self.stamped, starts.astimezone(LONDON), self.settings.daily_minutes,
                      self._daily(day))
                for day, (starts, changes) in sorted(moved.items()) if day in its
            ]  # fmt: skip
            found.append(
                Series(uid, self.stamped, self._daily(its[0]), self._daily(its[-1]),
                       self.settings.daily_minutes, weekdays=tuple(_DAYS[day] for day in weekdays),
                       left_out=tuple(self._daily(day) for day in its if day in none), changed=tuple(changed))
            )  # fmt: skip
        return found

    def others(self) -> tuple[list[Series], list[Entry]]:
        """The panels beside the DRAMM and the MARAC (Rulebook E1, P3): one that sits every working day as a
        series, and the days of any other one by one."""
        series_, single = list[Series](), list[Entry]()
        for panel in panel_dates.of(self.who):
            days = panel_dates.days(self.who, panel, self.first, self.last - timedelta(days=1))
            sits = [one for one in days if not one.cancelled]
            if panel.rhythm == DAILY and sits:
                series_.append(self._every_day(panel, {one.sits_on for one in sits}))
            else:
                single += [self._other(panel, one) for one in sits]
        return series_, single

    def _every_day(self, panel: Panel, sits: Collection[date]) -> Series:
        slots = {
            day: self._wall(panel, day) for day in DAILY.slots(self.first, self.last - timedelta(days=1))
        }
        starts = list(slots.values())
        return Series(
            invitations.series_uid(self.who.area_id, panel.code), self.stamped, starts[0], starts[-1],
            self.settings.daily_minutes, weekdays=_DAYS,
            left_out=tuple(at for day, at in slots.items() if day not in sits),
        )  # fmt: skip

    def _other(self, panel: Panel, one: PanelDay) -> Entry:
        """As mails have it, where there were any."""
        kept = self.kept.get(one.meeting_id) if one.meeting_id else None
        starts = one.starts_at.astimezone(LONDON)
        if kept and not kept.cancelled:
            return Entry(kept.uid, kept.sequence, kept.at, starts, kept.minutes)
        uid = invitations.day_uid(self.who.area_id, one.sits_on, panel.code)
        listed = panel.works is Works.LIST
        minutes = self.settings.daily_minutes if listed else self.settings.marac_minutes
        return Entry(uid, 0, self.stamped, starts, minutes)

    def _wall(self, panel: Panel, day: date) -> datetime:
        return calendar.to_utc(datetime.combine(day, panel.starts)).astimezone(LONDON)

    def _daily(self, day: date) -> datetime:
        return calendar.starts_at(day, self.settings).astimezone(LONDON)


def _differs(entry: Entry) -> bool:
    return entry.cancelled or entry.starts != entry.replaces
