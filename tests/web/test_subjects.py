"""The pages of children, persons of concern, places and groups (Rulebook E1, E2, R2)."""

import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.meetings import case_reference
from agenda.patterns import Trait
from agenda.subjects import SubjectKind, Tie
from meetingsvc.models import AccountRow, AgencyRow, AuditRow, CaseRow, LinkRow, SubjectTraitRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.transaction import saved
from tests.a_subject import a_level, a_link, a_subject, a_trait
from tests.a_wall import a_wall
from tests.an_exploitation_referral import runs_exploitation
from tests.web.conftest import NOW, SignIn, agency_named

#: About pages, not about what a database does.
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
LINK = {"tie": "here SEEN_AT", "strength": "likely", "standing": "fact", "author": "Ada Moor",
        "source": "Seen by a warden"}  # fmt: skip
TRAIT = {"trait": "vehicle", "text": "NM26 OXA", "standing": "fact", "author": "Ada Moor",
         "source": "Collects her"}  # fmt: skip
_DAY = {"on": ["20", "11", "2026"]}


def running(service: Flask, client: FlaskClient, role: Role) -> FlaskClient:
    with service.app_context():
        row = AccountRow
        runs_exploitation(db.session.scalars(select(row.id).where(row.role == role)).one(), NOW)
    return client


@pytest.fixture
def runner(service: Flask, signed_in: SignIn) -> FlaskClient:
    """A coordinator who runs the panels of exploitation as well."""
    return running(service, signed_in(Role.COORDINATOR), Role.COORDINATOR)


@pytest.fixture
def there(service: Flask, runner: FlaskClient) -> dict[str, UUID]:
    """Two children, somebody of concern, a park, a group; and what links them."""
    with service.app_context(), saved():
        agency = agency_named("Northtest Police")
        area = db.session.get_one(AgencyRow, agency).area_id
        by = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        found = {
            "kit": a_subject(area, SubjectKind.CHILD, "Kit Valewright"),
            "ann": a_subject(area, SubjectKind.CHILD, "Ann <b>Sorrel"),
            "man": a_subject(area, SubjectKind.PERSON, "Bo Zabel"),
            "park": a_subject(area, SubjectKind.PLACE, "Moor Park, Northmoor"),
            "crew": a_subject(area, SubjectKind.GROUP, "The crew"),
        }
        told = (area, found["kit"], agency, by)
        a_link(area, found["man"], found["kit"], agency, by, Tie.EXPLOITS, source="A friend says")
        a_link(area, found["kit"], found["park"], agency, by, Tie.SEEN_AT, on=NOW.date())
        a_link(area, found["ann"], found["park"], agency, by, Tie.SEEN_AT)
        a_link(area, found["kit"], found["crew"], agency, by, Tie.MEMBER, ended="She left it")
        a_trait(*told)
        a_trait(area, found["ann"], agency, by, Trait.VEHICLE, "nm 26 oxa")
        a_level(area, found["kit"], "He is afraid to go home")
        return found | {"area": area}


PATHS = {"kit": "children", "ann": "children", "man": "persons", "park": "places", "crew": "groups"}


def at(there: dict[str, UUID], name: str) -> str:
    return f"/{PATHS[name]}/{there[name]}"


