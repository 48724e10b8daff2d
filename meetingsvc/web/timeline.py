"""A case as people think of it: what happened, the newest first."""

from uuid import UUID

from flask import Blueprint, render_template, request

from agenda import timeline
from agenda.timeline import EventKind
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page, openings
from meetingsvc.store import timeline as store
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("timeline", __name__)


@bp.get("/cases/<uuid:case_id>/timeline")
@needs(Permission.CASE_READ)
def show(case_id: UUID) -> str:
    """Everything, or the kinds that the address names."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "timeline.read", f"case/{case_id}", clock.now())
    every = store.events(who, case, clock.now())
    wanted = {kind for kind in EventKind if kind.value in request.args.getlist("kind")}
    return render_template(
        "timeline/timeline.html", case=case, wanted=wanted, kinds=timeline.kinds_in(every),
        years=list(timeline.by_year(timeline.of_kinds(every, wanted))),
        opening=openings.open_now(who, case_id),
    )  # fmt: skip
