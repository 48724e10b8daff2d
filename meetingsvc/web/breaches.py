"""Breaches: anybody signed in raises one, information governance runs it (Rulebook V3; security.md B)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.breach_duties import Duty
from agenda.breach_telling import REGULATOR
from agenda.breaches import MOVES
from agenda.calendar import local_day
from agenda.moves import Who, open_to
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import breach_exposed
from meetingsvc.store import breaches as store
from meetingsvc.store.breaches import Kept
from meetingsvc.usecases import breaches as usecase
from meetingsvc.usecases import complaint_notices, reading
from meetingsvc.web import guard
from meetingsvc.web.breaches_forms import ExposedForm, RaiseForm, answer
from meetingsvc.web.clock_lines import lines
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("breaches", __name__, url_prefix="/breaches")
SHOWN = 50
#: So far back the log is read where nobody says otherwise.
BEFORE = timedelta(days=14)


@bp.get("")
@needs(Permission.BREACH_RUN)
def index() -> str:
    """The register: those to deal with by what is due first, then the newest that are over."""
    who = guard.principal()
    reading.opened(who, "breach.list_read", f"area/{who.area_id}", clock.now())
    return render_template(
        "breaches/index.html", waiting=[(one, lines(who, one.clocks)) for one in store.waiting(who)],
        over=store.over(who, SHOWN),
    )  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.BREACH_RAISE)
def new() -> Any:
    """Raises one."""
    who = guard.principal()
    form = RaiseForm().offer(complaint_notices.who_deal(who, clock.now()))
    if not form.validate_on_submit() or form.detected is None:
        return _new(form)
    try:
        reference, able = usecase.raise_one(
            who, form.what.data, form.detected, bool(answer(form.unsafe_now.data)), form.done.data or "",
            form.numbers, clock.now(), form.named,
        )  # fmt: skip
    except RuleBroken as refusal:  # what was typed stays
        form.form_errors.append(str(refusal))
        return _new(form)
    if able:
        flash(f"{reference} is raised. Information governance is told.", "success")
    else:
        flash(f"{reference} is raised. Nobody of information governance can deal with it: speak to the chair "
              "now, and to nobody else.")  # fmt: skip
    return redirect(url_for("breaches.mine"), 303)


def _new(form: RaiseForm) -> Any:
    page = render_template("breaches/new.html", form=form)
    return (page, 422) if form.is_submitted() else page


@bp.get("/mine")
@needs(Permission.BREACH_RAISE)
def mine() -> str:
    """What one has raised oneself: its reference, and how far it is."""
    who = guard.principal()
    reading.opened(who, "breach.own_read", f"account/{who.account_id}", clock.now())
    return render_template("breaches/mine.html", raised=store.raised_by(who, SHOWN))


@bp.get("/<uuid:breach_id>")
@needs(Permission.BREACH_RUN)
def show(breach_id: UUID) -> str:
    """What happened, what is due by when, who is told, and what is decided."""
    who, kept = guard.principal(), opened(breach_id)
    return render_template(
        "breaches/breach.html", kept=kept, due=lines(who, kept.clocks), left=kept.told.left(), Duty=Duty,
        whom={REGULATOR: "The regulator", **kept.people}, steps=open_to(MOVES, kept.state, Who.GOVERNANCE),
    )  # fmt: skip


@bp.get("/<uuid:breach_id>/exposed")
@needs(Permission.BREACH_RUN)
def exposed(breach_id: UUID) -> str:
    """Who did what with its cases, drawn from the access log."""
    who, kept = guard.principal(), or_404(store.one(guard.principal(), breach_id))
    form = ExposedForm(request.args)
    form.validate()
    first = form.first.data or local_day(kept.told.detected_at - BEFORE)
    last = form.last.data or clock.today()
    form.first.data, form.last.data = first, last
    found, agencies = breach_exposed.drawn(who, kept, first, last)
    reading.opened(who, "breach.exposed_read", f"breach/{kept.id}", clock.now())
    return render_template("breaches/exposed.html", kept=kept, form=form, found=found, agencies=agencies)


def opened(breach_id: UUID) -> Kept:
    """The breach, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    kept = or_404(store.one(who, breach_id))
    reading.opened(who, "breach.read", f"breach/{kept.id}", clock.now())
    return kept
