"""Yearly reviews, and what may be destroyed (Rulebook L1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import add_months
from agenda.moves import Who
from agenda.rules import RuleBroken
from minutes.holds import Event, HoldRules, Why
from minutes.retention import Made, Review, ReviewRules, State, Step, destroyable, due_after, stops
from minutes.retention_case import CaseNow, Item, Outcome, Proposal, unfit

INCIDENT, DUE = date(2026, 3, 1), date(2027, 3, 1)
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
ITEMS = (
    Item("a", frozenset({"police"})),
    Item("b", frozenset({"housing"})),
    Item("c", frozenset({"health"})),
)
ALL_AGREE = frozenset({"police", "housing", "health"})
CASE = CaseNow(INCIDENT, ITEMS, None, (), (), ALL_AGREE)
HELD = Event("h", Why.COURT, True, AT - timedelta(days=9), "ig", "Hearing in May")
LIFTED = replace(HELD, sets=False, at=AT - timedelta(days=1), by="chair")
ALL = Proposal(Outcome.DESTROY, False, INCIDENT, frozenset("abc"))
SOME = Proposal(Outcome.KEEP_SOME, False, INCIDENT, frozenset("a"))
KEEP = Proposal(Outcome.KEEP_ALL, True, INCIDENT)
days = st.dates(date(1999, 1, 1), date(2150, 12, 31))


def propose(proposal: Proposal = ALL, by: str = "coordinator", at: datetime = AT) -> Made:
    return Made(Step.PROPOSE, at, Who.COORDINATOR, by, "Nothing since", proposal)


def decide(step: Step = Step.DECIDE, by: str = "chair") -> Made:
    return Made(step, AT, Who.CHAIR, by)


def decided(proposal: Proposal = ALL, case: CaseNow = CASE) -> Review:
    return Review(DUE).after(propose(proposal), case).after(decide(), case)


@pytest.mark.parametrize(
    ("incident", "reviewed", "due"),
    [
        (date(2026, 3, 1), None, date(2027, 3, 1)),
        (date(2026, 3, 1), date(2027, 3, 1), date(2028, 3, 1)),
        (date(2028, 2, 29), None, date(2029, 2, 28)),
        (date(2028, 2, 29), date(2031, 2, 28), date(2032, 2, 29)),
        (date(2027, 6, 1), date(2027, 3, 1), date(2028, 6, 1)),  # a further incident since
        (date(2026, 10, 25), None, date(2027, 10, 25)),  # the clocks go back
        (date(2026, 3, 29), None, date(2027, 3, 29)),  # and forward; Easter Monday falls due all the same
        (date(2025, 12, 25), None, date(2026, 12, 25)),  # and Christmas
        (date(2026, 2, 28), None, date(2027, 2, 28)),  # and a Sunday
    ],
)
def test_L1_a_review_falls_due_every_twelve_months_after_the_last_incident(
    incident: date, reviewed: date | None, due: date
) -> None:
    assert due_after(incident, reviewed, ReviewRules()) == due


@pytest.mark.parametrize(("months", "due"), [(6, date(2026, 9, 1)), (24, DUE), (0, date(2026, 4, 1))])
def test_L1_an_area_reviews_once_a_year_at_least(months: int, due: date) -> None:
    assert due_after(INCIDENT, None, ReviewRules(months)) == due


@given(days, st.integers(0, 30))
def test_L1_reviews_follow_each_other_on_the_day_of_the_incident(incident: date, years: int) -> None:
    reviewed = add_months(incident, 12 * years) if years else None
    assert due_after(incident, reviewed, ReviewRules()) == add_months(incident, 12 * (years + 1))


@given(days, days)
def test_L1_a_review_is_never_more_than_a_year_after_the_incident_or_the_last(
    incident: date, reviewed: date
) -> None:
    due = due_after(incident, reviewed, ReviewRules())
    assert incident < due and due - max(incident, reviewed) <= timedelta(days=366)
    assert due > reviewed


def test_L1_it_takes_two_different_people() -> None:
    proposed = Review(DUE).after(propose(by="both"), CASE)
    with pytest.raises(RuleBroken, match="Who proposed it"):
        proposed.after(decide(by="both"), CASE)
    assert proposed.after(decide(), CASE).state is State.TO_DESTROY


def test_L1_who_lifted_a_hold_does_not_decide_to_destroy() -> None:
    case = replace(CASE, holds=(HELD, LIFTED))
    with pytest.raises(RuleBroken, match="Who lifted a hold"):
        Review(DUE).after(propose(), case).after(decide(), case)


def test_L1_what_is_decided_is_what_was_proposed() -> None:
    with pytest.raises(RuleBroken, match="to destroy"):
        Review(DUE).after(propose(), CASE).after(decide(Step.KEEP), CASE)
    with pytest.raises(RuleBroken, match="to keep all"):
        Review(DUE).after(propose(KEEP), CASE).after(decide(), CASE)
    assert Review(DUE).after(propose(KEEP), CASE).after(decide(Step.KEEP), CASE).state is State.KEPT


def test_L1_a_proposal_says_what_and_why_and_comes_when_it_is_due() -> None:
    with pytest.raises(RuleBroken, match="Say why"):
        Review(DUE).after(replace(propose(), reason=" "), CASE)
    with pytest.raises(RuleBroken, match="Choose whether"):
        Review(DUE).after(replace(propose(), proposal=None), CASE)
    with pytest.raises(RuleBroken, match="Choose whether"):
        Review(DUE).after(propose(), CASE).after(replace(decide(), proposal=ALL), CASE)
    with pytest.raises(RuleBroken, match="falls due on Monday 1 March 2027"):
        Review(DUE).after(propose(at=datetime(2027, 2, 28, 23, 59, tzinfo=UTC)), CASE)
    assert Review(DUE).after(propose(at=datetime(2027, 3, 1, tzinfo=UTC)), CASE).state is State.PROPOSED


def test_L1_in_summer_the_day_begins_in_london() -> None:
    due = date(2027, 7, 1)
    assert Review(due).after(propose(at=datetime(2027, 6, 30, 23, 0, tzinfo=UTC)), CASE).proposed


def test_L1_while_a_risk_remains_all_is_kept() -> None:
    for proposal in (ALL, SOME):
        assert "risk" in (unfit(replace(proposal, risk_remains=True), CASE) or "")
    assert unfit(KEEP, CASE) is None


@pytest.mark.parametrize(
    ("proposal", "case", "said"),
    [
        (replace(KEEP, destroys=frozenset("a")), CASE, "keep all"),
        (replace(ALL, destroys=frozenset("ab")), CASE, "all of it"),
        (replace(ALL, destroys=frozenset("abcd")), CASE, "not on this case"),
        (replace(SOME, destroys=frozenset("abc")), CASE, "leave what is kept"),
        (replace(SOME, destroys=frozenset()), CASE, "Choose what"),
        (ALL, replace(CASE, items=(Item("a", frozenset({"police"}), True),)), "nothing to destroy"),
        (
            SOME,
            replace(CASE, items=(Item("a", frozenset({"police"}), True), Item("b", frozenset({"x"})))),
            "another case has it too",
        ),
    ],
)
def test_L1_what_cannot_be_proposed(proposal: Proposal, case: CaseNow, said: str) -> None:
    assert said in (unfit(proposal, case) or "")
    with pytest.raises(RuleBroken, match=said):
        Review(DUE).after(propose(proposal), case)


def test_L1_what_another_case_has_too_stays_for_that_one() -> None:
    case = replace(CASE, items=(*ITEMS, Item("shared", frozenset({"police"}), elsewhere=True)))
    assert destroyable(decided(ALL, case), case) == frozenset("abc")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (replace(CASE, holds=(HELD,)), "Held for a court."),
        (replace(CASE, child_since=AT), "Held because a child is on the case."),
        (replace(CASE, in_use=("It waits for a MARAC",)), "It waits for a MARAC."),
        (replace(CASE, last_incident=date(2027, 2, 27)), "last incident"),
        (replace(CASE, items=(*ITEMS, Item("new", frozenset({"police"})))), "all of it"),
        (replace(CASE, items=ITEMS[:2]), "not on this case"),
        (replace(CASE, agreed=ALL_AGREE - {"housing"}), "supplied it: housing."),
        (replace(CASE, refused=frozenset({"probation"})), "supplied it: probation."),
        (replace(CASE, suppliers=frozenset({"education"})), "supplied it: education."),
    ],
)
def test_L1_what_came_since_stops_destruction(case: CaseNow, said: str) -> None:
    review = decided()
    assert destroyable(review, CASE) == frozenset("abc") and stops(review, CASE) == ()
    assert destroyable(review, case) == frozenset()
    assert any(said in why for why in stops(review, case))
    with pytest.raises(RuleBroken, match=said):
        review.after(Made(Step.DESTROY, AT, Who.SERVICE, "service"), case)
    with pytest.raises(RuleBroken, match=said):
        Review(DUE).after(propose(), CASE).after(decide(), case)


def test_L1_an_area_may_hold_no_child_case_by_default() -> None:
    case = replace(CASE, child_since=AT, rules=HoldRules(child_cases=False))
    assert destroyable(decided(ALL, case), case) == frozenset("abc")


def test_L1_new_items_stop_nothing_where_some_is_kept() -> None:
    case = replace(CASE, items=(*ITEMS, Item("new", frozenset({"police"}))))
    assert destroyable(decided(SOME), case) == frozenset("a")


def test_L1_a_hold_stops_no_review_that_keeps_all() -> None:
    held = replace(CASE, holds=(HELD,), child_since=AT)
    assert Review(DUE).after(propose(KEEP), held).after(decide(Step.KEEP), held).state is State.KEPT


def test_L1_it_can_be_stopped_and_lapses_and_is_reviewed_again() -> None:
    for step, who in ((Step.STOP, Who.GOVERNANCE), (Step.STOP, Who.CHAIR), (Step.LAPSE, Who.SERVICE)):
        again = decided().after(Made(step, AT, who, "x", "An inquiry was announced"), CASE)
        assert again.state is State.DUE and again.proposed is None
        assert destroyable(again, CASE) == frozenset() and stops(again, CASE) == ("Nothing is decided.",)
    sent_back = Review(DUE).after(propose(), CASE).after(Made(Step.SEND_BACK, AT, Who.CHAIR, "y", "No"), CASE)
    assert sent_back.after(propose(SOME), CASE).proposed == propose(SOME)


def test_L1_no_step_is_earlier_than_the_one_before() -> None:
    with pytest.raises(RuleBroken, match="earlier"):
        Review(DUE).after(propose(), CASE).after(replace(decide(), at=AT - timedelta(seconds=1)), CASE)


CASES = st.builds(
    CaseNow,
    st.sampled_from([INCIDENT, date(2027, 2, 1)]),
    st.sampled_from([ITEMS, ITEMS[:2], (*ITEMS, Item("d", frozenset({"police"})))]),
    st.sampled_from([None, None, AT]),
    st.sampled_from([(), (HELD,), (HELD, LIFTED)]),
    st.sampled_from([(), (), ("An action is open",)]),
    st.sampled_from([ALL_AGREE, ALL_AGREE - {"police"}]),
)
STEPS = st.builds(
    Made,
    st.sampled_from(Step),
    st.just(AT),
    st.sampled_from([Who.COORDINATOR, Who.CHAIR, Who.GOVERNANCE, Who.SERVICE]),
    st.sampled_from(["coordinator", "chair", "other"]),
    st.sampled_from(["", "why"]),
    st.sampled_from([None, ALL, SOME, KEEP]),
)


PROPOSED = Review(DUE).after(propose(), CASE)


@given(
    st.sampled_from([Review(DUE), PROPOSED, decided(), decided(SOME)]),
    st.lists(st.tuples(STEPS, CASES), max_size=12),
    CASES,
)
def test_L1_whatever_is_tried_nothing_held_is_destroyed_and_two_have_decided(
    review: Review, tried: list[tuple[Made, CaseNow]], now: CaseNow
) -> None:
    for step, case in tried:
        try:
            review = review.after(step, case)
        except RuleBroken:
            continue
        if step.step is Step.DESTROY:
            assert not case.held and not case.in_use
    gone = destroyable(review, now)
    if gone:
        assert not now.held and not now.in_use
        assert {by for item in now.items if item.id in gone for by in item.agencies} <= now.agreed
        assert gone <= now.own
    taken: dict[Any, Made] = {step.step: step for step in review.steps}
    if review.state in (State.TO_DESTROY, State.DESTROYED, State.KEPT):
        decision = taken[Step.KEEP if review.state is State.KEPT else Step.DECIDE]
        assert review.proposed is not None and decision.by != review.proposed.by


def test_R2_what_two_agencies_own_needs_both_whatever_they_are_called() -> None:
    """A name with an "and" in it is one agency's."""
    both = replace(CASE, items=(Item("a", frozenset({"Care and Health", "police"})), *ITEMS[1:]))
    assert "supplied it: Care and Health." in " ".join(stops(decided(), both))
    agreed = replace(both, agreed=ALL_AGREE | {"Care and Health"})
    assert stops(decided(), agreed) == ()


def test_R2_to_keep_some_goes_on_where_an_agency_says_no_to_what_it_keeps() -> None:
    refused = replace(CASE, refused=frozenset({"probation"}), suppliers=frozenset({"education"}))
    assert stops(decided(SOME), refused) == ()
