"""What an agency that has not signed did with what it was told, once its part in a case is over (V1)."""

from datetime import date
from enum import StrEnum

from agenda.moves import REASON_LENGTH

NAME_LENGTH = 100


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
    def settled(self) -> bool:
        """Nothing is left there. What was kept may be destroyed or returned later."""
        return self is not How.KEPT


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
        found["why"] = "Say what is kept, and why"
    elif len(why) > REASON_LENGTH:
        found["why"] = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return found
