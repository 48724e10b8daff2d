"""Complaints: to the chair, then the strategic partnership, with the right to go further (Rulebook V2)."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from agenda.clocks import Length, Running, Unit, ends
from agenda.moves import SECOND_PERSON, ByTwo, Move, Said, Taken, Who
from agenda.rules import RuleBroken

RIGHTS = (
    "If you are not content with this answer, you may take your complaint to the Information Commissioner or "
    "to the ombudsman for the agency concerned."
)
"""What every answer ends with (DM "Complaints")."""


#: What its clocks are called, done or not.
HEADS, KNOWN = "Heads of service to be notified", "To be acknowledged"


@dataclass(frozen=True, slots=True)
class ComplaintClocks:
    """How long there is, from receipt. Settings of the area."""

    notified_working_days: int = 1
    acknowledged_days: int = 30


class Complainant(StrEnum):
    """Who complains. The value is stored."""

    VICTIM = "victim"
    PERPETRATOR = "perpetrator"
    PROFESSIONAL = "professional"
    OTHER = "other"


class Subject(StrEnum):
    """What is complained of. The value is stored."""

    AGENCY = "agency"
    MEETING = "meeting"
    CHAIR = "chair"
    GOVERNANCE = "governance"


class State(StrEnum):
    """How far a complaint is."""

    RECEIVED = "received"
    WITH_CHAIR = "with the chair"
    ANSWERED = "answered by the chair"
    WITH_PARTNERSHIP = "with the strategic partnership"
    ANSWERED_FINALLY = "answered by the strategic partnership"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What is done with a complaint."""

    TAKE_ON = "take on"
    ANSWER = "answer"
    ESCALATE = "escalate"
    TO_PARTNERSHIP = "pass to the partnership, the chair being complained of"
    PAST_CHAIR = "pass to the partnership, no chair being able to deal with it"
    ANSWER_FINALLY = "record the partnership's answer"
    CLOSE = "close"
    WITHDRAW = "withdraw"


_CHAIR, _EITHER = frozenset({Who.CHAIR}), frozenset({Who.CHAIR, Who.GOVERNANCE})
_ANSWERED = frozenset({State.ANSWERED, State.ANSWERED_FINALLY})
_OPEN = frozenset({State.RECEIVED, State.WITH_CHAIR, State.WITH_PARTNERSHIP})

