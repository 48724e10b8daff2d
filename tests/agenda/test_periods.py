"""Whole months and quarters."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agenda.periods import Period, finished, month_of, quarter_of

DAYS = st.dates(date(2019, 1, 1), date(2036, 12, 31))


def test_a_period_is_called_by_its_months() -> None:
    month, quarter = month_of(date(2026, 10, 25)), quarter_of(date(2026, 10, 25))
    assert (month.key, month.label, month.last) == ("2026-10", "October 2026", date(2026, 10, 31))
    assert (quarter.key, quarter.label) == ("2026-Q4", "October to December 2026")
    assert quarter.last == date(2026, 12, 31)
    assert [one.key for one in quarter.months] == ["2026-10", "2026-11", "2026-12"]
    assert month_of(date(2028, 2, 3)).last == date(2028, 2, 29)


@given(day=DAYS)
def test_every_day_is_in_one_month_and_one_quarter_that_is_made_of_it(day: date) -> None:
    month, quarter = month_of(day), quarter_of(day)
    assert month.first <= day <= month.last and quarter.first <= day <= quarter.last
    assert month in quarter.months
    assert month_of(month.last + timedelta(days=1)).first == month.last + timedelta(days=1)


@given(today=DAYS, back=st.integers(0, 900))
def test_only_periods_that_are_over_are_told_of_and_none_before_the_first_list(
    today: date, back: int
) -> None:
    since = today - timedelta(days=back)
    found = finished(since, today, 24, 8)
    assert all(since <= period.last < today for period in found)
    keys = [period.key for period in found]
    assert len(set(keys)) == len(keys)
    months = [one for one in found if one.count == 1]
    assert months == sorted(months, key=lambda one: one.first, reverse=True)
    assert len(months) <= 24 and len(found) - len(months) <= 8


def test_a_month_is_over_on_the_first_day_of_the_next() -> None:
    since = date(2026, 10, 5)
    assert finished(since, date(2026, 10, 31), 24, 8) == ()
    assert finished(since, date(2026, 11, 1), 24, 8) == (Period(date(2026, 10, 1)),)
    over = finished(since, date(2027, 1, 1), 24, 8)
    assert [period.key for period in over] == ["2026-12", "2026-11", "2026-10", "2026-Q4"]
