"""What meetings recorded beside their notes, and afterwards, is held for third parties too (X2, X3)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from agenda.panels import Works
from agenda.rules import RuleBroken
from meetingsvc.models import (
    ActionRow,
    ActionStepRow,
    Base,
    CrimeRow,
    EntryRow,
    FeedbackRow,
    FeedbackTryRow,
    ItemRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesRow,
    OutcomeRow,
    PlanReviewRow,
    SafeguardRow,
    db,
)
from meetingsvc.store.disclosure_decided import decision_of
from meetingsvc.usecases import disclosure_answers, disclosure_following
from meetingsvc.usecases.transaction import saved
from minutes.disclosure import State, Step
from minutes.disclosure_items import Document, Item, Says, Standing, standing
from minutes.outcome import Safeguard
from tests.a_marac import NOW
from tests.a_third_party import LATER, NAMES, Scene

POLICE, HOMES, HEALTH, *_ = NAMES


@pytest.fixture
def scene(area_id: UUID) -> Scene:
    return Scene(area_id)


def keep(*rows: Base) -> None:
    with saved():
        for row in rows:
            db.session.add(row)
            db.session.flush()


def an_action(scene: Scene, what: str, **told: Any) -> UUID:
    """Set by the meeting; its owner is the homes."""
    usual = {"status": "open", "agency_id": scene.agencies[HOMES]}
    key = uuid4()
    keep(ActionRow(id=key, area_id=scene.area_id, item_id=scene.item_id, category="victim", what=what,
                   due=date(2026, 12, 1), set_by=scene.coordinator.account_id, set_at=NOW,
                   **usual | told))  # fmt: skip
    return key


def a_step(scene: Scene, action: UUID, by: UUID, text: str, was: str = "open", status: str = "done") -> None:
    keep(ActionStepRow(area_id=scene.area_id, action_id=action, at=NOW, by=by, was=was, status=status,
                       text=text))  # fmt: skip


def saying(scene: Scene, key: UUID, word: str) -> Item:
    """The one item that says it."""
    (found,) = [item for item in scene.items(key, scene.chair) if word in item.text]
    return found


@pytest.fixture
def key(scene: Scene) -> UUID:
    return scene.log()


def test_X2_an_action_is_the_meetings_and_no_owner_consents_to_it(scene: Scene, key: UUID) -> None:
    """It may say again what an agency said that refuses."""
    an_action(scene, "CANARYACTION as Moor Health says that she is pregnant.")
    assert saying(scene, key, "CANARYACTION").agency is None
    assert not any("CANARYACTION" in item.text for item in scene.items(scene.asked(), scene.reps[HOMES]))


def test_X2_what_became_of_an_action_is_of_its_owner_who_said_so(scene: Scene, key: UUID) -> None:
    homes, office = scene.reps[HOMES].account_id, scene.coordinator.account_id
    action = an_action(scene, "A key")
    a_step(scene, action, homes, "Ann Frost", status="open")  # who does it
    a_step(scene, action, homes, "CANARYDONE a key was cut.")
    a_step(scene, action, office, "CANARYOPENED again.", was="done", status="open")
    a_step(scene, action, office, "CANARYTYPED by the coordinator.", status="not done")
    an_action(scene, "A letter", status="not possible", reason="CANARYWHYNOT she has moved.")
    asked = scene.asked()
    own = [item for item in scene.items(asked, scene.reps[HOMES]) if item.document is Document.ACTIONS]
    assert [item.text for item in own] == ["Done. CANARYDONE a key was cut."]
    for word in ("CANARYOPENED", "CANARYTYPED", "CANARYWHYNOT"):
        assert saying(scene, key, word).agency is None, word
    assert not any("Ann Frost" in item.text for item in scene.items(asked, scene.chair))


def test_X2_what_is_recorded_of_an_action_meanwhile_is_asked_for_too(scene: Scene) -> None:
    action, key = an_action(scene, "A key"), scene.asked()
    scene.everybody(key)
    assert scene.kept(key).state is State.TO_DECIDE
    a_step(scene, action, scene.reps[HOMES].account_id, "CANARYDONE a key was cut.")
    disclosure_following.follow_all(scene.tick())
    assert scene.kept(key).state is State.ASKED
    found = saying(scene, key, "CANARYDONE")
    disclosure_answers.answer(scene.reps[HOMES], key, found.id, found.version, Says.REFUSE, "It tells him",
                              (), scene.tick())  # fmt: skip
    assert scene.kept(key).state is State.TO_DECIDE


def test_X3_crimes_that_were_disclosed_in_a_meeting_are_held(scene: Scene, key: UUID) -> None:
    keep(CrimeRow(area_id=scene.area_id, item_id=scene.item_id, text="CANARYCRIME he took her card.",
                  agency_id=scene.agencies[HOMES], told_id=scene.agencies[POLICE], told_at=NOW, shared=False,
                  recorded_by=scene.coordinator.account_id))  # fmt: skip
    found = saying(scene, key, "CANARYCRIME")
    assert found.agency is None and found.document is Document.NOTES
    assert standing(found, ()) is Standing.WITHHELD
    asked = scene.asked()
    for rep in scene.reps.values():
        assert not any("CANARYCRIME" in item.text for item in scene.items(asked, rep))
    scene.everybody(asked, HOMES)
    scene.answer(asked, HOMES, Says.REFUSE, "It says what she told us")
    with pytest.raises(RuleBroken, match="Not every agency"):
        scene.decide(asked, Step.APPROVE)
    scene.answer(asked, HOMES)
    scene.decide(asked, Step.APPROVE)
    kept = scene.kept(asked)
    assert kept.state is State.APPROVED
    decision = decision_of(kept)
    assert decision and found.id in decision.granted and not decision.departures
    scene.answer(asked, HOMES, Says.REFUSE, "After all")
    assert scene.kept(asked).state is State.ASKED, "what it repeats does not leave either"


def test_X2_F4_telling_the_victim_is_held_but_not_how_she_was_reached(scene: Scene, key: UUID) -> None:
    homes, first = scene.agencies[HOMES], uuid4()
    here = {"area_id": scene.area_id, "item_id": scene.item_id}
    by, office = scene.reps[HOMES].account_id, scene.coordinator.account_id
    row = {"decided_by": office, "decided_at": NOW, **here}
    attempt = {"feedback_id": first, "on_day": NOW.date(), "by_whom": "CANARYWHO", "how": "CANARYHOW at work",
               "recorded_at": NOW, **here}  # fmt: skip
    keep(
        FeedbackRow(id=first, version=1, agency_id=homes, name="CANARYNAME", due=date(2026, 12, 1),
                    instead_of_idva="CANARYINSTEAD they know her.", unsafe="", **row),
        FeedbackRow(version=2, name="", instead_of_idva="", unsafe="CANARYUNSAFE he reads her post.", **row),
        FeedbackTryRow(place=1, result="not reached", again_on=date(2026, 12, 8), recorded_by=by, **attempt),
        FeedbackTryRow(place=2, result="told", recorded_by=office, **attempt),
    )  # fmt: skip
    everything = scene.items(key, scene.chair)
    for word in ("CANARYWHO", "CANARYHOW", "CANARYNAME"):
        assert not any(word in item.text for item in everything), word
    for word in ("CANARYINSTEAD", "CANARYUNSAFE"):
        assert saying(scene, key, word).agency is None
    assert saying(scene, key, "decided: Could not be reached.").agency == homes
    assert saying(scene, key, "decided: Told.").agency is None, "who runs the meetings typed it"


def test_X3_why_meetings_decided_what_they_did_and_their_minutes_are_held(scene: Scene, key: UUID) -> None:
    here: dict[str, Any] = {"area_id": scene.area_id, "item_id": scene.item_id}
    by = scene.coordinator.account_id
    meeting = db.session.get_one(ItemRow, scene.item_id).meeting_id
    action, old, new = an_action(scene, "A key"), uuid4(), uuid4()
    written = {"area_id": scene.area_id, "meeting_id": meeting, "head": {}, "drafted_by": by}
    keep(
        OutcomeRow(version=1, risk="high", in_place=True, refer=False, proposed_why="CANARYSERVICE",
                   group_reason="CANARYGROUP", not_referred="CANARYSTAYS", notes="CANARYNOTES",
                   recorded_by=by, recorded_at=LATER, **here),
        SafeguardRow(safeguard="legal orders", in_place=True, note="CANARYGUARD", item_id=scene.item_id),
        PlanReviewRow(action_id=action, verdict="change", text="CANARYPLAN", reviewed_by=by, reviewed_at=NOW,
                      **here),
        MinutesRow(id=old, version=1, drafted_at=NOW, **written),
        MinutesRow(id=new, version=2, drafted_at=LATER, what="A word", why="It was wrong", **written),
        MinutesCaseRow(minutes_id=new, told={}, said="CANARYSAID", version=1, **here),
        MinutesCaseRow(minutes_id=old, told={}, said="CANARYMISSAID", version=1, **here),
    )  # fmt: skip
    with saved():
        entry = db.session.scalars(select(EntryRow)).first()
        assert entry is not None
        entry.disclose, entry.disclose_why = False, "CANARYDECIDED"
    words = ("CANARYGROUP", "CANARYSTAYS", "CANARYNOTES", "CANARYGUARD", "CANARYPLAN", "CANARYSAID",
             "CANARYDECIDED")  # fmt: skip
    for word in words:
        assert saying(scene, key, word).agency is None, word
    everything = scene.items(key, scene.chair)
    for word in ("CANARYSERVICE", "CANARYMISSAID"):
        assert not any(word in item.text for item in everything), word
    assert len({item.id for item in everything}) == len(everything)
    plan = saying(scene, key, "CANARYPLAN").text
    assert plan == "Of an earlier action, “A key”: Change. CANARYPLAN"


def an_outcome(scene: Scene, **told: Any) -> None:
    usual = {"version": 1, "risk": "high", "in_place": True, "refer": True, "proposed_group": 2, "group": 2,
             "proposed_why": "", "group_reason": "", "notes": "", "recorded_by": scene.coordinator.account_id,
             "recorded_at": LATER}  # fmt: skip
    keep(OutcomeRow(area_id=scene.area_id, item_id=scene.item_id, **usual | told))


def test_C2_X2_a_safeguard_says_whether_it_is_in_place_and_another_finding_is_another_version(
    scene: Scene, key: UUID
) -> None:
    an_outcome(scene)
    keep(
        SafeguardRow(safeguard=Safeguard.REFUGE, in_place=True, note="CANARYREFUGE", item_id=scene.item_id),
        SafeguardRow(safeguard=Safeguard.SUPPORT, in_place=True, note="", item_id=scene.item_id),
        SafeguardRow(safeguard=Safeguard.CHILDREN, in_place=False, note=" ", item_id=scene.item_id),
    )
    before = saying(scene, key, "CANARYREFUGE")
    assert before.text == "Of the safeguards, Victim in refuge: in place. CANARYREFUGE"
    assert (
        saying(scene, key, "Engaging in support").text == "Of the safeguards, Engaging in support: in place."
    )
    assert not any("Children appropriately" in item.text for item in scene.items(key, scene.chair))
    with saved():
        db.session.get_one(SafeguardRow, (scene.item_id, Safeguard.REFUGE)).in_place = False
    after = saying(scene, key, "CANARYREFUGE")
    assert after.text == "Of the safeguards, Victim in refuge: not ticked as in place. CANARYREFUGE"
    assert after.id == before.id and after.version != before.version


def test_D3_C1_C4_X2_what_a_meeting_decided_without_a_word_is_held(scene: Scene, key: UUID) -> None:
    """Its risk, whether safeguards are in place, whether it referred the case, and that it disclosed."""
    an_outcome(scene)
    with saved():
        entry = db.session.scalars(select(EntryRow)).first()
        assert entry is not None
        entry.disclose, entry.disclose_why = True, ""
    record = saying(scene, key, "Risk as the meeting agreed")
    group = "Group 2: new referral, no existing safeguards – for discussion"
    assert record.agency is None and record.text == (
        f"Risk as the meeting agreed: high.\nSafeguards are in place.\nReferred to MARAC. {group}."
    )
    assert saying(scene, key, "Of an application").text == "Of an application, decided to disclose."
    with saved():
        row = db.session.get_one(OutcomeRow, scene.item_id)
        row.in_place, row.refer, row.group, row.not_referred = False, False, None, "CANARYSTAYS"
    after = saying(scene, key, "CANARYSTAYS")
    assert after.text.endswith("Safeguards are not in place.\nNot referred to MARAC.\nCANARYSTAYS")
    assert after.id == record.id and after.version != record.version
    with saved():  # an agenda is where cases are referred to
        meeting_id = db.session.get_one(ItemRow, scene.item_id).meeting_id
        db.session.get_one(MeetingRow, meeting_id).works = Works.AGENDA
    assert "eferred" not in saying(scene, key, "CANARYSTAYS").text
