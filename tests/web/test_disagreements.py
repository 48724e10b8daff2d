"""The pages of disagreements, from raising one to the record of appendix 5."""

import re
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from agenda.disagreement_form import FIELDS, OF_CHILD
from meetingsvc.models import AccountRow, AgencyRow, DisagreementRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from tests.web.conftest import SignIn
from tests.web.test_lists import text as words

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
RAISED = {"kind": "professional", "about": "No assessment was made", "unsafe_now": "no"}
TYPED = {one.name: f"typed {one.name}" for one in FIELDS if one.needed and one.name not in OF_CHILD}
FORM = {**TYPED, "nature": ["referral"]}


def text(answer: TestResponse) -> str:
    """The page as it reads."""
    return words(answer.text)


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


@pytest.fixture
def other(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.IDVA, agency="Haven Northtest")


def raised(service: Flask, client: FlaskClient, **told: Any) -> str:
    """The address of a new one, against the other agency."""
    with service.app_context(), acting.service():
        against = db.session.scalars(select(AgencyRow.id).where(AgencyRow.name == "Haven Northtest")).one()
    answer = client.post("/disagreements/new", data={**RAISED, "against": [str(against)], **told})
    assert answer.status_code == 303, text(answer)
    assert "Recorded." in text(client.get(answer.location))
    return str(answer.location)


def act(client: FlaskClient, page: str, what: str) -> None:
    answer = client.post(f"{page}/act", data={"what": what, "said": "It was tried"})
    assert (answer.status_code, answer.location) == (303, page), text(answer)
    assert "Recorded." in text(client.get(page))


def test_V4_on_no_case_whoever_is_named_is_told_of_beside_the_field(
    service: Flask, rep: FlaskClient, other: FlaskClient
) -> None:
    with service.app_context(), acting.service():
        name = db.session.scalars(select(AccountRow.name).where(AccountRow.role == Role.IDVA)).one()
    answer = rep.post("/disagreements/new", data={**RAISED, "about": f"Ask {name} why"})
    assert answer.status_code == 422 and "name nobody" in text(answer) and 'href="#about"' in answer.text
    page = raised(service, rep)
    answer = rep.post(f"{page}/act", data={"what": "to step 2", "said": f"{name} did not answer"})
    assert answer.status_code == 422 and 'href="#said"' in answer.text
    act(rep, page, "to step 2")


def test_V4_from_raising_to_the_record(
    service: Flask, rep: FlaskClient, other: FlaskClient, signed_in: SignIn
) -> None:
    assert "No disagreement is open" in text(rep.get("/disagreements"))
    page = raised(service, rep)
    assert "1 to deal with" in text(other.get("/")) and "due Monday 30 November, 5 working days" in text(
        other.get("/")
    )
    shown = text(other.get("/disagreements"))
    assert "1 open" in shown and "1. practitioners discuss it" in shown
    act(other, page, "answer")
    act(rep, page, "to step 2")
    act(rep, page, "to step 3")
    answer = rep.post(f"{page}/act", data={"what": "to step 4", "said": "By herself"})
    assert answer.status_code == 422, "their manager is somebody else"
    assert "This record is not made yet" in text(rep.get(f"{page}/form"))
    manager = signed_in(Role.IDVA)
    act(manager, page, "to step 4")
    act(manager, page, "to step 5")
    assert "Record for the safeguarding partnership" in text(rep.get(page))
    assert "The agency that escalates fills it in" in text(other.get(f"{page}/form"))
    wrong = rep.post(f"{page}/form", data={})
    assert wrong.status_code == 422 and "Choose what the difference is about" in text(wrong)
    day = ["4", "12", "2026"]
    sent = {**FORM, "agreed_what_1": "Assess", "agreed_whose_1": "Social care", "agreed_by_1": day}
    refused = rep.post(f"{page}/form", data={**sent, "child": "Her"})
    assert refused.status_code == 422 and "belongs on a case" in text(refused)
    answer = rep.post(f"{page}/form", data=sent)
    assert answer.status_code == 303, text(answer)
    shown = text(other.get(f"{page}/form"))
    assert "typed details" in shown and "Friday 4 December 2026" in shown
    assert 'value="typed by_name"' in rep.get(f"{page}/form").text
    assert rep.get(f"{page}/record.pdf").status_code == 404
    made = rep.post(f"{page}/file")
    phrase = re.search(r'app-passphrase">([^<]+)<', made.text)
    assert made.status_code == 200 and phrase
    file = rep.get(f"{page}/record.pdf")
    assert file.headers["Content-Disposition"] == 'attachment; filename="record.pdf"'
    told = "".join(one.extract_text() for one in PdfReader(BytesIO(file.data), password=phrase[1]).pages)
    assert "typed details" in told and "Stage 5" in told


def test_V4_what_is_missing_stands_beside_its_field(service: Flask, rep: FlaskClient) -> None:
    answer = rep.post("/disagreements/new", data={})
    assert answer.status_code == 422
    for said in ("Choose what it is", "Say what the disagreement is about", "whose decision you challenge"):
        assert said in text(answer)
    for reference, said in (("C-000099", "There is no case C-000099"), ("her", "Enter a case reference")):
        assert said in text(rep.post("/disagreements/new", data={**RAISED, "reference": reference}))
    page = raised(service, rep)
    answer = rep.post(f"{page}/act", data={})
    assert answer.status_code == 422
    assert "Choose what you do" in text(answer) and "Put it in writing" in text(answer)


def test_B_a_third_agency_finds_nothing(service: Flask, rep: FlaskClient, signed_in: SignIn) -> None:
    page = raised(service, rep)
    with service.app_context(), acting.service():
        assert db.session.get_one(DisagreementRow, UUID(page.rpartition("/")[2]))
    for role in (Role.AGENCY_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE):
        assert signed_in(role).get(page).status_code == 403
    chair = signed_in(Role.CHAIR)
    assert "There is nothing for you to do now" in text(chair.get(f"{page}/act"))


def test_V4_an_agency_of_one_is_told_the_way_on_at_its_managers_step(
    service: Flask, rep: FlaskClient, other: FlaskClient, signed_in: SignIn
) -> None:
    chair = signed_in(Role.CHAIR)
    page = raised(service, rep)
    assert "line manager or safeguarding lead of" not in text(rep.get(page))
    act(rep, page, "to step 2")
    act(rep, page, "to step 3")
    shown = text(rep.get(page))
    assert "its administrator invites them" in shown and "who records it for them" in shown
    assert "which has nobody here to record it" in text(chair.get(f"{page}/act"))
    act(chair, page, "to step 4")
    assert "Disagreement" in text(other.get(page)) and "4. between the managers" in text(rep.get(page))
    signed_in(Role.IDVA)
    assert "There is nothing for you to do now" in text(chair.get(f"{page}/act"))


def test_V4_the_other_sides_coordinator_is_offered_no_step_that_is_refused(
    service: Flask, rep: FlaskClient, other: FlaskClient, signed_in: SignIn
) -> None:
    page = raised(service, rep)
    act(rep, page, "to step 2")
    act(rep, page, "to step 3")
    ours = signed_in(Role.COORDINATOR)
    assert "which has nobody here to record it" in text(ours.get(page)), "the raiser has no manager"
    theirs = signed_in(Role.COORDINATOR, agency="Haven Northtest")
    assert "nothing for you to do now" in text(theirs.get(f"{page}/act"))
    assert theirs.post(f"{page}/act", data={"what": "to step 4", "said": "So"}).status_code == 422