def of_words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def actions(service: Flask) -> list[str]:
    with service.app_context():
        return list(db.session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def test_E2_a_childs_page_shows_its_links_as_a_picture_and_the_same_as_a_table(
    runner: FlaskClient, there: dict[str, UUID]
) -> None:
    page = runner.get(at(there, "kit")).text
    picture, table = page.split("<svg")[1].split("</svg>")[0], page.split("</svg>")[1]
    assert 'role="img"' in picture and "The table after it says the same" in picture
    assert picture.count("<line") == 3 and picture.count("<text") == 4, (
        "Kit, Bo, the park, and Ann by way of it"
    )
    for name in ("Bo Zabel", "Moor Park, Northmoor", "Ann &lt;b&gt;Sorrel"):
        assert name in table
    assert "<b>" not in page and "style=" not in page
    told = of_words(table)
    assert "Bo Zabel said to exploit Kit Valewright Likely, fact" in told and "A friend says" in told
    assert "She left it" in told and "The crew" in told, "what has ended is told apart"
    assert "The crew" not in picture
    assert "Moderate" in page and "He is afraid to go home" in page
    assert "NM26 OXA" in told and "Also told of" in told


def test_E2_each_kind_has_its_page_and_no_other_kinds_address_opens_it(
    runner: FlaskClient, there: dict[str, UUID]
) -> None:
    assert "Children near them" in runner.get(at(there, "man")).text
    place = of_words(runner.get(at(there, "park")).text)
    assert "Over time" in place and "Kit Valewright Seen at" in place.split("Over time")[1]
    assert "Places near it" in runner.get(at(there, "crew")).text
    for name, own in PATHS.items():
        for path in set(PATHS.values()) - {own}:
            assert runner.get(f"/{path}/{there[name]}").status_code == 404


def test_E2_a_child_two_links_away_is_said_to_be_near_by_way_of_what(
    runner: FlaskClient, there: dict[str, UUID]
) -> None:
    page = of_words(runner.get(at(there, "man")).text)
    assert "Kit Valewright" in page and "Moor Park, Northmoor" in page
    assert "Ann" not in page, "three links away"
    assert "(by way of Kit Valewright)" not in page


def test_E2_M6_of_what_is_hidden_the_page_tells_nothing(
    service: Flask, signed_in: SignIn, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    chair = running(service, signed_in(Role.CHAIR), Role.CHAIR)
    with service.app_context():
        who = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.CHAIR)).one()
        for name in ("man", "park", "crew", "ann"):
            a_wall(there["area"], there[name], who)
        number = str(db.session.get_one(CaseRow, there["man"]).number)
    page = chair.get(at(there, "kit")).text
    assert "<svg" not in page and "Nothing is linked that you may open" in page
    for token in ("Zabel", "Moor Park", "crew", "Sorrel", "have ended", "A friend says"):
        assert token not in page
    for name in ("man", "park", "crew"):
        hidden, none = chair.get(at(there, name)), chair.get(f"/{PATHS[name]}/{uuid4()}")
        assert hidden.status_code == none.status_code == 404
    own = f"/subjects/{there['kit']}/links/new"
    assert "Zabel" not in chair.get(own).text
    for words in ("Zabel", number):
        assert "Bo Zabel" not in chair.post(own, data={"step": "find", "find": words}).text
    assert "Zabel" in runner.get(at(there, "kit")).text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA])
def test_D1_E4_who_runs_or_attends_no_panel_of_exploitation_finds_no_such_page(
    service: Flask, there: dict[str, UUID], signed_in: SignIn, role: Role
) -> None:
    client = signed_in(role, "Haven Northtest")
    with service.app_context():
        link = db.session.scalars(select(LinkRow.id)).first()
    paths = [at(there, name) for name in PATHS]
    own = f"/subjects/{there['kit']}"
    forms = [f"{own}/links/new", f"{own}/links/{link}/end", f"{own}/traits/new"]
    for path in (*paths, *forms):
        assert client.get(path).status_code == 404, path
    for path in forms:
        assert client.post(path, data=LINK | TRAIT).status_code == 404, path


