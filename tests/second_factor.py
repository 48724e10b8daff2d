"""Second factors for the people of tests, and the session that they open."""

import html
import json
import re
from datetime import datetime
from typing import Any
from uuid import UUID

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from meetingsvc.models import PasskeyRow, TotpRow, db
from meetingsvc.store import accounts
from meetingsvc.usecases import factors
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.sessions import current
from meetingsvc.web.sign_in_second import enter
from tests.authenticator import Authenticator

#: The one secret of all authenticator apps in tests.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(now: datetime, steps: int = 0) -> str:
    """What the app shows, so many half-minutes later."""
    return pyotp.TOTP(SECRET).at(int(now.timestamp()) + 30 * steps)


def give_app(account_id: UUID, now: datetime) -> None:
    """An authenticator app, none of whose codes was used. Call it inside a transaction."""
    factors.give_totp(account_id, SECRET, now)


def give_passkey(account_id: UUID, device: Authenticator, now: datetime, name: str = "key") -> UUID:
    """A passkey on that device. Call it inside a transaction."""
    row = PasskeyRow(account_id=account_id, credential_id=device.credential_id, public_key=device.public_key,
                     sign_count=device.count, name=name, added_at=now)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def forget_codes() -> None:
    """The clock of tests stands still, so a code would work for one sign-in alone: it works again."""
    with saved():
        db.session.execute(update(TotpRow).values(last_step=0))


def open_session(app: Flask, account_id: UUID, now: datetime) -> FlaskClient:
    """A client signed in as after both steps, by the same functions, without the pages on the way."""
    client = app.test_client()
    with app.test_request_context("/sign-in/second"):
        who = accounts.principal(account_id, now)
        assert who is not None
        answer = app.make_response(enter(who))
        app.session_interface.save_session(app, current(), answer)
        db.session.remove()
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie")
    name, _, rest = cookie.partition("=")
    client.set_cookie(name, rest.partition(";")[0])
    return client


def asked(page: str) -> dict[str, Any]:
    """The task that a page sets a passkey."""
    found = re.search(r'data-options="([^"]*)"', page)
    assert found, page
    task: dict[str, Any] = json.loads(html.unescape(found[1]))
    return task


def touch(client: FlaskClient, device: Authenticator, path: str = "/sign-in/second") -> TestResponse:
    """Opens a page that asks for a second factor, and touches the passkey."""
    page = client.get(path)
    return client.post(path, data={"passkey": device.signed(asked(page.text))})
