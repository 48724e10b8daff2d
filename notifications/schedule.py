"""Who is told what, and when: every notice, and the moment at which each leaves (Rulebook S2)."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from agenda.area import AreaSettings
from agenda.calendar import (
    LONDON,
    NoSuchTime,
    days_off,
    is_working_day,
    local_day,
    next_working_day,
    previous_working_day,
    to_utc,
)
from notifications.messages import Line, Notice
from notifications.scheduled import ROWS, Scheduled, Urgency

_ONE_DAY = timedelta(days=1)
#: Quiet hours end by then: agencies are asked, and can still answer, before the meetings of the morning.
LATEST_QUIET_UNTIL = time(9, 0)

SCHEDULE: Mapping[Notice, Scheduled] = MappingProxyType({row.notice: row for row in ROWS})


class Choice(StrEnum):
    """How somebody wants to be told of one kind. The value is stored, the label is read."""

    AT_ONCE = "at once"
    ONCE_A_DAY = "once a day"


class How(StrEnum):
    """How a notice leaves."""

    URGENT = "at once, whatever the hour"
    AT_ONCE = "at once"
    AFTER_QUIET = "after quiet hours"
    IN_DIGEST = "in the daily message"


@dataclass(frozen=True, slots=True)
class Leaves:
    """How a notice leaves, and when at the earliest."""

    how: How
    at: datetime


def leaves_at(
    notice: Notice, choice: Choice, settings: AreaSettings, holidays: AbstractSet[date], now: datetime,
    sits_on: date | None = None,
) -> Leaves:  # fmt: skip
    """When a notice leaves that is queued at `now`; `sits_on` is the day of the meeting it tells of.

    What safety needs leaves at once. The rest waits until the area's quiet hours are over; where somebody
    chose one message a day it goes with that, unless it would come on the day of the meeting, or later.
    """
    row = SCHEDULE[notice]
    day = sits_on if row.of_meeting else None
    if day and row.until_its_day and day < local_day(now):
        day = None
    off = days_off(settings, holidays)
    if is_urgent(notice, off, now, day):
        return Leaves(How.URGENT, now)
    if row.may_wait_a_day and choice is Choice.ONCE_A_DAY:
        digest = digest_at(settings, off, now)
        if day is None or local_day(digest) < day:
            return Leaves(How.IN_DIGEST, digest)
    over = quiet_until(settings, now)
    return Leaves(How.AFTER_QUIET, over) if over else Leaves(How.AT_ONCE, now)


def is_urgent(notice: Notice, off: AbstractSet[date], now: datetime, sits_on: date | None = None) -> bool:
    """Whether it waits neither for quiet hours nor for the daily message: emergencies, alarms, openings out
    of the ordinary, crimes and the daily list always; a meeting that moved where it sits, or was to, at once
    or on the next working day, and its pack and what is corrected of it (Rulebook M4, T14)."""
    match SCHEDULE[notice].urgency:
        case Urgency.ALWAYS:
            return True
        case Urgency.NEAR:
            return sits_on is not None and sits_on <= next_working_day(local_day(now), off)
        case Urgency.NO:
            return False


def quiet_until(settings: AreaSettings, now: datetime) -> datetime | None:
    """When the area's quiet hours end, where `now` is in them; they may run across midnight, and are the
    same every night, whatever the clocks do. None where nothing is quiet."""
    first, last = settings.quiet_from, settings.quiet_until
    if first == last:
        return None
    nights = 1 if last < first else 0
    today = local_day(now)
    for day in (today - _ONE_DAY, today):
        start, end = moment_of(day, first), moment_of(day + nights * _ONE_DAY, last)
        if start <= now < end:
            return end
    return None


def digest_at(settings: AreaSettings, off: AbstractSet[date], now: datetime) -> datetime:
    """When the next daily message leaves: at the area's hour of a working day, out of quiet hours."""
    day = local_day(now)
    while True:
        if is_working_day(day, off):
            at = moment_of(day, settings.digest_at)
            at = quiet_until(settings, at) or at
            if at >= now:
                return at
        day += _ONE_DAY


def reminder_stage(due: date, today: date, off: AbstractSet[date]) -> str:
    """At which stage a task is of which its professional is told once: on the last working day before it is
    due, or on that day, and once it is overdue; empty before (Rulebook F1)."""
    if today > due:
        return "overdue"
    return "due" if today >= previous_working_day(due, off) else ""


def moment_of(day: date, wall: time) -> datetime:
    """A wall time of a day: where the clocks skip it an hour later, where it comes twice the first."""
    at = datetime.combine(day, wall)
    try:
        return to_utc(at)
    except NoSuchTime:
        return at.replace(tzinfo=LONDON, fold=0).astimezone(UTC)


def unfit_quiet(first: time, last: time) -> str | None:
    """Why an area cannot be quiet so long, in a sentence; None where it can, or has no quiet hours."""
    if first == last or last <= LATEST_QUIET_UNTIL < first:
        return None
    return f"Quiet hours run across midnight and end by {LATEST_QUIET_UNTIL:%H:%M}, or start and end alike"


def line(notice: Notice, path: str) -> Line:
    """What the daily message says of something that waits: what kind it is, and where (Rulebook S2)."""
    return Line(SCHEDULE[notice].tells, path)


def lines(waiting: Iterable[tuple[Notice, str]]) -> tuple[Line, ...]:
    """The lines of a daily message, each thing once, in the order of the schedule."""
    order = list(SCHEDULE)
    return tuple(line(*one) for one in sorted(set(waiting), key=lambda one: (order.index(one[0]), one[1])))
