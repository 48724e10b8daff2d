"""Sessions kept on the server: a cookie names one, and says nothing else."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from meetingsvc import clock
from meetingsvc.config import Settings
from meetingsvc.store import sessions
from meetingsvc.usecases.transaction import saved

#: A page renews its session at most this often, so that reading does not write each time.
RENEWED_EVERY = timedelta(minutes=1)


class Session(CallbackDict[str, Any], SessionMixin):
    """One session, with the key it came by (None for a new one)."""

    def __init__(self, data: dict[str, Any], key: str | None, due: bool = False) -> None:
        def changed(_: object) -> None:
            self.modified = True

        super().__init__(data, changed)
        self.key, self.new, self.modified, self.due, self.ended = key, key is None, False, due, False

    def start_afresh(self) -> None:
        """Forgets everything and takes a new key, in and out: a planted cookie is worth nothing."""
        self.clear()
        self.ended = True


class Sessions(SessionInterface):
    """Opens and saves them. Idle and absolute limits are settings (OWASP ASVS 7.3)."""

    def __init__(self, settings: Settings) -> None:
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._absolute = timedelta(hours=settings.session_hours)

    def open_session(self, app: Flask, request: Request) -> Session:
        """The session the cookie names, where it still lives; else a new one."""
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not token:
            return Session({}, None)
        key, now = _key(token), clock.now()
        found = sessions.get(key)
        if not found or now - found.seen_at > self._idle or now - found.created_at > self._absolute:
            return Session({}, None)
        return Session(dict(found.data), key, due=now - found.seen_at > RENEWED_EVERY)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Writes what changed. A request that only polls never keeps a session alive."""
        if not isinstance(session, Session):
            raise TypeError("not one of our sessions")
        response.vary.add("Cookie")
        if session.ended and session.key:
            _end(session.key)
            session.key = None
        if session.key is None:
            if session:
                self._start(app, session, response)
            elif session.ended:
                _forget(app, response)
            return
        polls = getattr(response, "polls", False)
        if (session.modified or (session.due and not polls)) and not _renew(session, session.key):
            _forget(app, response)

    def _start(self, app: Flask, session: Session, response: Response) -> None:
        token = secrets.token_urlsafe(32)
        with saved():
            sessions.start(_key(token), _account(session), dict(session), clock.now())
        response.set_cookie(
            app.config["SESSION_COOKIE_NAME"], token, httponly=True, samesite="Strict", path="/",
            secure=app.config["SESSION_COOKIE_SECURE"],
        )  # fmt: skip


def _renew(session: Session, key: str) -> bool:
    with saved():
        return sessions.renew(key, _account(session), dict(session), clock.now())


def _forget(app: Flask, response: Response) -> None:
    response.delete_cookie(app.config["SESSION_COOKIE_NAME"], secure=app.config["SESSION_COOKIE_SECURE"])


def _end(key: str) -> None:
    with saved():
        sessions.end(key)


def _account(session: Session) -> UUID | None:
    told = session.get("_user_id")
    return UUID(told) if told else None


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
