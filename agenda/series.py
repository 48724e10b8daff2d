"""The days that the timetable plans a MARAC for, before a holiday or a person moves one (Rulebook M1)."""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from agenda.area import AreaSettings
from agenda.calendar import days_off, previous_working_day, working_day_from
from agenda.rhythm import EveryDays


def slots(settings: AreaSettings, first: date, last: date) -> tuple[date, ...]:
    """Every day of the series from `first` to `last`, both counted, holidays among them (Rulebook M1)."""
    return EveryDays(settings.marac_anchor, settings.marac_every_days).slots(first, last)


def slot_of(day: date, settings: AreaSettings, holidays: AbstractSet[date]) -> date | None:
    """Which day of the series a MARAC that the timetable puts on `day` is: itself, or a holiday before it.

    None where the timetable puts none there. Of two it is the later.
    """
    off = days_off(settings, holidays)
    earliest = previous_working_day(day, off) + timedelta(days=1)
    found = [slot for slot in slots(settings, earliest, day) if working_day_from(slot, off) == day]
    return max(found, default=None)
