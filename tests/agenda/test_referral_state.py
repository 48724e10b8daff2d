from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.moves import Who, open_to
from agenda.referral_state import MOVES, Course, Made, Returns, State, Step, course, forgotten_on
from agenda.rules import RuleBroken

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SENT = Made(Step.SEND, AT, Who.REFERRER)
RETURNED = Made(Step.RETURN, AT + timedelta(hours=1), Who.COORDINATOR, "The date of birth")


def test_T7_an_incomplete_one_goes_back_with_what_is_missing_and_its_clock_is_kept():
    returned = course([SENT, RETURNED])
    assert returned.state is State.RETURNED and returned.returned_for == "The date of birth"
    assert returned.since == RETURNED.at and Course().since is None and Course().returned_for == ""
    again = returned.after(Made(Step.SEND, AT + timedelta(days=3), Who.REFERRER))
    assert again.state is State.SENT and again.first_sent_at == AT and again.returned_for == ""


def test_T7_it_goes_back_only_with_what_is_missing():
    with pytest.raises(RuleBroken, match="Say what is missing"):
        course([SENT, Made(Step.RETURN, AT, Who.COORDINATOR, " ")])


def test_T12_a_returned_one_that_nobody_answers_is_listed_as_it_stands():
    returned = course([SENT, RETURNED])
    as_it_stands = Made(Step.LIST_AS_IT_STANDS, RETURNED.at, Who.COORDINATOR, "She may leave today")
    assert returned.after(as_it_stands).state is State.LISTED
    assert forgotten_on(returned, Returns(), frozenset()) == date(2026, 11, 24)
    assert forgotten_on(course([SENT]), Returns(), frozenset()) is None


@pytest.mark.parametrize("moves", [
    [Made(Step.LIST, AT, Who.LIST)],
    [SENT, RETURNED, Made(Step.LIST, RETURNED.at, Who.LIST)],
    [SENT, RETURNED, Made(Step.LIST_AS_IT_STANDS, RETURNED.at, Who.COORDINATOR)],
    [SENT, SENT],
    [SENT, Made(Step.LIST, AT, Who.LIST), Made(Step.WITHDRAW, AT, Who.REFERRER, "A mistake")],
    [SENT, Made(Step.RETURN, AT, Who.REFERRER, "Why")],
    [SENT, Made(Step.WITHDRAW, AT, Who.REFERRER)],
    [SENT, Made(Step.LIST, AT - timedelta(seconds=1), Who.LIST)],
    [SENT, Made(Step.WITHDRAW, AT, Who.REFERRER, "x" * 2_001)],
])  # fmt: skip
def test_T7_a_move_that_is_not_legal_is_refused(moves):
    with pytest.raises(RuleBroken):
        course(moves)


def test_T7_a_reason_has_its_limit():
    assert course([SENT, Made(Step.WITHDRAW, AT, Who.REFERRER, "x" * 2_000)]).state is State.WITHDRAWN


def test_T7_a_page_offers_what_can_be_done_next():
    assert open_to(MOVES, State.SENT, Who.COORDINATOR) == (Step.RETURN, Step.LIST, Step.WITHDRAW)
    assert open_to(MOVES, State.LISTED, Who.REFERRER) == open_to(MOVES, State.LISTED, Who.COORDINATOR) == ()


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who)), max_size=8))
@settings(max_examples=150)
def test_T12_whatever_happens_the_clock_never_moves_and_what_ended_stays_so(steps):
    so_far = Course()
    for n, (step, who) in enumerate(steps):
        before = so_far
        try:
            so_far = so_far.after(Made(step, AT + timedelta(hours=n), who, "why"))
        except RuleBroken:
            continue
        assert before.state is not State.WITHDRAWN
        assert before.state is not State.LISTED or (step, who) == (Step.TAKE_BACK, Who.SECOND)
        assert before.first_sent_at in (None, so_far.first_sent_at)
    assert (so_far.first_sent_at is None) <= (so_far.state in (State.DRAFT, State.WITHDRAWN))
    assert course(so_far.moves) == so_far
