from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from agenda.circulation import DISCLOSURE_APPLICATION, Group
from agenda.incidents import Risk
from minutes.actions import Action, Category, Status
from minutes.clarifications import Clarification
from minutes.notes import Note
from minutes.outcome import Disclosure, Outcome, Safeguard, Tick
from minutes.recording import Difference, Facts, Owners, Recording, differences, problems, proposal

TODAY = date(2026, 11, 23)
POLICE, ONE, TWO = UUID(int=1), UUID(int=11), UUID(int=12)
NEW = Facts.of([("police_incident", "1", False)], repeat=False)
LOCKS = Action(Category.OTHER_SUPPORT, POLICE, "Change the locks", date(2026, 11, 27))
KEPT = Outcome(Risk.HIGH, refer=False)


def decided(*disclosures: Disclosure) -> Outcome:
    return replace(KEPT, disclosures=disclosures)


def told(facts: Facts = NEW, kept: dict[UUID, Action] | None = None, **parts: object) -> dict[str, str]:
    recording = Recording(0, **({"outcome": KEPT} | parts))  # type: ignore[arg-type]
    return problems(recording, facts, kept or {}, Owners(frozenset({POLICE}), frozenset({POLICE})), TODAY)


def test_C1_the_group_is_proposed_once_referred_and_judged() -> None:
    assert proposal(Outcome(Risk.HIGH, refer=True), NEW) is None
    assert proposal(Outcome(Risk.HIGH, in_place=True, refer=False), NEW) is None
    proposed = proposal(Outcome(Risk.HIGH, in_place=True, refer=True), NEW)
    assert proposed is not None and proposed.group is Group.NEW_SAFEGUARDS


@pytest.mark.parametrize(
    "kinds, only, any_",
    [
        ([DISCLOSURE_APPLICATION] * 2, True, True),
        ([DISCLOSURE_APPLICATION, "police_incident"], False, True),
        (["police_incident"], False, False),
        ([], False, False),
    ],
)
def test_C1_group_5_only_where_every_entry_is_a_disclosure_application(
    kinds: list[str], only: bool, any_: bool
) -> None:
    facts = Facts.of([(kind, str(number), False) for number, kind in enumerate(kinds)], repeat=True)
    assert (facts.disclosure_only, bool(facts.applications), facts.repeat) == (only, any_, True)


def test_C4_the_decision_to_disclose_is_the_daily_meetings() -> None:
    facts = Facts.of([(DISCLOSURE_APPLICATION, "DSA-000001", False)], repeat=False)
    asked = "Say whether the meeting decided to disclose on application DSA-000001"
    assert told(facts) == {"disclose-DSA-000001-decision": asked}
    assert told(facts, outcome=decided(Disclosure("DSA-000001", True))) == {}
    why = {"disclose-DSA-000001-why": "Say why nothing is disclosed on application DSA-000001"}
    assert told(facts, outcome=decided(Disclosure("DSA-000001", False, " "))) == why
    assert told(facts, outcome=decided(Disclosure("DSA-000001", False, "Nothing is held."))) == {}
    assert told(NEW) == {}


def test_C4_Y1_each_application_of_a_case_has_its_own_decision() -> None:
    both = [(DISCLOSURE_APPLICATION, f"DSA-00000{number}", False) for number in (1, 2)]
    facts = Facts.of(both, repeat=False)
    one = Disclosure("DSA-000001", True)
    assert set(told(facts, outcome=decided(one))) == {"disclose-DSA-000002-decision"}
    assert told(facts, outcome=decided(one, Disclosure("DSA-000002", False, "She knows."))) == {}
    assert set(told(replace(facts, at_marac=True))) == set(), "a MARAC decides on none"


def test_Y1_nothing_is_decided_on_an_application_that_was_withdrawn() -> None:
    both = [(DISCLOSURE_APPLICATION, "DSA-000001", True), (DISCLOSURE_APPLICATION, "DSA-000002", False)]
    facts = Facts.of(both, repeat=False)
    assert facts.applications == ("DSA-000002",) and facts.disclosure_only
    assert told(facts, outcome=decided(Disclosure("DSA-000002", True))) == {}


