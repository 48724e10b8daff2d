"""Putting a person of concern, a place, a group or a theme on an agenda, and taking it off (E1, E2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.calendar import day_words
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import agenda_puts as store
from meetingsvc.store import exploitation_page, subjects
from meetingsvc.usecases import agenda_puts, reading
from meetingsvc.web import guard, ladder
from meetingsvc.web.agenda_puts_forms import PutForm, PutSubjectForm, kinds_of
from meetingsvc.web.exploitation_panels import shown_to
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.subjects import address_of
from meetingsvc.web.typed import plain

bp = Blueprint("agenda_puts", __name__)


@bp.route("/panels/<code>/put", methods=["GET", "POST"])
@needs(Permission.EXPLOITATION_DECIDE)
def on_panel(code: str) -> Any:
    """What the coming meeting of a panel is to hear besides children."""
    who = guard.principal()
    panel = or_404(next((one for one in shown_to(who) if one.code == code and who.runs_exploitation), None))
    kinds = or_404(kinds_of(panel) or None)
    there = subjects.every(who, kinds)
    reading.listed(who, "subject.list_read", [one.id for one in there], clock.now())
    form = PutForm().offer(panel, there)
    if not form.validate_on_submit():
        return _asked("exploitation/put.html", form, panel=panel)
    named = {str(one.id): one.name for one in there}
    name = form.title.data if form.is_theme else named[form.what.data]
    try:
        if form.is_theme:
            day = agenda_puts.put_theme(who, code, form.title.data, form.reason.data, clock.now())
        else:
            day = agenda_puts.put(who, code, UUID(form.what.data), form.reason.data, clock.now())
    except RuleBroken as refusal:
        return _asked("exploitation/put.html", form, 409, panel=panel, refused=str(refusal))
    flash(f"{name} is on the agenda of {day_words(day)}.", "success")
    return redirect(url_for("exploitation_panels.one", code=code, day=day), 303)


@bp.route("/subjects/<uuid:case_id>/agenda", methods=["GET", "POST"])
@needs(Permission.EXPLOITATION_DECIDE)
def of_subject(case_id: UUID) -> Any:
    """On which agenda a subject is to be; where it is, and why it was put there before."""
    who = guard.principal()
    subject = or_404(subjects.of(who, [case_id]).get(case_id))
    panels = or_404(agenda_puts.offered(who, subject.kind) or None)
    reading.opened(who, "subject.read", f"case/{case_id}", clock.now())
    form = PutSubjectForm().offer(panels)
    shown: dict[str, Any] = {
        "subject": subject, "home": address_of(subject) or f"/cases/{case_id}",
        "puts": store.of(who, case_id),
        "place": exploitation_page.places(who, [case_id]).get(case_id),
    }  # fmt: skip
    if not form.validate_on_submit():
        return _asked("exploitation/put_subject.html", form, **shown)
    try:
        day = agenda_puts.put(who, form.panel.data, case_id, form.reason.data, clock.now())
    except RuleBroken as refusal:
        return _asked("exploitation/put_subject.html", form, 409, refused=str(refusal), **shown)
    flash(f"{subject.name} is on the agenda of {day_words(day)}.", "success")
    return redirect(url_for("exploitation_panels.one", code=form.panel.data, day=day), 303)


def _asked(template: str, form: Any, status: int = 0, refused: str = "", **told: Any) -> Any:
    page = render_template(
        template, form=form, errors_here=[("#main-content", refused)] if refused else [], **told
    )
    return (page, status or 422) if request.method == "POST" else page


@bp.post("/items/<uuid:item_id>/ladder/take-off")
@needs(Permission.EXPLOITATION_DECIDE)
def take_off(item_id: UUID) -> Any:
    """Takes it off again, until the agenda is shared."""
    who = guard.principal()
    meeting, _, line = ladder.found(who, item_id)
    try:
        agenda_puts.take_off(who, item_id, plain(request.form.get("off_reason", "")), clock.now())
    except RuleBroken as refusal:
        return ladder.again(who, item_id, str(refusal)), 409
    flash(f"{line.name} is off the agenda. Why is kept.", "success")
    return redirect(url_for("exploitation_panels.one", code=meeting.code, day=meeting.day), 303)
