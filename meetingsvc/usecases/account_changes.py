"""Changes of accounts that take two people: an invitation, a role, letting in again, and recovery.

An agency's administrator alone makes and changes the representatives and IDVAs of their own agency;
everything else here is proposed, and another person confirms it (security.md B).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.panels import Family
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AgencyRow, db
from meetingsvc.permissions import GRANTED, MAY_GIVE, RUNS_MEETINGS, Permission, Principal, Role
from meetingsvc.store import areas, audit, openings, scope, sessions
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import accounts, factors, halves, proposals, unnaming, walls
from meetingsvc.usecases.halves import Halves, Once
from meetingsvc.usecases.password import generated
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved_by

INVITE, ROLE, ENABLE, RECOVERY = "account.invite", "account.role", "account.enable", "recovery"
SAME_ROLE = "That is their role already."


def acts_alone(who: Principal, role: Role) -> bool:
    """Whether accounts of that role are made and changed by this person with nobody beside them."""
    return who.role is Role.AGENCY_ADMINISTRATOR and role in MAY_GIVE[who.role]


def invite(
    principal: Principal, agency_id: UUID, role: Role, name: str, email: str, reason: str, now: datetime
) -> Once | None:
    """Makes an account and answers its first password, shown once; or None, where a second person decides."""
    name, email = accounts.checked(name, email)
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        if role not in MAY_GIVE[who.role]:
            raise Forbidden
        mine = select(AgencyRow.id).where(scope.agencies_of(who), AgencyRow.id == agency_id)
        if db.session.scalar(mine) is None:
            raise NotFound
        accounts.refuse_known(who, email)
        if acts_alone(who, role):
            accounts.create(agency_id, role, name, email, password := generated(), who.account_id, now,
                            must_change_password=True)  # fmt: skip
            return Once(name, email, password, is_new=True)
        detail = {"agency": str(agency_id), "role": role.value, "name": name, "email": email}
        subject = f"invitation/{uuid4()}"
        proposals.propose(who, INVITE, subject, detail, reason, now)
    return None


def give_role(principal: Principal, account_id: UUID, role: Role, seen: Role, now: datetime) -> None:
    """An agency's administrator makes a representative of theirs an IDVA, or back; they sign in afresh.

    Raises RuleBroken where the role is no longer the one that was `seen`.
    """
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        row = accounts.of_another(who, account_id)
        if not acts_alone(who, role) or not acts_alone(who, Role(row.role)):
            raise Forbidden
        _refuse_changed(row, seen)
        if role == row.role:
            raise RuleBroken(SAME_ROLE)
        _set_role(row, role, who, now)


def propose_role(
    principal: Principal, account_id: UUID, role: Role, seen: Role, reason: str, now: datetime
) -> None:
    """Information governance or the system administrator proposes a role, the other or a like one confirms.

    Raises RuleBroken where the role is no longer the one that was `seen`.
    """
    with saved_by(principal, Permission.ROLE_GRANT, now) as who:
        row = accounts.of_another(who, account_id)
        if role not in roles_to_grant(who, Role(row.role)):
            raise Forbidden
        _refuse_changed(row, seen)
        if role == row.role:
            raise RuleBroken(SAME_ROLE)
        detail = _detail(row) | {"new": role.value}
        proposals.propose(who, ROLE, f"account/{account_id}", detail, reason, now, about_id=account_id)


def roles_to_grant(who: Principal, old: Role) -> frozenset[Role]:
    """What a holder of `role:grant` may propose: the system administrator every role, information governance
    those that run, govern or administer, and the way back from them."""
    return frozenset(Role) if who.may(Permission.ACCOUNT_MANAGE) or old in GRANTED else GRANTED


def enable(principal: Principal, account_id: UUID, reason: str, now: datetime) -> bool:
    """The account can sign in again, with the password it had; False where a second person decides first.

    Only an agency's administrator who could have made it, and only where one disabled it, does so alone.
    """
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        areas.hold(who.area_id)
        row = accounts.of_another(who, account_id)
        if row.disabled_at is None:
            raise RuleBroken("This account can be used already.")
        if not enables_alone(who, Role(row.role), row.disabled_as):
            detail = _detail(row) | {"disabled_at": row.disabled_at.isoformat()}
            proposals.propose(who, ENABLE, f"account/{account_id}", detail, reason, now, about_id=account_id)
            return False
        _let_in(row, who, now)
        return True


def enables_alone(who: Principal, role: Role, disabled_as: str | None) -> bool:
    """Nobody undoes alone what another role did."""
    return acts_alone(who, role) and disabled_as == who.role


def recover(principal: Principal, account_id: UUID, reason: str, now: datetime) -> None:
    """Proposes that somebody who cannot sign in gets a new password and sets up a second factor again."""
    with saved_by(principal, Permission.ACCOUNT_MANAGE, now) as who:
        row = accounts.of_another(who, account_id)
        if row.disabled_at is not None:
            raise RuleBroken("This account is disabled. Let it sign in again first.")
        proposals.propose(who, RECOVERY, f"account/{account_id}", _detail(row), reason, now,
                          about_id=account_id)  # fmt: skip


def _detail(row: AccountRow) -> dict[str, str]:
    return {"agency": str(row.agency_id), "role": row.role}


def _set_role(row: AccountRow, role: Role, who: Principal, now: datetime) -> None:
    if row.role == role:
        return
    audit.record(who.account_id, who.area_id, "role.changed", f"account/{row.id}", now,
                 old=row.role, new=role.value)  # fmt: skip
    if not {row.role, role} <= RUNS_MEETINGS:
        unnaming.give_up(who, row.id, now)
    if role not in RUNS_MEETINGS:  # or they would run them again with the role, and nobody would have said so
        row.families = {one for one in row.families if one.family == Family.ABUSE}
    row.role = role
    sessions.end_all_of(row.id)
    openings.end_all_of(row.id, who.area_id, now)


def _let_in(row: AccountRow, who: Principal, now: datetime) -> None:
    row.disabled_at, row.disabled_as = None, None
    db.session.flush()
    walls.check_staff(row.id, now)
    audit.record(who.account_id, who.area_id, "account.enabled", f"account/{row.id}", now)


def _refuse_changed(row: AccountRow, seen: Role) -> None:
    if row.role != seen:
        raise RuleBroken(f"Somebody else has changed this account to {Role(row.role).label} since.")


def _may_confirm(who: Principal, told: Told) -> bool:
    """An agency's administrator for their own people, `role:grant` for whom only it can make."""
    roles = {Role(told.detail["role"]), Role(told.detail.get("new", told.detail["role"]))}
    if who.role is Role.AGENCY_ADMINISTRATOR:
        return str(who.agency_id) == told.detail["agency"] and roles <= MAY_GIVE[who.role]
    return who.may(Permission.ROLE_GRANT) or not roles & GRANTED


