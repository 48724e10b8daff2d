"""Signing in, counted against guessing."""

from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from meetingsvc.store import accounts, audit, sessions
from meetingsvc.usecases.transaction import saved

WINDOW = timedelta(minutes=15)
#: Failures in that time: few from one computer at one account, so that nobody else shuts a person out.
PER_PAIR, PER_ACCOUNT, PER_COMPUTER = 10, 50, 200
_HASHER = PasswordHasher()


class TooManyAttempts(Exception):
    """Guessing was too quick; nothing was checked."""


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def sign_in(email: str, password: str, computer: str, now: datetime) -> UUID | None:
    """The account, or None: the same for a wrong password, no such account and a disabled one."""
    name = email.strip().lower()
    subjects = {
        f"pair:{name} {computer}": PER_PAIR,
        f"account:{name}": PER_ACCOUNT,
        f"computer:{computer}": PER_COMPUTER,
    }
    if any(sessions.attempts_since(subject, now - WINDOW) >= limit for subject, limit in subjects.items()):
        raise TooManyAttempts
    found = accounts.by_email(email)
    right = matches(found[1] if found else _nobody(), password)
    with saved():
        for subject in () if found and right else subjects:
            sessions.note_attempt(subject, now)
        if found:
            principal = accounts.principal(found[0], now)
            said = (found[0], "signed in") if right else ("nobody", "sign-in refused")
            area_id = principal.area_id if principal else None
            audit.record(said[0], area_id, said[1], f"account/{found[0]}", now)
    return found[0] if found and right else None


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Checked where there is no such account, so that the answer takes as long."""
    return _HASHER.hash("nobody has this password")


def matches(kept: str, password: str) -> bool:
    """Whether a password is the one that is kept."""
    try:
        return _HASHER.verify(kept, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
