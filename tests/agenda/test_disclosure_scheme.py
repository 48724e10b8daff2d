from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.disclosure_scheme import (
    MOVES,
    Application,
    Clocks,
    Made,
    Recipient,
    Right,
    Scheme,
    Stage,
    Step,
    Telling,
    dues,
    may_tell_from,
    step_for,
    telling_problems,
)
from agenda.moves import Who, open_to
from agenda.rules import RuleBroken

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
ASKED = Application(Scheme.DOMESTIC, Right.ASK, AT)
SINCE = date(2026, 11, 2)
TOLD = Telling(date(2026, 11, 20), "Sgt Elm", "A surgery", Recipient.AT_RISK, "Alone", True, True, True)


def after(*steps):
    told = ASKED
    for n, (step, who) in enumerate(steps):
        told = told.after(Made(step, AT + timedelta(hours=n), who, "why"))
    return told


CHECKED = (Step.CHECK, Who.POLICE)
DECIDED = (Step.DECIDE_TO_DISCLOSE, Who.CHAIR)


def test_Y1_an_application_is_checked_decided_and_disclosed():
    assert after().stage is Stage.APPLIED and after(CHECKED).stage is Stage.CHECKED
    assert after(CHECKED, DECIDED, (Step.DISCLOSE, Who.POLICE)).stage is Stage.DISCLOSED


def test_Y1_nothing_is_decided_before_the_checks():
    with pytest.raises(RuleBroken):
        after(DECIDED)


def test_Y1_no_step_is_earlier_than_the_one_before():
    with pytest.raises(RuleBroken, match="earlier than what was done last"):
        ASKED.after(Made(Step.CHECK, AT - timedelta(seconds=1), Who.POLICE))


def test_C4_the_decision_is_the_chairs_at_the_meeting():
    for step in (Step.DECIDE_TO_DISCLOSE, Step.DECIDE_NOT_TO):
        assert MOVES[step].who == {Who.CHAIR}
        with pytest.raises(RuleBroken, match="for the chair"):
            after(CHECKED, (step, Who.POLICE))


def test_Y1_not_disclosing_needs_a_reason():
    with pytest.raises(RuleBroken, match="Say why nothing"):
        after(CHECKED).after(Made(Step.DECIDE_NOT_TO, AT + timedelta(days=1), Who.CHAIR))


def test_Y2_an_undertaking_refused_puts_the_question_back_to_the_police():
    assert step_for(TOLD) is Step.DISCLOSE
    assert step_for(replace(TOLD, signed=False)) is Step.REFUSE_UNDERTAKING
    refused = after(CHECKED, DECIDED, (Step.REFUSE_UNDERTAKING, Who.POLICE))
    assert refused.stage is Stage.UNSIGNED and not refused.stage.ended
    assert open_to(MOVES, refused.stage, Who.CHAIR) == (Step.DECIDE_NOT_TO,), "never to disclose by itself"
    assert open_to(MOVES, refused.stage, Who.POLICE) == (Step.DISCLOSE_ALL_THE_SAME, Step.WITHHOLD)


def test_Y2_a_disclosure_is_made_in_person_with_a_warning():
    today = date(2026, 11, 20)
    assert telling_problems(TOLD, SINCE, today) == {}
    for name in ("in_person", "warned"):
        assert list(telling_problems(replace(TOLD, **{name: False}), SINCE, today)) == [name]
    blank = Telling(None, "", " ", None, "", None, None, None)
    assert telling_problems(blank, SINCE, today).keys() == {
        "on", "by", "where", "to", "safely", "in_person", "warned", "signed",
    }  # fmt: skip
    assert list(telling_problems(TOLD, SINCE, date(2026, 11, 19))) == ["on"]


def test_Y1_nobody_was_told_before_the_decision_or_the_application():
    assert may_tell_from(ASKED, None) == date(2026, 11, 2), "applied for"
    sat = date(2026, 11, 4)
    assert may_tell_from(ASKED, sat) == date(2026, 11, 2), "a list took it, and decided nothing"
    typed = ASKED.after(Made(Step.CHECK, AT, Who.POLICE)).after(
        Made(Step.DECIDE_TO_DISCLOSE, AT + timedelta(days=3), Who.CHAIR)
    )
    assert may_tell_from(typed, sat) == sat, "decided on the day of the meeting, typed a day later"
    assert may_tell_from(typed, date(2026, 11, 9)) == date(2026, 11, 5), "a later meeting said so again"
    assert may_tell_from(typed, None) == date(2026, 11, 5)
    again = typed.after(Made(Step.DECIDE_NOT_TO, AT + timedelta(days=4), Who.CHAIR, "why")).after(
        Made(Step.DECIDE_TO_DISCLOSE, AT + timedelta(days=7), Who.CHAIR)
    )
    assert may_tell_from(again, date(2026, 11, 9)) == date(2026, 11, 9), "the one that stands"
    for on, wrong in ((sat - timedelta(days=1), ["on"]), (sat, []), (date(2026, 11, 6), ["on"])):
        assert list(telling_problems(replace(TOLD, on=on), sat, date(2026, 11, 5))) == wrong


def test_Y1_the_clocks_are_24_hours_10_working_days_and_28_days():
    checks, meet, overall = dues(ASKED, Clocks(), frozenset())
    assert checks.by == AT + timedelta(hours=24)
    assert (meet.by, overall.by) == (date(2026, 11, 16), date(2026, 11, 30))
    assert not checks.late(checks.by) and checks.late(checks.by + timedelta(seconds=1))
    assert not overall.late(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    assert overall.late(datetime(2026, 12, 1, tzinfo=UTC))


def test_Y1_a_clock_stops_when_its_stage_is_over():
    long_after = AT + timedelta(days=99)
    done = replace(after(CHECKED, DECIDED, (Step.DISCLOSE, Who.POLICE)), met_on=date(2026, 11, 3))
    assert not any(due.late(long_after) for due in dues(done, Clocks(), frozenset()))
    assert [due.late(long_after) for due in dues(after(CHECKED), Clocks(), frozenset())] == [
        False,
        True,
        True,
    ]


def test_Y1_the_polices_own_decision_has_nobody_to_meet():
    known = replace(ASKED, right=Right.KNOW)
    assert [due.what for due in dues(known, Clocks(), frozenset())] == [
        "Minimum checks",
        "The whole application",
    ]


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who)), max_size=8))
@settings(max_examples=150)
def test_Y1_nothing_is_disclosed_that_the_chair_did_not_decide_to(steps):
    told = ASKED
    for n, (step, who) in enumerate(steps):
        try:
            told = told.after(Made(step, AT + timedelta(hours=n), who, "why"))
        except RuleBroken:
            continue
    taken = [made.step for made in told.steps]
    if told.stage is Stage.DISCLOSED:
        decisions = [step for step in taken if Who.CHAIR in MOVES[step].who]
        assert taken[0] is Step.CHECK and decisions[-1] is Step.DECIDE_TO_DISCLOSE
    for step, then in pairwise(taken):
        assert not MOVES[step].after.ended or then is Step.DECIDE_TO_DISCLOSE, "a later meeting alone goes on"
