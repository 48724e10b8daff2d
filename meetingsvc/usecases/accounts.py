"""Making accounts, correcting them, and taking them away at once; what takes two is in `account_changes`."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select
from werkzeug.exceptions import NotFound

from agenda.panels import Family
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AgencyRow, db
from meetingsvc.permissions import RUNS_MEETINGS, Permission, Principal, Role
from meetingsvc.store import areas, audit, outbox, panels, scope, sessions
from meetingsvc.usecases import walls
from meetingsvc.usecases.password import ONE_TIME, refuse_short
from meetingsvc.usecases.sign_in import hashed
from meetingsvc.usecases.transaction import saved_by
from notifications.recipients import Ground

#: Says nothing of where the address is in use: it may be in another area.
NOT_HERE = "An account with this address cannot be made here. Ask the system administrator."
#: None of these may be left with nobody.
_NEEDED = {
    frozenset({Role.INFORMATION_GOVERNANCE}): "information governance",
    frozenset({Role.SYSTEM_ADMINISTRATOR}): "system administrator",
    RUNS_MEETINGS: "coordinator or chair",
}


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
    """Adds a person's account. Call it inside a transaction. E-mail addresses are kept in lower case.

    A password that must be changed is for one day (ASVS 6.4.1).
    """
    name, email = checked(name, email)
    refuse_short(password)
    if db.session.scalar(select(AccountRow.id).where(AccountRow.email == email)):
        raise RuleBroken(NOT_HERE)
    area_id = db.session.scalars(select(AgencyRow.area_id).where(AgencyRow.id == agency_id)).one()
    account_id = uuid4()
    until = now + ONE_TIME if must_change_password else None
    row = AccountRow(id=account_id, agency_id=agency_id, role=role, name=name, email=email,
                     password_hash=hashed(password), must_change_password=must_change_password,
                     password_until=until, created_at=now)  # fmt: skip
    db.session.add(row)
    db.session.flush()
    walls.check_staff(account_id, now)
    audit.record(actor, area_id, "account.created", f"account/{account_id}", now, role=role.value)
    return account_id


def checked(name: str, email: str) -> tuple[str, str]:
    """Both as they are kept; raises RuleBroken for what can be neither a name nor an address."""
    name, email = " ".join(name.split()), email.strip().lower()
    if not name or len(name) > 100 or not name.isprintable():
        raise RuleBroken("Give the person's name, up to 100 characters.")
    if "@" not in email or len(email) > 254 or not email.isascii() or not email.isprintable() or " " in email:
        raise RuleBroken("Give an e-mail address, like name@agency.example.")
    return name, email


def refuse_known(who: Principal, email: str) -> None:
    """Raises RuleBroken where an account that this person may see has the address already."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    if db.session.scalar(rows.where(scope.accounts_of(who), AccountRow.email == email)):
        raise RuleBroken("There is an account with this e-mail address already.")


def change_details(
    principal: Principal, account_id: UUID, name: str, email: str, seen: str, now: datetime
) -> None:
    """Corrects somebody's name or address. The audit trail says that it was done, and names nobody.

    Raises RuleBroken where they are no longer those that were `seen` (as `details_seen` gives them).
    """
    name, email = checked(name, email)
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        areas.hold(who.area_id)
        row = of_another(who, account_id)
        if details_seen(row.name, row.email) != seen:
            raise RuleBroken("Somebody else has changed this account since you opened this page.")
        if (row.name, row.email) == (name, email):
            return
        if row.email != email:
            refuse_known(who, email)
            if db.session.scalar(select(AccountRow.id).where(AccountRow.email == email)):
                raise RuleBroken(NOT_HERE)
        changed = {"name": row.name != name, "email": row.email != email}
        row.name, row.email = name, email
        db.session.flush()
        walls.check_staff(account_id, now)
        audit.record(who.account_id, who.area_id, "account.changed", f"account/{account_id}", now, **changed)


def details_seen(name: str, email: str) -> str:
    """What a form carries, to tell whether it has changed since."""
    return f"{name} {email}"


