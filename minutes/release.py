"""What is released to a third party: built anew from the consented versions alone (Rulebook X6, X2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from agenda.rules import RuleBroken
from minutes import redaction
from minutes.disclosure import GRANTS, Made, Request, State, Step
from minutes.disclosure_decision import Decision, counting, holds, overridden
from minutes.disclosure_items import Answer, Document, Item, Standing
from minutes.disclosure_others import Left, Listed, left_in
from minutes.redaction import Redaction

NAME_LENGTH = 200
NOT_AS_DECIDED = (
    "An item, or what its agency answered, is not as it was when the chair decided. It goes back to them."
)
STILL_THERE = "The release would still tell of somebody else, or where somebody is. Leave those words out."
_OVER = {
    Standing.REFUSED: "refused",
    Standing.REDACTED: "consented to a redacted text only",
    Standing.CONCERN: "raised a concern",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One item as it is released. It has no place for who wrote it or told the agency: they are others."""

    item: UUID
    version: str
    agency: UUID | None
    document: Document
    sort: str
    dated: date | None
    text: str
    against: Standing | None = None  # what its agency had answered, where an order overrides it (X3)

    @property
    def over(self) -> str:
        """That the court's order released it, and what that overrides; "" where its agency consented (X3)."""
        if self.against is None:
            return ""
        return f"Released by order of the court. Its agency {_OVER.get(self.against, 'had not consented')}."


@dataclass(frozen=True, slots=True)
class Release:
    """All that the recipient is given."""

    pieces: tuple[Piece, ...]
    concerns: str = ""  # that the court reads with it (X3)
    order: str = ""

    @property
    def digest(self) -> str:
        """Tells one release from another: what the second person looked at is what goes out."""
        return sha256(repr((self.pieces, self.concerns, self.order)).encode()).hexdigest()


def pieces_of(
    decision: Decision,
    items: Sequence[Item],
    answers: Sequence[Answer],
    redactions: Mapping[UUID, Sequence[Redaction]],
) -> tuple[Piece, ...]:
    """The pieces of a release before it is looked at for other people; raises RuleBroken (fails closed).

    Each is built from the version the chair decided on, with the agency's own redactions, then those of who
    prepares the release. One without a current consent is in no release, but for what a court ordered (X3).
    """
    if decision.step not in GRANTS or not decision.granted:
        raise RuleBroken("The chair’s decision releases nothing.")
    if not holds(decision, items, answers):
        raise RuleBroken(NOT_AS_DECIDED)
    if not redactions.keys() <= decision.granted.keys():
        raise RuleBroken("A passage is to be left out of something that is not released.")
    granted = [item for item in items if item.id in decision.granted]
    if len(granted) != len(decision.granted):
        raise RuleBroken("An item is held twice. Nothing is released.")
    left_out = _left_out(decision, items, answers)
    return tuple(_piece(item, decision, answers, left_out, redactions.get(item.id, ())) for item in granted)


def _left_out(decision: Decision, items: Iterable[Item], answers: Sequence[Answer]) -> list[Redaction]:
    """Every passage that an agency leaves out of its own: what the meeting wrote down does not say it either,
    but where a court ordered the whole text (Rulebook X2, X3)."""
    consents = filter(None, (counting(item, answers, decision.order) for item in items))
    return list(dict.fromkeys(passage for one in consents for passage in one.redactions))


def _piece(
    item: Item,
    decision: Decision,
    answers: Sequence[Answer],
    left_out: Iterable[Redaction],
    further: Sequence[Redaction],
) -> Piece:
    consent = counting(item, answers, decision.order)
    if decision.order is None and consent is None and not item.is_meetings:
        raise RuleBroken(NOT_AS_DECIDED)
    own = consent.redactions if consent else ()
    if item.is_meetings:
        own = tuple(one for one in left_out if not redaction.problems(item.text, (one,)))
    against = overridden(item, answers, decision.order)
    text = redaction.redacted(redaction.redacted(item.text, own), further)
    return Piece(item.id, item.version, item.agency, item.document, item.sort, item.dated, text, against)


