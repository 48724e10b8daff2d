"""The register of agreements, as who keeps it reads it (Rulebook V1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from agenda.agreements import Clearance, review_due
from meetingsvc.models import AgencyRow, AgreementReviewRow, AuditRow, WithdrawalRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store.scope import audit_of

#: For how long an account made by command line stands on the first page of information governance.
_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One withdrawal, and what became of what the agency held."""

    id: UUID
    notice_on: date
    withdrawn_on: date
    cleared: Clearance | None
    cleared_on: date | None
    cleared_by: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How an agency's agreement stands: when it was looked at, by when again, and its withdrawals."""

    reviewed_on: date | None
    review_due: date | None
    withdrawals: tuple[Withdrawal, ...]


@dataclass(frozen=True, slots=True)
class Chased:
    """What waits for information governance: an agency, and since or by when."""

    agency_id: UUID
    agency: str
    day: date


@dataclass(frozen=True, slots=True)
class Waiting:
    """What information governance is shown on its first page."""

    overdue: list[Chased]
    not_cleared: list[Chased]
    at_the_host: int


def chased(reader: Principal, today: date) -> Waiting:
    """All of it for who keeps the register, and nothing for anybody else."""
    if not reader.may(Permission.AGREEMENT_MANAGE):
        return Waiting([], [], 0)
    return Waiting(
        overdue(reader.area_id, today), not_cleared(reader.area_id, today), _at_the_host(reader, today)
    )


def _at_the_host(reader: Principal, today: date) -> int:
    since = datetime.combine(today - _SHOWN, time(), UTC)
    made = (AuditRow.action == "account.created", AuditRow.actor == audit.COMMAND_LINE)
    lines = select(func.count()).where(audit_of(reader), *made, AuditRow.at >= since)
    return db.session.scalar(lines) or 0


def of_agency(agency_id: UUID, signed_on: date | None) -> Agreement:
    """One agency's; the newest withdrawal first."""
    reviewed = select(func.max(AgreementReviewRow.reviewed_on)).where(
        AgreementReviewRow.agency_id == agency_id
    )
    reviewed_on = db.session.scalar(reviewed)
    rows = select(WithdrawalRow).where(WithdrawalRow.agency_id == agency_id)
    withdrawals = db.session.scalars(rows.order_by(WithdrawalRow.recorded_at.desc()))
    return Agreement(
        reviewed_on, review_due(signed_on, reviewed_on) if signed_on else None, tuple(map(_told, withdrawals))
    )


def overdue(area_id: UUID, today: date) -> list[Chased]:
    """Signatories whose yearly review is over its date."""
    found = ((agency, review_due(agency.signed_on, reviewed)) for agency, reviewed in _signatories(area_id))
    return [Chased(agency.id, agency.name, due) for agency, due in found if due < today]


def _signatories(area_id: UUID) -> Sequence[Any]:
    review, row = AgreementReviewRow, AgencyRow
    rows = select(row, func.max(review.reviewed_on)).outerjoin(review, review.agency_id == row.id)
    signed = rows.where(row.area_id == area_id, row.signed_on.is_not(None), row.withdrawn_on.is_(None))
    return db.session.execute(signed.group_by(row.id).order_by(row.name)).all()


def not_cleared(area_id: UUID, today: date) -> list[Chased]:
    """Agencies that left and have not confirmed that they destroyed or returned what they held."""
    rows = (
        select(AgencyRow.id, AgencyRow.name, WithdrawalRow.withdrawn_on)
        .join(AgencyRow, AgencyRow.id == WithdrawalRow.agency_id)
        .where(
            AgencyRow.area_id == area_id, WithdrawalRow.withdrawn_on <= today, WithdrawalRow.cleared_how == ""
        )
        .order_by(WithdrawalRow.withdrawn_on, AgencyRow.name)
    )
    return [Chased(*found) for found in db.session.execute(rows)]


def _told(row: WithdrawalRow) -> Withdrawal:
    cleared = Clearance(row.cleared_how) if row.cleared_how else None
    return Withdrawal(row.id, row.notice_on, row.withdrawn_on, cleared, row.cleared_on, row.cleared_by)