def test_C4_decisions_that_differ_are_shown_theirs_and_yours() -> None:
    theirs = decided(Disclosure("DSA-000002", False, "She knows."), Disclosure("DSA-000001", True))
    mine = Recording(1, decided(Disclosure("DSA-000001", True), Disclosure("DSA-000002", True)))
    (found,) = differences(theirs, {}, mine, {})
    assert found == Difference(
        "Disclose under the scheme", "DSA-000001 yes; DSA-000002 no: She knows.",
        "DSA-000001 yes; DSA-000002 yes",
    )  # fmt: skip


def test_D3_whether_to_refer_is_answered() -> None:
    assert told(outcome=Outcome(Risk.HIGH, refer=None)) == {
        "refer": "Say whether the case is referred to MARAC"
    }


def test_D3_the_problems_of_every_row_are_told_at_once() -> None:
    found = told(
        actions={ONE: replace(LOCKS, what="")},
        notes={TWO: Note(None, "A", None, "B", "C")},
        clarifications={ONE: Clarification(None, "Ada")},
        unreadable={"action-x-due": "Due date must be a real date"},
    )
    assert set(found) == {
        f"action-{ONE}-what", f"note-{TWO}-agency_id", f"note-{TWO}-kind", f"clarification-{ONE}-about",
        "action-x-due",
    }  # fmt: skip


def test_A1_a_saved_action_left_as_it_was_is_not_judged_anew() -> None:
    past = replace(LOCKS, due=date(2026, 11, 20))
    assert told(kept={ONE: past}, actions={ONE: past}) == {}
    assert set(told(kept={ONE: LOCKS}, actions={ONE: past})) == {f"action-{ONE}-due"}
    assert set(told(actions={ONE: past})) == {f"action-{ONE}-due"}


def test_D3_every_field_that_differs_is_shown_theirs_and_yours() -> None:
    theirs = Outcome(
        Risk.HIGH, (Tick(Safeguard.REFUGE, True, "since Sunday"),), True, True, Group(3), "", "A"
    )
    mine = Recording(1, Outcome(Risk.MEDIUM, (), False, True, Group(2), "because", "B"))
    assert differences(theirs, {}, mine, {}) == (
        Difference("Risk", "high", "medium"),
        Difference("Victim in refuge", "yes: since Sunday", "no"),
        Difference("Safeguards in place", "yes", "no"),
        Difference("Circulation group", Group(3).label, Group(2).label),
        Difference("Reason for the group", "", "because"),
        Difference("Meeting notes", "A", "B"),
    )


def test_D3_the_same_outcome_is_no_difference() -> None:
    ticks = tuple(Tick(safeguard, False) for safeguard in Safeguard)
    mine = Recording(1, replace(KEPT, safeguards=ticks), actions={ONE: LOCKS}, known=frozenset({ONE}))
    assert differences(KEPT, {ONE: LOCKS, TWO: LOCKS}, mine, {}) == ()


def test_A1_actions_that_differ_are_shown_theirs_and_yours() -> None:
    names = {POLICE: "Northtest Police"}
    changed = replace(LOCKS, what="Board the window")
    mine = Recording(1, KEPT, {ONE: LOCKS}, known=frozenset({ONE}))
    words = (
        "Northtest Police; Other support (housing, substance misuse, mental health, sexual exploitation); "
        "by Friday 27 November 2026"
    )
    assert differences(KEPT, {ONE: changed}, mine, names) == (
        Difference("Action", f"Board the window; {words}", f"Change the locks; {words}"),
    )
    assert differences(KEPT, {}, mine, names) == (
        Difference("Action", "removed", f"Change the locks; {words}"),
    )
    takes_away = replace(mine, actions={}, removed=frozenset({ONE}))
    assert differences(KEPT, {ONE: LOCKS}, takes_away, names) == (
        Difference("Action", f"Change the locks; {words}", "removed"),
    )


def test_A1_a_new_action_of_theirs_and_one_of_mine_stand_beside_each_other() -> None:
    mine = Recording(1, KEPT, {TWO: LOCKS})
    assert differences(KEPT, {ONE: replace(LOCKS, status=Status.DONE)}, mine, {}) == ()
