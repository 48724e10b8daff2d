"""When timed work is due: slots counted from the plan, never from the last run.

A slot is known by its key, so that one slot is done once however often it is asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))
#: More missed slots than this are not counted one by one.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Slot:
    """One time a job is due."""

    key: str
    starts: datetime


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, counted in UTC from 1970: the same moments for every worker."""

    interval: timedelta
    #: After a wrong clock was set back, a slot that seems done lies ahead: it is due when its time comes.
    forgets_what_lies_ahead = True
    tries_again = False

    def slot(self, now: datetime) -> Slot:
        """The slot that `now` lies in."""
        starts = now - (now - _EPOCH) % self.interval
        return Slot(starts.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), starts)

    def next(self, now: datetime) -> datetime:
        """When the slot after this one starts."""
        return self.slot(now).starts + self.interval

    def between(self, after: datetime, before: datetime) -> int:
        """How many slots start later than one moment and earlier than another."""
        first = self.next(after)
        return min(MOST, max(0, -((first - before) // self.interval)))

    @property
    def words(self) -> str:
        """As the page says it."""
        seconds = int(self.interval.total_seconds())
        size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
        number = seconds // size
        return f"Every {unit}" if number == 1 else f"Every {number} {unit}s"


@dataclass(frozen=True, slots=True)
class Nightly:
    """Once each local date, from a wall time of Europe/London on.

    The date is the key: no change of the clocks skips a night or does one twice, and neither does a clock
    that was wrong for an hour or a day.
    """

    at: time
    forgets_what_lies_ahead = False
    #: A night that failed is tried again before the next one.
    tries_again = True

    def slot(self, now: datetime) -> Slot:
        """That of today, or before its time that of yesterday."""
        today = now.astimezone(LONDON).date()
        return self._on(today) if self._on(today).starts <= now else self._on(today - timedelta(days=1))

    def next(self, now: datetime) -> datetime:
        """When the slot after this one starts."""
        return self._on(date.fromisoformat(self.slot(now).key) + timedelta(days=1)).starts

    def between(self, after: datetime, before: datetime) -> int:
        """How many slots start later than one moment and earlier than another."""
        return sum(1 for _ in self._starts(after, before))

    def _starts(self, after: datetime, before: datetime) -> Iterator[datetime]:
        at = self.next(after)
        while at < before:
            yield at
            at = self.next(at)

    @property
    def words(self) -> str:
        """As the page says it."""
        return f"Each day from {self.at:%H:%M}"

    def _on(self, day: date) -> Slot:
        return Slot(day.isoformat(), datetime.combine(day, self.at, LONDON).astimezone(UTC))


Plan = Every | Nightly
