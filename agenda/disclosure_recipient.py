"""Who was told: never the person it is about, and of the person at risk her own name (Rulebook Y2)."""

from agenda.disclosure_scheme import Recipient
from agenda.incidents import Party
from agenda.spelling import TITLES, words_of

LONGEST = 200  # letters of a name


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
    return sorted(word for word in words_of(name) if word not in TITLES)
