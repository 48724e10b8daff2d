"""The days that the timetable plans a MARAC for, before a holiday or a person moves one (Rulebook M1)."""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from agenda.area import AreaSettings
from agenda.calendar import days_off, previous_working_day, working_day_from


def slots(settings: AreaSettings, first: date, last: date) -> tuple[date, ...]:
    """Every day of the series from `first` to `last`, both counted, holidays among them (Rulebook M1)."""
    if settings.marac_anchor is None:
        return ()
    every = settings.marac_every_days
    start = first + timedelta(days=(settings.marac_anchor - first).days % every)
    return tuple(start + timedelta(days=n) for n in range(0, (last - start).days + 1, every))


def slot_of(day: date, settings: AreaSettings, holidays: AbstractSet[date]) -> date | None:
    """Which day of the series a MARAC that the timetable puts on `day` is: itself, or a holiday before it.

    None where the timetable puts none there. Of two it is the later.
    """
    off = days_off(settings, holidays)
    earliest = previous_working_day(day, off) + timedelta(days=1)
    found = [slot for slot in slots(settings, earliest, day) if working_day_from(slot, off) == day]
    return max(found, default=None)
