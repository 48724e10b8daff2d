"""People with accounts: made, changed and taken away by administrators."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Role
from meetingsvc.store import accounts as store
from meetingsvc.store import agencies
from meetingsvc.usecases import accounts as usecase
from meetingsvc.web import guard
from meetingsvc.web.accounts_forms import AccountForm, RoleForm, roles_for
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


@bp.get("")
@needs(Permission.ACCOUNT_MANAGE)
def show() -> str:
    """Everybody whose account one manages."""
    return render_template("accounts/accounts.html", accounts=store.managed_by(guard.principal()))


@bp.get("/new")
@needs(Permission.ACCOUNT_MANAGE)
def new() -> str:
    """The form for another person."""
    return render_template("accounts/new.html", form=_form())


@bp.post("/new")
@needs(Permission.ACCOUNT_MANAGE)
def create() -> Any:
    """Answers the first password at once: it is shown this once and kept nowhere."""
    form = _form()
    if not form.validate():
        return render_template("accounts/new.html", form=form), 422
    try:
        agency, role = UUID(form.agency.data), Role(form.role.data)
        password = usecase.invite(
            guard.principal(), agency, role, form.name.data, form.email.data, clock.now()
        )
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return render_template("accounts/new.html", form=form), 422
    name, email = form.name.data.strip(), form.email.data.strip().lower()
    return render_template("accounts/password.html", name=name, email=email, password=password, is_new=True)


@bp.get("/<uuid:account_id>")
@needs(Permission.ACCOUNT_MANAGE)
def one(account_id: UUID) -> str:
    """One account, and what can be done with it."""
    account = or_404(store.managed(guard.principal(), account_id))
    form = RoleForm(role=account.role.value, seen=account.role.value)
    form.role.choices = roles_for(guard.principal())
    return render_template("accounts/account.html", account=account, form=form)


@bp.post("/<uuid:account_id>/role")
@needs(Permission.ACCOUNT_MANAGE)
def give_role(account_id: UUID) -> Any:
    """Changes what somebody may do."""
    account = or_404(store.managed(guard.principal(), account_id))
    form = RoleForm()
    form.role.choices = roles_for(guard.principal())
    if not form.validate() or form.seen.data not in set(Role):
        return render_template("accounts/account.html", account=account, form=form), 422
    usecase.give_role(guard.principal(), account_id, Role(form.role.data), Role(form.seen.data), clock.now())
    flash(f"{account.name} is now: {Role(form.role.data).label}.", "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


@bp.get("/<uuid:account_id>/<any(disable, password):what>")
@needs(Permission.ACCOUNT_MANAGE)
def confirm(account_id: UUID, what: str) -> str:
    """Asks before somebody is signed out."""
    account = or_404(store.managed(guard.principal(), account_id))
    return render_template(f"accounts/confirm_{what}.html", account=account)


@bp.post("/<uuid:account_id>/disable")
@needs(Permission.ACCOUNT_MANAGE)
def disable(account_id: UUID) -> Any:
    """Takes effect with that person's next request."""
    usecase.disable(guard.principal(), account_id, clock.now())
    flash("The account is disabled. Its sessions have ended.", "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


@bp.post("/<uuid:account_id>/enable")
@needs(Permission.ACCOUNT_MANAGE)
def enable(account_id: UUID) -> Any:
    """The person can sign in again."""
    usecase.enable(guard.principal(), account_id, clock.now())
    flash("The account can be used again, with the password it had.", "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


@bp.post("/<uuid:account_id>/password")
@needs(Permission.ACCOUNT_MANAGE)
def reset_password(account_id: UUID) -> str:
    """Answers the new password at once: it is shown this once and kept nowhere."""
    account = or_404(store.managed(guard.principal(), account_id))
    password = usecase.reset_password(guard.principal(), account_id, clock.now())
    return render_template(
        "accounts/password.html", name=account.name, email=account.email, password=password, is_new=False
    )


def _form() -> AccountForm:
    principal = guard.principal()
    return AccountForm().offer(principal, agencies.managed_by(principal))
