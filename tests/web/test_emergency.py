"""The pages of an emergency MARAC: asking on a case, the chair's answer, and where it shows (Rulebook M4)."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from meetingsvc.models import AccountRow, AreaRow, EmergencyAskRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.a_marac import an_agency, listed, people_rows
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, SignIn

WHY = "He is released tonight and knows where she is."
MONDAY = date(2026, 11, 23)


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.IDVA, agency="Haven Northtest")


@pytest.fixture
def chair(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.CHAIR)


@pytest.fixture
@remembered
def case(service: Flask) -> str:
    """The page of a case on today's list."""
    with service.app_context():
        area_id = db.session.scalars(select(AreaRow.id)).one()
        (item,) = listed(area_id, people_rows(1, MONDAY))
        return f"/cases/{db.session.get_one(ItemRow, item).case_id}"


def the_ask(service: Flask) -> tuple[UUID, EmergencyAskRow]:
    with service.app_context():
        row = db.session.scalars(select(EmergencyAskRow)).one()
        return row.id, row


def test_M4_a_representative_asks_on_the_case_and_sees_what_became_of_it(
    service: Flask, rep: FlaskClient, chair: FlaskClient, case: str
) -> None:
    assert f'href="{case}/emergency"' in rep.get(case).text
    empty = rep.post(f"{case}/emergency", data={"reason": " "})
    assert empty.status_code == 422 and "Choose how soon" in empty.text and "cannot wait" in empty.text
    assert rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY}).status_code == 303
    again = rep.post(f"{case}/emergency", data={"soon": "tomorrow", "reason": "Again."})
    assert again.status_code == 409 and "waits for the chair" in again.text and "Again." in again.text
    assert "waits for the chair" in rep.get("/").text and WHY in rep.get("/emergencies").text
    here = f"/emergencies/{the_ask(service)[0]}"
    assert f'href="{here}"' in chair.get("/").text and WHY in chair.get(here).text
    no = chair.post(here, data={"answer": "refuse", "why": ""})
    assert no.status_code == 422 and "Say why it is refused" in no.text
    assert chair.post(here, data={"answer": "refuse", "why": "Heard an hour ago."}).status_code == 303
    assert "Heard an hour ago." in rep.get("/emergencies").text and "refused" in rep.get("/").text


def test_M4_the_chair_accepts_with_a_time_after_seeing_who_is_told(
    service: Flask, rep: FlaskClient, chair: FlaskClient, case: str
) -> None:
    rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY})
    here, told = f"/emergencies/{the_ask(service)[0]}", {"answer": "accept", "day": "today", "time": "14:30"}
    for wrong, words in (("8:15", "has passed"), ("noon", "such as 14:30")):
        answer = chair.post(here, data=told | {"time": wrong})
        assert answer.status_code == 422 and words in answer.text and f'value="{wrong}"' in answer.text
    check = chair.post(here, data=told)
    assert check.status_code == 200 and "That cannot be taken back" in check.text
    assert chair.post(here, data=told | {"do": "change"}).status_code == 200
    with service.app_context():
        assert db.session.scalars(select(MeetingRow).where(MeetingRow.kind == "MARAC")).all() == []
    made = chair.post(here, data=told | {"do": "send"})
    agenda = rep.get(made.location).text
    assert (
        "Emergency MARAC of Monday 23 November 2026" in agenda and f"Called in an emergency: {WHY}" in agenda
    )
    assert "Emergency MARAC" in rep.get("/marac").text and "accepted" in rep.get("/").text
    assert chair.post(here, data=told | {"do": "send"}).status_code == 409
    with service.app_context():
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.group.is_not(None))).one()
    assert chair.get(f"/items/{item}/outcome").status_code == 200


def test_M4_nothing_is_decided_before_the_chair_chooses(
    service: Flask, rep: FlaskClient, chair: FlaskClient, case: str
) -> None:
    rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY})
    here = f"/emergencies/{the_ask(service)[0]}"
    answers = re.findall(r'<input[^>]*name="answer"[^>]*>', chair.get(here).text)
    assert len(answers) == 2 and not any("checked" in one for one in answers)
    unsaid = chair.post(here, data={"day": "today", "time": "14:30", "do": "send"})
    assert unsaid.status_code == 422 and "Choose what you decide" in unsaid.text
    with service.app_context():
        assert db.session.scalars(select(MeetingRow).where(MeetingRow.kind == "MARAC")).all() == []


def test_M4_who_asked_does_not_decide_and_a_coordinator_may_not(
    service: Flask, signed_in: SignIn, chair: FlaskClient, case: str
) -> None:
    chair.post(f"{case}/emergency", data={"soon": "tomorrow", "reason": WHY})
    here = f"/emergencies/{the_ask(service)[0]}"
    assert "so another chair decides" in chair.get(here).text
    own = {"answer": "accept", "day": "tomorrow", "time": "9:30", "do": "send"}
    assert chair.post(here, data=own).status_code == 409
    coordinator = signed_in(Role.COORDINATOR)
    assert coordinator.get(here).status_code == 403 and WHY in coordinator.get("/emergencies").text


