"""Whom to tell that a case is open to nobody who runs meetings, and whether they have been told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from agenda.need_to_know import WallState
from meetingsvc.models import AccountRow, AgencyRow, AreaRow, AuditRow, WallRow, db
from meetingsvc.permissions import Role
from meetingsvc.store.rehearsals import REAL
from meetingsvc.store.scope import is_walled


def area_ids() -> list[UUID]:
    """Every area with real cases: nothing is done by itself in a rehearsal."""
    return list(db.session.scalars(select(AreaRow.id).where(REAL).order_by(AreaRow.name)))


def governance(area_id: UUID) -> list[UUID]:
    """The area's information governance, as far as they can sign in."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    who = rows.where(AgencyRow.area_id == area_id, AccountRow.role == Role.INFORMATION_GOVERNANCE)
    return list(db.session.scalars(who.where(AccountRow.disabled_at.is_(None)).order_by(AccountRow.id)))


def told_since(area_id: UUID, action: str, since: datetime) -> bool:
    """Whether the audit trail says so."""
    row = AuditRow
    found = exists().where(row.area_id == area_id, row.action == action, row.at > since)
    return bool(db.session.scalar(select(found)))


def stands(account_id: UUID, case_id: UUID) -> bool:
    """Whether a wall stands between a person and a case; inside `acting.whole_area`."""
    return bool(db.session.scalar(select(is_walled(account_id, case_id))))


def wall(account_id: UUID, case_id: UUID) -> WallRow | None:
    """The wall that stands between them; inside `acting.whole_area`."""
    rows = select(WallRow).where(WallRow.account_id == account_id, WallRow.case_id == case_id)
    return db.session.scalars(rows.where(WallRow.state == WallState.STANDS)).one_or_none()
