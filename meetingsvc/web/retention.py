"""Yearly reviews of records: what is due, what is proposed, what is decided (Rulebook L1)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.calendar import days_off
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, retention_choices
from meetingsvc.store import retention as store
from meetingsvc.store.retention import Kept
from meetingsvc.store.retention_case import Choice
from meetingsvc.usecases import reading
from meetingsvc.usecases import retention as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.retention_forms import BackForm, ProposalForm
from minutes import retention_asks
from minutes.destruction import Kind
from minutes.retention import Made, State, stops
from minutes.retention_asks import Ask
from minutes.retention_case import Outcome

bp = Blueprint("retention", __name__, url_prefix="/retention")


@bp.get("")
@needs(Permission.RETENTION_READ)
def index() -> str:
    """Those that are due, the longest waiting first."""
    who, today = guard.principal(), clock.today()
    found = store.to_do(who, today)
    reading.opened(who, "retention.list_read", f"area/{who.area_id}", clock.now(), reviews=len(found))
    return render_template("retention/index.html", reviews=found, today=today, State=State)


@bp.get("/<uuid:review_id>")
@needs(Permission.RETENTION_READ)
def show(review_id: UUID) -> str:
    """The case as it is now, who has answered, and what was done so far."""
    return _page(opened(review_id), "retention/review.html")


def opened(review_id: UUID) -> Kept:
    """The review, where its case is open to who asks; the page that follows leaves its trace (V5)."""
    who = guard.principal()
    kept = or_404(store.one(who, review_id))
    reading.opened(who, "retention.read", f"retention_review/{kept.id}", clock.now(), case=kept.case_id)
    return kept


def _page(kept: Kept, template: str, **told: Any) -> str:
    who, now, today = guard.principal(), clock.now(), clock.today()
    whole = usecase.whole(who, kept, now)
    asked = store.asked_about(who, kept.case_id, kept.review.due_on)
    area = areas.by_id(who.area_id)
    _, rules, _ = store.rules(who.area_id)
    asks = [Ask(one.agency, one.due_on, one.asked_on, one.holds, one.may_go) for one in asked]
    off = days_off(areas.settings_of(area), holidays.known())
    waited = {one.agency: one for one in retention_asks.outstanding(asks, rules, off, today)}
    proposed = kept.review.proposed
    goes = proposed.proposal.destroys if proposed and proposed.proposal else frozenset()
    return render_template(
        template, kept=kept, case=whole.now, asked=asked, waited=waited, State=State, Outcome=Outcome,
        own=_counted(whole.now.own), proposed=proposed, goes=_counted(goes), today=today,
        stops=stops(kept.review, whole.now) if goes else (), named=_named(who, proposed), **told,
    )  # fmt: skip


def _named(who: Principal, proposed: Made | None) -> list[Choice]:
    """What goes alone, in words, where some is kept: nobody decides on a number."""
    proposal = proposed.proposal if proposed else None
    if proposal is None or proposal.outcome is not Outcome.KEEP_SOME:
        return []
    with acting.whole_area(who.area_id):
        return retention_choices.choices(proposal.destroys)


def _counted(ids: Iterable[str]) -> Counter[str]:
    """How many of each kind; who asked for a disclosure is told of on its own pages alone (X6, S2)."""
    kinds = (one.rpartition(":")[0] for one in ids)
    return Counter(kind for kind in kinds if kind != Kind.REQUEST)


@bp.route("/<uuid:review_id>/propose", methods=["GET", "POST"])
@needs(Permission.RETENTION_PROPOSE)
def propose(review_id: UUID) -> Any:
    """Keep all, keep some, or destroy."""
    kept, who = opened(review_id), guard.principal()
    whole = usecase.whole(who, kept, clock.now())
    with acting.whole_area(who.area_id):
        choices = retention_choices.choices(whole.now.own)
    form = ProposalForm().offer(choices)
    if not form.validate_on_submit():
        page = _page(kept, "retention/propose.html", form=form, choices=choices)
        return (page, 422) if form.is_submitted() else page
    usecase.propose(who, review_id, Outcome(form.outcome.data), form.risk.data == "yes",
                    form.chosen.data or (), form.reason.data, clock.now())  # fmt: skip
    return _recorded(review_id, "Proposed. A chair decides.")


@bp.get("/<uuid:review_id>/decide")
@needs(Permission.RETENTION_DECIDE)
def ask_decision(review_id: UUID) -> str:
    """What would be kept and what would go, before it cannot be undone."""
    return _page(opened(review_id), "retention/decide.html")


@bp.post("/<uuid:review_id>/decide")
@needs(Permission.RETENTION_DECIDE, step_up=True)
def decide(review_id: UUID) -> Any:
    """By somebody else than who proposed it."""
    kept = opened(review_id)
    steps = request.form.get("steps", "")
    seen = int(steps) if steps.isascii() and steps.isdigit() else -1
    state = usecase.decide(guard.principal(), kept.id, seen, clock.now())
    kept_all = state is State.KEPT
    return _recorded(review_id, "Decided: all of it is kept." if kept_all else "Decided. It goes tonight.")


@bp.route("/<uuid:review_id>/back", methods=["GET", "POST"])
@needs(Permission.RETENTION_DECIDE)
def back(review_id: UUID) -> Any:
    """A proposal is sent back, or a destruction stopped while there is time."""
    kept, form = opened(review_id), BackForm()
    if not form.validate_on_submit():
        page = render_template("retention/back.html", kept=kept, form=form, State=State)
        return (page, 422) if form.is_submitted() else page
    usecase.send_back(guard.principal(), review_id, form.reason.data, clock.now())
    return _recorded(review_id, "Recorded. The review is due again.")


def _recorded(review_id: UUID, words: str) -> Any:
    flash(words, "success")
    return redirect(url_for("retention.show", review_id=review_id), 303)
