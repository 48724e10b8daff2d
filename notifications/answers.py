"""Whether somebody comes to a meeting, as their calendar or they themselves say it (Rulebook M4)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    """Whether somebody comes. The value is stored."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"

    @property
    def words(self) -> str:
        """As the page says it."""
        return {"accepted": "Comes", "declined": "Does not come", "tentative": "May come"}[self.value]


def in_words(answers: Iterable[Answer | None]) -> str:
    """How many come: `1 comes, 1 does not, 17 have not answered`."""
    found = Counter(answers)
    said = [_number(found[Answer.ACCEPTED], "comes", "come")]
    if found[Answer.TENTATIVE]:
        said.append(_number(found[Answer.TENTATIVE], "may come", "may come"))
    said.append(_number(found[Answer.DECLINED], "does not", "do not"))
    said.append(_number(found[None], "has not answered", "have not answered"))
    return ", ".join(said)


def _number(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What one person's calendar answers; `replaces` and `stamped` are in UTC."""

    uid: str
    replaces: datetime | None
    sequence: int
    attendee: str
    answer: Answer
    stamped: datetime


class NoReply(ValueError):
    """What was read answers no invitation; its words say why, and hold nothing of what was read."""
