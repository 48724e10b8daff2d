"""Disagreements between agencies, from raising one to the debrief and the record of it (Rulebook V4, W2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from agenda.disagreement import Step
from agenda.disagreement_days import Kind
from agenda.disagreement_form import Line
from agenda.moves import Who
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas
from meetingsvc.store import disagreements as store
from meetingsvc.store.disagreements import Kept
from meetingsvc.usecases import disagreement_files, reading
from meetingsvc.usecases import disagreements as usecase
from meetingsvc.web import guard
from meetingsvc.web.breaches_forms import answer
from meetingsvc.web.clock_lines import lines
from meetingsvc.web.disagreements_forms import ANSWER, ActForm, RaiseForm, RecordForm, offered
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("disagreements", __name__, url_prefix="/disagreements")
SHOWN = 50


@bp.get("")
@needs(Permission.DISAGREEMENT_READ)
def index() -> str:
    """Those that are not over by what is due first, then the newest that are."""
    who = guard.principal()
    reading.opened(who, "disagreement.list_read", f"area/{who.area_id}", clock.now())
    waiting = [(one, lines(who, one.clocks)) for one in store.waiting(who)]
    return render_template("disagreements/index.html", waiting=waiting, over=store.over(who, SHOWN),
                           may_raise=who.may(Permission.DISAGREEMENT_RAISE))  # fmt: skip


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.DISAGREEMENT_RAISE)
def new() -> Any:
    """Raises one."""
    who = guard.principal()
    others = [(one.id, one.name) for one in areas.agencies(who.area_id) if one.id != who.agency_id]
    form = RaiseForm().offer(usecase.kinds(who), others)
    if not form.validate_on_submit():
        page = render_template("disagreements/new.html", form=form)
        return (page, 422) if form.is_submitted() else page
    key, untold = usecase.raise_one(
        who, Kind(form.kind.data), form.about.data, [UUID(one) for one in form.against.data],
        bool(answer(form.unsafe_now.data)), form.done.data or "", form.number, clock.now(),
    )  # fmt: skip
    return _recorded(key, untold)


@bp.get("/<uuid:disagreement_id>")
@needs(Permission.DISAGREEMENT_READ)
def show(disagreement_id: UUID) -> str:
    """What is challenged, which step it is at and until when, and everything that was said."""
    who, kept = guard.principal(), _opened(disagreement_id)
    return render_template(
        "disagreements/disagreement.html", kept=kept, due=lines(who, kept.clocks), does=offered(kept),
        form_from=_has_form(kept), for_manager=_for_manager(kept),
    )  # fmt: skip


@bp.route("/<uuid:disagreement_id>/act", methods=["GET", "POST"])
@needs(Permission.DISAGREEMENT_READ)
def act(disagreement_id: UUID) -> Any:
    """A step up, settled, determined, closed; or the other agency's answer."""
    who, kept = guard.principal(), _opened(disagreement_id)
    form = ActForm().offer(kept)
    if not form.validate_on_submit():
        page = render_template("disagreements/act.html", kept=kept, form=form, does=form.what.choices)
        return (page, 422) if form.is_submitted() else page
    if form.what.data == ANSWER:
        untold = usecase.answer(who, disagreement_id, form.said.data, clock.now())
    else:
        step = Step(form.what.data)
        untold = usecase.take_step(who, disagreement_id, step, form.said.data, clock.now())
    return _recorded(disagreement_id, untold)


@bp.route("/<uuid:disagreement_id>/form", methods=["GET", "POST"])
@needs(Permission.DISAGREEMENT_READ)
def fill(disagreement_id: UUID) -> Any:
    """The record of appendix 5: filled in by who escalates, read by who may read the disagreement."""
    who, kept = guard.principal(), _opened(disagreement_id)
    form = RecordForm.of(kept)
    if not form.validate_on_submit():
        page = render_template("disagreements/form.html", kept=kept, form=form, lines=_form_lines(kept),
                               may_fill=usecase.may_fill(who, kept), ready=_has_form(kept))  # fmt: skip
        return (page, 422) if form.is_submitted() else page
    usecase.fill(who, disagreement_id, form.record(), clock.now())
    flash("Recorded.", "success")
    return redirect(url_for("disagreements.fill", disagreement_id=disagreement_id), 303)


@bp.post("/<uuid:disagreement_id>/file")
@needs(Permission.DISAGREEMENT_READ, step_up=True)
def make_file(disagreement_id: UUID) -> str:
    """The password is on this one answer and nowhere else, so there is no page to go on to."""
    kept = _opened(disagreement_id)
    phrase = or_404(disagreement_files.make(guard.principal(), disagreement_id, clock.now()))
    return render_template("disagreements/made.html", kept=kept, phrase=phrase)


@bp.get("/<uuid:disagreement_id>/record.pdf")
@needs(Permission.DISAGREEMENT_READ, step_up=True)
def fetch(disagreement_id: UUID) -> Response:
    """The encrypted file, whose name says nothing."""
    content = or_404(disagreement_files.fetch(guard.principal(), disagreement_id, clock.now()))
    given = Response(content, mimetype="application/pdf")
    given.headers["Content-Disposition"] = 'attachment; filename="record.pdf"'
    return given


def _has_form(kept: Kept) -> bool:
    """Whether it is a professional one that has come to step 5."""
    return kept.kind is Kind.PROFESSIONAL and any(stage.startswith("5") for stage in kept.told.reached)


def _for_manager(kept: Kept) -> bool:
    """Whether the next step up is for the manager of who raised it, who reads the page."""
    who, rung = guard.principal(), kept.told.ladder.rung(kept.told.stage)
    return rung is not None and Who.MANAGER in rung.up and Who.MANAGER not in store.acts_as(who, kept)


def _form_lines(kept: Kept) -> tuple[Line, ...]:
    if kept.record is None:
        return ()
    try:
        return usecase.lines(kept, kept.record)
    except RuleBroken:
        return ()


def _opened(disagreement_id: UUID) -> Kept:
    """The disagreement, where it is open to who asks; the page that follows leaves its trace (V5)."""
    who = guard.principal()
    kept = or_404(store.one(who, disagreement_id))
    case = {"case": kept.row.case_id} if kept.row.case_id else {}
    reading.opened(who, "disagreement.read", f"disagreement/{kept.id}", clock.now(), **case)
    return kept


def _recorded(disagreement_id: UUID, untold: list[str]) -> Any:
    if untold:
        flash(f"Recorded. The service can tell nobody of {', '.join(untold)}: speak to them yourself.")
    else:
        flash("Recorded.", "success")
    return redirect(url_for("disagreements.show", disagreement_id=disagreement_id), 303)
