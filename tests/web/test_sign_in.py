"""Signing in and out: equal answers, counted guesses, sessions that end."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from meetingsvc.models import AccountRow, AuditRow, SessionRow, SignInAttemptRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import audit, sessions
from meetingsvc.usecases import accounts
from meetingsvc.usecases.transaction import saved
from tests.authenticator import Authenticator
from tests.second_factor import give_passkey, touch
from tests.web.conftest import NOW, PASSWORD, agency_named
from tests.web.pages import text
from tests.web.routes import body

EMAIL = "wren@northtest.example"
DEVICE = Authenticator(counts=False)  # as most do: the same passkey on several devices


@pytest.fixture
def person(service: Flask) -> Flask:
    """Somebody who can sign in."""
    service.config["WTF_CSRF_ENABLED"] = False
    with service.app_context(), saved():
        police = agency_named("Northtest Police")
        who = accounts.create(police, Role.COORDINATOR, "Wren Ashdown", EMAIL, PASSWORD, "test", NOW)
        give_passkey(who, DEVICE, NOW)
    return service


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock to so long after NOW."""
    return lambda later: monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + later)


def sign_in(client: FlaskClient, password: str = PASSWORD, email: str = EMAIL, **told: str) -> TestResponse:
    """Both steps, or as far as one gets."""
    answer = half(client, password, email, **told)
    return touch(client, DEVICE) if answer.status_code == 302 else answer


def half(client: FlaskClient, password: str = PASSWORD, email: str = EMAIL, **told: str) -> TestResponse:
    computer = {"REMOTE_ADDR": told.get("computer", "192.0.2.1")}
    return client.post(
        "/sign-in" + told.get("query", ""), data={"email": email, "password": password}, environ_base=computer
    )


