"""The register of agreements, as who keeps it reads it (Rulebook V1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from agenda import agreements as rules
from agenda.agreements import Clearance, Review, Signature, State, review_due, review_stands
from agenda.calendar import days_off
from agenda.withdrawals import Chase, Clearing, Told, clearing, untold
from meetingsvc import holidays
from meetingsvc.models import (
    AgencyRow,
    AgreementReviewRow,
    AgreementSignatureRow,
    AuditRow,
    WithdrawalRow,
    WithdrawalToldRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit
from meetingsvc.store.scope import agencies_of, audit_of

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
    why: str
    stayed_on: date | None  # its notice was taken back
    stayed_why: str
    told: dict[Told, date]

    @property
    def untold(self) -> tuple[Told, ...]:
        """Who has to know of it and was not told yet; nobody of one that was taken back."""
        return untold(self.told) if self.stayed_on is None else ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """How an agency's agreement stands: when it was looked at, by when again, and its withdrawals."""

    reviewed_on: date | None
    review_due: date | None
    withdrawals: tuple[Withdrawal, ...]
    signature: Signature | None  # the newest that is kept
    clearing: Clearing | None  # of one that left and has not answered


@dataclass(frozen=True, slots=True)
class Line:
    """One agency in the register."""

    agency_id: UUID
    agency: str
    state: State
    version: str  # of the protocol that it signed last
    signed_on: date | None
    review: Review | None
    review_due: date | None
    leaves_on: date | None


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
    soon: list[Chased]  # reviews
    untold: list[Chased]  # withdrawals that somebody who has to know was not told of


def chased(reader: Principal, today: date) -> Waiting:
    """All of it for who keeps the register, and nothing for anybody else."""
    if not reader.may(Permission.AGREEMENT_MANAGE):
        return Waiting([], [], 0, [], [])
    area_id = reader.area_id
    return Waiting(
        overdue(area_id, today), not_cleared(area_id, today), _at_the_host(reader, today),
        soon(area_id, today), not_told(area_id),
    )  # fmt: skip


def _at_the_host(reader: Principal, today: date) -> int:
    since = datetime.combine(today - _SHOWN, time(), UTC)
    made = (AuditRow.action == "account.created", AuditRow.actor == audit.COMMAND_LINE)
    lines = select(func.count()).where(audit_of(reader), *made, AuditRow.at >= since)
    return db.session.scalar(lines) or 0


def of_agency(agency_id: UUID, signed_on: date | None, today: date) -> Agreement:
    """One agency's; the newest withdrawal first."""
    reviewed = select(func.max(AgreementReviewRow.reviewed_on)).where(
        AgreementReviewRow.agency_id == agency_id
    )
    reviewed_on = db.session.scalar(reviewed)
    row = WithdrawalRow
    rows = db.session.scalars(
        select(row).where(row.agency_id == agency_id).order_by(row.recorded_at.desc())
    ).all()
    told = _who_was_told([one.id for one in rows])
    waits = (one for one in rows if _waits(one, signed_on, today))
    return Agreement(
        reviewed_on, review_due(signed_on, reviewed_on) if signed_on else None,
        tuple(_told(one, told.get(one.id, {})) for one in rows), _signature(agency_id),
        next((_clearing(agency_id, one.withdrawn_on, today) for one in waits), None),
    )  # fmt: skip


def _waits(row: WithdrawalRow, signed_on: date | None, today: date) -> bool:
    """Not one from before it signed again: it may hold what it held."""
    last = signed_on is None or row.withdrawn_on >= signed_on
    return last and row.stayed_on is None and row.cleared_how == "" and row.withdrawn_on <= today


def _clearing(agency_id: UUID, left_on: date, today: date) -> Clearing:
    area_id = db.session.scalars(select(AgencyRow.area_id).where(AgencyRow.id == agency_id)).one()
    return cleared(area_id, left_on, today)


def cleared(area_id: UUID, left_on: date, today: date) -> Clearing:
    """How the question of what an agency held stands that has not answered (Rulebook V1)."""
    settings = areas.settings_of(areas.by_id(area_id))
    rule = Chase(settings.clearing_days, settings.clearing_again_days)
    return clearing(left_on, None, today, rule, days_off(settings, holidays.known()))


def _signature(agency_id: UUID) -> Signature | None:
    row = AgreementSignatureRow
    newest = row.signed_on.desc(), row.recorded_at.desc()
    rows = select(row).where(row.agency_id == agency_id).order_by(*newest)
    found = db.session.scalars(rows.limit(1)).one_or_none()
    return Signature(found.signed_on, found.signed_by, found.post, found.version) if found else None


def _who_was_told(withdrawal_ids: Sequence[UUID]) -> dict[UUID, dict[Told, date]]:
    row, found = WithdrawalToldRow, dict[UUID, dict[Told, date]]()
    for one in db.session.scalars(select(row).where(row.withdrawal_id.in_(withdrawal_ids))):
        found.setdefault(one.withdrawal_id, {})[Told(one.told)] = one.told_on
    return found