def _may_confirm_recovery(who: Principal, told: Told) -> bool:
    """As above, but any of those who confirm accounts brings a coordinator or chair back to the meeting."""
    runs = Role(told.detail["role"]) in RUNS_MEETINGS and who.role is not Role.AGENCY_ADMINISTRATOR
    return runs or _may_confirm(who, told)


def _subject(told: Told) -> AccountRow:
    """The account, unless it has become another's to keep since it was proposed."""
    row = db.session.get(AccountRow, told.about_id, with_for_update=True)
    if row is None or _detail(row) != {name: told.detail[name] for name in ("agency", "role")}:
        raise RuleBroken("This account has changed since. Refuse this, so that it can be proposed again.")
    return row


def _name(told: Told) -> str:
    return db.session.scalars(select(AccountRow.name).where(AccountRow.id == told.about_id)).one()


def _label(told: Told, name: str = "role") -> str:
    return Role(told.detail[name]).label


def _describe_invitation(told: Told) -> Sequence[Change]:
    rows = select(AgencyRow.name).where(AgencyRow.id == UUID(told.detail["agency"]))
    return (
        Change("Account", "None", f"{told.detail['name']}, {told.detail['email']}"),
        Change("Agency", "None", db.session.scalars(rows).one()),
        Change("Role", "None", _label(told)),
    )


def _carry_out_invitation(told: Told, proposer: Principal, who: Principal, now: datetime) -> Halves:
    password, (name, email) = halves.made(), (told.detail["name"], told.detail["email"])
    accounts.create(UUID(told.detail["agency"]), Role(told.detail["role"]), name, email, password.whole,
                    who.account_id, now, must_change_password=True)  # fmt: skip
    return password.of(name, email, is_new=True)


def _describe_role(told: Told) -> Sequence[Change]:
    return (Change(f"Role of {_name(told)}", _label(told), _label(told, "new")),)


def _carry_out_role(told: Told, proposer: Principal, who: Principal, now: datetime) -> None:
    areas.hold(who.area_id)
    row, role = _subject(told), Role(told.detail["new"])
    if not {row.role, role} <= RUNS_MEETINGS:
        accounts.refuse_last(row, who.area_id)
    _set_role(row, role, who, now)


def _describe_enable(told: Told) -> Sequence[Change]:
    return (Change(f"Account of {_name(told)}", "Disabled", f"Can sign in as: {_label(told)}"),)


def _carry_out_enable(told: Told, proposer: Principal, who: Principal, now: datetime) -> None:
    areas.hold(who.area_id)
    row = _subject(told)
    if row.disabled_at is None or row.disabled_at.isoformat() != told.detail["disabled_at"]:
        raise RuleBroken("This account has been let in, or disabled again, since. Refuse this.")
    _let_in(row, who, now)


def _describe_recovery(told: Told) -> Sequence[Change]:
    new = "A one-time password, half of it shown to each of you; they set up a second factor again"
    return (Change(f"Sign-in of {_name(told)}", "Their password and second factor", new),)


def _carry_out_recovery(told: Told, proposer: Principal, who: Principal, now: datetime) -> Halves:
    row = _subject(told)
    if row.disabled_at is not None:
        raise RuleBroken("This account has been disabled since. Refuse this.")
    password = halves.made()
    factors.reset(row.id, password.whole, who.account_id, who.area_id, now)
    return password.of(row.name, row.email, is_new=False)


_CONFIRM = Permission.ACCOUNT_CONFIRM
proposals.register(
    Kind(INVITE, "Invite a person", Permission.ACCOUNT_MANAGE, _CONFIRM, _describe_invitation,
         _carry_out_invitation, _may_confirm, forget=("name", "email"))
)  # fmt: skip
proposals.register(
    Kind(ROLE, "Change a role", Permission.ROLE_GRANT, Permission.ROLE_GRANT, _describe_role, _carry_out_role)
)
proposals.register(
    Kind(ENABLE, "Let an account sign in again", Permission.ACCOUNT_MANAGE, _CONFIRM, _describe_enable,
         _carry_out_enable, _may_confirm)
)  # fmt: skip
proposals.register(
    Kind(RECOVERY, "Recover an account", Permission.ACCOUNT_MANAGE, _CONFIRM, _describe_recovery,
         _carry_out_recovery, _may_confirm_recovery)
)  # fmt: skip
