"""Which of an area's lists takes what is due: nothing that cannot wait is put off, no case torn apart."""

from datetime import UTC, datetime

import pytest

from agenda.incidents import Risk
from agenda.panel_rules import Facts, daily
from agenda.panels import BUILT_IN, DREAM, TRIAGE
from agenda.referral_entry import EntryKind
from meetingsvc.store.incidents import Due
from meetingsvc.usecases.list_panels import Triaged, takers

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
THERE = (*BUILT_IN, TRIAGE)


def one(
    risk: Risk, reasons: str, victim: str = "v", perpetrator: str = "p", *, listed: bool = True,
    was_high: bool = False, known: bool = False,
) -> Triaged:  # fmt: skip
    """Something due; its two people known by the police's numbers, or by name and date of birth."""
    nominals = (victim, "", perpetrator, "") if known else ("", victim, "", perpetrator)
    narrow = (1, True, risk, False, False, NOW, *nominals)
    due = Due(narrow, "number", 1, NOW, True, False, EntryKind.POLICE_INCIDENT)
    return Triaged(due, reasons, listed, was_high)


HIGH, CHILD, MEDIUM = (Risk.HIGH, "T2"), (Risk.MEDIUM, "T3"), (Risk.MEDIUM, "T5")


def test_P3_high_risk_is_the_daily_lists_and_medium_risk_the_triages() -> None:
    due = [one(*HIGH), one(*CHILD, "w"), one(*MEDIUM, "x"), one(Risk.STANDARD, "T5", "y")]
    assert takers(due, THERE) == ["DRAMM", "TRIAGE", "TRIAGE", "DRAMM"]
    assert takers(due, BUILT_IN) == takers(due, (*BUILT_IN, DREAM)) == ["DRAMM"] * 4


@pytest.mark.parametrize("known", [True, False])
def test_P3_T11_what_qualifies_goes_where_the_daily_list_has_its_case(known: bool) -> None:
    due = [one(*CHILD, known=known), one(*HIGH, known=known), one(*MEDIUM, known=known)]
    assert takers(due, THERE) == ["DRAMM", "DRAMM", "TRIAGE"], "what would not be listed is heard"


@pytest.mark.parametrize("victim, perpetrator", [("v", "q"), ("w", "p"), ("v", ""), ("", "p")])
def test_P3_T11_other_people_make_another_case(victim: str, perpetrator: str) -> None:
    assert takers([one(*HIGH), one(*CHILD, victim, perpetrator)], THERE) == ["DRAMM", "TRIAGE"]


def test_P3_T11_a_victim_alone_makes_a_case() -> None:
    assert takers([one(*HIGH, "v", ""), one(*CHILD, "v", "")], THERE) == ["DRAMM", "DRAMM"]
    assert takers([one(*HIGH, "", ""), one(*CHILD, "", "")], THERE) == ["DRAMM", "TRIAGE"], "nobody known"


def test_P3_T11_what_the_daily_list_only_considers_draws_nothing_there() -> None:
    assert takers([one(*HIGH, listed=False), one(*CHILD)], THERE) == ["DRAMM", "TRIAGE"]
    assert takers([one(*CHILD), one(*CHILD)], THERE) == ["TRIAGE", "TRIAGE"]


def test_P3_T13_what_was_high_risk_is_put_off_only_where_the_daily_list_would_leave_it_out() -> None:
    due = [one(*CHILD, was_high=True), one(*MEDIUM, "w", was_high=True), one(*CHILD, "x")]
    assert takers(due, THERE) == ["DRAMM", "TRIAGE", "TRIAGE"]
    assert takers([one(Risk.STANDARD, "T4", was_high=True)], THERE) == ["DRAMM"]


def test_T5_what_is_not_domestic_is_no_lists_whatever_its_reasons() -> None:
    assert not daily(Facts(Risk.HIGH, frozenset({"T2"}), domestic=False))
    assert daily(Facts(Risk.HIGH, frozenset({"T2"})))
