"""What a MARAC has time for."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda import fitting
from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.fitting import Case
from agenda.meetings import MeetingState

HALF_PAST_NINE = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
THURSDAY = date(2026, 12, 3)
_number = count(1)


def a_case(**told) -> Case:
    """A case of twelve minutes; the test tells only what it is about."""
    return Case(**{"item_id": UUID(int=next(_number)), "group": Group(2), "minutes": 12} | told)


def at(minutes: int) -> datetime:
    return HALF_PAST_NINE + timedelta(minutes=minutes)


def lasting(minutes: int) -> AreaSettings:
    return AreaSettings(marac_minutes=minutes)


cases = st.lists(
    st.builds(
        a_case,
        group=st.sampled_from(Group),
        minutes=st.integers(1, 20),
        supplement=st.integers(0, 1),
        restricted=st.booleans(),
        stays=st.booleans(),
        slot=st.none() | st.integers(0, 200).map(at),
    ),
    max_size=15,
).map(lambda told: sorted(told, key=lambda case: (case.supplement, case.group, case.restricted)))


def test_M1_a_case_that_is_only_confirmed_takes_less():
    own = AreaSettings(minutes_marac_case=15, minutes_marac_update=4)
    assert (fitting.minutes_for(own, True), fitting.minutes_for(own, False)) == (15, 4)


def test_M4_minutes_are_counted_by_group_and_in_all_supplementary_lists_with_them():
    told = [a_case(), a_case(), a_case(group=Group(4), minutes=3, supplement=1)]
    fit = fitting.fit(told, lasting(60))
    assert [(one.group, one.cases, one.minutes) for one in fit.groups] == [(2, 2, 24), (4, 1, 3)]
    assert (fit.cases, fit.minutes, fit.over, fit.moves) == (3, 27, 0, ())


def test_M4_the_last_of_the_lowest_group_moves_first_and_no_more_than_needed():
    first, last, low = a_case(), a_case(), a_case(group=Group(5), minutes=3)
    fit = fitting.fit([first, last, low], lasting(20))
    assert fit.moves == (low.item_id, last.item_id) and fit.still_over == 0
    assert fitting.fit([first, last, low], lasting(24)).moves == (low.item_id,)


@pytest.mark.parametrize("why", [{"stays": True}, {"restricted": True}, {"slot": at(60)}])
def test_M4_M6_what_stays_is_never_proposed_and_a_restricted_case_never_named(why):
    kept, free = a_case(group=Group(5), **why), a_case(group=Group(1))
    fit = fitting.fit([free, kept], lasting(10))
    assert fit.moves == (free.item_id,) and (fit.over, fit.still_over) == (14, 2)


@settings(max_examples=80, deadline=None)
@given(cases, st.integers(0, 120))
def test_M4_what_is_proposed_fits_or_nothing_more_could_be_moved(told, length):
    fit, by_id = fitting.fit(told, lasting(length)), {case.item_id: case for case in told}
    assert len(set(fit.moves)) == len(fit.moves)
    movable = [case for case in told if not (case.stays or case.restricted or case.slot)]
    assert set(fit.moves) <= {case.item_id for case in movable}
    assert not fit.still_over or len(fit.moves) == len(movable)
    if fit.moves:
        last = by_id[fit.moves[-1]]
        assert fit.over > sum(by_id[key].minutes for key in fit.moves) - last.minutes, "one fewer is too few"


def test_M1_each_case_begins_when_those_before_it_have_had_their_time():
    told = [a_case(), a_case(minutes=3, group=Group(3)), a_case(supplement=1)]
    timed = fitting.running_order(told, HALF_PAST_NINE, 12)
    assert [(one.item_id, one.starts_at) for one in timed] == [
        (told[0].item_id, at(0)), (told[1].item_id, at(12)), (told[2].item_id, at(15)),
    ]  # fmt: skip


def test_T14_a_case_is_taken_once_the_time_of_its_referrer_has_come():
    comes = a_case(slot=at(20))
    free = [a_case() for _ in range(3)]
    timed = fitting.running_order([comes, *free], HALF_PAST_NINE, 12)
    assert [one.item_id for one in timed].index(comes.item_id) == 2
    assert timed[2].starts_at == at(24) and timed[2].slot_kept


@pytest.mark.parametrize("slot", [at(60), at(-30)])
def test_T14_a_time_that_its_group_does_not_reach_or_has_passed_is_told(slot):
    told = [a_case(group=Group(1)), a_case(slot=slot), a_case(group=Group(3))]
    timed = fitting.running_order(told, HALF_PAST_NINE, 12)
    assert [one.item_id for one in timed] == [case.item_id for case in told], "the groups stay in order"
    assert [one.slot_kept for one in timed] == [True, False, True]


@settings(max_examples=80, deadline=None)
@given(cases)
def test_M1_M6_no_case_is_lost_groups_keep_their_order_and_a_restricted_one_takes_no_time(told):
    timed = fitting.running_order(told, HALF_PAST_NINE, 12)
    assert sorted(one.item_id for one in timed) == sorted(case.item_id for case in told)
    by_id = {case.item_id: case for case in told}
    order = [(by_id[one.item_id].supplement, by_id[one.item_id].group) for one in timed]
    assert order == sorted(order)
    plain = [case for case in told if not case.restricted]
    without = {one.item_id: one.starts_at for one in fitting.running_order(plain, HALF_PAST_NINE, 12)}
    shown = {one.item_id: one.starts_at for one in timed}
    assert all(shown[key] == starts for key, starts in without.items()), "no gap tells of another case"
    assert all(shown[case.item_id] is None for case in told if case.restricted)
    starts = [one.starts_at for one in timed if one.starts_at]
    assert starts == sorted(starts)


def test_T14_a_referrer_asked_for_the_day_where_it_is_among_those_they_gave():
    told = ["Wednesday 2 December 2026; Thursday 3 December 2026"]
    assert fitting.asked_for(THURSDAY, told)
    assert not fitting.asked_for(date(2026, 12, 4), told) and not fitting.asked_for(THURSDAY, [])


def test_T14_M6_no_time_before_the_meeting_and_none_for_a_restricted_case():
    assert fitting.slot_problem(time(9, 30), HALF_PAST_NINE, False) is None
    assert "starts at 09:30" in (fitting.slot_problem(time(9, 29), HALF_PAST_NINE, False) or "")
    assert "kept from this case" in (fitting.slot_problem(time(10, 0), HALF_PAST_NINE, True) or "")


def test_M4_cases_move_only_once_the_agenda_is_closed_and_until_its_end():
    assert "Close it" in (fitting.move_problem(MeetingState.OPEN, False) or "")
    assert fitting.move_problem(MeetingState.CLOSED, False) is None
    assert fitting.move_problem(MeetingState.PUBLISHED, False) is None
    assert fitting.move_problem(MeetingState.PUBLISHED, True)
    assert fitting.move_problem(MeetingState.HEARD, False) and fitting.move_problem(
        MeetingState.CANCELLED, False
    )


def test_M4_an_extra_sitting_is_proposed_on_a_working_day_on_which_none_sits():
    own, none = AreaSettings(marac_anchor=date(2026, 12, 8)), frozenset()
    assert fitting.extra_day(THURSDAY, THURSDAY, own, none, {THURSDAY}) == date(2026, 12, 4)
    friday_taken = {date(2026, 12, 4), date(2026, 12, 7)}
    assert fitting.extra_day(THURSDAY, THURSDAY, own, none, friday_taken) == date(2026, 12, 9), "8th planned"
    assert fitting.extra_day(date(2026, 11, 1), THURSDAY, own, none, set()) > THURSDAY


def test_M1_cases_that_waited_come_first_and_one_kept_at_a_time_stays():
    assert fitting.reorder_problem(False, True, True) is None
    assert fitting.reorder_problem(False, False, True) and fitting.reorder_problem(True, False, False)


def test_T14_a_daily_list_takes_minutes_for_each_case():
    own = AreaSettings(minutes_daily_case=2, daily_minutes=60)
    assert fitting.daily_minutes(30, own) == (60, 0)
    assert fitting.daily_minutes(40, own) == (80, 20)
