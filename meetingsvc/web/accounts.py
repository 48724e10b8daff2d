"""People with accounts: made, corrected and taken away by those who keep them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import RUNS_MEETINGS, Permission, Role
from meetingsvc.store import account_news, agencies, panels
from meetingsvc.store import accounts as store
from meetingsvc.store import proposals as waiting
from meetingsvc.store.accounts import Account
from meetingsvc.usecases import account_changes
from meetingsvc.usecases import accounts as usecase
from meetingsvc.usecases.proposals import KINDS
from meetingsvc.web import guard
from meetingsvc.web.accounts_forms import AccountForm, DetailsForm, RoleForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


@bp.get("")
@needs(Permission.ACCOUNT_READ)
def show() -> str:
    """Everybody whose account one may see."""
    who = guard.principal()
    accounts = store.managed_by(who)
    made_by = account_news.made_by(who.area_id, [account.id for account in accounts])
    return render_template("accounts/accounts.html", accounts=accounts, made_by=made_by)


@bp.get("/new")
@needs(Permission.ACCOUNT_MANAGE)
def new() -> str:
    """The form for another person."""
    return render_template("accounts/new.html", form=_form())


@bp.post("/new")
@needs(Permission.ACCOUNT_MANAGE, step_up=True)
def create() -> Any:
    """Answers the first password at once, shown this once and kept nowhere; or a second person decides."""
    form = _form()
    if not form.validate():
        return render_template("accounts/new.html", form=form), 422
    try:
        agency, role, reason = UUID(form.agency.data), Role(form.role.data), form.data.get("reason", "")
        once = account_changes.invite(
            guard.principal(), agency, role, form.name.data, form.email.data, reason, clock.now()
        )
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return render_template("accounts/new.html", form=form), 422
    if once:
        return render_template("accounts/password.html", **once._asdict())
    flash("Proposed. The account is made once a second person has approved it.", "success")
    return redirect(url_for("proposals.show"), 303)


@bp.get("/<uuid:account_id>")
@needs(Permission.ACCOUNT_READ)
def one(account_id: UUID) -> str:
    """One account, and what can be done with it."""
    account = _account(account_id)
    form = RoleForm(formdata=None).offer(guard.principal(), account)
    return page(account, form and form.show(account))


@bp.get("/<uuid:account_id>/details")
@needs(Permission.ACCOUNT_MANAGE)
def details(account_id: UUID) -> str:
    """The form for a name or address that is wrong."""
    account = _account(account_id)
    seen = usecase.details_seen(account.name, account.email)
    form = DetailsForm(formdata=None, name=account.name, email=account.email, seen=seen)
    return render_template("accounts/details.html", account=account, form=form)


@bp.post("/<uuid:account_id>/details")
@needs(Permission.ACCOUNT_MANAGE, step_up=True)
def change_details(account_id: UUID) -> Any:
    """Corrects them."""
    account, form = _account(account_id), DetailsForm()
    if form.validate():
        try:
            name, email, seen = form.name.data, form.email.data, form.seen.data or ""
            usecase.change_details(guard.principal(), account_id, name, email, seen, clock.now())
            flash("The account has been changed.", "success")
            return redirect(url_for("accounts.one", account_id=account_id), 303)
        except RuleBroken as refusal:
            form.form_errors.append(str(refusal))
    return render_template("accounts/details.html", account=account, form=form), 422


@bp.get("/<uuid:account_id>/disable")
@needs(Permission.ACCOUNT_DISABLE)
def confirm(account_id: UUID) -> str:
    """Asks before somebody is signed out."""
    return render_template("accounts/confirm_disable.html", account=_account(account_id))


@bp.post("/<uuid:account_id>/disable")
@needs(Permission.ACCOUNT_DISABLE, step_up=True)
def disable(account_id: UUID) -> Any:
    """Takes effect with that person's next request."""
    usecase.disable(guard.principal(), account_id, clock.now())
    flash("The account is disabled. Its sessions have ended.", "success")
    return redirect(url_for("accounts.one", account_id=account_id), 303)


def page(account: Account, form: RoleForm | None) -> str:
    """One account, with what waits for a second person on it."""
    who, runs = guard.principal(), account.role in RUNS_MEETINGS
    waits = waiting.open_on(who, f"account/{account.id}", clock.now())
    return render_template(
        "accounts/account.html", **({"form": form} if form else {}), account=account, waits=waits,
        runs=sorted(panels.families_of(account.id)) if runs else None, kinds=KINDS, now=clock.now(),
        alone=account_changes.acts_alone(who, account.role),
    )  # fmt: skip


def _account(account_id: UUID) -> Account:
    return or_404(store.managed(guard.principal(), account_id))


def _form() -> AccountForm:
    principal = guard.principal()
    return AccountForm().offer(principal, agencies.managed_by(principal))
