"""Queries on cases that come from another area, for the area they come to (Rulebook T8)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from agenda.meetings import case_reference
from agenda.transfers import State
from meetingsvc.models import AccountRow, CaseRow, TransferInRow, db
from meetingsvc.store import acting
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_transfers import arrivals_of, typed_by


@dataclass(frozen=True, slots=True)
class In:
    """A case on its way in, or that came."""

    id: UUID
    transfer_id: UUID | None
    from_area: str
    their_reference: str
    victim: str
    victim_dob: date | None
    perpetrator: str
    state: State
    received_at: datetime
    reference: str
    case_id: UUID | None
    case: str
    decided_by: str
    decided_at: datetime | None
    reason: str

    @property
    def waits(self) -> bool:
        """A coordinator has to decide."""
        return self.state is State.RECEIVED


def arrivals(reader: Reader, *narrow: ColumnElement[bool]) -> list[In]:
    """Those that wait, the longest first; then those decided, the latest first.

    One's own stand there as typed, without the case they made, hidden from one or not (Rulebook M6).
    """
    own = typed_by(reader)
    found = _found(arrivals_of(reader), ~own, *narrow)
    with acting.whole_area(reader.area_id):  # what one has typed is there, though its case is hidden
        found += [replace(one, case_id=None, case="") for one in _found(own, *narrow)]
    return sorted(found, key=_place)


def _place(one: In) -> tuple[bool, float, datetime, UUID]:
    decided = one.decided_at
    return decided is not None, -decided.timestamp() if decided else 0.0, one.received_at, one.id


def _found(*narrow: ColumnElement[bool]) -> list[In]:
    row = TransferInRow
    rows = (
        select(row, CaseRow.number, AccountRow.name)
        .outerjoin(CaseRow, CaseRow.id == row.case_id)
        .outerjoin(AccountRow, AccountRow.id == row.decided_by)
        .where(*narrow)
    )
    return [
        In(one.id, one.transfer_id, one.from_area, one.their_reference, one.victim, one.victim_dob,
           one.perpetrator, State(one.state), one.received_at, one.reference, one.case_id,
           case_reference(number) if number else "", name or "", one.decided_at, one.reason)
        for one, number, name in db.session.execute(rows)
    ]  # fmt: skip


def one(reader: Reader, arrival_id: UUID) -> In | None:
    """One that exists for the reader."""
    return next(iter(arrivals(reader, TransferInRow.id == arrival_id)), None)


def waiting(reader: Reader) -> int:
    """How many wait for a coordinator's decision."""
    rows = select(func.count(TransferInRow.id)).where(
        arrivals_of(reader), TransferInRow.state == State.RECEIVED
    )
    return db.session.scalar(rows) or 0


def same(reader: Reader, from_area: str, reference: str) -> str | None:
    """The reference here of what an area outside has sent under the same reference before.

    Another's that is hidden from the reader is not there, one's own always is: else the answer would tell of
    the case (Rulebook M6).
    """
    row = TransferInRow
    if not reference.strip():
        return None
    rows = select(row.reference).where(
        or_(arrivals_of(reader), typed_by(reader)), func.lower(row.from_area) == from_area.strip().lower(),
        func.lower(row.their_reference) == reference.strip().lower(), row.transfer_id.is_(None),
    )  # fmt: skip
    with acting.whole_area(reader.area_id):
        return db.session.scalar(rows.limit(1))


# What follows is the service's own work: call it inside `acting.service`, or `acting.whole_area`.


def locked(arrival_id: UUID) -> TransferInRow:
    """Its row, held until the transaction ends."""
    row = select(TransferInRow).where(TransferInRow.id == arrival_id)
    held = row.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(held).one()
