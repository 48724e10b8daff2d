"""Proof 6: headers, cookies, tokens at every door; sessions against replay, fixation, theft and the clock.

Where every door is knocked at, the short form knocks on each database once at each, as one of the roles that
may open it, or after one of the ways to end a session, drawn by its name: the doors' code is the same. As
nobody it knocks at all of them, and `tests/web/test_access.py` asks every role at every door for its headers.
With all of them in the long form (`make prove`).
"""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from meetingsvc.models import AccountRow, Base, PasskeyRow, SessionRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import sessions
from meetingsvc.usecases import accounts, sign_in
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.guard import CONFIRMED_FOR
from meetingsvc.web.sessions import HALF_FOR
from tests.authenticator import Authenticator
from tests.proofs import LONG, drawn, figure
from tests.second_factor import asked, code, give_app, give_passkey, touch
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.routes import Door, doors

IDLE, ABSOLUTE, A_SECOND = timedelta(minutes=15), timedelta(hours=10), timedelta(seconds=1)
EMAIL = "wren@northtest.example"
NEW = "heron lantern ditch"
MOMENTS = "{moments} moments a second about the limits (idle 15 min, absolute 10 h, half signed in 10 min)"
At = Callable[[timedelta], None]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'nonce-*'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
COOKIE = re.compile(
    r"__Host-session=[^;]*;(?: Expires=[^;]*; Max-Age=0;)? Secure; HttpOnly; Path=/; SameSite=Strict"
)
#: A page may keep that it was opened, its session's own row, and nothing else.
A_PAGE_WRITES = {"audit", "session"}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Moves the clock to so long after NOW."""
    return lambda later: monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + later)


def all_doors(app: Flask) -> list[Door]:
    return [*doors(app), *doors(app, public=True)]


def seen(answer: TestResponse) -> dict[str, str | None]:
    told = {name: answer.headers.get(name) for name in HEADERS}
    policy = told["Content-Security-Policy"] or ""
    return told | {"Content-Security-Policy": re.sub(r"'nonce-[\w-]{20,}'", "'nonce-*'", policy)}


@pytest.mark.one_database
@pytest.mark.parametrize("role", [None, *Role])
def test_every_door_answers_with_the_same_headers_and_cookie_flags(
    service: Flask,
    signed_in: SignIn,
    role: Role | None,
) -> None:
    client = over_tls(service, signed_in(role) if role else service.test_client())
    answers = cookies = 0
    for door in all_doors(service):
        if role and not falls_to(service, door, role, [*Role]):
            continue
        expected = HEADERS
        with client.open(door.path(), method=door.method, base_url="https://localhost") as answer:
            if door.rule.endpoint == "static":
                expected = HEADERS | {"Cache-Control": "public, max-age=31536000, immutable"}
            assert seen(answer) == expected, door
            for cookie in answer.headers.getlist("Set-Cookie"):
                assert COOKIE.fullmatch(cookie), (door, cookie)
                cookies += 1
        answers += 1
    figure("headers", "{answers} answers of every door, {cookies} cookies set, 0 unlike the stored headers",
           answers=answers, cookies=cookies)  # fmt: skip


def over_tls(service: Flask, client: FlaskClient) -> FlaskClient:
    service.config.update(SESSION_COOKIE_NAME="__Host-session", SESSION_COOKIE_SECURE=True)
    if found := client.get_cookie("session"):
        client.set_cookie("__Host-session", found.value, secure=True)
    return client


@pytest.mark.one_database
@pytest.mark.parametrize("role", [None, *Role])
def test_no_post_goes_without_its_token(
    service: Flask,
    signed_in: SignIn,
    role: Role | None,
) -> None:
    client = signed_in(role) if role else service.test_client()
    service.config["WTF_CSRF_ENABLED"] = True
    before, refused = rows(service), 0
    for door in all_doors(service):
        if door.method == "POST" and (door.needs == "public" or role in door.roles):
            assert door.knock(client).status_code == 400, door
            assert not LONG or rows(service) == before, door
            refused += 1
    assert rows(service) == before
    figure("forms", "{refused} posts without a token, every one refused", refused=refused)


#: Where a guess at somebody's private link is counted, as a wrong password is.
COUNTS_GUESSES = {"GET /calendar/feed/<key>.ics"}


def falls_to(app: Flask, door: Door, one: str, those: list[str]) -> bool:
    """Whether a door is one's own to knock at: in the short form it is one of theirs on each database."""
    database = app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0].partition("+")[0]
    return LONG or not those or one == those[drawn(f"{door} {database}", len(those))]


