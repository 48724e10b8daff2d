"""Legal moves as a table: from which states, to which, by whom, and whether the mover says why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from agenda.rules import RuleBroken

State = TypeVar("State", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)

REASON_LENGTH = 2_000


class Who(StrEnum):
    """In whose name something moves; which accounts that means is the service's to say (security.md B)."""

    REFERRER = "the referrer"
    COORDINATOR = "a coordinator"
    CHAIR = "the chair"
    POLICE = "the police"
    OTHER_AREA = "the other area"
    LIST = "the daily list"


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """One kind of move. `ask` is said where it needs a reason and has none; "" where it needs none."""

    before: frozenset[State]
    after: State
    who: frozenset[Who]
    ask: str = ""


def problem(move: Move[State], state: State, who: Who, reason: str = "") -> str | None:
    """Why this move cannot be made now, by this mover; None where it can."""
    if who not in move.who:
        return f"This is for {' or '.join(sorted(move.who))} to do."
    if state not in move.before:
        return f"It is {state.value}, so this cannot be done now. Nothing changed."
    if move.ask and not reason.strip():
        return f"{move.ask}."
    if len(reason) > REASON_LENGTH:
        return f"The reason must be {REASON_LENGTH:,} characters or fewer."
    return None


def made(move: Move[State], state: State, who: Who, reason: str = "") -> State:
    """The state after a move; raises RuleBroken where it is not legal."""
    if why := problem(move, state, who, reason):
        raise RuleBroken(why)
    return move.after


def open_to(moves: Mapping[Step, Move[State]], state: State, who: Who) -> tuple[Step, ...]:
    """What may be done next, and by this mover: the buttons of a page."""
    return tuple(step for step, move in moves.items() if state in move.before and who in move.who)
