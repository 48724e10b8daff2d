"""Passwords: making them up, refusing those that others guess, and changing one's own."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, sessions
from meetingsvc.usecases import sign_in
from meetingsvc.usecases.transaction import saved, saved_by

SHORTEST, LONGEST = 12, 128
#: How long one works that somebody else made up and told (ASVS 6.4.1).
ONE_TIME = timedelta(hours=24)
#: Letters and digits that have to be left when what anybody would try is taken out.
_OWN = 6
#: What anybody would try here, besides the person's own name and address.
_HOUSE = ("meetingsvc", "meeting service", "meeting", "service", "marac", "password", "welcome", "letmein")
#: Without those that look alike; sixteen of them are 79 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongPassword(Exception):
    """It is not the present password."""


def generated(groups: int = 4) -> str:
    """A password nobody chose, in groups of four that can be read out."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(groups))


def refuse_short(password: str) -> None:
    """Raises RuleBroken outside 12 to 128 characters; any characters will do (ASVS 6.2.1, 6.2.5, 6.2.9)."""
    if len(password) < SHORTEST:
        raise RuleBroken(f"A password needs {SHORTEST} characters or more.")
    if len(password) > LONGEST:
        raise RuleBroken(f"A password has {LONGEST} characters at most.")


def refuse_guessable(password: str, about: Iterable[str]) -> None:
    """Raises RuleBroken for what attackers try first (ASVS 6.2.4, 6.2.11, 6.2.12), by lists kept offline:

    breached passwords also with figures and marks around them, one pattern over and over, and what is little
    more than words `about` the person or the service.
    """
    bare = _bare(password)
    if {bare, bare.strip("0123456789")} & _breached() or len(set(bare)) < 5:
        raise RuleBroken("This password is on lists of passwords that are often used. Choose another.")
    left = bare
    for word in sorted(_words([*about, *_HOUSE]), key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < _OWN or left.strip("0123456789") == "":
        raise RuleBroken("This password is made of words anybody would try for you. Choose another.")


@lru_cache(maxsize=1)
def _breached() -> frozenset[str]:
    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 4)


def _words(about: Iterable[str]) -> set[str]:
    parts = {_bare(part) for text in about for part in [text, *re.split(r"[\W_]+", text)]}
    return {part for part in parts if len(part) >= 3}


def _bare(text: str) -> str:
    """The letters and figures alone, in lower case. Of other scripts too."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def change(principal: Principal, present: str, new: str, now: datetime) -> None:
    """Gives oneself a new password; every session of the account ends, on this computer too.

    Guesses at the present one count as guesses at signing in. Raises WrongPassword, TooManyAttempts or
    RuleBroken.
    """
    refuse_short(new)
    row = db.session.get_one(AccountRow, principal.account_id)
    refuse_guessable(new, (row.name, row.email))
    subject, kept = f"present:{row.email}", row.password_hash
    sign_in.refuse_guessing({subject: sign_in.PER_PAIR}, now)
    if not sign_in.matches(kept, present) or sign_in.is_over(row.password_until, now):
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
        row.password_hash, row.must_change_password, row.password_until = made, False, None
        sessions.end_all_of(who.account_id)
        audit.record(who.account_id, who.area_id, "password.changed", f"account/{who.account_id}", now)
