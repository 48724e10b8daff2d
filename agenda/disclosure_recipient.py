"""Who was told: never the person it is about, and of the person at risk her own name (Rulebook Y2)."""

from collections.abc import Iterable

from agenda.disclosure_scheme import Recipient
from agenda.incidents import Party
from agenda.matching_nicknames import FULL_NAMES
from agenda.spelling import name_tokens

LONGEST = 200  # letters of a name
_ABOUT_THEM = (
    "This is the name of the person it is about, who is never told of it. "
    "If it is somebody else, enter their whole name"
)


def name_of(to: Recipient | None, typed: str, at_risk: Party) -> str:
    """Whose name is kept: that of the person at risk is known, and is not asked."""
    return at_risk.name[:LONGEST] if to is Recipient.AT_RISK else typed.strip()


def recipient_problem(to: Recipient | None, typed: str, subject: Party | None) -> str:
    """What is wrong with the name of who was told; "" where nothing is (Rulebook Y2).

    The subject's own name is refused in whatever order it is written, with a title or without one, short or
    in full: their surname alone, or beside their forename, its initial or what it is short for.
    """
    if to is Recipient.AT_RISK:
        return ""
    if not typed.strip():
        return "Enter the name of who was told"
    if subject and may_name(typed, subject):
        return _ABOUT_THEM
    return ""


def may_name(typed: str, party: Party) -> bool:
    """Whether a typed name could be this person's: with their surname among its words, and of the others
    none, their forename, its initial or a short form of it (Rulebook Y2, F3)."""
    surname, words = name_tokens(party.surname), name_tokens(typed)
    others = words - surname
    return bool(surname) and surname <= words and (not others or _any_of(others, name_tokens(party.forename)))


def _any_of(words: Iterable[str], forenames: Iterable[str]) -> bool:
    """Whether one of these words is a forename, its initial or a name that is short for the same."""
    return any(one == own[0] or not _forms(one).isdisjoint(_forms(own)) for one in words for own in forenames)


def _forms(word: str) -> frozenset[str]:
    return frozenset({word, *FULL_NAMES.get(word, ())})
