"""What an agency is asked about records: what it holds itself, and what may go here (Rulebook L3, R2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page
from meetingsvc.store import retention as store
from meetingsvc.usecases import reading
from meetingsvc.usecases import retention as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.retention_forms import AnswerForm
from minutes.retention_asks import Holds

bp = Blueprint("retention_asked", __name__, url_prefix="/retention/asked")


@bp.get("")
@needs(Permission.RETENTION_ANSWER)
def index() -> str:
    """What is not answered comes first."""
    who = guard.principal()
    found = store.asked_of(who)
    reading.opened(who, "retention.asks_read", f"area/{who.area_id}", clock.now(), asked=len(found))
    return render_template("retention/asked.html", asked=found)


@bp.route("/<uuid:asked_id>", methods=["GET", "POST"])
@needs(Permission.RETENTION_ANSWER)
def answer(asked_id: UUID) -> Any:
    """Both questions on one page; an answer may be changed until the case is gone."""
    who, form = guard.principal(), AnswerForm()
    asked = or_404(store.ask(who, asked_id))
    reading.opened(who, "retention.asks_read", f"retention_ask/{asked_id}", clock.now(), case=asked.case_id)
    if not form.validate_on_submit():
        opens = case_page.case(who, asked.case_id) is not None
        before = [] if opens else store.heard_before(who, asked)
        page = render_template("retention/answer.html", asked=asked, form=form, opens=opens, before=before)
        return (page, 422) if form.is_submitted() else page
    usecase.answer(who, asked_id, Holds(form.holds.data), form.may_go.data == "yes", clock.now())
    flash("Recorded. You may change it while the case is kept.", "success")
    return redirect(url_for("retention_asked.index"), 303)
