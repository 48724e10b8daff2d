"""Sessions that sleep and wake, that ask again before what cannot be taken back, and that end from afar."""

import io
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from meetingsvc.models import AccountRow, AuditRow, DraftRow, SessionRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import drafts
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import guard
from meetingsvc.web.browsers import family
from tests.second_factor import code
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.routes import doors

IDLE, ABSOLUTE, A_SECOND = timedelta(minutes=15), timedelta(hours=10), timedelta(seconds=1)
At = Callable[[timedelta], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Moves the clock to so long after NOW."""
    return lambda later: monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + later)


@pytest.fixture
def person(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


def prove(client: FlaskClient, path: str, later: timedelta) -> TestResponse:
    """With the code that the app shows so long after NOW."""
    return client.post(path, data={"code": code(NOW + later)})


def token(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    assert found is not None
    return found.value


def test_a_session_is_locked_after_fifteen_idle_minutes_and_not_a_second_before(
    person: FlaskClient, at: At
) -> None:
    at(IDLE)
    assert person.get("/").status_code == 200
    at(2 * IDLE + A_SECOND)
    answer = person.get("/actions?all=1")
    assert (answer.status_code, answer.location) == (302, "/again?next=/actions?all%3D1")


def test_one_code_and_no_password_carries_on_where_one_was(person: FlaskClient, at: At) -> None:
    before, later = token(person), IDLE + A_SECOND
    at(later)
    lock = person.get("/actions").location
    shown = person.get(lock)
    assert "cache" in shown.headers["Clear-Site-Data"]
    page = text(shown)
    assert "Carry on where you were" in page and "Password" not in page and "Person 0" not in page
    answer = prove(person, lock, later)
    assert (answer.status_code, answer.location) == (303, "/actions")
    assert person.get("/actions").status_code == 200
    assert token(person) != before, "a new key"


@pytest.mark.one_database
def test_a_locked_session_opens_nothing_by_any_door(service: Flask, signed_in: SignIn, at: At) -> None:
    client = signed_in(Role.COORDINATOR)
    at(IDLE + A_SECOND)
    for door in doors(service):
        answer = door.knock(client)
        assert answer.status_code in (302, 303) and answer.location.startswith("/again"), door


def test_a_wrong_code_opens_nothing_and_counts(person: FlaskClient, at: At) -> None:
    at(IDLE + A_SECOND)
    for _ in range(10):
        assert person.post("/again", data={"code": "000000"}).status_code == 422
    assert prove(person, "/again", IDLE + A_SECOND).status_code == 429
    assert person.get("/").status_code == 302


def test_waking_does_not_move_the_absolute_limit(service: Flask, person: FlaskClient, at: At) -> None:
    for minutes in range(20, 600, 20):
        later = timedelta(minutes=minutes)
        at(later)
        assert prove(person, "/again", later).status_code == 303
    at(ABSOLUTE + A_SECOND)
    answer = person.get("/")
    assert answer.status_code == 302 and answer.location.startswith("/sign-in")


def test_polling_does_not_keep_a_session_awake(
    service: Flask, person: FlaskClient, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = service.view_functions["home.show"]

    def polls() -> object:
        answer = service.make_response(view())
        answer.polls = True  # type: ignore[attr-defined]
        return answer

    polls.needs = view.needs  # type: ignore[attr-defined]
    monkeypatch.setitem(service.view_functions, "home.show", polls)
    for minutes in (5, 10, 15):
        at(timedelta(minutes=minutes))
        assert person.get("/").status_code == 200
    at(IDLE + A_SECOND)
    assert person.get("/").status_code == 302


def step_up_door(client: FlaskClient, **told: object) -> TestResponse:
    """A form that needs a second factor of the last ten minutes."""
    return client.post("/again-needed", data={"reason": "as typed\nin two lines", "many": ["1", "2"]} | told)


@pytest.fixture
def sent(service: Flask, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, list[str]]]:
    """What a route that asks again was sent."""
    got: list[dict[str, list[str]]] = []

    def view() -> str:
        got.append({name: values for name, values in guard.request.form.lists() if name[0] != "_"})
        return "done"

    monkeypatch.setattr(service, "_got_first_request", False)
    marked = guard.needs("home:read", step_up=True)(view)
    service.add_url_rule("/again-needed", "again_needed", marked, methods=["GET", "POST"])
    return got


def test_ten_minutes_after_the_second_factor_it_is_asked_again(
    person: FlaskClient, at: At, sent: list[dict[str, list[str]]]
) -> None:
    at(guard.CONFIRMED_FOR)
    assert person.get("/again-needed").status_code == 200
    later = guard.CONFIRMED_FOR + A_SECOND
    at(later)
    asked = person.get("/again-needed")
    assert (asked.status_code, asked.location) == (302, "/again?next=/again-needed")
    assert "Confirm that it is you" in text(person.get(asked.location))
    assert person.get("/").status_code == 200, "only what asks for it is closed"
    assert prove(person, asked.location, later).location == "/again-needed"
    assert person.get("/again-needed").status_code == 200


@pytest.mark.parametrize("later", [guard.CONFIRMED_FOR + A_SECOND, IDLE + A_SECOND])
def test_what_was_typed_is_kept_and_sent_by_one_button(
    service: Flask, person: FlaskClient, at: At, sent: list[dict[str, list[str]]], later: timedelta
) -> None:
    at(later)
    asked = step_up_door(person)
    assert asked.status_code == 303 and sent == []
    kept = asked.location.partition("draft=")[2]
    assert person.get(f"/again/drafts/{kept}").status_code in (200, 302)
    lands = prove(person, asked.location, later).location
    assert lands == f"/again/drafts/{kept}"
    page = person.get(lands).text
    assert 'action="/again-needed"' in page and "as typed\nin two lines</textarea>" in page
    with service.app_context():
        assert b"typed" not in db.session.scalars(select(DraftRow.fields)).one(), "sealed"
    assert step_up_door(person, _draft=kept).status_code == 200
    assert sent == [{"reason": ["as typed\nin two lines"], "many": ["1", "2"]}]
    assert person.get(lands).status_code == 404, "it was used"


def test_a_draft_is_its_own_accounts_and_can_be_thrown_away(
    service: Flask, person: FlaskClient, signed_in: SignIn, at: At, sent: list[dict[str, list[str]]]
) -> None:
    other, later = signed_in(Role.IDVA), guard.CONFIRMED_FOR + A_SECOND
    at(later)
    asked = step_up_door(person).location
    lands = prove(person, asked, later).location
    assert other.get(lands).status_code == other.post(f"{lands}/discard").status_code == 404
    assert person.post(f"{lands}/discard").status_code == 303
    assert person.get(lands).status_code == 404


def test_signing_out_forgets_what_was_kept(
    service: Flask, person: FlaskClient, at: At, sent: list[dict[str, list[str]]]
) -> None:
    at(guard.CONFIRMED_FOR + A_SECOND)
    step_up_door(person)
    person.post("/sign-out")
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(DraftRow)) == 0


def test_a_draft_lives_ten_hours(service: Flask, person: FlaskClient) -> None:
    with service.app_context():
        who = db.session.scalars(select(AccountRow.id)).one()
        with saved():
            kept = drafts.keep(who, "/", [("a", "b")], NOW)
        assert drafts.one_of(who, kept, NOW + drafts.KEPT) is not None
        assert drafts.one_of(who, kept, NOW + drafts.KEPT + A_SECOND) is None
        with saved():
            drafts.forget(NOW + drafts.KEPT + A_SECOND)
        assert db.session.scalar(select(func.count()).select_from(DraftRow)) == 0


def test_a_file_cannot_be_kept_and_that_is_said(
    person: FlaskClient, at: At, sent: list[dict[str, list[str]]]
) -> None:
    at(guard.CONFIRMED_FOR + A_SECOND)
    asked = step_up_door(person, file=(io.BytesIO(b"rows"), "feed.csv"))
    assert asked.location == "/again?next=/again-needed&lost=1"
    assert "could not be kept" in text(person.get(asked.location))


def test_no_password_is_ever_kept(service: Flask, person: FlaskClient, at: At) -> None:
    at(IDLE + A_SECOND)
    answer = person.post("/password", data={"present": "a", "new": "b", "again": "b"})
    assert answer.location == "/again?next=/password&lost=1"
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(DraftRow)) == 0


def test_nobody_elses_page_plants_a_draft(service: Flask, person: FlaskClient, at: At) -> None:
    service.config["WTF_CSRF_ENABLED"] = True
    at(IDLE + A_SECOND)
    assert person.post("/actions", data={"typed": "x"}).status_code in (400, 405)
    assert person.post(f"/actions/{uuid4()}", data={"typed": "x"}).status_code == 400
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(DraftRow)) == 0


def ids(service: Flask) -> list[UUID]:
    with service.app_context():
        return list(db.session.scalars(select(SessionRow.id).order_by(SessionRow.seen_at.desc())))


def test_one_sees_where_one_is_signed_in_and_ends_it(service: Flask, signed_in: SignIn, at: At) -> None:
    thief, here, stranger = (signed_in(role) for role in (Role.IDVA, Role.IDVA, Role.CHAIR))
    page = text(here.get("/sessions"))
    assert page.count("last used") == 2 and "This one" in page
    with service.app_context():
        own = select(SessionRow.id).join(AccountRow, AccountRow.id == SessionRow.account_id)
        mine = set(db.session.scalars(own.where(AccountRow.role == Role.IDVA)))
    for session_id in mine:
        assert stranger.post(f"/sessions/{session_id}/end").status_code == 404
    assert here.post("/sessions/end-others").status_code == 303
    assert here.get("/").status_code == 200 and stranger.get("/").status_code == 200
    assert thief.get("/").status_code == 302
    with service.app_context():
        actions = list(db.session.scalars(select(AuditRow.action)))
    assert "sessions.ended" in actions


def test_one_session_is_ended_alone(service: Flask, signed_in: SignIn) -> None:
    first = signed_in(Role.IDVA)
    [session_id] = ids(service)
    here, third = signed_in(Role.IDVA), signed_in(Role.IDVA)
    assert here.post(f"/sessions/{session_id}/end").status_code == 303
    assert first.get("/").status_code == 302
    assert here.get("/").status_code == third.get("/").status_code == 200


@pytest.mark.parametrize("agent, shown", [
    ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605", "Safari on Mac"),
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
    ("<script>alert(1)</script>", "A browser"),
])  # fmt: skip
def test_a_computer_is_called_by_its_family_alone(agent: str, shown: str) -> None:
    assert family(agent) == shown


def test_V1_a_disabled_account_does_not_wake(service: Flask, person: FlaskClient, at: At) -> None:
    with service.app_context(), saved():
        db.session.execute(update(AccountRow).values(disabled_at=NOW))
    at(IDLE + A_SECOND)
    assert prove(person, "/again", IDLE + A_SECOND).location == "/sign-in"
    assert person.get("/").status_code == 302
