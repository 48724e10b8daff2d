"""The agencies of an area's panels, and what they attend."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.agencies import Agency, AgencyKind
from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import agencies as store
from meetingsvc.store import agreements, areas, panels
from meetingsvc.usecases import agencies as usecase
from meetingsvc.usecases.agencies import Attends
from meetingsvc.web import guard
from meetingsvc.web.agencies_forms import AttendsForm, NewAgencyForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("agencies", __name__, url_prefix="/agencies")


@bp.get("")
@needs(Permission.AGENCY_MANAGE)
def show() -> str:
    """All of them, with how each stands."""
    found = store.managed_by(guard.principal())
    return render_template(
        "agencies/agencies.html", agencies=[(agency, _state(agency)) for agency in found],
        others=[panel.code for panel in panels.set_up(guard.principal().area_id)],
    )  # fmt: skip


@bp.get("/new")
@needs(Permission.AGENCY_MANAGE)
def new() -> str:
    """The form for another."""
    return render_template("agencies/new.html", form=_offered(NewAgencyForm(attends=["marac"])))


@bp.post("/new")
@needs(Permission.AGENCY_MANAGE)
def create() -> Any:
    """Adds it."""
    form = _offered(NewAgencyForm())
    if form.validate():
        try:
            usecase.add(
                guard.principal(), form.name.data, AgencyKind(form.kind.data), form.told(), clock.now()
            )
            flash(
                f"{form.name.data.strip()} has been added. It reads nothing until it has signed.", "success"
            )
            return redirect(url_for("agencies.show"), 303)
        except RuleBroken as refusal:
            form.form_errors.append(str(refusal))
    return render_template("agencies/new.html", form=form), 422


@bp.get("/<uuid:agency_id>")
@needs(Permission.AGENCY_MANAGE)
def one(agency_id: UUID) -> str:
    """One agency, and what can be set."""
    agency = or_404(store.managed(guard.principal(), agency_id))
    return _page(agency, _offered(AttendsForm(formdata=None)).show(agency))


@bp.post("/<uuid:agency_id>")
@needs(Permission.AGENCY_MANAGE)
def change(agency_id: UUID) -> Any:
    """Takes effect at once. Where somebody was quicker, the page says so and keeps what was typed."""
    agency = or_404(store.managed(guard.principal(), agency_id))
    form = _offered(AttendsForm())
    if form.validate():
        try:
            usecase.change(guard.principal(), agency_id, form.told(), form.seen.data or "", clock.now())
            flash(f"{agency.name} has been changed.", "success")
            return redirect(url_for("agencies.show"), 303)
        except RuleBroken as refusal:
            form.form_errors.append(f"{refusal} {_words(agency)} Save again to set what is below instead.")
            form.seen.data = str(Attends(agency.attends))
    return _page(agency, form), 422


def _page(agency: Agency, form: AttendsForm) -> str:
    agreement = agreements.of_agency(agency.id, agency.signed_on, local_day(clock.now()))
    return render_template(
        "agencies/agency.html", agency=agency, agreement=agreement, state=_state(agency), form=form,
        today=local_day(clock.now()),
    )  # fmt: skip


def _offered(form: Any) -> Any:
    return form.offer(panels.of(areas.by_id(guard.principal().area_id)))


def _state(agency: Agency) -> str:
    today: date = local_day(clock.now())
    if agency.is_signatory(today):
        return "Signed"
    return "Withdrawn" if agency.withdrawn_on and agency.withdrawn_on <= today else "Not signed"


def _words(agency: Agency) -> str:
    said: dict[str, str] = {MeetingKind.DRAMM: "daily"}
    meetings = [said.get(code, code) for code in sorted(agency.attends)]
    return f"It now attends {' and '.join(meetings) or 'no meeting'}."
