"""Applications under the disclosure schemes: made, listed and read (Rulebook Y1, Y2)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.calendar import local_day
from agenda.disclosure_meetings import turned
from agenda.disclosure_scheme import Right, Stage, Step
from agenda.disclosure_update import GOES_AHEAD
from agenda.disclosure_update import Step as UpdateStep
from agenda.moves import Who
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import application_steps, applications_typed, case_page
from meetingsvc.store import disclosure_schemes as store
from meetingsvc.store import disclosure_updates as updates
from meetingsvc.store.disclosure_schemes import Kept
from meetingsvc.usecases import disclosure_schemes as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import asleep, guard
from meetingsvc.web.address_reveals import needs_a_new_proof
from meetingsvc.web.addresses_forms import ReasonForm
from meetingsvc.web.applications_forms import ApplyForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("applications", __name__, url_prefix="/applications")
NEWEST = 50


@bp.get("")
@needs(Permission.APPLICATION_READ)
def index() -> str:
    """Those that wait come first, the one that is due first at the top."""
    who, now = guard.principal(), clock.now()
    waiting, ended = store.waiting(who) + applications_typed.all_of(who), store.ended(who, NEWEST)
    waiting.sort(key=_next_due)
    shown = len(waiting) + len(ended)
    reading.opened(who, "application.list_read", f"area/{who.area_id}", now, applications=shown)
    return render_template(
        "applications/index.html", waiting=waiting, ended=ended, now=now, may_apply=_may_apply()
    )


def _next_due(kept: Kept) -> datetime:
    """One of which a chair alone has to confirm what was decided has no clock left: it comes first."""
    return min((due.ends for due in kept.dues if not due.done), default=kept.told.applied_at)


def _may_apply() -> bool:
    who = guard.principal()
    return who.may(Permission.APPLICATION_MAKE) and store.acts_as(who) is not None


@bp.route("/new", methods=["GET", "POST"])
@needs(Permission.APPLICATION_MAKE)
def apply() -> Any:
    """Made by the police, or by a coordinator for one of the area's forces.

    The page after it is the same whether or not it met a case that is hidden from its maker (Rulebook M6).
    """
    who, now = guard.principal(), clock.now()
    if not _may_apply():
        return render_template("applications/not_yours.html"), 200 if request.method == "GET" else 403
    mine = store.acts_as(who) is Who.POLICE
    forces = [force for force in store.police(who.area_id) if not mine or force[0] == who.agency_id]
    form = ApplyForm(applied_on=local_day(now)).offer(forces, now)
    told = form.told() if form.validate_on_submit() else None
    if told is None:
        page = render_template("applications/apply.html", form=form, forces=forces)
        return (page, 422) if form.is_submitted() else page
    _, reference = usecase.apply(who, told, UUID(form.agency.data), now, form.access.data or "")
    flash(f"{reference} is recorded, and is on the next daily list.", "success")
    return redirect(url_for("home.show"), 303)


@bp.get("/<uuid:application_id>")
@needs(Permission.APPLICATION_READ)
def show(application_id: UUID) -> str:
    """How far it is, what is due by when, and what is next."""
    who, kept = guard.principal(), opened(application_id)
    case = case_page.case(who, kept.listed.case_id) if kept.listed else None
    return render_template(
        "applications/application.html", kept=kept, case=case, now=clock.now(), Stage=Stage, Right=Right,
        Step=Step, steps=usecase.open_steps(who, kept, clock.today()),
        done=application_steps.done(who, kept), turned=turned(kept.listed.decisions) if kept.listed else None,
        may_meet=store.acts_as(who) is Who.POLICE and not kept.stage.ended, **marac_update(kept),
    )  # fmt: skip


def marac_update(kept: Kept) -> dict[str, Any]:
    """How far the MARAC's update is, and what the police may do about it (Rulebook C4)."""
    who = guard.principal()
    update = updates.of(who, kept, clock.today())
    acts = store.acts_as(who) is Who.POLICE and not usecase.not_final(kept)
    steps = update.steps if update and acts else ()
    return {
        "update": update,
        "goes_ahead": bool(GOES_AHEAD & set(steps)),
        "weighs": UpdateStep.WEIGH in steps,
        "never_sent": update is not None and update.never_sent and _sends(kept),
    }


def _sends(kept: Kept) -> bool:
    """Whether the person may put it on a list again: once its meeting, which may refer it, is closed (C4)."""
    return guard.principal().may(Permission.LIST_ADD) and not usecase.not_final(kept)


def opened(application_id: UUID) -> Kept:
    """The application, where it is open to who asks; the page that follows leaves its trace (Rulebook V5)."""
    who = guard.principal()
    kept = or_404(store.one(who, application_id) or applications_typed.one(who, application_id))
    case = {"case": kept.listed.case_id} if kept.listed else {}
    reading.opened(who, "application.read", f"disclosure_application/{kept.id}", clock.now(), **case)
    return kept


@bp.get("/<uuid:application_id>/contact")
@needs(Permission.APPLICATION_READ)
def ask_contact(application_id: UUID) -> str:
    """Asks for the reason."""
    kept = opened(application_id)
    or_404(kept.applicant)
    return render_template("applications/contact.html", kept=kept, form=ReasonForm(), text=None)


@bp.post("/<uuid:application_id>/contact")
@needs(Permission.APPLICATION_READ, step_up=True)
def contact(application_id: UUID) -> Any:
    """Shown on this answer alone, which nothing may keep (Rulebook F4)."""
    kept, form = opened(application_id), ReasonForm()
    or_404(kept.applicant)
    if needs_a_new_proof():
        return asleep.ask_again()
    if not form.validate():
        return render_template("applications/contact.html", kept=kept, form=form, text=None), 422
    text = usecase.contact(guard.principal(), application_id, form.reason.data, clock.now())
    return render_template("applications/contact.html", kept=kept, form=form, text=text)
