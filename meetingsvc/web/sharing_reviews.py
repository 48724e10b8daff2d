"""Reviewing decisions to share that stand on no case: by their makers, else content-less (K4, L1, L2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import sharing
from meetingsvc.store import sharing_reviews as store
from meetingsvc.store.sharing_reviews import Line
from meetingsvc.usecases import reading
from meetingsvc.usecases import sharing_reviews as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.sharing_reviews_forms import OverseeForm, ReviewForm
from minutes.sharing_review import Step

bp = Blueprint("sharing_reviews", __name__, url_prefix="/sharing")
_SAID = {
    Step.KEEP: "It is kept, and reviewed again in a year.",
    Step.PROPOSE: "A second person has to say the same before it is destroyed.",
    Step.AGREE: "It is destroyed in the coming night.",
    Step.STOP: "It is kept.",
    Step.PUT: "It is on the case now.",
}


@bp.route("/<uuid:sharing_id>/review", methods=["GET", "POST"])
@needs(Permission.SHARING_DECIDE)
def review(sharing_id: UUID) -> Any:
    """Its maker says what becomes of it; one on a case is reviewed with that."""
    who, now = guard.principal(), clock.now()
    kept = or_404(sharing.one(who, sharing_id))
    line = next((one for one in store.mine(who, now) if one.id == sharing_id), None)
    case = {"case": kept.case_id} if kept.case_id else {}
    reading.opened(who, "sharing.read", f"sharing_decision/{kept.id}", now, **case)
    if kept.case_id or kept.made_by != who.account_id:
        return redirect(url_for("sharing.show", sharing_id=sharing_id), 303)
    form = ReviewForm().offer(line)
    if not form.validate_on_submit():
        page = render_template("sharing/review.html", kept=kept, line=line, form=form)
        return (page, 422) if form.is_submitted() else page
    step = Step(form.what.data)
    if step is Step.PUT:
        usecase.put_on_case(who, sharing_id, form.number or 0, now)
    else:
        usecase.review(who, sharing_id, step, form.reason.data or "", now)
    flash(_SAID[step], "success")
    return redirect(url_for("sharing.index"), 303)


@bp.route("/reviews", methods=["GET", "POST"])
@needs(Permission.SHARING_REVIEW)
def oversee() -> Any:
    """Those that wait for a second person, and those that nobody reviews: none says what it is about."""
    who, now = guard.principal(), clock.now()
    lines = store.overseen(who, now)
    reading.opened(who, "sharing.reviews_read", f"area/{who.area_id}", now, decisions=len(lines))
    chosen = _chosen(lines)
    form = OverseeForm().offer(chosen, who) if chosen else None
    if form is None or chosen is None or not form.validate_on_submit():
        given = {"form": form} if form else {}
        page = render_template("sharing/reviews.html", lines=lines, chosen=chosen, who=who, **given)
        return (page, 422) if request.method == "POST" else page
    step = Step(form.what.data)
    usecase.oversee(who, chosen.id, step, form.reason.data or "", now)
    flash(_SAID[step], "success")
    return redirect(url_for("sharing_reviews.oversee"), 303)


def _chosen(lines: list[Line]) -> Line | None:
    """The one that is meant; hidden and missing are one answer."""
    named = request.values.get("decision", "")
    if not named:
        return None
    found = next((one for one in lines if str(one.id) == named), None)
    return found or abort(404)
