"""Breaches: clocks from detection, who is told, and what must be done before one is closed (Rulebook V3)."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from agenda.breach_duties import MAY_BE_NEEDLESS, BreachClocks, Duty, Told, length
from agenda.breach_telling import REGULATOR, Affected, Decision, Opinion, problems
from agenda.clocks import Running, ends
from agenda.moves import SECOND_PERSON, ByTwo, Move, Said, Taken, Who
from agenda.rules import RuleBroken


class State(StrEnum):
    """How far a breach is. Its clocks run from detection whatever this says."""

    RAISED = "raised"
    OPEN = "being dealt with"
    NO_BREACH = "found to be none"
    CLOSED = "closed"


class Step(StrEnum):
    """What is done with a breach."""

    TAKE_ON = "take on"
    DISMISS = "find that it is none"
    CLOSE = "close"
    REOPEN = "open again"


_IG = frozenset({Who.GOVERNANCE})
#: That there was none takes two people: its clocks stop with it (practice).
BY_TWO = frozenset({Step.DISMISS})
NAMED = "You are named in this breach. Somebody else deals with it."

#: Anybody signed in raises one, information governance runs it (security.md B). A chair is the second person
#: where nobody else of it can be.
MOVES: Mapping[Step, Move[State]] = {
    Step.TAKE_ON: Move(frozenset({State.RAISED}), State.OPEN, _IG),
    Step.DISMISS: Move(
        frozenset({State.RAISED, State.OPEN}),
        State.NO_BREACH,
        _IG | {Who.CHAIR},
        "Say why this is no breach",
    ),
    Step.CLOSE: Move(frozenset({State.OPEN}), State.CLOSED, _IG, "Say what was learnt, and what is changed"),
    Step.REOPEN: Move(
        frozenset({State.NO_BREACH, State.CLOSED}), State.OPEN, _IG, "Say why it is opened again"
    ),
}


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken."""

    step: Step
    at: datetime
    who: Who
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Breach(ByTwo):
    """A breach with everything done about it."""

    moves: ClassVar = MOVES
    about_you: ClassVar = NAMED

    detected_at: datetime
    involved: frozenset[str] = frozenset()  # accounts that brought it about, or were exposed by it
    partners: frozenset[str] = frozenset()  # agencies whose information it is
    affected: tuple[Affected, ...] = ()
    nobody_because: str = ""  # why nobody is affected
    steps: tuple[Made, ...] = ()
    told: tuple[Told, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    decisions: tuple[Decision, ...] = ()
    said: tuple[Said, ...] = ()  # by the first of two people

    @property
    def state(self) -> State:
        """How far it is."""
        return MOVES[self.steps[-1].step].after if self.steps else State.RAISED

    @property
    def began_at(self) -> datetime:
        """Its detection."""
        return self.detected_at

    @property
    def concerned(self) -> frozenset[str]:
        """Who brought it about, or was exposed by it."""
        return self.involved

    @property
    def met(self) -> Mapping[Duty, Told]:
        """The duties that are met. The regulator's is so only as it was last decided."""
        found = {told.duty: told for told in self.told}
        decided, regulator = last(self.decisions, REGULATOR), found.get(Duty.REGULATOR)
        if regulator and (decided is None or decided.tell is bool(regulator.needless)):
            del found[Duty.REGULATOR]
        return found

    def clocks(self, rule: BreachClocks, holidays: AbstractSet[date]) -> tuple[Running, ...]:
        """Every clock that runs from the one moment of detection, the earliest due first (Rulebook V3)."""
        done = {duty: told.at for duty, told in self.met.items()}
        found = (
            Running(duty, ends(self.detected_at, length(duty, rule), holidays), done.get(duty))
            for duty in Duty
        )
        return tuple(sorted(found, key=lambda clock: clock.due))

    def after(self, step: Made) -> "Breach":
        """With one more step; raises RuleBroken where it is not legal (Rulebook V3).

        Whoever brought it about, or was shown what they may not see, neither dismisses nor closes it.
        """
        self.refuse_anyhow(step)
        if step.step in BY_TWO and not self.agreed(step.step, step.by):
            raise RuleBroken(SECOND_PERSON)
        if step.step is Step.CLOSE and (left := self.left()):
            raise RuleBroken(f"Before it is closed: {'; '.join(left)}.")
        return replace(self, steps=(*self.steps, step))

    def refuse_anyhow(self, step: Taken) -> None:
        """A chair only agrees: information governance says it first."""
        ByTwo.refuse_anyhow(self, step)
        if step.who is Who.CHAIR and not self.agreed(step.step, step.by):
            raise RuleBroken(SECOND_PERSON)

    def left(self) -> tuple[str, ...]:
        """What is still to be done: everybody told or found needless, and each person decided about (V3).

        That it affects nobody is said, and why: a list that nobody filled in is no answer.
        """
        met = self.met
        found = [f"tell {duty.label[0].lower()}{duty.label[1:]}" for duty in Duty if duty not in met]
        if not self.affected and not self.nobody_because.strip():
            found.append("record whom it affects, or why nobody")
        decided = [last(self.decisions, one.id) for one in self.affected]
        if waiting := decided.count(None):
            found.append(f"decide whether to tell {_people(waiting)}")
        if untold := sum(one is not None and one.tell and one.told_at is None for one in decided):
            found.append(f"tell {_people(untold)}")
        return tuple(found)

    def with_told(self, told: Told, rule: BreachClocks, holidays: AbstractSet[date]) -> "Breach":
        """With one more duty met; raises RuleBroken where that cannot be (Rulebook V3).

        The regulator is told, or not, as was decided after the partners had been asked (FD).
        """
        if why := self._why_not(told, rule, holidays):
            raise RuleBroken(why)
        return replace(self, told=(*self.told, told))

    def with_decision(self, decision: Decision) -> "Breach":
        """With one more decision; raises RuleBroken where it cannot be kept (Rulebook V3, F3)."""
        if self.state is not State.OPEN:
            raise RuleBroken(f"It is {self.state.value}, so this cannot be done now. Nothing changed.")
        for why in problems(decision, self.affected, self.partners, self.opinions).values():
            raise RuleBroken(f"{why}.")
        return replace(self, decisions=(*self.decisions, decision))

    def _why_not(self, told: Told, rule: BreachClocks, holidays: AbstractSet[date]) -> str | None:
        if self.state is not State.OPEN:
            return f"It is {self.state.value}, so this cannot be done now. Nothing changed."
        if told.at < self.detected_at:
            return "That is earlier than its detection."
        if told.duty in self.met:
            return f"{told.duty.label}: recorded already."
        if told.needless and told.duty not in MAY_BE_NEEDLESS:
            return f"{told.duty.label}: told of every breach."
        decided = last(self.decisions, REGULATOR)
        if told.duty is Duty.REGULATOR and (decided is None or decided.tell is bool(told.needless)):
            return "Decide first whether the regulator is told, with the partners concerned."
        late = any(clock.what == told.duty and told.at > clock.due for clock in self.clocks(rule, holidays))
        return "Say why it is late." if late and not told.late_because.strip() else None


def last(decisions: Iterable[Decision], whom: str) -> Decision | None:
    """What was last decided about somebody."""
    about = [decision for decision in decisions if decision.whom == whom]
    return max(about, key=lambda decision: decision.at, default=None)


def raise_problems(what: str, detected_at: datetime | None, unsafe_now: bool | None, done: str,
                   now: datetime) -> dict[str, str]:  # fmt: skip
    """What keeps a breach from being raised, by field. Who is unsafe by it is made safe first (E3 alike)."""
    found: dict[str, str] = {}
    if not what.strip():
        found["what"] = "Say what happened"
    if detected_at is None:
        found["detected_at"] = "Enter when it was detected"
    elif detected_at > now:
        found["detected_at"] = "It cannot be detected in the future"
    if unsafe_now is None:
        found["unsafe_now"] = "Say whether anybody is unsafe now because of it"
    elif unsafe_now and not done.strip():
        found["done"] = "Say what has been done to make them safe. Do that first"
    return found


def _people(count: int) -> str:
    return "the person affected" if count == 1 else f"{count} of the people affected"
