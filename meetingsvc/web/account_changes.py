"""A role, letting in again, and recovery: mostly for a second person to confirm."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import RUNS_MEETINGS, Permission, Role
from meetingsvc.store import accounts as store
from meetingsvc.store import panels
from meetingsvc.store.accounts import Account
from meetingsvc.usecases import account_changes as usecase
from meetingsvc.usecases import account_families as usecase_families
from meetingsvc.web import accounts, guard
from meetingsvc.web.accounts_forms import FamiliesForm, ReasonForm, RoleForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("account_changes", __name__, url_prefix="/accounts")
PROPOSED = "Proposed. Nothing changes until a second person has approved it."


@bp.post("/<uuid:account_id>/role")
@needs(Permission.ACCOUNT_MANAGE, step_up=True)
def give_role(account_id: UUID) -> Any:
    """Changes what somebody of one's own agency does."""
    return _role(account_id, alone=True)


@bp.post("/<uuid:account_id>/grant")
@needs(Permission.ROLE_GRANT, step_up=True)
def propose_role(account_id: UUID) -> Any:
    """Proposes another role for somebody."""
    return _role(account_id, alone=False)


@bp.get("/<uuid:account_id>/families")
@needs(Permission.ROLE_GRANT)
def ask_families(account_id: UUID) -> str:
    """Which families of panels somebody runs (Rulebook D1, E4)."""
    account = _account(account_id)
    return _families(account, FamiliesForm(formdata=None).show(panels.families_of(account_id)))


@bp.post("/<uuid:account_id>/families")
@needs(Permission.ROLE_GRANT, step_up=True)
def propose_families(account_id: UUID) -> Any:
    """Proposes which families of panels somebody runs."""
    account, form = _account(account_id), FamiliesForm()
    if not form.validate():
        return _families(account, form), 422
    try:
        usecase_families.propose(
            guard.principal(), account_id, form.told(), form.seen.data or "", form.reason.data, clock.now()
        )
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _families(account, form), 422
    flash(PROPOSED, "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


def _families(account: Account, form: FamiliesForm) -> str:
    runs = account.role in RUNS_MEETINGS
    return render_template("accounts/families.html", account=account, form=form, runs=runs)


def _role(account_id: UUID, *, alone: bool) -> Any:
    account, who, now = _account(account_id), guard.principal(), clock.now()
    form = or_404(RoleForm().offer(who, account))
    if not form.validate() or form.seen.data not in set(Role):
        return accounts.page(account, form), 422
    role, seen = Role(form.role.data), Role(form.seen.data)
    if alone:
        usecase.give_role(who, account_id, role, seen, now)
        flash(f"{account.name} is now: {role.label}.", "success")
    else:
        usecase.propose_role(who, account_id, role, seen, form.data.get("reason", ""), now)
        flash(PROPOSED, "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


@bp.get("/<uuid:account_id>/enable")
@needs(Permission.ACCOUNT_MANAGE)
def ask_enable(account_id: UUID) -> str:
    """Asks before somebody is let in again."""
    return _asked("enable", _account(account_id), ReasonForm(formdata=None))


@bp.post("/<uuid:account_id>/enable")
@needs(Permission.ACCOUNT_MANAGE, step_up=True)
def enable(account_id: UUID) -> Any:
    """The person can sign in again, at once or once a second person agrees."""
    account, form = _account(account_id), ReasonForm()
    alone = usecase.enables_alone(guard.principal(), account.role, account.disabled_as)
    if not alone and not form.validate():
        return _asked("enable", account, form), 422
    try:
        done = usecase.enable(guard.principal(), account_id, form.reason.data or "", clock.now())
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _asked("enable", account, form), 422
    flash("The account can be used again, with the password it had." if done else PROPOSED, "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


@bp.get("/<uuid:account_id>/recovery")
@needs(Permission.ACCOUNT_MANAGE)
def ask_recovery(account_id: UUID) -> str:
    """Asks why somebody needs a new password and second factor."""
    return _asked("recovery", _account(account_id), ReasonForm(formdata=None))


@bp.post("/<uuid:account_id>/recovery")
@needs(Permission.ACCOUNT_MANAGE, step_up=True)
def recover(account_id: UUID) -> Any:
    """Proposes it."""
    account, form = _account(account_id), ReasonForm()
    if not form.validate():
        return _asked("recovery", account, form), 422
    try:
        usecase.recover(guard.principal(), account_id, form.reason.data, clock.now())
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _asked("recovery", account, form), 422
    flash(PROPOSED, "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


def _asked(what: str, account: Account, form: ReasonForm) -> str:
    alone = usecase.enables_alone(guard.principal(), account.role, account.disabled_as)
    return render_template(f"accounts/{what}.html", account=account, form=form, alone=alone)


def _account(account_id: UUID) -> Account:
    return or_404(store.managed(guard.principal(), account_id))