def disable(principal: Principal, account_id: UUID, now: datetime) -> None:
    """The account opens nothing from its next request on; what waits to be sent to it is not.

    Coordinator, chair, information governance and the system administrator disable anybody of the area, an
    agency's administrator their own (security.md B), but never the last who can undo what went wrong. Nor
    does a coordinator take away the last chair, or a chair the last coordinator: the two watch each other.
    """
    with saved_by(principal, Permission.ACCOUNT_DISABLE, now) as who:
        areas.hold(who.area_id)
        row = of_another(who, account_id)
        if row.disabled_at is None:
            refuse_last(row, who.area_id)
            _refuse_last_watcher(row, who)
            end(row, who.role, who.account_id, who.area_id, now)


def disable_at_host(area_id: UUID, email: str, now: datetime) -> None:
    """The same at the service's own machine, the last of a role too. Call it inside a transaction.

    Raises RuleBroken where the area has no such account.
    """
    rows = select(AccountRow).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    found = rows.where(AgencyRow.area_id == area_id, AccountRow.email == email.strip().lower())
    row = db.session.scalars(found).one_or_none()
    if row is None:
        raise RuleBroken("There is no account with this e-mail address in this area.")
    if row.disabled_at is None:
        end(row, None, audit.COMMAND_LINE, area_id, now)


def end(row: AccountRow, role: Role | None, actor: UUID | str, area_id: UUID, now: datetime) -> None:
    """Takes an account away at once. Call it inside a transaction."""
    row.disabled_at, row.disabled_as = now, role and role.value
    sessions.end_all_of(row.id)
    outbox.cancel_for([row.id], Ground.DISABLED, now)
    audit.record(actor, area_id, "account.disabled", f"account/{row.id}", now)


def refuse_last(row: AccountRow, area_id: UUID) -> None:
    """Raises RuleBroken where an area would be left with nobody who governs, administers or runs meetings.

    Call it with the area held, so that two do not take each other away.
    """
    for roles, words in _NEEDED.items():
        if row.disabled_at is None and row.role in roles and not _others(row, roles, area_id):
            raise RuleBroken(
                f"This is the area's last {words}, so the account stays as it is. "
                "Give somebody else the role first."
            )
    if row.disabled_at is None and row.role in RUNS_MEETINGS:
        refuse_last_of(row, panels.families_of(row.id), area_id)


def refuse_last_of(row: AccountRow, families: Collection[Family], area_id: UUID) -> None:
    """Raises RuleBroken where nobody else would run a family of panels that something waits for (E1, T12)."""
    waiting = panels.families_waiting(areas.by_id(area_id))
    for family in sorted(waiting & set(families)):
        if not panels.is_run(area_id, family, but=row.id):
            raise RuleBroken(
                f"Nobody else runs the area's panels of {family.value}, so this stays as it is. "
                "Let somebody else run them first."
            )


def _refuse_last_watcher(row: AccountRow, who: Principal) -> None:
    role = Role(row.role)
    if role in RUNS_MEETINGS and who.role in RUNS_MEETINGS - {role}:
        if not _others(row, frozenset({role}), who.area_id):
            raise RuleBroken(
                f"This is the area's last {role.value}, whom a {who.role.value} does not disable. "
                "Ask information governance."
            )


def _others(row: AccountRow, roles: frozenset[Role], area_id: UUID) -> int:
    others: tuple[ColumnElement[bool], ...] = (
        AgencyRow.area_id == area_id,
        AccountRow.id != row.id,
        AccountRow.role.in_(roles),
        AccountRow.disabled_at.is_(None),
    )
    rows = select(func.count(AccountRow.id)).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    return db.session.scalar(rows.where(*others)) or 0


def of_another(who: Principal, account_id: UUID) -> AccountRow:
    """An account that this person may see, held until the transaction ends; never their own."""
    rows = select(AccountRow).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    mine = rows.where(scope.accounts_of(who), AccountRow.id == account_id).with_for_update(of=AccountRow)
    row = db.session.scalars(mine).one_or_none()
    if row is None:
        raise NotFound
    if account_id == who.account_id:
        raise RuleBroken("Nobody does this to their own account. Ask another administrator.")
    return row
