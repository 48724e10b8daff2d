"""Who asks for what is held of a child, through whomever, is checked against each case of it (X1, F3)."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from agenda.rules import RuleBroken
from meetingsvc.models import (
    CaseRow,
    ClarificationRow,
    ItemRow,
    PersonRow,
    ResearchNamedRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, disclosure_children
from meetingsvc.usecases import disclosure_checking, disclosure_recipients
from meetingsvc.usecases.disclosures import Requester
from meetingsvc.usecases.transaction import saved
from minutes.disclosure import State, Step
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import Match
from tests.a_marac import NOW, RECORDED, TUESDAY, listed
from tests.a_third_party import NAMES, Scene
from tests.builders import a_row

HOMES = NAMES[1]
BORN = date(2019, 3, 2)
WREN = disclosure_children.key("Wren Ashby", BORN)
#: Of another case.
IVOR = {
    "perpetrator_forename": "Ivor",
    "perpetrator_surname": "Quillfeather",
    "perpetrator_dob": "1985-02-03",
}
HIM = Requester(dob=date(1985, 2, 3))


@pytest.fixture
def scene(area_id: UUID) -> Scene:
    """An agency named a child of the case."""
    scene = Scene(area_id)
    named_in_research(scene, scene.item_id, "Wren Ashby", BORN)
    return scene


def named_in_research(scene: Scene, item_id: UUID, name: str, dob: date | None) -> None:
    with saved():
        db.session.add(
            ResearchNamedRow(area_id=scene.area_id, item_id=item_id, agency_id=scene.agencies[HOMES],
                             author="A", recorded_by=scene.reps[HOMES].account_id, recorded_at=NOW,
                             kind="child", name=name, dob=dob, relation="A child", why="At home then")
        )  # fmt: skip


def clarified(scene: Scene, item_id: UUID, name: str, dob: date | None) -> None:
    with saved():
        case_id = db.session.get_one(ItemRow, item_id).case_id
        db.session.add(
            ClarificationRow(area_id=scene.area_id, item_id=item_id, case_id=case_id, about="child",
                             name=name, dob=dob, text="At the same school",
                             recorded_by=scene.coordinator.account_id, recorded_at=NOW)
        )  # fmt: skip


def another_case(scene: Scene, **told: str) -> UUID:
    """Between other people, on the next day's list; its item there."""
    (item,) = listed(scene.area_id, [a_row(recorded_at=RECORDED[TUESDAY], **IVOR | told)], TUESDAY)
    return item


def why_not(scene: Scene, key: UUID, who: Principal | None = None) -> str:
    kept, reader = scene.kept(key), who or scene.chair
    with acting.acting(reader):
        return disclosure_checking.kept_from(kept, disclosure_checking.against(reader, kept)) or ""


def match(scene: Scene, key: UUID) -> Match | None:
    kept = scene.kept(key)
    with acting.acting(scene.chair):
        return disclosure_checking.match_of(kept, disclosure_checking.against(scene.chair, kept))


def test_F3_what_is_held_of_a_child_is_never_granted_by_default(scene: Scene) -> None:
    """An agent who acts for the perpetrator has a name of their own: a person says for whom it is asked."""
    key = scene.asked(about=(WREN,), purpose="What is held of my client’s daughter")
    scene.everybody(key)
    assert match(scene, key) is Match.NOBODY and "It is about a child" in why_not(scene, key)
    with pytest.raises(RuleBroken, match="It is about a child"):
        scene.decide(key, Step.APPROVE)
    with pytest.raises(RuleBroken, match="You logged this request"):
        disclosure_recipients.tell_apart(scene.coordinator, key, "Her foster carer's", scene.tick())
    assert "It is about a child" in why_not(scene, key)
    disclosure_recipients.tell_apart(scene.second, key, "For her foster carer, rung back", scene.tick())
    scene.decide(key, Step.APPROVE)
    assert scene.kept(key).state is State.APPROVED