def still_told(pieces: Iterable[Piece], people: Sequence[Listed]) -> dict[UUID, frozenset[Left]]:
    """What each piece still tells of other people: who prepares the release leaves that out (Rulebook X6)."""
    found = {piece.item: left_in(piece.text, people) for piece in pieces}
    return {item: left for item, left in found.items() if left}


def built(
    request: Request,
    decision: Decision,
    items: Sequence[Item],
    answers: Sequence[Answer],
    people: Sequence[Listed],
    redactions: Mapping[UUID, Sequence[Redaction]],
    kept_from: str | None,
    purpose: str = "",
) -> Release:
    """The release, built anew; raises RuleBroken where anything in it may not leave (Rulebook X2, X6, F3).

    `kept_from`: why nothing can be released to who would receive it (minutes.disclosure_requester);
    `purpose`: for what, as the register keeps it.
    The decision is the one that stands: signed by the chair, not asked over again since. Whom anything may be
    told about is said by the request: to the public, of nobody.
    """
    _refuse_other_decision(request, decision)
    if kept_from:
        raise RuleBroken(kept_from)
    if not people:
        raise RuleBroken("Nobody is listed on this case, so nobody can be left out. Nothing is released.")
    if not request.kind.may_be_about and any(one.about for one in people):
        raise RuleBroken("What anybody may read is about nobody.")
    pieces = pieces_of(decision, items, answers, redactions)
    concerns = redaction.visible(decision.reason) if decision.step is Step.DISCLOSE_WITH_CONCERNS else ""
    order = redaction.visible(f"{decision.order.court}, {decision.order.reference}") if decision.order else ""
    if still_told(pieces, people) or left_in(f"{concerns}\n{order}\n{purpose}", people):
        raise RuleBroken(STILL_THERE)
    return Release(pieces, concerns, order)


def _refuse_other_decision(request: Request, decision: Decision) -> None:
    stands = request.decision
    if request.state.ended or stands is None or stands.step not in GRANTS or not stands.signed:
        raise RuleBroken("No decision of the chair to release anything stands.")
    if (stands.step, stands.at, stands.by) != (decision.step, decision.at, decision.by):
        raise RuleBroken("The chair has decided anew. Build the release from that decision.")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who receives it, for what purpose, and the identifier of their copy, which its watermark says."""

    name: str
    purpose: str
    copy: UUID


@dataclass(frozen=True, slots=True)
class Registered:
    """The register's row: to whom, for what purpose and as which copy; no word of what was released (X6)."""

    to: Recipient
    released_at: datetime
    decided_by: UUID | None
    prepared_by: UUID | None
    released_by: UUID | None
    digest: str
    pieces: tuple[tuple[UUID, str], ...]  # item, version
    departs: tuple[tuple[UUID | None, UUID, str], ...]  # agency, item, how it stood (X2, X3)
    order: str = ""


def released(
    request: Request,
    step: Made,
    decision: Decision,
    release: Release,
    prepared: str,
    to: Recipient,
) -> tuple[Request, Registered]:
    """The request after its release by a second person, and the register's row (Rulebook X6; security.md B).

    `release` is built again at that moment; `prepared` is the digest of the one that was prepared. What is
    not the same to the letter does not leave.
    """
    _refuse_other_decision(request, decision)
    if step.step is not Step.RELEASE or request.state is not State.PREPARED:
        raise RuleBroken("Nothing that is built waits to be released.")
    if release.digest != prepared or {one.item for one in release.pieces} != decision.granted.keys():
        raise RuleBroken("What was prepared has changed since. Build the release again.")
    if not to.name.strip() or not to.purpose.strip() or len(to.name) > NAME_LENGTH:
        raise RuleBroken(f"Say who receives it, in up to {NAME_LENGTH} characters, and for what purpose.")
    after = request.after(step)
    departs = [(one.agency, one.item, one.stands.value) for one in decision.departures if not decision.order]
    departs += [(one.agency, one.item, one.against.value) for one in release.pieces if one.against]
    row = Registered(
        to, step.at, decision.by, request.prepared_by, step.by,
        release.digest, tuple((one.item, one.version) for one in release.pieces), tuple(departs),
        release.order,
    )  # fmt: skip
    return after, row
