"""Complaints: anybody signed in records one, chair and information governance deal with it (Rulebook V2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.complaints import RIGHTS, Complainant, Step, Subject
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import breaches
from meetingsvc.store import complaints as store
from meetingsvc.store.complaints import Entry, Kept
from meetingsvc.usecases import complaint_notices, reading
from meetingsvc.usecases import complaints as usecase
from meetingsvc.web import guard
from meetingsvc.web.clock_lines import lines
from meetingsvc.web.complaints_forms import NameForm, RecordForm, StepForm, TellForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.two_people import recorded

bp = Blueprint("complaints", __name__, url_prefix="/complaints")
SHOWN = 50


@bp.get("")
@needs(Permission.COMPLAINT_HANDLE)
def index() -> str:
    """The register: those to deal with by what is due first, then the newest that are over."""
    who = guard.principal()
    reading.opened(who, "complaint.list_read", f"area/{who.area_id}", clock.now())
    waiting = [(one, lines(who, one.clocks)) for one in store.waiting(who)]
    return render_template("complaints/index.html", waiting=waiting, over=store.over(who, SHOWN))


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.COMPLAINT_RAISE)
def new() -> Any:
    """Records one."""
    who = guard.principal()
    form = RecordForm().offer(complaint_notices.who_deal(who, clock.now()))
    if not form.validate_on_submit() or form.received is None:
        return _new(form)
    try:
        reference, able = usecase.record(
            who, form.what.data, form.received, Complainant(form.complainant.data), Subject(form.about.data),
            form.number, clock.now(), UUID(form.of.data) if form.of.data else None,
        )  # fmt: skip
    except RuleBroken as refusal:  # what was typed stays
        form.form_errors.append(str(refusal))
        return _new(form)
    if able:
        flash(f"{reference} is recorded. Who deals with it is told.", "success")
    else:
        flash(f"{reference} is recorded. The service can tell nobody: speak to the strategic partnership "
              "now, and to nobody else.")  # fmt: skip
    return redirect(url_for("complaints.mine"), 303)


def _new(form: RecordForm) -> Any:
    page = render_template("complaints/new.html", form=form)
    return (page, 422) if form.is_submitted() else page


@bp.get("/mine")
@needs(Permission.COMPLAINT_RAISE)
def mine() -> str:
    """What one has recorded oneself: its reference, and how far it is."""
    who = guard.principal()
    reading.opened(who, "complaint.own_read", f"account/{who.account_id}", clock.now())
    return render_template("complaints/mine.html", recorded=store.raised_by(who, SHOWN))


@bp.get("/<uuid:complaint_id>")
@needs(Permission.COMPLAINT_HANDLE)
def show(complaint_id: UUID) -> str:
    """What is complained of, what is due by when, and what was done."""
    who, kept = guard.principal(), _opened(complaint_id)
    return render_template(
        "complaints/complaint.html", kept=kept, due=lines(who, kept.clocks), rights=RIGHTS,
        steps=StepForm().offer(kept).step.choices, Complainant=Complainant,
    )  # fmt: skip


@bp.route("/<uuid:complaint_id>/step", methods=["GET", "POST"])
@needs(Permission.COMPLAINT_HANDLE)
def step(complaint_id: UUID) -> Any:
    """Takes it on, answers, passes it up, closes it, or records that it is withdrawn."""
    kept = _opened(complaint_id)
    form = StepForm().offer(kept)
    if not form.validate_on_submit():
        return _form("Take a step", kept, form)
    others = usecase.take_step(guard.principal(), complaint_id, Step(form.step.data), form.reason.data or "",
                               form.rights.data, form.reveals_nothing.data, clock.now())  # fmt: skip
    return _recorded(complaint_id, recorded(others))


@bp.route("/<uuid:complaint_id>/told", methods=["GET", "POST"])
@needs(Permission.COMPLAINT_HANDLE)
def tell(complaint_id: UUID) -> Any:
    """Heads of service were notified, or the complainant was told that it has come."""
    kept = _opened(complaint_id)
    form = TellForm().offer(kept)
    if not form.validate_on_submit() or form.moment is None:
        return _form("Record who was told", kept, form)
    usecase.tell(guard.principal(), complaint_id, Entry(form.what.data), form.moment, clock.now())
    return _recorded(complaint_id)


@bp.route("/<uuid:complaint_id>/named", methods=["GET", "POST"])
@needs(Permission.COMPLAINT_HANDLE)
def name(complaint_id: UUID) -> Any:
    """Somebody is complained of: it is closed to them."""
    kept = _opened(complaint_id)
    form = NameForm().offer(breaches.people(guard.principal().area_id))
    if not form.validate_on_submit():
        return _form("Name who is complained of", kept, form)
    usecase.name(guard.principal(), complaint_id, UUID(form.account.data), clock.now())
    flash("Recorded.", "success")
    return redirect(url_for("complaints.index"), 303)


def _opened(complaint_id: UUID) -> Kept:
    """The complaint, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    kept = or_404(store.one(who, complaint_id))
    reading.opened(who, "complaint.read", f"complaints/{kept.id}", clock.now())
    return kept


def _form(title: str, kept: Kept, form: Any) -> Any:
    page = render_template("complaints/form.html", kept=kept, form=form, title=title)
    return (page, 422) if form.is_submitted() else page


def _recorded(complaint_id: UUID, said: str = "Recorded.") -> Any:
    flash(said, "success")
    return redirect(url_for("complaints.show", complaint_id=complaint_id), 303)
