"""Why an incident is on a daily list, or is not, in the words people read. Written once, here."""

from collections.abc import Iterable

from agenda.incidents import Risk

_WORDS = {
    "T2": "High risk",
    "P3": "Medium risk, for the triage",
    "T3": "Medium risk, children present or linked",
    "T4": "Medium risk, victim consents to sharing",
    "T5": "Added by a person",
    "T6": "Further incident on a case heard at MARAC",
    "T7": "Referred by a professional",
    "T8": "Transferred from another area",
    "T9": "Disclosure scheme application",
    "T15": "Further incident on a case that waits for a MARAC",
}
_ORDER = {words: place for place, words in enumerate(_WORDS.values())}
_LEFT_OUT = {
    Risk.HIGH: "High risk",
    Risk.MEDIUM: "Medium risk: no children present or linked, and the victim has not consented to sharing",
    Risk.STANDARD: "Standard risk: listed only where the case was heard at MARAC or waits for one",
}
WITHDRAWN = "Disclosure scheme application, withdrawn"
NOT_DOMESTIC = "Not flagged as domestic by the police"
VICTIM_KNOWN = "Victim known to MARAC"


def words(rule: str) -> str:
    """What a rule's number says of an entry: `High risk` (Rulebook T2 to T9, T15)."""
    return _WORDS[rule]


def in_order(said: Iterable[str]) -> tuple[str, ...]:
    """The words of several entries, each once, in the order of their rules (Rulebook T11)."""
    return tuple(sorted(set(said), key=_ORDER.__getitem__))


def left_out(risk: Risk, was: Risk | None = None) -> str:
    """Why no rule lists a domestic incident of this risk (Rulebook T5).

    `was` is the highest risk of its earlier versions: where the police have lowered it, that is said (T13).
    """
    lowered = was is not None and was.rank > risk.rank
    return f"{_LEFT_OUT[risk]}. It was {was} in an earlier version" if lowered else _LEFT_OUT[risk]


def unflagged(_: Risk, was: Risk | None) -> str:
    """Why an incident is not listed that an earlier version had domestic, of that risk (Rulebook T13)."""
    return f"{NOT_DOMESTIC} any more. It was domestic and {was} risk in an earlier version"
