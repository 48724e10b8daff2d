"""The pages of breaches, from raising one to closing it."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from agenda.breach_duties import Duty
from agenda.breach_telling import REGULATOR
from meetingsvc.models import AccountRow, AgencyRow, BreachRow, CaseRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from tests.web.conftest import SignIn
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, within_monday
from tests.web.test_lists import text as words

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
RAISED = {"what": "A list went to a wrong address", "detected_on": ["23", "11", "2026"],
          "detected_at": "08:00", "unsafe_now": "no"}  # fmt: skip
HOMES = "Northtest Homes"


def text(answer: TestResponse) -> str:
    """The page as it reads."""
    return words(answer.text)


@pytest.fixture
def governance(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.INFORMATION_GOVERNANCE)


@pytest.fixture
def rep(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


def key(service: Flask) -> UUID:
    """Of the one breach there is."""
    with service.app_context(), acting.service():
        return db.session.scalars(select(BreachRow.id)).one()


def officer(service: Flask, agency: str) -> UUID:
    """The one of information governance who is there."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    with service.app_context(), acting.service():
        governs = AccountRow.role == Role.INFORMATION_GOVERNANCE
        return db.session.scalars(rows.where(governs, AgencyRow.name == agency)).one()


def post(client: FlaskClient, path: str, **form: Any) -> None:
    answer = client.post(path, data=form)
    assert answer.status_code == 303, text(answer)
    shown = text(client.get(answer.location))
    assert "Recorded." in shown


def test_V3_from_raising_to_closing(service: Flask, rep: FlaskClient, governance: FlaskClient) -> None:
    assert "You have raised no breach" in text(rep.get("/breaches/mine"))
    assert "No breach waits" in text(governance.get("/breaches"))
    assert "Deal with breaches" in text(governance.get("/"))
    answer = rep.post("/breaches/new", data=RAISED)
    assert (answer.status_code, answer.location) == (303, "/breaches/mine")
    shown = text(rep.get("/breaches/mine"))
    assert "Information governance is told" in shown and "raised" in shown
    assert re.search("BRE-[0-9]{6}", shown)
    page = f"/breaches/{key(service)}"
    assert rep.get(page).status_code == 403
    home = text(governance.get("/"))
    assert "1 to deal with" in home and "due Tuesday 24 November" in home
    index = text(governance.get("/breaches"))
    assert "1 to deal with" in index and "The regulator: due Thursday 26 November at 08:00" in index
    assert "take it on" in text(governance.get(page))
    post(governance, f"{page}/step", step="take on")
    assert "tell the other agency’s data protection officer" in text(governance.get(page))
    partner = re.findall(r'<option value="([0-9a-f-]{36})">', governance.get(f"{page}/concerned").text)[0]
    post(governance, f"{page}/concerned", sort="partner", agency=partner)
    post(governance, f"{page}/concerned", sort="affected", called="A neighbour", perpetrator="no")
    post(governance, f"{page}/opinion", agency=partner, whom=REGULATOR, tell="yes")
    post(governance, f"{page}/decide", whom=REGULATOR, tell="yes", reason="A safe address was shown",
         alone="No agency is known whose information it is")  # fmt: skip
    person = re.findall(r'value="([0-9a-f-]{36})"[^>]*>', governance.get(f"{page}/decide").text)[0]
    post(governance, f"{page}/opinion", agency=partner, whom=person, tell="no")
    post(governance, f"{page}/decide", whom=person, tell="no", reason="It would frighten them for nothing")
    for duty in Duty:
        post(governance, f"{page}/told", duty=duty.value, on=["23", "11", "2026"], at="08:10")
    post(governance, f"{page}/step", step="close", reason="Two people look now")
    shown = text(governance.get(page))
    assert "Closed" in shown and "done in time" in shown and "Two people look now" in shown
    assert "closed" in text(governance.get("/breaches"))


