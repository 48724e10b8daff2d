"""A third party's request for what a meeting heard: its states and steps (Rulebook X1 to X5).

Nothing goes to a third party without the chair's express consent (X1): no step leads to a release but over a
decision the chair signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from agenda.moves import Move, Who, made
from agenda.rules import RuleBroken
from minutes.disclosure_kinds import Kind


class State(StrEnum):
    """How far a request is."""

    RECEIVED = "received"
    CHECKED = "checked"
    ASKED = "with the agencies"
    TO_DECIDE = "with the chair"
    NOT_OBJECTED = "not objected to before the court"
    OBJECTED = "objected to before the court"
    ORDERED = "ordered by the court"
    APPROVED = "approved"
    IN_PART = "approved in part"
    WITH_CONCERNS = "to be disclosed with concerns"
    ORDER_FOLLOWED = "to be disclosed as ordered"
    PREPARED = "built, and waiting for a second person"
    RELEASED = "released"
    REFUSED = "refused"
    NOT_ORDERED = "not ordered by the court"
    ANSWERED = "answered by the chair"
    WITHDRAWN = "withdrawn"

    @property
    def ended(self) -> bool:
        """Nothing is left to do."""
        return self in _ENDED


_ENDED = frozenset({State.RELEASED, State.REFUSED, State.NOT_ORDERED, State.ANSWERED, State.WITHDRAWN})
_OPEN = frozenset(State) - _ENDED
_GRANTED = frozenset({State.APPROVED, State.IN_PART, State.WITH_CONCERNS})
_TO_BUILD = _GRANTED | {State.ORDER_FOLLOWED, State.PREPARED}
_WITH_CHAIR = frozenset({State.TO_DECIDE, State.NOT_OBJECTED})
_OVER_AGAIN = _GRANTED | _WITH_CHAIR | {State.PREPARED}


class Step(StrEnum):
    """What is done with a request."""

    CHECK = "requester checked"
    ASK = "agencies asked"
    ALL_ANSWERED = "every agency has answered"
    PUT = "put to the chair with answers outstanding"
    ASK_AGAIN = "agencies asked again"
    CHANGED = "an item or an answer changed, so agencies are asked again"
    APPROVE = "approved"
    APPROVE_IN_PART = "approved in part"
    REFUSE = "refused"
    OBJECT = "objection made to the court"
    NOT_OBJECT = "no objection made to the court"
    DISCLOSE_WITH_CONCERNS = "to be disclosed to the court with concerns"
    ORDER = "the court's order recorded"
    NOT_ORDERED = "the court ordered nothing"
    FOLLOW_ORDER = "to be disclosed as ordered"
    ANSWER = "answered by the chair"
    PREPARE = "release built"
    RELEASE = "released"
    WITHDRAW = "withdrawn by who asked"


_CHAIR, _SERVICE = frozenset({Who.CHAIR}), frozenset({Who.SERVICE})
_LOGGERS = frozenset({Who.COORDINATOR, Who.GOVERNANCE})
_RUNS = frozenset({Who.COORDINATOR, Who.CHAIR})

#: A coordinator or information governance logs it, agencies answer for their own, the chair decides, and a
#: second person releases (security.md B, "Disclosure").
MOVES: Mapping[Step, Move[State]] = {
    Step.CHECK: Move(
        frozenset({State.RECEIVED}), State.CHECKED, _LOGGERS | _CHAIR,
        "Say how it was checked who asks, and for whom",
    ),
    Step.ASK: Move(frozenset({State.CHECKED}), State.ASKED, _RUNS),
    Step.ALL_ANSWERED: Move(frozenset({State.ASKED}), State.TO_DECIDE, _SERVICE),
    Step.PUT: Move(frozenset({State.ASKED}), State.TO_DECIDE, _RUNS, "Say why the chair cannot wait for all"),
    Step.ASK_AGAIN: Move(_OVER_AGAIN, State.ASKED, _CHAIR, "Say what the agencies are asked"),
    Step.CHANGED: Move(_OVER_AGAIN, State.ASKED, _SERVICE),
    Step.APPROVE: Move(_WITH_CHAIR, State.APPROVED, _CHAIR),
    Step.APPROVE_IN_PART: Move(
        _WITH_CHAIR, State.IN_PART, _CHAIR, "Say why a part is released without the rest"
    ),
    Step.REFUSE: Move(
        _GRANTED | {State.CHECKED, State.ASKED, State.TO_DECIDE, State.PREPARED}, State.REFUSED, _CHAIR,
        "Say why it is refused",
    ),
    Step.OBJECT: Move(
        _WITH_CHAIR | {State.CHECKED, State.ASKED}, State.OBJECTED, _CHAIR,
        "Say what harm the disclosure would do",
    ),
    Step.NOT_OBJECT: Move(frozenset({State.TO_DECIDE}), State.NOT_OBJECTED, _CHAIR),
    Step.DISCLOSE_WITH_CONCERNS: Move(
        _WITH_CHAIR, State.WITH_CONCERNS, _CHAIR, "Say what the concerns are: the court reads them"
    ),
    Step.ORDER: Move(
        _OPEN - {State.RECEIVED}, State.ORDERED, _RUNS, "Say what the court ordered, and its reference"
    ),
    Step.NOT_ORDERED: Move(
        frozenset({State.OBJECTED, State.NOT_OBJECTED}), State.NOT_ORDERED, _RUNS,
        "Say what the court decided",
    ),
    Step.FOLLOW_ORDER: Move(
        frozenset({State.ORDERED, State.ORDER_FOLLOWED, State.PREPARED}), State.ORDER_FOLLOWED, _CHAIR
    ),
    Step.ANSWER: Move(frozenset({State.CHECKED}), State.ANSWERED, _CHAIR, "Write down what was answered"),
    Step.PREPARE: Move(_TO_BUILD, State.PREPARED, _RUNS),
    Step.RELEASE: Move(frozenset({State.PREPARED}), State.RELEASED, _RUNS),
    Step.WITHDRAW: Move(_OPEN, State.WITHDRAWN, _LOGGERS, "Say how it was withdrawn"),
}  # fmt: skip

#: The chair's decisions: each replaces the one before, and those that grant something lead to a release.
GRANTS = frozenset({Step.APPROVE, Step.APPROVE_IN_PART, Step.DISCLOSE_WITH_CONCERNS, Step.FOLLOW_ORDER})
#: Of the consented items it is chosen which they release; an order names its own.
CHOSEN_FOR = GRANTS - {Step.FOLLOW_ORDER}
DECISIONS = GRANTS | {Step.REFUSE, Step.OBJECT, Step.NOT_OBJECT}
#: Signed with a second factor, at that moment (journeys.md, the chair; security.md F).
SIGNED = DECISIONS | {Step.ANSWER, Step.RELEASE}
_OVER = frozenset({Step.ASK_AGAIN, Step.CHANGED, Step.ORDER})
_COURTS = frozenset({
    Step.OBJECT, Step.NOT_OBJECT, Step.DISCLOSE_WITH_CONCERNS, Step.ORDER, Step.NOT_ORDERED,
    Step.FOLLOW_ORDER,
})  # fmt: skip


def steps_of(kind: Kind) -> frozenset[Step]:
    """The steps a request of a kind takes: a court is not refused, the media are given nothing (X3, X5)."""
    match kind:
        case Kind.MEDIA:
            return frozenset({Step.CHECK, Step.ANSWER, Step.REFUSE, Step.WITHDRAW})
        case Kind.COURT:
            return frozenset(Step) - {Step.REFUSE, Step.ANSWER}
        case _:
            return frozenset(Step) - _COURTS - {Step.ANSWER}


def is_for(kind: Kind, step: Step, who: Who) -> bool:
    """What goes to the chair they may check themselves, and they alone ask agencies about it (X1, X5)."""
    if step is Step.CHECK:
        return who is not Who.CHAIR or kind.goes_to_chair
    return step is not Step.ASK or who is Who.CHAIR or not kind.goes_to_chair


@dataclass(frozen=True, slots=True)
class Made:
    """One step that was taken: in whose name, by which account, and whether it was signed."""

    step: Step
    at: datetime
    who: Who
    by: UUID | None  # None: the service
    reason: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request with every step taken on it, in order."""

    kind: Kind
    logged_by: UUID
    received_at: datetime
    steps: tuple[Made, ...] = ()

    @property
    def state(self) -> State:
        """How far it is."""
        return MOVES[self.steps[-1].step].after if self.steps else State.RECEIVED

    @property
    def ordered(self) -> bool:
        """A court has ordered it: the agencies' consents count no more (Rulebook X3)."""
        return any(one.step is Step.ORDER for one in self.steps)

    @property
    def ordered_by(self) -> UUID | None:
        """Who recorded the court's order that counts."""
        return next((one.by for one in reversed(self.steps) if one.step is Step.ORDER), None)

    @property
    def decision(self) -> Made | None:
        """What the chair decided last; None once agencies were asked again or an order came: decide anew."""
        told = next((one for one in reversed(self.steps) if one.step in DECISIONS | _OVER), None)
        return told if told and told.step in DECISIONS else None

    @property
    def asked_again(self) -> Made | None:
        """When and for what the chair asked agencies again last."""
        return next((one for one in reversed(self.steps) if one.step is Step.ASK_AGAIN), None)

    @property
    def prepared_by(self) -> UUID | None:
        """Who built what waits to be released."""
        return next((one.by for one in reversed(self.steps) if one.step is Step.PREPARE), None)

    def after(self, step: Made) -> "Request":
        """With one more step; raises RuleBroken where it is not legal (Rulebook X1, X3, X5).

        Decisions and the release are signed with a second factor. Who logged a request does not decide it,
        who recorded an order does not follow it, who built a release does not release it (security.md B:
        proposer never approves).
        """
        if step.at < (self.steps[-1].at if self.steps else self.received_at):
            raise RuleBroken("That is earlier than what was done last.")
        made(MOVES[step.step], self.state, step.who, step.reason)
        if why := self._problem(step):
            raise RuleBroken(why)
        return replace(self, steps=(*self.steps, step))

    def _problem(self, step: Made) -> str | None:
        if step.step not in steps_of(self.kind):
            return f"This is not done with a request of this kind ({self.kind.value})."
        if (step.by is None) is not (step.who is Who.SERVICE):
            return "A step has a person behind it, unless the service took it."
        return self._order_problem(step.step) or self._person_problem(step)

    def _order_problem(self, step: Step) -> str | None:
        if step is Step.FOLLOW_ORDER and not self.ordered:
            return "Record the court’s order first."
        if self.ordered and step in (Step.ASK_AGAIN, Step.CHANGED):
            return "A court has ordered this, so agencies are not asked for their consent again."
        first = self.kind is Kind.COURT and self.state is State.TO_DECIDE
        if first and step in (Step.APPROVE, Step.APPROVE_IN_PART):
            return "Say first whether you object before the court."
        return None

    def _person_problem(self, step: Made) -> str | None:
        if not is_for(self.kind, step.step, step.who):
            if step.step is Step.CHECK:
                return "A coordinator or information governance checks who asks."
            return "A request by the media, or by an agency that has not signed, goes to the chair."
        if step.step in SIGNED and not step.signed:
            return "Sign this with your second factor."
        if step.step in DECISIONS | {Step.ANSWER} and step.by == self.logged_by:
            return "You logged this request, so another chair decides it."
        if step.step is Step.FOLLOW_ORDER and step.by == self.ordered_by:
            return "You recorded the court’s order, so another chair follows it."
        if step.step is Step.RELEASE and step.by == self.prepared_by:
            return "You built this release, so a second person releases it."
        return None
