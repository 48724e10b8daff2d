"""What agencies answer to a third party's request, and what the chair and a court decide (X2 to X4)."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store.disclosures import Kept
from meetingsvc.usecases import disclosure_answers, disclosure_checking, disclosure_deciding
from meetingsvc.usecases import disclosures as usecase
from meetingsvc.usecases.disclosure_deciding import Chosen
from meetingsvc.web import disclosure_parts, guard
from meetingsvc.web.disclosures import opened
from meetingsvc.web.disclosures_forms import AgreedForm, AnswerForm, DecisionForm, OrderForm
from meetingsvc.web.guard import needs
from minutes.disclosure import DECISIONS, Step
from minutes.disclosure_decision import Outcome
from minutes.disclosure_items import Document, Says

bp = Blueprint("disclosure_deciding", __name__, url_prefix="/requests/<uuid:disclosure_id>")
NOT_ORDERED = "Only of a court’s request, and once it was checked who asks, an order is recorded."


@bp.route("/answers", methods=["GET", "POST"])
@needs(Permission.DISCLOSURE_ANSWER)
def answer(disclosure_id: UUID) -> Any:
    """One's own agency's items; the one that is chosen with its form."""
    who, kept, form = guard.principal(), opened(disclosure_id), AnswerForm()
    items = disclosure_parts.shown(who, kept)
    told = form.item.data if form.is_submitted() else request.args.get("item")
    one = next((one for one in items if str(one.item.id) == told), None)
    own = next((one for one in kept.asked if one.agency_id == who.agency_id), None)
    if one is None:
        page = render_template("disclosures/answers.html", kept=kept, items=items, own=own)
        return (page, 422) if form.is_submitted() else page
    if not form.is_submitted():
        form.item.data, form.version.data = str(one.item.id), one.item.version
    if not form.validate_on_submit():
        page = render_template("disclosures/answer.html", kept=kept, one=one, form=form, own=own)
        return (page, 422) if form.is_submitted() else page
    try:
        disclosure_answers.answer(who, disclosure_id, one.item.id, form.version.data or "",
                                  Says(form.says.data), form.words.data or "", form.left_out,
                                  clock.now())  # fmt: skip
    except RuleBroken as why:  # what was typed stands beside what the item says now
        form.version.data = one.item.version
        form.form_errors.append(str(why))
        return render_template("disclosures/answer.html", kept=kept, one=one, form=form, own=own), 409
    flash("Your agency’s answer is recorded.", "success")
    return redirect(url_for("disclosure_deciding.answer", disclosure_id=disclosure_id), 303)


def _decision_page(kept: Kept, form: DecisionForm) -> Callable[[str], str]:
    """The page, for whatever stands in the way: read before anything is tried. It says of what is signed who
    asks, about whom, by when, and when the court sits (Rulebook X1, X3)."""
    who = guard.principal()
    there = disclosure_checking.against(who, kept)
    return partial(
        _drawn, kept=kept, form=form, items=disclosure_parts.shown(who, kept),
        kept_from=disclosure_checking.kept_from(kept, there), match=disclosure_checking.match_of(kept, there),
        watched=disclosure_checking.watched_in(kept), seen=disclosure_deciding.seen_of(kept),
        people=disclosure_parts.about(who, kept), now=clock.now(),
    )  # fmt: skip


def _drawn(problem: str, **told: Any) -> str:
    return render_template("disclosures/decision.html", problem=problem, **told)


def _decision_form(kept: Kept) -> DecisionForm:
    who = guard.principal()
    steps = [one for one in usecase.open_steps(who, kept) if one in DECISIONS | {Step.ANSWER}]
    consented = [(one.item, one.label) for one in disclosure_parts.shown(who, kept) if one.stands.consented]
    return DecisionForm().offer(steps, consented)


@bp.get("/decision")
@needs(Permission.DISCLOSURE_DECIDE)
def ask_decision(disclosure_id: UUID) -> str:
    """Each answer beside each item, and what may be decided."""
    kept = opened(disclosure_id)
    return _decision_page(kept, _decision_form(kept))("")


@bp.post("/decision")
@needs(Permission.DISCLOSURE_DECIDE, step_up=True)
def decide(disclosure_id: UUID) -> Any:
    """Signed with a second factor that was just proven."""
    kept = opened(disclosure_id)
    form = _decision_form(kept)
    page = _decision_page(kept, form)
    seen = request.form.get("seen", "")
    if form.step.data in DECISIONS and seen != disclosure_deciding.seen_of(kept):
        return page(disclosure_deciding.NOT_AS_SHOWN), 409
    if not form.validate():
        return page(""), 422
    items = frozenset(map(UUID, form.items.data or ()))
    documents = frozenset(map(Document, form.documents.data or ()))
    chosen = Chosen(Step(form.step.data), form.reason.data or "", items, documents, seen)
    try:
        disclosure_deciding.decide(guard.principal(), disclosure_id, chosen, clock.now())
    except RuleBroken as why:
        return page(str(why)), 409
    flash("Your decision is recorded and signed.", "success")
    return redirect(url_for("disclosures.show", disclosure_id=disclosure_id), 303)


@bp.route("/order", methods=["GET", "POST"])
@needs(Permission.DISCLOSURE_RELEASE)
def order(disclosure_id: UUID) -> Any:
    """What a court ordered."""
    who, kept = guard.principal(), opened(disclosure_id)
    if Step.ORDER not in usecase.open_steps(who, kept):
        raise RuleBroken(NOT_ORDERED)
    form = OrderForm().offer([(one.item, one.label) for one in disclosure_parts.shown(who, kept)])
    if not form.validate_on_submit():
        page = render_template("disclosures/order.html", kept=kept, form=form)
        return (page, 422) if form.is_submitted() else page
    try:
        disclosure_deciding.order(
            who, disclosure_id, form.court.data or "", form.reference.data or "", form.made_at,
            set(map(UUID, form.items.data or ())), bool(form.whole.data), form.reason.data or "", clock.now(),
        )  # fmt: skip
    except RuleBroken as why:
        form.form_errors.append(str(why))
        return render_template("disclosures/order.html", kept=kept, form=form), 409
    flash("The court’s order is recorded. The chair decides that it is followed.", "success")
    return redirect(url_for("disclosures.show", disclosure_id=disclosure_id), 303)


@bp.route("/agreed", methods=["GET", "POST"])
@needs(Permission.DISCLOSURE_DECIDE)
def agree(disclosure_id: UUID) -> Any:
    """What the chair negotiated with an agency in a review."""
    kept = opened(disclosure_id)
    form = AgreedForm().offer([(one.agency_id, one.agency) for one in kept.asked])
    if not form.validate_on_submit():
        page = render_template("disclosures/agreed.html", kept=kept, form=form)
        return (page, 422) if form.is_submitted() else page
    try:
        disclosure_answers.agree(guard.principal(), disclosure_id, UUID(form.agency.data),
                                 Outcome(form.outcome.data), form.words.data or "", clock.now())  # fmt: skip
    except RuleBroken as why:
        form.form_errors.append(str(why))
        return render_template("disclosures/agreed.html", kept=kept, form=form), 409
    flash("Recorded. The agency answers for its items itself.", "success")
    return redirect(url_for("disclosures.show", disclosure_id=disclosure_id), 303)
