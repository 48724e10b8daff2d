"""What of an address is kept from every page, and what has to be said to open it."""

from dataclasses import replace

import pytest

from agenda.addresses import (
    NOT_ALLOCATED,
    ONLY_OPENED,
    AddressKind,
    AddressTold,
    ContactKind,
    ContactTold,
    Knows,
    Part,
    confidential_by_rule,
    masks_contact,
    reason_problem,
    reveal_problem,
)

TOLD = AddressTold(
    AddressKind.HOME, "4 Lock Street", Knows.NOT_KNOWN, "", False, "", "Priya Raman", "tenancy file"
)


@pytest.mark.parametrize("part", Part)
@pytest.mark.parametrize("knows", Knows)
def test_A8_a_victims_address_the_perpetrator_may_not_know_is_confidential_by_itself(
    part: Part, knows: Knows
) -> None:
    assert confidential_by_rule(part, knows) == (part is Part.VICTIM and knows is not Knows.YES)


@pytest.mark.parametrize(
    "told, part, refused",
    [
        (TOLD, Part.VICTIM, True),
        (replace(TOLD, why_not="no"), Part.VICTIM, True),
        (replace(TOLD, why_not="It is a public office."), Part.VICTIM, False),
        (replace(TOLD, confidential=True), Part.VICTIM, False),
        (replace(TOLD, knows=Knows.YES), Part.VICTIM, False),
        (TOLD, Part.PERPETRATOR, False),
        (replace(TOLD, confidential=True, author=" "), Part.VICTIM, True),
        (replace(TOLD, confidential=True, source=""), Part.VICTIM, True),
    ],
)
def test_A8_it_stays_confidential_unless_somebody_says_why_not(
    told: AddressTold, part: Part, refused: bool
) -> None:
    assert bool(told.problem(part)) == refused


def test_A8_whether_the_perpetrator_knows_has_no_default() -> None:
    with pytest.raises(TypeError):
        AddressTold(kind=AddressKind.HOME, text="x", known_to="", confidential=True, why_not="",
                    author="x", source="x")  # type: ignore[call-arg]  # fmt: skip


def test_B_an_idva_is_shown_a_safe_address_only_of_a_case_that_is_theirs() -> None:
    told = {
        (idva, theirs, meets): reveal_problem(
            runs_meetings=False, is_idva=idva, allocated=theirs, meets=meets
        )
        for idva in (False, True)
        for theirs in (False, True)
        for meets in (False, True)
    }
    assert {key for key, problem in told.items() if problem == NOT_ALLOCATED} == {
        (True, False, False), (True, False, True)
    }  # fmt: skip
    assert {key for key, problem in told.items() if problem == ONLY_OPENED} == {
        (False, False, False), (False, True, False)
    }  # fmt: skip


def test_B_who_runs_the_meetings_is_shown_a_safe_address() -> None:
    assert reveal_problem(runs_meetings=True, is_idva=False, allocated=False, meets=False) is None


@pytest.mark.parametrize("reason, refused", [("", True), ("  short   ", True), ("Safety visit today", False)])
def test_B_a_reason_is_needed(reason: str, refused: bool) -> None:
    assert bool(reason_problem(reason)) == refused


def test_A1_how_to_reach_a_victim_is_masked() -> None:
    assert {part for part in Part if masks_contact(part)} == {Part.VICTIM}


@pytest.mark.parametrize(
    "kind, value, refused",
    [
        (ContactKind.PHONE, "01632 960 001", False),
        (ContactKind.PHONE, "ask her sister", True),
        (ContactKind.EMAIL, "wren@pond.example", False),
        (ContactKind.EMAIL, "wren at pond", True),
    ],
)
def test_F3_a_contact_that_could_match_nobody_is_not_kept(
    kind: ContactKind, value: str, refused: bool
) -> None:
    assert bool(ContactTold(kind, value, False, "Priya Raman", "call").problem()) == refused
