"""Accounts and what they may be, read afresh for every request."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, select

from agenda.agencies import Agency, AgencyKind
from meetingsvc.models import AccountRow, AgencyRow, AreaRow, db
from meetingsvc.permissions import Principal, Role

LONDON = ZoneInfo("Europe/London")


def agency_of(row: AgencyRow) -> Agency:
    """The row as the core knows it."""
    return Agency(
        row.id,
        row.name,
        AgencyKind(row.kind),
        row.signed_on,
        row.withdrawn_on,
        row.attends_daily,
        row.attends_marac,
    )


def principal(account_id: UUID, now: datetime) -> Principal | None:
    """Who this account is now; None where it does not exist or is disabled. A withdrawn agency keeps no rights (V1)."""
    found = db.session.execute(_accounts().where(AccountRow.id == account_id)).one_or_none()
    return None if found is None else _principal(found, now)


def by_email(email: str) -> tuple[UUID, str] | None:
    """The account and its password hash."""
    found = db.session.execute(
        select(AccountRow.id, AccountRow.password_hash).where(
            AccountRow.email == email.strip().lower(), AccountRow.disabled_at.is_(None)
        )
    ).one_or_none()
    return None if found is None else (found.id, found.password_hash)


def _accounts() -> Select[tuple[AccountRow, AgencyRow, AreaRow]]:
    return (
        select(AccountRow, AgencyRow, AreaRow)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .join(AreaRow, AreaRow.id == AgencyRow.area_id)
        .where(AccountRow.disabled_at.is_(None))
    )


def _principal(found: Row[tuple[AccountRow, AgencyRow, AreaRow]], now: datetime) -> Principal:
    account, agency, area = found
    return Principal(
        account_id=account.id,
        name=account.name,
        role=Role(account.role),
        agency_id=agency.id,
        agency_name=agency.name,
        area_id=area.id,
        area_name=area.name,
        area_title=area.title,
        is_signatory=agency_of(agency).is_signatory(now.astimezone(LONDON).date()),
        attends_daily=agency.attends_daily,
        attends_marac=agency.attends_marac,
    )
