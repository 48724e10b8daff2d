"""What a MARAC says of the safety plan that a daily meeting set."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agenda.calendar import day_words
from agenda.moves import REASON_LENGTH
from minutes.actions import Status


class Verdict(StrEnum):
    """What becomes of an action set before; the value is stored (Rulebook M3)."""

    STILL_RIGHT = "still right"
    DONE = "done"
    CHANGE = "change"

    @property
    def label(self) -> str:
        """`Still right`."""
        return self.value.capitalize()


@dataclass(frozen=True, slots=True)
class Review:
    """The MARAC's word on one action. None is a question not answered, which is no answer."""

    verdict: Verdict | None
    text: str = ""


def problems(review: Review) -> dict[str, str]:
    """What keeps a review from being kept, by field: who changes an action says how (Rulebook M3, A1)."""
    if review.verdict is Verdict.CHANGE and not review.text.strip():
        return {"text": "Say how the action changes"}
    if review.verdict is None and review.text.strip():
        return {"verdict": "Say whether the action is still right, done or to be changed"}
    if len(review.text) > REASON_LENGTH:
        return {"text": f"What was said of the action must be {REASON_LENGTH:,} characters or fewer"}
    return {}


def settles(review: Review, sits_on: date) -> tuple[Status, str] | None:
    """How a review settles the action it is about, with the reason; None where it stays open (A1, M3).

    One that is changed is closed with what was said, as one whose circumstances changed: the action that
    takes its place is set beside it.
    """
    match review.verdict:
        case Verdict.DONE:
            return Status.DONE, review.text.strip()
        case Verdict.CHANGE:
            why = f"Changed by the MARAC of {day_words(sits_on)}: {review.text.strip()}"
            return Status.NOT_POSSIBLE, why[:REASON_LENGTH]
        case _:
            return None
