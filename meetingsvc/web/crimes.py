"""Crimes that were disclosed in a meeting: for the people of the police that were told."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import outcome_crimes as store
from meetingsvc.usecases import outcome_crimes as usecase
from meetingsvc.usecases import reading
from meetingsvc.web.guard import needs, principal

bp = Blueprint("crimes", __name__, url_prefix="/crimes")


@bp.get("")
@needs(Permission.CRIME_RECEIVE)
def show() -> str:
    """What one's own force was told of, what waits first."""
    who, now = principal(), clock.now()
    found = store.mine(who)
    for one in found:
        reading.opened(who, "crime.read", f"crime_disclosed/{one.id}", now, item=one.item_id)
    return render_template("crimes/crimes.html", crimes=found, today=clock.today())


@bp.post("/<uuid:crime_id>/received")
@needs(Permission.CRIME_RECEIVE)
def receive(crime_id: UUID) -> Any:
    """The force has it, and records it in its own system."""
    usecase.receive(principal(), crime_id, clock.now())
    flash("Recorded: your force has it.", "success")
    return redirect(url_for("crimes.show"), 303)