def test_V3_who_brought_it_about_is_named_as_it_is_raised_and_finds_no_page(
    service: Flask, rep: FlaskClient, governance: FlaskClient, signed_in: SignIn
) -> None:
    second = signed_in(Role.INFORMATION_GOVERNANCE, HOMES)
    box = str(officer(service, HOMES))
    assert f'value="{box}"' in rep.get("/breaches/new").text
    assert rep.post("/breaches/new", data={**RAISED, "involved": [str(uuid4())]}).status_code == 422
    assert rep.post("/breaches/new", data={**RAISED, "involved": [box]}).status_code == 303
    page = f"/breaches/{key(service)}"
    assert "Named in it Nobody" not in text(governance.get(page))
    missing = second.get(f"/breaches/{uuid4()}")
    for path in (page, f"{page}/step", f"{page}/exposed", f"{page}/concerned"):
        answer = second.get(path)
        assert (answer.status_code, text(answer)) == (404, text(missing))
    assert "BRE-" not in text(second.get("/breaches")) and "1 to deal with" not in text(second.get("/"))


def test_V3_an_officer_who_names_themselves_is_led_away_from_it(
    service: Flask, rep: FlaskClient, governance: FlaskClient, signed_in: SignIn
) -> None:
    signed_in(Role.INFORMATION_GOVERNANCE, HOMES)
    rep.post("/breaches/new", data=RAISED)
    page = f"/breaches/{key(service)}"
    me = officer(service, "Northtest Police")
    answer = governance.post(f"{page}/concerned", data={"sort": "involved", "account": str(me)})
    assert (answer.status_code, answer.location) == (303, "/breaches")
    assert "somebody else deals with it" in text(governance.get("/breaches"))
    assert governance.get(page).status_code == 404


def test_V3_nobody_affected_is_recorded_with_why(
    service: Flask, rep: FlaskClient, governance: FlaskClient
) -> None:
    rep.post("/breaches/new", data=RAISED)
    page = f"/breaches/{key(service)}"
    post(governance, f"{page}/step", step="take on")
    assert "record whom it affects, or why nobody" in text(governance.get(page))
    answer = governance.post(f"{page}/concerned", data={"sort": "nobody"})
    assert answer.status_code == 422 and "Say why nobody is affected" in text(answer)
    post(governance, f"{page}/concerned", sort="nobody", why="Only the rota was sent")
    shown = text(governance.get(page))
    assert "Nobody: Only the rota was sent" in shown and "record whom it affects" not in shown


def test_V3_what_is_missing_stands_beside_its_field(rep: FlaskClient) -> None:
    answer = rep.post("/breaches/new", data={})
    shown = text(answer)
    assert answer.status_code == 422
    for said in ("Say what happened", "Enter when it was detected", "unsafe now because of it"):
        assert said in shown
    unsafe = {**RAISED, "unsafe_now": "yes"}
    assert "Do that first" in text(rep.post("/breaches/new", data=unsafe))
    for cases, said in (("C-000099", "There is no case C-000099"), ("him", "Enter case references")):
        assert said in text(rep.post("/breaches/new", data={**RAISED, "cases": cases}))


def test_V3_every_form_says_what_it_needs(service: Flask, rep: FlaskClient, governance: FlaskClient) -> None:
    rep.post("/breaches/new", data=RAISED)
    page = f"/breaches/{key(service)}"
    post(governance, f"{page}/step", step="take on")
    for form, sent, said in (
        ("step", {}, "Choose what you do"),
        ("step", {"step": "close"}, "Say what was learnt"),
        ("told", {"duty": "chair", "needless": "Small", "on": ["23", "11", "2026"], "at": "08:10"},
         "told of every breach"),
        ("concerned", {"sort": "partner"}, "Choose the agency"),
        ("concerned", {"sort": "involved"}, "Choose the person"),
        ("concerned", {"sort": "affected", "called": "He"}, "Say whether they are a perpetrator"),
        ("concerned", {"sort": "case", "reference": "x"}, "Enter a case reference"),
        ("opinion", {}, "Choose the agency"),
        ("decide", {"whom": REGULATOR, "tell": "yes"}, "Say why"),
    ):  # fmt: skip
        assert governance.get(f"{page}/{form}").status_code == 200
        answer = governance.post(f"{page}/{form}", data=sent)
        assert answer.status_code == 422 and said in text(answer), (form, text(answer))


