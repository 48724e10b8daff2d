"""Actions that are still open, and what became of each."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import actions as store
from meetingsvc.store import areas, consents, consents_elsewhere, referrals
from meetingsvc.store.actions import Action
from meetingsvc.usecases import actions as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked
from minutes.actions import Status, settle_problem, status_problems

bp = Blueprint("actions", __name__, url_prefix="/actions")
_SETTLED = [SelectChoice(status.value, status.label) for status in Status if status is not Status.OPEN]


class StatusForm(FlaskForm):  # type: ignore[misc]
    """What became of an action (Rulebook A1)."""

    status = RadioField(
        "What became of it?",
        widget=GovRadioInput(),
        choices=_SETTLED,
        validators=[InputRequired("Choose what became of the action")],
    )
    reason = TextAreaField(
        "Why?",
        widget=GovTextArea(),
        description="Needed where it was not possible, because the circumstances changed, or was not done.",
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """Not possible and not done are each explained."""
        told = {choice.value for choice in _SETTLED} & {self.status.data}
        status = Status(told.pop()) if told else Status.DONE
        for problem in status_problems(status, field.data or "").values():
            raise ValidationError(problem)


@bp.get("")
@needs(Permission.CASE_READ)
def show() -> str:
    """The open ones, overdue first; of one agency where who runs meetings asks for that."""
    who, today, asked = guard.principal(), clock.today(), page_asked()
    agencies = areas.agencies(who.area_id) if who.may(Permission.AGENDA_EDIT) else []
    told = request.args.get("agency", "")
    agency = next((agency for agency in agencies if str(agency.id) == told), None)
    found, count = store.open_actions(who, agency.id if agency else None, today, asked)
    reading.opened(who, "action.list_read", f"area/{who.area_id}", clock.now(), shown=len(found))
    pages = Pages(asked, count, store.PAGE, {"agency": told} if agency else {})
    return render_template(
        "actions/actions.html", actions=found, pages=pages, agencies=agencies, agency=agency, today=today
    )


@bp.get("/<uuid:action_id>")
@needs(Permission.ACTION_UPDATE)
def one(action_id: UUID) -> str:
    """Asks what became of it."""
    return _one_page(or_404(store.one(guard.principal(), action_id)), StatusForm())


@bp.post("/<uuid:action_id>")
@needs(Permission.ACTION_UPDATE)
def settle(action_id: UUID) -> Any:
    """Records what became of it."""
    found, form = or_404(store.one(guard.principal(), action_id)), StatusForm()
    if not form.validate():
        return _one_page(found, form), 422
    status = Status(form.status.data)
    usecase.set_status(guard.principal(), action_id, status, form.reason.data or "", clock.now())
    flash(f"Recorded: {status.label.lower()}.", "success")
    return redirect(url_for("actions.show"), 303)


def _one_page(found: Action, form: StatusForm) -> str:
    reading.opened(guard.principal(), "action.read", f"action/{found.id}", clock.now())
    problem = settle_problem(found.status, Status.DONE)
    return render_template(
        "actions/action.html", action=found, form=form, problem=problem, today=clock.today(),
        said=referrals.said_of(guard.principal(), found.case_id),
        consent=consents.standing(guard.principal(), found.case_id),
        elsewhere=consents_elsewhere.on(guard.principal(), found.case_id),
    )  # fmt: skip
