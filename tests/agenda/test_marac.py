from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.marac import (
    Referral,
    cancel_problem,
    change_date_problem,
    close_problem,
    compile_agenda,
    discuss_problem,
    list_title,
    not_sat_problem,
    pack_expires_on,
    publish_problem,
    reorder,
    reorder_problem,
    stands,
    supplement_for,
)
from agenda.meetings import MeetingState, case_reference
from agenda.rules import RuleBroken

NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
SITS_ON = date(2026, 11, 26)
TODAY = date(2026, 11, 21)
_number = count(1)


def a_referral(**told) -> Referral:
    """A new, high-risk case; the test tells only what it is about."""
    n = next(_number)
    plain = {
        "item_id": UUID(int=n),
        "case_ref": case_reference(n),
        "group": Group(2),
        "risk": Risk.HIGH,
        "referred_at": NOON,
    }
    return Referral(**plain | told)


def refs(lines) -> list[str]:
    return [line.case_ref for line in lines]


referrals = st.builds(
    a_referral,
    case_ref=st.integers(1, 12).map(case_reference),
    group=st.sampled_from(Group),
    risk=st.sampled_from(Risk),
    referred_at=st.integers(0, 9).map(lambda n: NOON + timedelta(days=n)),
    position=st.none() | st.integers(1, 5),
    supplement=st.integers(0, 2),
)


def test_M1_the_agenda_is_in_group_order():
    given_order = [a_referral(group=Group(n)) for n in (5, 3, 1, 4, 2)]
    assert [line.group for line in compile_agenda(given_order)] == [1, 2, 3, 4, 5]


def test_M1_inside_a_group_the_highest_risk_is_first_then_the_earliest_referred_then_the_reference():
    agenda = [
        a_referral(case_ref="C-000004", risk=Risk.MEDIUM, referred_at=NOON - timedelta(days=3)),
        a_referral(case_ref="C-000003", referred_at=NOON),
        a_referral(case_ref="C-000002", referred_at=NOON),
        a_referral(case_ref="C-000009", referred_at=NOON - timedelta(days=1)),
        a_referral(case_ref="C-000001", risk=Risk.STANDARD, referred_at=NOON - timedelta(days=9)),
    ]
    assert refs(compile_agenda(agenda)) == ["C-000009", "C-000002", "C-000003", "C-000004", "C-000001"]


def test_M1_the_coordinators_order_comes_before_the_services():
    agenda = [
        a_referral(case_ref="high", risk=Risk.HIGH),
        a_referral(case_ref="second", risk=Risk.STANDARD, position=2),
        a_referral(case_ref="first", risk=Risk.STANDARD, position=1),
    ]
    assert refs(compile_agenda(agenda)) == ["first", "second", "high"]


def test_M1_a_case_referred_twice_is_one_line_as_the_later_meeting_left_it():
    earlier = a_referral(case_ref="C-000001", group=Group(2), risk=Risk.HIGH, referred_at=NOON)
    later = a_referral(
        case_ref="C-000001", group=Group(4), risk=Risk.MEDIUM, referred_at=NOON + timedelta(days=2)
    )
    (line,) = compile_agenda([later, earlier])
    assert (line.item_id, line.group, line.risk, line.referred_at) == (later.item_id, 4, Risk.MEDIUM, NOON)


