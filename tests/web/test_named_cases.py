"""An agency that has not signed, in a named case, on the pages: its own and the panel's (Rulebook V1, X5)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.calendar import local_day
from agenda.named_case import TERMS
from meetingsvc.models import AuditRow, CaseRow, PersonRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.usecases import agencies
from meetingsvc.usecases.transaction import saved
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, within_monday

ADDRESS = "12 Hiding Place, XY9 9ZZ"
REFUGE = "Northtest Refuge"
LAST = local_day(NOW) + timedelta(days=14)
UNTIL = [str(LAST.day), str(LAST.month), str(LAST.year)]
WHY, WORDS = "She stays in their refuge.", "Do not let him in: he may ring at night."


@pytest.fixture
@remembered
def case(service: Flask, signed_in: SignIn) -> str:
    with service.app_context(), saved():
        area = areas.by_name("northtest")
        assert area is not None
        agencies.create(area.id, REFUGE, AgencyKind.VOLUNTARY, None, "test", NOW)
    feed(service, within_monday(**A, victim_address=ADDRESS))
    return built(signed_in(Role.COORDINATOR))


@pytest.fixture
def coordinator(signed_in: SignIn, case: str) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def chair(signed_in: SignIn, case: str) -> FlaskClient:
    return signed_in(Role.CHAIR)


@pytest.fixture
def guest(signed_in: SignIn, case: str) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE, agency=REFUGE)


def refuge(client: FlaskClient, case: str) -> str:
    """The agency, as the form offers it: it alone has not signed."""
    (found,) = re.findall(r'name="agency"[^>]*value="([0-9a-f-]{36})"', client.get(f"{case}/parts/new").text)
    return str(found)


def proposed(coordinator: FlaskClient, case: str, **other: Any) -> str:
    sent = {"agency": refuge(coordinator, case), "why": WHY, "until": UNTIL, **other}
    answer = coordinator.post(f"{case}/parts/new", data=sent)
    assert answer.status_code == 303, text(answer)
    return str(answer.location)


def allowed(coordinator: FlaskClient, chair: FlaskClient, case: str) -> str:
    part = proposed(coordinator, case)
    assert chair.post(f"{part}/decide", data={"decision": "allow"}).status_code == 303
    return part


def taking_part(coordinator: FlaskClient, chair: FlaskClient, guest: FlaskClient, case: str) -> str:
    part = allowed(coordinator, chair, case)
    assert guest.post(f"{part}/accept", data={"terms": list(TERMS)}).status_code == 303
    assert coordinator.post(f"{part}/tell", data={"words": WORDS}).status_code == 303
    return part


def people(service: Flask) -> list[str]:
    """Everything by which the case could be known."""
    with service.app_context():
        case = db.session.scalars(select(CaseRow)).one()
        found = db.session.scalars(select(PersonRow).where(PersonRow.area_id == case.area_id)).all()
        names = [name for one in found for name in (one.forename, one.surname) if name]
        return [*names, f"{case.number:06}", WHY]


def test_V1_from_the_proposal_to_the_agencys_answer(
    coordinator: FlaskClient, chair: FlaskClient, guest: FlaskClient, case: str
) -> None:
    assert "No agency takes part in this case alone" in text(coordinator.get(f"{case}/parts"))
    assert "takes part in no case now" in text(guest.get("/parts"))
    part = proposed(coordinator, case)
    assert guest.get(part).status_code == 404 and "/parts/" not in guest.get("/").text
    home = text(chair.get("/"))
    assert "Agencies in one case alone" in home
    assert "To be decided before its last day is over: due Monday 7 December" in home
    assert "Agencies in one case alone</h1>" in chair.get("/parts").text, "as its line on the first page"
    assert WHY in text(chair.get(f"{part}/decide"))
    assert chair.post(f"{part}/decide", data={"decision": "allow"}).status_code == 303
    home = text(guest.get("/"))
    assert "once somebody there accepts the terms" in home and str(LAST.year) in home
    assert guest.post(f"{part}/accept", data={"terms": list(TERMS)}).status_code == 303
    assert coordinator.post(f"{part}/tell", data={"words": WORDS}).status_code == 303
    assert WORDS in text(guest.get(part))
    sent = {"words": "She is afraid.", "kind": "fact", "source": "Her key worker"}
    assert guest.post(f"{part}/say", data=sent).status_code == 303
    for page in (part, f"{case}/parts"):
        told = text(coordinator.get(page))
        assert WORDS in told and "She is afraid." in told and "Her key worker" in told
    assert coordinator.post(f"{part}/end", data={"reason": "She moved on."}).status_code == 303
    assert guest.get(part).status_code == 404
    assert guest.post(f"{part}/say", data=sent).status_code == 404


def test_V1_its_page_says_the_terms_and_nobody_and_no_word_of_the_case_before(
    service: Flask, coordinator: FlaskClient, chair: FlaskClient, guest: FlaskClient, case: str
) -> None:
    part, known = allowed(coordinator, chair, case), people(service)
    for page in ("/", "/parts", part):
        told = text(guest.get(page))
        assert not [word for word in known if word in told], page
    for term in TERMS:
        assert term in text(guest.get(part))
    answer = guest.post(f"{part}/accept", data={"terms": list(TERMS[:2])})
    assert answer.status_code == 422 and "Accept each of the terms" in text(answer)


def test_V1_nothing_else_opens_to_it(
    coordinator: FlaskClient, chair: FlaskClient, guest: FlaskClient, case: str
) -> None:
    part = taking_part(coordinator, chair, guest, case)
    for page in (case, f"{case}/parts", f"{case}/parts/new", f"{part}/tell", f"{part}/end", f"{part}/decide",
                 "/lists", "/marac", "/search", "/actions", "/packs"):  # fmt: skip
        assert guest.get(page).status_code == 403, page


def test_V1_another_agencys_people_find_no_such_page(
    coordinator: FlaskClient, chair: FlaskClient, guest: FlaskClient, case: str, signed_in: SignIn
) -> None:
    part = taking_part(coordinator, chair, guest, case)
    rep = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    assert rep.get(part).status_code == 404 and REFUGE not in text(rep.get("/parts"))
    police = signed_in(Role.REPRESENTATIVE)  # attends the daily meeting, and may open the case
    told = text(police.get(f"{case}/parts"))
    assert REFUGE in told and WORDS not in told and WORDS not in text(police.get(part))
    assert police.post(f"{part}/say", data={"words": "x", "kind": "fact", "source": "y"}).status_code == 403


def test_X6_what_was_typed_stays_where_it_says_where_she_is(
    coordinator: FlaskClient, chair: FlaskClient, guest: FlaskClient, case: str
) -> None:
    part = taking_part(coordinator, chair, guest, case)
    answer = coordinator.post(f"{part}/tell", data={"words": f"She is at {ADDRESS} now"})
    assert answer.status_code == 422
    assert "can be found" in text(answer) and ADDRESS in text(answer)


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({"agency": ""}, "Choose the agency"),
        ({"why": " "}, "Say why this case needs the agency"),
        ({"until": ["1", "1", "2030"]}, "28 days from today at most"),
    ],
)
def test_V1_each_problem_stands_beside_its_field(
    coordinator: FlaskClient, case: str, sent: dict[str, Any], problem: str
) -> None:
    told = {"agency": refuge(coordinator, case), "why": WHY, "until": UNTIL, **sent}
    answer = coordinator.post(f"{case}/parts/new", data=told)
    assert answer.status_code == 422 and problem in text(answer)


def test_X5_who_proposed_it_does_not_decide_it(chair: FlaskClient, case: str) -> None:
    part = proposed(chair, case)
    assert "Decide" not in text(chair.get(part)).split("State")[0].replace("decides", "")
    answer = chair.post(f"{part}/decide", data={"decision": "allow"})
    assert answer.status_code == 422 and "another chair decides" in text(answer)
    assert "Agencies in one case alone" not in text(chair.get("/"))


def test_V5_opening_it_leaves_a_line_on_the_case(
    service: Flask, coordinator: FlaskClient, chair: FlaskClient, guest: FlaskClient, case: str
) -> None:
    part = taking_part(coordinator, chair, guest, case)
    guest.get(part)
    with service.app_context():
        line = db.session.scalars(
            select(AuditRow).where(AuditRow.action == "named_case.read").order_by(AuditRow.id.desc())
        ).first()
    assert line is not None and f"/cases/{line.case_id}" == case
