from calendar import monthcalendar
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.area import AreaSettings
from agenda.calendar import (
    NoSuchTime,
    add_months,
    add_working_days,
    day_words,
    days_off,
    is_working_day,
    list_day_for,
    local_day,
    next_working_day,
    no_list,
    previous_working_day,
    starts_at,
    to_utc,
    window,
    working_day_from,
)
from agenda.rules import RuleBroken
from meetingsvc.holidays import england

AREA = AreaSettings()
HOLIDAYS = england(range(2019, 2037))
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
LIST_DAYS = [day for day in EVERY_DAY if is_working_day(day, HOLIDAYS)]
MINUTE = timedelta(minutes=1)
MOMENTS = st.builds(
    datetime.combine, st.dates(date(2020, 1, 3), date(2035, 12, 20)), st.times(timezones=st.just(UTC))
)


def hours(day: date, area: AreaSettings = AREA) -> float:
    covers = window(day, area, HOLIDAYS)
    return (covers.end - covers.start) / timedelta(hours=1)


def clock_change(day: date) -> int:
    """The hours by which a day is longer than 24, reckoned without the time zone's own data."""
    if day.month not in (3, 10):
        return 0
    last_sunday = max(week[6] for week in monthcalendar(day.year, day.month))
    return (-1 if day.month == 3 else 1) if day.day == last_sunday else 0


# The window


def test_T1_the_windows_of_every_day_2020_to_2035_meet_without_gap_or_overlap():
    covers = [window(day, AREA, HOLIDAYS) for day in LIST_DAYS]
    assert all(one.start < one.end for one in covers)
    assert all(one.end == other.start for one, other in zip(covers, covers[1:], strict=False))


def test_T1_the_first_and_last_minute_of_every_window_are_on_that_days_list_and_no_others():
    for day in LIST_DAYS:
        covers = window(day, AREA, HOLIDAYS)
        assert list_day_for(covers.start, AREA, HOLIDAYS) == day
        assert list_day_for(covers.end - MINUTE, AREA, HOLIDAYS) == day
        assert list_day_for(covers.end, AREA, HOLIDAYS) == next_working_day(day, HOLIDAYS)


@settings(max_examples=200, deadline=None)
@given(
    moment=MOMENTS,
    cut_off=st.times(),
    extra=st.lists(st.dates(FIRST, LAST), max_size=3),
)
def test_T1_each_minute_falls_in_exactly_one_window_whatever_the_cut_off(moment, cut_off, extra):
    area = AreaSettings(cut_off=cut_off, extra_holidays=tuple(extra))
    off = days_off(area, HOLIDAYS)
    near = [local_day(moment) + timedelta(days=n) for n in range(-10, 15)]
    covers = {day: window(day, area, HOLIDAYS) for day in near if is_working_day(day, off)}
    holding = [day for day, one in covers.items() if one.start <= moment < one.end]
    assert holding == [list_day_for(moment, area, HOLIDAYS)]


def test_T1_the_length_of_every_window_2020_to_2035_is_the_hours_of_its_days():
    for day in LIST_DAYS:
        since = previous_working_day(day, HOLIDAYS)
        days = [since + timedelta(days=n) for n in range(1, (day - since).days + 1)]
        assert hours(day) == 24 * len(days) + sum(map(clock_change, days)), day


def test_T1_the_lengths_that_occur_2020_to_2035():
    """23 and 25 do not: English clocks change on Sundays, and no window holds a Sunday but not its Saturday.

    48 is the day after a lone holiday in midweek, 72 also the day after two, and 119 the Tuesday after an
    Easter on which the clocks went forward.
    """
    assert set(Counter(map(hours, LIST_DAYS))) == {24, 48, 71, 72, 73, 96, 119, 120}


@pytest.mark.parametrize("day", [date(2026, 11, n) for n in (17, 18, 19, 20)])
def test_T1_tuesday_to_friday_cover_24_hours(day):
    assert hours(day) == 24


