"""Taking an application through its steps: checked, told, withheld or withdrawn (Rulebook Y1, Y2, C4)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.disclosure_recipient import name_of
from agenda.disclosure_scheme import Recipient, Stage, Step
from agenda.disclosure_terms import recipient_words, undertaking, warning
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.usecases import disclosure_schemes as usecase
from meetingsvc.usecases import disclosure_updates as updating
from meetingsvc.web import guard
from meetingsvc.web.applications import marac_update, opened
from meetingsvc.web.applications_forms import MetForm, StepForm, TellingForm, WeighForm
from meetingsvc.web.guard import needs

bp = Blueprint("applications_steps", __name__, url_prefix="/applications/<uuid:application_id>")


@bp.route("/met", methods=["GET", "POST"])
@needs(Permission.APPLICATION_STEP)
def meet(application_id: UUID) -> Any:
    """The applicant was met face to face."""
    kept, form = opened(application_id), MetForm()
    return _done(
        "met", kept, form,
        lambda: usecase.meet(guard.principal(), application_id, form.on.data, clock.now()),
    )  # fmt: skip


@bp.route("/checked", methods=["GET", "POST"])
@needs(Permission.APPLICATION_STEP)
def check(application_id: UUID) -> Any:
    """The minimum checks are done."""
    return _step(application_id, Step.CHECK, "Record the minimum checks", "What was checked? (optional)")


@bp.route("/withhold", methods=["GET", "POST"])
@needs(Permission.APPLICATION_STEP)
def withhold(application_id: UUID) -> Any:
    """What was to be disclosed is not."""
    return _step(application_id, Step.WITHHOLD, "Do not disclose after all", "Why is it withheld?")


@bp.route("/withdraw", methods=["GET", "POST"])
@needs(Permission.APPLICATION_STEP)
def withdraw(application_id: UUID) -> Any:
    """Nobody asks any more."""
    return _step(application_id, Step.WITHDRAW, "Withdraw the application", "Why is it withdrawn?")


def _step(application_id: UUID, step: Step, title: str, ask: str) -> Any:
    kept, form = opened(application_id), StepForm()
    form.reason.label.text = ask
    return _done(
        "step", kept, form,
        lambda: usecase.take_step(guard.principal(), application_id, step, form.reason.data or "",
                                  clock.now()),
        title=title, final=step is not Step.CHECK,
    )  # fmt: skip


@bp.route("/disclosed", methods=["GET", "POST"])
@needs(Permission.APPLICATION_STEP)
def tell(application_id: UUID) -> Any:
    """With whom, where and how safely it was made; shown to be checked before it is kept for good."""
    kept, form = opened(application_id), TellingForm()
    scheme, waits = kept.told.scheme, _waits(kept)
    form.about(kept.entry.perpetrator, scheme, kept.may_tell_from)
    if kept.stage is Stage.UNSIGNED:
        form.all_the_same()
    if form.validate_on_submit() and not form.confirmed.data:
        name = name_of(form.told().to, form.whom.data or "", kept.entry.victim)
        to = recipient_words(scheme, form.told().to or Recipient.AT_RISK)
        return render_template("applications/telling_check.html", kept=kept, form=form, name=name, to=to)
    return _done(
        "telling", kept, form,
        lambda: usecase.tell(guard.principal(), application_id, form.told(), form.whom.data,
                             form.reason.data or "", clock.now()),
        warning=warning(scheme), undertaking=undertaking(scheme), waits=waits,
    )  # fmt: skip


def _waits(kept: Kept) -> str | None:
    """Said before the form is filled in for nothing (Rulebook C4)."""
    step = Step.DISCLOSE_ALL_THE_SAME if kept.stage is Stage.UNSIGNED else Step.DISCLOSE
    return usecase.marac_waits(guard.principal(), kept, step, clock.today())


@bp.route("/go-ahead", methods=["GET", "POST"])
@needs(Permission.APPLICATION_STEP)
def go_ahead(application_id: UUID) -> Any:
    """The risk does not wait for the MARAC."""
    kept, form = opened(application_id), StepForm()
    form.reason.label.text = "Why does the risk not wait for the MARAC?"
    return _done(
        "go_ahead", kept, form,
        lambda: updating.go_ahead(guard.principal(), application_id, form.reason.data or "", clock.now()),
        **marac_update(kept),
    )  # fmt: skip


@bp.route("/weigh", methods=["GET", "POST"])
@needs(Permission.APPLICATION_STEP)
def weigh(application_id: UUID) -> Any:
    """What agencies hold that affects the disclosure."""
    kept, form = opened(application_id), WeighForm()
    told, seen = marac_update(kept), form.seen.data or ""
    form.seen.data = told["update"].seen if told["update"] else ""  # what the page shows, if it shows again
    return _done(
        "weigh", kept, form,
        lambda: updating.weigh(guard.principal(), application_id, seen, form.reason.data or "", clock.now()),
        **told,
    )  # fmt: skip


def _done(template: str, kept: Kept, form: Any, step: Callable[[], object], **told: Any) -> Any:
    """Takes the step, or shows its page: with why not above, and everything typed still in it."""

    def page() -> str:
        return render_template(f"applications/{template}.html", kept=kept, form=form, **told)

    if not form.validate_on_submit():
        return (page(), 422) if form.is_submitted() else page()
    try:
        step()
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return page(), 409
    flash("Recorded.", "success")
    return redirect(url_for("applications.show", application_id=kept.id), 303)
