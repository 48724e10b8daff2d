"""What information governance records about a breach, one page for each (Rulebook V3)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.breach_duties import Duty
from agenda.breaches import Step
from agenda.meetings import case_number
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas
from meetingsvc.store import breaches as store
from meetingsvc.store.breaches import Kept
from meetingsvc.usecases import breaches as usecase
from meetingsvc.web import guard
from meetingsvc.web.breaches import opened
from meetingsvc.web.breaches_doing_forms import (
    ConcernForm,
    DecideForm,
    OpinionForm,
    StepForm,
    TellForm,
)
from meetingsvc.web.breaches_forms import answer
from meetingsvc.web.guard import needs
from meetingsvc.web.two_people import recorded

bp = Blueprint("breaches_doing", __name__, url_prefix="/breaches/<uuid:breach_id>")


@bp.route("/step", methods=["GET", "POST"])
@needs(Permission.BREACH_RUN)
def step(breach_id: UUID) -> Any:
    """Takes it on, finds that it is none, closes it, or opens it again."""
    kept = opened(breach_id)
    form = StepForm().offer(kept)
    if not form.validate_on_submit():
        return _form("Take a step", kept, form)
    try:
        others = usecase.take_step(
            guard.principal(), breach_id, Step(form.step.data), form.reason.data or "", clock.now()
        )
    except RuleBroken as why:
        return _refused("Take a step", kept, form, why)
    return _recorded(breach_id, recorded(others))


@bp.route("/told", methods=["GET", "POST"])
@needs(Permission.BREACH_RUN)
def tell(breach_id: UUID) -> Any:
    """Somebody was told, or that is needless."""
    kept = opened(breach_id)
    form = TellForm().offer(kept)
    if not form.validate_on_submit() or form.moment is None:
        return _form("Record who was told", kept, form)
    try:
        usecase.tell(guard.principal(), breach_id, Duty(form.duty.data), form.moment,
                     form.needless.data or "", form.late.data or "", clock.now())  # fmt: skip
    except RuleBroken as why:
        return _refused("Record who was told", kept, form, why)
    return _recorded(breach_id)


@bp.route("/concerned", methods=["GET", "POST"])
@needs(Permission.BREACH_RUN)
def concern(breach_id: UUID) -> Any:
    """One more agency, person or case that it concerns."""
    kept = opened(breach_id)
    form = ConcernForm().offer(_agencies(), store.people(guard.principal().area_id))
    if not form.validate_on_submit():
        return _form("Add whom or what it concerns", kept, form)
    try:
        _add(breach_id, form)
    except RuleBroken as why:
        return _refused("Add whom or what it concerns", kept, form, why)
    me = str(guard.principal().account_id)
    if form.sort.data == "involved" and form.account.data == me:  # closed to them from here on
        flash("Recorded. You are named in it: somebody else deals with it.", "success")
        return redirect(url_for("breaches.index"), 303)
    return _recorded(breach_id)


def _add(breach_id: UUID, form: ConcernForm) -> None:
    who, now = guard.principal(), clock.now()
    match form.sort.data:
        case "partner":
            usecase.add_partner(who, breach_id, UUID(form.agency.data), now)
        case "involved":
            usecase.add_involved(who, breach_id, UUID(form.account.data), now)
        case "affected":
            usecase.add_affected(who, breach_id, form.called.data, bool(answer(form.perpetrator.data)), now)
        case "nobody":
            usecase.affects_nobody(who, breach_id, form.why.data, now)
        case _:
            usecase.add_case(who, breach_id, case_number(form.reference.data) or 0, now)


@bp.route("/opinion", methods=["GET", "POST"])
@needs(Permission.BREACH_RUN)
def hear(breach_id: UUID) -> Any:
    """What an affected partner says, asked before anybody outside is told."""
    kept = opened(breach_id)
    form = OpinionForm().offer(kept, _agencies())
    if not form.validate_on_submit():
        return _form("Record what an agency says", kept, form)
    try:
        usecase.hear(guard.principal(), breach_id, UUID(form.agency.data), form.whom.data,
                     bool(answer(form.tell.data)), clock.now())  # fmt: skip
    except RuleBroken as why:
        return _refused("Record what an agency says", kept, form, why)
    return _recorded(breach_id)


@bp.route("/decide", methods=["GET", "POST"])
@needs(Permission.BREACH_RUN)
def decide(breach_id: UUID) -> Any:
    """Whether the regulator or a person is told, why, and how safely."""
    kept = opened(breach_id)
    form = DecideForm().offer(kept)
    if not form.validate_on_submit():
        return _form("Decide whether somebody is told", kept, form)
    who, now = guard.principal(), clock.now()
    try:
        usecase.decide(who, breach_id, form.decision(now, str(who.account_id)), now)
    except RuleBroken as why:
        return _refused("Decide whether somebody is told", kept, form, why)
    return _recorded(breach_id)


def _agencies() -> list[tuple[UUID, str]]:
    return [(agency.id, agency.name) for agency in areas.agencies(guard.principal().area_id)]


def _form(title: str, kept: Kept, form: Any) -> Any:
    page = render_template("breaches/form.html", kept=kept, form=form, title=title)
    return (page, 422) if form.is_submitted() else page


def _refused(title: str, kept: Kept, form: Any, why: RuleBroken) -> Any:
    """Why not above, and everything typed still in it."""
    form.form_errors.append(str(why))
    return render_template("breaches/form.html", kept=kept, form=form, title=title), 409


def _recorded(breach_id: UUID, said: str = "Recorded.") -> Any:
    flash(said, "success")
    return redirect(url_for("breaches.show", breach_id=breach_id), 303)
