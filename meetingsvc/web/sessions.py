"""Sessions kept on the server: a cookie names one, and says nothing else.

A visitor has none: their cookie is the secret of their forms' token, signed, so that nothing is stored for
anybody who only opens the sign-in page.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, cast
from uuid import UUID

from flask import Flask, Request, Response
from flask import request as flask_request
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, Signer
from werkzeug.datastructures import CallbackDict

from meetingsvc import clock
from meetingsvc.config import Settings
from meetingsvc.models import SessionRow
from meetingsvc.store import sessions
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.browsers import family
from meetingsvc.web.problems import MACHINES

#: A page renews its session at most this often, so that reading does not write each time.
RENEWED_EVERY = timedelta(minutes=1)
#: How long a right password waits for the second factor.
HALF_FOR = timedelta(minutes=10)
_TOKEN, _USER, _HALF, _CONFIRMED = "csrf_token", "_user_id", "half", "confirmed_at"
_REHEARSING = "rehearsing"


class State(Enum):
    """What a session opens."""

    VISITOR = "nothing: nobody is signed in"
    HALF = "the second factor's page: the password was right"
    OPEN = "what the person may open"
    LOCKED = "nothing, until its person proves who they are: it was idle too long"
    OVER = "nothing: it reached its absolute limit"


class Session(CallbackDict[str, Any], SessionMixin):
    """One session, with the key it came by (None for a new one) and whose it is."""

    def __init__(
        self, data: dict[str, Any], key: str | None = None, state: State = State.VISITOR, due: bool = False
    ) -> None:
        def changed(_: object) -> None:
            self.modified = True

        #: While it sleeps nobody is signed in, whatever asks.
        self.hidden = {_USER: data.pop(_USER)} if state in _ASLEEP and _USER in data else {}
        super().__init__(data, changed)
        self.key, self.state, self.due = key, state, due
        self.new, self.modified, self.ended, self.turned = key is None, False, False, False

    @property
    def account_id(self) -> UUID | None:
        """Whose it is, asleep or half signed in as well."""
        told = self.get(_USER) or self.hidden.get(_USER) or self.get(_HALF)
        return UUID(told) if told else None

    @property
    def rehearses_as(self) -> UUID | None:
        """The account by which its person acts in the rehearsal that they entered."""
        told = self.get(_REHEARSING)
        return UUID(told) if told else None

    def rehearse(self, twin: UUID | None) -> None:
        """Enters a rehearsal, or leaves it: with a new key and token, so that no page of the one place acts
        in the other."""
        self.pop(_TOKEN, None)
        self.pop(_REHEARSING, None)
        self.update({_REHEARSING: str(twin)} if twin else {})
        self.turned = True

    @property
    def stored(self) -> dict[str, Any]:
        """What its row keeps."""
        return dict(self) | self.hidden

    def start_afresh(self) -> None:
        """Forgets everything and takes a new key, in and out: a planted cookie is worth nothing."""
        self.clear()
        self.hidden = {}
        self.ended, self.state = True, State.VISITOR

    def start_half(self, account_id: UUID, **told: Any) -> None:
        """After a right password: whose second factor is awaited, and where they wanted to go."""
        self.start_afresh()
        self.update(told, half=str(account_id))

    def confirm(self, now: datetime) -> None:
        """A second factor was proven: awake, with a new key, and its absolute limit as it was."""
        self.update(self.hidden, confirmed_at=now.isoformat())
        self.hidden, self.turned, self.state = {}, True, State.OPEN

    def confirmed_at(self) -> datetime | None:
        """When its person last proved who they are with a second factor."""
        told = self.get(_CONFIRMED)
        return datetime.fromisoformat(told) if told else None


_ASLEEP = (State.LOCKED, State.OVER)


def current() -> Session:
    """The session of this request."""
    return cast(Session, flask_session._get_current_object())  # type: ignore[attr-defined]


class Sessions(SessionInterface):
    """Opens and saves them. Idle and absolute limits are settings (OWASP ASVS 7.3)."""

    def __init__(self, settings: Settings) -> None:
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._absolute = timedelta(hours=settings.session_hours)

    def open_session(self, app: Flask, request: Request) -> Session:
        """The session the cookie names, as far as it lives; else a visitor's. A machine has none."""
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not token or request.path.startswith(MACHINES):
            return Session({})
        key, now = _key(token), clock.now()
        if not (found := sessions.get(key)):
            return _visitor(app, token)
        state = self._state(found, now)
        if state is State.VISITOR:
            return Session({})
        return Session(dict(found.data), key, state, due=now - found.seen_at > RENEWED_EVERY)

    def _state(self, row: SessionRow, now: datetime) -> State:
        if _HALF in row.data:
            return State.HALF if now - row.created_at <= HALF_FOR else State.VISITOR
        if _USER not in row.data:
            return State.VISITOR
        if now - row.created_at > self._absolute:
            return State.OVER
        return State.LOCKED if now - row.seen_at > self._idle else State.OPEN

    def is_open(self, key: str, now: datetime) -> bool:
        """Whether that session is awake at this moment, for an answer that goes on for a while."""
        found = sessions.get(key)
        return found is not None and self._state(found, now) is State.OPEN

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Writes what changed. A request that only polls never keeps a session alive."""
        if not isinstance(session, Session):
            raise TypeError("not one of our sessions")
        response.vary.add("Cookie")
        if session.ended and session.key:
            _end(session.key)
            session.key = None
        if session.key is None:
            self._save_new(app, session, response)
        elif session.turned:
            self._turn(app, session, session.key, response)
        else:
            _save(session, session.key, polls=getattr(response, "polls", False))

    def _save_new(self, app: Flask, session: Session, response: Response) -> None:
        if session.account_id:
            token = secrets.token_urlsafe(32)
            with saved():
                browser, now = family(_user_agent()), clock.now()
                sessions.start(_key(token), session.account_id, session.stored, now, browser)
            _tell(app, response, token)
        elif _TOKEN in session and session.modified:
            _tell(app, response, _signer(app).sign(session[_TOKEN]).decode())
        elif session.ended:
            _forget(app, response)

    def _turn(self, app: Flask, session: Session, key: str, response: Response) -> None:
        token = secrets.token_urlsafe(32)
        with saved():
            lives = sessions.rotate(key, _key(token), session.stored, clock.now())
        if lives:
            _tell(app, response, token)


def _save(session: Session, key: str, *, polls: bool) -> None:
    renews = session.due and not polls and session.state is State.OPEN
    if session.modified or renews:
        with saved():  # where it was ended meanwhile, its cookie names nothing: another may be there already
            sessions.keep(key, session.stored, clock.now() if renews else None)


def _visitor(app: Flask, token: str) -> Session:
    try:
        return Session({_TOKEN: _signer(app).unsign(token).decode()})
    except (BadSignature, UnicodeDecodeError):
        return Session({})


def _signer(app: Flask) -> Signer:
    return Signer(app.config["SECRET_KEY"], salt="visitor")


def _tell(app: Flask, response: Response, value: str) -> None:
    response.set_cookie(
        app.config["SESSION_COOKIE_NAME"], value, httponly=True, samesite="Strict", path="/",
        secure=app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip


def _forget(app: Flask, response: Response) -> None:
    response.delete_cookie(app.config["SESSION_COOKIE_NAME"], secure=app.config["SESSION_COOKIE_SECURE"],
                           httponly=True, samesite="Strict")  # fmt: skip


def _end(key: str) -> None:
    with saved():
        sessions.end(key)


def _user_agent() -> str:
    return flask_request.user_agent.string


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
