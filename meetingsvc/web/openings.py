"""Breaking the glass, tickets of information governance, and the review of both (security.md B)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.meetings import case_reference
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import openings as store
from meetingsvc.store.openings import Opening
from meetingsvc.usecases import openings as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.openings_forms import OpeningForm, RefuseForm, ReviewForm

bp = Blueprint("openings", __name__)


@bp.get("/break-glass")
@needs(Permission.GLASS_BREAK)
def asking() -> str:
    """Which case, and why."""
    return render_template("openings/break_glass.html", form=OpeningForm())


@bp.post("/break-glass")
@needs(Permission.GLASS_BREAK)
def confirming() -> Any:
    """What will happen. Whether there is such a case is not looked up before somebody stands by it, but for
    one that is open to them anyway."""
    form = OpeningForm()
    if not form.validate():
        return render_template("openings/break_glass.html", form=form), 422
    if already := store.theirs_already(guard.principal(), form.number):
        return _needless(form, already)
    return render_template("openings/confirm.html", form=form, reference=case_reference(form.number))


@bp.post("/break-glass/open")
@needs(Permission.GLASS_BREAK, step_up=True)
def break_glass() -> Any:
    """Opens the case for an hour."""
    form = OpeningForm()
    if not form.validate():
        return render_template("openings/break_glass.html", form=form), 422
    if already := store.theirs_already(guard.principal(), form.number):
        return _needless(form, already)
    case_id = usecase.break_glass(guard.principal(), form.number, form.reason.data, clock.now())
    if case_id is None:
        return render_template("openings/break_glass.html", form=form.no_such_case()), 422
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _needless(form: OpeningForm, case_id: UUID) -> tuple[str, int]:
    """Nothing is broken, and nobody is told, where the case is open to them without it."""
    return render_template("openings/break_glass.html", form=form, already=case_id), 409


@bp.get("/openings")
@needs(Permission.GLASS_REVIEW)
def show() -> str:
    """What waits for a review or an approval, and what there was before."""
    who, now = guard.principal(), clock.now()
    found = store.all_of(who)
    reading.opened(who, "opening.list_read", f"area/{who.area_id}", now, shown=len(found))
    return render_template("openings/openings.html", waiting=store.waiting(who), openings=found, now=now)


@bp.get("/openings/<uuid:opening_id>")
@needs(Permission.GLASS_REVIEW)
def one(opening_id: UUID) -> str:
    """One of them, and what is to be said of it."""
    return _page(or_404(store.one(guard.principal(), opening_id)), ReviewForm(), RefuseForm())


@bp.post("/openings/<uuid:opening_id>/review")
@needs(Permission.GLASS_REVIEW)
def review(opening_id: UUID) -> Any:
    """Records what the review found."""
    found, form = or_404(store.one(guard.principal(), opening_id)), ReviewForm()
    if not form.validate():
        return _page(found, form, RefuseForm()), 422
    in_order = form.in_order.data == "yes"
    usecase.review(guard.principal(), opening_id, in_order, form.finding.data, clock.now())
    flash("The review is recorded.", "success")
    return redirect(url_for("openings.show"), 303)


@bp.post("/openings/<uuid:opening_id>/approve")
@needs(Permission.TICKET_APPROVE, step_up=True)
def approve(opening_id: UUID) -> Any:
    """Opens the case to who asked, for a day."""
    usecase.approve(guard.principal(), opening_id, clock.now())
    flash("The case is open to who asked, for 24 hours.", "success")
    return redirect(url_for("openings.show"), 303)


@bp.post("/openings/<uuid:opening_id>/refuse")
@needs(Permission.TICKET_APPROVE)
def refuse(opening_id: UUID) -> Any:
    """Refuses the ticket."""
    found, form = or_404(store.one(guard.principal(), opening_id)), RefuseForm()
    if not form.validate():
        return _page(found, ReviewForm(), form), 422
    usecase.refuse(guard.principal(), opening_id, form.reason.data, clock.now())
    flash("The ticket is refused.", "success")
    return redirect(url_for("openings.show"), 303)


def _page(found: Opening, review_form: ReviewForm, refuse_form: RefuseForm) -> str:
    who, now = guard.principal(), clock.now()
    reading.opened(who, "opening.read", f"opening/{found.id}", now)
    form = refuse_form if refuse_form.errors else review_form
    return render_template(
        "openings/opening.html", opening=found, form=form, review_form=review_form, refuse_form=refuse_form,
        now=now, mine=found.account_id == who.account_id,
    )  # fmt: skip