@settings(max_examples=150, deadline=None)
@given(st.lists(referrals, max_size=20).flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
def test_M1_every_case_referred_is_on_the_agenda_once_in_whatever_order_it_came(told):
    one, other = told
    agenda = compile_agenda(one)
    assert agenda == compile_agenda(other)
    on = [(line.supplement, line.case_ref) for line in agenda]
    assert len(on) == len(set(on)) and set(on) == {(r.supplement, r.case_ref) for r in one}


def test_M1_a_case_can_be_moved_inside_its_group():
    agenda = compile_agenda([a_referral(case_ref=ref) for ref in "abcd"])
    moved = reorder(agenda, agenda[3].item_id, 2)
    assert refs(moved) == ["a", "d", "b", "c"]
    assert [line.position for line in moved] == [1, 2, 3, 4]


def test_M6_a_restricted_case_stands_last_in_its_group_and_no_other_moves_behind_it():
    told = [a_referral(case_ref=ref, restricted=ref == "a", position=1) for ref in "abc"]
    agenda = compile_agenda([*told, a_referral(case_ref="d", group=Group(3))])
    assert refs(agenda) == ["b", "c", "a", "d"]
    assert refs(reorder(agenda, agenda[0].item_id, 2)) == ["c", "b", "a", "d"]
    with pytest.raises(RuleBroken):
        reorder(agenda, agenda[0].item_id, 3)


@settings(max_examples=150, deadline=None)
@given(st.lists(referrals, min_size=1, max_size=12), st.data())
def test_M1_an_order_set_by_the_coordinator_is_the_order_compiled_again(told, data):
    agenda = compile_agenda(told)
    item = data.draw(st.sampled_from(agenda))
    places = [
        n
        for n, line in enumerate(agenda, 1)
        if (line.supplement, line.group) == (item.supplement, item.group)
    ]
    place = data.draw(st.sampled_from(places))
    moved = reorder(agenda, item.item_id, place)
    assert moved == compile_agenda(moved)
    assert moved[place - 1].item_id == item.item_id
    others = [line.item_id for line in agenda if line.item_id != item.item_id]
    assert [line.item_id for line in moved if line.item_id != item.item_id] == others


@pytest.mark.parametrize("place", [0, 1, 2, 5, 6])
def test_M1_a_case_cannot_be_moved_out_of_its_group(place):
    agenda = compile_agenda([a_referral(group=Group(n)) for n in (1, 1, 2, 2, 3)])
    with pytest.raises(RuleBroken, match="is in group 2, at places 3 to 4. To hear it elsewhere"):
        reorder(agenda, agenda[2].item_id, place)


def test_M1_a_case_on_a_supplementary_list_cannot_be_moved_to_the_agenda():
    agenda = compile_agenda([a_referral(), a_referral(supplement=1)])
    with pytest.raises(RuleBroken, match="at places 2 to 2"):
        reorder(agenda, agenda[1].item_id, 1)


def test_M1_a_case_that_is_not_on_the_agenda_cannot_be_moved():
    with pytest.raises(RuleBroken, match="not on this agenda"):
        reorder([a_referral()], UUID(int=0), 1)


@pytest.mark.parametrize("state", MeetingState)
def test_M1_the_order_is_fixed_once_published(state):
    fixed = state in (MeetingState.PUBLISHED, MeetingState.HEARD, MeetingState.CANCELLED)
    assert (reorder_problem(state) is not None) == fixed


def test_M1_an_agenda_closes_once_with_a_date_and_something_on_it():
    assert close_problem(MeetingState.OPEN, 1, SITS_ON) is None
    assert "nothing on this agenda" in str(close_problem(MeetingState.OPEN, 0, SITS_ON))
    assert "no MARAC date" in str(close_problem(MeetingState.OPEN, 1, None))
    assert "already closed. Nothing changed" in str(close_problem(MeetingState.CLOSED, 1, SITS_ON))


def test_M1_a_closed_agenda_with_a_case_and_a_date_to_come_can_be_published():
    assert publish_problem(MeetingState.CLOSED, 1, SITS_ON, None, TODAY) is None
    assert publish_problem(MeetingState.CLOSED, 1, TODAY, None, TODAY) is None


@pytest.mark.parametrize("state", [MeetingState.PUBLISHED, MeetingState.HEARD])
def test_M1_publishing_twice_says_when_it_was_published_by_the_local_day(state):
    late_evening = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert publish_problem(state, 3, SITS_ON, late_evening, TODAY) == (
        "This agenda was published on Thursday 2 July 2026. Nothing changed."
    )


@pytest.mark.parametrize(
    "state, items, sits_on, told",
    [
        (MeetingState.CLOSED, 0, SITS_ON, "There is nothing on this agenda."),
        (MeetingState.CLOSED, 1, None, "This agenda has no MARAC date."),
        (MeetingState.OPEN, 1, SITS_ON, "This agenda still takes referrals. Close it"),
        (MeetingState.HEARD, 1, SITS_ON, "This MARAC sat on Thursday 26 November 2026."),
        (
            MeetingState.CLOSED,
            1,
            date(2026, 11, 20),
            "The date of this MARAC, Friday 20 November 2026, has passed.",
        ),
    ],
)
def test_M1_publishing_is_refused_with_what_to_do(state, items, sits_on, told):
    assert str(publish_problem(state, items, sits_on, None, TODAY)).startswith(told)


@pytest.mark.parametrize(
    "state, last_published, number",
    [
        (MeetingState.OPEN, 0, 0),
        (MeetingState.CLOSED, 0, 0),
        (MeetingState.PUBLISHED, 0, 1),
        (MeetingState.PUBLISHED, 2, 3),
    ],
)
def test_M1_an_addition_after_publishing_goes_on_the_next_supplementary_list(state, last_published, number):
    assert supplement_for(state, last_published) == number


def test_M1_nothing_is_added_to_a_marac_that_has_sat():
    with pytest.raises(RuleBroken, match="agenda of the next one"):
        supplement_for(MeetingState.HEARD, 0)
    with pytest.raises(RuleBroken, match="did not sit"):
        supplement_for(MeetingState.CANCELLED, 0)


@pytest.mark.parametrize("state", MeetingState)
def test_M1_only_a_published_marac_can_be_said_not_to_have_sat(state):
    assert (not_sat_problem(state) is None) == (state in (MeetingState.PUBLISHED, MeetingState.HEARD))
    assert not_sat_problem(state, began=True) is not None, "what it heard is on record (T6)"
    assert stands(MeetingState.CANCELLED, date(2026, 12, 3), date(2026, 12, 4)) is MeetingState.CANCELLED


def test_M1_supplementary_lists_follow_the_agenda_each_in_group_order():
    agenda = compile_agenda(
        [
            a_referral(group=Group(1), supplement=2),
            a_referral(group=Group(5)),
            a_referral(group=Group(4), supplement=1),
            a_referral(group=Group(1), supplement=1),
        ]
    )
    assert [(list_title(line.supplement), line.group) for line in agenda] == [
        ("Agenda", 5),
        ("Supplementary list 1", 1),
        ("Supplementary list 1", 4),
        ("Supplementary list 2", 1),
    ]


def test_M1_a_published_marac_has_sat_once_its_day_is_over():
    sat_on = date(2026, 12, 3)
    assert stands(MeetingState.PUBLISHED, sat_on, sat_on) is MeetingState.PUBLISHED
    assert stands(MeetingState.PUBLISHED, sat_on, date(2026, 12, 4)) is MeetingState.HEARD
    assert stands(MeetingState.CLOSED, sat_on, date(2026, 12, 4)) is MeetingState.CLOSED


@pytest.mark.parametrize("state", MeetingState)
def test_M4_a_marac_moves_until_it_begins_and_is_cancelled_until_agencies_hold_its_agenda(state):
    over = state in (MeetingState.HEARD, MeetingState.CANCELLED)
    assert (change_date_problem(state) is not None) == over
    assert change_date_problem(state, began=True) is not None
    assert (cancel_problem(state) is None) == (state in (MeetingState.OPEN, MeetingState.CLOSED))


@pytest.mark.parametrize("state", MeetingState)
def test_C3_a_case_is_moved_to_discussion_between_closing_and_sitting(state):
    assert (discuss_problem(state) is None) == (state in (MeetingState.CLOSED, MeetingState.PUBLISHED))


def test_S3_a_pack_can_be_fetched_for_its_days_and_never_less_than_until_it_is_heard():
    assert pack_expires_on(date(2026, 11, 23), date(2026, 12, 3), 14) == date(2026, 12, 7)
    assert pack_expires_on(date(2026, 11, 2), date(2026, 12, 3), 14) == date(2026, 12, 3)
