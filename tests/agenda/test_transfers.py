from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.moves import Who
from agenda.rules import RuleBroken
from agenda.transfers import Made, State, Step, Tracking, Transfer, ask_again_on, propose_problem

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)  # a Friday
CONFIRM = (Step.CONFIRM, Who.CHAIR, "chair")
SEND = (Step.SEND, Who.COORDINATOR, "coordinator")


def after(*steps, to_service=True):
    told = Transfer("coordinator", AT, to_service)
    for step, who, by in steps:
        told = told.after(Made(step, AT, who, by, "why"))
    return told


def test_M5_a_case_is_the_senders_until_the_other_area_accepts_it():
    accepted = after(CONFIRM, SEND, (Step.RECEIVE, Who.OTHER_AREA, "x"), (Step.ACCEPT, Who.OTHER_AREA, "x"))
    assert accepted.state is State.ACCEPTED and accepted.state.ended and not accepted.senders
    refused = after(CONFIRM, SEND, (Step.REFUSE, Who.OTHER_AREA, "x"))
    assert refused.state is State.REFUSED and refused.senders
    assert all(told.senders for told in (after(), after(CONFIRM), after(CONFIRM, SEND)))


def test_T8_one_from_outside_arrives_received_and_is_ours_to_accept():
    arrived = Transfer("coordinator", AT, to_service=False, arrived=True)
    assert arrived.state is State.RECEIVED and arrived.senders and arrived.received_at == AT
    accepted = arrived.after(Made(Step.ACCEPT, AT + timedelta(days=2), Who.COORDINATOR, "coordinator"))
    assert not accepted.senders and accepted.received_at == AT


def test_T8_a_transfer_in_is_recorded_when_it_was_received():
    received = after(CONFIRM, SEND, (Step.RECEIVE, Who.OTHER_AREA, "x"))
    assert received.after(Made(Step.ACCEPT, AT + timedelta(days=2), Who.OTHER_AREA, "x")).received_at == AT
    assert after(CONFIRM, SEND).received_at is None
    assert after(CONFIRM, SEND, (Step.ACCEPT, Who.OTHER_AREA, "x")).received_at == AT


def test_M5_nothing_is_sent_that_the_chair_has_not_confirmed():
    with pytest.raises(RuleBroken, match="It is proposed"):
        after(SEND)


def test_M5_who_proposed_it_does_not_confirm_it():
    with pytest.raises(RuleBroken, match="Who proposed"):
        after((Step.CONFIRM, Who.CHAIR, "coordinator"))


def test_M5_a_refusal_and_a_withdrawal_say_why():
    for step, who in ((Step.REFUSE, Who.OTHER_AREA), (Step.WITHDRAW, Who.COORDINATOR)):
        with pytest.raises(RuleBroken, match="Say why"):
            after(CONFIRM, SEND).after(Made(step, AT, who, "x"))


def test_M5_an_area_of_this_service_answers_for_itself_and_another_is_recorded():
    with pytest.raises(RuleBroken, match="in the service itself"):
        after(CONFIRM, SEND, (Step.ACCEPT, Who.COORDINATOR, "coordinator"))
    received = (Step.RECEIVE, Who.COORDINATOR, "coordinator")
    accepted = after(CONFIRM, SEND, received, (Step.ACCEPT, Who.COORDINATOR, "c"), to_service=False)
    assert not accepted.senders
    with pytest.raises(RuleBroken, match="Record what"):
        after(CONFIRM, SEND, received, (Step.ACCEPT, Who.OTHER_AREA, "x"), to_service=False)


def test_M5_a_case_leaves_for_an_area_outside_only_once_its_receipt_is_recorded():
    with pytest.raises(RuleBroken, match="Record first that they have received it"):
        after(CONFIRM, SEND, (Step.ACCEPT, Who.COORDINATOR, "coordinator"), to_service=False)
    sent = after(CONFIRM, SEND, to_service=False)
    assert sent.waits_for_receipt(Step.ACCEPT) and not sent.waits_for_receipt(Step.RECEIVE)
    assert not after(CONFIRM, SEND).waits_for_receipt(Step.ACCEPT), "an area of the service answers itself"


