"""Knocks at the service's doors, in every state of a session and of its person, and what each is answered."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from meetingsvc.models import AccountRow, AgencyRow, DraftRow, SessionRow, SignInAttemptRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, drafts, sessions
from meetingsvc.usecases import accounts
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.sessions import _key
from tests.builders import a_row, feed_csv
from tests.second_factor import code, forget_codes, give_app
from tests.web.conftest import NOW, PASSWORD, agency_named

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
IDLE, ABSOLUTE, CONFIRMED = 15 * MINUTE, 600 * MINUTE, 10 * MINUTE
_ID = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")
TYPED = {"surname": "Quillfeather"}
SOMEWHERE = f"/cases/{uuid4()}"
LONG_PATH = f"/me/details?of={'x' * 500}"


@dataclass(frozen=True)
class Knock:
    """One request in a session so old; what the server answers, and what became of the session."""

    whom: str
    path: str
    answer: str
    method: str = "GET"
    began: timedelta = MINUTE
    idle: timedelta = MINUTE
    confirmed: timedelta | None = MINUTE
    half: bool = False
    proven: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    csrf: bool = False


def _post(whom: str, path: str, answer: str, **more: Any) -> Knock:
    return Knock(whom, path, answer, "POST", **more)


_AGAIN = "/again?next="
KNOCKS = (
    Knock("", "/", "302 /sign-in?next=%2F"),
    Knock("", "/sign-in", "200 "),
    Knock("", "/nowhere", "404 "),
    Knock("idva", "/nowhere", "404 "),
    _post("", "/me/details", "302 /sign-in?ended=1", data=TYPED),
    _post("", "/me/details", "302 /sign-in?ended=1", data=TYPED, csrf=True),
    Knock("coordinator", "/feed", "200 "),
    Knock("idva", "/feed", "403 "),
    Knock("idva", "/actions", "200 "),
    Knock("idva", SOMEWHERE, "404 "),
    Knock("police", "/", "403 "),
    Knock("withdrawn", "/actions", "403 "),
    Knock("withdrawn", "/", "200 "),
    Knock("withdrawn chair", "/actions", "403 "),
    Knock("disabled", "/", "302 /sign-in?next=%2F"),
    Knock("temporary", "/", "302 /password"),
    Knock("temporary", "/password", "200 "),
    # A second factor within ten minutes, for what cannot be taken back.
    Knock("idva", "/second-factor/app", "200 ", confirmed=CONFIRMED),
    Knock("idva", "/second-factor/app", f"302 {_AGAIN}/second-factor/app", confirmed=CONFIRMED + SECOND),
    Knock("idva", "/second-factor/app", f"302 {_AGAIN}/second-factor/app", confirmed=None),
    Knock("idva", "/me/details", "200 ", confirmed=None),
    _post("idva", "/me/details", "422 ", data=TYPED),
    _post("idva", "/me/details", "303 /again?draft=*", confirmed=None, data=TYPED),
    _post("idva", "/second-factor/app", f"303 {_AGAIN}/second-factor/app&lost=1", confirmed=None),
    # Fifteen minutes idle, ten hours in all.
    Knock("idva", "/actions", "200 ", idle=IDLE, began=IDLE),
    Knock("idva", "/actions", f"302 {_AGAIN}/actions", idle=IDLE + SECOND, began=60 * MINUTE),
    Knock("disabled", "/actions", f"302 {_AGAIN}/actions", idle=IDLE + SECOND, began=60 * MINUTE),
    _post("idva", "/me/details", "303 /again?draft=*", idle=IDLE + SECOND, data=TYPED),
    _post("idva", "/me/details", "400 ", idle=IDLE + SECOND, data=TYPED, csrf=True),
    _post("idva", LONG_PATH, f"303 {_AGAIN}/me/details&lost=1", idle=IDLE + SECOND),
    _post(
        "idva", "/me/details", f"303 {_AGAIN}/me/details&lost=1", idle=IDLE + SECOND, data={"file": "rows"}
    ),
    Knock("idva", "/actions", "200 ", began=ABSOLUTE),
    Knock("idva", "/actions", "302 /sign-in?next=%2Factions", began=ABSOLUTE + SECOND),
    _post("idva", "/me/details", "302 /sign-in?ended=kept", began=ABSOLUTE + SECOND, data=TYPED),
    _post("idva", "/password", "302 /sign-in?ended=1", began=ABSOLUTE + SECOND),
    # A right password alone.
    Knock("idva", "/", "302 /sign-in/second", half=True),
    Knock("idva", "/second-factor", "302 /sign-in/second", half=True),
    Knock("idva", "/", "302 /sign-in/second", half=True, began=CONFIRMED),
    Knock("idva", "/", "302 /sign-in?next=%2F", half=True, began=CONFIRMED + SECOND),
    Knock("disabled", "/", "302 /sign-in", half=True),
    Knock("temporary", "/password", "302 /sign-in/second", half=True),
    Knock("temporary", "/password", "200 ", half=True, proven=True),
    Knock("temporary", "/second-factor", "302 /sign-in/second", half=True, proven=True),
    Knock("new", "/second-factor", "200 ", half=True),
    Knock("new", "/password", "302 /sign-in/second", half=True),
    Knock("police", "/second-factor", "403 ", half=True),
)


class Doors:
    """The service, and somebody in every standing."""

    def __init__(self, service: Flask) -> None:
        self.service, self.people = service, dict[str, UUID]()
        with service.app_context(), saved():
            for name, role, agency in (
                ("coordinator", Role.COORDINATOR, "Northtest Police"), ("idva", Role.IDVA, "Haven Northtest"),
                ("police", Role.POLICE_SERVICE, "Northtest Police"), ("new", Role.IDVA, "Haven Northtest"),
                ("temporary", Role.IDVA, "Haven Northtest"), ("disabled", Role.IDVA, "Haven Northtest"),
                ("withdrawn", Role.REPRESENTATIVE, "Northtest Homes"),
                ("withdrawn chair", Role.CHAIR, "Northtest Homes"),
            ):  # fmt: skip
                self.people[name] = accounts.create(agency_named(agency), role, name, email(name), PASSWORD,
                                                    "test", NOW)  # fmt: skip
                if name not in ("new", "police"):
                    give_app(self.people[name], NOW)
            db.session.get_one(AccountRow, self.people["temporary"]).must_change_password = True
            db.session.get_one(AccountRow, self.people["disabled"]).disabled_at = NOW
            db.session.get_one(AgencyRow, agency_named("Northtest Homes")).withdrawn_on = NOW.date()

        service.config["WTF_CSRF_ENABLED"] = False
        sent = self.client(Knock("coordinator", "", "")).post(
            "/feed", data={"file": (io.BytesIO(feed_csv(a_row())), "feed.csv")}
        )
        #: What a page asks while a file waits to be taken in.
        self.progress = f"{sent.location}/progress"

    def client(self, knock: Knock, token: str = "t") -> FlaskClient:
        """With a session as old as it says, and no other there."""
        client = self.service.test_client()
        if not knock.whom:
            return client
        account_id = self.people[knock.whom]
        data: dict[str, Any] = {"half" if knock.half else "_user_id": str(account_id)}
        data |= {"proven": True} if knock.proven else {}
        if knock.confirmed is not None:
            data["confirmed_at"] = (NOW - knock.confirmed).isoformat()
        with self.service.app_context(), saved():
            db.session.execute(delete(SessionRow))
            sessions.start(_key(token), account_id, data, NOW)
            db.session.flush()
            row = db.session.get_one(SessionRow, _key(token))
            row.created_at, row.seen_at = NOW - max(knock.began, knock.idle), NOW - knock.idle
        client.set_cookie(self.service.config["SESSION_COOKIE_NAME"], token)
        return client

    def wrong(self) -> Iterator[tuple[Knock, str]]:
        """Whatever is answered otherwise; what a request leaves behind acts on for nobody."""
        before = acting.who()
        for knock in KNOCKS:
            self.service.config["WTF_CSRF_ENABLED"] = knock.csrf
            data = knock.data | ({"file": (io.BytesIO(b"rows"), "a.csv")} if "file" in knock.data else {})
            answer = self.client(knock).open(knock.path, method=knock.method, data=data)
            told = f"{answer.status_code} {_ID.sub('*', answer.location or '')}"
            if told != knock.answer or acting.who() != before:
                yield knock, told
        self.service.config["WTF_CSRF_ENABLED"] = False

    def afresh(self) -> None:
        """Nobody is signed in, nothing was typed, and no try failed."""
        self.service.config["WTF_CSRF_ENABLED"] = False
        with self.service.app_context(), saved():
            for row in (SessionRow, DraftRow, SignInAttemptRow):
                db.session.execute(delete(row))

    def session(self, token: str = "t") -> SessionRow | None:
        """What is kept of it."""
        with self.service.app_context():
            db.session.rollback()
            return db.session.get(SessionRow, _key(token))

    def sessions(self) -> int:
        """How many there are."""
        with self.service.app_context():
            return db.session.scalar(select(func.count()).select_from(SessionRow)) or 0

    def drafts(self, whom: str) -> list[list[tuple[str, str]]]:
        """What was typed and is kept for somebody."""
        with self.service.app_context():
            found = db.session.scalars(
                select(DraftRow.id).where(DraftRow.account_id == self.people[whom])
            ).all()
            kept = [drafts.one_of(self.people[whom], one, NOW) for one in found]
            return [sorted(one.fields) for one in kept if one]


def email(name: str) -> str:
    """How they sign in."""
    return f"{name.replace(' ', '.')}@northtest.example"


def seen(doors: Doors, knock: Knock) -> timedelta:
    """How long ago the session of that request was used, once it is answered."""
    doors.client(knock).open(knock.path, method=knock.method, data=knock.data)
    row = doors.session()
    assert row is not None
    return NOW - row.seen_at


def code_now() -> str:
    """What the authenticator app shows; it works again each time."""
    forget_codes()
    return code(NOW)
