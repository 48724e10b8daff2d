"""A clock as people read it: `due Thursday 26 November, 2 working days`."""

from collections.abc import Set as AbstractSet
from datetime import date, datetime, time, timedelta

from agenda.calendar import LONDON, is_working_day, local_day
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
            return f"due {due}, {_left(local_day(now), local_day(clock.due), holidays)}"


def _when(due: datetime) -> str:
    wall = due.astimezone(LONDON)
    day = f"{wall:%A} {wall.day} {wall:%B}"
    return day if wall.time() == time.max else f"{day} at {wall:%H:%M}"


def _left(today: date, last: date, holidays: AbstractSet[date]) -> str:
    """The working days that are left, the last among them and today not."""
    if today == last:
        return "today"
    days = (today + timedelta(days=n) for n in range(1, (last - today).days + 1))
    left = sum(is_working_day(day, holidays) for day in days)
    return f"{left} working day{'' if left == 1 else 's'}" if left else "before the next working day"
