"""What a meeting has to leave behind before it is over (Rulebook D3, F1, R3)."""

from collections.abc import Iterable
from dataclasses import dataclass

NOBODY = (
    "Nobody is recorded as present. Record who was there, who sent apologies, and that the confidentiality "
    "statement was read."
)
UNREAD = (
    "It is not on record that the confidentiality statement was read out. Record that it was, or say in a "
    "sentence why not."
)
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the meeting, as far as its end goes."""

    case: str  # its reference
    outcome_recorded: bool
    not_reached: str  # why the MARAC did not come to it; empty where it was heard
    telling_decided: bool  # who tells the victim, or why that is unsafe
    unsaved: bool = False  # something was typed, and neither saved nor set aside


def problems(lines: Iterable[Line]) -> list[str]:
    """Why the meeting cannot end yet, in words; nothing where it can.

    Every case heard has its outcome (Rulebook D3) and either a named professional who tells the victim by a
    day or the reason why that is unsafe (F1); one that was not reached needs neither, and comes back (M1).
    What was typed and not saved of any of them is saved or set aside by a person first: nothing is lost.
    """
    lines = list(lines)
    heard = [line for line in lines if not line.not_reached]
    undecided = [line.case for line in heard if not line.outcome_recorded]
    untold = [line.case for line in heard if line.outcome_recorded and not line.telling_decided]
    found = []
    if undecided:
        found.append(f"{_cases(undecided)} no outcome{_named(undecided)}.")
    if untold:
        found.append(
            f"{_cases(untold)} nobody who tells the victim, and no reason why telling is unsafe"
            f"{_named(untold)}."
        )
    return found + [f"Typed and not saved: {line.case}." for line in lines if line.unsaved]


def unread_problem(unread: bool, why: str) -> str:
    """Why the meeting cannot end: somebody heard its cases who was not reminded of confidentiality, it was
    never read out, and nobody says why (Rulebook R3). Nothing where it can."""
    return UNREAD if unread and not why.strip() else ""


def _cases(which: list[str]) -> str:
    return "1 case has" if len(which) == 1 else f"{len(which)} cases have"


def _named(which: list[str]) -> str:
    more = f" and {len(which) - _MOST_NAMED} more" if len(which) > _MOST_NAMED else ""
    return f": {', '.join(which[:_MOST_NAMED])}{more}"
