"""When a panel of any kind sits, and what its list covers (Rulebook T1, M1, P3)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda import calendar
from agenda.area import AreaSettings
from agenda.calendar import is_working_day, no_list
from agenda.rhythm import DAILY, EveryDays, OnWeekdays, covering, day_after, day_before, days, sits_on, window
from agenda.rules import RuleBroken
from meetingsvc.holidays import england

OFF = england(range(2018, 2038))
CUT_OFF = time(8)
TWICE = OnWeekdays((1, 3))
DAYS = st.dates(date(2020, 2, 1), date(2035, 6, 1))
MOMENTS = st.integers(0, 12 * 366 * 24 * 60).map(
    lambda minutes: datetime(2021, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
RHYTHMS = st.one_of(
    st.sets(st.integers(0, 4), min_size=1).map(lambda on: OnWeekdays(tuple(sorted(on)))),
    st.builds(EveryDays, st.dates(date(2022, 1, 1), date(2030, 1, 1)), st.integers(1, 90)),
)


def test_P3_a_twice_weekly_triage_sits_on_its_two_days() -> None:
    assert days(TWICE, date(2026, 11, 23), date(2026, 12, 4), OFF) == (
        date(2026, 11, 24), date(2026, 11, 26), date(2026, 12, 1), date(2026, 12, 3)
    )  # fmt: skip


def test_P3_its_list_covers_everything_since_it_sat_before() -> None:
    found = window(TWICE, date(2026, 11, 24), CUT_OFF, OFF)
    assert found.start == datetime(2026, 11, 19, 8, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 24, 8, tzinfo=UTC)


def test_P3_on_a_holiday_it_sits_on_the_next_working_day_and_covers_more() -> None:
    fridays = OnWeekdays((0, 4))
    assert days(fridays, date(2026, 4, 1), date(2026, 4, 10), OFF) == (date(2026, 4, 7), date(2026, 4, 10))
    assert window(fridays, date(2026, 4, 7), CUT_OFF, OFF).start == datetime(2026, 3, 30, 7, tzinfo=UTC)


@given(day=DAYS)
@settings(max_examples=300, deadline=None)
def test_T1_the_daily_rhythm_has_the_windows_of_the_daily_list(day: date) -> None:
    area = AreaSettings()
    assert sits_on(DAILY, day, OFF) == (no_list(day, OFF) is None) == is_working_day(day, OFF)
    if is_working_day(day, OFF):
        assert window(DAILY, day, area.cut_off, OFF) == calendar.window(day, area, OFF)
    else:
        with pytest.raises(RuleBroken, match="does not sit"):
            window(DAILY, day, area.cut_off, OFF)


@given(moment=MOMENTS)
@settings(max_examples=200, deadline=None)
def test_T1_the_daily_rhythm_has_the_days_of_the_daily_list(moment: datetime) -> None:
    assert covering(DAILY, moment, CUT_OFF, OFF) == calendar.list_day_for(moment, AreaSettings(), OFF)


@given(rhythm=RHYTHMS, moment=MOMENTS)
@settings(max_examples=300, deadline=None)
def test_T12_every_moment_is_in_exactly_one_list_of_any_rhythm(rhythm: EveryDays, moment: datetime) -> None:
    day = covering(rhythm, moment, CUT_OFF, OFF)
    assert day is not None
    here = window(rhythm, day, CUT_OFF, OFF)
    assert here.start <= moment < here.end
    after, before = day_after(rhythm, day, OFF), day_before(rhythm, day, OFF)
    assert after is not None and before is not None and before < day < after
    assert window(rhythm, after, CUT_OFF, OFF).start == here.end
    assert window(rhythm, before, CUT_OFF, OFF).end == here.start


@given(rhythm=RHYTHMS, day=DAYS)
@settings(max_examples=200, deadline=None)
def test_M1_the_next_and_the_last_sitting_leave_none_out(rhythm: EveryDays, day: date) -> None:
    after, before = day_after(rhythm, day, OFF), day_before(rhythm, day, OFF)
    assert after is not None and before is not None
    assert days(rhythm, day + timedelta(days=1), after, OFF) == (after,)
    assert days(rhythm, before, day - timedelta(days=1), OFF) == (before,)
    assert all(is_working_day(one, OFF) for one in (before, after))


def test_M1_a_panel_without_a_day_it_sat_never_sits() -> None:
    never = EveryDays(None, 28)
    assert (
        day_after(never, date(2026, 1, 1), OFF) is None and day_before(never, date(2026, 1, 1), OFF) is None
    )
    assert covering(never, datetime(2026, 1, 1, tzinfo=UTC), CUT_OFF, OFF) is None
    with pytest.raises(RuleBroken):
        window(never, date(2026, 1, 1), CUT_OFF, OFF)