@pytest.mark.parametrize(
    "day, expected, why",
    [
        (date(2026, 11, 23), 72, "an ordinary Monday"),
        (date(2026, 5, 5), 96, "the Tuesday after a bank-holiday Monday"),
        (date(2026, 3, 30), 71, "the Monday after the clocks went forward"),
        (date(2026, 10, 26), 73, "the Monday after the clocks went back"),
        (date(2026, 4, 7), 120, "the Tuesday after Easter"),
        (date(2024, 4, 2), 119, "the Tuesday after an Easter on which the clocks went forward"),
        (date(2026, 4, 2), 24, "Maundy Thursday"),
        (date(2024, 12, 27), 72, "the Friday after Christmas Day and Boxing Day"),
        (date(2026, 12, 29), 120, "Christmas Day on a Friday, Boxing Day kept on Monday"),
        (date(2027, 12, 29), 120, "Christmas Day and Boxing Day on a weekend, kept on Monday and Tuesday"),
        (date(2025, 1, 2), 48, "the Thursday after New Year's Day"),
        (date(2022, 6, 6), 120, "the Monday after the jubilee"),
        (date(2020, 5, 11), 96, "the Monday after VE day, which was a Friday"),
        (date(2020, 5, 5), 24, "the Tuesday after the Monday that VE day replaced"),
    ],
)
def test_T1_a_window_runs_from_the_previous_working_day(day, expected, why):
    assert hours(day) == expected, why


def test_T1_a_cut_off_is_a_wall_time_in_summer_and_winter():
    assert window(date(2026, 7, 14), AREA, HOLIDAYS).end == datetime(2026, 7, 14, 7, 0, tzinfo=UTC)
    assert window(date(2026, 1, 13), AREA, HOLIDAYS).end == datetime(2026, 1, 13, 8, 0, tzinfo=UTC)


def test_T1_the_minute_of_the_cut_off_is_the_next_lists():
    cut_off = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert list_day_for(cut_off - MINUTE, AREA, HOLIDAYS) == date(2026, 11, 20)
    assert list_day_for(cut_off, AREA, HOLIDAYS) == date(2026, 11, 23)


@settings(max_examples=200, deadline=None)
@given(MOMENTS)
def test_T1_the_list_of_a_moment_is_the_same_in_whatever_offset_it_is_written(moment):
    abroad = moment.astimezone(timezone(timedelta(hours=-9)))
    assert list_day_for(moment, AREA, HOLIDAYS) == list_day_for(abroad, AREA, HOLIDAYS)


def test_T1_a_day_the_area_sets_has_no_list_and_the_next_covers_it():
    area = AreaSettings(extra_holidays=(date(2026, 11, 24),))
    assert hours(date(2026, 11, 25), area) == 48
    assert no_list(date(2026, 11, 24), HOLIDAYS, area) == (
        "Tuesday 24 November 2026 has no list: it is a day this area has set as one without a list. "
        "Wednesday 25 November 2026 covers it."
    )


def test_T1_a_day_the_area_sets_covers_no_other_day():
    area = AreaSettings(extra_holidays=(date(2026, 11, 23),))
    told = no_list(date(2026, 11, 21), HOLIDAYS, area)
    assert told is not None and told.endswith("Tuesday 24 November 2026 covers it.")


# Days without a list


@pytest.mark.parametrize(
    "day, told",
    [
        (
            date(2026, 11, 21),
            "Saturday 21 November 2026 has no list: it is a weekend. Monday 23 November 2026 covers it.",
        ),
        (
            date(2026, 5, 4),
            "Monday 4 May 2026 has no list: it is a bank holiday. Tuesday 5 May 2026 covers it.",
        ),
        (
            date(2026, 4, 5),
            "Sunday 5 April 2026 has no list: it is a weekend. Tuesday 7 April 2026 covers it.",
        ),
    ],
)
def test_T1_a_day_without_a_list_says_why_and_which_covers_it(day, told):
    assert no_list(day, HOLIDAYS) == told


