"""What an agency that has not signed did with what it was told, once its part in a case is over (V1)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from agenda.moves import REASON_LENGTH, Move, Who

NAME_LENGTH = 100
WHAT_IS_KEPT = "Say what is kept, and why"


class State(StrEnum):
    """How the question stands, as its latest answer says."""

    ASKED = "asked, and not answered"
    KEPT = "something is kept, and asked for again"
    GONE = "destroyed or returned"


class Step(StrEnum):
    """What the agency says."""

    CLEAR = "destroyed or returned all of it"
    KEEP = "kept some or all of it"


_OPEN = frozenset({State.ASKED, State.KEPT})
_SAYS = frozenset({Who.AGENCY, Who.COORDINATOR, Who.CHAIR})

#: The agency says it itself, or who runs the meetings records what it said elsewhere. What it keeps ends
#: nothing: it is asked until all of it is gone (V1).
MOVES: Mapping[Step, Move[State]] = {
    Step.CLEAR: Move(_OPEN, State.GONE, _SAYS),
    Step.KEEP: Move(_OPEN, State.KEPT, _SAYS, WHAT_IS_KEPT),
}


class How(StrEnum):
    """What it did with it. What is kept is kept for a reason, and under the terms it accepted."""

    DESTROYED = "destroyed"
    RETURNED = "returned"
    KEPT = "kept"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            How.DESTROYED: "Destroyed all of it",
            How.RETURNED: "Returned all of it",
            How.KEPT: "Kept some or all of it",
        }[self]

    @property
    def step(self) -> Step:
        """What is said with it."""
        return Step.KEEP if self is How.KEPT else Step.CLEAR

    @property
    def settled(self) -> bool:
        """Nothing is left there. What was kept may be destroyed or returned later."""
        return standing(self) not in _OPEN


def standing(how: How | None) -> State:
    """How the question stands after this answer; none was given yet."""
    return MOVES[how.step].after if how else State.ASKED


def asked_from(since: date, how: How | None, answered_on: date | None) -> date:
    """From which day its clock runs (V1): its part being over, then the answer that something is kept."""
    return answered_on if how is How.KEPT and answered_on else since


def answer_problems(
    how: How | None, by: str, on: date | None, why: str, since: date, today: date
) -> dict[str, str]:
    """What keeps an answer from being recorded, by field (V1): which, when, who did it, or why not."""
    found: dict[str, str] = {}
    if how is None:
        found["how"] = "Choose what became of it"
    if on is None or not since <= on <= today:
        found["on"] = "Enter the day, from the day on which the part was over until today"
    if not by.strip() or not by.isprintable():
        found["by"] = "Enter who there did it, or says so"
    elif len(by) > NAME_LENGTH:
        found["by"] = f"Enter {NAME_LENGTH} characters at most"
    if how is How.KEPT and not why.strip():
        found["why"] = WHAT_IS_KEPT
    elif len(why) > REASON_LENGTH:
        found["why"] = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return found
