"""The second factor: what each role needs, setting it up at the first sign-in, and taking it away."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from meetingsvc.models import AccountRow, AuditRow, DraftRow, PasskeyRow, SessionRow, TotpRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import factors as store
from meetingsvc.usecases import accounts, factors, halves
from meetingsvc.usecases.factors import NEED_PASSKEY
from meetingsvc.usecases.transaction import saved
from tests.authenticator import Authenticator
from tests.second_factor import SECRET, asked, code, give_app, give_passkey, touch
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.pages import text
from tests.web.routes import doors

EMAIL = "wren@northtest.example"
Make = Callable[..., UUID]


@pytest.fixture
def make(service: Flask) -> Make:
    """Somebody with a password, and as told with a code or a passkey."""
    service.config["WTF_CSRF_ENABLED"] = False

    def made(
        role: Role, *, app: bool = False, device: Authenticator | None = None, new: bool = False
    ) -> UUID:
        with service.app_context(), saved():
            who = accounts.create(agency_named("Northtest Police"), role, "Wren Ashdown", EMAIL, PASSWORD,
                                  "test", NOW, must_change_password=new)  # fmt: skip
            if app:
                give_app(who, NOW)
            if device:
                give_passkey(who, device, NOW)
        return who

    return made


def half(service: Flask, password: str = PASSWORD) -> FlaskClient:
    """The password was right."""
    client = service.test_client()
    answer = client.post("/sign-in", data={"email": EMAIL, "password": password})
    assert (answer.status_code, answer.location) == (302, "/sign-in/second")
    return client


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.one_database
def test_a_right_password_alone_opens_nothing(service: Flask, make: Make) -> None:
    make(Role.REPRESENTATIVE, app=True)
    client = half(service)
    for door in doors(service):
        answer = door.knock(client)
        assert (answer.status_code, answer.location) == (302, "/sign-in/second"), door


def test_it_waits_ten_minutes_for_the_second_factor(
    service: Flask, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(Role.REPRESENTATIVE, app=True)
    for later, lands in ((timedelta(minutes=10), "/"), (timedelta(minutes=10, seconds=1), "/sign-in")):
        monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW)
        client = half(service)
        monkeypatch.setattr("meetingsvc.clock.now", lambda later=later: NOW + later)
        assert client.post("/sign-in/second", data={"code": code(NOW + later)}).location == lands


def test_a_code_opens_and_each_step_takes_a_new_key(service: Flask, make: Make) -> None:
    make(Role.REPRESENTATIVE, app=True)
    client = half(service)
    first = client.get_cookie("session")
    assert client.post("/sign-in/second", data={"code": f" {code(NOW)[:3]} {code(NOW)[3:]}"}).location == "/"
    second = client.get_cookie("session")
    assert is_signed_in(client) and first and second and first.value != second.value


@pytest.mark.parametrize("steps, taken", [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_taken_half_a_minute_early_or_late(
    service: Flask, make: Make, steps: int, taken: bool
) -> None:
    make(Role.REPRESENTATIVE, app=True)
    client = half(service)
    client.post("/sign-in/second", data={"code": code(NOW, steps)})
    assert is_signed_in(client) == taken


def test_a_code_works_once_and_none_before_it_does(service: Flask, make: Make) -> None:
    make(Role.REPRESENTATIVE, app=True)
    for steps, works in ((0, True), (0, False), (-1, False), (1, True)):
        client = half(service)
        client.post("/sign-in/second", data={"code": code(NOW, steps)})
        assert is_signed_in(client) == works, steps


def test_of_two_who_use_a_code_at_once_one_gets_in(service: Flask, make: Make) -> None:
    make(Role.REPRESENTATIVE, app=True)
    clients = [half(service) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda client: client.post("/sign-in/second", data={"code": code(NOW)}), clients))
    assert [is_signed_in(client) for client in clients].count(True) == 1


def test_ten_wrong_codes_close_the_second_step(service: Flask, make: Make) -> None:
    make(Role.REPRESENTATIVE, app=True)
    client = half(service)
    for _ in range(10):
        assert client.post("/sign-in/second", data={"code": "000000"}).status_code == 422
    assert client.post("/sign-in/second", data={"code": code(NOW)}).status_code == 429
    assert half(service).post("/sign-in/second", data={"code": code(NOW)}).status_code == 429


def test_the_database_holds_no_secret_and_no_code(service: Flask, make: Make) -> None:
    who = make(Role.REPRESENTATIVE, app=True)
    with service.app_context():
        sealed = store.secret_of(who)
    assert sealed and SECRET.encode() not in sealed and pyotp.TOTP(SECRET).byte_secret() not in sealed


@pytest.mark.parametrize("role", sorted(NEED_PASSKEY))
def test_who_can_do_the_most_harm_signs_in_with_a_passkey(service: Flask, make: Make, role: Role) -> None:
    device = Authenticator()
    make(role, app=True, device=device)
    client = half(service)
    assert "Code from your authenticator app" not in client.get("/sign-in/second").text
    assert client.post("/sign-in/second", data={"code": code(NOW)}).status_code == 422
    assert not is_signed_in(client)
    assert touch(client, device).location == "/" and is_signed_in(client)
    assert client.get("/second-factor/app").status_code == 409


def test_in_the_demonstration_a_code_will_do(service: Flask, make: Make) -> None:
    service.config["SETTINGS"] = replace(service.config["SETTINGS"], demo=True)
    make(Role.COORDINATOR, app=True)
    client = half(service)
    page = client.get("/sign-in/second").text
    assert "meetingsvc code" in page and code(NOW) not in page and SECRET not in page
    client.post("/sign-in/second", data={"code": code(NOW)})
    assert is_signed_in(client)


def test_whose_new_role_needs_a_passkey_sets_one_up_first(service: Flask, make: Make) -> None:
    make(Role.CHAIR, app=True)
    client, device = half(service), Authenticator()
    assert client.get("/second-factor/passkey").location == "/sign-in/second", "not with the password alone"
    assert client.post("/sign-in/second", data={"code": code(NOW)}).location == "/sign-in/second"
    assert not is_signed_in(client)
    task = asked(client.get("/second-factor/passkey").text)
    client.post("/second-factor/passkey", data={"name": "key", "passkey": device.made(task)})
    assert is_signed_in(client)


def test_the_first_sign_in_is_password_then_factor_then_home(service: Flask, make: Make) -> None:
    make(Role.REPRESENTATIVE, new=True)
    client, new = half(service), "heron lantern ditch"
    assert client.get("/sign-in/second").location == "/password"
    assert client.get("/second-factor").location == "/sign-in/second", "not before the password"
    changed = client.post("/password", data={"present": PASSWORD, "new": new, "again": new})
    assert changed.location == "/sign-in/second" and not is_signed_in(client)
    assert client.get("/sign-in/second").location == "/second-factor"
    assert "Set up your second factor" in text(client.get("/second-factor"))
    page = client.get("/second-factor/app")
    found = re.search(r"Letters: ((?:[A-Z2-7]{4} ?){8})", text(page))
    assert found and "<svg" in page.text
    shown = pyotp.TOTP(found[1].replace(" ", "")).at(int(NOW.timestamp()))
    assert client.post("/second-factor/app", data={"code": "000000"}).status_code == 422
    assert client.post("/second-factor/app", data={"code": shown}).location == "/"
    assert is_signed_in(client)
    again = half(service, new)
    assert again.post("/sign-in/second", data={"code": shown}).status_code == 422, "used when it was set up"


def test_the_first_sign_in_with_a_passkey(service: Flask, make: Make) -> None:
    make(Role.COORDINATOR)
    client, device = half(service), Authenticator()
    task = asked(client.get("/second-factor/passkey").text)
    assert task["rp"]["id"] == "localhost"
    assert task["authenticatorSelection"]["userVerification"] == "required"
    answer = client.post("/second-factor/passkey", data={"name": "blue key", "passkey": device.made(task)})
    assert answer.location == "/" and is_signed_in(client)
    assert touch(again := half(service), device).location == "/" and is_signed_in(again)


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


def add(client: FlaskClient, device: Authenticator, name: str = "key") -> str:
    task = asked(client.get("/second-factor/passkey").text)
    answer = client.post("/second-factor/passkey", data={"name": name, "passkey": device.made(task)})
    return f"{answer.status_code} {text(answer)}"


def test_several_passkeys_each_with_a_name_and_the_last_one_stays(
    service: Flask, coordinator: FlaskClient
) -> None:
    assert add(coordinator, Authenticator(), "work laptop").startswith("303")
    assert add(coordinator, Authenticator(), "blue key").startswith("303")
    page = coordinator.get("/second-factor").text
    assert "work laptop" in page and "blue key" in page
    laptop, key = re.findall(r"/second-factor/passkeys/([\w-]+)/remove", page)
    asks = [coordinator.get(f"/second-factor/passkeys/{one}/remove").text for one in (laptop, key)]
    assert ["work laptop" in page for page in asks] != ["blue key" in page for page in asks]
    assert coordinator.post(f"/second-factor/passkeys/{laptop}/remove").status_code == 303
    refused = coordinator.post(f"/second-factor/passkeys/{key}/remove")
    assert refused.status_code == 409 and "all you can sign in with" in text(refused)
    with service.app_context():
        kinds = list(db.session.scalars(select(AuditRow.action)))
    assert kinds.count("factor.added") == 2 and kinds.count("factor.removed") == 1


def test_the_app_goes_when_there_is_a_passkey(signed_in: SignIn) -> None:
    client, elsewhere = signed_in(Role.REPRESENTATIVE), signed_in(Role.REPRESENTATIVE)
    assert client.post("/second-factor/app/remove").status_code == 409
    add(client, Authenticator())
    assert is_signed_in(elsewhere)
    assert client.post("/second-factor/app/remove").status_code == 303
    assert is_signed_in(client) and not is_signed_in(elsewhere)
    assert client.post("/second-factor/app/remove").status_code == 404


@pytest.mark.parametrize("lie", [
    {"origin": "https://meeting.example"}, {"origin": "http://localhost:8001"},
    {"rp_id": "elsewhere.example"}, {"flags": 0x01},
])  # fmt: skip
def test_a_passkey_made_for_another_site_or_without_verification_is_refused(
    coordinator: FlaskClient, lie: dict[str, object]
) -> None:
    assert add(coordinator, Authenticator(**lie)).startswith("422")  # type: ignore[arg-type]


def test_a_passkey_is_one_accounts_and_made_for_one_challenge(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn
) -> None:
    device = Authenticator()
    assert add(coordinator, device).startswith("303")
    assert "in use already" in add(signed_in(Role.CHAIR), device)
    stale = asked(coordinator.get("/second-factor/passkey").text)
    coordinator.get("/second-factor/passkey")
    made = {"name": "key", "passkey": Authenticator().made(stale)}
    assert coordinator.post("/second-factor/passkey", data=made).status_code == 422


@pytest.mark.parametrize("answer", [
    "", "{}", "[]", "null", '{"id":"a","rawId":"!","type":"public-key"}', "\x00",
    '{"id":"AAAA","rawId":"AAAA","type":"public-key","response":{}}',
])  # fmt: skip
def test_a_mangled_answer_is_refused_and_no_fault(
    service: Flask, make: Make, coordinator: FlaskClient, answer: str
) -> None:
    coordinator.get("/second-factor/passkey")
    made = {"name": "key", "passkey": answer}
    assert coordinator.post("/second-factor/passkey", data=made).status_code == 422
    make(Role.CHAIR, device=Authenticator())
    client = half(service)
    client.get("/sign-in/second")
    assert client.post("/sign-in/second", data={"passkey": answer}).status_code == 422


def test_recovery_takes_everything_away_and_starts_anew(service: Flask, make: Make) -> None:
    device = Authenticator()
    who = make(Role.CHAIR, app=True, device=device)
    touch(client := half(service), device)
    with service.app_context():
        with saved():
            factors.reset(who, password := halves.made().whole, "test", None, NOW)
        for table in (TotpRow, PasskeyRow, DraftRow, SessionRow):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
        assert db.session.scalars(select(AccountRow.must_change_password)).one()
        assert "factors.reset" in list(db.session.scalars(select(AuditRow.action)))
    assert not is_signed_in(client)
    assert (
        service.test_client().post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 422
    )
    assert half(service, password).get("/sign-in/second").location == "/password"


def test_a_pending_secret_is_sealed_in_the_session(service: Flask, make: Make) -> None:
    make(Role.REPRESENTATIVE)
    client = half(service)
    found = re.search(r"Letters: ((?:[A-Z2-7]{4} ?){8})", text(client.get("/second-factor/app")))
    assert found
    with service.app_context():
        kept = str([row.data for row in db.session.scalars(select(SessionRow))])
    assert found[1].replace(" ", "") not in kept


def test_the_window_of_a_code_is_told_by_the_clock_alone() -> None:
    moment = datetime.fromtimestamp(30 * 1000, tz=NOW.tzinfo)
    assert factors.code_at(SECRET, moment) == factors.code_at(SECRET, moment + timedelta(seconds=29))
    assert factors.code_at(SECRET, moment) != factors.code_at(SECRET, moment + timedelta(seconds=30))
