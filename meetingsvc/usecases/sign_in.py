"""Signing in, counted against guessing."""

from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from meetingsvc.store import accounts, audit, sessions
from meetingsvc.usecases.transaction import saved

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_COMPUTER = 10, 50
_HASHER = PasswordHasher()
#: Checked where there is no such account, so that the answer takes as long.
_NOBODY = _HASHER.hash("nobody has this password")


class TooManyAttempts(Exception):
    """Guessing was too quick; nothing was checked."""


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def sign_in(email: str, password: str, computer: str, now: datetime) -> UUID | None:
    """The account, or None: the same for a wrong password, no such account and a disabled one."""
    subjects = {f"account:{email.strip().lower()}": PER_ACCOUNT, f"computer:{computer}": PER_COMPUTER}
    if any(sessions.attempts_since(subject, now - WINDOW) >= limit for subject, limit in subjects.items()):
        raise TooManyAttempts
    found = accounts.by_email(email)
    right = matches(found[1] if found else _NOBODY, password)
    with saved():
        if found and right:
            principal = accounts.principal(found[0], now)
            audit.record(
                found[0], principal.area_id if principal else None, "signed in", f"account/{found[0]}", now
            )
            return found[0]
        for subject in subjects:
            sessions.note_attempt(subject, now)
        if found:
            audit.record("nobody", None, "sign-in refused", f"account/{found[0]}", now)
    return None


def matches(kept: str, password: str) -> bool:
    """Whether a password is the one that is kept."""
    try:
        return _HASHER.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
