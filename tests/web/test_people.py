"""The page of one person: every case they are in that the reader may open, and not a word of another."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import AccountRow, AuditRow, CaseRow, PersonRow, RelationshipRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from tests.a_wall import a_wall
from tests.web.conftest import NOW, SignIn
from tests.web.routes import body
from tests.web.test_lists import MONDAY, feed, text, within_monday
from tests.web.test_search import search

HIM = {"perpetrator_nominal": "P-A", "perpetrator_surname": "Moss"}
FIRST = within_monday(victim_nominal="V-1", victim_surname="Larkrise", **HIM)
SECOND = within_monday(
    victim_nominal="V-2", victim_surname="Quillfeather", perpetrator_nominal="P-A",
    perpetrator_surname="Mosswood", perpetrator_forename="Gary", perpetrator_dob="1987-01-02",
)  # fmt: skip
TOLD = {"kind": "parent", "standing": "fact", "author": "Priya Raman", "source": "school record"}


@pytest.fixture
def coordinator(service: Flask, signed_in: SignIn) -> FlaskClient:
    """Who builds Monday's list, with two cases of one perpetrator."""
    feed(service, FIRST, SECOND)
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    return client


@pytest.fixture
def rep(signed_in: SignIn, coordinator: FlaskClient) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE, agency="Haven Northtest")


def case_of(service: Flask, victim: str) -> CaseRow:
    with service.app_context(), acting.service():
        rows = select(CaseRow).join(PersonRow, PersonRow.id == CaseRow.victim_id)
        return db.session.scalars(rows.where(PersonRow.surname == victim)).one()


def him(service: Flask) -> UUID:
    found = case_of(service, "Larkrise").perpetrator_id
    assert found == case_of(service, "Quillfeather").perpetrator_id is not None
    return found


def wall_off(service: Flask, role: Role, victim: str) -> None:
    case = case_of(service, victim)
    with service.app_context(), acting.service():
        account = db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()
        a_wall(case.area_id, case.id, account)


def test_one_person_stands_with_every_case_and_every_name_told(
    service: Flask, coordinator: FlaskClient
) -> None:
    page = text(coordinator.get(f"/people/{him(service)}").text)
    assert "Perpetrator in 2 cases you may open, with Niamh Quillfeather, Niamh Larkrise" in page
    assert "Gareth Moss" in page and "Gary Mosswood Fri 2 Jan 1987" in page
    assert FIRST["occurrence_number"] in page and SECOND["occurrence_number"] in page


def test_V5_a_persons_page_leaves_a_trace_on_each_case_it_tells_of(
    service: Flask, coordinator: FlaskClient
) -> None:
    coordinator.get(f"/people/{him(service)}")
    with service.app_context(), acting.service():
        rows = select(AuditRow.case_id).where(AuditRow.action == "person.read")
        traced = set(db.session.scalars(rows))
    assert traced == {case_of(service, "Larkrise").id, case_of(service, "Quillfeather").id}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REPRESENTATIVE])
def test_M6_of_a_case_kept_from_the_reader_a_person_tells_nothing(
    service: Flask, coordinator: FlaskClient, rep: FlaskClient, role: Role
) -> None:
    client = {Role.COORDINATOR: coordinator, Role.REPRESENTATIVE: rep}[role]
    assert "Quillfeather" in client.get(f"/people/{him(service)}").text
    wall_off(service, role, "Quillfeather")
    page = client.get(f"/people/{him(service)}").text
    assert "Larkrise" in page
    for hidden in ("Quillfeather", "Mosswood", "Gary", "1987", SECOND["occurrence_number"], "2 cases"):
        assert hidden not in page


def test_M6_who_is_in_no_case_of_the_readers_is_missing(
    service: Flask, coordinator: FlaskClient, rep: FlaskClient
) -> None:
    victim = case_of(service, "Quillfeather").victim_id
    assert rep.get(f"/people/{victim}").status_code == 200
    wall_off(service, Role.REPRESENTATIVE, "Quillfeather")
    hidden, missing = rep.get(f"/people/{victim}"), rep.get(f"/people/{uuid4()}")
    assert hidden.status_code == missing.status_code == 404
    assert body(hidden) == body(missing)


