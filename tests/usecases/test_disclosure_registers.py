"""Protection orders and what the victim said of sharing are held for third parties too (X2, X3, T10, K1)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.rules import RuleBroken
from meetingsvc.models import CaseRow, ConsentRow, ItemRow, OrderRow, db
from meetingsvc.store import disclosures as store
from meetingsvc.store.acting import Host, whole_area
from meetingsvc.store.consents import BY_FORM
from meetingsvc.store.lists import order_json
from meetingsvc.usecases import areas, disclosure_following, disclosure_releases
from meetingsvc.usecases.transaction import saved
from minutes.disclosure import State, Step
from minutes.disclosure_items import Document, Item, Says, Standing, standing
from minutes.redaction import Redaction
from tests.a_marac import NOW, RECORDED, TUESDAY, an_agency, listed
from tests.a_third_party import NAMES, Scene
from tests.an_application import an_order
from tests.an_intake import a_consent
from tests.builders import a_row

POLICE, HOMES, HEALTH, *_ = NAMES


@pytest.fixture
def scene(area_id: UUID) -> Scene:
    return Scene(area_id)


def recorded(scene: Scene, name: str, terms: str, version: int = 1) -> None:
    """By hand, by an agency; what was recorded of it before stands no longer."""
    with saved():
        for old in db.session.scalars(select(OrderRow)).all():
            old.current = False
        db.session.flush()
        db.session.add(
            OrderRow(area_id=scene.area_id, reference="ORD-000001", version=version, current=True,
                     case_id=scene.case_id, told=order_json(an_order(terms=terms).order), recorded_at=NOW,
                     agency_id=scene.agencies[name], recorded_by=scene.reps[name].account_id,
                     author="PC Ash", source="court")
        )  # fmt: skip


def consent(scene: Scene, name: str, limits: str) -> ConsentRow:
    told: dict[str, Any] = {"area_id": scene.area_id, "author": "Priya Raman", "source": "own file",
                            "recorded_at": NOW}  # fmt: skip
    by = {"agency_id": scene.agencies[name], "recorded_by": scene.reps[name].account_id} if name else {}
    return a_consent(scene.case_id, limits, **told | by)


def consented(scene: Scene, name: str, limits: str) -> None:
    with saved():
        db.session.add(consent(scene, name, limits))


def saying(scene: Scene, key: UUID, word: str) -> Item:
    """The one item that says it."""
    (found,) = [item for item in scene.items(key, scene.chair) if word in item.text]
    return found


def test_X2_T10_an_order_is_an_item_of_the_agency_that_recorded_it(scene: Scene) -> None:
    recorded(scene, HEALTH, "CANARYTERMS not to go near.")
    key = scene.asked()
    found = saying(scene, key, "CANARYTERMS")
    assert (found.agency, found.document) == (scene.agencies[HEALTH], Document.INCIDENT)
    assert found in scene.items(key, scene.reps[HEALTH])
    assert found not in scene.items(key, scene.reps[HOMES])


def test_X2_a_corrected_order_is_the_same_item_and_asked_for_anew(scene: Scene) -> None:
    recorded(scene, HEALTH, "CANARYTERMS not to go near.")
    key = scene.asked()
    scene.everybody(key)
    assert scene.kept(key).state is State.TO_DECIDE
    before = saying(scene, key, "CANARYTERMS")
    recorded(scene, HEALTH, "CANARYPUTRIGHT not to call.", 2)
    after = saying(scene, key, "CANARYPUTRIGHT")
    assert after.id == before.id and after.version != before.version
    disclosure_following.follow_all(scene.tick())
    assert scene.kept(key).state is State.ASKED


def test_X2_T10_an_order_that_the_police_told_is_theirs(scene: Scene) -> None:
    told = a_row(recorded_at=RECORDED[TUESDAY], order_kind="DVPO", order_terms="CANARYTOLD not to go near.")
    (item,) = listed(scene.area_id, [told], TUESDAY)
    scene.case_id = db.session.get_one(ItemRow, item).case_id
    scene.victim_id = db.session.get_one(CaseRow, scene.case_id).victim_id
    found = saying(scene, scene.asked(), "CANARYTOLD")
    assert (found.agency, found.sort) == (scene.agencies[POLICE], "protection order")


def test_X2_K1_each_line_on_consent_is_an_item_of_the_agency_that_recorded_it(scene: Scene) -> None:
    consented(scene, HOMES, "CANARYLIMIT no call at work.")
    consented(scene, HEALTH, "CANARYOTHER no letter.")
    key = scene.asked()
    own = [item.text for item in scene.items(key, scene.reps[HOMES])]
    assert any("CANARYLIMIT" in text for text in own) and not any("CANARYOTHER" in text for text in own)
    assert saying(scene, key, "CANARYOTHER").agency == scene.agencies[HEALTH]


def test_X2_K1_what_came_without_an_agency_nobody_consents_to(scene: Scene) -> None:
    """By the public form: nobody answers for it, and with no order of a court it is released to nobody."""
    consented(scene, "", "CANARYPUBLIC no letter.")
    key = scene.asked()
    scene.everybody(key)
    found = saying(scene, key, "CANARYPUBLIC")
    with whole_area(scene.area_id):
        answers = store.answers(Host(scene.area_id), key)
    assert standing(found, answers) is Standing.NOBODYS
    with pytest.raises(RuleBroken):
        scene.decide(key, Step.APPROVE)


def test_X2_R2_what_came_by_the_public_form_is_nobody_s_once_it_is_accepted(scene: Scene) -> None:
    """One statement is one item: it is not both nobody's and the agency's of who accepted it."""
    office = {"agency_id": scene.coordinator.agency_id, "recorded_by": scene.coordinator.account_id}
    told = {"area_id": scene.area_id, "author": "Bea Tarn, Tarn School"}
    with saved():
        for source, by, at in (("", {}, NOW), (BY_FORM, office, NOW + timedelta(hours=1))):
            db.session.add(a_consent(scene.case_id, "CANARYPUBLIC no letter.", recorded_at=at,
                                     source=f"referral REF-000001{source}", **told, **by))  # fmt: skip
            db.session.flush()
    key = scene.asked()
    scene.everybody(key)
    assert standing(saying(scene, key, "CANARYPUBLIC"), ()) is Standing.NOBODYS


def test_X2_what_came_with_a_transfer_is_nobody_s_here(scene: Scene) -> None:
    """The agency of another area has no page here on which to answer."""
    elsewhere = areas.create("southmoor", date(2026, 11, 2), NOW)
    there = an_agency(elsewhere, "Southmoor Homes", daily=True)
    with saved():
        line = consent(scene, HOMES, "CANARYMOVED no call at work.")
        line.agency_id = there
        db.session.add(line)
    key = scene.asked()
    scene.everybody(key)
    assert scene.kept(key).state is State.TO_DECIDE
    assert standing(saying(scene, key, "CANARYMOVED"), ()) is Standing.NOBODYS


def test_X2_X6_a_release_holds_those_to_which_their_agency_consented(scene: Scene) -> None:
    recorded(scene, HEALTH, "CANARYTERMS not to go near.")
    consented(scene, HOMES, "CANARYLIMIT no call at work.")
    key = scene.asked()
    scene.answer(key, HOMES, Says.REFUSE, "It would tell him")
    scene.everybody(key, HOMES)
    scene.decide(key, Step.APPROVE_IN_PART)
    left: dict[UUID, list[Redaction]] = {}
    disclosure_releases.prepare(scene.coordinator, key, left, "Wilma Grove", "Her own", scene.tick())
    looked = disclosure_releases.look(scene.kept(key, scene.coordinator), left)
    texts = " ".join(piece.text for piece in looked.pieces)
    assert "CANARYTERMS" in texts and "CANARYLIMIT" not in texts
    assert "PC Ash" not in texts and "Priya Raman" not in texts
