"""The pages on which things are put on an agenda, decided on and taken off (Rulebook E1, E2, E4)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.panels import DREAM, ESP
from agenda.panels import MACE as PANEL
from agenda.rhythm import EveryDays
from agenda.subjects import SubjectKind
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AgencyPanelRow,
    AreaRow,
    CaseRow,
    ItemRow,
    LadderPlaceRow,
    MeetingRow,
    PersonRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases import exploitation_agendas
from meetingsvc.usecases.transaction import saved
from tests.a_ladder import came, ladder_of, referred
from tests.a_subject import a_subject, a_trait
from tests.a_wall import a_wall
from tests.an_exploitation_referral import runs_exploitation
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.pages import text

#: About pages, not about what a database does.
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
WHY = {"reason": "Three children were found there"}
MACE = "/panels/MACE/2026-11-23"
TODAY = replace(PANEL, rhythm=EveryDays(NOW.date(), 28))  # it sits on the day of these tests


@pytest.fixture
def runner(service: Flask, signed_in: SignIn) -> FlaskClient:
    """A coordinator who runs the panels of exploitation, where they are set up."""
    client = signed_in(Role.COORDINATOR)
    with service.app_context():
        row = AccountRow
        account = db.session.scalars(select(row.id).where(row.role == Role.COORDINATOR)).one()
        ladder_of(area(), runs_exploitation(account, NOW), DREAM, ESP, TODAY)
    return client


def area() -> UUID:
    return db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()


def who(client: FlaskClient) -> UUID:
    return db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()


@pytest.fixture
def park(service: Flask, runner: FlaskClient) -> UUID:
    """Something is told of it, so that nobody is asked why they open it."""
    with service.app_context(), saved():
        found = a_subject(area(), SubjectKind.PLACE, "Moor <b>Park")
        a_trait(area(), found, agency_named("Northtest Police"), who(runner))
        return found


def item(service: Flask) -> str:
    with service.app_context():
        return f"/items/{db.session.scalars(select(ItemRow.id)).one()}"


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def test_E2_a_place_is_put_on_from_its_page_read_and_taken_off(
    runner: FlaskClient, service: Flask, park: UUID
) -> None:
    assert f"/subjects/{park}/agenda" in runner.get(f"/places/{park}").text
    page = text(runner.get(f"/subjects/{park}/agenda"))
    assert "(MACE)" in page and "(ESP)" in page and "(DREAM)" not in page
    for wrong in ({"panel": "MACE", "reason": " "}, {"panel": "DREAM", **WHY}, WHY):
        assert runner.post(f"/subjects/{park}/agenda", data=wrong).status_code == 422
    assert runner.post(f"/subjects/{park}/agenda", data={"panel": "MACE", **WHY}).location == MACE
    agenda = runner.get(MACE)
    assert (
        "Places" in agenda.text and "Moor &lt;b&gt;Park" in agenda.text and "Level of risk" not in agenda.text
    )
    one = item(service)
    page = text(runner.get(f"{one}/outcome"))
    assert WHY["reason"] in page and "Take it off the agenda" in page and "Record the decision" not in page
    assert runner.post(f"{one}/ladder/take-off", data={"off_reason": " "}).status_code == 409
    assert runner.post(f"{one}/ladder/take-off", data={"off_reason": "The wrong park"}).status_code == 303
    assert "Moor" not in text(runner.get(MACE)).replace("Moor &lt;b&gt;Park is off", "")
    assert "The wrong park" in text(runner.get(f"/subjects/{park}/agenda"))


def test_E2_a_theme_is_put_on_from_the_page_of_its_panel(runner: FlaskClient, service: Flask) -> None:
    assert "/panels/MACE/put" in runner.get("/panels/MACE").text
    assert "/panels/DREAM/put" not in runner.get("/panels/DREAM").text
    assert runner.get("/panels/DREAM/put").status_code == 404
    assert "new theme" not in text(runner.get("/panels/ESP/put"))
    theme = {"what": "new theme", "title": "Holiday lets", **WHY}
    assert runner.post("/panels/MACE/put", data={**theme, "title": ""}).status_code == 422
    assert runner.post("/panels/MACE/put", data=theme).location == MACE
    page = text(runner.get(MACE))
    assert "Themes" in page and "Holiday lets" in page
    assert "Theme: Holiday lets" in text(runner.get("/panels/MACE/put"))
    with service.app_context():
        case = db.session.scalars(select(CaseRow.id).where(CaseRow.kind == "theme")).one()
    assert runner.get(f"/cases/{case}").status_code == 200
    assert runner.get(f"/cases/{case}/timeline").status_code == 200
    assert runner.get(f"/subjects/{case}/agenda").status_code == 200


def test_E1_it_is_kept_under_review_or_closed_at_its_page_and_named_before_the_meeting_closes(
    runner: FlaskClient, service: Flask, park: UUID
) -> None:
    assert runner.post("/panels/MACE/put", data={"what": str(park), **WHY}).status_code == 303
    one = item(service)
    assert runner.post(f"{MACE}/share").status_code == 303
    page = text(runner.get(f"{MACE}/close"))
    assert "Nothing was decided on 1 other on the agenda" in page and "Moor &lt;b&gt;Park" in page
    page = runner.get(f"{one}/outcome").text
    assert "Take it off" not in page and "Level of risk" not in page
    told = {"mark": hidden(page, "mark"), "verdict": "keep", "reason": "As the meeting heard"}
    for wrong in ({"verdict": "up"}, {"reason": " "}, {"review_on": "31 2 2027"}, {"review_on": "1 12 2028"}):
        assert runner.post(f"{one}/ladder", data=told | wrong).status_code == 422, wrong
    assert runner.post(f"{one}/ladder", data=told | {"review_on": "4 1 2027"}).status_code == 303
    assert "Kept under review" in text(runner.get(MACE))
    page = text(runner.get(f"{one}/outcome"))
    assert "As the meeting heard" in page and "4 January 2027" in page
    assert runner.post(f"{one}/ladder", data=told | {"verdict": "close"}).status_code == 409, "read it first"
    assert "MACE: Kept under review" in text(runner.get(f"/cases/{park}/timeline"))
    _an_action_is_set(runner, service, one)
    with service.app_context():
        meeting = db.session.scalars(select(MeetingRow.id)).one()
        came(runs_exploitation(who(runner), NOW), meeting, NOW)
    assert runner.post(f"{MACE}/close", data={"seen": "0"}).status_code == 303


def _an_action_is_set(runner: FlaskClient, service: Flask, one: str) -> None:
    """Of a category of exploitation, for an agency that attends and so can read what it is about."""
    with service.app_context(), saved():
        db.session.add(AgencyPanelRow(agency_id=agency_named("Northtest Homes"), code="MACE"))
        homes, police = agency_named("Northtest Homes"), agency_named("Northtest Police")
    page = runner.get(f"{one}/outcome").text
    told = {"key": hidden(page, "key"), "what": "Light the path", "owner": str(homes), "category": "place",
            "due": "15 12 2026"}  # fmt: skip
    assert "Managing the perpetrator" not in page and "Making a place safer" in page
    for wrong in ({"category": "victim"}, {"owner": str(police)}, {"due": "1 11 2026"}, {"due": "31 2 2027"}):
        answer = runner.post(f"{one}/ladder/actions", data=told | wrong)
        assert answer.status_code == 422 and "Light the path" in answer.text, wrong
    for _ in range(2):
        assert runner.post(f"{one}/ladder/actions", data=told).status_code == 303
    with service.app_context():
        row = ActionRow
        assert [tuple(found) for found in db.session.execute(select(row.category, row.agency_id))] == [
            ("place", homes)
        ]
    assert "Light the path" in text(runner.get(f"{one}/outcome"))


def test_E1_a_child_on_an_agenda_shows_when_its_review_is_due_and_that_it_grows_out(
    runner: FlaskClient, service: Flask
) -> None:
    with service.app_context():
        child = referred(runs_exploitation(who(runner), NOW), NOW)
        with saved():
            case = db.session.get_one(CaseRow, child)
            db.session.get_one(PersonRow, case.victim_id).dob = date(2009, 1, 10)
            db.session.add(LadderPlaceRow(case_id=child, area_id=case.area_id, panel="MACE", joined="MACE"))
    with service.app_context(), saved():
        park = a_subject(area(), SubjectKind.PLACE, "Moor Park")
    assert runner.post("/panels/MACE/put", data={"what": str(park), **WHY}).status_code == 303
    with service.app_context(), saved(), acting.whole_area(area()):
        exploitation_agendas.compile_due(db.session.get_one(AreaRow, area()), "test", NOW)
    page = text(runner.get(MACE))
    assert page.index("Children") < page.index("Moor Park") and "Transition to be planned" in page
    assert "Review by" not in page
    with service.app_context(), saved():
        db.session.get_one(LadderPlaceRow, child).review_by = NOW.date() - timedelta(days=1)
    assert "Review overdue since" in text(runner.get(MACE))


def test_E4_M6_nobody_else_puts_anything_on_and_what_is_hidden_is_not_offered(
    runner: FlaskClient, signed_in: SignIn, service: Flask, park: UUID
) -> None:
    with service.app_context():
        a_wall(area(), park, who(runner))
    assert "Moor" not in runner.get("/panels/MACE/put").text
    assert runner.post("/panels/MACE/put", data={"what": str(park), **WHY}).status_code == 422
    assert runner.get(f"/subjects/{park}/agenda").status_code == 404
    assert runner.post(f"/subjects/{park}/agenda", data={"panel": "MACE", **WHY}).status_code == 404
    chair = signed_in(Role.CHAIR)  # runs domestic abuse alone
    for path in ("/panels/MACE/put", f"/subjects/{park}/agenda"):
        assert chair.get(path).status_code == chair.post(path, data=WHY).status_code == 404, path
    assert signed_in(Role.REPRESENTATIVE).get("/panels/MACE/put").status_code == 403
