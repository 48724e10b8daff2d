"""Correcting and recalling a pack, and saying that one's own recalled copy is destroyed."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from agenda.calendar import local_day
from agenda.meetings import MeetingState
from agenda.moves import REASON_LENGTH
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import marac, pack_editions
from meetingsvc.usecases import pack_corrections, pack_recalls
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.marac_forms import reason_field

bp = Blueprint("pack_editions", __name__, url_prefix="/packs")
DESTROYED, NOT_ABLE = "destroyed", "not_able"
_HINT = "Who runs the meetings reads this; name nobody and no case."


class CorrectForm(FlaskForm):  # type: ignore[misc]
    """Why a pack is corrected."""

    reason = reason_field("Why is it corrected?", _HINT)


class RecallForm(FlaskForm):  # type: ignore[misc]
    """Why a pack is recalled."""

    reason = reason_field("Why is it called back?", _HINT)


class DestroyedForm(FlaskForm):  # type: ignore[misc]
    """What a holder says of their own copy."""

    said = RadioField(
        "Have you destroyed it?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(DESTROYED, "I have destroyed it, and everything printed or saved from it"),
            SelectChoice(NOT_ABLE, "I am not able to"),
        ],
        validators=[InputRequired("Say whether you have destroyed it")],
    )
    because = TextAreaField(
        "If you are not able to, why not?",
        description="For example, the file was passed on, or a print is lost. Name nobody.",
        widget=GovTextArea(),
        validators=[Length(max=REASON_LENGTH, message=f"Use {REASON_LENGTH:,} characters or fewer")],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Who is not able to says why."""
        if not super().validate(extra_validators):
            return False
        if self.said.data == NOT_ABLE and not (self.because.data or "").strip():
            self.because.errors = ["Say why you are not able to destroy it"]
            return False
        return True


_THANKS = {
    True: ("Thank you. It is kept that your copy is destroyed.", "success"),
    False: ("It is kept that you are not able to. You are asked again until you are.", "notice"),
}


@bp.get("/<uuid:pack_id>/correct")
@needs(Permission.AGENDA_PUBLISH)
def correcting(pack_id: UUID) -> str:
    """What a correction does, before it is done."""
    return _page(pack_id, CorrectForm(), "correct")


@bp.post("/<uuid:pack_id>/correct")
@needs(Permission.AGENDA_PUBLISH, step_up=True)
def correct(pack_id: UUID) -> Any:
    """Issues the corrected pack."""
    form, pack = CorrectForm(), or_404(pack_editions.one(guard.principal(), pack_id))
    if not form.validate():
        return _page(pack_id, form, "correct"), 422
    pack_corrections.correct(guard.principal(), pack_id, form.reason.data, clock.now())
    flash("The corrected pack is issued. Those for whom it changes something are told.", "success")
    return redirect(url_for("marac_publishing.copies", meeting_id=pack.meeting_id), 303)


@bp.get("/<uuid:pack_id>/recall")
@needs(Permission.AGENDA_PUBLISH)
def recalling(pack_id: UUID) -> str:
    """What a recall does, before it is done."""
    return _page(pack_id, RecallForm(), "recall")


@bp.post("/<uuid:pack_id>/recall")
@needs(Permission.AGENDA_PUBLISH, step_up=True)
def recall(pack_id: UUID) -> Any:
    """Recalls the pack."""
    form, pack = RecallForm(), or_404(pack_editions.one(guard.principal(), pack_id))
    if not form.validate():
        return _page(pack_id, form, "recall"), 422
    asked = pack_recalls.recall(guard.principal(), pack_id, form.reason.data, clock.now())
    flash(f"The pack is called back. {_people(asked)} asked to destroy a copy.", "success")
    return redirect(url_for("marac_publishing.copies", meeting_id=pack.meeting_id), 303)


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count} people are"


def _page(pack_id: UUID, form: FlaskForm, what: str) -> str:
    pack = or_404(pack_editions.one(guard.principal(), pack_id))
    sitting = or_404(marac.sitting(guard.principal(), pack.meeting_id))
    now = clock.now()
    final = pack_corrections.problem(pack, MeetingState(sitting.state), now)
    problem = pack_recalls.problem(pack) if what == "recall" else final
    corrects = what == "correct" and not problem
    changes = pack_corrections.changes(guard.principal(), pack_id, now) if corrects else None
    if changes and not changes.any:
        problem = pack_corrections.NOTHING_CHANGED
    sat = sitting.stands(local_day(now)) is not MeetingState.PUBLISHED
    return render_template(
        f"packs/{what}.html", pack=pack, form=form, problem=problem, changes=changes, sat=sat
    )


@bp.get("/recalled")
@needs(Permission.PACK_FETCH)
def recalled() -> str:
    """What one is asked to destroy oneself."""
    return render_template("packs/recalled.html", asked=pack_editions.asked_of(guard.principal()))


@bp.get("/recalled/<uuid:recalled_id>")
@needs(Permission.PACK_FETCH)
def destroying(recalled_id: UUID) -> str:
    """Asks whether one's own recalled copy is destroyed."""
    return _destroyed_page(recalled_id, DestroyedForm())


@bp.post("/recalled/<uuid:recalled_id>")
@needs(Permission.PACK_FETCH)
def destroyed(recalled_id: UUID) -> Any:
    """Keeps the answer."""
    form = DestroyedForm()
    if not form.validate():
        return _destroyed_page(recalled_id, form), 422
    gone = form.said.data == DESTROYED
    pack_recalls.answer(guard.principal(), recalled_id, gone, form.because.data or "", clock.now())
    flash(*_THANKS[gone])
    return redirect(url_for("pack_editions.recalled"), 303)


def _destroyed_page(recalled_id: UUID, form: FlaskForm) -> str:
    copy = or_404(next(iter(pack_editions.asked_of(guard.principal(), recalled_id)), None))
    return render_template("packs/destroyed.html", copy=copy, form=form)