def register(reader: Principal, today: date) -> list[Line]:
    """Every agency with how it stands to the protocol, by name (Rulebook V1)."""
    review, row, signed = AgreementReviewRow, AgencyRow, AgreementSignatureRow
    rows = select(row, func.max(review.reviewed_on)).outerjoin(review, review.agency_id == row.id)
    found = db.session.execute(rows.where(agencies_of(reader)).group_by(row.id).order_by(row.name, row.id))
    versions = select(signed.agency_id, signed.version).join(row, row.id == signed.agency_id)
    newest = versions.where(agencies_of(reader)).order_by(signed.signed_on, signed.recorded_at)
    version = {agency_id: said for agency_id, said in db.session.execute(newest)}
    kept = {one.agency_id for one in not_cleared(reader.area_id, today)}
    return [_line(agency, reviewed, version.get(agency.id, ""), agency.id in kept, today)
            for agency, reviewed in found]  # fmt: skip


def _line(row: AgencyRow, reviewed: date | None, version: str, keeps: bool, today: date) -> Line:
    gone = row.withdrawn_on if row.withdrawn_on and row.withdrawn_on <= today and not keeps else None
    told = rules.Agreement(row.signed_on, reviewed, row.withdrawn_on, gone)
    state = told.stands(today)
    due = review_due(row.signed_on, reviewed) if row.signed_on and state.takes_part else None
    return Line(row.id, row.name, state, version, row.signed_on, _review(row, told, today), due,
                row.withdrawn_on)  # fmt: skip


def _review(row: AgencyRow, told: rules.Agreement, today: date) -> Review | None:
    settings = areas.settings_of(areas.by_id(row.area_id))
    return review_stands(told, today, settings.agreement_soon_days)


def overdue(area_id: UUID, today: date) -> list[Chased]:
    """Signatories whose yearly review is over its date."""
    return _reviews(area_id, Review.LATE, today)


def soon(area_id: UUID, today: date) -> list[Chased]:
    """Signatories whose yearly review is due soon, as the area has set."""
    return _reviews(area_id, Review.SOON, today)


def _reviews(area_id: UUID, wanted: Review, today: date) -> list[Chased]:
    found = []
    for row, reviewed in _signatories(area_id):
        told = rules.Agreement(row.signed_on, reviewed, row.withdrawn_on)
        if _review(row, told, today) is wanted:
            found.append(Chased(row.id, row.name, review_due(row.signed_on, reviewed)))
    return found


def _signatories(area_id: UUID) -> Sequence[Any]:
    review, row = AgreementReviewRow, AgencyRow
    rows = select(row, func.max(review.reviewed_on)).outerjoin(review, review.agency_id == row.id)
    signed = rows.where(row.area_id == area_id, row.signed_on.is_not(None))
    return db.session.execute(signed.group_by(row.id).order_by(row.name)).all()


def not_cleared(area_id: UUID, today: date) -> list[Chased]:
    """Agencies that left and have not confirmed that they destroyed or returned what they held; not one that
    has signed again, and may hold it."""
    row, agency = WithdrawalRow, AgencyRow
    left = (agency.withdrawn_on <= today, row.withdrawn_on >= agency.signed_on)  # not before it signed again
    rows = (
        select(agency.id, agency.name, row.withdrawn_on)
        .join(agency, agency.id == row.agency_id)
        .where(agency.area_id == area_id, *left)
        .where(row.withdrawn_on <= today, row.cleared_how == "", row.stayed_on.is_(None))
        .order_by(row.withdrawn_on, agency.name)
    )
    return [Chased(*found) for found in db.session.execute(rows)]


def not_told(area_id: UUID) -> list[Chased]:
    """Agencies of whose withdrawal somebody who has to know was not told yet, with the day of its notice."""
    row, agency = WithdrawalRow, AgencyRow
    rows = (
        select(agency.id, agency.name, row.notice_on, row.id)
        .join(agency, agency.id == row.agency_id)
        .where(agency.area_id == area_id, agency.withdrawn_on.is_not(None), row.stayed_on.is_(None))
        .where(row.why != "")  # older ones were recorded before it was asked who was told
        .order_by(row.notice_on, agency.name)
    )
    found = db.session.execute(rows).all()
    told = _who_was_told([withdrawal_id for _, _, _, withdrawal_id in found])
    return [Chased(key, name, day) for key, name, day, withdrawal_id in found
            if untold(told.get(withdrawal_id, {}))]  # fmt: skip


def _told(row: WithdrawalRow, told: dict[Told, date]) -> Withdrawal:
    how = Clearance(row.cleared_how) if row.cleared_how else None
    return Withdrawal(row.id, row.notice_on, row.withdrawn_on, how, row.cleared_on, row.cleared_by, row.why,
                      row.stayed_on, row.stayed_why, told)  # fmt: skip
