"""The pages on which it is decided whether to share (Rulebook K4)."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.circulation import Group
from agenda.sharing import GOLDEN_RULES, WITHOUT_DELAY, Question
from meetingsvc.models import ItemRow, SharingRow, db
from meetingsvc.permissions import Role
from tests.a_marac import MONDAY, a_person, referred
from tests.web.conftest import SignIn, agency_named
from tests.web.pages import text

ASKED = {"asked_by": "A school nurse", "what": "That she has moved", "with_whom": "The school nurse",
         "purpose": "So that nobody tells him"}  # fmt: skip
YES = {"about": "Isla Sorrel"}


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def case(service: Flask) -> UUID:
    with service.app_context():
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR, "Morgan Ashdown")
        (item,) = referred(who, [Group.REPEAT_NO_SAFEGUARDS], MONDAY)
        return db.session.get_one(ItemRow, item).case_id


def begun(client: FlaskClient, **told: str) -> str:
    answer = client.post("/sharing/new", data=ASKED | told)
    assert answer.status_code == 303
    found = re.fullmatch("(/sharing/[0-9a-f-]{36})/question", answer.location)
    assert found
    return found[1]


def version(client: FlaskClient, page: str) -> str:
    (found,) = set(re.findall(r'name="version"[^>]* value="(\d+)"', client.get(f"{page}/question").text))
    return found


def replied(client: FlaskClient, page: str, reply: str, **beside: str) -> None:
    shown = client.get(f"{page}/question").text
    (asked,) = re.findall(r'name="question"[^>]* value="([a-z]+)"', shown)
    sent = {"question": asked, "version": version(client, page), "reply": reply, **beside}
    assert client.post(f"{page}/question", data=sent).status_code == 303, asked


def test_K4_a_sharing_from_the_first_question_to_the_decision(rep: FlaskClient) -> None:
    page = begun(rep)
    for question in (Question.PURPOSE, Question.IDENTIFIABLE, Question.CONSENT):
        shown = text(rep.get(f"{page}/question"))
        assert question.label in shown and WITHOUT_DELAY in shown
        assert all(rule in shown for rule in GOLDEN_RULES), "at hand on every page"
        replied(rep, page, "yes", **(YES if question is Question.IDENTIFIABLE else {}))
    for _ in ("necessary", "proportionate", "relevant"):
        replied(rep, page, "yes")
    assert rep.get(f"{page}/question").location == page, "nothing is left to ask"
    shown = text(rep.get(f"{page}/decide"))
    assert "Share it: what is needed" in shown
    now = re.findall(r'name="version"[^>]* value="(\d+)"', rep.get(f"{page}/decide").text)[0]
    empty = rep.post(f"{page}/decide", data={"version": now})
    assert empty.status_code == 422 and "Enter why you decide so" in text(empty)
    assert "Say whether the person knows of it" in text(empty)
    end = {"version": now, "why": "He asks every week.", "informed": "aware"}
    check = rep.post(f"{page}/decide", data=end)
    assert check.status_code == 200 and "cannot be changed" in text(check)
    assert "Not decided yet" in text(rep.get("/sharing")), "not before it is confirmed"
    assert rep.post(f"{page}/decide", data=end | {"confirmed": "1"}).status_code == 303
    shown = text(rep.get(page))
    assert "To be shared." in shown and "He asks every week." in shown and "They know already" in shown
    again = rep.post(f"{page}/decide", data=end | {"confirmed": "1"})
    assert again.status_code == 409 and "stays as it was decided" in text(again)


def test_K4_what_an_answer_asks_for_besides_stands_beside_it(rep: FlaskClient) -> None:
    page = begun(rep)
    replied(rep, page, "yes")
    sent = {"question": "identifiable", "version": version(rep, page), "reply": "yes"}
    answer = rep.post(f"{page}/question", data=sent)
    assert answer.status_code == 422 and "Enter whom it is about" in text(answer)
    assert rep.post(f"{page}/question", data=sent | {"reply": ""}).status_code == 422
    replied(rep, page, "no")
    assert Question.NECESSARY.label in text(rep.get(f"{page}/question")), "what names nobody needs no consent"


def test_K4_an_answer_may_be_changed_until_it_is_decided(rep: FlaskClient) -> None:
    page = begun(rep)
    replied(rep, page, "yes")
    assert Question.PURPOSE.label in text(rep.get(f"{page}/question?q=purpose"))
    sent = {"question": "purpose", "version": version(rep, page), "reply": "no"}
    assert rep.post(f"{page}/question", data=sent).status_code == 303
    assert "no clear and legitimate purpose" in text(rep.get(page))
    changed = ASKED | {"what": "That she is safe", "version": "3"}
    assert rep.post(f"{page}/details", data=changed).status_code == 303
    assert "That she is safe" in text(rep.get(page))


def test_K4_advice_comes_first_where_one_is_not_sure(rep: FlaskClient) -> None:
    page = begun(rep)
    replied(rep, page, "not sure")
    now = re.findall(r'name="version"[^>]* value="(\d+)"', rep.get(f"{page}/decide").text)[0]
    sent = {"version": now, "why": "Our data protection officer: is it a purpose?"}
    assert rep.post(f"{page}/decide", data=sent).status_code == 303
    shown = text(rep.get(page))
    assert "Waiting for advice." in shown and "data protection officer" in shown
    assert "1 decision that you began" in text(rep.get("/"))


def test_K4_what_is_missing_is_said_before_it_begins(service: Flask, rep: FlaskClient) -> None:
    answer = rep.post("/sharing/new", data={})
    shown = text(answer)
    assert answer.status_code == 422
    for said in ("Enter who asks for it", "Enter what would be shared", "Enter with whom", "Enter what for"):
        assert said in shown, said
    with service.app_context():
        assert db.session.scalar(select(SharingRow.id)) is None


def test_K1_on_a_case_the_recorded_consent_is_shown_and_the_decision_stands_there(
    coordinator: FlaskClient, case: UUID
) -> None:
    assert "Decide whether to share" in text(coordinator.get(f"/cases/{case}/sharing"))
    page = begun(coordinator, case=str(case))
    replied(coordinator, page, "no")
    now = re.findall(r'name="version"[^>]* value="(\d+)"', coordinator.get(f"{page}/decide").text)[0]
    end = {"version": now, "why": "Curiosity.", "confirmed": "1"}
    assert coordinator.post(f"{page}/decide", data=end).status_code == 303
    shown = text(coordinator.get(f"/cases/{case}/sharing"))
    assert "That she has moved" in shown and "Not to be shared" in shown


def test_M6_a_case_that_is_not_open_to_one_is_missing(rep: FlaskClient, case: UUID) -> None:
    for named in (str(uuid4()), "nothing"):
        assert rep.get(f"/sharing/new?case={named}").status_code == 404
        assert rep.post("/sharing/new", data=ASKED | {"case": named}).status_code == 404


def test_K4_what_was_decided_without_a_case_nobody_else_opens(
    rep: FlaskClient, coordinator: FlaskClient
) -> None:
    page = begun(rep)
    assert coordinator.get(page).status_code == 404
    assert "No decision is kept yet" in text(coordinator.get("/sharing"))
