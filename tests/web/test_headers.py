"""What every answer carries, the cookie, and the token every form needs."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from meetingsvc.models import SessionRow, db
from meetingsvc.permissions import Role
from tests.web.conftest import SignIn
from tests.web.headers import check
from tests.web.routes import doors

pytestmark = pytest.mark.one_database


def test_every_answer_carries_the_headers(service: Flask, signed_in: SignIn) -> None:
    """Whatever it is: a redirect, a form sent back, an unknown address. At every door, those of a role are
    asked in `test_access`."""
    visitor = service.test_client()
    for door in doors(service):
        check(door.knock(visitor))
    for client in (visitor, *(signed_in(role) for role in Role)):
        for method, path in (("GET", "/sign-in"), ("GET", "/nothing-here"), ("PUT", "/")):
            check(client.open(path, method=method))


def test_the_nonce_is_new_each_time(service: Flask) -> None:
    client = service.test_client()
    policies = {client.get("/sign-in").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_static_files_are_kept_by_browsers(service: Flask) -> None:
    with service.test_client().get("/static/app.css") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


def cookie(answer: TestResponse) -> str:
    return next(c for c in answer.headers.getlist("Set-Cookie") if "session=" in c)


@pytest.fixture
def over_tls(service: Flask) -> FlaskClient:
    service.config.update(SESSION_COOKIE_NAME="__Host-session", SESSION_COOKIE_SECURE=True)
    return service.test_client()


def test_the_cookie_of_a_visitor_is_the_secret_of_their_forms_and_stores_nothing(service: Flask) -> None:
    told = cookie(service.test_client().get("/sign-in"))
    assert "HttpOnly" in told and "SameSite=Strict" in told and "Path=/" in told and "Domain" not in told
    assert re.match(r"session=[0-9a-f]{40}\.[\w-]{27};", told)
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(SessionRow)) == 0


def test_the_cookie_names_a_session_and_says_nothing_else(service: Flask, signed_in: SignIn) -> None:
    token = signed_in(Role.CHAIR).get_cookie("session")
    assert token is not None and re.fullmatch(r"[\w-]{43}", token.value)


def test_over_tls_the_cookie_is_bound_to_it(over_tls: FlaskClient) -> None:
    answer = over_tls.get("/sign-in", base_url="https://localhost")
    assert cookie(answer).startswith("__Host-session=") and "Secure" in cookie(answer)
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_every_post_needs_its_token(service: Flask, signed_in: SignIn) -> None:
    clients = {role: signed_in(role) for role in Role}
    service.config["WTF_CSRF_ENABLED"] = True
    found = [door for door in doors(service) if door.method == "POST"]
    for door in found:
        for role in door.roles:
            assert door.knock(clients[role]).status_code == 400, (door, role)
    for door in doors(service, public=True):
        if door.method == "POST":
            assert door.knock(service.test_client()).status_code == 400, door
    assert clients[Role.CHAIR].get("/").status_code == 200, "refused sign-outs signed nobody out"


def test_a_token_of_another_session_is_worth_nothing(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.SYSTEM_ADMINISTRATOR)
    service.config["WTF_CSRF_ENABLED"] = True
    page = service.test_client().get("/sign-in").get_data(as_text=True)
    stolen = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert stolen
    assert client.post("/agencies/new", data={"csrf_token": stolen[1]}).status_code == 400
    own = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/agencies/new").get_data(as_text=True)
    )
    assert own
    assert client.post("/agencies/new", data={"csrf_token": own[1]}).status_code == 422


def test_a_strange_host_is_refused(service: Flask) -> None:
    assert service.test_client().get("/sign-in", base_url="http://elsewhere.example").status_code == 400
