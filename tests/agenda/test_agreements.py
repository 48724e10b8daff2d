"""The register of agreements."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.agencies import Agency, AgencyKind
from agenda.agreements import (
    MOVES,
    SIGNATURE_LENGTH,
    Agreement,
    Review,
    Signature,
    State,
    Step,
    leaves_on,
    review_due,
    review_stands,
    signature_problems,
)
from agenda.moves import Who, made, open_to
from agenda.rules import RuleBroken

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    "signed, reviewed, due",
    [
        (date(2026, 1, 5), None, date(2027, 1, 5)),
        (date(2026, 1, 5), date(2026, 6, 1), date(2027, 6, 1)),
        (date(2026, 6, 1), date(2025, 1, 5), date(2027, 6, 1)),  # signed again since
        (date(2024, 2, 29), None, date(2025, 2, 28)),
    ],
)
def test_V1_an_agreement_is_reviewed_every_year(signed: date, reviewed: date | None, due: date) -> None:
    assert review_due(signed, reviewed) == due


@given(DAYS)
def test_V1_the_review_is_a_year_away_and_never_more(day: date) -> None:
    assert timedelta(days=365) <= review_due(day, None) - day <= timedelta(days=366)


def test_V1_who_withdraws_leaves_at_once_or_after_four_weeks_notice() -> None:
    today = date(2026, 11, 23)
    assert leaves_on(date(2026, 11, 20), True, today) == today
    assert leaves_on(date(2026, 11, 20), False, today) == date(2026, 12, 18)
    assert leaves_on(date(2026, 9, 1), False, today) == today, "the notice is over"
    with pytest.raises(RuleBroken, match="future"):
        leaves_on(date(2026, 11, 24), True, today)


@pytest.mark.parametrize(
    ("notice", "leaves"),
    [
        (date(2026, 10, 10), date(2026, 11, 7)),  # given and over on a Saturday, over the clocks going back
        (date(2026, 3, 13), date(2026, 4, 10)),  # over their going forward, and Easter
        (date(2026, 11, 27), date(2026, 12, 25)),  # over on Christmas Day
        (date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_V1_four_weeks_are_twenty_eight_days_whichever_they_are(notice: date, leaves: date) -> None:
    assert leaves_on(notice, False, notice) == leaves
    told = replace(SIGNED, withdrawn_on=leaves)
    assert told.stands(leaves - timedelta(days=1)) is State.LEAVING and told.stands(leaves) is State.LEFT


@pytest.mark.parametrize(
    ("signed", "due"),
    [
        (date(2025, 10, 25), date(2026, 10, 25)),  # the day the clocks go back, a Sunday
        (date(2025, 3, 29), date(2026, 3, 29)),  # and forward
        (date(2025, 12, 25), date(2026, 12, 25)),
    ],
)
def test_V1_a_review_falls_due_on_its_day_whichever_it_is(signed: date, due: date) -> None:
    told = Agreement(signed)
    assert review_stands(told, due, 28) is Review.SOON, "its last day still counts"
    assert review_stands(told, due + timedelta(days=1), 28) is Review.LATE


TODAY = date(2026, 11, 23)
SIGNED = Agreement(date(2026, 1, 5))


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (Agreement(None), State.NOT_SIGNED),
        (Agreement(TODAY + timedelta(days=1)), State.NOT_SIGNED),
        (Agreement(TODAY), State.SIGNED),
        (replace(SIGNED, withdrawn_on=TODAY + timedelta(days=1)), State.LEAVING),
        (replace(SIGNED, withdrawn_on=TODAY), State.LEFT),
        (replace(SIGNED, withdrawn_on=TODAY, cleared_on=TODAY), State.CLEARED),
        (replace(SIGNED, withdrawn_on=TODAY, cleared_on=TODAY + timedelta(days=1)), State.LEFT),
    ],
)
def test_V1_how_an_agreement_stands_follows_from_its_dates(told: Agreement, state: State) -> None:
    assert told.stands(TODAY) is state


@given(st.none() | DAYS, st.none() | DAYS, st.none() | DAYS, DAYS)
def test_V1_it_takes_part_while_it_is_a_signatory(
    signed: date | None, withdrawn: date | None, cleared: date | None, today: date
) -> None:
    told = Agreement(signed, None, withdrawn, cleared)
    agency = Agency(UUID(int=1), "Northmoor Refuge", AgencyKind.VOLUNTARY, signed, withdrawn, frozenset())
    assert told.stands(today).takes_part is agency.is_signatory(today)


def test_V1_at_once_works_from_either_state_and_notice_may_be_taken_back() -> None:
    for state in (State.SIGNED, State.LEAVING):
        assert made(MOVES[Step.LEAVE_AT_ONCE], state, Who.GOVERNANCE, "why") is State.LEFT
    assert made(MOVES[Step.STAY], State.LEAVING, Who.GOVERNANCE, "why") is State.SIGNED
    for step in (Step.GIVE_NOTICE, Step.LEAVE_AT_ONCE):
        with pytest.raises(RuleBroken, match="Say why the agency withdraws"):
            made(MOVES[step], State.SIGNED, Who.GOVERNANCE)


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who)), max_size=12))
def test_V1_whatever_is_tried_who_is_out_comes_in_by_signing_alone(tried: list[tuple[Step, Who]]) -> None:
    state = State.NOT_SIGNED
    for step, who in tried:
        before = state
        try:
            state = made(MOVES[step], state, who, "why")
        except RuleBroken:
            assert state is before
            continue
        if state.takes_part and not before.takes_part:
            assert (step, who) == (Step.SIGN, Who.GOVERNANCE)
        if state is State.CLEARED:
            assert (before, step) == (State.LEFT, Step.CONFIRM), "nobody is cleared who still takes part"


def test_V1_who_left_is_asked_what_became_of_what_it_held() -> None:
    assert made(MOVES[Step.CONFIRM], State.LEFT, Who.GOVERNANCE, "Their manager") is State.CLEARED
    assert open_to(MOVES, State.LEFT, Who.SERVICE) == ()
    with pytest.raises(RuleBroken):
        made(MOVES[Step.CONFIRM], State.LEFT, Who.GOVERNANCE, " ")


@pytest.mark.parametrize(
    ("today", "stands"),
    [
        (date(2028, 1, 30), Review.LATER),
        (date(2028, 1, 31), Review.SOON),
        (date(2028, 2, 28), Review.SOON),
        (date(2028, 2, 29), Review.LATE),
        (date(2036, 1, 1), Review.LATE),
    ],
)
def test_V1_a_late_review_is_chased_and_shuts_nobody_out(today: date, stands: Review) -> None:
    told = Agreement(date(2024, 2, 29), reviewed_on=date(2027, 2, 28))
    assert review_stands(told, today, 28) is stands
    assert told.stands(today).takes_part


def test_V1_who_is_no_signatory_has_no_review() -> None:
    assert review_stands(Agreement(None), TODAY, 28) is None
    assert review_stands(replace(SIGNED, withdrawn_on=TODAY), TODAY, 28) is None


def test_V1_who_signed_is_known() -> None:
    told = Signature(TODAY, "Rowan Thistle", "Chief officer", "3")
    assert signature_problems(told, TODAY) == {}
    assert signature_problems(Signature(None, "", " ", ""), TODAY).keys() == {"on", "by", "post", "version"}
    assert list(signature_problems(replace(told, on=TODAY + timedelta(days=1)), TODAY)) == ["on"]
    assert list(signature_problems(replace(told, by="x" * (SIGNATURE_LENGTH + 1)), TODAY)) == ["by"]
