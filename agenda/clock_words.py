"""A clock as people read it: `due Thursday 26 November, 2 working days`."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, time

from agenda.calendar import LONDON, local_day, working_days_between
from agenda.clocks import Met, Running


def words(clock: Running, now: datetime, holidays: AbstractSet[date]) -> str:
    """How a clock stands, with the day it ends, and the time where it does not end with that day.

    That one is late a page says beside it.
    """
    due = _when(clock.due)
    match clock.stands(now):
        case Met.IN_TIME:
            return f"done in time, due {due}"
        case Met.DONE_LATE:
            return f"done late, was due {due}"
        case Met.LATE:
            return f"was due {due}"
        case Met.RUNNING:
            return f"due {due}, {left(local_day(now), local_day(clock.due), holidays)}"


def _when(due: datetime) -> str:
    wall = due.astimezone(LONDON)
    day = f"{wall:%A} {wall.day} {wall:%B}"
    return day if wall.time() == time.max else f"{day} at {wall:%H:%M}"


def left(today: date, last: date, holidays: AbstractSet[date]) -> str:
    """The working days that are left, the last among them and today not."""
    if today == last:
        return "today"
    days = working_days_between(today, last, holidays)
    return f"{days} working day{'' if days == 1 else 's'}" if days else "before the next working day"
