"""A case that moves to another area: proposed, confirmed, sent, and accepted or not (Rulebook M5, T8)."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from agenda.calendar import add_working_days, local_day
from agenda.moves import Move, Who, made
from agenda.rules import RuleBroken


class State(StrEnum):
    """How far a transfer is."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    SENT = "sent"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def ended(self) -> bool:
        """Nothing more happens to it; a case refused may be proposed anew."""
        return self in (State.ACCEPTED, State.REFUSED, State.WITHDRAWN)


class Step(StrEnum):
    """What is done with a transfer."""

    CONFIRM = "confirm"
    SEND = "send"
    RECEIVE = "receive"
    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


_COORDINATOR = frozenset({Who.COORDINATOR})
#: An area outside the service answers by letter: our coordinator records what it said.
_THE_OTHER_SIDE = frozenset({Who.OTHER_AREA, Who.COORDINATOR})
#: What is taken down of an area outside the service, in words.
SAID = frozenset({Step.RECEIVE, Step.ACCEPT})
WHO_SAID = "Say who there told you, and how: by telephone, letter or e-mail"
_WITH_THEM = frozenset({State.SENT, State.RECEIVED})

#: A coordinator proposes, the chair confirms; the other area's coordinator accepts (security.md B).
MOVES: Mapping[Step, Move[State]] = {
    Step.CONFIRM: Move(frozenset({State.PROPOSED}), State.CONFIRMED, frozenset({Who.CHAIR})),
    Step.SEND: Move(frozenset({State.CONFIRMED}), State.SENT, _COORDINATOR),
    Step.RECEIVE: Move(frozenset({State.SENT}), State.RECEIVED, _THE_OTHER_SIDE),
    Step.ACCEPT: Move(_WITH_THEM, State.ACCEPTED, _THE_OTHER_SIDE),
    Step.REFUSE: Move(_WITH_THEM, State.REFUSED, _THE_OTHER_SIDE, "Say why the case is not accepted"),
    Step.WITHDRAW: Move(
        frozenset({State.PROPOSED, State.CONFIRMED}) | _WITH_THEM,
        State.WITHDRAWN,
        _COORDINATOR | {Who.CHAIR},
        "Say why the transfer is withdrawn",
    ),
}


@dataclass(frozen=True, slots=True)
class Tracking:
    """How long the other area has before we ask again. A setting of the area (practice)."""

    receipt_working_days: int = field(
        default=2, metadata={"rule": "M5", "label": "Receipt of a transfer asked for after, working days"}
    )


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken, in whose name and by which account."""

    step: Step
    at: datetime
    who: Who
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A case on its way from area to area, with every step taken.

    One `arrived` came by file from outside the service: it begins as received, and is ours to accept (T8).
    """

    proposed_by: str
    proposed_at: datetime
    to_service: bool  # both areas are of this service; else by an encrypted file
    arrived: bool = False
    steps: tuple[Made, ...] = ()

    @property
    def state(self) -> State:
        """How far it is."""
        if self.steps:
            return MOVES[self.steps[-1].step].after
        return State.RECEIVED if self.arrived else State.PROPOSED

    @property
    def senders(self) -> bool:
        """The case stays the sender's, with its actions and clocks, until the other area accepts it (M5)."""
        return self.state is not State.ACCEPTED

    @property
    def sent_at(self) -> datetime | None:
        """When it left, where it has."""
        return self._at(Step.SEND)

    @property
    def received_at(self) -> datetime | None:
        """When the other area had it: its entry is recorded then, however late it was accepted (T8, T12)."""
        if self.arrived:
            return self.proposed_at
        return self._at(Step.RECEIVE) or self._at(Step.ACCEPT)

    def waits_for_receipt(self, step: Step) -> bool:
        """An area outside accepts what it is recorded to have received: never at one stroke (M5)."""
        return step is Step.ACCEPT and not self.to_service and self.state is State.SENT

    def _at(self, step: Step) -> datetime | None:
        return next((made.at for made in self.steps if made.step is step), None)

    def after(self, step: Made) -> "Transfer":
        """With one more step; raises RuleBroken where it is not legal (Rulebook M5).

        Who proposed it does not confirm it. An area of this service answers for itself. What one outside
        said is recorded with who said it, and how: the case leaves our MARAC by that word alone.
        """
        if step.at < (self.steps[-1].at if self.steps else self.proposed_at):
            raise RuleBroken("That is earlier than what was done last.")
        made(MOVES[step.step], self.state, step.who, step.reason)
        if step.step is Step.CONFIRM and step.by == self.proposed_by:
            raise RuleBroken("Who proposed a transfer cannot confirm it. Ask another chair.")
        answers = step.step in (Step.RECEIVE, Step.ACCEPT, Step.REFUSE)
        if self.waits_for_receipt(step.step):
            raise RuleBroken("Record first that they have received it, and who there said so.")
        if step.step in SAID and step.who is Who.COORDINATOR and not self.arrived and not step.reason.strip():
            raise RuleBroken(f"{WHO_SAID}.")
        if answers and self.to_service is not (step.who is Who.OTHER_AREA):
            raise RuleBroken(
                "The other area answers in the service itself."
                if self.to_service
                else "Record what the other area said: it cannot answer here."
            )
        return replace(self, steps=(*self.steps, step))


def ask_again_on(
    told: Transfer, rule: Tracking, holidays: AbstractSet[date], asked_again_at: datetime | None = None
) -> date | None:
    """From which day on an answer is overdue: of one sent, its receipt; of one received outside the service,
    whether they accept it; None of any other (M5).

    Who was asked again has as long again.
    """
    waits = told.state is State.SENT or (
        told.state is State.RECEIVED and not told.to_service and not told.arrived
    )
    last = told.received_at or told.sent_at
    if not waits or last is None:
        return None
    since = max(last, asked_again_at or last)
    return add_working_days(local_day(since), rule.receipt_working_days, holidays)


def propose_problem(open_transfer: bool, to_area: str, why: str) -> dict[str, str]:
    """What keeps a transfer from being proposed, by field: a case goes to one area at a time (M5)."""
    found: dict[str, str] = {}
    if open_transfer:
        found["to_area"] = "This case is on its way to another area already"
    elif not to_area.strip():
        found["to_area"] = "Choose the area, or enter its name"
    if not why.strip():
        found["why"] = "Say why the case moves, and where the victim will be"
    return found
