"""Agencies that have not signed take part in a named case only (Rulebook V1, X5)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.agencies import Agency, AgencyKind
from agenda.moves import Who, made, open_to
from agenda.named_case import MOVES, TERMS, Part, Rule, State, Step, proposal_problems, takes_part
from agenda.rules import RuleBroken

TODAY = date(2026, 11, 23)
AGENCIES, CASES = [UUID(int=n) for n in (1, 2)], [UUID(int=n) for n in (8, 9)]
IN = Part(AGENCIES[0], CASES[0], State.TAKING_PART, date(2026, 11, 2), TODAY)


def an_agency(signed_on: date | None = None, withdrawn_on: date | None = None) -> Agency:
    return Agency(AGENCIES[0], "Northmoor Refuge", AgencyKind.VOLUNTARY, signed_on, withdrawn_on, frozenset())


def test_V1_it_takes_part_in_that_case_and_no_other() -> None:
    assert takes_part([IN], AGENCIES[0], CASES[0], TODAY)
    assert not takes_part([IN], AGENCIES[0], CASES[1], TODAY)
    assert not takes_part([IN], AGENCIES[1], CASES[0], TODAY)
    assert not takes_part([], AGENCIES[0], CASES[0], TODAY)


def test_V1_it_takes_part_until_its_last_day() -> None:
    assert takes_part([IN], AGENCIES[0], CASES[0], IN.since)
    assert not takes_part([IN], AGENCIES[0], CASES[0], TODAY + timedelta(days=1))
    assert not takes_part([IN], AGENCIES[0], CASES[0], IN.since - timedelta(days=1))


@given(
    st.lists(
        st.builds(
            Part, st.sampled_from(AGENCIES), st.sampled_from(CASES), st.sampled_from(State),
            st.dates(date(2026, 11, 1), date(2026, 12, 1)), st.dates(date(2026, 11, 1), date(2026, 12, 1)),
        )
    ),
    st.dates(date(2026, 10, 30), date(2026, 12, 3)),
)  # fmt: skip
def test_V1_nobody_takes_part_who_did_not_accept_the_terms(parts: list[Part], today: date) -> None:
    for agency in AGENCIES:
        for case in CASES:
            own = [one for one in parts if (one.agency_id, one.case_id) == (agency, case)]
            if takes_part(parts, agency, case, today):
                assert takes_part(own, agency, case, today)
                assert State.TAKING_PART in {one.state for one in own}


def test_X5_the_chair_allows_it_and_the_agency_accepts_the_terms() -> None:
    allowed = made(MOVES[Step.ALLOW], State.PROPOSED, Who.CHAIR)
    assert made(MOVES[Step.ACCEPT], allowed, Who.AGENCY) is State.TAKING_PART
    for who in set(Who) - {Who.CHAIR}:
        assert Step.ALLOW not in open_to(MOVES, State.PROPOSED, who)
    with pytest.raises(RuleBroken):
        made(MOVES[Step.ACCEPT], State.PROPOSED, Who.AGENCY)
    assert TERMS


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Who)), max_size=8))
def test_V1_no_way_leads_in_past_the_chair_and_the_terms(steps: list[tuple[Step, Who]]) -> None:
    state, taken = State.PROPOSED, list[Step]()
    for step, who in steps:
        try:
            state = made(MOVES[step], state, who, "why")
        except RuleBroken:
            continue
        taken.append(step)
    if state is State.TAKING_PART:
        assert taken == [Step.ALLOW, Step.ACCEPT]


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 10, 10), date(2026, 11, 7)),  # over the clocks going back, to a Saturday
        (date(2026, 3, 13), date(2026, 4, 10)),  # over their going forward, and Easter
        (date(2026, 11, 27), date(2026, 12, 25)),
    ],
)
def test_V1_a_part_in_a_case_is_so_many_days_whichever_they_are(today: date, last: date) -> None:
    for until, problems in ((last, []), (last + timedelta(days=1), ["until"])):
        assert list(proposal_problems(an_agency(), "A child", until, today, Rule())) == problems
    part = Part(AGENCIES[0], CASES[0], State.TAKING_PART, today, last)
    assert takes_part([part], AGENCIES[0], CASES[0], last)
    assert not takes_part([part], AGENCIES[0], CASES[0], last + timedelta(days=1))


def test_V1_it_is_for_who_has_not_signed_and_for_a_while() -> None:
    last = TODAY + timedelta(days=28)
    asks = ("A child lives in the refuge", last, TODAY, Rule())
    assert proposal_problems(an_agency(), *asks) == {}
    assert list(proposal_problems(an_agency(date(2026, 1, 5)), *asks)) == ["agency"]
    gone = an_agency(date(2026, 1, 5), date(2026, 6, 1))
    assert "signed again" in proposal_problems(gone, *asks)["agency"]
    for until in (None, last + timedelta(days=1), TODAY - timedelta(days=1)):
        assert list(proposal_problems(an_agency(), " ", until, TODAY, Rule())) == ["why", "until"]
    assert list(proposal_problems(an_agency(), "x" * 2_001, last, TODAY, Rule())) == ["why"]