def test_F3_a_young_victim_is_a_child_and_a_review_asks_for_none(scene: Scene) -> None:
    """Whoever asks for a victim of sixteen may ask for the perpetrator as well."""
    grown, review = scene.log(), scene.log(Kind.CHILD_REVIEW, about=(WREN,), name="Reviewer")
    assert why_not(scene, grown) == "" == why_not(scene, review)
    with saved():
        born = update(PersonRow).where(PersonRow.id == scene.victim_id).values(dob=date(2010, 5, 6))
        db.session.execute(born)
    assert "It is about a child" in why_not(scene, scene.log())


def test_F3_what_is_held_of_the_perpetrator_is_given_to_no_agent_by_default(scene: Scene) -> None:
    """A solicitor's letter, logged as an agency's request: a second person says that it is not for him."""
    him = db.session.get_one(CaseRow, scene.case_id).perpetrator_id
    assert him
    key = scene.log(Kind.NON_SIGNATORY, about=(him,), name="Hollis Reed")
    assert "about the perpetrator" in why_not(scene, key)
    with pytest.raises(RuleBroken, match="You logged this request"):
        disclosure_recipients.tell_apart(scene.coordinator, key, "For the youth court", scene.tick())
    disclosure_recipients.tell_apart(scene.chair, key, "For the youth court, rung back", scene.tick())
    assert why_not(scene, key) == ""
    assert why_not(scene, scene.log(Kind.PARTNER, about=(him,), name="Hollis Reed")) == ""


@pytest.mark.parametrize("how", ["on an incident", "in research", "at a meeting", "without a birth date"])
def test_F3_the_perpetrator_of_another_case_of_the_child_is_given_nothing(scene: Scene, how: str) -> None:
    """Nor one who is its parent: nothing clears more than a name."""
    named = {"children": f"wren ashby|{BORN}|Y|victim", "children_present": "Y"}
    item = another_case(scene, **named if how == "on an incident" else {})
    if how == "in research":
        named_in_research(scene, item, "Wren ASHBY", BORN)
    elif how == "at a meeting":
        clarified(scene, item, "Wren Ashby", BORN)
    elif how == "without a birth date":
        named_in_research(scene, item, "Wren Ashby", None)
    key = scene.asked(about=(WREN,), name="Ivor Quillfeather", organisation="", who_asks=HIM)
    assert match(scene, key) is Match.KEPT_FROM
    with pytest.raises(RuleBroken, match="nobody to tell them apart"):
        disclosure_recipients.tell_apart(scene.second, key, "He is her father", scene.tick())
    scene.everybody(key)
    with pytest.raises(RuleBroken, match="Nothing can be released to them here"):
        scene.decide(key, Step.APPROVE)
    of_her = scene.log(name="Ivor Quillfeather", organisation="", who_asks=HIM)
    assert match(scene, of_her) is Match.KEPT_FROM, "what is held of her case tells of the child"


def test_F3_nor_the_perpetrator_of_a_case_in_which_the_victim_is_a_child(scene: Scene) -> None:
    """She was at home when her father hurt her mother; he asks for what is held of her."""
    her = db.session.get_one(PersonRow, scene.victim_id)
    name, dob = f"{her.forename} {her.surname}", her.dob
    key = scene.log(name="Ivor Quillfeather", organisation="", who_asks=HIM)
    assert match(scene, key) is Match.NOBODY
    another_case(scene, children=f"{name}|{dob or ''}|Y|victim", children_present="Y")
    assert match(scene, key) is Match.KEPT_FROM


def test_F3_nor_of_a_case_in_which_the_child_is_the_victim(scene: Scene) -> None:
    key = scene.asked(about=(WREN,), name="Ivor Quillfeather", organisation="", who_asks=HIM)
    assert match(scene, key) is Match.NOBODY
    another_case(scene, victim_forename="Wren", victim_surname="Ashby", victim_dob=str(BORN))
    assert match(scene, key) is Match.KEPT_FROM


