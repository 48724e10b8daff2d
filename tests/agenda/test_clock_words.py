"""Clocks as people read them."""

from datetime import UTC, date, datetime

import pytest

from agenda.clock_words import words
from agenda.clocks import Length, Running, Unit, ends

OFF = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
TUESDAY = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "length", "now", "said"),
    [
        (TUESDAY, Length(2, Unit.WORKING_DAYS), TUESDAY, "due Thursday 26 November, 2 working days"),
        (TUESDAY, Length(1, Unit.WORKING_DAYS), TUESDAY, "due Wednesday 25 November, 1 working day"),
        (TUESDAY, Length(24, Unit.HOURS), TUESDAY, "due Wednesday 25 November at 10:30, 1 working day"),
        (TUESDAY, Length(5, Unit.HOURS), TUESDAY, "due Tuesday 24 November at 15:30, today"),
        (TUESDAY, Length(1, Unit.HOURS), datetime(2026, 11, 25, tzinfo=UTC),
         "was due Tuesday 24 November at 11:30"),
        (datetime(2026, 12, 24, 17, tzinfo=UTC), Length(48, Unit.HOURS),
         datetime(2026, 12, 24, 18, tzinfo=UTC),
         "due Saturday 26 December at 17:00, before the next working day"),
        (datetime(2026, 6, 30, 22, tzinfo=UTC), Length(24, Unit.HOURS),
         datetime(2026, 6, 30, 23, 30, tzinfo=UTC),
         "due Wednesday 1 July at 23:00, today"),
    ],
)  # fmt: skip
def test_a_clock_says_its_day_and_what_is_left(
    start: datetime, length: Length, now: datetime, said: str
) -> None:
    assert words(Running("x", ends(start, length, OFF)), now, OFF) == said


def test_a_clock_that_is_met_says_whether_in_time() -> None:
    due = ends(TUESDAY, Length(1, Unit.WORKING_DAYS), OFF)
    assert words(Running("x", due, due), TUESDAY, OFF) == "done in time, due Wednesday 25 November"
    late = datetime(2026, 11, 26, tzinfo=UTC)
    assert words(Running("x", due, late), TUESDAY, OFF) == "done late, was due Wednesday 25 November"