def test_V5_whoever_opens_a_page_leaves_a_trace_on_each_whom_it_names(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    runner.get(at(there, "kit"))
    with service.app_context():
        row = AuditRow
        lines = db.session.execute(
            select(row.action, row.case_id, row.detail).where(row.action.like("subject.%"))
        )
        told = {(action, case_id) for action, case_id, _ in lines}
    assert told == {
        ("subject.read", there["kit"]),
        *(("subject.named", there[name]) for name in ("man", "park", "ann", "crew")),
    }


def test_E2_a_link_is_told_and_ended_on_the_pages(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    own = f"/subjects/{there['ann']}/links/new"
    assert "Bo Zabel, person of concern" in runner.get(own).text
    told = LINK | {"tie": "there EXPLOITS", "other": str(there["man"])}
    answer = runner.post(own, data=told)
    assert answer.status_code == 303 and answer.location == at(there, "ann")
    assert "Bo Zabel said to exploit Ann" in of_words(runner.get(answer.location).text)
    with service.app_context():
        row = LinkRow
        key = db.session.scalars(select(row.id).where(row.source == "Seen by a warden")).one()
    end = f"/subjects/{there['ann']}/links/{key}/end"
    assert end in runner.get(at(there, "ann")).text and "Why does it hold" in runner.get(end).text
    blank = runner.post(end, data={"why": " "})
    assert blank.status_code == 422 and "Say why the link holds no more" in blank.text
    assert runner.post(end, data={"why": "It was somebody else"}).status_code == 303
    assert "It was somebody else" in runner.get(at(there, "ann")).text
    assert "ended already" in runner.get(end).text
    assert ["link.told", "link.ended"] == [one for one in actions(service) if one.startswith("link.")]


def test_F3_of_one_name_the_choice_says_which_child_it_is_and_whom_they_may_be(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    with service.app_context(), saved():
        born = date(2011, 4, 9)
        keys = [a_subject(there["area"], SubjectKind.CHILD, "Kit Moss", on) for on in (born, None)]
        first, second = (case_reference(db.session.get_one(CaseRow, key).number) for key in keys)
    page = runner.get(f"/subjects/{there['park']}/links/new").text
    assert f"Kit Moss, child, {first}, born 9 April 2011, may be {second}" in page
    assert f"Kit Moss, child, {second}, date of birth not known, may be {first}" in page


def test_F3_a_second_person_confirms_on_the_page_that_a_link_was_a_mistake(
    service: Flask, signed_in: SignIn, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    with service.app_context():
        key = db.session.scalars(select(LinkRow.id).where(LinkRow.source == "A friend says")).one()
    own, end = at(there, "kit"), f"/subjects/{there['kit']}/links/{key}/end"
    said = runner.post(end, data={"why": "It was somebody else", "mistaken": "y"})
    assert said.status_code == 303
    assert "Waits for a second person" in of_words(runner.get(own).text) and end not in runner.get(own).text
    assert "Another person who may end it" in runner.get(end).text
    assert runner.post(end, data={"step": "confirm"}).status_code == 409
    chair = running(service, signed_in(Role.CHAIR), Role.CHAIR)
    assert end in chair.get(own).text and "Confirm that it was a mistake" in chair.get(end).text
    assert chair.post(end, data={"why": "I ended it as well"}).status_code == 409, "this confirms nothing"
    assert chair.post(end, data={"step": "confirm"}).status_code == 303
    assert "Waits for a second person" not in of_words(chair.get(own).text)
    assert "link.mistake_confirmed" in actions(service)


def test_E2_one_of_very_many_is_found_by_name_or_number_to_be_linked(
    service: Flask, runner: FlaskClient, there: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetingsvc.store.subjects.MOST", 1)
    with service.app_context():
        number = case_reference(db.session.get_one(CaseRow, there["park"]).number)
    own, told = f"/subjects/{there['kit']}/links/new", LINK | {"other": str(there["park"])}
    few = runner.get(own).text
    assert "Moor Park, Northmoor, place" not in few and "The first 1 by name" in few
    for words in ("moor park", number):
        found = runner.post(own, data=told | {"step": "find", "find": words})
        assert found.status_code == 200 and "Moor Park, Northmoor, place" in found.text
        assert "Seen by a warden" in found.text, "what was typed stays"
    assert "is found by" in runner.post(own, data={"step": "find", "find": "Grubb"}).text
    assert runner.post(own, data=told).status_code == 422
    assert runner.post(own, data=told | {"find": "moor park"}).status_code == 303


def test_E2_somebody_new_is_named_in_telling_a_link(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    own = f"/subjects/{there['kit']}/links/new"
    told = LINK | {"tie": "there EXPLOITS", "other": "new person of concern", "name": "Grubb"}
    nameless = runner.post(own, data=told | {"name": " "})
    assert nameless.status_code == 422 and "Enter the name" in nameless.text
    assert runner.post(own, data=told | {"forename": "Viktor"}).status_code == 303
    assert "Viktor Grubb" in runner.get(at(there, "kit")).text
    child = runner.post(own, data=told | {"other": "new child"})
    assert child.status_code == 422


@pytest.mark.parametrize(("told", "says"), [
    ({"tie": "here RUNS"}, "Not a valid choice"),
    ({"tie": "here FRIEND"}, "cannot be"),
    ({"strength": "confirmed", "standing": "professional opinion"}, "likely or possible"),
    ({"other": str(uuid4())}, "Not a valid choice"),
    ({"source": ""}, "Enter how they know it"),
])  # fmt: skip
def test_E2_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(
    service: Flask, runner: FlaskClient, there: dict[str, UUID], told: dict[str, str], says: str
) -> None:
    typed = LINK | {"other": str(there["park"]), "author": "Ms Fell of the school"} | told
    answer = runner.post(f"/subjects/{there['kit']}/links/new", data=typed)
    assert answer.status_code == 422 and says in answer.text and "Ms Fell of the school" in answer.text


def test_E2_what_is_told_of_a_child_is_added(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    own = f"/subjects/{there['kit']}/traits/new"
    assert "Telephone number" in runner.get(own).text
    told = TRAIT | {"text": "Big Z"}
    assert runner.post(own, data=told | {"trait": "nickname"}).status_code == 422
    late = runner.post(own, data=told | {"trait": "nickname", "on": ["1", "1", "2031"]})
    assert late.status_code == 422 and "today or in the past" in late.text
    assert runner.post(own, data=told | {"trait": "nickname"} | _DAY).status_code == 303
    assert "Big Z" in runner.get(at(there, "kit")).text
    with service.app_context():
        keys = set(db.session.scalars(select(SubjectTraitRow.key)))
    assert keys == {"nm260xa", "big z"}


def test_R2_F3_what_was_told_by_mistake_is_said_to_be_so_on_the_pages(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    with service.app_context():
        of_kit = SubjectTraitRow.case_id == there["kit"]
        key = db.session.scalars(select(SubjectTraitRow.id).where(of_kit)).one()
    end = f"/subjects/{there['kit']}/traits/{key}/end"
    assert end in runner.get(at(there, "kit")).text and "NM26 OXA" in runner.get(end).text
    assert runner.post(end, data={"why": " "}).status_code == 422
    assert runner.get(f"/subjects/{there['ann']}/traits/{key}/end").status_code == 404
    assert runner.post(end, data={"why": "Another car"}).status_code == 303
    page = of_words(runner.get(at(there, "kit")).text)
    assert "Told by mistake: Another car" in page and "NM26 OXA" in page
    assert "already" in runner.get(end).text and "trait.ended" in actions(service)


def test_E1_the_page_of_a_screening_leads_to_the_child(runner: FlaskClient, there: dict[str, UUID]) -> None:
    assert at(there, "kit") in runner.get(f"/children/{there['kit']}/screening").text
    assert at(there, "park") in runner.get(f"/cases/{there['park']}").text


def test_A5_what_nobody_has_told_of_lately_asks_why(
    service: Flask, runner: FlaskClient, there: dict[str, UUID]
) -> None:
    with service.app_context(), saved():
        arcade = a_subject(there["area"], SubjectKind.PLACE, "The arcade")
    asked = runner.get(f"/places/{arcade}")
    assert asked.status_code == 303 and f"/cases/{arcade}/why" in asked.location
    assert runner.get(at(there, "park")).status_code == 200, "a link was told of it today"