def test_F3_a_child_of_another_name_or_birth_date_is_another(scene: Scene) -> None:
    item = another_case(scene, children="Wren Ashby|2015-05-04|Y|victim", children_present="Y")
    named_in_research(scene, item, "Milo Ashby", BORN)
    key = scene.asked(about=(WREN,), name="Ivor Quillfeather", organisation="", who_asks=HIM)
    assert match(scene, key) is Match.NOBODY


def test_F3_nor_is_the_perpetrator_of_another_case_of_the_victim(scene: Scene) -> None:
    """Who is a victim here and a perpetrator there asks for their own all the same."""
    item, key = another_case(scene), scene.log(name="Ivor Quillfeather", organisation="", who_asks=HIM)
    assert match(scene, key) is Match.NOBODY
    with saved():
        other = db.session.get_one(ItemRow, item).case_id
        case = db.session.get_one(CaseRow, other)
        him, case.victim_id = case.perpetrator_id, scene.victim_id
    assert match(scene, key) is Match.KEPT_FROM
    person = db.session.get_one(PersonRow, scene.victim_id)
    hers = Requester(dob=person.dob)
    name = f"{person.forename} {person.surname}"
    with saved():
        case = db.session.get_one(CaseRow, other)
        case.victim_id, case.perpetrator_id = him or uuid4(), scene.victim_id
    own = scene.log(name=name, organisation="", who_asks=hers)
    assert match(scene, own) is Match.ON_THE_CASE and why_not(scene, own) == ""


@pytest.mark.parametrize(
    "kind", [Kind.PARTNER, Kind.COURT_REPORT, Kind.HOMICIDE_REVIEW, Kind.COURT, Kind.FREEDOM_OF_INFORMATION]
)
def test_F3_who_logs_a_request_does_not_choose_whose_cases_are_checked(scene: Scene, kind: Kind) -> None:
    """The items are those of the whole case: about whom else it is said to be lets nobody past."""
    item, here = another_case(scene), db.session.get_one(CaseRow, scene.case_id)
    about = (here.perpetrator_id,) if kind.may_be_about else ()
    key = scene.log(kind, about=about, name="Ivor Quillfeather", who_asks=HIM)
    assert match(scene, key) is Match.NOBODY
    with saved():
        db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id).victim_id = scene.victim_id
    assert match(scene, key) is Match.KEPT_FROM
    assert "Nothing can be released to them here" in why_not(scene, key)


def test_F3_who_is_the_perpetrator_in_another_case_of_her_child_asks_for_her_own(scene: Scene) -> None:
    """But not for what is held of the child."""
    item, her = another_case(scene), db.session.get_one(PersonRow, scene.victim_id)
    named_in_research(scene, item, "Wren Ashby", BORN)
    name, born = f"{her.forename} {her.surname}", Requester(dob=her.dob)
    with saved():
        case = db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)
        case.perpetrator_id = scene.victim_id
    own, both = (
        scene.log(name=name, organisation="", who_asks=born, about=about)
        for about in ((scene.victim_id,), (scene.victim_id, WREN))
    )
    assert match(scene, own) is Match.ON_THE_CASE and why_not(scene, own) == ""
    assert match(scene, both) is not Match.ON_THE_CASE and why_not(scene, both)


def test_F3_an_agent_who_says_for_whom_is_checked_by_that_too(scene: Scene) -> None:
    row = select(PersonRow).join(CaseRow, CaseRow.perpetrator_id == PersonRow.id)
    person = db.session.scalars(row.where(CaseRow.id == scene.case_id)).one()
    key = scene.log(organisation=f"Grove Solicitors, for {person.forename} {person.surname}")
    assert match(scene, key) is Match.LOOK and "could be the perpetrator" in why_not(scene, key)


def test_F3_a_clearing_lapses_once_the_child_stands_in_a_further_case(scene: Scene) -> None:
    key = scene.asked(about=(WREN,))
    disclosure_recipients.tell_apart(scene.second, key, "For her foster carer, rung back", scene.tick())
    assert why_not(scene, key) == ""
    another_case(scene, children=f"Wren Ashby|{BORN}|Y|victim", children_present="Y")
    assert "It is about a child" in why_not(scene, key)