def test_M5_what_an_area_outside_said_is_recorded_with_who_said_it_and_how():
    told = after(CONFIRM, SEND, to_service=False)
    for step in (Step.RECEIVE, Step.ACCEPT):
        with pytest.raises(RuleBroken, match="Say who there told you, and how"):
            told.after(Made(step, AT, Who.COORDINATOR, "coordinator", " "))
        told = told.after(Made(step, AT, Who.COORDINATOR, "coordinator", "Ines Calloway, by telephone"))
    assert not told.senders


def test_M5_receipt_is_tracked():
    sent = after(CONFIRM, SEND)
    assert sent.sent_at == AT and after(CONFIRM).sent_at is None
    assert ask_again_on(sent, Tracking(), frozenset()) == date(2026, 11, 24)
    assert ask_again_on(after(CONFIRM), Tracking(), frozenset()) is None
    received = after(CONFIRM, SEND, (Step.RECEIVE, Who.OTHER_AREA, "x"))
    assert ask_again_on(received, Tracking(), frozenset()) is None


def test_M5_what_an_area_outside_received_is_asked_for_until_it_is_accepted():
    told = after(CONFIRM, SEND, to_service=False)
    told = told.after(Made(Step.RECEIVE, AT + timedelta(days=1), Who.COORDINATOR, "x", "Ines Calloway"))
    assert ask_again_on(told, Tracking(), frozenset()) == date(2026, 11, 24)
    told = told.after(Made(Step.ACCEPT, AT + timedelta(days=1), Who.COORDINATOR, "x", "Ines Calloway"))
    assert ask_again_on(told, Tracking(), frozenset()) is None


def test_M5_a_case_goes_to_one_area_at_a_time_and_why_is_said():
    assert propose_problem(False, "Westmoor", "She has moved") == {}
    assert propose_problem(True, "Westmoor", " ").keys() == {"to_area", "why"}
    assert propose_problem(False, " ", "She has moved") == {"to_area": "Choose the area, or enter its name"}


def test_M5_no_step_is_earlier_than_the_one_before():
    early = Made(Step.CONFIRM, AT - timedelta(seconds=1), Who.CHAIR, "chair")
    with pytest.raises(RuleBroken, match="earlier than what was done last"):
        Transfer("coordinator", AT, True).after(early)
    with pytest.raises(RuleBroken, match="earlier than what was done last"):
        after(CONFIRM).after(Made(Step.SEND, AT - timedelta(seconds=1), Who.COORDINATOR, "coordinator"))


@given(
    st.booleans(),
    st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who), st.sampled_from(["coordinator", "x"])),
             max_size=8),
)  # fmt: skip
@settings(max_examples=150)
def test_M5_whatever_is_tried_a_case_leaves_only_confirmed_sent_and_accepted(to_service, steps):
    told = Transfer("coordinator", AT, to_service)
    for n, (step, who, by) in enumerate(steps):
        ended = told.state.ended
        try:
            told = told.after(Made(step, AT + timedelta(hours=n), who, by, "why"))
        except RuleBroken:
            continue
        assert not ended
    if not told.senders:
        taken = [made.step for made in told.steps]
        assert taken[:2] == [Step.CONFIRM, Step.SEND] and taken[-1] is Step.ACCEPT
        assert told.steps[0].by != told.proposed_by


def test_M5_who_was_asked_again_has_as_long_again():
    told = after(CONFIRM, SEND)
    assert ask_again_on(told, Tracking(), frozenset()) == date(2026, 11, 24)
    assert ask_again_on(told, Tracking(), frozenset(), AT + timedelta(days=4)) == date(2026, 11, 26)
