from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.area import AreaSettings
from agenda.calendar import is_working_day, working_day_from
from agenda.timetable import marac_days, marac_starts_at, next_marac, unfit_day
from meetingsvc.holidays import england

AREA = AreaSettings(marac_anchor=date(2026, 1, 8))
HOLIDAYS = england(range(2019, 2037))


def test_M1_the_marac_sits_every_fortnight_from_the_anchor():
    assert marac_days(AREA, HOLIDAYS, date(2026, 1, 8), date(2026, 2, 19)) == (
        date(2026, 1, 8),
        date(2026, 1, 22),
        date(2026, 2, 5),
        date(2026, 2, 19),
    )


def test_M1_the_series_runs_back_from_the_anchor_too():
    assert marac_days(AREA, HOLIDAYS, date(2025, 12, 1), date(2026, 1, 7)) == (
        date(2025, 12, 11),
        date(2025, 12, 29),  # 25 December, moved over Christmas and the weekend
    )


def test_M1_a_moved_marac_does_not_move_the_ones_after_it():
    fridays = AreaSettings(marac_anchor=date(2026, 4, 3))  # Good Friday
    assert marac_days(fridays, HOLIDAYS, date(2026, 4, 1), date(2026, 5, 1)) == (
        date(2026, 4, 7),
        date(2026, 4, 17),
        date(2026, 5, 1),
    )


def test_M1_a_day_before_the_range_that_moved_into_it_counts():
    fridays = AreaSettings(marac_anchor=date(2026, 4, 3))
    assert marac_days(fridays, HOLIDAYS, date(2026, 4, 4), date(2026, 4, 10)) == (date(2026, 4, 7),)


def test_M1_a_day_in_the_range_that_moved_out_of_it_does_not():
    fridays = AreaSettings(marac_anchor=date(2026, 4, 3))
    assert marac_days(fridays, HOLIDAYS, date(2026, 4, 1), date(2026, 4, 6)) == ()


def test_M1_a_marac_moves_off_a_day_the_area_has_set():
    area = AreaSettings(marac_anchor=date(2026, 1, 8), extra_holidays=(date(2026, 1, 22),))
    assert date(2026, 1, 23) in marac_days(area, HOLIDAYS, date(2026, 1, 1), date(2026, 1, 31))


@settings(max_examples=150, deadline=None)
@given(
    anchor=st.dates(date(2022, 1, 1), date(2033, 1, 1)),
    every=st.integers(1, 40),
    first=st.dates(date(2020, 2, 1), date(2035, 1, 1)),
    span=st.integers(0, 200),
)
def test_M1_the_days_are_the_regular_ones_each_on_its_working_day(anchor, every, first, span):
    area = AreaSettings(marac_anchor=anchor, marac_every_days=every)
    last = first + timedelta(days=span)
    regular = [first + timedelta(days=n) for n in range(-20, span + 1)]
    on = {working_day_from(day, HOLIDAYS) for day in regular if (day - anchor).days % every == 0}
    assert marac_days(area, HOLIDAYS, first, last) == tuple(sorted(day for day in on if first <= day <= last))


@settings(max_examples=150, deadline=None)
@given(after=st.dates(date(2020, 2, 1), date(2035, 1, 1)), every=st.integers(1, 40))
def test_M1_the_next_marac_is_the_first_working_day_of_the_series_after_a_day(after, every):
    area = AreaSettings(marac_anchor=date(2026, 1, 8), marac_every_days=every)
    on = next_marac(after, area, HOLIDAYS)
    assert on > after and is_working_day(on, HOLIDAYS)
    assert marac_days(area, HOLIDAYS, after + timedelta(days=1), on) == (on,)


def test_M1_the_marac_starts_at_a_wall_time():
    area = AreaSettings(marac_starts=time(9, 30))
    assert marac_starts_at(date(2026, 1, 8), area) == datetime(2026, 1, 8, 9, 30, tzinfo=UTC)
    assert marac_starts_at(date(2026, 7, 9), area) == datetime(2026, 7, 9, 8, 30, tzinfo=UTC)


TODAY = date(2026, 4, 1)


@pytest.mark.parametrize(
    "day, told",
    [
        (date(2026, 3, 31), "Tuesday 31 March 2026 has passed. Choose today or a later day."),
        (
            date(2026, 4, 4),
            "Saturday 4 April 2026 is a weekend. The next working day is Tuesday 7 April 2026.",
        ),
        (
            date(2026, 4, 3),
            "Friday 3 April 2026 is a bank holiday. The next working day is Tuesday 7 April 2026.",
        ),
        (date(2027, 12, 3), "Friday 3 December 2027 is more than six months ahead. Check the year."),
        (date(2026, 10, 2), "Friday 2 October 2026 is more than six months ahead. Check the year."),
        (date(9999, 12, 31), "Friday 31 December 9999 is more than six months ahead. Check the year."),
        (date(2026, 10, 1), None),
        (date(2026, 4, 1), None),
        (date(2026, 4, 7), None),
    ],
)
def test_M1_a_day_unfit_for_a_meeting_says_why(day, told):
    assert unfit_day(day, TODAY, HOLIDAYS) == told


def test_M1_a_day_the_area_has_set_is_unfit_and_not_offered_instead():
    area = AreaSettings(extra_holidays=(date(2026, 4, 7),))
    assert unfit_day(date(2026, 4, 6), TODAY, HOLIDAYS, area) == (
        "Monday 6 April 2026 is a bank holiday. The next working day is Wednesday 8 April 2026."
    )
    assert unfit_day(date(2026, 4, 7), TODAY, HOLIDAYS, area) is not None


def test_M1_without_a_day_on_which_a_marac_sits_none_is_due():
    unset = AreaSettings()
    assert marac_days(unset, HOLIDAYS, date(2026, 1, 1), date(2026, 12, 31)) == ()
    assert next_marac(date(2026, 1, 1), unset, HOLIDAYS) is None
