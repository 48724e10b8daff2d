"""How long a meeting takes, in all and for each case, against what was planned."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hearing:
    """One time that a case was before the meeting; without an end, it is now."""

    item_id: UUID
    started_at: datetime
    ended_at: datetime | None = None

    def meets(self, joined_at: datetime | None, left_at: datetime | None) -> bool:
        """Whether somebody who stayed from then to then heard any of it. Open ends are the meeting's."""
        in_time = left_at is None or left_at > self.started_at
        return in_time and (joined_at is None or self.ended_at is None or joined_at < self.ended_at)

    def lies_in(self, joined_at: datetime | None, left_at: datetime | None) -> bool:
        """Whether they heard all of it."""
        from_start = joined_at is None or joined_at <= self.started_at
        to_end = left_at is None or (self.ended_at is not None and left_at >= self.ended_at)
        return from_start and to_end


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something has taken, how long it was given, and whether its time runs now."""

    elapsed: timedelta
    planned: timedelta
    running: bool

    @property
    def is_over(self) -> bool:
        """Longer than planned."""
        return self.elapsed > self.planned

    @property
    def seconds(self) -> int:
        """What a page counts on from."""
        return int(self.elapsed.total_seconds())

    @property
    def words(self) -> str:
        """`3:05 of 12 min`."""
        return f"{spent(self.elapsed)} of {self.planned // _MINUTE} min"


def spent(elapsed: timedelta) -> str:
    """`3:05`, or `1:03:05` from an hour on."""
    minutes, seconds = divmod(int(elapsed.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def of_case(hearings: Iterable[Hearing], minutes: int, now: datetime) -> Clock:
    """One case, over all the times it was heard."""
    there = list(hearings)
    elapsed = sum(((one.ended_at or now) - one.started_at for one in there), timedelta())
    return Clock(max(elapsed, timedelta()), minutes * _MINUTE, any(one.ended_at is None for one in there))


def of_meeting(began_at: datetime | None, ended_at: datetime | None, minutes: int, now: datetime) -> Clock:
    """The whole meeting, from its beginning to its end; planned for the minutes of the cases that the
    reader may see."""
    elapsed = (ended_at or now) - began_at if began_at else timedelta()
    running = began_at is not None and ended_at is None
    return Clock(max(elapsed, timedelta()), minutes * _MINUTE, running)
