"""Where a referral stands, draft to list; its clock runs from when it was first sent (Rulebook T7, T12)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from agenda.calendar import add_working_days, local_day
from agenda.moves import Move, Who, made
from agenda.rules import RuleBroken


class State(StrEnum):
    """How far a referral is."""

    DRAFT = "a draft"
    SENT = "sent"
    RETURNED = "returned to the referrer"
    LISTED = "on a daily list"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What is done with one."""

    SEND = "send"
    RETURN = "return"
    LIST = "list"
    LIST_AS_IT_STANDS = "list as it stands"
    WITHDRAW = "withdraw"
    TAKE_BACK = "take back"


_BY_THE_REFERRER = frozenset({Who.REFERRER, Who.COORDINATOR})  # a coordinator for one who rings up

#: A returned one waits for its referrer, and stays due: the next list takes it as it stood, and an answer
#: is a new version (T12, T13). Where no answer comes, a coordinator says that nobody waits for one.
MOVES: Mapping[Step, Move[State]] = {
    Step.SEND: Move(frozenset({State.DRAFT, State.RETURNED}), State.SENT, _BY_THE_REFERRER),
    Step.RETURN: Move(
        frozenset({State.SENT}), State.RETURNED, frozenset({Who.COORDINATOR}), "Say what is missing"
    ),
    Step.LIST: Move(frozenset({State.SENT}), State.LISTED, frozenset({Who.LIST, Who.COORDINATOR})),
    Step.LIST_AS_IT_STANDS: Move(
        frozenset({State.RETURNED}),
        State.LISTED,
        frozenset({Who.COORDINATOR}),
        "Say why it is listed as it stands",
    ),
    Step.WITHDRAW: Move(
        frozenset({State.DRAFT, State.SENT, State.RETURNED}),
        State.WITHDRAWN,
        _BY_THE_REFERRER,
        "Say why the referral is withdrawn",
    ),
    #: Of exploitation alone, where it was taken in for another child: then it waits as before.
    Step.TAKE_BACK: Move(
        frozenset({State.LISTED}), State.SENT, frozenset({Who.SECOND}), "Say why it is taken back"
    ),
}


@dataclass(frozen=True, slots=True)
class Returns:
    """How long a referrer has one back before it is put before the coordinator. A setting (practice)."""

    working_days: int = field(
        default=1, metadata={"rule": "T7", "label": "Returned referrals shown after, working days"}
    )


@dataclass(frozen=True, slots=True)
class Made:
    """One move that was made."""

    step: Step
    at: datetime
    who: Who
    reason: str = ""  # of a return: what is missing


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that was done with a referral, in order."""

    moves: tuple[Made, ...] = ()

    @property
    def state(self) -> State:
        """Where it stands."""
        return MOVES[self.moves[-1].step].after if self.moves else State.DRAFT

    @property
    def first_sent_at(self) -> datetime | None:
        """When its clock began: being returned and sent again does not move it (T12)."""
        return next((move.at for move in self.moves if move.step is Step.SEND), None)

    @property
    def sendings(self) -> int:
        """How often it was sent: what was read of it stands while this is the same."""
        return sum(move.step is Step.SEND for move in self.moves)

    @property
    def since(self) -> datetime | None:
        """Since when it stands where it does: how long the referrer has had it back."""
        return self.moves[-1].at if self.moves else None

    @property
    def returned_for(self) -> str:
        """What was last found missing; "" where it is not with the referrer."""
        return self.moves[-1].reason if self.state is State.RETURNED else ""

    def after(self, move: Made) -> "Course":
        """With one more move; raises RuleBroken where it is not legal or goes back in time."""
        if self.moves and move.at < self.moves[-1].at:
            raise RuleBroken("That is earlier than what was done last.")
        made(MOVES[move.step], self.state, move.who, move.reason)
        return Course((*self.moves, move))


def course(moves: Sequence[Made]) -> Course:
    """The course that these moves make, each of them legal."""
    so_far = Course()
    for move in moves:
        so_far = so_far.after(move)
    return so_far


def forgotten_on(told: Course, rule: Returns, holidays: AbstractSet[date]) -> date | None:
    """From which day on a returned one is put before the coordinator; None unless it is returned (T12)."""
    if told.state is not State.RETURNED or told.since is None:
        return None
    return add_working_days(local_day(told.since), rule.working_days, holidays)
