"""Who was told: never the person it is about, and of the person at risk her own name (Rulebook Y2)."""

import re

from agenda.disclosure_scheme import Recipient
from agenda.incidents import Party
from agenda.people import folded

LONGEST = 200  # letters of a name
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})


def name_of(to: Recipient | None, typed: str, at_risk: Party) -> str:
    """Whose name is kept: that of the person at risk is known, and is not asked."""
    return at_risk.name[:LONGEST] if to is Recipient.AT_RISK else typed.strip()


def recipient_problem(to: Recipient | None, typed: str, subject: Party | None) -> str:
    """What is wrong with the name of who was told; "" where nothing is (Rulebook Y2).

    The subject's own name is refused in whatever order it is written, with a title or without one.
    """
    if to is Recipient.AT_RISK:
        return ""
    if not typed.strip():
        return "Enter the name of who was told"
    if subject and _words(typed) == _words(f"{subject.forename} {subject.surname}"):
        return "This is the name of the person it is about, who is never told of it"
    return ""


def _words(name: str) -> list[str]:
    """A name's words whatever their order; a surname of two words is told the same with a hyphen."""
    words = (folded(word) for word in re.split(r"[\s,.\-\u2010-\u2015]+", name))
    return sorted(word for word in words if word and word not in _TITLES)
