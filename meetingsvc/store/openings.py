"""Queries on what opened a case out of the ordinary: breaking the glass, and tickets (security.md B)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from agenda.need_to_know import OpeningKind
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    CaseRow,
    OpeningRow,
    db,
)
from meetingsvc.permissions import NEVER, Permission, Principal, Role
from meetingsvc.store import acting
from meetingsvc.store.nameable import is_signatory, open_to_account
from meetingsvc.store.scope import cases_of, open_to

_asker, _approver, _refuser, _reviewer = (aliased(AccountRow) for _ in range(4))


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening, and what became of it."""

    id: UUID
    case_id: UUID
    case: str
    account_id: UUID
    name: str
    role: Role
    agency: str
    kind: OpeningKind
    reason: str
    asked_at: datetime
    until: datetime | None
    approved_by: str
    refused_by: str
    decided_at: datetime | None
    review_due: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    in_order: bool | None
    review: str

    @property
    def waits_for_review(self) -> bool:
        """The glass was broken, and nobody has looked at why yet."""
        return self.kind is OpeningKind.BREAK_GLASS and self.reviewed_at is None

    @property
    def waits_for_approval(self) -> bool:
        """A ticket that opens nothing yet."""
        return self.kind is OpeningKind.TICKET and self.decided_at is None

    def is_overdue(self, now: datetime) -> bool:
        """Its review is late."""
        return self.waits_for_review and self.review_due is not None and self.review_due < now

    def is_open(self, now: datetime) -> bool:
        """It opens the case at this moment."""
        return self.until is not None and self.until > now


def openings_of(reader: Principal) -> ColumnElement[bool]:
    """Openings in one's area for who reviews them, less those of cases kept from them; else one's own."""
    mine = and_(OpeningRow.area_id == reader.area_id, open_to(reader, OpeningRow.case_id))
    if reader.may(Permission.GLASS_REVIEW):
        return mine
    return and_(mine, OpeningRow.account_id == reader.account_id)


def all_of(reader: Principal, limit: int = 100) -> list[Opening]:
    """The newest first."""
    rows = _rows().where(openings_of(reader)).order_by(OpeningRow.asked_at.desc(), OpeningRow.id)
    return _read(reader, rows.limit(limit))


def waiting(reader: Principal) -> list[Opening]:
    """What has to be reviewed or approved, one's own too, the oldest first."""
    rows = _rows().where(openings_of(reader), or_(unreviewed(), _undecided()))
    return _read(reader, rows.order_by(OpeningRow.asked_at))


def one(reader: Principal, opening_id: UUID) -> Opening | None:
    """One of them."""
    return next(iter(_read(reader, _rows().where(openings_of(reader), OpeningRow.id == opening_id))), None)


def locked(reader: Principal, opening_id: UUID) -> OpeningRow | None:
    """Its row, held until the transaction ends."""
    rows = select(OpeningRow).where(openings_of(reader), OpeningRow.id == opening_id)
    return db.session.scalars(rows.with_for_update()).one_or_none()


def tickets_by(reader: Principal) -> list[Opening]:
    """The tickets a person asked for, the newest first."""
    rows = _rows().where(
        openings_of(reader), OpeningRow.account_id == reader.account_id, OpeningRow.kind == OpeningKind.TICKET
    )
    return _read(reader, rows.order_by(OpeningRow.asked_at.desc()))


def count_waiting(reader: Principal) -> int:
    """How many openings of others wait for this person to review or approve them."""
    counted = select(func.count(OpeningRow.id)).where(
        openings_of(reader), OpeningRow.account_id != reader.account_id, or_(unreviewed(), _undecided())
    )
    return db.session.scalar(counted) or 0


def open_now(reader: Principal, case_id: UUID) -> tuple[OpeningKind, datetime] | None:
    """What has opened a case to the reader for now, and until when."""
    row = OpeningRow
    mine = and_(open_to(reader, row.case_id), row.account_id == reader.account_id, row.case_id == case_id)
    rows = select(row.kind, row.until).where(mine, row.until > reader.asked_at).order_by(row.until.desc())
    found = db.session.execute(rows.limit(1)).one_or_none()
    return None if found is None or found[1] is None else (OpeningKind(found[0]), found[1])


