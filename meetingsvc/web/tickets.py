"""Information governance: asking for one case, and naming somebody on a case nobody may open."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.meetings import case_reference
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import acting, nameable
from meetingsvc.store import openings as store
from meetingsvc.usecases import emergency_chasing, reading, unattended
from meetingsvc.usecases import openings as usecase
from meetingsvc.web import guard
from meetingsvc.web.guard import needs
from meetingsvc.web.openings_forms import NamingForm, OpeningForm

bp = Blueprint("tickets", __name__, url_prefix="/tickets")


@bp.get("")
@needs(Permission.TICKET_ASK)
def show() -> str:
    """One's tickets, and the cases that are open to nobody who runs meetings."""
    return _page(OpeningForm())


@bp.post("")
@needs(Permission.TICKET_ASK)
def ask() -> Any:
    """Puts it before a second person."""
    form = OpeningForm()
    if not form.validate():
        return _page(form), 422
    if usecase.ask_ticket(guard.principal(), form.number, form.reason.data, clock.now()) is None:
        return _page(form.no_such_case()), 422
    flash(f"A second person decides about {case_reference(form.number)}.", "success")
    return redirect(url_for("tickets.show"), 303)


def _page(form: OpeningForm) -> str:
    who, now = guard.principal(), clock.now()
    with acting.whole_area(who.area_id):
        nobody = nameable.unattended(who.area_id, clock.today(), who.account_id)
    asked = not form.reference.errors  # an answer to a wrong reference names no other
    no_chair = emergency_chasing.undecidable(who.area_id, now, who.account_id) if asked else []
    late = emergency_chasing.undecided(who.area_id, now, who.account_id) if asked else []
    tickets = store.tickets_by(who)
    shown = len(tickets) + len(nobody) + len(no_chair) + len(late)
    reading.opened(who, "ticket.list_read", f"area/{who.area_id}", now, shown=shown)
    return render_template("openings/tickets.html", form=form, tickets=tickets, now=now, nobody=nobody,
                           no_chair=no_chair, late=late)  # fmt: skip


@bp.get("/name")
@needs(Permission.TICKET_ASK)
def naming() -> str:
    """Who of those who run meetings is named on which case, or let back to it."""
    return _naming_page(_offered())


@bp.post("/name")
@needs(Permission.TICKET_ASK)
def name() -> Any:
    """Puts it before a second person."""
    form = _offered()
    if not form.validate():
        return _naming_page(form), 422
    propose = unattended.propose_lifting if form.lifts.data else unattended.propose_naming
    propose(guard.principal(), UUID(form.case.data), UUID(form.person.data), form.reason.data, clock.now())
    flash("A second person decides. Until then nothing changes.", "success")
    return redirect(url_for("tickets.show"), 303)


def _offered() -> NamingForm:
    who, form = guard.principal(), NamingForm()
    with acting.whole_area(who.area_id):
        cases, people = (
            nameable.unattended(who.area_id, clock.today(), who.account_id),
            nameable.who_run(who.area_id, clock.today()),
        )
    form.case.choices = [(str(key), reference) for key, reference in cases]
    form.person.choices = [(str(one.id), f"{one.name}, {one.role.label}") for one in people]
    return form


def _naming_page(form: NamingForm) -> str:
    who = guard.principal()
    reading.opened(who, "ticket.list_read", f"area/{who.area_id}", clock.now())
    return render_template("openings/name.html", form=form)
