"""The working page of what is no child on an agenda: under review until a day, or closed (Rulebook E1, E2).

Its addresses are those of a child's (`web/ladder.py`), which hand over here.
"""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from agenda.panels import Panel
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, agenda_puts, ladder
from meetingsvc.store import exploitation_page as store
from meetingsvc.store.exploitation_page import Line, Meeting
from meetingsvc.usecases import reading
from meetingsvc.usecases import under_review as usecase
from meetingsvc.usecases.ladder import Unfit
from meetingsvc.web import item_actions, item_notes
from meetingsvc.web.subjects import address
from meetingsvc.web.typed import plain, review_day
from minutes.under_review import Review, Verdict

Found = tuple[Meeting, Panel, Line]
_TYPED = ("reason", "review_on")


def page(
    who: Principal, found: Found, told: Review | None = None, problems: dict[str, str] | None = None,
    typed: dict[str, str] | None = None, refused: str = "",
) -> str:  # fmt: skip
    """As its reader may see it; it leaves its trace (Rulebook V5)."""
    meeting, panel, line = found
    place = store.places(who, [line.case_id]).get(line.case_id)
    runs, wrong = who.runs_exploitation, problems or {}
    here = bool(runs and place and place.panel == panel.code and meeting.is_open)
    shown = {
        "meeting": meeting, "panel": panel, "line": line, "place": place, "runs": runs, "wrong": wrong,
        "told": told or Review(None), "typed": typed or dict.fromkeys(_TYPED, ""),
        "verdicts": list(Verdict), "decides": here and not meeting.waits_to_be_shared,
        "mark": _mark(who, line.case_id) if runs else "", "steps": store.steps(who, line.case_id),
        "puts": agenda_puts.of(who, line.case_id),
        "home": address(line.kind, line.case_id) or f"/cases/{line.case_id}",
        "asked": bool(runs and place and place.leaving_item == line.item_id),
        "asked_by_me": bool(place and place.leaving_by == who.account_id),
        "errors_here": ([("#main-content", refused)] if refused else [])
        + [(f"#{name}", why) for name, why in wrong.items()],
    }  # fmt: skip
    shown["acts"] = item_actions.shown(who, line.item_id, meeting)
    shown["shared"] = item_notes.shown(who, line.item_id, meeting)
    reading.opened(who, "case.read", f"case/{line.case_id}", clock.now())
    return render_template("exploitation/other.html", **shown)


def _mark(who: Principal, case_id: UUID) -> str:
    with acting.whole_area(who.area_id):
        return ladder.mark(case_id)


def decide(who: Principal, found: Found) -> Any:
    """Records what the meeting decided; until it can be, everything typed stands in the page."""
    line = found[2]
    told, typed, problems = _read()
    counts = True
    if not problems:
        try:
            counts = usecase.decide(who, line.item_id, told, request.form.get("mark", ""), clock.now())
        except Unfit as unfit:
            problems = unfit.problems
        except RuleBroken as refusal:
            return page(who, found, told, None, typed, str(refusal)), 409
    if problems:
        return page(who, found, told, problems, typed), 422
    waits = f"{line.case} is closed once a second person has confirmed it. Until then it is heard."
    return _done(line, f"The decision on {line.case} is recorded." if counts else waits)


def _read() -> tuple[Review, dict[str, str], dict[str, str]]:
    """What was typed: as a decision, as it stands in the page, and what is wrong with it."""
    form = request.form
    typed = {name: plain(form.get(name, "")).strip() for name in _TYPED}
    said = form.get("verdict", "")
    verdict = Verdict(said) if said in set(Verdict) else None
    day, problems = review_day(typed["review_on"]) if verdict is Verdict.KEEP else (None, {})
    return Review(verdict, typed["reason"], day), typed, problems


def confirm(who: Principal, found: Found) -> Any:
    """A second person confirms that it is closed."""
    line = found[2]
    try:
        usecase.confirm(who, line.item_id, request.form.get("mark", ""), clock.now())
    except RuleBroken as refusal:
        return page(who, found, refused=str(refusal)), 409
    return _done(line, f"Confirmed: {line.case} is closed.")


def refuse(who: Principal, found: Found) -> Any:
    """It stays."""
    line = found[2]
    try:
        usecase.refuse(who, line.item_id, request.form.get("mark", ""), clock.now())
    except RuleBroken as refusal:
        return page(who, found, refused=str(refusal)), 409
    return _done(line, f"{line.case} stays, and is heard at the next meeting.")


def _done(line: Line, words: str) -> Any:
    flash(words, "success")
    return redirect(url_for("outcomes.show", item_id=line.item_id), 303)
