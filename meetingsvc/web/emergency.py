"""Asking for an emergency MARAC about a case, and the chair's answer (Rulebook M4)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from agenda import emergency as rules
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import emergency as store
from meetingsvc.store import packs, restrictions
from meetingsvc.store.emergency import Ask
from meetingsvc.usecases import emergency as usecase
from meetingsvc.usecases import reading
from meetingsvc.web.emergency_forms import AskForm, DecideForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal

bp = Blueprint("emergency", __name__)
KEPT = timedelta(days=28)  # what was decided stays on the page
NO_CHAIR = (
    "It is asked for, but no chair can decide it in the service. Do not wait for an answer: telephone the"
    " chair’s deputy now. Information governance is told."
)
LATELY = timedelta(days=2)  # and on the first page of who asked


@bp.get("/emergencies")
@needs(Permission.EMERGENCY_ASK)
def index() -> str:
    """What was asked for, and what became of it."""
    who, now = principal(), clock.now()
    found = store.asks(who, now - KEPT)
    if found:
        reading.opened(who, "emergency.read", f"area/{who.area_id}", now, asks=len(found))
    return render_template("emergency/index.html", asks=found, today=clock.today())


@bp.get("/cases/<uuid:case_id>/emergency")
@needs(Permission.EMERGENCY_ASK)
def asking(case_id: UUID) -> str:
    """How soon, and why."""
    return _ask_page(case_id, AskForm())


@bp.post("/cases/<uuid:case_id>/emergency")
@needs(Permission.EMERGENCY_ASK)
def ask(case_id: UUID) -> Any:
    """Puts it before the chair."""
    form = AskForm()
    if not form.validate():
        return _ask_page(case_id, form), 422
    try:
        made = usecase.ask(principal(), case_id, form.reason.data, rules.Soon(form.soon.data), clock.now())
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _ask_page(case_id, form), 409
    _said(made)
    return redirect(url_for("emergency.index"), 303)


def _said(ask_id: UUID) -> None:
    if usecase.nobody_decides(principal(), ask_id, clock.now()):
        flash(NO_CHAIR, "important")
    else:
        flash("The chair is asked for an emergency MARAC. If it cannot wait, telephone them too.", "success")


def _ask_page(case_id: UUID, form: AskForm) -> str:
    who = principal()
    if not restrictions.may_open(who, case_id):
        raise NotFound
    reading.opened(who, "emergency.read", f"case/{case_id}", clock.now())
    case = restrictions.reference(who, case_id)
    return render_template("emergency/ask.html", form=form, case_id=case_id, case=case)


@bp.get("/emergencies/<uuid:ask_id>")
@needs(Permission.EMERGENCY_DECIDE)
def deciding(ask_id: UUID) -> str:
    """What is asked, and what accepting does."""
    found = _found(ask_id)
    return _page(found, DecideForm(day=found.soon.value), "emergency/decide.html")


@bp.post("/emergencies/<uuid:ask_id>")
@needs(Permission.EMERGENCY_DECIDE, step_up=True)
def decide(ask_id: UUID) -> Any:
    """Refuses; or first shows who is told, then, once that is confirmed, accepts."""
    found, form = _found(ask_id), DecideForm()
    if not form.fits(clock.now()):
        return _page(found, form, "emergency/decide.html"), 422
    step = request.form.get("do", "check")
    try:
        if form.refuses:
            usecase.refuse(principal(), ask_id, form.why.data, clock.now())
            flash("Refused. Who asked reads why.", "success")
            return redirect(url_for("emergency.index"), 303)
        if step != "send":
            again = step == "change"
            return _page(found, form, "emergency/decide.html" if again else "emergency/check.html")
        made = usecase.accept(principal(), ask_id, form.start, clock.now())
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _page(found, form, "emergency/decide.html"), 409
    flash(
        "The emergency MARAC is called. Its pack is ready, and the agencies that attend are told.", "success"
    )
    return redirect(url_for("marac.agenda", meeting_id=made), 303)


def _found(ask_id: UUID) -> Ask:
    return or_404(store.one(principal(), ask_id))


def _page(found: Ask, form: DecideForm, template: str) -> str:
    who, now = principal(), clock.now()
    reading.opened(who, "emergency.read", f"case/{found.case_id}", now)
    people = packs.receiving(who.area_id, MeetingKind.MARAC, now)
    problem = rules.decide_problem(found.asked_by, not found.waits, who.account_id)
    return render_template(
        template, ask=found, form=form, problem=problem, people=len(people), today=clock.today(),
        agencies=sorted({agency for agency, _ in people}),
        unreached=packs.agencies_without_anyone(who.area_id, now),
    )  # fmt: skip


@bp.app_template_global("emergencies_on_home")
def on_home() -> list[Ask]:
    """For the chair, what waits for them; for who asked, how their agency's stand."""
    who = principal()
    if not who.may(Permission.EMERGENCY_ASK):
        return []
    found = store.asks(who, clock.now() - LATELY)
    return [one for one in found if one.waits] if who.runs_meetings else found
