"""The agencies of an area's panels: what they attend, when they signed, and their withdrawal."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.agencies import Agency, AgencyKind
from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import agencies as store
from meetingsvc.usecases import agencies as usecase
from meetingsvc.usecases.agencies import Standing
from meetingsvc.web import guard
from meetingsvc.web.agencies_forms import NewAgencyForm, StandingForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("agencies", __name__, url_prefix="/agencies")


@bp.get("")
@needs(Permission.AGENCY_MANAGE)
def show() -> str:
    """All of them, with how each stands."""
    found = store.managed_by(guard.principal())
    return render_template("agencies/agencies.html", agencies=[(agency, _state(agency)) for agency in found])


@bp.get("/new")
@needs(Permission.AGENCY_MANAGE)
def new() -> str:
    """The form for another."""
    return render_template("agencies/new.html", form=NewAgencyForm(attends=["marac"]))


@bp.post("/new")
@needs(Permission.AGENCY_MANAGE)
def create() -> Any:
    """Adds it."""
    form = NewAgencyForm()
    if form.validate():
        try:
            usecase.add(
                guard.principal(), form.name.data, AgencyKind(form.kind.data), form.standing(), clock.now()
            )
            flash(f"{form.name.data.strip()} has been added.", "success")
            return redirect(url_for("agencies.show"), 303)
        except RuleBroken as refusal:
            form.form_errors.append(str(refusal))
    return render_template("agencies/new.html", form=form), 422


@bp.get("/<uuid:agency_id>")
@needs(Permission.AGENCY_MANAGE)
def one(agency_id: UUID) -> str:
    """One agency, and what can be set."""
    agency = or_404(store.managed(guard.principal(), agency_id))
    return _page(agency, StandingForm(formdata=None).show(agency))


@bp.post("/<uuid:agency_id>")
@needs(Permission.AGENCY_MANAGE)
def change(agency_id: UUID) -> Any:
    """Takes effect at once. Where somebody was quicker, the page says so and keeps what was typed."""
    agency = or_404(store.managed(guard.principal(), agency_id))
    form = StandingForm()
    if form.validate():
        try:
            usecase.change(guard.principal(), agency_id, form.standing(), form.seen.data or "", clock.now())
            flash(f"{agency.name} has been changed.", "success")
            return redirect(url_for("agencies.show"), 303)
        except RuleBroken as refusal:
            form.form_errors.append(f"{refusal} {_words(agency)} Save again to set what is below instead.")
            form.seen.data = str(_standing(agency))
    return _page(agency, form), 422


@bp.get("/<uuid:agency_id>/withdraw")
@needs(Permission.AGENCY_MANAGE)
def confirm(agency_id: UUID) -> str:
    """Asks before an agency loses its access."""
    agency = or_404(store.managed(guard.principal(), agency_id))
    return render_template("agencies/confirm_withdraw.html", agency=agency)


@bp.post("/<uuid:agency_id>/withdraw")
@needs(Permission.AGENCY_MANAGE)
def withdraw(agency_id: UUID) -> Any:
    """Takes effect with the next request of anybody there (Rulebook V1)."""
    usecase.withdraw(guard.principal(), agency_id, clock.now())
    flash(
        "The withdrawal is recorded. The agency reads nothing more, and nothing more is sent to it.",
        "success",
    )
    return redirect(url_for("agencies.one", agency_id=agency_id), 303)


def _page(agency: Agency, form: StandingForm) -> str:
    return render_template("agencies/agency.html", agency=agency, state=_state(agency), form=form)


def _state(agency: Agency) -> str:
    today: date = local_day(clock.now())
    if agency.is_signatory(today):
        return "Signed"
    return "Withdrawn" if agency.withdrawn_on and agency.withdrawn_on <= today else "Not signed"


def _standing(agency: Agency) -> Standing:
    return Standing(agency.signed_on, agency.attends_daily, agency.attends_marac)


def _words(agency: Agency) -> str:
    meetings = [
        name for name, goes in (("daily", agency.attends_daily), ("MARAC", agency.attends_marac)) if goes
    ]
    signed = f"signed on {agency.signed_on:%d %B %Y}" if agency.signed_on else "not signed"
    return f"It now says: {signed}; attends {' and '.join(meetings) or 'no meeting'}."
