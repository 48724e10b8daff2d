"""Legal moves as a table: from which states, to which, by whom, and whether the mover says why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from agenda.rules import RuleBroken

State = TypeVar("State", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)

REASON_LENGTH = 2_000


class Who(StrEnum):
    """In whose name something moves; which accounts that means is the service's to say (security.md B)."""

    REFERRER = "the referrer"
    COORDINATOR = "a coordinator"
    CHAIR = "the chair"
    POLICE = "the police"
    OTHER_AREA = "the other area"
    LIST = "the daily list"
    SUPPLIER = "the agency that supplied it"
    AGENCY = "the other agency"
    RAISER = "the agency that raised it"
    MANAGER = "their manager"
    GOVERNANCE = "information governance"
    SECOND = "a second person"
    MAKER = "who made it"
    ANYONE = "anybody signed in"
    SERVICE = "the service"


@dataclass(frozen=True, slots=True)
class Move(Generic[State]):
    """One kind of move. `ask` is said where it needs a reason and has none; "" where it needs none."""

    before: frozenset[State]
    after: State
    who: frozenset[Who]
    ask: str = ""


def problem(move: Move[State], state: State, who: Who, reason: str = "") -> str | None:
    """Why this move cannot be made now, by this mover; None where it can."""
    if who not in move.who:
        return f"This is for {' or '.join(sorted(move.who))} to do."
    if state not in move.before:
        return f"It is {state.value}, so this cannot be done now. Nothing changed."
    if move.ask and not reason.strip():
        return f"{move.ask}."
    if len(reason) > REASON_LENGTH:
        return f"The reason must be {REASON_LENGTH:,} characters or fewer."
    return None


def refuse_long(*texts: str) -> None:
    """Raises RuleBroken where one is longer than a reason may be."""
    if any(len(text) > REASON_LENGTH for text in texts):
        raise RuleBroken(f"Use {REASON_LENGTH:,} characters or fewer.")


def made(move: Move[State], state: State, who: Who, reason: str = "") -> State:
    """The state after a move; raises RuleBroken where it is not legal."""
    if why := problem(move, state, who, reason):
        raise RuleBroken(why)
    return move.after


def reachable(moves: Mapping[Step, Move[State]], first: State) -> frozenset[State]:
    """Every state that moves lead to, the first among them."""
    found, before = frozenset({first}), frozenset[State]()
    while found != before:
        before = found
        found |= {move.after for move in moves.values() if move.before & found}
    return found


def drawn(moves: Mapping[Step, Move[State]], first: State) -> str:
    """The states as a diagram in Mermaid's notation, for `docs/states.md`: who moves, and by what."""
    names = {state: f"s{number}" for number, state in enumerate(type(first))}
    lines = [f'    state "{state.value}" as {names[state]}' for state in names]
    lines.append(f"    [*] --> {names[first]}")
    for step, move in moves.items():
        said = f"{step.value} ({', '.join(sorted(move.who))})"
        lines += [
            f"    {names[state]} --> {names[move.after]}: {said}" for state in names if state in move.before
        ]
    left = {state for move in moves.values() for state in move.before}
    lines += [f"    {names[state]} --> [*]" for state in names if state not in left]
    return "\n".join(["stateDiagram-v2", *lines])


SECOND_PERSON = "Somebody else must have said the same first. Nothing changed."
SAID_ALREADY = "It is said already: a second person has to say the same. Nothing changed."


@dataclass(frozen=True, slots=True)
class Said:
    """A step that takes two people, as the first of them said it."""

    step: StrEnum
    at: datetime
    by: str
    reason: str = ""


def said_by_another(said: Iterable[Said], step: StrEnum, by: str, since: datetime) -> bool:
    """Whether somebody else has said the same step since what was done last: two people agree on it."""
    return any(one.step is step and one.by != by and one.at >= since for one in said)


class Taken(Protocol):
    """One step as it is taken: when, in whose name, by which account, and why."""

    @property
    def step(self) -> StrEnum: ...
    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> Who: ...
    @property
    def by(self) -> str: ...
    @property
    def reason(self) -> str: ...


class ByTwo:
    """What a breach and a complaint have in common: some steps take two people, and nobody whom it is about
    takes any, nor counts as one of the two (Rulebook V2, V3)."""

    __slots__ = ()
    moves: ClassVar[Mapping[Any, Move[Any]]]
    about_you: ClassVar[str]
    steps: tuple[Any, ...]
    said: tuple[Said, ...]  # by the first of two people

    @property
    def began_at(self) -> datetime:
        """Before it nothing can be done about it."""
        raise NotImplementedError

    @property
    def concerned(self) -> frozenset[str]:
        """The accounts it is about."""
        raise NotImplementedError

    @property
    def state(self) -> Any:
        """How far it is."""
        raise NotImplementedError

    def agreed(self, step: StrEnum, by: str) -> bool:
        """Whether somebody else, whom it is not about, has said the same since what was done last."""
        free = (one for one in self.said if one.by not in self.concerned)
        return said_by_another(free, step, by, self._last)

    def with_said(self, step: Taken) -> Self:
        """With a step that takes two people, as the first of them says it; raises RuleBroken where it is not
        legal, or said already."""
        self.refuse_anyhow(step)
        if self.agreed(step.step, ""):
            raise RuleBroken(SAID_ALREADY)
        told: Any = self
        with_it: Self = replace(told, said=(*self.said, Said(step.step, step.at, step.by, step.reason)))
        return with_it

    def refuse_anyhow(self, step: Taken) -> None:
        """Raises RuleBroken where neither the first of two people nor the second may take this step now."""
        if step.at < self._last:
            raise RuleBroken("That is earlier than what was done last.")
        made(self.moves[step.step], self.state, step.who, step.reason)
        if step.by in self.concerned:
            raise RuleBroken(self.about_you)

    @property
    def _last(self) -> datetime:
        last: datetime = self.steps[-1].at if self.steps else self.began_at
        return last


def open_to(moves: Mapping[Step, Move[State]], state: State, who: Who) -> tuple[Step, ...]:
    """What may be done next, and by this mover: the buttons of a page."""
    return tuple(step for step, move in moves.items() if state in move.before and who in move.who)