def test_M6_a_name_known_from_a_case_kept_from_the_reader_finds_nobody(
    service: Flask, coordinator: FlaskClient
) -> None:
    assert "Gareth Moss" in search(coordinator, "Gary Mosswood")
    wall_off(service, Role.COORDINATOR, "Quillfeather")
    assert "Gareth Moss" in search(coordinator, "Gareth Moss")
    for typed in ("mosswood 1987", "2/1/1987", "Quillfeather", "illfeat", "osswood"):
        page = search(coordinator, typed)
        assert "Nothing was found." in page, typed


def test_a_closed_case_says_that_a_reason_is_asked_and_nothing_more(
    service: Flask, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = NOW + timedelta(days=300)
    monkeypatch.setattr("meetingsvc.store.closed_cases.asks_why", lambda *_: later > NOW)
    page = text(coordinator.get(f"/people/{him(service)}").text)
    assert page.count("Closed: say why to read it") == 2
    assert "No incident that you may read names this person" in page and "Mosswood" not in page


def relate(client: FlaskClient, page: str, **told: str) -> int:
    return client.post(page, data=TOLD | told).status_code


def test_R2_a_relationship_keeps_who_told_it_and_leads_to_both(
    service: Flask, rep: FlaskClient, coordinator: FlaskClient
) -> None:
    case = case_of(service, "Larkrise")
    page = f"/cases/{case.id}/people/{case.victim_id}/relationships/new"
    assert "Gareth Moss" in rep.get(page).text
    assert relate(rep, page, other="new", forename="Wren", surname="Larkrise") == 303
    hers = text(coordinator.get(f"/people/{case.victim_id}").text)
    assert "Parent of Wren Larkrise Fact" in hers
    assert "Told by Priya Raman, Haven Northtest" in hers and "How they know: school record" in hers
    with service.app_context(), acting.service():
        child = db.session.scalars(select(PersonRow.id).where(PersonRow.forename == "Wren")).one()
    page = text(coordinator.get(f"/people/{child}").text)
    assert "Child of Niamh Larkrise" in page and "C-000001 Child" in page


def test_a_relationship_is_refused_where_something_is_left_out(service: Flask, rep: FlaskClient) -> None:
    case = case_of(service, "Larkrise")
    page = f"/cases/{case.id}/people/{case.victim_id}/relationships/new"
    answer = rep.post(page, data={"other": "new", "author": "Typed", "forename": "Kept"})
    assert answer.status_code == 422
    for problem in ("Choose what they are", "Enter the surname", "Choose whether it", "how they know"):
        assert problem in answer.text
    assert 'value="Typed"' in answer.text and 'value="Kept"' in answer.text
    other = case_of(service, "Quillfeather").victim_id
    assert relate(rep, page, other=str(other)) == 422, "she is not on this case"
    assert relate(rep, page.replace(str(case.victim_id), str(other)), other="new", surname="X") == 404


def test_R2_only_the_agency_that_told_a_relationship_takes_it_away(
    service: Flask, rep: FlaskClient, coordinator: FlaskClient
) -> None:
    case = case_of(service, "Larkrise")
    relate(rep, f"/cases/{case.id}/people/{case.victim_id}/relationships/new", other=str(case.perpetrator_id))
    with service.app_context(), acting.service():
        told = db.session.scalars(select(RelationshipRow.id)).one()
    page = f"/cases/{case.id}/relationships/{told}/remove"
    why = {"why": "It was his cousin, not his father."}
    assert coordinator.get(page).status_code == coordinator.post(page, data=why).status_code == 403
    assert "Parent of" not in text(rep.get(page).text) and "parent of" in text(rep.get(page).text)
    assert rep.post(page, data={"why": "no"}).status_code == 422
    assert rep.post(page, data=why).status_code == 303
    assert rep.post(page, data=why).status_code == 409
    seen = coordinator.get(f"/people/{case.victim_id}").text
    assert "<s><strong>Parent of" in seen and why["why"] in seen


@pytest.mark.parametrize("confidential", ["yes", "no"])
def test_a_household_is_known_by_the_addresses_that_are_shown_and_no_others(
    service: Flask, coordinator: FlaskClient, rep: FlaskClient, confidential: str
) -> None:
    case = case_of(service, "Larkrise")
    page = f"/cases/{case.id}/people/{{}}/address"
    told = {"kind": "home", "text": "4 Mill Lane\nZZ1 1AA", "author": "Priya", "source": "seen there",
            "knows": "yes", "confidential": "no", "why_not": "They live there together."}  # fmt: skip
    assert rep.post(page.format(case.perpetrator_id), data=told).status_code == 303
    hers = told | {"text": "4, Mill Lane, ZZ1 1AA", "confidential": confidential}
    assert rep.post(page.format(case.victim_id), data=hers).status_code == 303
    seen = text(coordinator.get(f"/people/{case.perpetrator_id}").text)
    assert ("At the same address, as far as addresses are shown to you: Niamh" in seen) == (
        confidential == "no"
    )
    assert "4 Mill Lane" in seen


def test_the_case_leads_to_its_people(service: Flask, coordinator: FlaskClient) -> None:
    case = case_of(service, "Larkrise")
    page = coordinator.get(f"/cases/{case.id}").text
    assert f'href="/people/{case.victim_id}"' in page and f'href="/people/{case.perpetrator_id}"' in page


def test_who_searches_finds_people_with_their_cases_and_why(service: Flask, coordinator: FlaskClient) -> None:
    page = search(coordinator, "gareth mos 30/11/1988")
    found = page.partition("People, the likeliest first")[2].partition("Cases by number")[0]
    assert "Gareth Moss" in found and "Date of birth: agrees" in found
    assert "C-000001" in found and "C-000002" in found


@pytest.mark.parametrize("typed", ["%", "_%", "' OR 1=1 --", "s:%|", "\x00", "🜁" * 50, "\U0010ffff" * 10])
def test_what_is_no_name_finds_nobody_and_harms_nothing(coordinator: FlaskClient, typed: str) -> None:
    answer = coordinator.post("/search", data={"words": typed})
    assert answer.status_code in (200, 422) and "Larkrise" not in answer.text


def test_born_on_a_day_finds_who_was(service: Flask, coordinator: FlaskClient) -> None:
    assert date(1991, 3, 4).isoformat() == FIRST["victim_dob"]
    assert "Niamh Larkrise" in search(coordinator, "4.3.1991")


def test_the_relationship_that_an_incident_tells_is_on_the_page_with_who_told_it(
    service: Flask, signed_in: SignIn
) -> None:
    feed(service, within_monday(victim_surname="Larkrise", relationship="former partner",
                                occurrence_number="TELLS", **HIM))  # fmt: skip
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    page = text(client.get(f"/people/{him_of(service, 'Larkrise')}").text)
    assert "No relationship has been added here." in page
    assert "former partner As told by the police, TELLS" in page


def him_of(service: Flask, victim: str) -> UUID:
    found = case_of(service, victim).perpetrator_id
    assert found is not None
    return found


def test_M6_a_hidden_name_that_begins_so_hides_nobody_whose_name_holds_it(
    service: Flask, signed_in: SignIn
) -> None:
    hidden = within_monday(victim_nominal="V-3", victim_surname="Ashby", perpetrator_nominal="P-3")
    held = within_monday(victim_nominal="V-4", victim_surname="Washby", perpetrator_nominal="P-4")
    feed(service, hidden, held)
    client = signed_in(Role.COORDINATOR)
    client.post(f"/lists/{MONDAY}/build")
    assert "Ashby" in text(search(client, "ashby"))
    wall_off(service, Role.COORDINATOR, "Ashby")
    page = search(client, "ashby")
    assert "Washby" in page and hidden["occurrence_number"] not in page
