from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.agencies import AgencyKind
from agenda.clocks import Met
from agenda.incidents import Risk
from agenda.notification_clocks import TOLD, Notifications, Task, clocks, late, told_by

USED = Notifications(used=True)
MOMENTS = st.integers(0, 700 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
CARE = AgencyKind.CHILDRENS_SOCIAL_CARE


def test_P1_high_risk_is_told_within_24_hours_each_agency_on_its_own_clock():
    found = clocks(Risk.HIGH, AT, {AgencyKind.HEALTH: AT + timedelta(hours=1)}, None, USED)
    assert [clock.agency for clock in found] == list(TOLD)
    assert {clock.due for clock in found} == {AT + timedelta(hours=24)}
    (_, in_time, _) = clocks(Risk.HIGH, AT, {AgencyKind.HEALTH: AT + timedelta(hours=24)}, None, USED)
    assert in_time.stands(AT) is Met.IN_TIME
    stands = {clock.agency: clock.stands(AT + timedelta(hours=25)) for clock in found}
    assert stands == {CARE: Met.LATE, AgencyKind.HEALTH: Met.IN_TIME, AgencyKind.EDUCATION: Met.LATE}


def test_P1_hours_elapse_whatever_the_clocks_on_the_wall_do():
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)  # summer time ends that night
    assert told_by(Risk.HIGH, before, USED) == before + timedelta(hours=24)


@pytest.mark.parametrize(
    "assessed", [datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 23, 23, 30, tzinfo=UTC)]
)
def test_P1_medium_risk_is_told_within_three_days_of_the_calendar(assessed):
    due = told_by(Risk.MEDIUM, assessed, USED)
    assert datetime(2026, 11, 26, 23, 59, 59, tzinfo=UTC) <= due < datetime(2026, 11, 27, tzinfo=UTC)


def test_P1_a_standard_one_is_reviewed_within_seven_days_of_receiving_it():
    assert clocks(Risk.STANDARD, AT, {}, None, USED) == ()
    received = AT + timedelta(days=1)
    (clock,) = clocks(Risk.STANDARD, AT, {CARE: received}, None, USED)
    assert (clock.task, clock.agency) == (Task.REVIEW, CARE)
    assert clock.words == "Children's social care to review it by Tuesday 1 December 2026, 23:59"
    (done,) = clocks(Risk.STANDARD, AT, {CARE: received}, received + timedelta(days=9), USED)
    assert done.stands(AT) is Met.DONE_LATE


def test_P1_no_clock_runs_in_an_area_that_uses_none():
    assert clocks(Risk.HIGH, AT, {}, None, Notifications()) == ()


def test_P1_the_numbers_are_the_areas():
    assert told_by(Risk.HIGH, AT, Notifications(True, high_hours=4)) == AT + timedelta(hours=4)


def test_P1_late_ones_show():
    found = clocks(Risk.HIGH, AT, {CARE: AT + timedelta(days=2)}, None, USED)
    assert late(found, AT + timedelta(hours=24)) == (found[0],)  # done too late shows at once
    assert len(late(found, AT + timedelta(hours=24, seconds=1))) == 3


@given(
    st.sampled_from([Risk.HIGH, Risk.MEDIUM]),
    MOMENTS,
    st.integers(0, 8 * 24),
)
@settings(max_examples=100)
def test_P1_a_clock_is_late_exactly_when_its_time_is_over(risk, assessed, hours):
    now = assessed + timedelta(hours=hours)
    for clock in clocks(risk, assessed, {}, None, USED):
        assert (clock.stands(now) is Met.LATE) == (now > clock.due)
        assert clock.due >= assessed + timedelta(hours=24)
