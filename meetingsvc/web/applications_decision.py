"""A chair confirms what the daily meeting decided on an application (Rulebook C4, Y1)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.usecases import disclosure_confirming as usecase
from meetingsvc.web import guard
from meetingsvc.web.applications import opened
from meetingsvc.web.guard import needs

bp = Blueprint("applications_decision", __name__, url_prefix="/applications/<uuid:application_id>")


@bp.get("/decision")
@needs(Permission.APPLICATION_CONFIRM)
def show(application_id: UUID) -> str:
    """What was decided about whom, by which meeting, and why; and where to go if it was not."""
    kept = opened(application_id)
    seen, now = usecase.seen_of(kept), clock.now()
    return render_template("applications/decision.html", kept=kept, seen=seen, now=now)


@bp.post("/decision")
@needs(Permission.APPLICATION_CONFIRM, step_up=True)
def confirm(application_id: UUID) -> Any:
    """Signed with a second factor that was just proven."""
    seen = request.form.get("seen", "")
    usecase.confirm(guard.principal(), application_id, seen, clock.now())
    flash("You have confirmed the decision.", "success")
    return redirect(url_for("applications.show", application_id=application_id), 303)
