"""Somebody at a meeting whose typed name reads like that of somebody on one of its cases (F3, M6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from agenda.addresses import Part
from agenda.moves import REASON_LENGTH

_PARTS = {
    Part.PERPETRATOR: "the perpetrator of",
    Part.VICTIM: "the victim of",
    Part.ASSOCIATE: "a known associate of the perpetrator of",
}


@dataclass(frozen=True, slots=True)
class Likeness:
    """A typed name that could be that of somebody on a case of the meeting (Rulebook F3, M6)."""

    key: UUID  # of the line
    item_id: UUID
    case: str  # its reference
    part: Part


def apart_problem(found: Iterable[Likeness], reason: str) -> str | None:
    """Nobody sits in a meeting about their own case, nor hears it for who it is about: whose name reads like
    that of somebody on it is taken only once a person says why they are somebody else (Rulebook F3, M6)."""
    who = "; ".join(f"{_PARTS[one.part]} {one.case}" for one in found)
    if not who:
        return None
    if len(reason) > REASON_LENGTH:
        return f"The reason must be {REASON_LENGTH:,} characters or fewer"
    if reason.strip():
        return None
    return (
        f"This name reads like that of {who}. If it is the same person, take the name away: they may not be "
        "here. If it is somebody else, say how you know"
    )
