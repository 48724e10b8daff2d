"""Rows of sessions, and of attempts to sign in."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from meetingsvc.models import SessionRow, SignInAttemptRow, db


def get(key: str) -> SessionRow | None:
    """The session of that key."""
    return db.session.get(SessionRow, key)


def start(key: str, account_id: UUID | None, data: dict[str, Any], now: datetime) -> None:
    """A new session."""
    db.session.add(SessionRow(key=key, account_id=account_id, data=data, created_at=now, seen_at=now))


def renew(key: str, account_id: UUID | None, data: dict[str, Any], now: datetime) -> bool:
    """Writes to a session that still lives. False where it was ended meanwhile: nothing brings it back."""
    row = SessionRow
    renewed = update(row).where(row.key == key).values(account_id=account_id, data=data, seen_at=now)
    return db.session.scalar(renewed.returning(row.key)) is not None


def end(key: str) -> None:
    """The cookie that names it opens nothing any more."""
    db.session.execute(delete(SessionRow).where(SessionRow.key == key))


def end_all_of(account_id: UUID) -> None:
    """Signs an account out everywhere: on a new password, or on being disabled."""
    db.session.execute(delete(SessionRow).where(SessionRow.account_id == account_id))


def end_older_than(seen_before: datetime) -> int:
    """Forgets sessions that nobody used since."""
    older = delete(SessionRow).where(SessionRow.seen_at < seen_before).returning(SessionRow.key)
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
