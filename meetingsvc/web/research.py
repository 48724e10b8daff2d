"""What one's agency is asked before a meeting, and the page on which it answers, case by case."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import research as store
from meetingsvc.store import research_boxes
from meetingsvc.store.research import Request
from meetingsvc.usecases import reading, research_drafts
from meetingsvc.usecases import research as usecase
from meetingsvc.usecases.research_drafts import Meanwhile
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.research_forms import Shown, told_in, uuid_of
from minutes.research import NamedKind

bp = Blueprint("research", __name__)


@bp.get("/research")
@needs(Permission.RESEARCH_SEND)
def index() -> str:
    """What is asked of one's agency, the soonest due first."""
    return render_template("research/index.html", asked=store.asked_of(principal()), now=clock.now())


@bp.get("/research/<uuid:meeting_id>")
@needs(Permission.RESEARCH_SEND)
def meeting(meeting_id: UUID) -> str:
    """One box a case; `?more=` has room for another piece in one."""
    return _page(_asked(meeting_id), Shown((), more=uuid_of(request.args.get("more", ""))))


@bp.post("/research/<uuid:meeting_id>")
@needs(Permission.RESEARCH_SEND)
def answer(meeting_id: UUID) -> Any:
    """Keeps what is typed in every box, then does what was pressed: nothing typed is lost by any button."""
    asked, told = _asked(meeting_id), told_in(request.form)
    verb, _, key = request.form.get("do", "save").partition(".")
    try:
        kept = research_drafts.save(principal(), meeting_id, told, clock.now())
        return _do(asked, verb, uuid_of(key), {box: draft.mark for box, draft in kept.items()})
    except Meanwhile as found:
        return _page(asked, Shown((), told, found.theirs)), 409
    except usecase.Unfit as unfit:
        return _page(asked, Shown((), problems=unfit.problems)), 422
    except RuleBroken as refusal:
        return _page(asked, Shown((), told, form_errors=(str(refusal),), unsaved=True)), 409


@bp.post("/research/<uuid:meeting_id>/draft")
@needs(Permission.RESEARCH_SEND)
def draft(meeting_id: UUID) -> Any:
    """Keeps one box while somebody types; answers its new mark, or who has changed it."""
    told = told_in(request.form)
    try:
        kept = research_drafts.save(principal(), meeting_id, told, clock.now())
    except Meanwhile as found:
        by = next(iter(found.theirs.values())).by or "A colleague"
        return {"why": f"{by} has changed this box meanwhile."}, 409
    except RuleBroken as refusal:
        return {"why": str(refusal)}, 409
    return {"was": {str(box): one.mark for box, one in kept.items()}}


@bp.get("/research/<uuid:meeting_id>/nothing-held")
@needs(Permission.RESEARCH_SEND)
def ask_nothing(meeting_id: UUID) -> str:
    """Which cases have no answer and nothing typed, and whether nothing is held on any."""
    asked = _asked(meeting_id)
    shown = Shown(research_boxes.boxes(principal(), asked))
    _note(asked)
    return render_template("research/nothing.html", asked=asked, boxes=shown.unanswered)


@bp.post("/research/<uuid:meeting_id>/nothing-held")
@needs(Permission.RESEARCH_SEND)
def nothing(meeting_id: UUID) -> Any:
    """Answers so of the cases that stood on that page, and of no other."""
    count = usecase.nothing_held(principal(), meeting_id, tuple(told_in(request.form)), clock.now())
    flash(f"Nothing held, sent: {_cases(count)}.", "success")
    return redirect(url_for("research.meeting", meeting_id=meeting_id), 303)


def _asked(meeting_id: UUID) -> Request:
    return or_404(store.request(principal(), meeting_id))


def _do(asked: Request, verb: str, box: UUID | None, marks: Mapping[UUID, str]) -> Any:
    """What a button does once everything typed is kept."""
    if verb == "nothing-rest":
        return redirect(url_for("research.ask_nothing", meeting_id=asked.meeting_id), 303)
    if verb in ("save", "send-all"):
        return _send(asked, marks) if verb == "send-all" else _saved(asked, box)
    if box is None or verb not in _ON_A_BOX:
        abort(400)
    return _ON_A_BOX[verb](asked, box, marks)


def _saved(asked: Request, box: UUID | None) -> Any:
    if box:
        at = url_for("research.meeting", meeting_id=asked.meeting_id, more=box)
        return redirect(f"{at}#box-{box}", 303)
    flash("Kept. Your colleagues see it here; nobody else does until it is sent.", "success")
    return _back(asked, box)


def _send(asked: Request, marks: Mapping[UUID, str], box: UUID | None = None) -> Any:
    sent = usecase.send(principal(), asked.meeting_id, marks, clock.now())
    if sent.boxes:
        flash(f"Sent: {_cases(sent.boxes)}.", "success")
    if sent.problems:
        return _page(asked, Shown((), problems=sent.problems)), 422
    if not sent.boxes:
        raise RuleBroken("Nothing is typed there. Type what is held, or press “Nothing held”.")
    return _back(asked, box, onwards=True)


def _send_one(asked: Request, box: UUID, marks: Mapping[UUID, str]) -> Any:
    return _send(asked, {box: marks.get(box, "")}, box)


def _nothing(asked: Request, box: UUID, marks: Mapping[UUID, str]) -> Any:
    usecase.nothing_held(principal(), asked.meeting_id, [box], clock.now())
    return _back(asked, box, onwards=True)


def _still(asked: Request, box: UUID, marks: Mapping[UUID, str]) -> Any:
    usecase.still_so(principal(), asked.meeting_id, box, clock.now())
    return _back(asked, box, onwards=True)


def _change(asked: Request, box: UUID, marks: Mapping[UUID, str]) -> Any:
    research_drafts.change(principal(), asked.meeting_id, box, clock.now())
    return _back(asked, box)


def _name(asked: Request, box: UUID, marks: Mapping[UUID, str]) -> Any:
    usecase.name_somebody(principal(), asked.meeting_id, box, marks.get(box, ""), clock.now())
    flash("Every other agency of this meeting is asked to check its records for them.", "success")
    return _back(asked, box)


_ON_A_BOX: dict[str, Callable[[Request, UUID, Mapping[UUID, str]], Any]] = {
    "nothing": _nothing,
    "send": _send_one,
    "still": _still,
    "change": _change,
    "name": _name,
}


def _back(asked: Request, box: UUID | None, onwards: bool = False) -> Any:
    """To the page, at the box that was worked on, or at the button of the next that waits for an answer."""
    at = url_for("research.meeting", meeting_id=asked.meeting_id)
    if box and onwards:
        following = Shown(research_boxes.boxes(principal(), asked)).after(box)
        return redirect(f"{at}#nothing-{following}" if following != box else at, 303)
    return redirect(f"{at}#box-{box}" if box else at, 303)


def _cases(count: int) -> str:
    return "1 answer" if count == 1 else f"{count} answers"


def _page(asked: Request, shown: Shown | None = None) -> str:
    boxes = research_boxes.boxes(principal(), asked)
    _note(asked)
    told = shown or Shown(())
    form = replace(told, boxes=boxes)
    return render_template(
        "research/meeting.html", asked=asked, form=form, now=clock.now(), kinds=list(NamedKind)
    )


def _note(asked: Request) -> None:
    reading.opened(principal(), "research.read", f"meeting/{asked.meeting_id}", clock.now())
