"""The password, which opens half a door, counted against guessing. `factors.py` has the other half."""

from collections.abc import Mapping
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
    """The account, or None: the same for a wrong password, one whose time is over, no such account and a
    disabled one."""
    name = email.strip().lower()
    subjects = {
        f"pair:{name} {computer}": PER_PAIR,
        f"account:{name}": PER_ACCOUNT,
        f"computer:{computer}": PER_COMPUTER,
    }
    refuse_guessing(subjects, now)
    found = accounts.by_email(email)
    right = matches(found.password_hash if found else _nobody(), password)
    if found and is_over(found.password_until, now):
        right = False
    with saved():
        for subject in () if found and right else subjects:
            sessions.note_attempt(subject, now)
        _leave_trace(found.account_id if found else None, right, now)
    return found.account_id if found and right else None


def is_over(until: datetime | None, now: datetime) -> bool:
    """Whether a one-time password's time is over; one that somebody chose has none (ASVS 6.4.1)."""
    return until is not None and until <= now


def refuse_guessing(subjects: Mapping[str, int], now: datetime) -> None:
    """Raises TooManyAttempts where one of them failed too often lately (ASVS 6.1.1): the database counts."""
    if any(sessions.attempts_since(subject, now - WINDOW) >= limit for subject, limit in subjects.items()):
        raise TooManyAttempts


def _leave_trace(account_id: UUID | None, right: bool, now: datetime) -> None:
    """An unknown address leaves a line as well, without the address."""
    principal = accounts.principal(account_id, now) if account_id else None
    actor = account_id if account_id and right else "nobody"
    action = "password accepted" if account_id and right else "sign-in refused"
    area_id = principal.area_id if principal else None
    audit.record(actor, area_id, action, f"account/{account_id or 'unknown'}", now)


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
