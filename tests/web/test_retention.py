"""The pages of yearly reviews, holds, what agencies are asked, and certificates (Rulebook L1-L3)."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from agenda.panels import Family
from meetingsvc import clock
from meetingsvc.models import (
    AccountRow,
    AgencyPanelRow,
    AgencyRow,
    CaseRow,
    DestructionRow,
    HearingRow,
    IncidentRow,
    RetentionAskRow,
    ReviewRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, destroyed_walls, wiped
from meetingsvc.usecases import alarms
from meetingsvc.usecases import retention as usecase
from meetingsvc.usecases.transaction import saved
from minutes.retention import State
from tests.a_retention import kept_of
from tests.a_wall import a_wall
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, within_monday
from tests.web.test_lists import text as words

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
PROPOSED = {"risk": "yes", "outcome": "keep all", "reason": "He is about"}


def text(answer: TestResponse) -> str:
    """The page as it reads."""
    return words(answer.text)


@pytest.fixture
def coordinator(service: Flask, signed_in: SignIn) -> FlaskClient:
    """Whose area has one case of more than a year ago, whose review the night has made."""
    client = signed_in(Role.COORDINATOR)
    feed(service, within_monday(**A))
    built(client)
    with service.app_context(), acting.service():
        with saved():
            db.session.execute(update(IncidentRow).values(recorded_day=date(2025, 11, 20)))
        usecase.fall_due(NOW)
    return client


def review(service: Flask) -> str:
    """The address of its page."""
    with service.app_context(), acting.service():
        return f"/retention/{db.session.scalars(select(ReviewRow.id)).one()}"


def test_L1_a_review_goes_from_the_first_page_to_two_peoples_decision(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    assert "1 due, the first since Friday 20 November" in text(coordinator.get("/"))
    base = review(service)
    assert base in coordinator.get("/retention").text
    assert "Last incident Thursday 20 November" in text(coordinator.get(base))
    wrong = coordinator.post(f"{base}/propose", data=PROPOSED | {"outcome": "destroy"})
    assert wrong.status_code == 422 and "all is kept" in text(wrong)
    done = coordinator.post(f"{base}/propose", data=PROPOSED, follow_redirects=True)
    assert "Proposed. A chair decides." in text(done)
    chair = signed_in(Role.CHAIR)
    assert "1 for a chair to decide" in text(chair.get("/"))
    page = text(chair.get(f"{base}/decide"))
    assert "Keep all, by Person 0" in page and "He is about" in page
    assert chair.post(f"{base}/decide", data={"steps": "0"}).status_code == 409
    decided = chair.post(f"{base}/decide", data={"steps": "1"}, follow_redirects=True)
    assert "Decided: all of it is kept." in text(decided)
    assert "No review is due." in text(coordinator.get("/retention"))


def test_L1_to_keep_some_is_offered_only_where_something_may_go_alone(
    service: Flask, coordinator: FlaskClient
) -> None:
    page = f"{review(service)}/propose"
    assert "Keep some" not in text(coordinator.get(page))
    told = PROPOSED | {"risk": "no", "outcome": "keep some"}
    assert coordinator.post(page, data=told).status_code == 422


def test_L1_what_stops_a_destruction_stands_on_its_page(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    base = review(service)
    coordinator.post(f"{base}/propose", data=PROPOSED | {"outcome": "destroy", "risk": "no"})
    chair = signed_in(Role.CHAIR)
    page = text(chair.get(f"{base}/decide"))
    assert "cannot be brought back" in page and "A meeting is to hear it" in page
    answer = chair.post(f"{base}/decide", data={"steps": "1"})
    assert answer.status_code == 409 and "A meeting is to hear it" in text(answer)
    assert "the review is due again" in text(chair.get(f"{base}/back")).lower()
    chair.post(f"{base}/back", data={"reason": "Ask the agencies first"})
    assert "Ask the agencies first" in text(coordinator.get(base))


def test_L3_an_agency_is_asked_on_its_first_page_and_answers(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    police = signed_in(Role.REPRESENTATIVE)
    assert "1 case to answer, the first by" in text(police.get("/"))
    asked = re.search(r"/retention/asked/[0-9a-f-]{36}", police.get("/retention/asked").text)
    assert asked
    assert police.post(asked[0], data={"holds": "keeps all"}).status_code == 422
    done = police.post(asked[0], data={"holds": "keeps all", "may_go": "no"}, follow_redirects=True)
    assert "Keeps all; is kept here" in text(done)
    assert "Is to be kept here" in text(coordinator.get(review(service)))


def test_L3_of_a_case_of_the_old_register_an_agency_is_told_when_it_was_heard(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    police = signed_in(Role.REPRESENTATIVE)
    asked = re.search(r"/retention/asked/[0-9a-f-]{36}", police.get("/retention/asked").text)
    assert asked and "Open the case" in text(police.get(asked[0]))
    with service.app_context(), acting.service(), saved():
        case = db.session.scalars(select(CaseRow)).one()
        db.session.add(HearingRow(area_id=case.area_id, case_id=case.id, source="history",
                                  heard_on=date(2025, 3, 4)))  # fmt: skip
        db.session.execute(delete(AgencyPanelRow))
    page = text(police.get(asked[0]))
    assert "before this service was used as well, on Tuesday 4 March 2025" in page
    assert "Open the case" not in page and "Thistlewood" not in page


def test_L1_information_governance_holds_a_case_by_its_reference_and_lifts_that(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    found = governance.post("/retention/holds", data={"reference": "C-000001"})
    assert found.status_code == 303
    page = governance.get(found.location)
    assert "Nothing holds it." in text(page) and "Thistlewood" not in page.text
    held = governance.post(found.location, data={"why": "inquiry", "reason": "It was asked for"},
                           follow_redirects=True)  # fmt: skip
    assert "Held for an inquiry, since" in text(held)
    assert "Held for an inquiry" in text(coordinator.get(review(service)))
    lift = governance.get(f"{found.location}/lift").text
    hold = re.search(r'name="hold"[^>]*value="([^"]+)"', lift) or re.search(r'value="([0-9a-f-]{36})"', lift)
    assert hold
    told = {"hold": hold[1], "reason": "The inquiry has ended"}
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(minutes=1))
    lifted = governance.post(f"{found.location}/lift", data=told, follow_redirects=True)
    assert "Nothing holds it." in text(lifted)


def test_M6_a_hold_is_set_by_nobody_from_whom_the_case_is_kept(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    with service.app_context(), acting.service():
        rows = select(AccountRow.id).where(AccountRow.role == Role.INFORMATION_GOVERNANCE)
        who, case = db.session.scalars(rows).one(), db.session.scalars(select(CaseRow)).one()
        a_wall(case.area_id, case.id, who)
    answer = governance.post("/retention/holds", data={"reference": "C-000001"})
    none = governance.post("/retention/holds", data={"reference": "C-000999"})
    assert answer.status_code == none.status_code == 422
    assert text(answer).replace("C-000001", "") == text(none).replace("C-000999", "")


def test_L2_a_certificate_says_who_and_when_and_nothing_of_what_it_was(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    with service.app_context(), acting.service(), saved():
        police = agency_named("Northtest Police")
        area_id = db.session.get_one(AgencyRow, police).area_id
        who = db.session.scalars(select(AccountRow.id).limit(1)).one()
        case = db.session.scalars(select(CaseRow.id)).one()
        db.session.execute(update(ReviewRow).values(due_on=date(2024, 1, 1)))
        made = kept_of(area_id, case, who, police)
    address = f"/certificates/{made['decision_id']}"
    for client in (coordinator, signed_in(Role.CHAIR), signed_in(Role.INFORMATION_GOVERNANCE)):
        assert address in client.get("/certificates").text
        page = text(client.get(address))
        assert "Proposed by Person 0" in page and "Records case: 1" in page
    assert signed_in(Role.REPRESENTATIVE).get(address).status_code == 403


def test_L2_what_became_of_a_case_is_found_by_its_reference_and_never_by_an_address(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    """One that a wall kept from who asks is answered as one that never was (M6)."""
    governance, chair = signed_in(Role.INFORMATION_GOVERNANCE), signed_in(Role.CHAIR)
    with service.app_context(), acting.service(), saved():
        police = agency_named("Northtest Police")
        area_id = db.session.get_one(AgencyRow, police).area_id
        walled = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.CHAIR)).one()
        made = kept_of(area_id, db.session.scalars(select(CaseRow.id)).one(), walled, police)
        gone = db.session.scalars(select(DestructionRow.case_id)).one()
        db.session.execute(update(DestructionRow).values(
            case_number=77, told_to=Family.ABUSE, walled=destroyed_walls.mark(walled, gone)))  # fmt: skip
        alarms.tell_sent_again(area_id, {1: 2}, clock.now())
    address = f"/certificates/{made['decision_id']}"
    for client in (coordinator, governance):
        answer = client.post("/certificates", data={"reference": "c-77"})
        assert address in answer.text and "1 issued for C-000077" in text(answer)
        assert "Case number C-000077" in text(client.get(address))
        assert "C-000077" not in client.get("/certificates").text
    for reference in ("C-000077", "C-000078"):
        answer = chair.post("/certificates", data={"reference": reference})
        assert address not in answer.text and f"No certificate for {reference}." in text(answer)
    for client in (chair, governance):
        assert "High-risk rows of the police feed" in client.get("/").text
        assert "2 high-risk rows of domestic abuse were put aside" in text(client.get("/alarms"))
    assert "High-risk rows of the police feed" not in coordinator.get("/").text
    assert address in chair.get("/certificates").text and "C-000077" not in chair.get(address).text
    answer = coordinator.post("/certificates", data={"reference": "seventy"})
    assert answer.status_code == 422 and "Enter a case reference, like C-000123" in text(answer)
    assert "C-000077" not in coordinator.get("/certificates?reference=C-000077").text


def test_L1_L3_information_governance_sees_what_goes_and_who_cannot_answer(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    """On its first page; it stops the one, and answers for the other."""
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    with service.app_context(), acting.service(), saved():
        case = db.session.scalars(select(CaseRow)).one()
        case_id = case.id
        db.session.execute(update(ReviewRow).values(state=State.TO_DESTROY))
        db.session.execute(update(AccountRow).where(AccountRow.role == Role.REPRESENTATIVE)
                           .values(disabled_at=NOW))  # fmt: skip
    page = text(governance.get("/"))
    assert "1 case to be destroyed tonight, unless you stop it" in page
    assert "agencies of which nobody can sign in to answer" in page
    page = governance.get("/retention/holds")
    base = f"/retention/holds/{case_id}"
    assert f"{base}/stop" in page.text and "Nobody of it can sign in to answer." in text(page)
    assert "Thistlewood" not in page.text
    assert governance.post(f"{base}/answer", data={}).status_code == 422
    asked = re.search(r'name="agency"[^>]*value="([0-9a-f-]{36})"', governance.get(f"{base}/answer").text)
    assert asked
    told = {"agency": asked[1], "why": "nobody", "holds": "held nothing", "may_go": "yes"}
    assert "time to answer is not over" in text(governance.post(f"{base}/answer", data=told))
    with service.app_context(), acting.service(), saved():
        db.session.execute(update(RetentionAskRow).values(asked_on=date(2026, 9, 1)))
    assert "nobody agrees for it" in text(governance.post(f"{base}/answer", data=told))
    told["may_go"] = "no"
    done = governance.post(f"{base}/answer", data=told, follow_redirects=True)
    assert "Answered for the agency." in text(done)
    said = "information governance: Nobody of it has an account that could answer"
    assert said in text(coordinator.get(review(service)))
    assert governance.post(f"{base}/stop", data={"reason": ""}).status_code == 422


def test_L2_a_destruction_that_is_not_complete_is_said_on_the_first_page(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient
) -> None:
    with service.app_context(), acting.service(), saved():
        police = agency_named("Northtest Police")
        area_id = db.session.get_one(AgencyRow, police).area_id
        who = db.session.scalars(select(AccountRow.id).limit(1)).one()
        db.session.execute(update(ReviewRow).values(due_on=date(2024, 1, 1)))
        made = kept_of(area_id, db.session.scalars(select(CaseRow.id)).one(), who, police)
    governance, certificate = signed_in(Role.INFORMATION_GOVERNANCE), f"/certificates/{made['decision_id']}"
    for client in (governance, signed_in(Role.SYSTEM_ADMINISTRATOR)):
        assert "own files: it is not complete" in text(client.get("/"))
    assert "own files" not in text(coordinator.get("/")), "it cannot mend it"
    assert "Not complete yet" in text(governance.get(certificate))
    with service.app_context(), acting.service(), saved():
        wiped.is_up_to(1, NOW)
    assert "not complete" not in text(governance.get("/"))
    assert "Not complete yet" not in text(governance.get(certificate))