def token(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def test_whoever_cannot_sign_in_is_sent_to_somebody_who_can_help(person: Flask) -> None:
    page = text(person.test_client().get("/sign-in"))
    assert (
        "Ask your agency’s administrator, or the system administrator" in page and "coordinator" not in page
    )


def test_a_wrong_password_an_unknown_address_and_a_disabled_account_are_answered_alike(person: Flask) -> None:
    wrong = sign_in(person.test_client(), "not the password")
    unknown = sign_in(person.test_client(), email="nobody@northtest.example")
    with person.app_context(), saved():
        db.session.scalars(select(AccountRow).where(AccountRow.email == EMAIL)).one().disabled_at = NOW
    disabled = sign_in(person.test_client())
    assert wrong.status_code == unknown.status_code == disabled.status_code == 422
    same = body(wrong)
    assert body(disabled) == same
    assert body(unknown).replace("nobody@northtest.example", EMAIL) == same


def test_an_unknown_address_costs_as_much_as_a_wrong_password(
    person: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def check(kept: str, password: str) -> bool:
        checked.append(kept)
        return False

    monkeypatch.setattr("meetingsvc.usecases.sign_in.matches", check)
    sign_in(person.test_client(), email="nobody@northtest.example")
    sign_in(person.test_client())
    assert len(checked) == 2


def test_the_address_is_read_without_regard_to_case_or_blanks(person: Flask) -> None:
    assert sign_in(person.test_client(), email="  WREN@Northtest.example ").status_code == 302


def test_signing_in_takes_a_new_session_so_a_planted_one_is_worth_nothing(person: Flask) -> None:
    client = person.test_client()
    client.get("/sign-in")
    client.set_cookie("session", planted := "planted-by-somebody-else")
    sign_in(client)
    assert token(client) != planted
    thief = person.test_client()
    thief.set_cookie("session", planted)
    assert thief.get("/").status_code == 302


def test_a_session_before_signing_in_does_not_become_one_after(person: Flask) -> None:
    person.config["WTF_CSRF_ENABLED"] = True
    client = person.test_client()
    client.get("/sign-in")
    before = token(client)
    person.config["WTF_CSRF_ENABLED"] = False
    sign_in(client)
    assert token(client) != before
    thief = person.test_client()
    thief.set_cookie("session", before)
    assert thief.get("/").status_code == 302


def test_the_database_holds_no_cookie(person: Flask) -> None:
    client = person.test_client()
    sign_in(client)
    with person.app_context():
        assert token(client) not in list(db.session.scalars(select(SessionRow.key)))


def test_signing_out_ends_the_session_on_the_server(person: Flask) -> None:
    client = person.test_client()
    sign_in(client)
    old = token(client)
    answer = client.post("/sign-out")
    assert answer.status_code == 302 and "storage" in answer.headers["Clear-Site-Data"]
    client.set_cookie("session", old)
    assert client.get("/").status_code == 302
    with person.app_context():
        assert not list(db.session.scalars(select(SessionRow.key).where(SessionRow.account_id.is_not(None))))


def test_a_request_under_way_does_not_bring_an_ended_session_back(person: Flask) -> None:
    """A thief's request that began before the password was changed, and saves its session after."""
    thief = person.test_client()
    sign_in(thief)
    with person.app_context():
        row = db.session.scalars(select(SessionRow).where(SessionRow.account_id.is_not(None))).one()
        key, account_id = row.key, row.account_id
        assert account_id is not None
        with saved():
            sessions.end_all_of(account_id)
        with saved():
            assert not sessions.keep(key, {"_user_id": str(account_id)}, NOW)
            assert not sessions.rotate(key, "new", {"_user_id": str(account_id)}, NOW)
    assert thief.get("/").status_code == 302


def test_a_session_ends_after_ten_hours_however_busy(person: Flask, at: Callable[[timedelta], None]) -> None:
    client = person.test_client()
    sign_in(client)
    for minutes in range(10, 600, 10):
        at(timedelta(minutes=minutes))
        assert client.get("/me/details").status_code == 200
    at(timedelta(hours=10, seconds=1))
    assert client.get("/me/details").status_code == 302


def test_a_person_who_types_keeps_the_session_to_its_absolute_limit(
    person: Flask, at: Callable[[timedelta], None]
) -> None:
    client = person.test_client()
    sign_in(client)
    with person.app_context():
        lines = db.session.scalar(select(func.count()).select_from(AuditRow))
    for minutes in range(14, 600, 14):
        at(timedelta(minutes=minutes))
        answer = client.get("/still-here")
        assert (answer.status_code, answer.data) == (204, b"")
    at(timedelta(hours=10, seconds=1))
    assert client.get("/still-here").status_code == 302
    with person.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditRow)) == lines


LOST = "You were signed out before this was sent, so it was not saved."
KEPT = "reached its limit of ten hours"


def test_what_is_sent_after_the_session_was_ended_is_told_not_to_be_saved(person: Flask) -> None:
    client = person.test_client()
    sign_in(client)
    with person.app_context(), saved():
        db.session.execute(delete(SessionRow))
    sent = client.post(f"/items/{uuid4()}/outcome", data={"notes": "typed"})
    assert (sent.status_code, sent.location) == (302, "/sign-in?ended=1")
    told = client.get(sent.location).text
    assert (
        LOST in told
        and "press Back until you see the form" in told
        and "typed" not in told.replace("you typed", "")
    )
    assert LOST in sign_in(client, "wrong", query="?ended=1").text
    assert sign_in(client, query="?ended=1").location == "/"


def test_what_is_sent_after_ten_hours_waits_for_the_same_person_to_sign_in(
    person: Flask, at: Callable[[timedelta], None]
) -> None:
    client, path = person.test_client(), f"/items/{uuid4()}/outcome"
    sign_in(client)
    at(timedelta(hours=10, seconds=1))
    sent = client.post(path, data={"notes": "typed"})
    assert sent.location == "/sign-in?ended=kept"
    told = client.get(sent.location).text
    assert KEPT in told and "typed" not in told
    lands = sign_in(client).location
    assert "/again/drafts/" in lands
    page = client.get(lands).text
    assert f'action="{path}"' in page and ">typed</textarea>" in page.replace("\n", "")


