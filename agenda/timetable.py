"""When the MARAC sits."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta

from agenda import rhythm
from agenda.area import AreaSettings
from agenda.calendar import (
    LONDON,
    add_months,
    add_working_days,
    day_words,
    days_off,
    next_working_day,
    to_utc,
    why_not_working,
    working_day_from,
)
from agenda.rhythm import EveryDays

#: No meeting is planned further ahead: a mistyped year would bury its cases.
MONTHS_AHEAD = 6
#: A start before or after is mistyped; only an emergency is at any hour.
EARLIEST, LATEST = time(7), time(20)


def marac_days(
    settings: AreaSettings, holidays: AbstractSet[date], first: date, last: date
) -> tuple[date, ...]:
    """The days from `first` to `last`, both counted, on which the MARAC sits (Rulebook M1).

    Every fortnight from a day it sat, before and after it; none where the area has set no such day. One that
    would fall on a weekend or holiday sits on the next working day; the ones after it stay where they were.
    """
    every = EveryDays(settings.marac_anchor, settings.marac_every_days)
    return rhythm.days(every, first, last, days_off(settings, holidays))


def next_marac(after: date, settings: AreaSettings, holidays: AbstractSet[date]) -> date | None:
    """The first day after `after` on which the MARAC sits; None where the area set no day (Rulebook M1)."""
    span = timedelta(days=settings.marac_every_days)
    first = after + timedelta(days=1)
    last = working_day_from(first + span, days_off(settings, holidays))
    return next(iter(marac_days(settings, holidays, first, last)), None)


def marac_starts_at(day: date, settings: AreaSettings) -> datetime:
    """When the MARAC of `day` starts, in UTC."""
    return to_utc(datetime.combine(day, settings.marac_starts))


def agenda_out_by(sits_on: date, settings: AreaSettings, holidays: AbstractSet[date]) -> date:
    """The day by which the agenda of a MARAC is circulated (Rulebook M4, practice)."""
    return add_working_days(sits_on, -settings.marac_agenda_days, days_off(settings, holidays))


def unfit_day(
    day: date, today: date, holidays: AbstractSet[date], settings: AreaSettings | None = None
) -> str | None:
    """Why a meeting cannot be put on `day`, and what could be done instead; None where it can."""
    if day < today:
        return f"{day_words(day)} has passed. Choose today or a later day."
    if day > add_months(today, MONTHS_AHEAD):
        return f"{day_words(day)} is more than six months ahead. Check the year."
    why = why_not_working(day, holidays, settings)
    if why is None:
        return None
    instead = next_working_day(day, days_off(settings, holidays) if settings else holidays)
    return f"{day_words(day)} {why}. The next working day is {day_words(instead)}."


def unfit_hour(starts_at: datetime) -> str | None:
    """Why a MARAC that is no emergency cannot start then; None where it can (Rulebook M4)."""
    if EARLIEST <= starts_at.astimezone(LONDON).time() <= LATEST:
        return None
    return f"A MARAC starts between {EARLIEST:%H:%M} and {LATEST:%H:%M}. Enter another time."