def test_T1_the_day_named_as_cover_does_cover_the_whole_day():
    for day in EVERY_DAY:
        if told := no_list(day, HOLIDAYS):
            cover = working_day_from(day, HOLIDAYS)
            covers = window(cover, AREA, HOLIDAYS)
            assert day_words(cover) in told
            assert covers.start <= to_utc(datetime.combine(day, time())) < covers.end
            assert covers.start <= to_utc(datetime.combine(day, time(23, 59))) < covers.end


def test_T1_no_list_is_told_for_exactly_the_days_that_do_not_work():
    assert [day for day in EVERY_DAY if no_list(day, HOLIDAYS) is None] == LIST_DAYS


def test_T1_a_window_is_refused_on_a_day_without_a_list():
    with pytest.raises(RuleBroken, match="it is a weekend. Monday 23 November 2026 covers it"):
        window(date(2026, 11, 22), AREA, HOLIDAYS)


# Working days


@settings(max_examples=150, deadline=None)
@given(day=st.dates(date(2020, 2, 1), date(2035, 11, 1)), n=st.integers(1, 15))
def test_the_nth_working_day_has_n_working_days_up_to_it(day, n):
    on = add_working_days(day, n, HOLIDAYS)
    between = [day + timedelta(days=i) for i in range(1, (on - day).days + 1)]
    assert is_working_day(on, HOLIDAYS)
    assert sum(is_working_day(one, HOLIDAYS) for one in between) == n


@settings(max_examples=150, deadline=None)
@given(day=st.sampled_from(LIST_DAYS[30:-30]), n=st.integers(-15, 15))
def test_working_days_there_and_back_from_a_working_day(day, n):
    assert add_working_days(add_working_days(day, n, HOLIDAYS), -n, HOLIDAYS) == day


def test_the_working_days_around_easter():
    assert next_working_day(date(2026, 4, 2), HOLIDAYS) == date(2026, 4, 7)
    assert previous_working_day(date(2026, 4, 7), HOLIDAYS) == date(2026, 4, 2)
    assert working_day_from(date(2026, 4, 3), HOLIDAYS) == date(2026, 4, 7)
    assert working_day_from(date(2026, 4, 7), HOLIDAYS) == date(2026, 4, 7)


# Times


@pytest.mark.parametrize(
    "day, expected",
    [
        (date(2026, 11, 23), datetime(2026, 11, 23, 14, 0, tzinfo=UTC)),
        (date(2026, 11, 24), datetime(2026, 11, 24, 11, 0, tzinfo=UTC)),
        (date(2026, 7, 6), datetime(2026, 7, 6, 13, 0, tzinfo=UTC)),
        (date(2026, 7, 7), datetime(2026, 7, 7, 10, 0, tzinfo=UTC)),
    ],
)
def test_T14_monday_starts_at_a_setting_of_its_own(day, expected):
    assert starts_at(day, AreaSettings(monday_starts=time(14, 0))) == expected


def test_T14_every_day_starts_at_eleven_until_set():
    assert {starts_at(date(2026, 11, n), AREA).time() for n in range(23, 28)} == {time(11, 0)}


def test_a_time_the_clocks_skip_is_refused():
    with pytest.raises(NoSuchTime, match="01:30 on Sunday 29 March 2026 does not exist"):
        to_utc(datetime.combine(date(2026, 3, 29), time(1, 30)))


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_that_happens_twice_is_the_first(fold):
    wall = datetime.combine(date(2026, 10, 25), time(1, 30, fold=fold))
    assert to_utc(wall) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_wall_time_with_an_offset_and_a_moment_without_one_are_refused():
    with pytest.raises(ValueError, match="no offset"):
        to_utc(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="carries its offset"):
        local_day(datetime.combine(date(2026, 1, 1), time()))


def test_T6_the_local_day_of_a_summer_evening_is_not_the_day_in_utc():
    assert local_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert local_day(datetime(2026, 1, 1, 23, 30, tzinfo=UTC)) == date(2026, 1, 1)


@pytest.mark.parametrize(
    "day, months, expected",
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 2, 28), 12, date(2026, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
    ],
)
def test_T6_months_are_calendar_months_and_29_february_becomes_28(day, months, expected):
    assert add_months(day, months) == expected
