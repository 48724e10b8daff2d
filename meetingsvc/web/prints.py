"""Printing leaves a trace (Rulebook V5): the button sends this, with or without a script."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import prints
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("prints", __name__)


@bp.post("/prints")
@needs(Permission.CASE_READ)
def note() -> Any:
    """Notes it, and goes back to the page: a script has already opened the browser's print window."""
    who, now = guard.principal(), clock.now()
    key = or_404(request.form.get("key", type=UUID))
    action, subject, page = or_404(prints.page_of(who, request.form.get("what", ""), key, now))
    reading.opened(who, action, subject, now)
    if "script" in request.form:
        return "", 204
    flash("It is recorded that you print this page. Now use your browser's own Print command.", "notice")
    return redirect(page, 303)
