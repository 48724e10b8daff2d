"""What the chair may decide on which answers, and what a decision covers (Rulebook X1 to X4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from agenda.rules import RuleBroken
from minutes.disclosure import DECISIONS, GRANTS, Made, Request, Step
from minutes.disclosure_items import (
    Answer,
    Document,
    Item,
    Says,
    Standing,
    basis,
    by_agency,
    consented,
    standing,
    stands,
)


class Outcome(StrEnum):
    """What the chair and an agency agreed about its concerns in a review (Rulebook X4)."""

    SHARES = "shares all of it"
    SHARES_PART = "shares a part, or a redacted text"
    WITHHOLDS = "does not share it"


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The outcome with one agency. Recording it gives no consent: the agency answers for that itself."""

    agency: UUID
    outcome: Outcome
    words: str
    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class CourtOrder:
    """What a court ordered: of which items, whatever their agencies answered (Rulebook X3).

    It overrides refusals. What an agency wants left out of its text stays out, unless it orders the `whole`.
    """

    court: str
    reference: str
    made_at: datetime
    items: frozenset[UUID]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """An item withheld while the rest is released, or one released against its agency's answer; never what
    the meeting wrote down itself: no agency is asked for that."""

    agency: UUID | None
    item: UUID
    stands: Standing


@dataclass(frozen=True, slots=True)
class Decision:
    """What the chair decided, bound to the versions that were before them.

    `departures` mark what departs from the protocol's "all agencies" (X2): what is withheld although the
    rest is released, or, under an order (`order`), what is released although no consent stands for it (X3).
    """

    step: Step
    at: datetime
    by: UUID | None
    reason: str
    granted: Mapping[UUID, str]  # item, and what it was granted on (minutes.disclosure_items.basis)
    departures: tuple[Departure, ...] = ()
    order: CourtOrder | None = None


@dataclass(frozen=True, slots=True)
class Before:
    """Everything that is before the chair."""

    items: tuple[Item, ...]
    answers: tuple[Answer, ...]
    kept_from: str | None = None  # why nothing can be released to who would receive it (F3)
    chosen: frozenset[UUID] | None = None  # of the consented items; None: all of them
    negotiated: tuple[Negotiated, ...] = ()
    order: CourtOrder | None = None
    hearing_at: datetime | None = None
    documents: frozenset[Document] = frozenset()  # that the chair identified
    advised: frozenset[UUID] = frozenset()  # agencies told to take legal advice


def decided(request: Request, step: Made, before: Before) -> tuple[Request, Decision]:
    """The request after the chair's decision, and what that covers; raises RuleBroken where it may not be.

    Approve: every item has its agency's consent (X2). In part, or with concerns: only what has one. Under an
    order: what the order names, consent or none (X3).
    """
    if step.step not in DECISIONS:
        raise RuleBroken("This is not a decision.")
    if step.step in GRANTS and before.kept_from:
        raise RuleBroken(before.kept_from)
    after = request.after(step)
    if step.step not in GRANTS:
        _court_position(step, before)
        return after, Decision(step.step, step.at, step.by, step.reason, {})
    if step.step is Step.FOLLOW_ORDER:
        return after, _as_ordered(step, before)
    if request.kind.is_review:
        _refuse_open_concerns(before)
    return after, _on_consents(step, before)


def _on_consents(step: Made, before: Before) -> Decision:
    """Of what has its agency's consent; what has none is a departure, agency by agency (Rulebook X2)."""
    how = stands(before.items, before.answers)
    yes = [item for item in before.items if how[item.id].consented]
    granted = {item.id: basis(item, consented(item, before.answers)) for item in yes}
    withheld = tuple(
        Departure(item.agency, item.id, how[item.id])
        for item in before.items
        if item.id not in granted and not item.is_meetings
    )
    if before.chosen is not None:
        if not before.chosen <= granted.keys():
            raise RuleBroken("What its agency did not consent to is never released. Choose from the rest.")
        granted = {item: on for item, on in granted.items() if item in before.chosen}
    if not granted:
        raise RuleBroken("Nothing that is held has its agency’s consent, so nothing can be released.")
    if step.step is Step.APPROVE and len(granted) < len(before.items):
        raise RuleBroken(_not_all(how.values()))
    if step.step is Step.APPROVE_IN_PART and len(granted) == len(before.items):
        raise RuleBroken("Every item has its agency’s consent and is chosen: approve all of it.")
    return Decision(step.step, step.at, step.by, step.reason, granted, withheld)


_NOT_ALL = (
    "Not every agency has consented to every item as it says now. Wait for them, ask again, or approve in "
    "part: that departs from the protocol’s “all agencies”, and is recorded so."
)
_NOT_CHOSEN = "Not every item is chosen: choose all of them, or approve in part."
_UNKNOWN = "Of an item no supplying agency is known, so nobody can be asked for it: approve in part."


