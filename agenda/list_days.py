"""Which days have a daily list, and what each covers, in words (Rulebook T1)."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from agenda import calendar
from agenda.area import AreaSettings
from agenda.meetings import Window

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ListDay:
    """A day with a list."""

    day: date
    window: Window
    also_covers: tuple[date, ...]  # days without a list of their own that fall in its window

    @property
    def hours(self) -> int:
        """24, or 72 on a Monday; an hour more or less across a clock change."""
        return hours(self.window)

    @property
    def covers_words(self) -> str:
        """`Saturday 21 and Sunday 22 November 2026`, or nothing."""
        if not self.also_covers:
            return ""
        *others, last = self.also_covers
        said = [f"{day:%A} {day.day}" + ("" if day.month == last.month else f" {day:%B}") for day in others]
        return " and ".join(filter(None, [", ".join(said), calendar.day_words(last)]))


def hours(window: Window) -> int:
    """How long a window is."""
    return round((window.end - window.start).total_seconds() / 3600)


def list_day(day: date, settings: AreaSettings, holidays: AbstractSet[date]) -> ListDay:
    """What the list of `day` covers. Raises RuleBroken on a day without one."""
    window = calendar.window(day, settings, holidays)
    before = calendar.previous_working_day(day, calendar.days_off(settings, holidays))
    between = (before + _ONE_DAY * n for n in range(1, (day - before).days))
    return ListDay(day, window, tuple(between))


def with_built(days: Iterable[ListDay], built: Mapping[date, Window]) -> list[ListDay]:
    """These, and every day whose list is built though it has since been set as one without; latest first."""
    there = {told.day: told for told in days}
    return sorted(
        (there.get(day) or ListDay(day, built[day], ()) for day in there.keys() | built.keys()),
        key=lambda told: told.day,
        reverse=True,
    )


def back_from(
    last: date, first: date, settings: AreaSettings, holidays: AbstractSet[date]
) -> Iterator[ListDay]:
    """The days with a list from `last` back to `first`, the latest first."""
    off = calendar.days_off(settings, holidays)
    day = last if calendar.is_working_day(last, off) else calendar.previous_working_day(last, off)
    while day >= first:
        yield list_day(day, settings, holidays)
        day = calendar.previous_working_day(day, off)
