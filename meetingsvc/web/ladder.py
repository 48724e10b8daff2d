"""The working page of a child on a meeting: why they are there, what was decided, and the decision (E1).

What is no child has the same addresses, and a page of its own (`web/under_review.py`).
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda import transition
from agenda.incidents import Risk
from agenda.panels import Family, Panel
from agenda.panels import ladder as ladder_of
from agenda.rules import RuleBroken
from agenda.transition import Transition
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, ladder, panels
from meetingsvc.store import exploitation_page as store
from meetingsvc.store.exploitation_page import Line, Meeting
from meetingsvc.usecases import ladder as usecase
from meetingsvc.usecases import reading, transitions
from meetingsvc.web import guard, item_actions, item_notes, under_review
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.typed import plain, review_day
from minutes.ladder import Decided, Decision, Ground, goes_to

bp = Blueprint("ladder", __name__, url_prefix="/items/<uuid:item_id>/ladder")
_TYPED = ("reason", "goes_on", "review_on")
_PLANNED = ("to", "on")
NO_DAY = "Enter the day from which they go on as a real date, like 3 12 2026"


def found(who: Principal, item_id: UUID) -> tuple[Meeting, Panel, Line]:
    """A child, or something else, on a meeting that the reader may see; anything else is an unknown
    address."""
    meeting = or_404(store.meeting_of(who, item_id))
    panel = or_404(panels.one(areas.by_id(who.area_id), meeting.code))
    lines = (one for one in store.lines(who, meeting.id) if one.item_id == item_id)
    return meeting, panel, or_404(next(lines, None))


def show(who: Principal, item_id: UUID) -> str:
    """The page of an item as its reader may see it; it leaves its trace (Rulebook V5)."""
    return again(who, item_id)


def again(who: Principal, item_id: UUID, refused: str = "", problems: dict[str, str] | None = None) -> str:
    """The same, with why something was refused, or with what is wrong in which box."""
    there = found(who, item_id)
    if not there[2].is_child:
        return under_review.page(who, there, None, problems, None, refused)
    return _page(who, there, Decided(None, None), problems, None, refused)


def _page(
    who: Principal, there: tuple[Meeting, Panel, Line], told: Decided, problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None, refused: str = "",
) -> str:  # fmt: skip
    meeting, panel, line = there
    place = store.places(who, [line.case_id]).get(line.case_id)
    runs = who.runs_exploitation
    corrects = runs and meeting.is_open and usecase.may_correct(who, line.item_id, clock.now())
    decides = bool(runs and place and place.panel == panel.code and meeting.is_open) or corrects
    wrong, typed = problems or {}, dict.fromkeys((*_TYPED, *_PLANNED), "") | (typed or {})
    mark, grows_out, planned = (
        _beside(who, panel, line.case_id) if runs else ("", transition.Stage.NONE, None)
    )
    shown = {
        "meeting": meeting, "panel": panel, "line": line, "place": place, "told": told, "wrong": wrong,
        "typed": typed, "runs": runs, "steps": store.steps(who, line.case_id), "planned": planned,
        "corrects": corrects,
        "decides": decides and not meeting.waits_to_be_shared, "decisions": _decisions(who, panel),
        "grounds": list(Ground), "levels": list(Risk), "mark": mark, "grows_out": grows_out,
        "asked": bool(runs and place and place.leaving_item == line.item_id),
        "asked_by_me": bool(place and place.leaving_by == who.account_id),
        "errors_here": ([(_where(decides, typed), refused)] if refused else [])
        + [(f"#{name}", why) for name, why in wrong.items()],
    }  # fmt: skip
    shown["acts"] = item_actions.shown(who, line.item_id, meeting)
    shown["shared"] = item_notes.shown(who, line.item_id, meeting)
    reading.opened(who, "case.read", f"case/{line.case_id}", clock.now())
    return render_template("exploitation/child.html", **shown)


def _where(decides: bool, typed: dict[str, str]) -> str:
    """What a refusal leads to on the page."""
    return "#decide" if decides else "#typed" if any(typed.values()) else "#main-content"


def _beside(who: Principal, panel: Panel, case_id: UUID) -> tuple[str, transition.Stage, Transition | None]:
    """How far the decisions on a child who was shown have come, whether they grow out of the panel, and what
    is planned then."""
    with acting.whole_area(who.area_id):
        planned = ladder.planned([case_id]).get(case_id)
        stage = transition.stage(ladder.born(case_id), panel, clock.today(), planned)
        return ladder.mark(case_id), stage, planned


def _decisions(who: Principal, panel: Panel) -> list[tuple[Decision, str]]:
    """What the panel can decide, as its buttons say it."""
    steps = ladder_of(panels.of(areas.by_id(who.area_id)), Family.EXPLOITATION)
    names = {one.code: one.name for one in steps}
    offered = []
    for decision in Decision:
        to = goes_to(steps, panel.code, decision)
        if to is not None:
            towards = f": {names[to]}" if decision in (Decision.UP, Decision.DOWN) else ""
            offered.append((decision, store.said(decision, "").removesuffix(" to ") + towards))
    return offered


@bp.post("")
@needs(Permission.EXPLOITATION_DECIDE)
def decide(item_id: UUID) -> Any:
    """Records what the meeting decided; until it can be, everything typed stands in the page."""
    who = guard.principal()
    if not who.runs_exploitation:
        or_404(None)
    there = found(who, item_id)
    if not there[2].is_child:
        return under_review.decide(who, there)
    told, typed, problems = _read()
    if not problems:
        try:
            usecase.decide(who, item_id, told, request.form.get("mark", ""), clock.now())
        except usecase.Unfit as unfit:
            problems = unfit.problems
        except RuleBroken as refusal:  # read first what changed: then it is chosen anew
            return _page(who, there, Decided(None, None), None, typed, str(refusal)), 409
    if problems:
        return _page(who, there, told, problems, typed), 422
    flash(_words(there[2], told), "success")
    return redirect(url_for("outcomes.show", item_id=item_id), 303)


def _words(line: Line, told: Decided) -> str:
    if told.decision is Decision.LEAVE:
        return f"{line.case} leaves once a second person has confirmed it. Until then the child is heard."
    return f"The decision on {line.case} is recorded."


def _read() -> tuple[Decided, dict[str, str], dict[str, str]]:
    """What was typed: as a decision, as it stands in the page, and what is wrong with it."""
    form = request.form
    typed = {name: plain(form.get(name, "")).strip() for name in _TYPED}
    decision = form.get("decision", "")
    day, problems = review_day(typed["review_on"]) if decision == Decision.STAY else (None, {})
    leaves = decision == Decision.LEAVE
    ground, level = form.get("ground", ""), form.get("level", "")
    told = Decided(
        Decision(decision) if decision in set(Decision) else None,
        Risk(level) if level in set(Risk) else None,
        typed["reason"],
        Ground(ground) if leaves and ground in set(Ground) else None,
        typed["goes_on"] if leaves else "",
        day,
    )
    return told, typed, problems


@bp.post("/confirm")
@needs(Permission.EXPLOITATION_DECIDE)
def confirm(item_id: UUID) -> Any:
    """A second person confirms that the child leaves."""
    who, there = _second(item_id)
    if not there[2].is_child:
        return under_review.confirm(who, there)
    try:
        usecase.confirm(who, item_id, request.form.get("mark", ""), clock.now())
    except RuleBroken as refusal:
        return _page(who, there, Decided(None, None), refused=str(refusal)), 409
    flash(f"Confirmed: {there[2].case} leaves these meetings.", "success")
    return redirect(url_for("outcomes.show", item_id=item_id), 303)


@bp.post("/refuse")
@needs(Permission.EXPLOITATION_DECIDE)
def refuse(item_id: UUID) -> Any:
    """The child stays."""
    who, there = _second(item_id)
    if not there[2].is_child:
        return under_review.refuse(who, there)
    try:
        usecase.refuse(who, item_id, request.form.get("mark", ""), clock.now())
    except RuleBroken as refusal:
        return _page(who, there, Decided(None, None), refused=str(refusal)), 409
    flash(f"{there[2].case} stays, and is heard at the next meeting.", "success")
    return redirect(url_for("outcomes.show", item_id=item_id), 303)


@bp.post("/transition")
@needs(Permission.EXPLOITATION_DECIDE)
def plan(item_id: UUID) -> Any:
    """Records to whom somebody who grows out of the panels goes on, and from when (Rulebook E1)."""
    who, there = _second(item_id)
    if not there[2].is_child:
        or_404(None)
    typed = {name: plain(request.form.get(name, "")).strip() for name in _PLANNED}
    day, problems = review_day(typed["on"])
    wrong = {"on": NO_DAY} if problems or day is None else {}
    told = Transition(typed["to"], day or clock.today())
    wrong = transition.problems(told, clock.today()) | wrong
    if not wrong:
        try:
            transitions.plan(who, item_id, told, clock.now())
        except RuleBroken as refusal:
            return _page(who, there, Decided(None, None), refused=str(refusal)), 409
        flash("The transition is planned.", "success")
        return redirect(url_for("outcomes.show", item_id=item_id), 303)
    return _page(who, there, Decided(None, None), wrong, typed), 422


def _second(item_id: UUID) -> tuple[Principal, tuple[Meeting, Panel, Line]]:
    who = guard.principal()
    if not who.runs_exploitation:
        or_404(None)
    return who, found(who, item_id)
