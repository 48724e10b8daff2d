"""Cases that come from another area: what is offered to this one, and what comes by letter (T8)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import transfer_arrivals as store
from meetingsvc.store.transfer_arrivals import In
from meetingsvc.usecases import reading
from meetingsvc.usecases import transfer_arrivals as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.transfer_forms import ArrivalForm, WhyForm

bp = Blueprint("transfer_arrivals", __name__, url_prefix="/arrivals")


@bp.get("/new")
@needs(Permission.TRANSFER_MAKE)
def ask() -> str:
    """A case from an area outside the service."""
    return render_template("transfers/new.html", form=ArrivalForm())


@bp.post("/new")
@needs(Permission.TRANSFER_MAKE)
def enter() -> Any:
    """Takes it in: it goes on the next daily list."""
    form = ArrivalForm()
    if not form.is_fit(clock.today()):
        return render_template("transfers/new.html", form=form), 422
    _, reference = usecase.enter(guard.principal(), form.told(), clock.now())
    flash(f"Taken in as {reference}. It goes on the next daily list.", "success")
    return _neutral()


@bp.get("/<uuid:arrival_id>")
@needs(Permission.TRANSFER_READ)
def show(arrival_id: UUID) -> str:
    """Who it is about, and from where: enough to know the case by, and nothing else (M6)."""
    return render_template("transfers/arrival.html", one=_one(arrival_id))


@bp.post("/<uuid:arrival_id>/accept")
@needs(Permission.TRANSFER_MAKE)
def accept(arrival_id: UUID) -> Any:
    """The case is this area's from now on."""
    usecase.accept(guard.principal(), arrival_id, clock.now())
    flash("Accepted. The case is yours, and goes on the next daily list.", "success")
    return _neutral()


@bp.get("/<uuid:arrival_id>/decline")
@needs(Permission.TRANSFER_MAKE)
def ask_decline(arrival_id: UUID) -> str:
    """Why it is not accepted."""
    return render_template("transfers/decline.html", one=_one(arrival_id), form=WhyForm())


@bp.post("/<uuid:arrival_id>/decline")
@needs(Permission.TRANSFER_MAKE)
def decline(arrival_id: UUID) -> Any:
    """It stays the sender's, who reads why."""
    told, form = _one(arrival_id), WhyForm()
    if not form.validate():
        return render_template("transfers/decline.html", one=told, form=form), 422
    usecase.decline(guard.principal(), arrival_id, form.reason.data, clock.now())
    flash("Declined. The other area reads your reason, and keeps the case.", "success")
    return redirect(url_for("transfers.show"), 303)


def _neutral() -> Any:
    """The same page whether or not the people met a case that is hidden from who asks (Rulebook M6)."""
    return redirect(url_for("home.show"), 303)


def _one(arrival_id: UUID) -> In:
    told = or_404(store.one(guard.principal(), arrival_id))
    reading.opened(guard.principal(), "transfer.arrival_read", f"transfer_in/{arrival_id}", clock.now())
    return told