@pytest.mark.parametrize("marker", ["", "?ended=", "?ended=2", "?ended=<b>Send+me+your+password</b>"])
def test_the_notice_says_nothing_an_address_tells_it_to(person: Flask, marker: str) -> None:
    text = person.test_client().get(f"/sign-in{marker}").text
    assert LOST not in text and KEPT not in text and "Send me" not in text


def test_V1_a_disabled_accounts_next_request_is_refused(person: Flask) -> None:
    client = person.test_client()
    sign_in(client)
    with person.app_context(), saved():
        db.session.scalars(select(AccountRow).where(AccountRow.email == EMAIL)).one().disabled_at = NOW
    assert client.get("/").status_code == 302


def test_ten_wrong_guesses_from_a_computer_close_the_account_to_it_alone(
    person: Flask, at: Callable[[timedelta], None]
) -> None:
    """So that nobody shuts the coordinator out at ten to eleven. The database counts, for all processes."""
    for _ in range(10):
        assert sign_in(person.test_client(), "guess").status_code == 422
    assert sign_in(person.test_client()).status_code == 429
    assert sign_in(person.test_client(), computer="192.0.2.99").status_code == 302
    at(timedelta(minutes=15, seconds=1))
    assert sign_in(person.test_client()).status_code == 302


def test_fifty_wrong_guesses_from_anywhere_close_an_account(
    person: Flask, at: Callable[[timedelta], None]
) -> None:
    for number in range(50):
        assert sign_in(person.test_client(), "guess", computer=f"192.0.2.{number}").status_code == 422
    assert sign_in(person.test_client(), computer="192.0.2.99").status_code == 429
    at(timedelta(minutes=15, seconds=1))
    assert sign_in(person.test_client()).status_code == 302


def test_an_account_that_does_not_exist_closes_alike(person: Flask) -> None:
    answers = [
        sign_in(person.test_client(), "guess", "nobody@northtest.example").status_code for _ in range(11)
    ]
    assert answers == [422] * 10 + [429]


def test_two_hundred_wrong_guesses_from_a_computer_close_it(person: Flask) -> None:
    for number in range(200):
        assert sign_in(person.test_client(), "guess", f"n{number}@northtest.example").status_code == 422
    assert sign_in(person.test_client()).status_code == 429
    assert sign_in(person.test_client(), computer="192.0.2.2").status_code == 302


def test_guesses_are_kept_without_addresses(person: Flask) -> None:
    sign_in(person.test_client(), "guess")
    with person.app_context():
        kept = [row.subject for row in db.session.scalars(select(SignInAttemptRow))]
        assert len(kept) == 3 and all(len(subject) == 64 and "wren" not in subject for subject in kept)
        assert audit.verify()[1] is None


@pytest.mark.parametrize(
    "wanted, leads_to",
    [
        ("/lists/2026-11-23", "/lists/2026-11-23"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("/%09/elsewhere.example/", "/"),
        ("/%0d%0aSet-Cookie:x=y", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_signing_in_one_lands_in_this_service(person: Flask, wanted: str, leads_to: str) -> None:
    answer = sign_in(person.test_client(), query=f"?next={wanted}")
    assert answer.status_code == 302 and answer.location == leads_to


def test_each_step_of_signing_in_leaves_a_trace(person: Flask) -> None:
    sign_in(person.test_client())
    sign_in(person.test_client(), "wrong")
    sign_in(person.test_client(), email="nobody@northtest.example")
    with person.app_context():
        lines = list(db.session.scalars(select(AuditRow).order_by(AuditRow.id)))[-4:]
    assert [line.action for line in lines] == [
        "password accepted", "signed in", "sign-in refused", "sign-in refused",
    ]  # fmt: skip
    assert [line.actor for line in lines[2:]] == ["nobody", "nobody"]
    assert lines[3].subject == "account/unknown" and "nobody@" not in str([vars(line) for line in lines])
