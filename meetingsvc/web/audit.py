"""The audit trail, for information governance: identifiers and counts, no content."""

from flask import Blueprint, render_template, request

from agenda.calendar import LONDON
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import trail
from meetingsvc.store.trail import Filter
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import page_asked

bp = Blueprint("audit", __name__, url_prefix="/audit")
SIZE = 50


@bp.get("")
@needs(Permission.AUDIT_READ)
def show() -> str:
    """The newest first. Looking at it is a line of its own."""
    principal, page = guard.principal(), page_asked()
    wanted = Filter(request.args.get("subject", "").strip()[:80], request.args.get("actor", "").strip()[:40])
    rows, lines = trail.count(principal, wanted), trail.lines(principal, wanted, page, SIZE)
    reading.opened(principal, "audit.read", f"area/{principal.area_id}", clock.now())
    return render_template(
        "audit/audit.html", wanted=wanted, lines=lines, rows=rows, page=page, zone=LONDON,
        last=max(1, -(-rows // SIZE)),
    )  # fmt: skip
