"""A child's level of risk over time: who said which, when, and why (Rulebook E1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agenda.incidents import Risk
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken


class Basis(StrEnum):
    """What a level rests on; the value is stored."""

    REFERRAL = "referral"
    SCREENING = "screening"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True)
class Said:
    """One level as it was said. `panel` is the meeting's, "" where no meeting said it."""

    level: Risk
    basis: Basis
    at: datetime
    by: str
    reason: str
    panel: str = ""


History = Sequence[Said]


def now(history: History) -> Risk | None:
    """The level that stands; None where nobody has said one."""
    return history[-1].level if history else None


def highest(history: History) -> Risk | None:
    """The highest there ever was."""
    return max((said.level for said in history), key=lambda level: level.rank, default=None)


def is_rising(history: History) -> bool:
    """Whether it was raised when it last changed: shown beside the level."""
    levels = [said.level.rank for said in history]
    before = next((rank for rank in reversed(levels) if rank != levels[-1]), None)
    return before is not None and before < levels[-1]


def problems(history: History, said: Said) -> dict[str, str]:
    """What keeps a level from being said, by field (Rulebook E1; T13 alike).

    Every level has its reason. A referral or a screening may raise what stands and never lowers it: only a
    meeting, which has heard the agencies, does that.
    """
    if not said.reason.strip():
        return {"reason": "Say why you judge the risk to be this"}
    if len(said.reason) > REASON_LENGTH:
        return {"reason": f"The reason must be {REASON_LENGTH:,} characters or fewer"}
    stands = now(history)
    if said.basis is not Basis.MEETING and stands is not None and said.level.rank < stands.rank:
        return {"level": f"It stands at {stands}. Only a meeting lowers it"}
    return {}


def with_more(history: History, said: Said) -> tuple[Said, ...]:
    """With one more; raises RuleBroken where it cannot be said, or goes back in time."""
    if found := problems(history, said):
        raise RuleBroken(f"{next(iter(found.values()))}.")
    if history and said.at < history[-1].at:
        raise RuleBroken("That is earlier than what was said last.")
    return (*history, said)


def screened(history: History, said: Said) -> tuple[Said, ...]:
    """With a screening: one that comes out lower is kept with the screening, and changes no level (E1)."""
    stands = now(history)
    if stands is not None and said.level.rank < stands.rank:
        return tuple(history)
    return with_more(history, said)
