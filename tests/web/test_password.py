"""Changing one's own password."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import AccountRow, AuditRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.password import generated
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import PASSWORD, SignIn
from tests.web.pages import text
from tests.web.routes import doors

NEW = "heron lantern ditch"


def change(client: FlaskClient, present: str = PASSWORD, new: str = NEW, again: str | None = None) -> str:
    answer = client.post(
        "/password", data={"present": present, "new": new, "again": new if again is None else again}
    )
    return f"{answer.status_code} {text(answer)}"


def must_change(service: Flask) -> None:
    with service.app_context(), saved():
        db.session.scalars(select(AccountRow)).one().must_change_password = True


def test_the_new_password_opens_and_the_old_one_does_not(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.CHAIR)
    elsewhere = signed_in(Role.CHAIR)
    assert change(client).startswith("303")
    assert client.get("/").status_code == 200, "still signed in here"
    assert elsewhere.get("/").status_code == 302, "signed out everywhere else"
    fresh = service.test_client()
    data = {"email": "person0@northtest.example", "password": PASSWORD}
    assert fresh.post("/sign-in", data=data).status_code == 422
    assert fresh.post("/sign-in", data=data | {"password": NEW}).status_code == 302
    with service.app_context():
        assert "password.changed" in list(db.session.scalars(select(AuditRow.action)))


@pytest.mark.parametrize(
    "told, said",
    [
        ({"present": "wrong"}, "This is not the password you have now"),
        ({"present": ""}, "Enter the password you have now"),
        ({"new": "short"}, "Enter 12 to 128 characters"),
        ({"again": "heron lantern dutch"}, "Enter the same new password twice"),
        ({"new": PASSWORD}, "The new password is the old one"),
    ],
)
def test_what_is_wrong_is_said(signed_in: SignIn, told: dict[str, str], said: str) -> None:
    answer = change(signed_in(Role.CHAIR), **told)
    assert answer.startswith("422") and said in answer


@pytest.mark.parametrize(
    "new, said",
    [
        ("Password2026!!", "lists of passwords"),
        ("qwerty123456", "lists of passwords"),
        ("ababababababab", "lists of passwords"),
        ("Person0 Person0", "anybody would try"),
        ("person0@northtest", "anybody would try"),
        ("MARAC meeting 2026", "anybody would try"),
        ("meetingsvc-0000", "anybody would try"),
        ("x" * 129, "Enter 12 to 128 characters"),
    ],
)
def test_what_others_guess_is_refused(signed_in: SignIn, new: str, said: str) -> None:
    answer = change(signed_in(Role.CHAIR), new=new)
    assert answer.startswith("422") and said in answer


@pytest.mark.parametrize(
    "new", ["пароль о трёх словах", "heron  lantern  ditch", "🦆🦆🦆 pond reeds", "vfyq68bptb8wgct4" * 8]
)
def test_any_characters_will_do(signed_in: SignIn, new: str) -> None:
    assert change(signed_in(Role.CHAIR), new=new).startswith("303")


def test_guesses_at_the_present_password_count(signed_in: SignIn) -> None:
    client = signed_in(Role.CHAIR)
    for _ in range(10):
        assert change(client, present="guess").startswith("422")
    assert change(client).startswith("429")


@pytest.mark.one_database
def test_a_password_that_somebody_else_has_seen_opens_only_this_page(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.COORDINATOR)
    must_change(service)
    for door in doors(service):
        if Role.COORDINATOR in door.roles and "/password" not in str(door):
            answer = door.knock(client)
            assert (answer.status_code, answer.location) == (302, "/password"), door
    assert "Choose a password of your own" in text(client.get("/password"))
    assert change(client).startswith("303")
    assert client.get("/").status_code == 200


def test_signing_out_stays_possible(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    must_change(service)
    assert client.post("/sign-out").location == "/sign-in"


def test_a_made_up_password_is_new_each_time_and_long_enough() -> None:
    made = {generated() for _ in range(100)}
    assert len(made) == 100 and all(len(password) == 19 for password in made)
