"""Making accounts, changing what they may do, and taking them away at once."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AgencyRow, db
from meetingsvc.permissions import MAY_GIVE, Permission, Principal, Role
from meetingsvc.store import audit, scope, sessions
from meetingsvc.usecases.password import generated, refuse_short
from meetingsvc.usecases.sign_in import hashed
from meetingsvc.usecases.transaction import saved_by


def create(
    agency_id: UUID,
    role: Role,
    name: str,
    email: str,
    password: str,
    actor: UUID | str,
    now: datetime,
    *,
    must_change_password: bool = False,
) -> UUID:
    """Adds a person's account. Call it inside a transaction. E-mail addresses are kept in lower case."""
    name, email = " ".join(name.split()), email.strip().lower()
    if not name or len(name) > 100 or not name.isprintable():
        raise RuleBroken("Give the person's name, up to 100 characters.")
    if "@" not in email or len(email) > 254 or not email.isascii() or not email.isprintable() or " " in email:
        raise RuleBroken("Give an e-mail address, like name@agency.example.")
    refuse_short(password)
    if db.session.scalar(select(AccountRow.id).where(AccountRow.email == email)):
        raise RuleBroken("There is an account with this e-mail address already.")
    area_id = db.session.scalars(select(AgencyRow.area_id).where(AgencyRow.id == agency_id)).one()
    account_id = uuid4()
    row = AccountRow(id=account_id, agency_id=agency_id, role=role, name=name, email=email,
                     password_hash=hashed(password), must_change_password=must_change_password,
                     created_at=now)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor, area_id, "account.created", f"account/{account_id}", now, role=role.value)
    return account_id


def invite(principal: Principal, agency_id: UUID, role: Role, name: str, email: str, now: datetime) -> str:
    """Makes an account and answers its first password, shown once and to be changed.

    An agency's administrator makes those of its own representatives and IDVAs; the system administrator those
    of the whole area (security, part B). For now one system administrator alone may make a coordinator or a
    chair, and the audit trail says so: the second person this should need comes with the need-to-know work.
    """
    password = generated()
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        _refuse_giving(who, role)
        mine = select(AgencyRow.id).where(scope.agencies_of(who), AgencyRow.id == agency_id)
        if db.session.scalar(mine) is None:
            raise NotFound
        create(agency_id, role, name, email, password, who.account_id, now, must_change_password=True)
    return password


def disable(principal: Principal, account_id: UUID, now: datetime) -> None:
    """The account opens nothing from its next request on; what waits to be sent to it is not."""
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        row = _of_another(who, account_id)
        if row.disabled_at is None:
            row.disabled_at = now
            sessions.end_all_of(account_id)
            audit.record(who.account_id, who.area_id, "account.disabled", f"account/{account_id}", now)


def enable(principal: Principal, account_id: UUID, now: datetime) -> None:
    """The account can sign in again, with the password it had."""
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        row = _of_another(who, account_id)
        if row.disabled_at is not None:
            row.disabled_at = None
            audit.record(who.account_id, who.area_id, "account.enabled", f"account/{account_id}", now)


def reset_password(principal: Principal, account_id: UUID, now: datetime) -> str:
    """A new password, shown once and to be changed at sign-in. The old one and its sessions end at once."""
    password = generated()
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        row = _of_another(who, account_id)
        row.password_hash, row.must_change_password = hashed(password), True
        sessions.end_all_of(account_id)
        audit.record(who.account_id, who.area_id, "password.reset", f"account/{account_id}", now)
    return password


def give_role(principal: Principal, account_id: UUID, role: Role, seen: Role, now: datetime) -> None:
    """Changes what somebody else may do; they sign in afresh. Nobody changes their own role.

    Raises RuleBroken where the role is no longer the one that was `seen`.
    """
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        row = _of_another(who, account_id)
        _refuse_giving(who, role)
        if row.role != seen:
            raise RuleBroken(f"Somebody else has changed this account to {Role(row.role).label} since.")
        if row.role != role:
            audit.record(who.account_id, who.area_id, "role.changed", f"account/{account_id}", now,
                         old=row.role, new=role.value)  # fmt: skip
            row.role = role
            sessions.end_all_of(account_id)


def _refuse_giving(who: Principal, role: Role) -> None:
    if role not in MAY_GIVE[who.role]:
        raise Forbidden


def _of_another(who: Principal, account_id: UUID) -> AccountRow:
    rows = select(AccountRow).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    mine = rows.where(scope.accounts_of(who), AccountRow.id == account_id).with_for_update(of=AccountRow)
    row = db.session.scalars(mine).one_or_none()
    if row is None:
        raise NotFound
    if account_id == who.account_id:
        raise RuleBroken("Nobody does this to their own account. Ask another administrator.")
    return row
