"""When a panel of any kind sits, and what a list of it covers, in the area's working days (T1, M1, P3)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agenda.calendar import between, local_day, previous_working_day, to_utc, working_day_from
from agenda.meetings import Window
from agenda.rules import RuleBroken

_ONE_DAY = timedelta(days=1)
_WEEK = 7
#: So far a next day is looked for: a series with longer gaps was mistyped.
_LONGEST_GAP = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class OnWeekdays:
    """Every week on these days, Monday being 0: daily on five of them, twice weekly on two (Rulebook P3)."""

    days: tuple[int, ...]

    def slots(self, first: date, last: date) -> tuple[date, ...]:
        """The planned days from `first` to `last`, both counted, holidays among them."""
        span = (first + _ONE_DAY * n for n in range((last - first).days + 1))
        return tuple(day for day in span if day.weekday() in self.days)


@dataclass(frozen=True, slots=True)
class EveryDays:
    """Every so many days from a day it sat, before and after it; never where no such day is set (M1)."""

    anchor: date | None
    days: int

    def slots(self, first: date, last: date) -> tuple[date, ...]:
        """The planned days from `first` to `last`, both counted, holidays among them."""
        if self.anchor is None:
            return ()
        start = first + timedelta(days=(self.anchor - first).days % self.days)
        return tuple(start + timedelta(days=n) for n in range(0, (last - start).days + 1, self.days))


Rhythm = OnWeekdays | EveryDays
DAILY = OnWeekdays((0, 1, 2, 3, 4))


def days(rhythm: Rhythm, first: date, last: date, off: AbstractSet[date]) -> tuple[date, ...]:
    """The days from `first` to `last`, both counted, on which a panel sits (Rulebook T1, M1).

    A planned day that is a weekend or holiday (`off`: `calendar.days_off`) sits on the next working day; the
    ones after it stay where they were, and two that meet on one day are one meeting.
    """
    earliest = previous_working_day(first, off) + _ONE_DAY  # what was planned since may have moved to `first`
    moved = {working_day_from(slot, off) for slot in rhythm.slots(earliest, last)}
    return tuple(sorted(day for day in moved if first <= day <= last))


def day_after(rhythm: Rhythm, day: date, off: AbstractSet[date]) -> date | None:
    """The first day after `day` on which it sits; None where it never does."""
    return _first_from(rhythm, day + _ONE_DAY, off)


def day_before(rhythm: Rhythm, day: date, off: AbstractSet[date]) -> date | None:
    """The last day before `day` on which it sat; None where it never did."""
    span = timedelta(days=_WEEK)
    while span <= _LONGEST_GAP:
        if found := days(rhythm, day - span, day - _ONE_DAY, off):
            return found[-1]
        span *= 2
    return None


def _first_from(rhythm: Rhythm, day: date, off: AbstractSet[date]) -> date | None:
    span = timedelta(days=_WEEK)
    while span <= _LONGEST_GAP:
        if found := days(rhythm, day, day + span, off):
            return found[0]
        span *= 2
    return None


def sits_on(rhythm: Rhythm, day: date, off: AbstractSet[date]) -> bool:
    """Whether it sits on that day."""
    return bool(days(rhythm, day, day, off))


def window(rhythm: Rhythm, day: date, cut_off: time, off: AbstractSet[date]) -> Window:
    """What a list of `day` covers: from the cut-off of the day it sat before to its own (Rulebook T1).

    Half open, so nothing can fall between two lists, however seldom they are made.
    """
    before = day_before(rhythm, day, off)
    if before is None or not sits_on(rhythm, day, off):
        raise RuleBroken("This panel does not sit on that day. Choose a day on which it does.")
    return between(before, day, cut_off)


def covering(rhythm: Rhythm, moment: datetime, cut_off: time, off: AbstractSet[date]) -> date | None:
    """The one day whose list covers `moment`; the minute of the cut-off is the next list's (Rulebook T1)."""
    day = _first_from(rhythm, local_day(moment), off)
    if day is None or moment < to_utc(datetime.combine(day, cut_off)):
        return day
    return day_after(rhythm, day, off)