@pytest.mark.parametrize("role", Role)
def test_no_get_changes_anything(service: Flask, signed_in: SignIn, role: Role) -> None:
    client, opened = signed_in(role), 0
    before = rows(service)
    for door in all_doors(service):
        own = falls_to(service, door, role, [*Role] if door.needs == "public" else [*door.roles])
        if own and door.method == "GET" and str(door) not in COUNTS_GUESSES:
            door.knock(client).close()
            opened += 1
    assert rows(service) == before
    figure("pages", "{opened} pages opened, 0 rows changed", opened=opened)


def rows(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table but those that a page may write."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            name: sorted(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr)
            for name in Base.metadata.tables
            if name not in A_PAGE_WRITES
        }


# --- people with real factors -----------------------------------------------------------------------------


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def person(service: Flask, device: Authenticator) -> UUID:
    """A chair with a passkey. Forms go without a token here: those have their own proof above."""
    service.config["WTF_CSRF_ENABLED"] = False
    return someone(service, EMAIL, Role.CHAIR, device)


def someone(app: Flask, email: str, role: Role, device: Authenticator | None = None) -> UUID:
    with app.app_context(), saved():
        police = agency_named("Northtest Police")
        who = accounts.create(police, role, "Wren Ashdown", email, PASSWORD, "test", NOW)
        if device:
            give_passkey(who, device, NOW)
        else:
            give_app(who, NOW)
    return who


def half(app: Flask, email: str = EMAIL, cookie: str = "") -> FlaskClient:
    client = app.test_client()
    if cookie:
        client.set_cookie("session", cookie)
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).location == "/sign-in/second"
    return client


def token(client: FlaskClient) -> str:
    found = client.get_cookie("session")
    return found.value if found else ""


def with_cookie(app: Flask, cookie: str) -> FlaskClient:
    thief = app.test_client()
    thief.set_cookie("session", cookie)
    return thief


def is_in(client: FlaskClient) -> bool:
    return client.get("/me/details").status_code == 200


def test_fixation_a_planted_cookie_is_worth_nothing_at_any_step(
    service: Flask,
    person: UUID,
    device: Authenticator,
    at: At,
) -> None:
    """Each time somebody proves who they are the key changes, and the one before opens nothing."""
    keys = ["planted-by-somebody-else", token(visitor := service.test_client())]
    visitor.get("/sign-in")
    client = half(service, cookie=keys[0])
    keys.append(token(client))
    touch(client, device)
    keys.append(token(client))
    later = IDLE + A_SECOND
    at(later)
    touch(client, device, "/again")
    keys.append(token(client))
    client.post(
        "/password", data={"present": PASSWORD, "new": "heron lantern ditch", "again": "heron lantern ditch"}
    )
    assert is_in(client) and token(client) not in keys
    assert len(set(keys)) == len(keys)
    assert not any(is_in(with_cookie(service, key)) for key in keys)
    figure("fixation", "{keys} earlier keys tried after 4 changes of the key, 0 opened", keys=len(keys))


ENDINGS = ["sign-out", "end others", "end one", "disabled", "new password", "new role"]


@pytest.mark.parametrize("how", ENDINGS)
def test_a_stolen_cookie_opens_nothing_after(
    service: Flask,
    person: UUID,
    device: Authenticator,
    signed_in: SignIn,
    how: str,
) -> None:
    victim = half(service)
    touch(victim, device)
    thief = with_cookie(service, token(victim))
    assert is_in(thief)
    with service.app_context():
        mine = select(SessionRow.id).where(SessionRow.account_id == person)
        stolen = db.session.scalars(mine).one()
    own = half(service)
    touch(own, device)
    administrator = signed_in(Role.SYSTEM_ADMINISTRATOR)
    match how:
        case "sign-out":
            victim.post("/sign-out")
        case "end others":
            own.post("/sessions/end-others")
        case "end one":
            with service.app_context():
                ids = [
                    r.id
                    for r in db.session.scalars(select(SessionRow).where(SessionRow.account_id == person))
                ]
            for session_id in ids:
                own.post(f"/sessions/{session_id}/end")
            assert stolen
        case "disabled":
            signed_in(Role.COORDINATOR)  # the last who runs meetings is not disabled
            assert administrator.post(f"/accounts/{person}/disable").status_code in (302, 303)
        case "new password":
            own.post("/password", data={"present": PASSWORD, "new": NEW, "again": NEW})
        case "new role":
            with service.app_context(), saved():
                sessions.end_all_of(person)  # as the use case does; that it does has its own test
    for door in doors(service):
        if falls_to(service, door, how, ENDINGS):
            assert door.knock(thief).status_code in (302, 303), door
    figure("theft", "{ways} ways to end a session, the stolen cookie opens no door after any", ways=1)


