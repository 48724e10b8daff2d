"""What a meeting decides of a person of concern, a place, a group or a theme (Rulebook E1, E2).

They climb no ladder: each is kept under review until a day, or closed with a reason. Silence does neither.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agenda.incidents import Risk
from agenda.moves import REASON_LENGTH
from agenda.panels import Panel, Part, Works
from agenda.review_dates import chosen_problem
from agenda.subjects import SubjectKind

TITLE_LENGTH = 200


class Verdict(StrEnum):
    """The value is stored, beside those of `minutes.ladder.Decision`, and none of them."""

    KEEP = "keep"
    CLOSE = "close"

    @property
    def label(self) -> str:
        """As a choice."""
        return "Keep under review" if self is Verdict.KEEP else "Close"

    @property
    def said(self) -> str:
        """As it is read afterwards."""
        return "Kept under review" if self is Verdict.KEEP else "Closed"


@dataclass(frozen=True, slots=True)
class Review:
    """One decision. None is a question not answered yet."""

    verdict: Verdict | None
    reason: str = ""
    review_on: date | None = None  # of keeping: sooner than the panel's interval


def problems(told: Review, on: date, latest: date | None) -> dict[str, str]:
    """What keeps a decision from being recorded, by field; empty where nothing does (Rulebook E1).

    `on` is the day the panel sits, `latest` the last day on which it hears again what it keeps: no day that
    is further off can be chosen, so nothing is put off for good.
    """
    found: dict[str, str] = {}
    if told.verdict is None:
        found["verdict"] = "Choose whether it is kept under review or closed"
    found |= reason_problem(told.reason)
    if told.verdict is Verdict.KEEP and told.review_on is not None:
        if why := chosen_problem(told.review_on, on, latest):
            found["review_on"] = why
    return found


def reason_problem(reason: str) -> dict[str, str]:
    """What is wrong with a reason, under its field: of a decision, of putting on and of taking off alike."""
    if not reason.strip():
        return {"reason": "Say why"}
    if len(reason) > REASON_LENGTH:
        return {"reason": f"The reason must be {REASON_LENGTH:,} characters or fewer"}
    return {}


def title_problem(title: str) -> dict[str, str]:
    """What is wrong with the title of a theme."""
    if not title.strip():
        return {"title": "Enter the title of the theme"}
    if len(title.strip()) > TITLE_LENGTH:
        return {"title": f"The title must be {TITLE_LENGTH} characters or fewer"}
    return {}


def may_be_put_on(panel: Panel, part: Part) -> bool:
    """Whether somebody puts this kind of item on the panel's agenda (Rulebook E1, E2).

    A child is sent there by a meeting's decision, and by that alone.
    """
    return panel.works is Works.AGENDA and part in panel.hears and part not in (Part.CASE, Part.CHILD)


def off_problem(was_shared: bool, says_something: bool) -> str | None:
    """Why an item cannot be taken off again; None where it can: nobody has read it or decided on it yet.

    What agencies were told that a meeting hears, only a meeting closes.
    """
    if was_shared:
        return "It was on an agenda that was shared. Only a meeting closes it now. Nothing was changed."
    if says_something:
        return "Something was kept about it already, so it stays on the agenda. Nothing was changed."
    return None


def needs_second(verdict: Verdict | None, kind: SubjectKind, near: Iterable[Risk | None]) -> bool:
    """Whether a second person confirms it before it counts, one of the two a chair: a person of concern is
    closed while a child near them is at the highest level, or is one of whom no level is known (practice;
    `minutes.ladder.needs_second` alike).

    `near` are the levels of the children who are linked to them.
    """
    closes = verdict is Verdict.CLOSE and kind is SubjectKind.PERSON
    return closes and any(level in (None, Risk.HIGH) for level in near)


def left_words(children: int, others: int) -> str:
    """On how many a meeting has decided nothing: `2 children and 1 other on the agenda`."""
    first = f"{children} child" if children == 1 else f"{children} children"
    second = f"{others} other on the agenda" if others == 1 else f"{others} others on the agenda"
    if not others:
        return first
    return f"{first} and {second}" if children else second