def all_open_now(reader: Principal) -> list[tuple[UUID, OpeningKind, datetime]]:
    """The cases that are opened to the reader for now, and until when: the one that closes first, first."""
    row = OpeningRow
    mine = and_(open_to(reader, row.case_id), row.account_id == reader.account_id)
    if not reader.may_be_opened_to:
        return []
    rows = select(row.case_id, row.kind, row.until).where(mine, row.until > reader.asked_at)
    found = db.session.execute(rows.order_by(row.until))
    return [(case_id, OpeningKind(kind), until) for case_id, kind, until in found if until]


def openable(reader: Principal, number: int) -> UUID | None:
    """The case of that number, where it may be opened: no wall stands, and it is not kept from the reader."""
    rows = select(CaseRow.id).where(
        CaseRow.area_id == reader.area_id, open_to(reader, CaseRow.id), CaseRow.number == number
    )
    with acting.whole_area(reader.area_id):
        return db.session.scalars(rows).one_or_none()


def theirs_already(reader: Principal, number: int) -> UUID | None:
    """The case of that number, where the reader may open it without anybody's leave."""
    row = select(CaseRow.id).where(cases_of(replace(reader, asked_at=NEVER)), CaseRow.number == number)
    return db.session.scalars(row).one_or_none()


def reviewers(area_id: UUID, case_id: UUID, but: UUID, today: date) -> list[UUID]:
    """Every live chair and all of information governance whom the case is not kept from (security.md B).

    Call it inside `acting.whole_area`.
    """
    sits = and_(AccountRow.role == Role.CHAIR, is_signatory(today))
    rows = (
        select(AccountRow.id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id, AccountRow.disabled_at.is_(None), AccountRow.id != but)
        .where(or_(sits, AccountRow.role == Role.INFORMATION_GOVERNANCE))
        .where(open_to_account(case_id))
        .order_by(AccountRow.id)
    )
    return list(db.session.scalars(rows))


def unreviewed() -> ColumnElement[bool]:
    """A broken glass that nobody has looked at yet (Rulebook M6)."""
    return and_(OpeningRow.kind == OpeningKind.BREAK_GLASS, OpeningRow.reviewed_at.is_(None))


def _undecided() -> ColumnElement[bool]:
    return and_(OpeningRow.kind == OpeningKind.TICKET, OpeningRow.decided_at.is_(None))


def _read(reader: Principal, rows: Any) -> list[Opening]:
    """Their cases' references with them, though who reviews may not open the cases."""
    with acting.whole_area(reader.area_id):
        return [_opening(*found) for found in db.session.execute(rows)]


def _rows() -> Any:
    return (
        select(
            OpeningRow, CaseRow.number, _asker.name, _asker.role, AgencyRow.name, _approver.name,
            _refuser.name, _reviewer.name,
        )
        .join(CaseRow, CaseRow.id == OpeningRow.case_id)
        .join(_asker, _asker.id == OpeningRow.account_id)
        .join(AgencyRow, AgencyRow.id == _asker.agency_id)
        .outerjoin(_approver, _approver.id == OpeningRow.approved_by)
        .outerjoin(_refuser, _refuser.id == OpeningRow.refused_by)
        .outerjoin(_reviewer, _reviewer.id == OpeningRow.reviewed_by)
    )  # fmt: skip


def _opening(row: OpeningRow, number: int, name: str, role: str, agency: str, *others: str | None) -> Opening:
    approver, refuser, reviewer = (other or "" for other in others)
    return Opening(
        row.id, row.case_id, case_reference(number), row.account_id, name, Role(role), agency,
        OpeningKind(row.kind), row.reason, row.asked_at, row.until, approver, refuser, row.decided_at,
        row.review_due, reviewer, row.reviewed_at, row.in_order, row.review,
    )  # fmt: skip


def end_all_of(account_id: UUID, area_id: UUID, now: datetime) -> None:
    """What somebody opened as what they no longer are is closed: glass and ticket were given to a role.

    A ticket that waits cannot be approved any more: `usecases.openings.approve` asks.
    """
    with acting.whole_area(area_id):
        mine = update(OpeningRow).where(OpeningRow.account_id == account_id, OpeningRow.until > now)
        db.session.execute(mine.values(until=now).execution_options(synchronize_session="fetch"))
