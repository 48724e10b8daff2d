"""Waiting for a second person: what one proposed, and what one is asked to decide (security.md B)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import proposals as store
from meetingsvc.store.proposals import State, Told
from meetingsvc.usecases import halves, reading
from meetingsvc.usecases import proposals as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("proposals", __name__, url_prefix="/decisions")
_APPROVE, _REFUSE = "approve", "refuse"
_SAID = {
    State.APPROVED: "Approved, and done.",
    State.REFUSED: "Refused. Nothing changed.",
    State.VOID: "Nothing changed: the person who proposed this may not do so any more.",
}


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Yes, or no with a reason."""

    decision = RadioField(
        "What do you decide?",
        widget=GovRadioInput(),
        choices=[
            SelectChoice(_APPROVE, "Approve: it happens at once"),
            SelectChoice(_REFUSE, "Refuse: nothing changes"),
        ],
        validators=[InputRequired("Choose whether you approve")],
    )
    why = TextAreaField(
        "Why?",
        description="You must say why you refuse. The person who proposed it reads this",
        widget=GovTextArea(),
        validators=[Length(max=usecase.LONGEST, message="Enter 1,000 characters at most")],
    )


@bp.get("")
@needs(Permission.ACCOUNT_CONFIRM)
def show() -> str:
    """What waits for this person, and what they proposed."""
    who, now = guard.principal(), clock.now()
    return render_template(
        "proposals/proposals.html",
        waiting=usecase.waiting_for(who, now), mine=store.proposed_by(who), kinds=usecase.KINDS,
        state_of=lambda told: _state(told, now),
    )  # fmt: skip


@bp.get("/<uuid:proposal_id>")
@needs(Permission.ACCOUNT_CONFIRM)
def one(proposal_id: UUID) -> str:
    """What exactly would change, and the decision."""
    return _page(_readable(proposal_id), DecisionForm(formdata=None))


@bp.post("/<uuid:proposal_id>")
@needs(Permission.ACCOUNT_CONFIRM, step_up=True)
def decide(proposal_id: UUID) -> Any:
    """Approved, it happens at once; of a one-time password the second half is shown this once."""
    told, form, now = _readable(proposal_id), DecisionForm(), clock.now()
    if not form.validate():
        return _page(told, form), 422
    try:
        approves, why = form.decision.data == _APPROVE, form.why.data or ""
        state, once = usecase.decide(guard.principal(), proposal_id, approves, why, now)
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _page(told, form), 422
    if once:
        return render_template("accounts/password.html", **once._asdict(), other=told.proposer)
    flash(_SAID[state], "success")
    return redirect(url_for("proposals.show"), 303)


@bp.post("/<uuid:proposal_id>/half")
@needs(Permission.ACCOUNT_MANAGE, step_up=True)
def half(proposal_id: UUID) -> str:
    """Shows the first half of a one-time password to the one who proposed it, once."""
    told = _readable(proposal_id)
    once = halves.show(guard.principal(), proposal_id, clock.now())
    return render_template("accounts/password.html", **once._asdict(), other=told.decider)


@bp.post("/<uuid:proposal_id>/withdraw")
@needs(Permission.ACCOUNT_CONFIRM)
def withdraw(proposal_id: UUID) -> Any:
    """Takes one's own back."""
    _readable(proposal_id)
    usecase.withdraw(guard.principal(), proposal_id, clock.now())
    flash("Taken back. Nothing changed.", "success")
    return redirect(url_for("proposals.show"), 303)


def _readable(proposal_id: UUID) -> Told:
    return or_404(usecase.readable(guard.principal(), proposal_id))


def _page(told: Told, form: DecisionForm) -> str:
    who, now = guard.principal(), clock.now()
    changes = usecase.changes(told) if told.stands(now) else ()
    if told.case_id:
        reading.opened(who, "proposal.read", f"case/{told.case_id}", now, proposal=told.id)
    return render_template(
        "proposals/proposal.html",
        told=told, kind=usecase.KINDS[told.kind], changes=changes, state=_state(told, now),
        stands=told.stands(now), is_mine=told.proposed_by == who.account_id, form=form,
        has_half=told.has_half(now),
    )  # fmt: skip


def _state(told: Told, now: datetime) -> str:
    """As the pages say it; one whose time is over says so before anybody closes it."""
    if told.state is State.OPEN and not told.stands(now):
        return "Expired"
    if told.has_half(now) and told.proposed_by == guard.principal().account_id:
        return "Approved: fetch the first half of the password"
    if told.state is State.OPEN:
        return "Waits for a second person"
    return told.state.value.capitalize() + (f" by {told.decider}" if told.decider else "")
