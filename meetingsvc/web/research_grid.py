"""How far every agency is with its research: for who runs the meeting, and lines for other pages."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template

from agenda.panels import page_of
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import research, research_named, research_told
from meetingsvc.store.research_told import ByAgency, Grid, Sitting
from meetingsvc.usecases import reading
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal

bp = Blueprint("research_grid", __name__)


@bp.get("/meetings/<uuid:meeting_id>/research")
@needs(Permission.RESEARCH_READ)
def grid(meeting_id: UUID) -> str:
    """Cases by agencies, in words."""
    who = principal()
    meeting = or_404(research_told.sitting(who, meeting_id))
    reading.opened(who, "research.grid_read", f"meeting/{meeting_id}", clock.now())
    told = research_told.grid(who, meeting)
    return render_template(
        "research/grid.html", meeting=meeting, grid=told, now=clock.now(),
        back=page_of(meeting.kind, meeting.works, meeting.sits_on, meeting.id),
        cases=research.references(who, meeting_id),
        named=research_named.named_under(who, {one.item_id for one in told.questions}),
    )  # fmt: skip


@bp.app_template_global("research_line")
def line(meeting_id: UUID) -> Grid | None:
    """How much research of a meeting is in, for who runs it; None where none is asked."""
    who = principal()
    if not who.may(Permission.RESEARCH_READ) or (meeting := research_told.sitting(who, meeting_id)) is None:
        return None
    told = research_told.grid(who, meeting)
    return told if told.asked or told.shut_out else None


def answers(item_id: UUID) -> dict[str, Any]:
    """What each agency answered of a case, beside it: by name, those about people named under it apart."""
    who = principal()
    asked = research.questions_on(who, item_id)
    found = research_told.answers(who, asked)
    is_named = found and any(one.named_by for one in asked)
    named = research_named.named_under(who, [item_id]) if is_named else {}
    return {
        "of_case": [one for one in found if one.box_id == item_id],
        "of_named": [(told, _of(found, key)) for key, told in named.items()],
    }


def _of(found: tuple[ByAgency, ...], box_id: UUID) -> list[ByAgency]:
    return [one for one in found if one.box_id == box_id]


@bp.app_template_global("research_on_home")
def on_home() -> dict[str, Any]:
    """What one's agency is asked; for who runs the meetings, who is outstanding for each."""
    who: Principal = principal()
    sends, reads = who.may(Permission.RESEARCH_SEND), who.may(Permission.RESEARCH_READ)
    waiting = [one for one in research.asked_of(who) if one.unanswered] if sends else []
    grids: list[tuple[Sitting, Grid]] = []
    for meeting in research_told.taking(who) if reads else ():
        told = research_told.grid(who, meeting)
        if told.waits_for or told.shut_out:
            grids.append((meeting, told))
    return {"asked": waiting, "grids": grids, "now": clock.now()}
