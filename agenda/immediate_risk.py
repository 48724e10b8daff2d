"""A child at immediate risk does not wait for a meeting: asked first, said whom to call (Rulebook E3, T7)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agenda.area import AreaSettings
from agenda.moves import REASON_LENGTH


class Immediate(StrEnum):
    """Whether the child is at risk now; the value is stored."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"

    @property
    def cannot_wait(self) -> bool:
        """Who does not know is told the same as who knows."""
        return self is not Immediate.NO


@dataclass(frozen=True, slots=True)
class Asked:
    """The first question, what was said to whoever answered it, and what they did (Rulebook E3).

    None is a question not answered yet. `said` is the words as they stood on the page at `said_at`.
    """

    answer: Immediate | None = None
    said: str = ""
    said_at: datetime | None = None
    done: str = ""


#: Where the area has not said whom to call.
CALL = "999, and the children's front door of your area"


def call(settings: AreaSettings) -> str:
    """Whom to call for a child at immediate risk, as the area says it (Rulebook E3)."""
    return settings.child_call.strip() or CALL


def words(settings: AreaSettings) -> str:
    """What the page says before anything else is asked, with the area’s own number (Rulebook E3)."""
    own = settings.child_call.strip()
    whom = f"999 now, and {own}" if own else call(settings)
    return (
        f"Is the child in danger now, or still missing? Call {whom}. "
        "These meetings do not replace safeguarding, and the child must not wait for one. "
        "Then come back and go on."
    )


def problems(asked: Asked) -> dict[str, str]:
    """What keeps the form from going on, by field; empty where it goes on (Rulebook E3).

    It goes on whatever was answered, once that was answered and the page has said whom to call: a referral
    is never lost over this question.
    """
    if asked.answer is None:
        return {"answer": "Say whether the child is at immediate risk"}
    if asked.said_at is None or not asked.said.strip():
        return {"answer": "Read whom to call before you go on"}
    if asked.answer.cannot_wait and not asked.done.strip():
        return {"done": "Enter what has been done about the immediate risk"}
    if len(asked.done) > REASON_LENGTH:
        return {"done": f"What has been done must be {REASON_LENGTH:,} characters or fewer"}
    return {}


def contradicts(asked: Asked, is_missing: bool) -> dict[str, str]:
    """A child who is not back is at immediate risk, whatever was answered (Rulebook E3)."""
    if is_missing and asked.answer is Immediate.NO:
        return {"answer": "The child is still missing. Answer yes, or not known, and say what has been done"}
    return {}


def asked_again(before: Asked, happened_at: datetime) -> bool:
    """Whether the question is to be asked again: something has happened since it was (Rulebook E3)."""
    return before.said_at is None or before.said_at < happened_at
