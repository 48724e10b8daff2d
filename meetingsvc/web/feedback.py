"""Telling victims what was decided: who is still to be told, and what became of it (Rulebook F1 to F5)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import (
    consents,
    consents_elsewhere,
    feedback_lists,
    feedback_page,
    feedback_undecided,
    referrals,
)
from meetingsvc.store.feedback_page import Page
from meetingsvc.usecases import feedback as usecase
from meetingsvc.usecases import feedback_tries, reading
from meetingsvc.web import feedback_telling, guard
from meetingsvc.web.feedback_forms import ChangeForm, TakeBackForm, TellingForm, TryForm, refuse
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.outcome_days import signatories
from meetingsvc.web.paging import Pages, page_asked
from minutes.feedback import Standing

bp = Blueprint("feedback", __name__)
NOT_CHOSEN = {"choice": usecase.NOT_CHOSEN}


@bp.get("/feedback")
@needs(Permission.FEEDBACK_READ)
def index() -> str:
    """Those still to be told, the one that is due first at the top; the area's for who runs its meetings."""
    who, today, asked = guard.principal(), clock.today(), page_asked()
    counts = or_404(feedback_lists.counts(who, today))
    found = feedback_lists.to_tell(who, today, asked)
    left = feedback_undecided.undecided(who) if asked == 1 else []
    cases = [*(one.case_id for one in found), *(one.case_id for one in left)]
    reading.listed(who, "feedback.list_read", cases, clock.now())
    pages = Pages(asked, counts.open, feedback_lists.PAGE, {})
    return render_template(
        "feedback/index.html", found=found, left=left, counts=counts, pages=pages, today=today
    )


@bp.get("/items/<uuid:item_id>/feedback")
@needs(Permission.FEEDBACK_READ)
def show(item_id: UUID) -> str:
    """How the victim may safely be reached stands above everything (Rulebook F4)."""
    return _page(_opened(item_id), None, None)


@bp.post("/items/<uuid:item_id>/feedback")
@needs(Permission.FEEDBACK_RECORD)
def record(item_id: UUID) -> Any:
    """What became of an attempt."""
    page, form = _opened(item_id), TryForm()
    unreadable = {field.name: str(field.process_errors[0]) for field in form if field.process_errors}
    if unreadable:
        refuse(form, unreadable)
        return _page(page, form, None), 422
    version = int(form.version.data or 0) if str(form.version.data).isdecimal() else 0
    try:
        feedback_tries.record(guard.principal(), item_id, version, form.told(), clock.now())
    except usecase.Unfit as refusal:
        refuse(form, refusal.problems)
        return _page(page, form, None), 422
    flash("Recorded.", "success")
    return redirect(url_for("feedback.show", item_id=item_id), 303)


@bp.post("/items/<uuid:item_id>/feedback/who")
@needs(Permission.FEEDBACK_DECIDE)
def change(item_id: UUID) -> Any:
    """Names another professional, or says why telling is unsafe; or that she was not told after all."""
    if "why" in request.form:
        return _take_back(item_id)
    who, page, form = guard.principal(), _opened(item_id), ChangeForm()
    telling = feedback_telling.after(who, item_id, page.case.id, signatories(who), request.form)
    told, unreadable = telling.value(), telling.due.process_errors
    version = int(form.version.data) if str(form.version.data).isdecimal() else 0
    try:
        if told is None or unreadable:
            raise usecase.Unfit(NOT_CHOSEN if told is None else {"due": str(unreadable[0])})
        usecase.change(who, item_id, version, told, clock.now())
    except usecase.Unfit as refusal:
        refuse(telling, refusal.problems)
        return _page(page, None, telling), 422
    flash("Saved: who tells the victim.", "success")
    return redirect(url_for("feedback.show", item_id=item_id), 303)


def _take_back(item_id: UUID) -> Any:
    who, page, form = guard.principal(), _opened(item_id), TakeBackForm()
    version = int(form.version.data) if str(form.version.data).isdecimal() else 0
    unreadable, said = form.again_on.process_errors, form.why.data or ""
    try:
        if unreadable:
            raise usecase.Unfit({"again_on": str(unreadable[0])})
        feedback_tries.take_back(who, item_id, version, said, form.again_on.data, clock.now())
    except usecase.Unfit as refusal:
        refuse(form, refusal.problems)
        return _page(page, None, None, form), 422
    flash("Saved: the victim is still to be told.", "success")
    return redirect(url_for("feedback.show", item_id=item_id), 303)


def _opened(item_id: UUID) -> Page:
    who = guard.principal()
    page = or_404(feedback_page.page(who, item_id, clock.today()))
    reading.opened(who, "feedback.read", f"item/{item_id}", clock.now())
    return page


def _page(
    page: Page, form: TryForm | None, telling: TellingForm | None, back: TakeBackForm | None = None
) -> str:
    who, kept = guard.principal(), page.current
    open_ = kept is not None and kept.standing is Standing.TO_TELL
    if form is None and open_ and page.over and who.may(Permission.FEEDBACK_RECORD):
        form = TryForm(None, data={"on": clock.today(), "by": who.name})
    told = kept is not None and kept.standing is Standing.TOLD
    if telling is None and who.may(Permission.FEEDBACK_DECIDE) and not told:
        telling = feedback_telling.after(who, page.item_id, page.case.id, signatories(who), None)
    if back is None and told and who.may(Permission.FEEDBACK_DECIDE):
        back = TakeBackForm(None)
    wrong = next((one for one in (form, telling, back) if one is not None and one.errors), None)
    errors = {} if wrong is None else {"form": wrong}
    return render_template(
        "feedback/feedback.html", page=page, trying=form, telling=telling, back=back, today=clock.today(),
        standings=Standing, version=kept.version if kept else 0,
        said=referrals.said_of(who, page.case.id), consent=consents.standing(who, page.case.id),
        elsewhere=consents_elsewhere.on(who, page.case.id), **errors,
    )  # fmt: skip
