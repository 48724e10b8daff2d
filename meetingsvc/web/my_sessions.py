"""Where you are signed in, and ending it from afar."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.usecases import sessions as usecase
from meetingsvc.web import guard, proof
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("my_sessions", __name__, url_prefix="/sessions")


@bp.get("")
@needs(Permission.HOME_READ)
def show() -> str:
    """One's own sessions, the newest use first."""
    found = usecase.places(guard.principal(), proof.session_key(), proof.settings(), clock.now())
    return render_template("sessions/sessions.html", places=found)


@bp.post("/<uuid:session_id>/end")
@needs(Permission.HOME_READ)
def end(session_id: UUID) -> Any:
    """Ends one of them at once."""
    or_404(usecase.end_one(guard.principal(), session_id, clock.now()) or None)
    flash("That session has ended.", "success")
    return redirect(url_for("my_sessions.show"), 303)


@bp.post("/end-others")
@needs(Permission.HOME_READ)
def end_others() -> Any:
    """Ends all but this one."""
    ended = usecase.end_others(guard.principal(), proof.session_key(), clock.now())
    flash(f"{ended} other session{'' if ended == 1 else 's'} ended.", "success")
    return redirect(url_for("my_sessions.show"), 303)