def _not_all(how: Iterable[Standing]) -> str:
    """What keeps the chair from approving all of it, and what helps."""
    left = {one for one in how if not one.consented}
    if not left:
        return _NOT_CHOSEN
    return _UNKNOWN if left == {Standing.NOBODYS} else _NOT_ALL


def _as_ordered(step: Made, before: Before) -> Decision:
    """Exactly what the order names, and which of it is against its agency's answer (Rulebook X3)."""
    order = before.order
    if order is None or not order.items or not order.court.strip() or not order.reference.strip():
        raise RuleBroken("Record which court ordered it, its reference, and which items it orders.")
    if order.made_at > step.at:
        raise RuleBroken("The order cannot be later than the decision to follow it.")
    named = [item for item in before.items if item.id in order.items]
    if len(named) < len(order.items):
        raise RuleBroken("The order names an item that is not held for this request.")
    over = [(item, overridden(item, before.answers, order)) for item in named]
    against = tuple(Departure(item.agency, item.id, how) for item, how in over if how)
    granted = {item.id: basis(item, counting(item, before.answers, order)) for item in named}
    return Decision(step.step, step.at, step.by, step.reason, granted, against, order)


def overridden(item: Item, answers: Iterable[Answer], order: CourtOrder | None) -> Standing | None:
    """The answer that an order overrides; None without an order, or where nothing is overridden (X3)."""
    how = standing(item, answers)
    agrees = how is Standing.CONSENTED or (how is Standing.REDACTED and order and not order.whole)
    return None if order is None or agrees or item.is_meetings else how


def counting(item: Item, answers: Iterable[Answer], order: CourtOrder | None) -> Answer | None:
    """The consent whose redactions apply: none where a court ordered the whole text (Rulebook X2, X3)."""
    return None if order and order.whole else consented(item, answers)


def _court_position(step: Made, before: Before) -> None:
    """An objection is made before the hearing; without one, the documents held are identified and every
    supplying agency is told to seek legal advice (Rulebook X3)."""
    if step.step is Step.OBJECT and (before.hearing_at is None or step.at >= before.hearing_at):
        raise RuleBroken("The hearing has begun, so the objection comes too late. Tell the court yourself.")
    if step.step is Step.NOT_OBJECT:
        if before.documents != {item.document for item in before.items}:
            raise RuleBroken("Identify the documents held: the ones that the items stand in.")
        if not suppliers(before.items) <= before.advised:
            raise RuleBroken("Tell every agency that supplied something to seek its own legal advice first.")


def suppliers(items: Iterable[Item]) -> frozenset[UUID]:
    """Whose consent is asked, and who is told to seek legal advice (Rulebook X2, X3)."""
    return frozenset(item.agency for item in items if item.agency is not None)


def to_negotiate(
    items: Sequence[Item], answers: Sequence[Answer], negotiated: Iterable[Negotiated]
) -> frozenset[UUID]:
    """The agencies of a review whose concern or refusal the chair has not settled with them since (X4)."""
    raised: dict[UUID, datetime] = {}
    held = {(item.id, item.agency) for item in items}
    for one in answers:
        if one.says in (Says.CONCERN, Says.REFUSE) and (one.item, one.agency) in held:
            raised[one.agency] = max(one.at, raised.get(one.agency, one.at))
    settled: dict[UUID, datetime] = {}
    for told in negotiated:
        if told.words.strip():
            settled[told.agency] = max(told.at, settled.get(told.agency, told.at))
    return frozenset(agency for agency, at in raised.items() if agency not in settled or settled[agency] < at)


def _refuse_open_concerns(before: Before) -> None:
    """In a review every concern has its outcome, and the agency has answered as was agreed (Rulebook X4)."""
    if to_negotiate(before.items, before.answers, before.negotiated):
        raise RuleBroken("An agency raised a concern. Settle it with them, and record the outcome, first.")
    told = sorted((one for one in before.negotiated if one.words.strip()), key=lambda one: one.at)
    outcomes = {one.agency: one.outcome for one in told}
    for own in by_agency(before.items, before.answers):
        outcome = outcomes.get(own.agency) if own.agency is not None else None
        if outcome is Outcome.SHARES and own.withholds:
            raise RuleBroken("An agency has agreed to share, and has not answered so yet. It answers itself.")
        if outcome is Outcome.WITHHOLDS and not own.withholds:
            raise RuleBroken(
                "An agency consented to what it was agreed to withhold. Record the outcome anew."
            )


def holds(decision: Decision, items: Iterable[Item], answers: Sequence[Answer]) -> bool:
    """Whether all that a decision grants is still as it was before the chair, every item and answer."""
    items = tuple(items)
    how = stands(items, answers)
    now = {
        item.id: basis(item, counting(item, answers, decision.order))
        for item in items
        if decision.order or how[item.id].consented
    }
    return all(now.get(item) == on for item, on in decision.granted.items())