def test_V3_what_is_refused_is_said_above_the_form_and_nothing_typed_is_lost(
    service: Flask, rep: FlaskClient, governance: FlaskClient
) -> None:
    rep.post("/breaches/new", data=RAISED)
    page = f"/breaches/{key(service)}"
    post(governance, f"{page}/step", step="take on")
    answer = governance.post(f"{page}/concerned", data={"sort": "case", "reference": "C-000099"})
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "There is no case C-000099" in text(answer)
    assert 'value="C-000099"' in shown


def test_V3_who_was_exposed_to_what(service: Flask, signed_in: SignIn, governance: FlaskClient) -> None:
    coordinator = signed_in(Role.COORDINATOR)
    feed(service, within_monday(**A))
    built(coordinator)
    with service.app_context(), acting.service():
        case_id, number = db.session.execute(select(CaseRow.id, CaseRow.number)).one()
    coordinator.get(f"/cases/{case_id}")
    coordinator.post("/breaches/new", data={**RAISED, "cases": f"c-{number}"})
    page = f"/breaches/{key(service)}"
    shown = text(governance.get(page))
    assert "Victim of case 1" in shown and "which you may not open" in shown
    shown = text(governance.get(f"{page}/exposed"))
    assert "Opened a case" in shown and "Case 1" in shown
    long_ago = "first=1&first=11&first=2020&last=2&last=11&last=2020"
    assert "Nobody opened anything" in text(governance.get(f"{page}/exposed?{long_ago}"))


def test_V3_that_it_is_none_waits_for_a_second_person_or_says_that_there_is_nobody(
    service: Flask, rep: FlaskClient, governance: FlaskClient
) -> None:
    rep.post("/breaches/new", data=RAISED)
    page = f"/breaches/{key(service)}"
    answer = governance.post(f"{page}/step", data={"step": "find that it is none", "reason": "Nothing shown"})
    assert answer.status_code == 303
    shown = text(governance.get(page))
    assert "nobody else can: ask for a second person to be invited" in shown
    assert "Find that it is none: said by" in shown and "Nothing shown" in shown
    assert "two people say so" not in text(governance.get(f"{page}/step"))


def test_V3_one_that_nobody_can_deal_with_stands_among_the_alarms_of_chairs(
    service: Flask, rep: FlaskClient, signed_in: SignIn
) -> None:
    chair = signed_in(Role.CHAIR)
    assert "Nobody of information governance" not in text(chair.get("/alarms"))
    rep.post("/breaches/new", data=RAISED)
    shown = text(chair.get("/alarms"))
    assert re.search("Nobody of information governance can deal with BRE-[0-9]{6}", shown)
    governance = signed_in(Role.INFORMATION_GOVERNANCE)
    assert "can deal with BRE" not in text(governance.get("/alarms"))
    assert "can deal with BRE" not in text(chair.get("/alarms"))


def test_V3_a_chair_says_the_same_where_nobody_else_of_governance_can(
    service: Flask, rep: FlaskClient, governance: FlaskClient, signed_in: SignIn
) -> None:
    chair = signed_in(Role.CHAIR)
    assert rep.post("/breaches/new", data=RAISED).status_code == 303
    page = f"/alarms/breaches/{key(service)}"
    assert "waits for a second person" not in text(chair.get("/alarms"))
    assert chair.get(page).status_code == chair.get(f"/alarms/breaches/{uuid4()}").status_code == 404
    step = {"step": "find that it is none", "reason": "It reached nobody"}
    assert governance.post(f"/breaches/{key(service)}/step", data=step).status_code == 303
    assert "waits for a second person" in text(chair.get("/alarms")) and page in chair.get("/alarms").text
    shown = text(chair.get(page))
    assert RAISED["what"] in shown and "It reached nobody" in shown
    assert governance.get(page).status_code == rep.get(page).status_code == 403
    assert chair.post(page, data={"reason": " "}).status_code == 422
    answer = chair.post(page, data={"reason": "I looked too"})
    assert answer.status_code == 303 and "it is no breach" in text(chair.get(answer.location))
    assert "Found to be none" in text(governance.get(f"/breaches/{key(service)}"))
    assert chair.get(page).status_code == 404
