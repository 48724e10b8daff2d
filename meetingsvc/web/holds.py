"""Holds: what information governance keeps from being destroyed (Rulebook L1). It names nobody."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import acting, openings, retention_case, retention_overseen, retention_times
from meetingsvc.store import retention as store
from meetingsvc.usecases import holds as usecase
from meetingsvc.usecases import reading
from meetingsvc.usecases import retention_overseen as overseen
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.retention_forms import AnswerForForm, FindForm, HoldForm, LiftForm, StopForm
from minutes import holds as rules
from minutes.holds import Event, Why
from minutes.retention_asks import Holds, OnBehalf

bp = Blueprint("holds", __name__, url_prefix="/retention/holds")


@bp.route("", methods=["GET", "POST"])
@needs(Permission.HOLD_SET)
def index() -> Any:
    """Cases whose holds somebody set or lifted, and the way to any other."""
    who, form = guard.principal(), FindForm()
    if form.validate_on_submit():
        case_id = openings.openable(who, form.number)
        if case_id is not None:
            return redirect(url_for("holds.show", case_id=case_id), 303)
        form.no_such_case()
        reading.opened(who, "hold.not_found", f"area/{who.area_id}", clock.now(), number=form.number)
    found = store.held_cases(who)
    waited = retention_overseen.waited_for(who, clock.today())
    goes = retention_overseen.to_destroy(who)
    reading.opened(who, "hold.list_read", f"area/{who.area_id}", clock.now(), cases=len(found),
                   waited=len(waited), goes=len(goes))  # fmt: skip
    page = render_template("retention/holds.html", form=form, cases=found, waited=waited, goes=goes)
    return (page, 422) if form.is_submitted() else page


@bp.route("/<uuid:case_id>", methods=["GET", "POST"])
@needs(Permission.HOLD_SET)
def show(case_id: UUID) -> Any:
    """What holds a case now; and a further hold."""
    reference, standing = _opened(case_id)
    who, form = guard.principal(), HoldForm()
    if form.validate_on_submit():
        usecase.set_hold(who, case_id, Why(form.why.data), form.reason.data, clock.now())
        return _recorded(case_id, f"{reference} is held.")
    with acting.whole_area(who.area_id):
        lines = store.hold_lines(case_id)
    goes = case_id in dict(retention_overseen.to_destroy(who))
    page = render_template("retention/hold.html", reference=reference, case_id=case_id, form=form, goes=goes,
                           standing=standing, lines=[(line, Why(line.why)) for line in lines])  # fmt: skip
    return (page, 422) if form.is_submitted() else page


@bp.get("/<uuid:case_id>/lift")
@needs(Permission.HOLD_SET)
def ask_lift(case_id: UUID) -> str:
    """Asks which, and why."""
    reference, standing = _opened(case_id)
    return _lift_page(reference, case_id, LiftForm().offer(standing))


@bp.post("/<uuid:case_id>/lift")
@needs(Permission.HOLD_SET, step_up=True)
def lift(case_id: UUID) -> Any:
    """Whoever lifts one never decides to destroy the case."""
    reference, standing = _opened(case_id)
    form = LiftForm().offer(standing)
    if not form.validate():
        return _lift_page(reference, case_id, form), 422
    usecase.lift(guard.principal(), case_id, form.hold.data, form.reason.data, clock.now())
    return _recorded(case_id, "The hold is lifted.")


@bp.route("/<uuid:case_id>/stop", methods=["GET", "POST"])
@needs(Permission.HOLD_SET)
def stop(case_id: UUID) -> Any:
    """A destruction that two people decided is stopped, while there is time."""
    (reference, _), form = _opened(case_id), StopForm()
    if not form.validate_on_submit():
        page = render_template("retention/stop.html", reference=reference, case_id=case_id, form=form)
        return (page, 422) if form.is_submitted() else page
    overseen.stop(guard.principal(), case_id, form.reason.data, clock.now())
    return _recorded(case_id, f"Nothing of {reference} is destroyed: its review is due again.")


@bp.route("/<uuid:case_id>/answer", methods=["GET", "POST"])
@needs(Permission.HOLD_SET)
def answer(case_id: UUID) -> Any:
    """For an agency that can never say what it still holds, and whether what it supplied may go."""
    reference, _ = _opened(case_id)
    who, form = guard.principal(), AnswerForForm()
    asked = overseen.unable(who, case_id, clock.now())
    if not form.offer(asked).validate_on_submit():
        page = render_template("retention/answer_for.html", reference=reference, case_id=case_id, form=form,
                               asked=asked)  # fmt: skip
        return (page, 422) if form.is_submitted() else page
    overseen.answer_for(who, UUID(form.agency.data), case_id, OnBehalf(form.why.data),
                        Holds(form.holds.data), form.may_go.data == "yes", clock.now())  # fmt: skip
    return _recorded(case_id, "Answered for the agency.")


def _lift_page(reference: str, case_id: UUID, form: LiftForm) -> str:
    return render_template("retention/lift.html", reference=reference, case_id=case_id, form=form)


def _opened(case_id: UUID) -> tuple[str, tuple[Event, ...]]:
    """Its reference and what holds it, where no wall keeps it from who asks; leaves its trace."""
    who = guard.principal()
    reference = or_404(store.held_case(who, case_id))
    reading.opened(who, "hold.read", f"case/{case_id}", clock.now())
    *_, held = store.rules(who.area_id)
    with acting.whole_area(who.area_id):
        events, child = retention_case.events(case_id), retention_times.child_since(case_id)
    return reference, rules.to_lift(events, child, held)


def _recorded(case_id: UUID, words: str) -> Any:
    flash(words, "success")
    return redirect(url_for("holds.show", case_id=case_id), 303)
