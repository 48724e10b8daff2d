"""How long something may take, and how that stands: each clock counts as its source does.

Elapsed hours run through nights, weekends and clock changes; days, months and working days end with the last
minute of their last day in London, and the day of the start is none of them.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from agenda.calendar import add_months, add_working_days, local_day, to_utc, working_day_from


class Unit(StrEnum):
    """What is counted."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    WORKING_DAYS = "working days"


@dataclass(frozen=True, slots=True)
class Length:
    """So many of them: a setting of the area, with its source's number as the default."""

    count: int
    unit: Unit

    @property
    def words(self) -> str:
        """`1 month`, `20 working days`."""
        return f"{self.count} {self.unit.value.removesuffix('s') if self.count == 1 else self.unit.value}"


class Met(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    IN_TIME = "in time"
    LATE = "late"  # its time is over, and it is not done
    DONE_LATE = "done late"

    @property
    def is_late(self) -> bool:
        """Late ones show, those done too late as well (Rulebook P1, V3)."""
        return self in (Met.LATE, Met.DONE_LATE)


def ends(start: datetime, length: Length, holidays: AbstractSet[date]) -> datetime:
    """The last moment that still counts.

    A month ends on the same day of the next, or on that month's last; where that is no working day, on the
    next one (practice: how the regulator counts a subject access request).
    """
    day, count = local_day(start), length.count
    match length.unit:
        case Unit.HOURS:
            return start + timedelta(hours=count)
        case Unit.DAYS:
            return end_of(day + timedelta(days=count))
        case Unit.MONTHS:
            return end_of(working_day_from(add_months(day, count), holidays))
        case Unit.WORKING_DAYS:
            return end_of(add_working_days(day, count, holidays))


def end_of(day: date) -> datetime:
    """The last moment of a day in London."""
    return to_utc(datetime.combine(day, time.max))


def stands(due: datetime, done_at: datetime | None, now: datetime) -> Met:
    """How a clock that ends at `due` stands at a moment; its last moment still counts."""
    if done_at is not None:
        return Met.IN_TIME if done_at <= due else Met.DONE_LATE
    return Met.RUNNING if now <= due else Met.LATE


@dataclass(frozen=True, slots=True)
class Running:
    """One clock of several: what is due, by when, and when it was done; the last moment still counts."""

    what: str
    due: datetime
    done_at: datetime | None = None

    def stands(self, now: datetime) -> Met:
        """How it stands at a moment."""
        return stands(self.due, self.done_at, now)
