"""The states of a third party's request, and who takes which step (Rulebook X1 to X5)."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.moves import Who
from agenda.rules import RuleBroken
from minutes.disclosure import DECISIONS, GRANTS, MOVES, SIGNED, Made, Request, State, Step, steps_of
from minutes.disclosure_kinds import Kind
from tests.a_disclosure import AT, CHAIR, COORDINATOR, LOGGER, a_request, a_step

ASKED = (Step.CHECK, Step.ASK)
BEFORE_CHAIR = (*ASKED, Step.ALL_ANSWERED)
ORDERED = (*BEFORE_CHAIR, Step.OBJECT, Step.ORDER)


def test_X1_a_request_is_checked_asked_decided_built_and_released():
    request = a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR, Step.APPROVE, Step.PREPARE)
    assert request.state is State.PREPARED and request.prepared_by == CHAIR
    done = request.after(a_step(Step.RELEASE, 99, who=Who.COORDINATOR, by=COORDINATOR))
    assert done.state is State.RELEASED and done.state.ended


@pytest.mark.parametrize("step", [Step.ASK, Step.APPROVE, Step.PREPARE, Step.RELEASE])
def test_X1_no_state_is_skipped(step):
    with pytest.raises(RuleBroken):
        a_request(Kind.COURT_REPORT, step)


def test_X1_no_step_is_earlier_than_the_one_before():
    with pytest.raises(RuleBroken, match="earlier"):
        a_request().after(a_step(Step.CHECK, -1))


@pytest.mark.parametrize("step", sorted(SIGNED - {Step.RELEASE}))
def test_X1_a_decision_is_the_chairs_signed_and_not_by_who_logged_it(step):
    assert MOVES[step].who == {Who.CHAIR}
    kinds = [kind for kind in Kind if step in steps_of(kind)]
    before = {Step.ANSWER: (Step.CHECK,), Step.FOLLOW_ORDER: ORDERED}.get(step, BEFORE_CHAIR)
    kind = Kind.COURT if Kind.COURT in kinds else kinds[0]
    if kind is Kind.COURT and step in (Step.APPROVE, Step.APPROVE_IN_PART):
        before = (*BEFORE_CHAIR, Step.NOT_OBJECT)
    request = a_request(kind, *before)
    with pytest.raises(RuleBroken, match="second factor"):
        request.after(a_step(step, 99, signed=False))
    with pytest.raises(RuleBroken, match="another chair"):
        request.after(a_step(step, 99, by=LOGGER))
    assert request.after(a_step(step, 99)).state is MOVES[step].after


def test_X6_who_built_a_release_does_not_release_it():
    request = a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR, Step.APPROVE, Step.PREPARE)
    with pytest.raises(RuleBroken, match="second person"):
        request.after(a_step(Step.RELEASE, 99))
    with pytest.raises(RuleBroken, match="second factor"):
        request.after(a_step(Step.RELEASE, 99, who=Who.COORDINATOR, by=COORDINATOR, signed=False))
    again = request.after(a_step(Step.PREPARE, 98, who=Who.COORDINATOR, by=COORDINATOR))
    assert again.prepared_by == COORDINATOR and again.after(a_step(Step.RELEASE, 99)).state is State.RELEASED


def test_X5_the_media_are_answered_by_the_chair_and_given_nothing():
    request = a_request(Kind.MEDIA, Step.CHECK)
    for step in set(Step) - {Step.ANSWER, Step.REFUSE, Step.WITHDRAW}:
        with pytest.raises(RuleBroken):
            request.after(a_step(step, 99))
    assert request.after(a_step(Step.ANSWER, 99)).state is State.ANSWERED
    assert request.after(a_step(Step.REFUSE, 99)).state is State.REFUSED


def test_X5_an_agency_that_has_not_signed_goes_to_the_chair():
    request = a_request(Kind.NON_SIGNATORY, Step.CHECK)
    with pytest.raises(RuleBroken, match="goes to the chair"):
        request.after(a_step(Step.ASK, 99, who=Who.COORDINATOR, by=COORDINATOR))
    assert request.after(a_step(Step.ASK, 99)).state is State.ASKED
    assert request.after(a_step(Step.REFUSE, 99)).state is State.REFUSED


def test_X3_before_the_court_the_chair_takes_a_position_first():
    request = a_request(Kind.COURT, *BEFORE_CHAIR)
    for step in (Step.APPROVE, Step.APPROVE_IN_PART):
        with pytest.raises(RuleBroken, match="whether you object"):
            request.after(a_step(step, 99))
    with pytest.raises(RuleBroken, match="not done with a request of this kind"):
        request.after(a_step(Step.REFUSE, 99))
    ends = {
        Step.OBJECT: State.OBJECTED,
        Step.NOT_OBJECT: State.NOT_OBJECTED,
        Step.DISCLOSE_WITH_CONCERNS: State.WITH_CONCERNS,
    }
    for step, state in ends.items():
        assert request.after(a_step(step, 99)).state is state
    assert a_request(Kind.COURT, *BEFORE_CHAIR, Step.NOT_OBJECT, Step.APPROVE).state is State.APPROVED


def test_X3_an_order_needs_the_chair_and_ends_the_asking():
    request = a_request(Kind.COURT, *ORDERED)
    assert request.state is State.ORDERED and request.ordered and request.decision is None
    followed = request.after(a_step(Step.FOLLOW_ORDER, 90)).after(a_step(Step.PREPARE, 91))
    for step in (Step.ASK_AGAIN, Step.CHANGED):
        with pytest.raises(RuleBroken, match="not asked for their consent again"):
            followed.after(a_step(step, 99))
    with pytest.raises(RuleBroken, match="order first"):
        a_request(Kind.COURT, *BEFORE_CHAIR, Step.DISCLOSE_WITH_CONCERNS, Step.PREPARE, Step.FOLLOW_ORDER)


def test_X3_who_recorded_an_order_does_not_follow_it():
    """One person would else be the court and the chair in one."""
    request = a_request(Kind.COURT, *BEFORE_CHAIR, Step.OBJECT)
    own = request.after(a_step(Step.ORDER, 50, who=Who.CHAIR, by=CHAIR))
    assert own.ordered_by == CHAIR and request.ordered_by is None
    with pytest.raises(RuleBroken, match="another chair follows it"):
        own.after(a_step(Step.FOLLOW_ORDER, 60))
    assert own.after(a_step(Step.FOLLOW_ORDER, 60, by=uuid4())).state is State.ORDER_FOLLOWED
    anew = own.after(a_step(Step.ORDER, 60))
    assert anew.ordered_by == COORDINATOR, "the order recorded last"
    assert anew.after(a_step(Step.FOLLOW_ORDER, 70)).state is State.ORDER_FOLLOWED


def test_X2_asking_again_takes_the_decision_back():
    request = a_request(Kind.SUBJECT_ACCESS, *BEFORE_CHAIR, Step.APPROVE, Step.PREPARE)
    assert request.decision and request.decision.step is Step.APPROVE
    for step in (Step.CHANGED, Step.ASK_AGAIN):
        again = request.after(a_step(step, 99))
        assert again.state is State.ASKED and again.decision is None
    assert request.after(a_step(Step.REFUSE, 99)).state is State.REFUSED  # the chair may take it back


def test_X1_the_service_decides_nothing():
    assert not any(Who.SERVICE in MOVES[step].who for step in SIGNED | {Step.PREPARE, Step.ASK})
    with pytest.raises(RuleBroken, match="a person behind it"):
        a_request().after(a_step(Step.CHECK, 1, by=None))
    with pytest.raises(RuleBroken, match="a person behind it"):
        a_request(Kind.SUBJECT_ACCESS, *ASKED).after(a_step(Step.ALL_ANSWERED, 99, by=uuid4()))


people = st.sampled_from([LOGGER, CHAIR, COORDINATOR, None])


@given(
    st.sampled_from(Kind),
    st.lists(
        st.tuples(
            st.sampled_from(Step), st.sampled_from(Who), people, st.booleans(), st.sampled_from(["", "y"])
        ),
        max_size=14,
    ),
)
@settings(max_examples=300)
def test_X1_no_sequence_of_moves_reaches_released_without_a_signed_decision(kind, tried):
    walk(Request(kind, LOGGER, AT), tried)


MOVERS = frozenset[Who]().union(*(move.who for move in MOVES.values()))


@given(st.sampled_from(Kind), st.data())
@settings(max_examples=150)
def test_X1_nor_does_one_that_takes_every_step_it_can(kind, data):
    """Drawn from the legal steps alone, so that walks go far."""
    request, combos = Request(kind, LOGGER, AT), list(product(MOVERS, [LOGGER, CHAIR, COORDINATOR, None]))
    for minutes in range(1, 14):
        legal = []
        for step, (who, by) in product(Step, combos):
            try:
                legal.append(request.after(Made(step, AT + timedelta(minutes=minutes), who, by, "y", True)))
            except RuleBroken:
                continue
        if not legal:
            break
        request = data.draw(st.sampled_from(legal))
        check(request)


def walk(request, tried):
    for minutes, (step, who, by, signed, reason) in enumerate(tried, 1):
        made = Made(step, AT + timedelta(minutes=minutes), who, by, reason, signed)
        try:
            after = request.after(made)
        except RuleBroken:
            continue
        assert (
            request.state in MOVES[step].before and who in MOVES[step].who and step in steps_of(request.kind)
        )
        assert not request.state.ended and (reason or not MOVES[step].ask)
        request = after
        check(request)


def check(request):
    if request.state is not State.RELEASED:
        return
    *before, release = request.steps
    at = max(n for n, one in enumerate(before) if one.step in DECISIONS)
    decision = before[at]
    assert decision.step in GRANTS and decision.signed and decision.who is Who.CHAIR
    assert decision.by != request.logged_by and release.signed
    orders = [one.by for one in before[:at] if one.step is Step.ORDER]
    assert decision.step is not Step.FOLLOW_ORDER or decision.by != orders[-1]
    assert not {one.step for one in before[at:]} & {Step.ASK_AGAIN, Step.CHANGED, Step.ORDER}
    assert release.by != request.prepared_by is not None
    assert request.kind is not Kind.MEDIA
    assert replace(request, steps=tuple(before)).decision == decision
