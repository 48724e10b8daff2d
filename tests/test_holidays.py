import socket
from datetime import date, timedelta

import pytest

from meetingsvc.holidays import england, known

YEARS = range(2020, 2036)


def easter_sunday(year: int) -> date:
    """The anonymous Gregorian reckoning."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    month, day = divmod(h + k - 7 * ((a + 11 * h + 22 * k) // 451) + 114, 31)
    return date(year, month, day + 1)


def monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def kept(days: list[date]) -> set[date]:
    """The days themselves, or for a weekend the first weekday that is free."""
    free: set[date] = {day for day in days if day.weekday() < 5}
    for day in days:
        if day.weekday() >= 5:
            while day.weekday() >= 5 or day in free:
                day += timedelta(days=1)
            free.add(day)
    return free


def ordinary(year: int) -> set[date]:
    easter = easter_sunday(year)
    return (
        kept([date(year, 1, 1)])
        | {easter - timedelta(days=2), easter + timedelta(days=1)}
        | {monday_from(date(year, 5, 1)), monday_from(date(year, 5, 25)), monday_from(date(year, 8, 25))}
        | kept([date(year, 12, 25), date(year, 12, 26)])
    )


ONE_OFF = {
    2020: ({date(2020, 5, 4)}, {date(2020, 5, 8)}),  # VE day, 75 years
    2022: ({date(2022, 5, 30)}, {date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)}),  # jubilee, funeral
    2023: (set(), {date(2023, 5, 8)}),  # coronation
}


@pytest.mark.parametrize("year", YEARS)
def test_T1_the_bank_holidays_of_every_year_2020_to_2035(year):
    gone, came = ONE_OFF.get(year, (set(), set()))
    assert england(range(year, year + 1)) == (ordinary(year) - gone) | came


def test_T1_the_early_may_holiday_of_2020_was_moved_to_ve_day():
    days = england(range(2020, 2021))
    assert date(2020, 5, 8) in days and date(2020, 5, 4) not in days


def test_T1_the_spring_holiday_of_2022_was_moved_for_the_jubilee():
    days = england(range(2022, 2023))
    assert {date(2022, 6, 2), date(2022, 6, 3)} <= days and date(2022, 5, 30) not in days


def test_T1_the_coronation_day_of_2023_was_a_holiday_as_well_as_early_may():
    assert {date(2023, 5, 1), date(2023, 5, 8)} <= england(range(2023, 2024))


def test_a_span_of_years_is_its_years_together():
    assert england(range(2027, 2031)) == frozenset().union(
        *(england(range(year, year + 1)) for year in range(2027, 2031))
    )


def test_what_the_service_decides_by_holds_every_year_2020_to_2035():
    assert england(YEARS) <= known()


def test_no_holiday_is_on_a_weekend():
    assert {day.weekday() for day in england(range(2012, 2041))} <= set(range(5))


def test_holidays_need_no_network(monkeypatch):
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    england.cache_clear()
    assert date(2026, 12, 25) in england(range(2026, 2031))
