"""Alarms about how people use the service: read and dealt with by others than whom they are about."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import alarms as store
from meetingsvc.store.alarms import Alarm
from meetingsvc.usecases import alarms as usecase
from meetingsvc.usecases import breach_notices, breaches, reading
from meetingsvc.web import guard
from meetingsvc.web.corrections_forms import ReasonForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked

bp = Blueprint("alarms", __name__, url_prefix="/alarms")
SIZE = 50


@bp.get("")
@needs(Permission.ALARM_READ)
def show() -> str:
    """Those to deal with first."""
    who, page = guard.principal(), page_asked()
    reading.opened(who, "alarm.read", f"area/{who.area_id}", clock.now())
    found, pages = store.page(who, page, SIZE), Pages(page, store.count(who), SIZE)
    now = clock.now()
    return render_template(
        "alarms/alarms.html", alarms=found, pages=pages, breaches=breach_notices.nobodys(who, now),
        seconds=breach_notices.seconds(who, now), named=breach_notices.named(who, now),
        sent_again=usecase.sent_again(who, now),
    )  # fmt: skip


@bp.route("/breaches/<uuid:second_id>", methods=["GET", "POST"])
@needs(Permission.BREACH_SECOND)
def breach(second_id: UUID) -> Any:
    """A chair says the same as information governance of one that is none; hidden and missing are alike."""
    who, now = guard.principal(), clock.now()
    kept = or_404(next((one for one in breach_notices.seconds(who, now) if one.id == second_id), None))
    reading.opened(who, "breach.read", f"breach/{kept.id}", now)
    form = ReasonForm()
    form.reason.label.text = "Why is it no breach?"
    if not form.validate_on_submit():
        page = render_template("alarms/breach.html", kept=kept, form=form)
        return (page, 422) if form.is_submitted() else page
    breaches.agree(who, kept.id, form.reason.data, now)
    flash("Recorded: it is no breach.", "success")
    return redirect(url_for("alarms.show"), 303)


@bp.get("/<uuid:alarm_id>")
@needs(Permission.ALARM_READ)
def one(alarm_id: UUID) -> str:
    """What happened, and what was found."""
    return _one_page(or_404(store.one(guard.principal(), alarm_id)), ReasonForm())


@bp.post("/<uuid:alarm_id>")
@needs(Permission.ALARM_READ)
def deal_with(alarm_id: UUID) -> Any:
    """Records what was found."""
    found, form = or_404(store.one(guard.principal(), alarm_id)), ReasonForm()
    if not form.validate():
        return _one_page(found, form), 422
    usecase.deal_with(guard.principal(), alarm_id, form.reason.data, clock.now())
    flash("Recorded. The alarm is dealt with.", "success")
    return redirect(url_for("alarms.show"), 303)


def _one_page(found: Alarm, form: ReasonForm) -> str:
    who = guard.principal()
    reading.opened(who, "alarm.read", f"area/{who.area_id}", clock.now())
    form.reason.label.text = "What did you find?"
    return render_template("alarms/alarm.html", alarm=found, form=form)
