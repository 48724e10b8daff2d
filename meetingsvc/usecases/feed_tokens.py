"""A force's tokens: made, shown once, revoked; and who comes by one (incident feed; security.md A20).

A token creates incidents and missing episodes in its own area and opens nothing else. The database keeps its
digest alone.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID, uuid4

from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import NotFound, TooManyRequests, Unauthorized

from agenda.rules import RuleBroken
from meetingsvc.models import FeedTokenRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, sessions
from meetingsvc.store import feed_tokens as store
from meetingsvc.store.feed_tokens import Sender
from meetingsvc.usecases.transaction import saved, saved_by

#: What a token begins with, so that who finds one knows what it is.
PREFIX = "msvc_"
FORCE_LENGTH = 100
#: Calls of one token in a minute, and calls without a good one from one computer in fifteen.
PER_MINUTE, FAILURES, WINDOW = 300, 20, timedelta(minutes=15)
#: Unknown and revoked are answered alike.
_MADE = "That token was made already, and is not shown again. Where it is lost, revoke it and make another."
_NO_TOKEN = "Send the force's token: Authorization: Bearer …"  # noqa: S105 words for who has none


def make(principal: Principal, force: str, now: datetime, token_id: UUID) -> str:
    """A token for a force, shown this once and kept nowhere.

    Asked for again under the same id, as by a page loaded again, it makes no second one: raises RuleBroken.
    """
    with saved_by(principal, Permission.MACHINE_MANAGE, now) as who:
        if store.row(who.area_id, token_id) is not None:
            raise RuleBroken(_MADE)
        return _make(who.area_id, force, who.account_id, now, token_id)


def make_by_command(area_id: UUID, force: str, now: datetime) -> str:
    """The same at the service's own machine."""
    with saved():
        return _make(area_id, force, None, now, uuid4())


def revoke(principal: Principal, token_id: UUID, now: datetime) -> None:
    """From the next call on it opens nothing; a message being taken in is finished."""
    with saved_by(principal, Permission.MACHINE_MANAGE, now) as who:
        row = store.row(who.area_id, token_id)
        if row is None:
            raise NotFound
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by = now, who.account_id
            audit.record(who.account_id, who.area_id, "machine.revoked", f"feed_token/{token_id}", now)


def admit(bearer: str, computer: str, now: datetime) -> Sender:
    """Whose token it is. Raises 401, or 429 where it calls too often or a computer keeps guessing.

    A good token is never shut out by what others at its computer try: it is asked first.
    """
    digest = hashlib.sha256(bearer.encode()).digest()
    found = store.sender(digest) if bearer else None
    if found is None:
        _refuse(computer, now)
    with saved():
        counted = store.count_call(found.token_id, now, PER_MINUTE)
    if counted:
        return found
    if store.sender(digest) is None:
        _refuse(computer, now)
    raise TooManyRequests(
        f"More than {PER_MINUTE} messages in a minute. Send again in the next, or several incidents at once.",
        retry_after=60 - now.second,
    )


def no_token() -> Unauthorized:
    """What who has no good token is answered."""
    return Unauthorized(_NO_TOKEN, www_authenticate=WWWAuthenticate("bearer", {"realm": "incidents"}))


def _make(area_id: UUID, force: str, account_id: UUID | None, now: datetime, key: UUID) -> str:
    force = " ".join(force.split())
    if not 0 < len(force) <= FORCE_LENGTH:
        raise RuleBroken(f"Enter the name of the force, in up to {FORCE_LENGTH} characters.")
    token = PREFIX + secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).digest()
    db.session.add(FeedTokenRow(id=key, area_id=area_id, force=force, digest=digest, created_at=now,
                                created_by=account_id))  # fmt: skip
    db.session.flush()
    audit.record(account_id or audit.COMMAND_LINE, area_id, "machine.token_made", f"feed_token/{key}", now)
    return token


def _refuse(computer: str, now: datetime) -> NoReturn:
    subject = f"machine:{computer}"
    if sessions.attempts_since(subject, now - WINDOW) >= FAILURES:
        raise TooManyRequests("Too many calls without a good token.", retry_after=int(WINDOW.total_seconds()))
    with saved():
        sessions.note_attempt(subject, now)
    raise no_token()