@pytest.mark.parametrize("limit, later, opens", [
    ("idle", IDLE - A_SECOND, True), ("idle", IDLE, True), ("idle", IDLE + A_SECOND, False),
    ("absolute", ABSOLUTE - A_SECOND, True), ("absolute", ABSOLUTE, True),
    ("absolute", ABSOLUTE + A_SECOND, False),
])  # fmt: skip
def test_the_clock_stands_at_the_limits(
    service: Flask,
    signed_in: SignIn,
    at: At,
    limit: str,
    later: timedelta,
    opens: bool,
) -> None:
    client = signed_in(Role.REPRESENTATIVE)
    if limit == "absolute":
        with service.app_context(), saved():
            db.session.execute(update(SessionRow).values(seen_at=NOW + later))
    at(later)
    assert is_in(client) == opens
    figure("limits", MOMENTS, moments=1)


@pytest.mark.parametrize("later, opens", [(HALF_FOR, True), (HALF_FOR + A_SECOND, False)])
def test_a_right_password_waits_to_the_second(
    service: Flask,
    person: UUID,
    device: Authenticator,
    at: At,
    later: timedelta,
    opens: bool,
) -> None:
    client = half(service)
    task = asked(client.get("/sign-in/second").text)
    at(later)
    client.post("/sign-in/second", data={"passkey": device.signed(task)})
    assert is_in(client) == opens
    figure("limits", MOMENTS, moments=1)


@pytest.mark.one_database
@pytest.mark.parametrize("later, opens", [(CONFIRMED_FOR, True), (CONFIRMED_FOR + A_SECOND, False)])
def test_every_door_that_asks_again_does_so_to_the_second(
    service: Flask,
    signed_in: SignIn,
    at: At,
    later: timedelta,
    opens: bool,
) -> None:
    clients = {role: signed_in(role) for role in Role}
    at(later)
    asks = 0
    for door in doors(service):
        if getattr(service.view_functions[door.rule.endpoint], "step_up", False):
            for role in door.roles:
                where = door.knock(clients[role]).location or ""
                assert where.startswith("/again") != opens, (door, role)
                asks += 1
    assert asks
    figure("step-up", "{asks} tries of doors that ask again, at 10 min and a second later", asks=asks)


def test_a_code_used_twice_opens_once_also_at_the_same_moment(service: Flask) -> None:
    service.config["WTF_CSRF_ENABLED"] = False
    someone(service, EMAIL, Role.REPRESENTATIVE)
    rounds, threads = 3, 4  # nine wrong ones: a tenth would close the second step
    for step in range(rounds):
        with service.app_context(), saved():
            db.session.execute(update(Base.metadata.tables["totp"]).values(last_step=0))
        clients, gate = [half(service) for _ in range(threads)], Barrier(threads)

        def use(client: FlaskClient, gate: Barrier = gate) -> None:
            gate.wait()
            client.post("/sign-in/second", data={"code": code(NOW)})

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(use, clients))
        assert [is_in(client) for client in clients].count(True) == 1, step
    figure("codes", "{tries} uses of a code by four at once, {opened} opened: one each time",
           tries=rounds * threads, opened=rounds)  # fmt: skip


Forge = Callable[[Flask, FlaskClient, Authenticator], str]


def replayed(app: Flask, client: FlaskClient, device: Authenticator) -> str:
    other = half(app)
    used = device.signed(asked(other.get("/sign-in/second").text))
    assert other.post("/sign-in/second", data={"passkey": used}).location == "/"
    client.get("/sign-in/second")
    return used


def stale(app: Flask, client: FlaskClient, device: Authenticator) -> str:
    task = asked(client.get("/sign-in/second").text)
    client.get("/sign-in/second")
    return device.signed(task)


