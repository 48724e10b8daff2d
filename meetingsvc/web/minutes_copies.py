"""A reader's own copy of minutes as a file, and who has made one (Rulebook S3, V5)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from meetingsvc import clock
from meetingsvc.models import MeetingRow
from meetingsvc.permissions import Permission
from meetingsvc.store import minutes as store
from meetingsvc.store import minutes_copies as copies
from meetingsvc.store import minutes_due
from meetingsvc.usecases import minutes_copies as usecase
from meetingsvc.usecases import reading
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal

bp = Blueprint("minutes_copies", __name__, url_prefix="/minutes/<uuid:meeting_id>")


def _meeting(meeting_id: UUID) -> MeetingRow:
    return or_404(minutes_due.meeting(principal(), meeting_id))


def _ask_page(meeting_id: UUID, asks_again: bool) -> str:
    who, now, meeting = principal(), clock.now(), _meeting(meeting_id)
    issued = next((one for one in store.versions(who, meeting_id) if one.is_approved), None)
    cases = store.cases(who, meeting, issued, now) if issued else []
    stay = usecase.stay_here(who, cases)
    return render_template(
        "minutes/copy.html", meeting=meeting, version=issued, copy=copies.mine(who, meeting_id, now),
        takes=sum(not line.asks_why and line.case_id not in stay for line in cases), asks_again=asks_again,
        left=[line for line in cases if line.asks_why], stay=len(stay),
    )  # fmt: skip


@bp.get("/copy")
@needs(Permission.PACK_FETCH)
def ask(meeting_id: UUID) -> str:
    """What making a copy means; where there is one already, that it stops working. It names no case."""
    return _ask_page(meeting_id, asks_again=False)


@bp.post("/copy")
@needs(Permission.PACK_FETCH, step_up=True)
def make_copy(meeting_id: UUID) -> Any:
    """The passphrase is on this one answer and nowhere else, so there is no page to go on to."""
    replaces = request.form.get("replaces", 0, type=int)
    made = usecase.make_copy(principal(), meeting_id, replaces, clock.now())
    if made is None:
        return _ask_page(meeting_id, asks_again=True), 409
    return render_template("minutes/made.html", made=made, meeting=_meeting(meeting_id))


@bp.get("/minutes.pdf")
@needs(Permission.PACK_FETCH, step_up=True)
def fetch(meeting_id: UUID) -> Any:
    """One's own copy, as a file whose name says nothing; who has none is asked whether to make one."""
    try:
        content = usecase.fetch(principal(), meeting_id, clock.now())
    except usecase.Stale:
        return render_template("minutes/overtaken.html", meeting=_meeting(meeting_id)), 409
    if content is None:
        return _ask_page(meeting_id, asks_again=False)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="minutes.pdf"'
    return answer


@bp.get("/copies")
@needs(Permission.PACK_REGISTER)
def register(meeting_id: UUID) -> str:
    """Who has made a copy, and who has downloaded it."""
    who, meeting = principal(), _meeting(meeting_id)
    made = copies.register(who, meeting.id)
    reading.opened(who, "minutes.copies_read", f"meeting/{meeting_id}", clock.now(), shown=len(made))
    return render_template("minutes/copies.html", meeting=_meeting(meeting_id), copies=made)