#: Anybody signed in records one, the chair deals with it (security.md B). The partnership has no account:
#: what it says is recorded for it.
MOVES: Mapping[Step, Move[State]] = {
    Step.TAKE_ON: Move(frozenset({State.RECEIVED}), State.WITH_CHAIR, _CHAIR),
    Step.ANSWER: Move(
        frozenset({State.WITH_CHAIR}), State.ANSWERED, _CHAIR, "Say what was found, and what was answered"
    ),
    Step.ESCALATE: Move(
        frozenset({State.WITH_CHAIR, State.ANSWERED}),
        State.WITH_PARTNERSHIP,
        _EITHER,
        "Say why it goes to the strategic partnership",
    ),
    Step.TO_PARTNERSHIP: Move(
        frozenset({State.RECEIVED}),
        State.WITH_PARTNERSHIP,
        frozenset({Who.GOVERNANCE}),
        "Say what of the chair is complained of",
    ),
    Step.PAST_CHAIR: Move(
        frozenset({State.RECEIVED}),
        State.WITH_PARTNERSHIP,
        frozenset({Who.GOVERNANCE}),
        "Say why no chair can deal with it",
    ),
    Step.ANSWER_FINALLY: Move(
        frozenset({State.WITH_PARTNERSHIP}),
        State.ANSWERED_FINALLY,
        _EITHER,
        "Say what was found, and what was answered",
    ),
    Step.CLOSE: Move(_ANSWERED, State.CLOSED, _EITHER),
    Step.WITHDRAW: Move(
        _OPEN | _ANSWERED, State.WITHDRAWN, _EITHER, "Say how the complainant withdrew it, and to whom"
    ),
}
_ANSWERS = frozenset({Step.ANSWER, Step.ANSWER_FINALLY})
#: What ends a complaint without an answer takes two people (practice).
BY_TWO = frozenset({Step.WITHDRAW})
ABOUT_YOU = "The complaint is about you. Somebody else deals with it."


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken; of an answer, what it held."""

    step: Step
    at: datetime
    who: Who
    by: str
    reason: str = ""
    rights_stated: bool = False
    reveals_nothing: bool = False  # it neither confirms nor denies any meeting or record


@dataclass(frozen=True, slots=True)
class Complaint(ByTwo):
    """A complaint with every step taken."""

    moves: ClassVar = MOVES
    about_you: ClassVar = ABOUT_YOU

    received_at: datetime
    complainant: Complainant
    about: Subject
    complained_of: frozenset[str] = frozenset()  # accounts
    notified_at: datetime | None = None
    acknowledged_at: datetime | None = None
    steps: tuple[Made, ...] = ()
    no_chair: bool = False  # as it is now: none is there, or it is closed to every one
    said: tuple[Said, ...] = ()  # by the first of two people

    @property
    def state(self) -> State:
        """How far it is."""
        return MOVES[self.steps[-1].step].after if self.steps else State.RECEIVED

    def after(self, step: Made) -> "Complaint":
        """With one more step; raises RuleBroken where it is not legal (Rulebook V2, F3).

        Nobody deals with a complaint about themselves: one about the chair is the partnership's at once, and
        of others what no chair can deal with; one about information governance is the chair's alone. Every
        answer states the right to go further; one to a perpetrator reveals no meeting.
        """
        self.refuse_anyhow(step)
        if step.step in BY_TWO and not self.agreed(step.step, step.by):
            raise RuleBroken(SECOND_PERSON)
        if step.step is Step.TO_PARTNERSHIP and self.about is not Subject.CHAIR:
            raise RuleBroken("It goes to the chair first.")
        if step.step is Step.PAST_CHAIR and (not self.no_chair or self.about is Subject.CHAIR):
            raise RuleBroken("It goes to the chair first.")
        if step.step is Step.TAKE_ON and self.about is Subject.CHAIR:
            raise RuleBroken("It is about the chair: information governance passes it to the partnership.")
        if step.step in _ANSWERS:
            self._refuse_answer(step)
        return replace(self, steps=(*self.steps, step))

    @property
    def began_at(self) -> datetime:
        """Its receipt."""
        return self.received_at

    @property
    def concerned(self) -> frozenset[str]:
        """Who is complained of."""
        return self.complained_of

    def refuse_anyhow(self, step: Taken) -> None:
        """One about information governance is not its to deal with either."""
        ByTwo.refuse_anyhow(self, step)
        if step.who is Who.GOVERNANCE and self.about is Subject.GOVERNANCE:
            raise RuleBroken("It is about information governance: the chair deals with it.")

    def _refuse_answer(self, step: Made) -> None:
        if not step.rights_stated:
            raise RuleBroken("The answer must state the right to go to the regulator or the ombudsman.")
        if self.complainant is Complainant.PERPETRATOR and not step.reveals_nothing:
            raise RuleBroken(
                "An answer to a perpetrator neither confirms nor denies any meeting. Take legal advice first."
            )

    def clocks(self, rule: ComplaintClocks, holidays: AbstractSet[date]) -> tuple[Running, ...]:
        """Heads of service and data protection managers in a working day (DERBY); acknowledged (practice)."""
        notified = Length(rule.notified_working_days, Unit.WORKING_DAYS)
        known = Length(rule.acknowledged_days, Unit.DAYS)
        start = self.received_at
        return (
            Running(HEADS, ends(start, notified, holidays), self.notified_at),
            Running(KNOWN, ends(start, known, holidays), self.acknowledged_at),
        )
