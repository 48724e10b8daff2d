"""Passwords: making them up, and changing one's own."""

import secrets
from datetime import datetime

from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, sessions
from meetingsvc.usecases import sign_in
from meetingsvc.usecases.transaction import saved, saved_by

SHORTEST, LONGEST = 12, 200
#: Without those that look alike; sixteen of them are 79 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongPassword(Exception):
    """It is not the present password."""


def generated() -> str:
    """A password nobody chose, in four groups that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def refuse_short(password: str) -> None:
    """Raises RuleBroken outside 12 to 200 characters; any characters will do (OWASP ASVS 6.2)."""
    if len(password) < SHORTEST:
        raise RuleBroken(f"A password needs {SHORTEST} characters or more.")
    if len(password) > LONGEST:
        raise RuleBroken(f"A password has {LONGEST} characters at most.")


def change(principal: Principal, present: str, new: str, now: datetime) -> None:
    """Gives oneself a new password; every session of the account ends, on this computer too.

    Guesses at the present one count as guesses at signing in. Raises WrongPassword, TooManyAttempts or
    RuleBroken.
    """
    refuse_short(new)
    row = db.session.get_one(AccountRow, principal.account_id)
    subject, kept = f"present:{row.email}", row.password_hash
    if sessions.attempts_since(subject, now - sign_in.WINDOW) >= sign_in.PER_PAIR:
        raise sign_in.TooManyAttempts
    if not sign_in.matches(kept, present):
        with saved():
            sessions.note_attempt(subject, now)
        raise WrongPassword
    if new == present:
        raise RuleBroken("The new password is the old one. Choose another.")
    made = sign_in.hashed(new)
    with saved_by(principal, Permission.HOME_READ, now) as who:
        row = db.session.get_one(AccountRow, who.account_id)
        if row.password_hash != kept:
            raise RuleBroken("Your password was changed somewhere else in the meantime. Sign in again.")
        row.password_hash, row.must_change_password = made, False
        sessions.end_all_of(who.account_id)
        audit.record(who.account_id, who.area_id, "password.changed", f"account/{who.account_id}", now)
