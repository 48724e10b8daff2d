"""Professional disagreement, taken up a ladder step by step, each with its time (Rulebook V4, W2).

A ladder is data (`disagreement_ladders.py`): whose each step is, how long it may take, who takes it on. No
step is skipped, and nothing is over because its time is.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Generic, TypeVar

from agenda.clocks import Length, Running, ends
from agenda.moves import Move, Who, made
from agenda.rules import RuleBroken

Stage = TypeVar("Stage", bound=StrEnum)


class Step(StrEnum):
    """What is done: one step up, settled at any step, determined at the last, closed after the debrief."""

    TO_2 = "to step 2"
    TO_3 = "to step 3"
    TO_4 = "to step 4"
    TO_5 = "to step 5"
    TO_6 = "to step 6"
    SETTLE = "settle"
    DETERMINE = "determine"
    CLOSE = "close"


OTHER_CHAIR = "Your agency raised this. A chair of neither side records what was determined. Nothing changed."
#: Who runs the meetings records a step for whom an agency has nobody here.
RECORDS = frozenset({Who.CHAIR, Who.COORDINATOR})
_OF_AGENCY = frozenset({Who.RAISER, Who.MANAGER})
_UP = (Step.TO_2, Step.TO_3, Step.TO_4, Step.TO_5, Step.TO_6)


@dataclass(frozen=True, slots=True)
class Rung(Generic[Stage]):
    """One step of a ladder. `within` is None where no time runs; `up`: who takes it to the next."""

    stage: Stage
    within: Length | None
    up: frozenset[Who] = frozenset()


@dataclass(frozen=True, slots=True)
class Ladder(Generic[Stage]):
    """The steps in their order, the debrief that follows where there is one, and the end."""

    title: str
    rungs: tuple[Rung[Stage], ...]
    settles: frozenset[Who]
    ended: Stage
    debrief: Rung[Stage] | None = None
    determines: frozenset[Who] = frozenset()  # at the last step alone: what is done is decided over both

    @property
    def first(self) -> Stage:
        """Where it begins."""
        return self.rungs[0].stage

    @property
    def moves(self) -> Mapping[Step, Move[Stage]]:
        """The legal moves: from each step to the next alone, and from each to the end (Rulebook V4).

        Every one is put in writing: why it goes on, or what was agreed.
        """
        up = {
            step: Move(
                frozenset({here.stage}), above.stage, here.up, "Say what was tried, and why it goes on"
            )
            for step, (here, above) in zip(_UP, pairwise(self.rungs), strict=False)
        }
        agreed = "Write down what was agreed, and how what is left will be resolved"
        after = self.debrief.stage if self.debrief else self.ended
        found = up | {Step.SETTLE: Move(frozenset(r.stage for r in self.rungs), after, self.settles, agreed)}
        if self.determines:
            course = "Say what course of action was determined"
            found[Step.DETERMINE] = Move(frozenset({self.rungs[-1].stage}), after, self.determines, course)
        if self.debrief:
            learnt = "Say what was learnt, or why no debrief is needed"
            before = frozenset({self.debrief.stage})
            found[Step.CLOSE] = Move(before, self.ended, self.debrief.up, learnt)
        return found

    def rung(self, stage: Stage) -> Rung[Stage] | None:
        """The step of that name; None for the end."""
        steps = (*self.rungs, *((self.debrief,) if self.debrief else ()))
        return next((rung for rung in steps if rung.stage is stage), None)


def timed(ladder: Ladder[Stage], counts: Sequence[int]) -> Ladder[Stage]:
    """The ladder with an area's own counts, one for each step that has a time, the debrief's last."""
    left = list(counts)

    def with_count(rung: Rung[Stage]) -> Rung[Stage]:
        if rung.within is None:
            return rung
        if not left or left[0] < 1:
            raise RuleBroken("Each step that has a time needs a number, 1 or more.")
        return replace(rung, within=Length(left.pop(0), rung.within.unit))

    rungs = tuple(with_count(rung) for rung in ladder.rungs)
    debrief = with_count(ladder.debrief) if ladder.debrief else None
    if left:
        raise RuleBroken("There are more numbers than steps that have a time.")
    return replace(ladder, rungs=rungs, debrief=debrief)


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken: in whose name, by which account of which agency, and what was written."""

    step: Step
    at: datetime
    who: Who
    by: str
    agency: str
    said: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other agency answered. It moves nothing: who raised it says whether it is settled."""

    at: datetime
    by: str
    agency: str
    said: str


@dataclass(frozen=True, slots=True)
class Disagreement(Generic[Stage]):
    """A disagreement with its full record: every step and every answer (Rulebook V4)."""

    ladder: Ladder[Stage]
    raised_at: datetime
    agency: str  # that raised it
    against: frozenset[str]  # agencies
    steps: tuple[Made, ...] = ()
    answers: tuple[Answer, ...] = ()
    missing: frozenset[Who] = frozenset()  # as it is now: in whose names nobody of its agency can act
    gone: bool = False  # as it is now: the agency that raised it has left (V1)

    @property
    def moves(self) -> Mapping[Step, Move[Stage]]:
        """Its ladder's. A step that is only for whom its agency has nobody here, who runs the meetings
        records as that person took it: else it would stand still in silence (Rulebook V4, practice)."""
        return {
            step: replace(move, who=move.who | RECORDS) if self._for_them(step, move) else move
            for step, move in self.ladder.moves.items()
        }

    def _for_them(self, step: Step, move: Move[Stage]) -> bool:
        """Up alone. That it is settled nobody else says while its agency is on the panel: one whose account
        is disabled, or whose case is kept from them, has agreed to nothing (Rulebook V4)."""
        return move.who <= self.missing and (step in _UP or (step is Step.SETTLE and self.gone))

    @property
    def waits_for_nobody(self) -> bool:
        """Whether the next step up is recorded by who runs the meetings, its agency having nobody for it."""
        rung = self.ladder.rung(self.stage)
        return rung is not None and bool(rung.up) and rung.up <= self.missing

    @property
    def waits_for_chair(self) -> bool:
        """Whether it is at the last step, where what is done is determined over both sides."""
        return bool(self.ladder.determines) and self.stage is self.ladder.rungs[-1].stage

    @property
    def stage(self) -> Stage:
        """Which step it is at."""
        return self._entered[-1][0]

    @property
    def reached(self) -> tuple[Stage, ...]:
        """Every step it has been at, in order."""
        return tuple(stage for stage, _ in self._entered)

    @property
    def _entered(self) -> tuple[tuple[Stage, datetime], ...]:
        moves = self.ladder.moves
        later = ((moves[made.step].after, made.at) for made in self.steps)
        return ((self.ladder.first, self.raised_at), *later)

    def after(self, step: Made) -> "Disagreement[Stage]":
        """With one more step; raises RuleBroken where it is not legal (Rulebook V4).

        The agency it is raised against neither settles nor closes it: it answers. Neither side determines.
        """
        self._refuse_early(step.at)
        move = self.moves.get(step.step)
        if move is None:
            raise RuleBroken("There is no such step. Nothing changed.")
        made(move, self.stage, step.who, step.said)
        if step.agency in self.against:
            raise RuleBroken("Your agency is the other side of this. Answer it instead.")
        if step.who in _OF_AGENCY and step.agency != self.agency:
            raise RuleBroken("This is for the agency that raised it.")
        if step.step is Step.DETERMINE and step.agency == self.agency:
            raise RuleBroken(OTHER_CHAIR)
        return replace(self, steps=(*self.steps, step))

    def open_to(self, acts: AbstractSet[Who], agency: str) -> tuple[Step, ...]:
        """What may be done next in one of these names, by somebody of this agency: the buttons of a page."""
        if agency in self.against:
            return ()
        raised = agency == self.agency
        able = acts if raised else acts - _OF_AGENCY
        moves = [one for one in self.moves.items() if not raised or one[0] is not Step.DETERMINE]
        return tuple(step for step, move in moves if self.stage in move.before and able & move.who)

    def answered(self, answer: Answer) -> "Disagreement[Stage]":
        """With one more answer of the other agency; raises RuleBroken where it is over or says nothing."""
        self._refuse_early(answer.at)
        if answer.agency not in self.against:
            raise RuleBroken("It is not raised against your agency.")
        if self.stage is self.ladder.ended:
            raise RuleBroken("It is closed. Nothing changed.")
        if not answer.said.strip():
            raise RuleBroken("Enter your answer.")
        return replace(self, answers=(*self.answers, answer))

    def _refuse_early(self, at: datetime) -> None:
        if at < max(self._entered[-1][1], *(answer.at for answer in self.answers), self.raised_at):
            raise RuleBroken("That is earlier than what was done last.")

    def clocks(self, holidays: AbstractSet[date]) -> tuple[Running, ...]:
        """The clock of each step it has been at, from when it came there to when it left (Rulebook V4)."""
        left: tuple[datetime | None, ...] = (*(at for _, at in self._entered[1:]), None)
        found = []
        for (stage, at), left_at in zip(self._entered, left, strict=True):
            rung = self.ladder.rung(stage)
            if rung is not None and rung.within is not None:
                found.append(Running(stage, ends(at, rung.within, holidays), left_at))
        return tuple(found)


def raise_problems(about: str, agency: str, against: AbstractSet[str], unsafe_now: bool | None,
                   done: str) -> dict[str, str]:  # fmt: skip
    """What keeps a disagreement from being raised, by field: a child at immediate risk does not wait for it
    (ESC appendices 1 and 2; Rulebook E3)."""
    found: dict[str, str] = {}
    if not about.strip():
        found["about"] = "Say what the disagreement is about, and what you ask for"
    if not against:
        found["against"] = "Choose the agency whose decision you challenge"
    elif agency in against:
        found["against"] = "Choose another agency than your own"
    if unsafe_now is None:
        found["unsafe_now"] = "Say whether anybody is at immediate risk"
    elif unsafe_now and not done.strip():
        found["done"] = "Say whom you called about the immediate risk. Call first"
    return found
