"""Who may be one person: what waits, both side by side, the decision, and how a merge is undone (D2, T6)."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from agenda.calendar import day_words
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import list_page, matching_merges, matching_sides
from meetingsvc.store import matching_proposals as store
from meetingsvc.store.list_page import Built
from meetingsvc.store.matching_merges import Merge
from meetingsvc.store.matching_proposals import Match, State
from meetingsvc.usecases import matching_decisions as usecase
from meetingsvc.usecases import matching_merging, reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.list_day import panel_asked
from meetingsvc.web.matching_forms import CirculateForm, DecideForm, UndoForm

bp = Blueprint("matching", __name__)
_SAID = {
    State.SAME: "A second person decides. Until then they stay two people.",
    State.DIFFERENT: "They stay two people. The service asks again only if more speaks for one person.",
    State.NOT_SURE: "They stay two people. When another list meets them, you are asked again.",
}


@bp.get("/matches")
@needs(Permission.PERSON_MATCH)
def index() -> str:
    """What waits for a decision, the likeliest first, what was decided lately, and merges that stand."""
    who, now = guard.principal(), clock.now()
    waiting, merges = store.undecided(who, now), matching_merges.standing(who)
    second, decided = store.awaiting(who, now), store.decided(who, now)
    shown = " ".join(str(match.id) for match in (*waiting, *second, *decided))
    reading.opened(who, "matches.read", f"area/{who.area_id}", now, matches=shown)
    return render_template(
        "matching/index.html", waiting=waiting, second=second, decided=decided, merges=merges
    )


@bp.get("/matches/<uuid:match_id>")
@needs(Permission.PERSON_MATCH)
def one(match_id: UUID) -> str:
    """Both people, field by field, and the decision."""
    return _page(_match(match_id), DecideForm(formdata=None))


@bp.post("/matches/<uuid:match_id>")
@needs(Permission.PERSON_MATCH)
def decide(match_id: UUID) -> Any:
    """Same, different, or not sure, with a sentence."""
    match, form = _match(match_id), DecideForm()
    if not form.validate():
        return _page(match, form), 422
    said = State(form.said.data)
    try:
        usecase.decide(guard.principal(), match_id, said, form.reason.data, clock.now())
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _page(match, form), 422
    flash(_SAID[said], "success")
    return redirect(url_for("matching.index"), 303)


@bp.get("/merges/<uuid:merge_id>/undo")
@needs(Permission.PERSON_MATCH)
def ask_undo(merge_id: UUID) -> str:
    """What undoing does, and why it is asked."""
    return _undo_page(_merge(merge_id), UndoForm(formdata=None))


@bp.post("/merges/<uuid:merge_id>/undo")
@needs(Permission.PERSON_MATCH)
def undo(merge_id: UUID) -> Any:
    """Asks a second person."""
    merge, form = _merge(merge_id), UndoForm()
    if not form.validate():
        return _undo_page(merge, form), 422
    matching_merging.propose_undo(guard.principal(), merge_id, form.reason.data, clock.now())
    flash("A second person decides. Until then they stay one person.", "success")
    return redirect(url_for("matching.index"), 303)


@bp.get("/lists/<day>/circulate")
@needs(Permission.LIST_BUILD)
def ask_circulate(day: str) -> str:
    """The near matches of a list that waits; the reason, where one is undecided."""
    return _circulate_page(_list(day), CirculateForm(formdata=None))


@bp.post("/lists/<day>/circulate")
@needs(Permission.LIST_BUILD)
def circulate(day: str) -> Any:
    """Shows the list to the agencies."""
    found, form = _list(day), CirculateForm()
    try:
        if not form.validate():
            return _circulate_page(found, form), 422
        usecase.circulate(guard.principal(), found.day, form.reason.data or "", clock.now(), found.kind)
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _circulate_page(found, form), 422
    flash(f"The list of {day_words(found.day)} is circulated: the agencies see it.", "success")
    return redirect(found.at(), 303)


def _match(match_id: UUID) -> Match:
    return or_404(store.one(guard.principal(), match_id, clock.now()))


def _merge(merge_id: UUID) -> Merge:
    who = guard.principal()
    merge = or_404(matching_merges.one(who, merge_id))
    case_id = matching_merging.case_of(who, (merge.kept_id, merge.gone_id))
    reading.opened(who, "merge.read", f"merge/{merge_id}", clock.now(), case=case_id)
    return merge


def _undo_page(merge: Merge, form: UndoForm) -> str:
    waits = store.waits(guard.principal(), matching_merges.subject(merge.id), clock.now())
    return render_template("matching/undo.html", merge=merge, form=form, waits=waits)


def _page(match: Match, form: DecideForm) -> str:
    who = guard.principal()
    left, right = matching_sides.sides(who, match)
    case_id = matching_merging.case_of(who, (match.one_id, match.other_id))
    reading.opened(who, "match.read", f"match/{match.id}", clock.now(), case=case_id)
    return render_template(
        "matching/match.html", match=match, left=left, right=right, form=form,
        rows=matching_sides.rows(match, left, right),
    )  # fmt: skip


def _list(day: str) -> Built:
    """That day's list; one that does not wait says so."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        abort(404)
    return or_404(list_page.built(guard.principal(), on, panel_asked()))


def _circulate_page(meeting: Built, form: CirculateForm) -> str:
    who, now = guard.principal(), clock.now()
    near = store.on_list(who, meeting.id, now)
    reading.opened(who, "list.read", f"meeting/{meeting.id}", now)
    held = store.held(who, meeting.id)
    said = "" if held else store.circulated_because(who, meeting.id)
    return render_template(
        "matching/circulate.html", meeting=meeting, near=near, form=form, held=held, said=said
    )
