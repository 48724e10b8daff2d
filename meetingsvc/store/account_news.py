"""Whose accounts are new and whose were taken away, so that nobody is let in or put out unseen."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from meetingsvc.models import AccountRow, AgencyRow, AuditRow, db
from meetingsvc.permissions import RUNS_MEETINGS, Permission, Principal, Role
from meetingsvc.store.scope import accounts_of

SHOWN = timedelta(days=7)


def made_lately(who: Principal, now: datetime) -> int:
    """People who can sign in since a week, whoever invited them; for who runs the meetings."""
    if not (who.runs_meetings and who.may(Permission.ACCOUNT_READ)):
        return 0
    return _count(who, AccountRow.created_at > now - SHOWN, AccountRow.disabled_at.is_(None))


def disabled_lately(who: Principal, now: datetime) -> int:
    """Accounts disabled since a week: all of them for information governance, and for a chair those of who
    runs the meetings with them."""
    disabled = AccountRow.disabled_at > now - SHOWN
    if who.role is Role.INFORMATION_GOVERNANCE:
        return _count(who, disabled)
    if who.role is Role.CHAIR and who.may(Permission.ACCOUNT_READ):
        return _count(who, disabled, AccountRow.role.in_(RUNS_MEETINGS))
    return 0


def _count(who: Principal, *which: ColumnElement[bool]) -> int:
    rows = select(func.count(AccountRow.id)).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    return db.session.scalar(rows.where(accounts_of(who), *which)) or 0


def made_by(area_id: UUID, accounts: Collection[UUID]) -> dict[UUID, str]:
    """Who made each account, by name, as the access log has it: of two people, the one who confirmed it."""
    subjects = {f"account/{key}": key for key in accounts}
    row = AuditRow
    made = select(row.subject, row.actor).where(row.area_id == area_id, row.action == "account.created")
    actors = {
        subjects[subject]: actor
        for subject, actor in db.session.execute(made.where(row.subject.in_(subjects)))
    }
    people = select(AccountRow.id, AccountRow.name).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    names = {str(key): name for key, name in db.session.execute(people.where(AgencyRow.area_id == area_id))}
    return {key: names.get(actor, actor.capitalize()) for key, actor in actors.items()}
