from dataclasses import replace

import pytest

from agenda.agencies import AgencyKind
from agenda.circulation import Group
from agenda.incidents import Risk
from minutes.outcome import (
    NOTES_LENGTH,
    TYPICAL_OWNERS,
    CaseRisk,
    Disclosure,
    Outcome,
    Safeguard,
    Tick,
    problems,
    untold_problems,
)

REFERRED = Outcome(risk=Risk.HIGH, in_place=False, refer=True, group=Group(2))


def test_D3_an_outcome_with_risk_and_group_has_no_problem():
    assert problems(REFERRED, Group(2)) == {}
    assert problems(Outcome(risk=Risk.MEDIUM), None) == {}


def test_D3_the_level_of_risk_is_asked():
    assert problems(Outcome(risk=None), None) == {"risk": "Choose the level of risk the meeting agreed"}


@pytest.mark.parametrize("police", Risk)
@pytest.mark.parametrize("meeting", Risk)
def test_T13_the_meetings_risk_never_replaces_the_polices(police, meeting):
    both = CaseRisk(police, meeting)
    assert (both.police, both.meeting) == (police, meeting)
    assert police.value in both.words and meeting.value in both.words


def test_T13_risks_that_differ_are_read_side_by_side():
    assert CaseRisk(Risk.HIGH, Risk.MEDIUM).words == "medium (police: high)"
    assert CaseRisk(Risk.HIGH, Risk.HIGH).words == "high"


def test_D3_referring_needs_a_group():
    assert problems(replace(REFERRED, group=None), Group(2)) == {
        "group": "Choose the circulation group for MARAC"
    }


def test_D3_not_referring_needs_neither_group_nor_judgement():
    assert problems(Outcome(risk=Risk.HIGH, in_place=None, refer=False), Group(2)) == {}


def test_C1_a_group_other_than_the_proposed_needs_a_reason():
    assert problems(REFERRED, Group(4)) == {
        "group_reason": "Say why this is group 2 and not group 4, which the service proposed"
    }
    assert problems(replace(REFERRED, group_reason="She has left the refuge"), Group(4)) == {}


def test_C1_a_reason_has_a_length():
    told = problems(replace(REFERRED, group_reason="x" * 2_001), Group(4))
    assert told == {"group_reason": "The reason for the group must be 2,000 characters or fewer"}


def test_C2_referring_needs_the_meetings_judgement_of_the_safeguards():
    assert problems(replace(REFERRED, in_place=None), Group(2)) == {
        "in_place": "Say whether the meeting judged that safeguards are in place"
    }


@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize("ticked", range(len(Safeguard) + 1))
def test_C2_in_place_is_a_judgement_and_never_a_count(in_place, ticked):
    ticks = tuple(Tick(safeguard, n < ticked) for n, safeguard in enumerate(Safeguard))
    assert problems(replace(REFERRED, safeguards=ticks, in_place=in_place), Group(2)) == {}


def test_C2_the_six_safeguards():
    assert [safeguard.label for safeguard in Safeguard] == [
        "Victim in refuge",
        "Engaging in support",
        "Supporting police action",
        "Legal orders in place",
        "Children appropriately safeguarded",
        "Ongoing criminal investigation",
    ]


def test_C2_a_safeguard_that_is_not_in_place_may_have_a_note():
    tick = Tick(Safeguard.REFUGE, False, "Left on Sunday")
    assert problems(replace(REFERRED, safeguards=(tick,)), Group(2)) == {}


def test_C2_a_safeguard_is_answered_once():
    ticks = (Tick(Safeguard.REFUGE, True), Tick(Safeguard.REFUGE, False))
    assert problems(replace(REFERRED, safeguards=ticks), Group(2)) == {
        "safeguards": "Victim in refuge was answered twice. Answer it once"
    }


def test_C2_a_safeguards_note_has_a_length():
    ticks = (Tick(Safeguard.POLICE_ACTION, True, "x" * 2_001), Tick(Safeguard.REFUGE, True, "x" * 2_000))
    assert problems(replace(REFERRED, safeguards=ticks), Group(2)) == {
        "safeguard-police_action-note": (
            "Note on “Supporting police action” must be 2,000 characters or fewer"
        )
    }


def test_D3_notes_of_20000_characters_fit_and_no_more():
    assert problems(replace(REFERRED, notes="é" * NOTES_LENGTH), Group(2)) == {}
    assert problems(replace(REFERRED, notes="é" * (NOTES_LENGTH + 1)), Group(2)) == {
        "notes": "Notes must be 20,000 characters or fewer"
    }


def test_C4_Y1_what_is_disclosed_is_referred_to_the_MARAC_whatever_the_risk():
    one, other = Disclosure("DSA-000001", True), Disclosure("DSA-000002", False, "She knows.")
    kept = Outcome(risk=Risk.STANDARD, refer=False, disclosures=(one, other))
    applications = ("DSA-000001", "DSA-000002")
    (said,) = untold_problems(kept, applications).items()
    assert said[0] == "refer" and said[1].startswith("The MARAC is told of every disclosure")
    assert untold_problems(replace(kept, refer=True), applications) == {}
    assert untold_problems(replace(kept, disclosures=(other,)), applications) == {}
    assert untold_problems(kept, ("DSA-000002",)) == {}, "of one withdrawn nobody is told"


def test_D3_every_problem_is_told_at_once():
    outcome = Outcome(risk=None, refer=True, notes="x" * (NOTES_LENGTH + 1))
    assert set(problems(outcome, Group(2))) == {"risk", "notes", "in_place", "group"}


def test_D4_typical_owners_are_offered_each_with_something_to_do():
    assert [kind for kind, _ in TYPICAL_OWNERS] == [
        AgencyKind.POLICE,
        AgencyKind.IDVA_SERVICE,
        AgencyKind.CHILDRENS_SOCIAL_CARE,
        AgencyKind.SUBSTANCE_MISUSE,
        AgencyKind.ADULT_SOCIAL_CARE,
    ]
    assert all(what and all(what) for _, what in TYPICAL_OWNERS)
