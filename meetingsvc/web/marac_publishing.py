"""Publishing a MARAC's agenda and supplementary lists, and the register of who has fetched them."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda import marac as rules
from agenda.meetings import MeetingKind, MeetingState
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, marac_waiting, pack_cases, pack_editions, packs
from meetingsvc.store import marac as store
from meetingsvc.store.marac import Agenda, Sitting
from meetingsvc.usecases import marac as usecase
from meetingsvc.usecases import marac_publishing, pack_building, pack_corrections, reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.marac_forms import AgainForm, LateForm, NotSatForm

bp = Blueprint("marac_publishing", __name__, url_prefix="/marac/<uuid:meeting_id>")


def _sitting(meeting_id: UUID) -> Sitting:
    return or_404(store.sitting(guard.principal(), meeting_id))


def _to_agenda(meeting_id: UUID) -> Any:
    return redirect(url_for("marac.agenda", meeting_id=meeting_id), 303)


def _reaches() -> dict[str, Any]:
    """How many people are told, and how long they can fetch the pack."""
    area_id, now = guard.principal().area_id, clock.now()
    people = packs.receiving(area_id, MeetingKind.MARAC, now)
    return {
        "people": len(people),
        "agencies": sorted({agency for agency, _ in people}),
        "unreached": packs.agencies_without_anyone(area_id, now),
    }


@bp.get("/publish")
@needs(Permission.AGENDA_PUBLISH)
def publishing(meeting_id: UUID) -> str:
    """What publishing does, and whom it reaches, before it is done."""
    sitting, today = _sitting(meeting_id), clock.today()
    problem = rules.publish_problem(
        rules.stands(sitting.state, sitting.sits_on, today), sitting.cases, sitting.sits_on,
        sitting.published_at, today,
    )  # fmt: skip
    days = areas.settings_of(areas.by_id(guard.principal().area_id)).pack_days
    return render_template(
        "marac/publish.html", sitting=sitting, problem=problem,
        restricted=pack_cases.count_restricted(guard.principal(), meeting_id, 0),
        last_day=rules.pack_expires_on(today, sitting.sits_on, days), **_reaches(),
    )  # fmt: skip


@bp.post("/publish")
@needs(Permission.AGENDA_PUBLISH, step_up=True)
def publish(meeting_id: UUID) -> Any:
    """Publishes; a second press changes nothing and says so."""
    before = marac_publishing.publish(guard.principal(), meeting_id, clock.now())
    if before:
        flash(before, "notice")
    else:
        flash("The agenda is published. Packs are ready, and the agencies that attend are told.", "success")
    return _to_agenda(meeting_id)


@bp.get("/late")
@needs(Permission.AGENDA_EDIT)
def late(meeting_id: UUID) -> str:
    """Which cases join this agenda late, and why."""
    return _late_page(meeting_id, LateForm())


@bp.post("/late")
@needs(Permission.AGENDA_EDIT)
def add_late(meeting_id: UUID) -> Any:
    """Puts them on the agenda while it is not published, then on the next supplementary list."""
    sitting, form = _sitting(meeting_id), LateForm()
    form.offer(marac_waiting.late_referrals(guard.principal(), sitting.id))
    if form.validate():
        try:
            number = usecase.add_late(
                guard.principal(), meeting_id, {UUID(key) for key in form.cases.data}, form.reason.data,
                clock.now(),
            )  # fmt: skip
            flash(f"Added to: {rules.list_title(number)}.", "success")
            return _to_agenda(meeting_id)
        except RuleBroken as refusal:
            form.form_errors.append(str(refusal))
    return _late_page(meeting_id, form), 422


def _late_page(meeting_id: UUID, form: LateForm) -> str:
    who, sitting = guard.principal(), _sitting(meeting_id)
    referrals = marac_waiting.late_referrals(who, meeting_id)
    reading.opened(who, "marac.waiting_read", f"meeting/{meeting_id}", clock.now())
    return render_template(
        "marac/late.html", form=form.offer(referrals), sitting=sitting, any_waiting=bool(referrals)
    )


@bp.get("/supplement")
@needs(Permission.AGENDA_PUBLISH)
def supplement(meeting_id: UUID) -> str:
    """What publishing the supplementary list does, before it is done."""
    found: Agenda = or_404(store.agenda(guard.principal(), meeting_id))
    reading.opened(guard.principal(), "marac.read", f"meeting/{meeting_id}", clock.now())
    return render_template(
        "marac/supplement.html", sitting=found.sitting, lines=found.gathering,
        number=found.sitting.supplements + 1, **_reaches(),
        restricted=pack_cases.count_restricted(guard.principal(), meeting_id, found.sitting.supplements + 1),
    )  # fmt: skip


@bp.post("/supplement/<int:number>")
@needs(Permission.AGENDA_PUBLISH, step_up=True)
def publish_supplement(meeting_id: UUID, number: int) -> Any:
    """Publishes that list; a second press changes nothing and says so."""
    before = marac_publishing.publish_supplement(guard.principal(), meeting_id, number, clock.now())
    if before:
        flash(before, "notice")
    else:
        flash(f"{rules.list_title(number)} is published, with a pack of its own.", "success")
    return _to_agenda(meeting_id)


@bp.get("/not-sat")
@needs(Permission.AGENDA_PUBLISH)
def not_sat(meeting_id: UUID) -> str:
    """What saying that it did not sit does, before it is done."""
    return _not_sat_page(meeting_id, NotSatForm())


@bp.post("/not-sat")
@needs(Permission.AGENDA_PUBLISH, step_up=True)
def did_not_sit(meeting_id: UUID) -> Any:
    """Takes its hearings back, and its cases to the next MARAC."""
    form = NotSatForm()
    if not form.validate():
        return _not_sat_page(meeting_id, form), 422
    if marac_publishing.did_not_sit(guard.principal(), meeting_id, form.reason.data, clock.now()):
        flash("This MARAC did not sit. Its cases are on the agenda of the next one.", "success")
    else:
        flash("This MARAC did not sit. Its cases wait: no MARAC has a date, so plan one.", "success")
    return _to_agenda(meeting_id)


def _not_sat_page(meeting_id: UUID, form: NotSatForm) -> str:
    sitting = _sitting(meeting_id)
    state = rules.stands(sitting.state, sitting.sits_on, clock.today())
    began = sitting.began or marac_waiting.has_decided(guard.principal(), meeting_id)
    problem = rules.not_sat_problem(state, began)
    ahead = sitting.sits_on >= clock.today()
    return render_template("marac/not_sat.html", form=form, sitting=sitting, problem=problem, ahead=ahead)


@bp.get("/copies")
@needs(Permission.PACK_REGISTER)
def copies(meeting_id: UUID) -> str:
    """Who has fetched the pack, who has not."""
    who, sitting = guard.principal(), _sitting(meeting_id)
    people = packs.register(who, sitting.id, clock.now()) if sitting.is_shared else []
    reading.opened(who, "pack.register_read", f"meeting/{meeting_id}", clock.now())
    unreached = packs.agencies_without_anyone(who.area_id, clock.now())
    held = pack_building.waiting(who, sitting.id, clock.now())
    issued, state = pack_editions.issued(who, sitting.id), MeetingState(sitting.state)
    correctable = [one.id for one in issued if not pack_corrections.problem(one, state, clock.now())]
    return render_template(
        "marac/copies.html", sitting=sitting, people=people, unreached=unreached, held=held,
        issued=issued, correctable=correctable, steps=pack_editions.steps(who, sitting.id),
        destroying=pack_editions.asked(who, sitting.id),
    )  # fmt: skip


@bp.get("/restricted/<uuid:case_id>")
@needs(Permission.AGENDA_PUBLISH)
def restricted(meeting_id: UUID, case_id: UUID) -> str:
    """Asks for a second person once more, for a restricted case that is in no copy yet."""
    return _restricted_page(meeting_id, case_id, AgainForm())


@bp.post("/restricted/<uuid:case_id>")
@needs(Permission.AGENDA_PUBLISH)
def ask_again(meeting_id: UUID, case_id: UUID) -> Any:
    """Puts it before a second person."""
    form = AgainForm()
    if not form.validate():
        return _restricted_page(meeting_id, case_id, form), 422
    pack_building.ask_again(guard.principal(), meeting_id, case_id, form.reason.data, clock.now())
    flash("Another coordinator or chair who may open the case is asked to confirm.", "success")
    return redirect(url_for("marac_publishing.copies", meeting_id=meeting_id), 303)


def _restricted_page(meeting_id: UUID, case_id: UUID, form: AgainForm) -> str:
    sitting, waits = _sitting(meeting_id), pack_cases.held(guard.principal(), meeting_id)
    case = or_404(next((one for one in waits if one.case_id == case_id), None))
    reading.opened(guard.principal(), "pack.register_read", f"meeting/{meeting_id}", clock.now())
    return render_template("marac/restricted.html", form=form, sitting=sitting, case=case)
