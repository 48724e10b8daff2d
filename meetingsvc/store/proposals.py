"""What waits for a second person, as each person may read it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from meetingsvc.models import AccountRow, CaseRow, ProposalRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store.scope import cases_of

_PROPOSER, _DECIDER = aliased(AccountRow), aliased(AccountRow)


class State(StrEnum):
    """How a proposal stands or ended."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"  # who proposed it may not any more, or there is nothing left to decide


@dataclass(frozen=True, slots=True)
class Told:
    """One proposal."""

    id: UUID
    area_id: UUID
    kind: str
    subject: str
    case_id: UUID | None
    case: str  # how people read its number: whoever reads the proposal may open the case
    about_id: UUID | None
    detail: dict[str, Any]
    reason: str
    proposed_by: UUID
    proposer: str
    proposer_role: Role
    proposed_at: datetime
    expires_at: datetime
    state: State
    decider: str
    decided_at: datetime | None
    why: str
    half_until: datetime | None  # half of a one-time password waits for who proposed it

    def has_half(self, now: datetime) -> bool:
        """Whether who proposed it has a half of a one-time password to fetch."""
        return self.half_until is not None and now < self.half_until

    def stands(self, now: datetime) -> bool:
        """Whether it can still be decided."""
        return self.state is State.OPEN and now < self.expires_at


def proposals_of(reader: Principal) -> ColumnElement[bool]:
    """Proposals of one's area, those about a case only where one may open that case (Rulebook M6).

    Nobody reads those about themselves, but for what they proposed before.
    """
    seen = select(CaseRow.id).where(cases_of(reader)).correlate(None)
    return and_(
        ProposalRow.area_id == reader.area_id,
        or_(ProposalRow.case_id.is_(None), ProposalRow.case_id.in_(seen)),
        or_(ProposalRow.about_id.is_(None), ProposalRow.about_id != reader.account_id),
    )


def for_a_second(reader: Principal, kinds: Iterable[str], now: datetime) -> list[Told]:
    """Those of these kinds that somebody else proposed and that stand, the oldest first."""
    others = and_(ProposalRow.kind.in_(list(kinds)), ProposalRow.proposed_by != reader.account_id)
    stand = and_(ProposalRow.state == State.OPEN, ProposalRow.expires_at > now)
    rows = _rows().where(proposals_of(reader), others, stand).order_by(ProposalRow.proposed_at)
    return [_told(*found) for found in db.session.execute(rows)]


def proposed_by(reader: Principal, limit: int = 20) -> list[Told]:
    """What a person proposed, the newest first."""
    mine = and_(proposals_of(reader), ProposalRow.proposed_by == reader.account_id)
    rows = _rows().where(mine).order_by(ProposalRow.proposed_at.desc(), ProposalRow.id).limit(limit)
    return [_told(*found) for found in db.session.execute(rows)]


def halves_of(reader: Principal, now: datetime) -> list[tuple[UUID, datetime]]:
    """What the person proposed, and of which half of a one-time password still waits for them."""
    row = ProposalRow
    mine = and_(proposals_of(reader), row.proposed_by == reader.account_id, row.half_until > now)
    rows = select(row.id, row.half_until).where(mine).order_by(row.half_until)
    return [(key, until) for key, until in db.session.execute(rows) if until]


def ended_since(reader: Principal, since: datetime, now: datetime) -> list[Told]:
    """What a person proposed that somebody else decided, or nobody in time, the latest first."""
    row = ProposalRow
    decided = and_(row.state.not_in((State.OPEN, State.WITHDRAWN)), row.decided_at > since)
    lapsed = and_(row.state == State.OPEN, row.expires_at <= now, row.expires_at > since)
    mine = and_(proposals_of(reader), row.proposed_by == reader.account_id, or_(decided, lapsed))
    rows = _rows().where(mine).order_by(row.expires_at.desc(), row.id)
    return [_told(*found) for found in db.session.execute(rows)]


def one(reader: Principal, proposal_id: UUID, kinds: Iterable[str]) -> Told | None:
    """One that the person proposed, or that is of a kind they decide."""
    mine = or_(ProposalRow.proposed_by == reader.account_id, ProposalRow.kind.in_(list(kinds)))
    rows = _rows().where(proposals_of(reader), ProposalRow.id == proposal_id, mine)
    found = db.session.execute(rows).one_or_none()
    return None if found is None else _told(*found)


def open_on(reader: Principal, subject: str, now: datetime) -> list[Told]:
    """Those that wait for a second person on this, where the reader may read them."""
    stand = and_(ProposalRow.state == State.OPEN, ProposalRow.expires_at > now)
    rows = _rows().where(proposals_of(reader), ProposalRow.subject == subject, stand)
    return [_told(*found) for found in db.session.execute(rows.order_by(ProposalRow.proposed_at))]


def locked(reader: Principal, proposal_id: UUID) -> ProposalRow | None:
    """Its row, held until the transaction ends: of two who decide at once, one finds it decided."""
    row = select(ProposalRow).where(proposals_of(reader), ProposalRow.id == proposal_id)
    return db.session.scalars(row.with_for_update(of=ProposalRow)).one_or_none()


def is_free(area_id: UUID, kind: str, subject: str, now: datetime) -> bool:
    """Whether the same does not wait already; what waited too long is closed first."""
    row = ProposalRow
    same = (row.area_id == area_id, row.kind == kind, row.subject == subject, row.state == State.OPEN)
    with acting.whole_area(area_id):
        over = update(row).where(*same, row.expires_at <= now)
        db.session.execute(over.values(state=State.EXPIRED, decided_at=now))
        return db.session.scalar(select(row.id).where(*same)) is None


def open_among(area_id: UUID, kind: str, subjects: Collection[str]) -> Sequence[ProposalRow]:
    """The rows of those about these subjects that are open. As the service for the area."""
    row = ProposalRow
    same = (row.area_id == area_id, row.kind == kind, row.subject.in_(list(subjects)))
    rows = select(row).where(*same, row.state == State.OPEN).order_by(row.id)
    return db.session.scalars(rows.with_for_update()).all()


def told(reader: Principal, row: ProposalRow) -> Told:
    """The row with the names beside it."""
    return _told(*db.session.execute(_rows().where(proposals_of(reader), ProposalRow.id == row.id)).one())


def _rows() -> Any:
    return (
        select(ProposalRow, _PROPOSER.name, _PROPOSER.role, _DECIDER.name, CaseRow.number)
        .join(_PROPOSER, _PROPOSER.id == ProposalRow.proposed_by)
        .outerjoin(_DECIDER, _DECIDER.id == ProposalRow.decided_by)
        .outerjoin(CaseRow, CaseRow.id == ProposalRow.case_id)
    )


def _told(row: ProposalRow, proposer: str, role: str, decider: str | None, number: int | None) -> Told:
    return Told(
        row.id, row.area_id, row.kind, row.subject, row.case_id, case_reference(number) if number else "",
        row.about_id, row.detail, row.reason, row.proposed_by, proposer, Role(role), row.proposed_at,
        row.expires_at, State(row.state), decider or "", row.decided_at, row.why, row.half_until,
    )  # fmt: skip