def of_another_session(app: Flask, client: FlaskClient, device: Authenticator) -> str:
    client.get("/sign-in/second")
    return device.signed(asked(half(app).get("/sign-in/second").text))


def of_another_account(app: Flask, client: FlaskClient, device: Authenticator) -> str:
    thief = Authenticator()
    someone(app, "thief@northtest.example", Role.CHAIR, thief)
    return thief.signed(asked(client.get("/sign-in/second").text))


def of_nobody(app: Flask, client: FlaskClient, device: Authenticator) -> str:
    return Authenticator(credential_id=device.credential_id).signed(asked(client.get("/sign-in/second").text))


def lying(**told: object) -> Forge:
    def forge(app: Flask, client: FlaskClient, device: Authenticator) -> str:
        for name, value in told.items():
            setattr(device, name, value)
        return device.signed(asked(client.get("/sign-in/second").text))

    return forge


def copied(app: Flask, client: FlaskClient, device: Authenticator) -> str:
    """A copy of the device, whose count stands where the real one's did."""
    with app.app_context(), saved():
        db.session.execute(update(PasskeyRow).values(sign_count=5))
    device.count = 4
    return device.signed(asked(client.get("/sign-in/second").text))


FORGED: dict[str, Forge] = {
    "a signature used before": replayed,
    "a challenge replaced by a newer one": stale,
    "another session's challenge": of_another_session,
    "another account's passkey": of_another_account,
    "another key under the same name": of_nobody,
    "another site's origin": lying(origin="https://meeting.example"),
    "another port's origin": lying(origin="http://localhost:8001"),
    "another site's name": lying(rp_id="elsewhere.example"),
    "nobody verified": lying(flags=0x01),
    "nobody present": lying(flags=0x04),
    "a count that did not go up": copied,
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_passkey_opens_nothing(
    service: Flask,
    person: UUID,
    device: Authenticator,
    how: str,
) -> None:
    client = half(service)
    answer = client.post("/sign-in/second", data={"passkey": FORGED[how](service, client, device)})
    assert answer.status_code == 422 and not is_in(client)
    figure("passkeys", "{forged} forged or replayed answers, 0 accepted", forged=1)


def test_a_challenge_is_used_up_once_also_at_the_same_moment(
    service: Flask,
    person: UUID,
) -> None:
    """A device that does not count: only the challenge tells the two answers apart."""
    device = Authenticator(counts=False)
    with service.app_context(), saved():
        give_passkey(person, device, NOW)
    client = half(service)
    signed, cookie, gate = device.signed(asked(client.get("/sign-in/second").text)), token(client), Barrier(4)

    def use(number: int) -> bool:
        thief = with_cookie(service, cookie)
        gate.wait()
        return thief.post("/sign-in/second", data={"passkey": signed}).location == "/"

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(4))).count(True) == 1


def test_refusals_cost_as_much_and_say_as_much(
    service: Flask,
    person: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wrong password, unknown address, disabled account: one hash each, and the same page."""
    checked: list[str] = []
    monkeypatch.setattr(sign_in, "matches", lambda kept, password: checked.append(kept) or False)

    def refused(email: str) -> tuple[int, int, str]:
        checked.clear()
        answer = service.test_client().post("/sign-in", data={"email": email, "password": "wrong"})
        page = re.sub(r'nonce="[^"]*"|value="[^"]*"', "", answer.text)
        return answer.status_code, len(checked), page

    answers = [refused(EMAIL), refused("nobody@northtest.example")]
    with service.app_context(), saved():
        db.session.execute(update(AccountRow).values(disabled_at=NOW))
    answers.append(refused(EMAIL))
    assert len(set(answers)) == 1 and answers[0][:2] == (422, 1)
    someone(service, "elm@northtest.example", Role.REPRESENTATIVE)
    there, absent = (
        [refused(f"{name}@northtest.example")[:2] for _ in range(11)] for name in ("elm", "elsewhere")
    )
    assert there == absent and there[9:] == [(422, 1), (429, 0)], "closed alike, there or not"
    figure("refusals", "{kinds} kinds of refusal: one answer, one hash each", kinds=len(answers))


def test_opening_the_sign_in_page_stores_nothing(service: Flask) -> None:
    for _ in range(3):
        client = service.test_client()
        client.get("/sign-in")
        client.get("/")
    with service.app_context():
        assert list(db.session.scalars(select(SessionRow))) == []
