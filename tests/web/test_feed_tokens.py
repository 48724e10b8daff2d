"""The page of records systems: tokens are made with a second factor, shown once, revoked after a question."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from meetingsvc.cli import commands
from meetingsvc.config import Settings
from meetingsvc.models import AuditRow, FeedTokenRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.usecases import areas as making
from tests.a_token import Held, a_token
from tests.web.conftest import NOW, SignIn

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
SHOWN = re.compile(r"msvc_[\w-]{43}")


def held(service: Flask) -> Held:
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        return a_token(area.id)


def test_B_who_administers_makes_no_token(signed_in: SignIn) -> None:
    client = signed_in(Role.SYSTEM_ADMINISTRATOR)
    assert client.get("/machines").status_code == 403
    assert client.post("/machines", data={"force": "Northtest Police"}).status_code == 403


def test_A20_a_token_made_this_week_is_on_the_home_page_of_who_would_know_of_it(
    service: Flask, signed_in: SignIn
) -> None:
    signed_in(Role.COORDINATOR).post("/machines", data={"force": "Northtest Police"})
    said = "A token for Northtest Police’s records system was made by "
    for role in (Role.COORDINATOR, Role.CHAIR, Role.INFORMATION_GOVERNANCE):
        page = signed_in(role).get("/").text
        assert said in page and ('href="/machines">See the tokens' in page) == (role is Role.COORDINATOR)
    assert said not in signed_in(Role.SYSTEM_ADMINISTRATOR).get("/").text
    with service.app_context():
        db.session.scalars(select(FeedTokenRow)).one().created_at = NOW - timedelta(days=8)
        db.session.commit()
    assert said not in signed_in(Role.CHAIR).get("/").text


def test_a_token_is_shown_once(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    assert "No system sends anything yet" in client.get("/machines").text
    page = client.post("/machines", data={"force": " Northtest   Police "})
    (token,) = set(SHOWN.findall(page.text))
    assert page.status_code == 200 and "shown this once" in page.text
    after = client.get("/machines").text
    assert token not in after and "Northtest Police" in after and "Never" in after
    with service.app_context():
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "machine.token_made")).one()
        row = db.session.scalars(select(FeedTokenRow)).one()
    assert row.force == "Northtest Police" and line.subject == f"feed_token/{row.id}" and line.detail == {}


def test_a_page_loaded_again_makes_no_second_token(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    (key,) = re.findall(r'name="key"[^>]*value="([^"]+)"', client.get("/machines").text)
    assert client.post("/machines", data={"force": "Northtest Police", "key": key}).status_code == 200
    again = client.post("/machines", data={"force": "Northtest Police", "key": key})
    assert again.status_code == 422 and "was made already" in again.text and not SHOWN.search(again.text)
    with service.app_context():
        assert len(db.session.scalars(select(FeedTokenRow)).all()) == 1


@pytest.mark.parametrize("force", ["", "   ", "x" * 101])
def test_a_force_has_a_name(service: Flask, signed_in: SignIn, force: str) -> None:
    page = signed_in(Role.COORDINATOR).post("/machines", data={"force": force})
    assert page.status_code == 422 and "There is a problem" in page.text
    assert not SHOWN.search(page.text)


def test_revoking_asks_first_and_is_said_in_the_log(service: Flask, signed_in: SignIn) -> None:
    client, token = signed_in(Role.COORDINATOR), held(service)
    address = f"/machines/{token.token_id}/revoke"
    assert "cannot be undone" in client.get(address).text
    for _ in range(2):
        assert client.post(address).status_code == 303
    assert "Revoked" in client.get("/machines").text and "It was revoked" in client.get(address).text
    with service.app_context():
        actions = db.session.scalars(
            select(AuditRow.action).where(AuditRow.action == "machine.revoked")
        ).all()
        row = db.session.get_one(FeedTokenRow, token.token_id)
    assert len(actions) == 1 and row.revoked_at == NOW and row.revoked_by is not None


def test_another_areas_token_is_none(service: Flask, signed_in: SignIn) -> None:
    client, token = signed_in(Role.COORDINATOR), held(service)
    with service.app_context():
        row = db.session.get_one(FeedTokenRow, token.token_id)
        row.area_id = _elsewhere()
        db.session.commit()
    assert client.post(f"/machines/{token.token_id}/revoke").status_code == 404
    assert "No system sends" in client.get("/machines").text


def _elsewhere() -> UUID:
    return making.create("southtest", NOW.date(), NOW)


def test_the_description_is_behind_sign_in_and_says_every_status(service: Flask, signed_in: SignIn) -> None:
    for path in ("/machines/description", "/machines/openapi.json"):
        assert service.test_client().get(path).status_code == 302
        assert signed_in(Role.REPRESENTATIVE).get(path).status_code == 403
    client = signed_in(Role.COORDINATOR)
    told, page = client.get("/machines/openapi.json").json, client.get("/machines/description").text
    for path, methods in (told or {})["paths"].items():
        assert path in page and all(status in page for status in methods["post"]["responses"])
    for word in ("victim_surname", "Idempotency-Key", "standard, medium, high", "child_surname"):
        assert word in page


def test_a_token_is_made_on_the_command_line(
    settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEETINGSVC_DATABASE_URL", settings_for_tests.database_url)
    monkeypatch.setenv("MEETINGSVC_DATA_DIR", str(settings_for_tests.data_dir))
    run = CliRunner().invoke
    assert run(commands, ["area", "create", "northmoor", "--lists-from", "2026-11-02"]).exit_code == 0
    made = run(commands, ["feed", "token", "create", "--area", "northmoor", "--force", "Northmoor Police"])
    assert made.exit_code == 0 and SHOWN.fullmatch(made.stdout.strip())
    assert run(commands, ["feed", "token", "create", "--area", "nowhere", "--force", "x"]).exit_code != 0
