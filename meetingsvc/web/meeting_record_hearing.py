"""The buttons above a case while the meeting goes on: its clock, who is out for it, whether it is reached."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda.panels import of_children
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import meeting_record_strip as store
from meetingsvc.store import outcomes
from meetingsvc.usecases import meeting_record as usecase
from meetingsvc.usecases import reading
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.marac_forms import NotReachedForm
from meetingsvc.web.meeting_record import pressed, whom
from meetingsvc.web.outcome_strip import CHANGES

bp = Blueprint("meeting_record_hearing", __name__)
#: Set by the page's own script: answered with the strip alone, so that nothing typed on the page is lost.
#: `form` where its buttons belong to the form of the outcome.
ALONE = "X-Strip"


@bp.post("/items/<uuid:item_id>/hear")
@needs(Permission.MEETING_RECORD)
def hear(item_id: UUID) -> Any:
    """This case is heard from now on."""
    return _done(item_id, "hear")


@bp.post("/items/<uuid:item_id>/pause")
@needs(Permission.MEETING_RECORD)
def pause(item_id: UUID) -> Any:
    """Its clock stops."""
    return _done(item_id, "pause")


@bp.post("/items/<uuid:item_id>/out")
@needs(Permission.MEETING_RECORD)
def out(item_id: UUID) -> Any:
    """Somebody leaves the room for this case."""
    return _done(item_id, "out")


@bp.post("/items/<uuid:item_id>/in")
@needs(Permission.MEETING_RECORD)
def back_in(item_id: UUID) -> Any:
    """They were not out after all."""
    return _done(item_id, "in")


@bp.post("/items/<uuid:item_id>/joined")
@needs(Permission.MEETING_RECORD)
def joined(item_id: UUID) -> Any:
    """Somebody comes to the meeting while this case is before it."""
    return _done(item_id, "joined")


@bp.post("/items/<uuid:item_id>/left")
@needs(Permission.MEETING_RECORD)
def left(item_id: UUID) -> Any:
    """Somebody leaves the meeting while this case is before it."""
    return _done(item_id, "left")


@bp.post("/items/<uuid:item_id>/reached")
@needs(Permission.MEETING_RECORD)
def reached(item_id: UUID) -> Any:
    """The MARAC comes to this case after all."""
    return _done(item_id, "reached")


def _done(item_id: UUID, verb: str) -> Any:
    """The strip alone for the page's script, with why where it was refused; else the case again."""
    who, now, problem = principal(), clock.now(), ""
    if "attendance" in request.form:  # pressed on the page of who is here
        meeting_id = or_404(store.strip(who, item_id, now)).meeting_id
        change = partial(CHANGES[verb], who, item_id, whom(), now)
        return pressed(meeting_id, change, url_for("outcomes.show", item_id=item_id))
    try:
        CHANGES[verb](who, item_id, whom(), now)
    except RuleBroken as refusal:
        if ALONE not in request.headers:
            raise
        problem = str(refusal)
    if ALONE in request.headers:
        return alone(who, item_id, problem), 409 if problem else 200
    return redirect(url_for("outcomes.show", item_id=item_id), 303)


def alone(who: Principal, item_id: UUID, problem: str = "") -> str:
    """The strip as it stands now: for a page that shows the case already."""
    found = or_404(store.strip(who, item_id, clock.now()))
    attached = request.headers.get(ALONE) == "form"
    return render_template("meeting_record/strip.html", strip=found, problem=problem, attached=attached)


@bp.get("/items/<uuid:item_id>/not-reached")
@needs(Permission.MEETING_RECORD)
def ask_not_reached(item_id: UUID) -> str:
    """Why the MARAC does not come to this case."""
    return _reason_page(item_id, NotReachedForm())


@bp.post("/items/<uuid:item_id>/not-reached")
@needs(Permission.MEETING_RECORD)
def not_reached(item_id: UUID) -> Any:
    """It comes back on the next one."""
    who, form = principal(), NotReachedForm()
    found = or_404(store.strip(who, item_id, clock.now()))
    if not form.validate():
        return _reason_page(item_id, form), 422
    usecase.not_reach(who, item_id, form.reason.data, clock.now())
    flash("Not reached: the case comes back on the next MARAC.", "success")
    return redirect(url_for("meeting_record.show", meeting_id=found.meeting_id), 303)


def _reason_page(item_id: UUID, form: NotReachedForm) -> str:
    sheet = or_404(outcomes.worksheet(principal(), item_id))
    if of_children(sheet.kind):
        abort(404)  # on whom nothing is decided the next meeting hears by itself (Rulebook E1)
    reading.opened(principal(), "case.read", f"case/{sheet.case_id}", clock.now())
    return render_template("meeting_record/not_reached.html", form=form, sheet=sheet)
