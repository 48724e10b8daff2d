"""Accounts and what they may be, read afresh for every request."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import lazyload

from agenda.agencies import Agency, AgencyKind
from agenda.calendar import local_day
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyPanelRow,
    AgencyRow,
    AreaRow,
    RehearsalRow,
    RehearserRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, Permission, Principal, Role, families_of
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


_ATTENDS = (
    select(func.aggregate_strings(AgencyPanelRow.code, " "))
    .where(AgencyPanelRow.agency_id == AgencyRow.id)
    .scalar_subquery()
)
_FAMILIES = (
    select(func.aggregate_strings(AccountFamilyRow.family, ","))
    .where(AccountFamilyRow.account_id == AccountRow.id)
    .scalar_subquery()
)
#: Every request asks this: put together once, and all in one statement.
_ACCOUNT = (
    select(AccountRow, AgencyRow, AreaRow, RehearsalRow.area_id, _ATTENDS, _FAMILIES)
    .options(lazyload(AgencyRow.panels))
    .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    .join(AreaRow, AreaRow.id == AgencyRow.area_id)
    .outerjoin(RehearsalRow, RehearsalRow.area_id == AreaRow.id)
    .where(AccountRow.disabled_at.is_(None), AccountRow.id == bindparam("account"))
)


def agency_of(row: AgencyRow) -> Agency:
    """The row as the core knows it."""
    return _agency(row, row.attends)


def _agency(row: AgencyRow, attends: frozenset[str]) -> Agency:
    return Agency(row.id, row.name, AgencyKind(row.kind), row.signed_on, row.withdrawn_on, attends)


def principal(account_id: UUID, now: datetime) -> Principal | None:
    """Who this account is now; None where it is not there or disabled. Withdrawal ends its rights (V1)."""
    found = db.session.execute(_ACCOUNT, {"account": account_id}).one_or_none()
    return None if found is None else _unless_over(_principal(found, now), now)


def _unless_over(who: Principal, now: datetime) -> Principal | None:
    return who if not who.rehearsing or _may_rehearse(who, now) else None


def _may_rehearse(twin: Principal, now: datetime) -> bool:
    """As long as the rehearsal is open, and whoever acts there is still who they were: nobody keeps by it
    what they have lost (V1)."""
    row = RehearserRow
    behind = select(row.real_id).join(RehearsalRow, RehearsalRow.area_id == row.area_id)
    open_ = behind.where(row.account_id == twin.account_id, RehearsalRow.ended_at.is_(None))
    real_id = db.session.scalar(open_)
    real = principal(real_id, now) if real_id else None
    return real is not None and real.role is twin.role and real.is_signatory


def by_email(email: str) -> Known | None:
    """The account with that address."""
    found = db.session.execute(
        select(AccountRow.id, AccountRow.password_hash, AccountRow.password_until).where(
            AccountRow.email == email.strip().lower(),
            AccountRow.disabled_at.is_(None),
            AccountRow.id.not_in(select(RehearserRow.account_id)),  # nobody signs in as one
        )
    ).one_or_none()
    return None if found is None else Known(*found)


def _principal(
    found: Row[AccountRow, AgencyRow, AreaRow, UUID | None, str | None, str | None], now: datetime
) -> Principal:
    account, agency, area, rehearsal, codes, granted = found
    attends, role = frozenset((codes or "").split()), Role(account.role)
    return Principal(
        account_id=account.id,
        name=account.name,
        role=role,
        agency_id=agency.id,
        agency_name=agency.name,
        area_id=area.id,
        area_name=area.name,
        area_title=area.title,
        signed_on=agency.signed_on,
        is_signatory=_agency(agency, attends).is_signatory(local_day(now)),
        attends=attends,
        families=families_of(role, filter(None, (granted or "").split(",")), attends),
        must_change_password=account.must_change_password,
        asked_at=now,
        rehearsing=rehearsal is not None,
    )


def managed_by(principal: Principal) -> list[Account]:
    """The accounts a person may see, by agency and name."""
    rows = _managed(principal).order_by(AgencyRow.name, AccountRow.name, AccountRow.id)
    return [_account(*found) for found in db.session.execute(rows)]


def managed(principal: Principal, account_id: UUID) -> Account | None:
    """One of them."""
    found = db.session.execute(_managed(principal).where(AccountRow.id == account_id)).one_or_none()
    return None if found is None else _account(*found)


def attending(agency_id: UUID) -> list[tuple[UUID, str]]:
    """Who can sign in and sits in meetings for an agency, by name: they answer and act for it."""
    row = AccountRow
    rows = select(row.id, row.name).where(row.agency_id == agency_id, row.role.in_(ATTENDS_MEETINGS))
    found = db.session.execute(rows.where(row.disabled_at.is_(None)).order_by(row.name, row.id))
    return [(account_id, name) for account_id, name in found]


def who_attend(agency_id: UUID, permission: Permission, now: datetime) -> list[Principal]:
    """Those of `attending` who may do this, as they are now: each is asked for what they may open."""
    found = (principal(account_id, now) for account_id, _ in attending(agency_id))
    return [who for who in found if who is not None and who.may(permission)]


def names(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these people are called, those whose account is disabled too."""
    rows = select(AccountRow.id, AccountRow.name).where(AccountRow.id.in_(account_ids))
    return {key: name for key, name in db.session.execute(rows)}


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
