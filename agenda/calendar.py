"""Working days, the daily list's window and its start, in Europe/London wall time."""

from calendar import monthrange
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agenda.area import AreaSettings
from agenda.meetings import Window
from agenda.rules import RuleBroken

LONDON = ZoneInfo("Europe/London")
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_MONDAY = 0


class NoSuchTime(ValueError):
    """A wall time that the clocks skip on the last Sunday of March."""


def to_utc(wall: datetime) -> datetime:
    """A London wall time in UTC: one that happens twice is the first, one that never happens is refused.

    Source: the feed's contract, "Times".
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time carries no offset")
    moment = wall.replace(tzinfo=LONDON, fold=0).astimezone(UTC)
    if moment.astimezone(LONDON).replace(tzinfo=None) != wall.replace(fold=0):
        raise NoSuchTime(f"{wall:%H:%M} on {day_words(wall.date())} does not exist: the clocks went forward.")
    return moment


def local_day(moment: datetime) -> date:
    """The day it is in London at `moment`, by which T6 measures."""
    if moment.tzinfo is None:
        raise ValueError("a moment carries its offset")
    return moment.astimezone(LONDON).date()


def day_end(day: date) -> datetime:
    """The first moment of the day after, in London: what was before it was of that day or earlier."""
    return to_utc(datetime.combine(day + _ONE_DAY, time()))


def day_words(day: date) -> str:
    """A day as people read it: `Monday 23 November 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def add_months(day: date, months: int) -> date:
    """The same day `months` months on, or that month's last day: 29 February becomes 28 (Rulebook T6)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def days_off(settings: AreaSettings, holidays: AbstractSet[date]) -> AbstractSet[date]:
    """England's bank holidays and the further days the area has set as its own (Rulebook T1)."""
    return holidays | frozenset(settings.extra_holidays) if settings.extra_holidays else holidays


def is_working_day(day: date, holidays: AbstractSet[date]) -> bool:
    """Monday to Friday, and not a holiday (Rulebook T1)."""
    return day.weekday() < _SATURDAY and day not in holidays


def next_working_day(day: date, holidays: AbstractSet[date]) -> date:
    """The first working day after `day`."""
    return add_working_days(day, 1, holidays)


def previous_working_day(day: date, holidays: AbstractSet[date]) -> date:
    """The last working day before `day`."""
    return add_working_days(day, -1, holidays)


def working_day_from(day: date, holidays: AbstractSet[date]) -> date:
    """`day` itself where it is a working day, else the next one."""
    return day if is_working_day(day, holidays) else next_working_day(day, holidays)


def add_working_days(day: date, n: int, holidays: AbstractSet[date]) -> date:
    """The `n`th working day after `day`, or before it where `n` is negative; `day` itself where `n` is 0."""
    step = _ONE_DAY if n > 0 else -_ONE_DAY
    for _ in range(abs(n)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    return day


def working_days_between(day: date, until: date, holidays: AbstractSet[date]) -> int:
    """How many working days come after `day`, up to and with `until`; none where that is not later."""
    days = (day + n * _ONE_DAY for n in range(1, (until - day).days + 1))
    return sum(is_working_day(one, holidays) for one in days)


def window(day: date, settings: AreaSettings, holidays: AbstractSet[date]) -> Window:
    """What the list of `day` covers: from the last working day's cut-off to today's (Rulebook T1).

    Both are wall times, so that a window across a clock change is an hour shorter or longer.
    """
    if problem := no_list(day, holidays, settings):
        raise RuleBroken(problem)
    return between(previous_working_day(day, days_off(settings, holidays)), day, settings.cut_off)


def between(before: date, day: date, cut_off: time) -> Window:
    """From the cut-off of one day to that of another, half open, in wall time (Rulebook T1)."""
    return Window(_at(before, cut_off), _at(day, cut_off))


def list_day_for(moment: datetime, settings: AreaSettings, holidays: AbstractSet[date]) -> date:
    """The one day whose list covers `moment`; the minute of the cut-off is the next list's (Rulebook T1)."""
    off = days_off(settings, holidays)
    day = working_day_from(local_day(moment), off)
    return day if moment < _at(day, settings.cut_off) else next_working_day(day, off)


def starts_at(day: date, settings: AreaSettings) -> datetime:
    """When the daily meeting of `day` starts; Monday has a setting of its own (Rulebook T14)."""
    return _at(day, settings.monday_starts if day.weekday() == _MONDAY else settings.starts)


def why_not_working(
    day: date, holidays: AbstractSet[date], settings: AreaSettings | None = None
) -> str | None:
    """Why `day` is not a working day, in words that follow a date; None where it is one."""
    if day.weekday() >= _SATURDAY:
        return "is a weekend"
    if day in holidays:
        return "is a bank holiday"
    if settings and day in settings.extra_holidays:
        return "is a day this area has set as one without a list"
    return None


def no_list(day: date, holidays: AbstractSet[date], settings: AreaSettings | None = None) -> str | None:
    """Why `day` has no list, and which day's list covers it; None where it has one (Rulebook T1)."""
    why = why_not_working(day, holidays, settings)
    if why is None:
        return None
    cover = next_working_day(day, days_off(settings, holidays) if settings else holidays)
    return f"{day_words(day)} has no list: it {why}. {day_words(cover)} covers it."


def _at(day: date, wall: time) -> datetime:
    return to_utc(datetime.combine(day, wall))
