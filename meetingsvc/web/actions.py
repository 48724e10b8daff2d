"""Actions: what is open, what became of each, one by one or several at once."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from agenda.agencies import Agency
from agenda.exports import neutralise
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import accounts, areas, consents, consents_elsewhere, referrals
from meetingsvc.store import actions as store
from meetingsvc.store.actions import Action, Which
from meetingsvc.usecases import actions as usecase
from meetingsvc.usecases import lists_taken, reading
from meetingsvc.usecases.actions import Told, Unfit
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.paging import Pages, page_asked
from meetingsvc.web.typed import plain
from minutes.action_progress import settle_problems
from minutes.actions import Status, settle_problem

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
        "What shows it, or why not?",
        widget=GovTextArea(),
        filters=[plain],
        description="Done: what shows it, in a sentence. Not possible: how circumstances changed. "
        "Not done: why.",
    )

    def validate_reason(self, field: TextAreaField) -> None:
        """Each is explained."""
        told = {choice.value for choice in _SETTLED} & {self.status.data}
        if told:
            for problem in settle_problems(Status.OPEN, Status(told.pop()), field.data or "").values():
                raise ValidationError(problem)


class SayForm(FlaskForm):  # type: ignore[misc]
    """A sentence that is kept."""

    said = TextAreaField("Why?", widget=GovTextArea(), filters=[plain],
                         validators=[InputRequired("Say why")])  # fmt: skip


@bp.get("")
@needs(Permission.CASE_READ)
def show() -> str:
    """The open ones, overdue first; of one agency where who runs meetings asks for that."""
    return _list_page({}, {})


@bp.post("")
@needs(Permission.ACTION_UPDATE)
def progress() -> Any:
    """What became of several, and who does them: all of it, or nothing with what was typed."""
    told = _told()
    try:
        changed = usecase.progress(guard.principal(), told, clock.now()) if told else 0
    except Unfit as refusal:
        return _list_page(told, dict(refusal.problems)), 422
    said = f"Recorded of {changed} action{'s' if changed != 1 else ''}." if changed else "Nothing was chosen."
    flash(said, "success" if changed else "notice")
    return redirect(url_for("actions.show", **_asked()), 303)


def _told() -> dict[UUID, Told]:
    """What was chosen in each row; a sentence for all is that of every row without its own."""
    form, found = request.form, {}
    for key in filter(None, map(_key, form.getlist("action"))):
        status, owner = form.get(f"status-{key}", ""), _key(form.get(f"owner-{key}", ""))
        said = plain(form.get(f"said-{key}", "")) or plain(form.get("said-all", ""))
        chosen = Status(status) if status in {choice.value for choice in _SETTLED} else None
        if chosen or owner:
            found[key] = Told(chosen, said, owner)
    return found


def _key(told: str) -> UUID | None:
    try:
        return UUID(told)
    except ValueError:
        return None


def _which() -> Which:
    told = request.values.get("show", "")
    return Which(told) if told in set(Which) else Which.OPEN


def _agency() -> tuple[list[Agency], Agency | None]:
    who = guard.principal()
    agencies = list(areas.agencies(who.area_id)) if who.may(Permission.AGENDA_EDIT) else []
    told = request.values.get("agency", "")
    return agencies, next((agency for agency in agencies if str(agency.id) == told), None)


def _asked() -> dict[str, Any]:
    """What the page is narrowed to, for its own addresses."""
    agency = request.values.get("agency", "")
    which = _which()
    return ({"show": which.value} if which is not Which.OPEN else {}) | ({"agency": agency} if agency else {})


def _list_page(told: dict[UUID, Told], problems: dict[UUID, Any]) -> str:
    who, today, asked = guard.principal(), clock.today(), page_asked()
    agencies, agency = _agency()
    found, count = store.listed(who, _which(), agency.id if agency else None, today, asked)
    reading.listed(who, "action.list_read", (one.case_id for one in found), clock.now())
    lines = [
        (f"#status-{key}", f"{action.case}: {text}")
        for action in found
        for key in [action.id]
        for text in problems.get(key, {}).values()
    ]
    return render_template(
        "actions/actions.html", actions=found, agencies=agencies, agency=agency, today=today,
        pages=Pages(asked, count, store.PAGE, _asked()), which=_which(), kinds=list(Which),
        colleagues=accounts.attending(who.agency_id), told=told, problems=problems, errors_here=lines,
        settled=_SETTLED, keep=_asked(),
        twice=len(store.twice_not_done(who)) if who.may(Permission.ACTION_ESCALATED) else 0,
    )  # fmt: skip


@bp.get("/list.csv")
@needs(Permission.ACTION_UPDATE, step_up=True)
def export() -> Response:
    """The same as a file, with the case's number and no name of anybody on it."""
    who, (_, agency) = guard.principal(), _agency()
    out = StringIO()
    lines = csv.writer(out)
    lines.writerow(["Case", "Agency", "Who", "What", "Category", "Set", "Due", "Status", "What was said"])
    for one in lists_taken.of_actions(who, _which(), agency.id if agency else None, clock.now()):
        lines.writerow(map(neutralise, [
            one.case, one.agency, one.owner, one.what, one.category.short, one.set_on.isoformat(),
            one.due.isoformat(), one.status.label, one.reason,
        ]))  # fmt: skip
    answer = Response(out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = "attachment; filename=actions.csv"
    return answer


@bp.get("/twice")
@needs(Permission.ACTION_ESCALATED)
def twice() -> str:
    """Those not done twice, by agency, for the chair."""
    who = guard.principal()
    found = store.twice_not_done(who)
    reading.listed(who, "action.list_read", (one.case_id for one in found), clock.now())
    steps = store.steps(who, [one.id for one in found])
    return render_template("actions/twice.html", actions=found, steps=steps)


@bp.get("/<uuid:action_id>")
@needs(Permission.ACTION_UPDATE)
def one(action_id: UUID) -> str:
    """Asks what became of it."""
    return _one_page(_found(action_id), StatusForm())


@bp.post("/<uuid:action_id>")
@needs(Permission.ACTION_UPDATE)
def settle(action_id: UUID) -> Any:
    """Records what became of it."""
    found, form = _found(action_id), StatusForm()
    if not form.validate():
        return _one_page(found, form), 422
    status = Status(form.status.data)
    usecase.set_status(guard.principal(), action_id, status, form.reason.data or "", clock.now())
    flash(f"Recorded: {status.label.lower()}.", "success")
    return redirect(url_for("actions.show"), 303)


@bp.get("/<uuid:action_id>/reopen")
@needs(Permission.ACTION_REOPEN)
def ask_reopen(action_id: UUID) -> str:
    """Asks why it is set again."""
    return _say_page("reopen", _found(action_id), SayForm())


@bp.post("/<uuid:action_id>/reopen")
@needs(Permission.ACTION_REOPEN)
def reopen(action_id: UUID) -> Any:
    """Sets it again."""
    return _say("reopen", action_id, usecase.reopen, "The action is open again.", "actions.one")


@bp.get("/<uuid:action_id>/looked")
@needs(Permission.ACTION_ESCALATED)
def ask_looked(action_id: UUID) -> str:
    """Asks what was done about it."""
    return _say_page("looked", _found(action_id), SayForm())


@bp.post("/<uuid:action_id>/looked")
@needs(Permission.ACTION_ESCALATED)
def looked(action_id: UUID) -> Any:
    """Keeps what was done about it."""
    return _say("looked", action_id, usecase.look_at, "Recorded.", "actions.one")


def _say(what: str, action_id: UUID, carry_out: Any, words: str, to: str) -> Any:
    found, form = _found(action_id), SayForm()
    if not form.validate():
        return _say_page(what, found, form), 422
    try:
        carry_out(guard.principal(), action_id, form.said.data, clock.now())
    except RuleBroken as refusal:
        form.said.errors = [str(refusal)]
        return _say_page(what, found, form), 422
    flash(words, "success")
    return redirect(url_for(to, action_id=action_id), 303)


def _say_page(what: str, found: Action, form: SayForm) -> str:
    steps = store.steps(guard.principal(), [found.id])[found.id]
    return render_template("actions/say.html", what=what, action=found, form=form, steps=steps)


def _found(action_id: UUID) -> Action:
    found = or_404(store.one(guard.principal(), action_id))
    reading.opened(guard.principal(), "action.read", f"action/{found.id}", clock.now())
    return found


def _one_page(found: Action, form: StatusForm) -> str:
    who = guard.principal()
    return render_template(
        "actions/action.html", action=found, form=form, today=clock.today(),
        problem=settle_problem(found.status, Status.DONE),
        steps=store.steps(who, [found.id])[found.id],
        said=referrals.said_of(who, found.case_id),
        consent=consents.standing(who, found.case_id),
        elsewhere=consents_elsewhere.on(who, found.case_id),
    )  # fmt: skip
