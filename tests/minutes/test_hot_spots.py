"""The time that hot spots are told of, and their charts (Rulebook E2, W4)."""

from datetime import UTC, date, datetime

import pytest

from agenda.missing import as_told
from minutes.hot_spots import Band, band, bars, chosen, last_year

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize("first, last, keys", [
    (date(2026, 8, 5), date(2026, 8, 9), ["2026-Q3"]),
    (date(2026, 6, 30), date(2026, 7, 1), ["2026-Q2", "2026-Q3"]),
    (date(2024, 10, 1), date(2026, 9, 30), [f"{y}-Q{q}" for y, q in
     ((2024, 4), (2025, 1), (2025, 2), (2025, 3), (2025, 4), (2026, 1), (2026, 2), (2026, 3))]),
])  # fmt: skip
def test_W4_whole_quarters_are_told_however_few_days_of_them_are_asked_for(
    first: date, last: date, keys: list[str]
) -> None:
    assert [one.key for one in chosen(first, last, TODAY).quarters] == keys


@pytest.mark.parametrize("first, last, field", [
    (date(2026, 7, 1), date(2026, 10, 1), "to"),  # the quarter that runs
    (date(2026, 9, 30), date(2026, 9, 29), "to"),
    (date(2024, 9, 30), date(2026, 9, 30), "from"),
    (date.min, date(2026, 9, 30), "from"),
])  # fmt: skip
def test_W4_a_time_that_is_not_over_or_too_long_is_refused(first: date, last: date, field: str) -> None:
    found = chosen(first, last, TODAY)
    assert found.quarters == () and set(found.problems) == {field}


def test_W4_the_usual_time_is_one_that_may_be_told() -> None:
    for today in (TODAY, date(2026, 1, 1), date(2026, 12, 31)):
        assert len(chosen(*last_year(today), today).quarters) == 4


def test_E2_a_bar_is_as_long_as_its_number_says() -> None:
    assert [one.length for one in bars([("a", 10), ("b", 5), ("c", 0)], 400)] == [400, 200, 0]
    assert [one.length for one in bars([("a", 0)], 400)] == [0]


def test_E2_a_day_without_its_hour_is_told_as_such_and_not_as_midnight() -> None:
    """A referrer knows the days: they are kept from the beginning of one to the end of another."""
    for hour in (datetime(2026, 8, 4, 23, tzinfo=UTC), datetime(2026, 8, 5, 22, 59, tzinfo=UTC)):
        assert as_told(hour) == date(2026, 8, 5) and band(as_told(hour)) is Band.UNTOLD
    evening = datetime(2026, 8, 5, 20, tzinfo=UTC)
    assert as_told(evening) == evening
