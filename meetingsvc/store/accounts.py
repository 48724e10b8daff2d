"""Accounts and what they may be, read afresh for every request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from agenda.agencies import Agency, AgencyKind
from agenda.calendar import local_day
from meetingsvc.models import AccountRow, AgencyRow, AreaRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store.scope import accounts_of


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as who may see it does."""

    id: UUID
    name: str
    email: str
    role: Role
    agency_id: UUID
    agency: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_as: str | None  # the role of who disabled it
    password_until: datetime | None  # of a one-time password, which they have not used yet


class Known(NamedTuple):
    """What signing in asks of an account."""

    account_id: UUID
    password_hash: str
    password_until: datetime | None


#: Every request asks this: put together once.
_ACCOUNT = (
    select(AccountRow, AgencyRow, AreaRow)
    .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    .join(AreaRow, AreaRow.id == AgencyRow.area_id)
    .where(AccountRow.disabled_at.is_(None), AccountRow.id == bindparam("account"))
)


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
    """Who this account is now; None where it is not there or disabled. Withdrawal ends its rights (V1)."""
    found = db.session.execute(_ACCOUNT, {"account": account_id}).one_or_none()
    return None if found is None else _principal(found, now)


def by_email(email: str) -> Known | None:
    """The account with that address."""
    found = db.session.execute(
        select(AccountRow.id, AccountRow.password_hash, AccountRow.password_until).where(
            AccountRow.email == email.strip().lower(), AccountRow.disabled_at.is_(None)
        )
    ).one_or_none()
    return None if found is None else Known(*found)


def _principal(found: Row[AccountRow, AgencyRow, AreaRow], now: datetime) -> Principal:
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
        signed_on=agency.signed_on,
        is_signatory=agency_of(agency).is_signatory(local_day(now)),
        attends_daily=agency.attends_daily,
        attends_marac=agency.attends_marac,
        must_change_password=account.must_change_password,
        asked_at=now,
    )


def managed_by(principal: Principal) -> list[Account]:
    """The accounts a person may see, by agency and name."""
    rows = _managed(principal).order_by(AgencyRow.name, AccountRow.name, AccountRow.id)
    return [_account(*found) for found in db.session.execute(rows)]


def managed(principal: Principal, account_id: UUID) -> Account | None:
    """One of them."""
    found = db.session.execute(_managed(principal).where(AccountRow.id == account_id)).one_or_none()
    return None if found is None else _account(*found)


def _managed(principal: Principal) -> Any:
    rows = select(AccountRow, AgencyRow.name).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    return rows.where(accounts_of(principal))


def _account(row: AccountRow, agency: str) -> Account:
    return Account(
        row.id,
        row.name,
        row.email,
        Role(row.role),
        row.agency_id,
        agency,
        row.created_at,
        row.disabled_at,
        row.disabled_as,
        row.password_until,
    )
