"""Agencies that have not signed, in a named case: their own page, and the panel's (Rulebook V1, X5)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.calendar import local_day
from agenda.named_case import TERMS, State
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page
from meetingsvc.store import named_case_held as store_held
from meetingsvc.store import named_cases as store
from meetingsvc.store.named_cases import Kept
from meetingsvc.usecases import named_case_held, reading
from meetingsvc.usecases import named_cases as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.named_cases_forms import (
    DecideForm,
    EndForm,
    ProposeForm,
    SayForm,
    TellForm,
    TermsForm,
)

bp = Blueprint("named_cases", __name__)


@bp.get("/parts")
@needs(Permission.PART_READ)
def index() -> str:
    """A guest agency's own; for who runs the meetings those of the area."""
    who, now = guard.principal(), clock.now()
    found = usecase.own(who, now) if who.is_guest else store.live(who)
    held = named_case_held.own(who, now) if who.is_guest else store_held.waiting(who)
    called = {} if who.is_guest else store_held.references(who, held)
    asked = [(one, store_held.clearing(who.area_id, one, local_day(now))) for one in held]
    reading.opened(who, "named_case.list_read", f"area/{who.area_id}", now, parts=len(found))
    return render_template("named_cases/index.html", found=found, held=asked, called=called, State=State)


@bp.get("/parts/<uuid:part_id>")
@needs(Permission.PART_READ)
def show(part_id: UUID) -> str:
    """The terms; once they are accepted, what was told and said."""
    return _page(_opened(part_id))


@bp.post("/parts/<uuid:part_id>/accept")
@needs(Permission.PART_ANSWER)
def accept(part_id: UUID) -> Any:
    """Accepts the terms for one's agency."""
    who, kept, form = guard.principal(), _opened(part_id), TermsForm()
    return _done(
        part_id, lambda: usecase.accept(who, part_id, form.terms.data or (), clock.now()),
        lambda: _page(kept, terms=form), form, "Your agency takes part in this case from now on.",
    )  # fmt: skip


@bp.post("/parts/<uuid:part_id>/say")
@needs(Permission.PART_ANSWER)
def say(part_id: UUID) -> Any:
    """Answers for one's agency."""
    who, kept, form = guard.principal(), _opened(part_id), SayForm()
    return _done(
        part_id,
        lambda: usecase.say(who, part_id, form.words.data, form.note_kind, form.source.data,
                            form.known_on.data, clock.now()),
        lambda: _page(kept, saying=form), form, "Sent to who runs the meetings.",
    )  # fmt: skip


@bp.get("/cases/<uuid:case_id>/parts")
@needs(Permission.CASE_READ)
def of_case(case_id: UUID) -> str:
    """Which agencies that have not signed take part in one case, and what they were told."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    found = [
        (one, store.entries(who, one.id), store_held.of_part(who, one.id))
        for one in store.on_case(who, case_id)
    ]
    reading.opened(who, "named_case.list_read", f"case/{case_id}", clock.now(), parts=len(found))
    return render_template("named_cases/of_case.html", case=case, found=found)


@bp.route("/cases/<uuid:case_id>/parts/new", methods=["GET", "POST"])
@needs(Permission.PART_RUN)
def propose(case_id: UUID) -> Any:
    """Puts an agency before the chair."""
    who, now = guard.principal(), clock.now()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "named_case.list_read", f"case/{case_id}", now)
    form = ProposeForm().offer(store.unsigned(who.area_id), usecase.rule(who.area_id), now)

    def page() -> str:
        return render_template("named_cases/propose.html", case=case, form=form)

    if not form.is_submitted():
        return page()
    if not form.validate():
        return page(), 422
    try:
        made = usecase.propose(who, case_id, form.agency_id, form.why.data, form.until.data, now)
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return page(), 422
    flash("Proposed. The chairs are told, and one of them decides.", "success")
    return redirect(url_for("named_cases.show", part_id=made), 303)


@bp.get("/parts/<uuid:part_id>/decide")
@needs(Permission.PART_DECIDE)
def deciding(part_id: UUID) -> str:
    """What is proposed, with the terms, before it is decided."""
    return _form("decide", _opened(part_id), DecideForm())


@bp.post("/parts/<uuid:part_id>/decide")
@needs(Permission.PART_DECIDE, step_up=True)
def decide(part_id: UUID) -> Any:
    """A chair allows it or not."""
    who, kept, form = guard.principal(), _opened(part_id), DecideForm()
    return _done(
        part_id,
        lambda: usecase.decide(who, part_id, form.decision.data == "allow", form.reason.data or "",
                               clock.now()),
        lambda: _form("decide", kept, form), form, "Recorded.",
    )  # fmt: skip


@bp.route("/parts/<uuid:part_id>/tell", methods=["GET", "POST"])
@needs(Permission.PART_RUN)
def tell(part_id: UUID) -> Any:
    """Writes for the agency what it needs to know."""
    who, kept, form = guard.principal(), _opened(part_id), TellForm()
    if not form.is_submitted():
        return _form("tell", kept, form)
    return _done(
        part_id, lambda: usecase.tell(who, part_id, form.words.data, clock.now()),
        lambda: _form("tell", kept, form), form, "Told. Who may read it there is told that something waits.",
    )  # fmt: skip


@bp.route("/parts/<uuid:part_id>/end", methods=["GET", "POST"])
@needs(Permission.PART_RUN)
def end(part_id: UUID) -> Any:
    """Ends its part in the case."""
    who, kept, form = guard.principal(), _opened(part_id), EndForm()
    if not form.is_submitted():
        return _form("end", kept, form)
    return _done(
        part_id, lambda: usecase.end(who, part_id, form.reason.data or "", clock.now()),
        lambda: _form("end", kept, form), form,
        "Its part is over: it reads nothing of it any more, and is asked what became of it.",
    )  # fmt: skip


def _opened(part_id: UUID) -> Kept:
    """The part, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who, now = guard.principal(), clock.now()
    kept = or_404(usecase.opened(who, part_id, now))
    reading.opened(who, "named_case.read", f"named_case_part/{part_id}", now, case=kept.case_id)
    return kept


def _page(kept: Kept, terms: TermsForm | None = None, saying: SayForm | None = None) -> str:
    who = guard.principal()
    shown = {
        "kept": kept, "entries": store.entries(who, kept.id), "TERMS": TERMS, "State": State,
        "today": clock.today(),
    }  # fmt: skip
    if who.is_guest:
        form: Any = (saying or SayForm()) if kept.takes_part else (terms or TermsForm())
        return render_template("named_cases/own.html", form=form, **shown)
    shown |= {"held": store_held.of_part(who, kept.id)}
    return render_template("named_cases/part.html", case=case_page.case(who, kept.case_id), **shown)


def _form(name: str, kept: Kept, form: Any) -> str:
    return render_template(f"named_cases/{name}.html", kept=kept, form=form, TERMS=TERMS)


def _done(part_id: UUID, step: Callable[[], None], again: Callable[[], str], form: Any, said: str) -> Any:
    """Does it, or shows the page again with what was typed."""
    if not form.validate():
        return again(), 422
    try:
        step()
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return again(), 422
    flash(said, "success")
    return redirect(url_for("named_cases.show", part_id=part_id), 303)
