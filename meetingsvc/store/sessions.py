"""Rows of sessions, and of attempts to sign in."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, update

from meetingsvc.models import SessionRow, SignInAttemptRow, db

#: Every request asks this: put together once.
_SESSION = select(SessionRow).where(SessionRow.key == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is signed in, as they read it."""

    id: UUID
    browser: str
    started_at: datetime
    used_at: datetime
    here: bool


def get(key: str) -> SessionRow | None:
    """The session of that key."""
    return db.session.scalars(_SESSION, {"key": key}).one_or_none()


def start(key: str, account_id: UUID | None, data: dict[str, Any], now: datetime, browser: str = "") -> None:
    """A new session."""
    row = SessionRow(key=key, account_id=account_id, data=data, created_at=now, seen_at=now, browser=browser)
    db.session.add(row)


def keep(key: str, data: dict[str, Any], seen_at: datetime | None = None) -> bool:
    """Writes to a session that still lives, and says that its person was seen where they were.

    False where it was ended meanwhile: nothing brings it back.
    """
    row = SessionRow
    values: dict[str, Any] = {"data": data} | ({"seen_at": seen_at} if seen_at else {})
    kept = update(row).where(row.key == key).values(values)
    return db.session.scalar(kept.returning(row.key)) is not None


def rotate(key: str, new: str, data: dict[str, Any], now: datetime) -> bool:
    """Gives a session that still lives a new key; its absolute limit stays. False where it was ended."""
    row = SessionRow
    turned = update(row).where(row.key == key).values(key=new, data=data, seen_at=now, challenge=None)
    return db.session.scalar(turned.returning(row.id)) is not None


def set_challenge(key: str, challenge: str) -> None:
    """What a passkey has to sign for this session; the one before is worth nothing."""
    db.session.execute(update(SessionRow).where(SessionRow.key == key).values(challenge=challenge))


def take_challenge(key: str) -> str | None:
    """What a passkey had to sign: given once, also to two that ask at the same moment."""
    row = SessionRow
    challenge = db.session.scalar(select(row.challenge).where(row.key == key))
    mine = row.key == key, row.challenge == challenge
    taken = db.session.scalar(update(row).where(*mine).values(challenge=None).returning(row.key))
    return challenge if taken else None


def places_of(account_id: UUID, own_key: str | None, since: datetime) -> list[Place]:
    """Where an account is signed in, the newest use first; half signed-in sessions are none."""
    row = SessionRow
    rows = select(row).where(row.account_id == account_id, row.created_at >= since)
    return [
        Place(row.id, row.browser, row.created_at, row.seen_at, row.key == own_key)
        for row in db.session.scalars(rows.order_by(row.seen_at.desc(), row.id))
        if "_user_id" in row.data
    ]


def end(key: str) -> None:
    """The cookie that names it opens nothing any more."""
    db.session.execute(delete(SessionRow).where(SessionRow.key == key))


def end_one_of(account_id: UUID, session_id: UUID) -> bool:
    """Ends one session of an account; False where it has no such session."""
    row = SessionRow
    ended = delete(row).where(row.account_id == account_id, row.id == session_id)
    return db.session.scalar(ended.returning(row.id)) is not None


def end_others_of(account_id: UUID, own_key: str) -> int:
    """Ends an account's sessions but one."""
    row = SessionRow
    ended = delete(row).where(row.account_id == account_id, row.key != own_key)
    return len(db.session.scalars(ended.returning(row.id)).all())


def end_all_of(account_id: UUID) -> None:
    """Signs an account out everywhere: on a new password, or on being disabled."""
    db.session.execute(delete(SessionRow).where(SessionRow.account_id == account_id))


def end_older_than(started_before: datetime) -> int:
    """Forgets sessions that began before."""
    older = delete(SessionRow).where(SessionRow.created_at < started_before).returning(SessionRow.key)
    return len(db.session.scalars(older).all())


def attempts_since(subject: str, since: datetime) -> int:
    """How often signing in failed for an account or from a computer."""
    row = SignInAttemptRow
    return db.session.scalar(select(func.count()).where(row.subject == _hashed(subject), row.at > since)) or 0


def note_attempt(subject: str, now: datetime) -> None:
    """One more that failed."""
    db.session.add(SignInAttemptRow(subject=_hashed(subject), at=now))


def forget_attempts(before: datetime) -> None:
    """Those too old to count."""
    db.session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.at < before))


def _hashed(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
