"""After a restore the service answers nobody, then who runs meetings, then everybody (security.md D8)."""

from datetime import timedelta

import pytest
from flask import Flask

from meetingsvc.permissions import Role
from meetingsvc.store.restored import Closed
from meetingsvc.usecases import restoring
from tests.a_token import Machine
from tests.web.conftest import NOW, SignIn

WORDS = "restored from a backup"


@pytest.fixture
def closed(service: Flask) -> Flask:
    with service.app_context():
        restoring.close(NOW - timedelta(hours=5), NOW)
    return service


def reopen(service: Flask, to: Closed | None) -> None:
    with service.app_context():
        restoring.reopen(to, NOW)


def test_D8_it_is_closed_to_all(closed: Flask, signed_in: SignIn) -> None:
    """Also to a session that begins afterwards, and to what needs no sign-in."""
    for client in (closed.test_client(), signed_in(Role.COORDINATOR)):
        for path in ("/", "/sign-in", "/lists", f"/calendar/feed/{'k' * 43}.ics"):
            answer = client.get(path)
            assert answer.status_code == 503 and WORDS in answer.text, path
    with closed.test_client().get("/static/app.css") as style:
        assert style.status_code == 200
    said = Machine(closed.test_client(), "msvc_" + "k" * 43).send({})
    assert said.status_code == 503 and WORDS in said.text


def test_D8_those_who_run_meetings_come_in_first(closed: Flask, signed_in: SignIn) -> None:
    reopen(closed, Closed.TO_OTHERS)
    visitor = closed.test_client()
    assert visitor.get("/").status_code == 302 and visitor.get("/sign-in").status_code == 200
    for role, status in ((Role.COORDINATOR, 200), (Role.CHAIR, 200), (Role.REPRESENTATIVE, 503)):
        assert signed_in(role).get("/").status_code == status, role
    assert Machine(closed.test_client(), "msvc_" + "k" * 43).send({}).status_code == 503
    reopen(closed, None)
    assert signed_in(Role.REPRESENTATIVE).get("/").status_code == 200
    assert Machine(closed.test_client(), "msvc_" + "k" * 43).send({}).status_code == 401
