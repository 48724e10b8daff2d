"""Finding a child, a person of concern, a place or a group by what is known of them (Rulebook E2, M6)."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.panels import DREAM, ESP, MACE
from agenda.patterns import Trait
from agenda.subjects import SubjectKind
from meetingsvc.models import AccountRow, AgencyPanelRow, AreaRow, AuditRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.transaction import saved
from tests.a_ladder import ladder_of, referred
from tests.a_subject import a_subject, a_trait
from tests.a_wall import a_wall
from tests.an_exploitation_referral import runs_exploitation
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.pages import text

#: About pages, not about what a database does.
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
PLATE = "QX24 QZN"


@pytest.fixture
def runner(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def kit(service: Flask, runner: FlaskClient) -> UUID:
    """A child on the ladder, who is told of with a vehicle that a person of concern has, too."""
    with service.app_context():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        wren = runs_exploitation(account(Role.COORDINATOR), NOW)
        ladder_of(area, wren, DREAM, ESP, MACE)
        kit = referred(wren, NOW - timedelta(days=3))
        with saved():
            man = a_subject(area, SubjectKind.PERSON, "Bo Zabel")
            for one in (kit, man):
                a_trait(area, one, wren.agency_id, wren.account_id, Trait.VEHICLE, PLATE)
        return kit


def account(role: Role) -> UUID:
    return db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()


def found(client: FlaskClient, words: str) -> str:
    return text(client.post("/subjects", data={"words": words}))


def test_E2_whoever_runs_the_panels_finds_them_by_name_number_or_what_is_told(
    runner: FlaskClient, service: Flask, kit: UUID
) -> None:
    assert runner.post("/panels/DREAM/2026-11-23/build").status_code == 303
    page = runner.get("/subjects").text
    assert "Valewright" in page and f"/children/{kit}" in page and "DREAM, at its next meeting" in page
    assert "Bo Zabel" not in page, "no meeting hears him"
    assert "Valewright" in found(runner, "valew") and "Bo Zabel" not in found(runner, "valew")
    both = found(runner, "qx24qzn")
    assert "Valewright" in both and "Bo Zabel" in both
    assert "Nothing that you may open" in found(runner, "Somebody Else")
    assert runner.post("/subjects", data={"words": " "}).status_code == 422
    with service.app_context():
        lines = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "subject.list_read"))
        assert any(str(kit) in str(one) for one in lines), "who was shown whom is in the access log"


def test_M6_whom_one_is_kept_from_is_found_by_nothing(
    runner: FlaskClient, service: Flask, signed_in: SignIn, kit: UUID
) -> None:
    homes = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    assert homes.get("/subjects").status_code == 404, "it attends none of these meetings"
    with service.app_context(), saved():
        db.session.add(AgencyPanelRow(agency_id=agency_named("Northtest Homes"), code="DREAM"))
    assert "Valewright" not in text(homes.get("/subjects")), "where a child stands is for who runs it"
    with service.app_context():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        a_wall(area, kit, account(Role.COORDINATOR))
    assert "Valewright" not in text(runner.get("/subjects"))
    for words in ("valew", PLATE):
        assert "Valewright" not in found(runner, words)
