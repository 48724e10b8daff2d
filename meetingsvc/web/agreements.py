"""The register of agreements: signing, the yearly review, and leaving (Rulebook V1)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm

from agenda.agreements import Clearance
from agenda.calendar import day_words, local_day
from agenda.rules import RuleBroken
from agenda.withdrawals import STILL_BOUND, Told
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import agencies, named_case_held
from meetingsvc.store import agreements as store
from meetingsvc.usecases import agreements as usecase
from meetingsvc.web import guard
from meetingsvc.web.agencies_forms import (
    AT_ONCE,
    ClearanceForm,
    ReviewForm,
    SignedForm,
    StayForm,
    ToldForm,
    WithdrawForm,
)
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

register = Blueprint("register", __name__)
bp = Blueprint("agreements", __name__, url_prefix="/agencies/<uuid:agency_id>")


@register.get("/agreements")
@needs(Permission.AGREEMENT_MANAGE)
def show() -> str:
    """Every agency with how it stands to the protocol."""
    today = clock.today()
    lines = store.register(guard.principal(), today)
    asked = named_case_held.outstanding(guard.principal(), today)
    return render_template("agencies/agreements.html", lines=lines, not_confirmed=asked, today=today)


@bp.get("/sign")
@needs(Permission.AGREEMENT_MANAGE)
def ask_sign(agency_id: UUID) -> str:
    """The day on which an agency signed."""
    return _asked(agency_id, "sign", SignedForm(formdata=None))


@bp.post("/sign")
@needs(Permission.AGREEMENT_MANAGE, step_up=True)
def sign(agency_id: UUID) -> Any:
    """From then on it reads and receives."""

    def done(form: SignedForm, now: datetime) -> str:
        usecase.sign(guard.principal(), agency_id, form.told(), now)
        return "The signature is recorded."

    return _answered(agency_id, "sign", SignedForm(), done)


@bp.get("/review")
@needs(Permission.AGREEMENT_MANAGE)
def ask_review(agency_id: UUID) -> str:
    """The day of the yearly review."""
    return _asked(agency_id, "review", ReviewForm(formdata=None))


@bp.post("/review")
@needs(Permission.AGREEMENT_MANAGE)
def review(agency_id: UUID) -> Any:
    """The next is a year later."""

    def done(form: ReviewForm, now: datetime) -> str:
        usecase.review(guard.principal(), agency_id, form.reviewed_on.data, now)
        return "The review is recorded."

    return _answered(agency_id, "review", ReviewForm(), done)


@bp.get("/withdraw")
@needs(Permission.AGREEMENT_MANAGE)
def ask_withdraw(agency_id: UUID) -> str:
    """Asks before an agency loses its access."""
    return _asked(agency_id, "withdraw", WithdrawForm(formdata=None))


@bp.post("/withdraw")
@needs(Permission.AGREEMENT_MANAGE, step_up=True)
def withdraw(agency_id: UUID) -> Any:
    """At once takes effect with the next request of anybody there (Rulebook V1)."""

    def done(form: WithdrawForm, now: datetime) -> str:
        at_once = form.leaves.data == AT_ONCE
        leaves = usecase.withdraw(
            guard.principal(), agency_id, form.notice_on.data, at_once, form.why.data, now
        )
        if leaves > local_day(now):
            return f"The notice is recorded. The agency leaves on {day_words(leaves)}."
        return "The withdrawal is recorded. The agency reads nothing more, and nothing more is sent to it."

    return _answered(agency_id, "withdraw", WithdrawForm(), done)


@bp.get("/stay")
@needs(Permission.AGREEMENT_MANAGE)
def ask_stay(agency_id: UUID) -> str:
    """Asks what made an agency take its notice back."""
    return _asked(agency_id, "stay", StayForm(formdata=None))


@bp.post("/stay")
@needs(Permission.AGREEMENT_MANAGE)
def stay(agency_id: UUID) -> Any:
    """It never leaves."""

    def done(form: StayForm, now: datetime) -> str:
        usecase.stay(guard.principal(), agency_id, form.why.data, now)
        return "The notice is taken back. The agency stays."

    return _answered(agency_id, "stay", StayForm(), done)


@bp.get("/told")
@needs(Permission.AGREEMENT_MANAGE)
def ask_told(agency_id: UUID) -> str:
    """Who was told of a withdrawal."""
    return _asked(agency_id, "told", ToldForm(formdata=None))


@bp.post("/told")
@needs(Permission.AGREEMENT_MANAGE)
def told(agency_id: UUID) -> Any:
    """One after the other (DM and FD, "Withdrawal")."""

    def done(form: ToldForm, now: datetime) -> str:
        usecase.told(guard.principal(), agency_id, Told(form.whom.data), form.on.data, now)
        return "It is recorded who was told."

    return _answered(agency_id, "told", ToldForm(), done)


@bp.get("/cleared")
@needs(Permission.AGREEMENT_MANAGE)
def ask_cleared(agency_id: UUID) -> str:
    """What became of what an agency held."""
    return _asked(agency_id, "cleared", ClearanceForm(formdata=None))


@bp.post("/cleared")
@needs(Permission.AGREEMENT_MANAGE)
def cleared(agency_id: UUID) -> Any:
    """It is not chased any more."""

    def done(form: ClearanceForm, now: datetime) -> str:
        how = Clearance(form.how.data)
        usecase.clear(guard.principal(), agency_id, how, form.on.data, form.by.data, now)
        return "The confirmation is recorded."

    return _answered(agency_id, "cleared", ClearanceForm(), done)


def _asked(agency_id: UUID, what: str, form: FlaskForm) -> str:
    agency = or_404(agencies.managed(guard.principal(), agency_id))
    return render_template(f"agencies/{what}.html", agency=agency, form=form, still_bound=STILL_BOUND)


def _answered(agency_id: UUID, what: str, form: FlaskForm, done: Callable[[Any, datetime], str]) -> Any:
    or_404(agencies.managed(guard.principal(), agency_id))
    if form.validate():
        try:
            flash(done(form, clock.now()), "success")
            return redirect(url_for("agencies.one", agency_id=agency_id), 303)
        except RuleBroken as refusal:
            form.form_errors.append(str(refusal))
    return _asked(agency_id, what, form), 422
