"""Decisions to share that stand on no case: reviewed every twelve months, destroyed by two (K4, L1, L2).

Of a case its own yearly review has them. Of none, who made one says whether it is kept, goes, or belongs to a
case; where they are gone or late, information governance decides, which reads nothing of it.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from agenda.calendar import add_months, add_working_days, day_words, local_day
from agenda.moves import Move, Who, made
from agenda.rules import RuleBroken


class State(StrEnum):
    """How far it is. Whether its review is due is said by the day."""

    KEPT = "kept"
    PROPOSED = "proposed to be destroyed"
    TO_DESTROY = "waiting to be destroyed"
    ON_CASE = "on a case"
    DESTROYED = "destroyed as decided"


class Step(StrEnum):
    """What is done with it. The value is stored."""

    KEEP = "keep"
    PUT = "put on a case"
    PROPOSE = "propose to destroy"
    AGREE = "agree to destroy"
    STOP = "not destroy after all"
    DESTROY = "destroy"

    @property
    def done(self) -> str:
        """That it was done, in words."""
        return _DONE[self]


_DONE = {
    Step.KEEP: "Kept",
    Step.PUT: "Put on a case",
    Step.PROPOSE: "Proposed to be destroyed",
    Step.AGREE: "Agreed to be destroyed",
    Step.STOP: "Not destroyed after all",
    Step.DESTROY: "Destroyed",
}

_THEIRS = frozenset({Who.MAKER, Who.GOVERNANCE})
_OPEN = frozenset({State.PROPOSED, State.TO_DESTROY})

MOVES: Mapping[Step, Move[State]] = {
    Step.KEEP: Move(frozenset({State.KEPT}), State.KEPT, _THEIRS, "Say why it is still needed"),
    Step.PUT: Move(frozenset({State.KEPT, State.PROPOSED}), State.ON_CASE, frozenset({Who.MAKER})),
    Step.PROPOSE: Move(
        frozenset({State.KEPT}), State.PROPOSED, _THEIRS, "Say why it is needed no more. Name nobody"
    ),
    Step.AGREE: Move(frozenset({State.PROPOSED}), State.TO_DESTROY, frozenset({Who.GOVERNANCE, Who.CHAIR})),
    Step.STOP: Move(_OPEN, State.KEPT, _THEIRS | {Who.CHAIR}, "Say why it is not destroyed after all"),
    Step.DESTROY: Move(frozenset({State.TO_DESTROY}), State.DESTROYED, frozenset({Who.SERVICE})),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings of the area: those of the yearly reviews of cases."""

    months: int = 12
    late_working_days: int = 20


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken, in whose name and by which account."""

    step: Step
    at: datetime
    who: Who
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """The review of one decision, with every step taken."""

    decided_at: datetime  # or begun, where it was never decided
    rules: Rules = Rules()
    steps: tuple[Made, ...] = ()

    @property
    def state(self) -> State:
        """How far it is."""
        return MOVES[self.steps[-1].step].after if self.steps else State.KEPT

    @property
    def due_on(self) -> date:
        """Twelve months after it was made, and after each time that it was kept (Rulebook L1)."""
        kept = (one.at for one in reversed(self.steps) if MOVES[one.step].after is State.KEPT)
        return add_months(local_day(next(kept, self.decided_at)), self.rules.months)

    @property
    def proposed(self) -> Made | None:
        """Who said that it goes, where that stands."""
        if self.state not in _OPEN:
            return None
        return next(one for one in reversed(self.steps) if one.step is Step.PROPOSE)

    def is_due(self, today: date) -> bool:
        """Whether somebody has to say what becomes of it."""
        return self.state is State.KEPT and today >= self.due_on

    def is_late(self, today: date, holidays: AbstractSet[date]) -> bool:
        """Nobody has said so in time; the last day still counts."""
        last = add_working_days(self.due_on, self.rules.late_working_days, holidays)
        return self.is_due(today) and today > last

    def after(self, step: Made, holidays: AbstractSet[date], gone: bool) -> "Review":
        """With one more step; raises RuleBroken where it is not legal (Rulebook L1, L2).

        `gone`: who made it is there no more. Until then, and until it is late, it is theirs alone to review.
        Two people destroy it: nobody agrees to what they proposed.
        """
        if step.at < (self.steps[-1].at if self.steps else self.decided_at):
            raise RuleBroken("That is earlier than what was done last.")
        made(MOVES[step.step], self.state, step.who, step.reason)
        today = local_day(step.at)
        if step.step in (Step.KEEP, Step.PROPOSE):
            if not self.is_due(today):
                raise RuleBroken(f"Its review falls due on {day_words(self.due_on)}.")
            if step.who is Who.GOVERNANCE and not (gone or self.is_late(today, holidays)):
                raise RuleBroken("Who made it reviews it, until that is late.")
        if step.step is Step.AGREE and self.proposed and step.by == self.proposed.by:
            raise RuleBroken("Who proposed it cannot agree to it. Somebody else has to.")
        return replace(self, steps=(*self.steps, step))
