"""Who may be recorded as having been told."""

import pytest

from agenda.disclosure_recipient import name_of, recipient_problem
from agenda.disclosure_scheme import Recipient
from agenda.incidents import Party

OTHER, HER = Recipient.ABLE_TO_SAFEGUARD, Recipient.AT_RISK
SUBJECT = Party("Flint-Ash", "Dórian")


@pytest.mark.parametrize("typed", ["Dorian Flint-Ash", "FLINT ASH, dorian", "Mr Dorian Flint‐Ash"])
def test_Y2_the_person_it_is_about_is_never_who_was_told(typed: str) -> None:
    assert "never told" in recipient_problem(OTHER, typed, SUBJECT)


@pytest.mark.parametrize(
    "typed",
    ["Greg James Gammaman", "G. Gammaman", "Gregory Gammaman", "Gammaman", "Mr Gammaman",
     "Greg Gammaman (her brother)", "GAMMAMAN, Greg"],
)  # fmt: skip
def test_Y2_F3_nor_under_a_shorter_or_a_longer_name(typed: str) -> None:
    assert "never told" in recipient_problem(OTHER, typed, Party("Gammaman", "Greg"))
    assert recipient_problem(OTHER, "Isla Gammaman", Party("Gammaman", "Greg")) == "", "his wife"


def test_Y2_anybody_else_is_named() -> None:
    assert recipient_problem(OTHER, " ", SUBJECT) == "Enter the name of who was told"
    assert recipient_problem(OTHER, "Doria Flint-Ash", SUBJECT) == ""
    assert recipient_problem(OTHER, "Bryony Sorrel", None) == ""


def test_Y2_the_person_at_risk_is_told_under_her_own_name() -> None:
    assert recipient_problem(HER, "", SUBJECT) == ""
    assert name_of(HER, "Dorian Flint-Ash", Party("Sorrel", "Isla")) == "Isla Sorrel"
    assert name_of(OTHER, " Bryony ", Party("Sorrel", "Isla")) == "Bryony"
