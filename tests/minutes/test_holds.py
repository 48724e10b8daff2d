"""What stops destruction (Rulebook L1)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.moves import Who
from agenda.rules import RuleBroken
from minutes.holds import CHILD_HOLD, Event, HoldRules, Why, checked, lifters, standing

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(days=1)
COURT = Event("h1", Why.COURT, True, AT, "ig", "Hearing in May")
CHILD_LIFTED = Event(CHILD_HOLD, Why.CHILD, False, LATER, "ig", "No inquiry asks for it")
ASKED = HoldRules(child_cases=False)


def test_L1_a_case_with_a_child_is_held_until_information_governance_lifts_it() -> None:
    assert standing([], AT, HoldRules()) == (Why.CHILD,)
    assert standing([], None, HoldRules()) == ()
    assert standing([], AT, ASKED) == ()
    assert standing([checked(CHILD_LIFTED, Who.GOVERNANCE, [], AT)], AT, HoldRules()) == ()


def test_L1_a_child_that_came_since_is_held_anew() -> None:
    assert standing([CHILD_LIFTED], LATER + timedelta(seconds=1), HoldRules()) == (Why.CHILD,)
    assert standing([CHILD_LIFTED], LATER, HoldRules()) == (Why.CHILD,), "at the same moment: held"


def test_L1_each_hold_is_lifted_by_itself() -> None:
    inquiry = Event("h2", Why.INQUIRY, True, AT, "ig", "Public inquiry")
    lifted = replace(COURT, sets=False, at=LATER, reason="Judgment given")
    other = replace(COURT, hold="h3")
    assert standing([COURT, inquiry, lifted], None, HoldRules()) == (Why.INQUIRY,)
    assert standing([COURT, other, lifted], None, HoldRules()) == (Why.COURT,)
    long = replace(COURT, reason="x" * 2_000)
    assert checked(long, Who.GOVERNANCE, [], None) == long
    assert lifters([COURT, lifted]) == {"ig"} and lifters([COURT]) == frozenset()
    assert [why.label for why in Why] == [
        "Held for an inquiry", "Held for a court", "Held because a child is on the case"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "who", "events", "said"),
    [
        (COURT, Who.CHAIR, [], "information governance"),
        (replace(COURT, reason=" "), Who.GOVERNANCE, [], "Say why the case is held."),
        (replace(COURT, reason="x" * 2_001), Who.GOVERNANCE, [], "2,000 characters"),
        (COURT, Who.GOVERNANCE, [COURT], "held already"),
        (replace(COURT, sets=False), Who.GOVERNANCE, [], "no such hold"),
        (replace(COURT, sets=False, at=AT - timedelta(days=1)), Who.GOVERNANCE, [COURT], "earlier"),
        (replace(COURT, sets=False, why=Why.CHILD), Who.GOVERNANCE, [COURT], "another hold"),
        (replace(CHILD_LIFTED, reason=""), Who.GOVERNANCE, [], "Say why the case is held no longer."),
    ],
)
def test_L1_what_sets_or_lifts_no_hold(event: Event, who: Who, events: list[Event], said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        checked(event, who, events, AT if event.hold == CHILD_HOLD else None)


@given(st.lists(st.tuples(st.sampled_from(["h1", "h2", CHILD_HOLD]), st.booleans(), st.integers(0, 5),
                          st.sampled_from(Who), st.sampled_from(["why", ""])), max_size=12))  # fmt: skip
def test_L1_whatever_is_tried_a_hold_ends_by_information_governance_with_a_reason(
    tried: list[tuple[str, bool, int, Who, str]],
) -> None:
    whys = {"h1": Why.COURT, "h2": Why.INQUIRY, CHILD_HOLD: Why.CHILD}
    events: list[Event] = []
    held = {Why.CHILD}
    for hold, sets, days, who, reason in tried:
        event = Event(hold, whys[hold], sets, AT + timedelta(days=days), "x", reason)
        try:
            events.append(checked(event, who, events, AT - timedelta(days=1)))
        except RuleBroken:
            continue
        assert who is Who.GOVERNANCE and reason
        held = held | {whys[hold]} if sets else held - {whys[hold]}
        assert standing(events, AT - timedelta(days=1), HoldRules()) == tuple(sorted(held))
