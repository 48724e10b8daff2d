"""Clocks over weekends, bank holidays and both clock changes (Rulebook X1–X3, V3, V4, Y1)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import LONDON, is_working_day, local_day
from agenda.clocks import Length, Met, Unit, ends, stands

#: Good Friday, Easter Monday, Christmas, Boxing Day (kept on the Monday), New Year.
OFF = frozenset({
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1),
})  # fmt: skip

MOMENTS = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "count", "unit", "last"),
    [
        ("2026-11-27T16:00", 72, Unit.HOURS, "2026-11-30T16:00"),  # a weekend counts
        ("2026-10-24T12:00", 24, Unit.HOURS, "2026-10-25T11:00"),  # the clocks go back
        ("2026-03-28T12:00", 24, Unit.HOURS, "2026-03-29T13:00"),  # and forward
        ("2026-12-24T17:00", 48, Unit.HOURS, "2026-12-26T17:00"),
        ("2026-10-24T23:30", 1, Unit.DAYS, "2026-10-25"),
        ("2026-03-28T00:30", 1, Unit.DAYS, "2026-03-29"),
        ("2026-11-27T16:00", 28, Unit.DAYS, "2026-12-25"),  # days are days, Christmas or not
        ("2026-11-27T16:00", 1, Unit.WORKING_DAYS, "2026-11-30"),
        ("2026-12-24T09:00", 1, Unit.WORKING_DAYS, "2026-12-29"),
        ("2026-04-02T09:00", 5, Unit.WORKING_DAYS, "2026-04-13"),  # over Easter
        ("2026-03-27T09:00", 5, Unit.WORKING_DAYS, "2026-04-07"),  # over the change and Easter
        ("2026-11-02T09:00", 20, Unit.WORKING_DAYS, "2026-11-30"),
        ("2026-11-03T09:00", 1, Unit.MONTHS, "2026-12-03"),
        ("2027-01-31T09:00", 1, Unit.MONTHS, "2027-03-01"),  # the 28th is a Sunday
        ("2026-11-25T09:00", 1, Unit.MONTHS, "2026-12-29"),  # Christmas, a weekend, its Monday
        ("2028-01-31T09:00", 1, Unit.MONTHS, "2028-02-29"),
    ],
)  # fmt: skip
def test_a_clock_ends_as_its_source_counts(start: str, count: int, unit: Unit, last: str) -> None:
    whole_day = "T" not in last
    due = wall(f"{last}T23:59:59.999999" if whole_day else last)
    assert ends(wall(start), Length(count, unit), OFF) == due
    assert stands(due, None, due) is Met.RUNNING
    assert stands(due, None, due + timedelta(microseconds=1)) is Met.LATE
    assert stands(due, due, due) is Met.IN_TIME
    assert stands(due, due + timedelta(microseconds=1), due) is Met.DONE_LATE


@given(
    start=MOMENTS,
    count=st.integers(1, 40),
)
def test_working_days_are_so_many_whole_ones_after_the_start(start: datetime, count: int) -> None:
    due, day = ends(start, Length(count, Unit.WORKING_DAYS), OFF), local_day(start)
    between = [day + timedelta(days=n) for n in range(1, (local_day(due) - day).days + 1)]
    assert sum(is_working_day(one, OFF) for one in between) == count
    assert is_working_day(local_day(due), OFF)


@given(
    start=MOMENTS,
    count=st.integers(1, 400),
)
def test_elapsed_hours_are_hours(start: datetime, count: int) -> None:
    assert (ends(start, Length(count, Unit.HOURS), OFF) - start).total_seconds() == count * 3600


def test_a_length_is_said_in_words() -> None:
    assert Length(1, Unit.MONTHS).words == "1 month"
    assert Length(20, Unit.WORKING_DAYS).words == "20 working days"


def test_V3_what_was_told_after_its_24_hours_shows_as_late_ever_after() -> None:
    detected = wall("2026-03-28T09:00")  # the clocks go forward that night, and 24 hours stay 24
    due = ends(detected, Length(24, Unit.HOURS), OFF)
    after = due + timedelta(microseconds=1)
    assert due == wall("2026-03-29T10:00")
    assert stands(due, None, due) is Met.RUNNING and stands(due, due, after) is Met.IN_TIME
    assert stands(due, None, after) is Met.LATE and stands(due, after, after) is Met.DONE_LATE
    assert [one for one in Met if one.is_late] == [Met.LATE, Met.DONE_LATE]
