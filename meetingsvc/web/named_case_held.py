"""What became of what an agency was told in a named case: its own answer, and the panel's record (V1)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template

from agenda.named_case_held import How
from agenda.rules import RuleBroken
from agenda.withdrawals import STILL_BOUND
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import named_case_held as store
from meetingsvc.store import named_cases
from meetingsvc.store.named_case_held import Held
from meetingsvc.usecases import named_case_held as usecase
from meetingsvc.usecases.named_case_held import Answer
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.named_cases_forms import HeldForm

bp = Blueprint("named_case_held", __name__)


@bp.get("/parts/<uuid:part_id>/held")
@needs(Permission.PART_ANSWER)
def ask(part_id: UUID) -> str:
    """The question alone: not a word of the case, nor anybody's name."""
    held = or_404(usecase.opened(guard.principal(), part_id, clock.now()))
    return _asked(held, HeldForm(formdata=None).about(held.since))


@bp.post("/parts/<uuid:part_id>/held")
@needs(Permission.PART_ANSWER)
def answer(part_id: UUID) -> Any:
    """Answers it for one's agency."""
    who = guard.principal()
    held = or_404(usecase.opened(who, part_id, clock.now()))
    form = HeldForm().about(held.since)
    return _done(form, lambda told: usecase.answer(who, part_id, told, clock.now()),
                 lambda: _asked(held, form), "/parts")  # fmt: skip


@bp.get("/parts/<uuid:part_id>/cleared")
@needs(Permission.PART_RUN)
def ask_cleared(part_id: UUID) -> str:
    """What the agency said by telephone or letter."""
    return _recording(part_id, HeldForm(formdata=None).about(clock.today()))


@bp.post("/parts/<uuid:part_id>/cleared")
@needs(Permission.PART_RUN)
def cleared(part_id: UUID) -> Any:
    """It is asked no more, or for what it keeps again."""
    who = guard.principal()
    kept = or_404(named_cases.one(who, part_id))
    held = store.of_part(who, part_id)
    form = HeldForm().about(held.since if held else clock.today())
    return _done(form, lambda told: usecase.record(who, part_id, told, clock.now()),
                 lambda: _record_page(kept, form), f"/parts/{part_id}")  # fmt: skip


def _recording(part_id: UUID, form: HeldForm) -> str:
    return _record_page(or_404(named_cases.one(guard.principal(), part_id)), form)


def _asked(held: Held, form: HeldForm) -> str:
    return render_template("named_cases/held.html", held=held, form=form, still_bound=STILL_BOUND)


def _record_page(kept: named_cases.Kept, form: HeldForm) -> str:
    return render_template("named_cases/cleared.html", kept=kept, form=form)


def _done(form: HeldForm, step: Callable[[Answer], None], again: Callable[[], str], to: str) -> Any:
    """Records it, or shows the page again with what was typed."""
    if not form.validate():
        return again(), 422
    try:
        step(Answer(How(form.how.data), form.by.data or "", form.on.data, form.why.data or ""))
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return again(), 422
    flash("The answer is recorded.", "success")
    return redirect(to, 303)