def test_M4_on_the_first_page_it_stands_first_with_its_day_and_says_when_it_is_late(
    service: Flask, rep: FlaskClient, chair: FlaskClient, case: str
) -> None:
    rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY})
    page = chair.get("/").text
    assert page.index("Emergency MARAC asked for") < page.index("Daily meeting, ")
    assert "For Monday 23 November" in page and "waiting since" in page and "late</strong>" not in page
    key, _ = the_ask(service)
    with service.app_context(), saved():
        db.session.get_one(EmergencyAskRow, key).asked_at -= timedelta(days=1)
    for where in ("/", "/emergencies", f"/emergencies/{key}"):
        page = chair.get(where).text
        assert "Sunday 22 November" in page and "late</strong>" in page, where


def test_M4_M6_one_that_is_called_stands_apart_on_the_first_page_in_its_own_words(
    service: Flask, signed_in: SignIn, rep: FlaskClient, chair: FlaskClient, case: str
) -> None:
    rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY})
    assert "app-card--emergency" not in chair.get("/").text, "nobody has called it yet"
    told = {"answer": "accept", "day": "today", "time": "14:30", "do": "send"}
    made = chair.post(f"/emergencies/{the_ask(service)[0]}", data=told).location
    for client in (chair, rep):
        page = client.get("/").text
        assert page.index("Emergency MARAC today at 14:30") < page.index("Daily meeting, ")
        assert "An Emergency MARAC sits on this day too, at 14:30." in page
        assert f'href="{made}">Open the agenda of the Emergency MARAC' in page
        ordinary = page[page.index("Next MARAC") :]
        assert made not in ordinary and WHY not in page and "C-000001" not in page
    with service.app_context(), saved():
        idva = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.IDVA)).one()
        area_id = db.session.scalars(select(AreaRow.id)).one()
        a_wall(area_id, UUID(case.rpartition("/")[2]), idva)
    assert "app-card--emergency" not in rep.get("/").text, "to whom the case is hidden, so is the meeting"
    with service.app_context(), saved():
        sits = db.session.scalars(select(MeetingRow).where(MeetingRow.emergency > 0)).one()
        sits.ended_at = sits.starts_at
    assert "app-card--emergency" not in chair.get("/").text, "it has ended"


def test_M2_M4_its_research_page_has_the_children_and_why_it_was_called(
    service: Flask, signed_in: SignIn, rep: FlaskClient, chair: FlaskClient
) -> None:
    child = {"children": "Wren Moss|2019-05-03|Y|victim", "children_present": "Y"}
    with service.app_context():
        area_id = db.session.scalars(select(AreaRow.id)).one()
        (item,) = listed(area_id, [people_rows(1, MONDAY)[0] | child])
        case = f"/cases/{db.session.get_one(ItemRow, item).case_id}"
        an_agency(area_id, "Northtest School", marac=False, daily=True)
    rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY})
    told = {"answer": "accept", "day": "today", "time": "14:30", "do": "send"}
    meeting_id = chair.post(f"/emergencies/{the_ask(service)[0]}", data=told).location.rpartition("/")[2]
    marac_alone = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    for client in (rep, marac_alone):
        page = client.get(f"/research/{meeting_id}").text
        assert f"Called in an emergency: {WHY}" in page and "Children: 1: Wren Moss (7)" in page
        assert "Research for the Emergency MARAC of Monday 23 November 2026" in page
    daily = signed_in(Role.REPRESENTATIVE, agency="Northtest School")
    assert daily.get(f"/research/{meeting_id}").status_code == 404, "it does not attend the MARAC"


def test_M4_governance_reads_of_one_that_no_chair_decided_in_time(
    service: Flask, signed_in: SignIn, rep: FlaskClient, case: str
) -> None:
    chair, governance = signed_in(Role.CHAIR), signed_in(Role.INFORMATION_GOVERNANCE)
    rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY})
    assert "no chair has decided in time" not in governance.get("/tickets").text
    with service.app_context(), acting.service(), saved():
        db.session.execute(update(EmergencyAskRow).values(asked_at=NOW - timedelta(days=1)))
    page = governance.get("/tickets").text
    assert "no chair has decided in time" in page and "C-000001" in page and WHY not in page
    assert chair.get("/tickets").status_code == 403


def test_M4_who_asks_where_no_chair_can_decide_is_told_so_and_governance_reads_of_it(
    signed_in: SignIn, rep: FlaskClient, case: str
) -> None:
    told = rep.post(f"{case}/emergency", data={"soon": "today", "reason": WHY}, follow_redirects=True).text
    assert "no chair can decide it" in told and "The chair is asked" not in told
    page = signed_in(Role.INFORMATION_GOVERNANCE).get("/tickets").text
    assert "An emergency MARAC that no chair can decide" in page and "C-000001" in page and WHY not in page
