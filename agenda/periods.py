"""Whole calendar months and quarters, for what is told of a time that is over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from agenda.calendar import add_months

QUARTER = 3


@dataclass(frozen=True, slots=True)
class Period:
    """One whole month, or one quarter of the calendar year."""

    first: date
    count: int = 1

    @property
    def key(self) -> str:
        """As it stands in addresses and files: `2026-10`, or `2026-Q4`."""
        if self.count == 1:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}-Q{(self.first.month + 2) // QUARTER}"

    @property
    def label(self) -> str:
        """`October 2026`, or `October to December 2026`."""
        if self.count == 1:
            return f"{self.first:%B %Y}"
        return f"{self.first:%B} to {self.last:%B %Y}"

    @property
    def last(self) -> date:
        """Its last day."""
        return add_months(self.first, self.count) - timedelta(days=1)

    @property
    def months(self) -> tuple["Period", ...]:
        """The months it is made of."""
        return tuple(Period(add_months(self.first, n)) for n in range(self.count))


def month_of(day: date) -> Period:
    """The month that a day is in."""
    return Period(day.replace(day=1))


def quarter_of(day: date) -> Period:
    """The quarter that a day is in."""
    return Period(date(day.year, day.month - (day.month - 1) % QUARTER, 1), QUARTER)


def finished(since: date, today: date, months: int, quarters: int) -> tuple[Period, ...]:
    """So many months, then so many quarters, that are over and end on or after `since`: the latest first."""
    return (*_before(month_of(today), since, months), *_before(quarter_of(today), since, quarters))


def _before(running: Period, since: date, most: int) -> Iterator[Period]:
    for back in range(1, most + 1):
        period = Period(add_months(running.first, -back * running.count), running.count)
        if period.last >= since:
            yield period
