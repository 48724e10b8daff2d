"""MARAC meetings, and the agenda up to the moment it is closed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda import dates, fitting
from agenda import marac as rules
from agenda.calendar import day_words
from agenda.circulation import Group
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    areas,
    consents,
    consents_elsewhere,
    marac_long_waits,
    marac_owed,
    marac_waiting,
    meeting_dates,
    pack_editions,
    packs,
    referrals,
    restrictions,
    transfers_moved,
)
from meetingsvc.store import marac as store
from meetingsvc.store.marac import Agenda
from meetingsvc.usecases import marac as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.marac_forms import DateForm, DiscussForm, MoveForm
from meetingsvc.web.marac_parts import front

bp = Blueprint("marac", __name__, url_prefix="/marac")
AHEAD = timedelta(weeks=13)


@bp.get("")
@needs(Permission.AGENDA_READ)
def show() -> str:
    """The next MARAC first, those that sat, what the timetable plans, and referrals that wait."""
    who, today = guard.principal(), clock.today()
    edits = who.may(Permission.AGENDA_EDIT)
    meetings = store.meetings(who)
    waiting = marac_waiting.waiting_referrals(who, today) if edits else []
    if waiting:
        reading.listed(who, "marac.waiting_read", (one.case_id for one in waiting), clock.now())
    area = areas.by_id(who.area_id)
    days = meeting_dates.free_days(area, today, today + AHEAD) if edits else ()
    return render_template(
        "marac/marac.html",
        coming=[meeting for meeting in meetings if meeting.sits_on >= today],
        past=[meeting for meeting in reversed(meetings) if meeting.sits_on < today],
        planned=days,
        owed=marac_owed.owed(who, today) if edits else {},
        has_timetable=areas.settings_of(area).marac_anchor is not None,
        waiting=waiting,
        long_waits=marac_long_waits.long_waits(who, today) if edits else [],
        state_of=lambda meeting: rules.stands(meeting.state, meeting.sits_on, today),
    )


@bp.get("/plan")
@needs(Permission.AGENDA_EDIT)
def plan() -> str:
    """The form for another MARAC."""
    return render_template("marac/date.html", form=DateForm())


@bp.post("/plan")
@needs(Permission.AGENDA_EDIT)
def make() -> Any:
    """Makes it, or says beside the date why not."""
    form = DateForm()
    if form.validate():
        try:
            meeting_id = usecase.plan(guard.principal(), form.sits_on.data, clock.now())
            flash(f"The MARAC of {day_words(form.sits_on.data)} is planned.", "success")
            return redirect(url_for("marac.agenda", meeting_id=meeting_id), 303)
        except RuleBroken as refusal:
            form.sits_on.errors = [str(refusal)]
    return render_template("marac/date.html", form=form), 422


@bp.get("/<uuid:meeting_id>")
@needs(Permission.AGENDA_READ)
def agenda(meeting_id: UUID) -> str:
    """Five groups in order, one line a case, and what is next."""
    who, now, today = guard.principal(), clock.now(), clock.today()
    found: Agenda = or_404(store.agenda(who, meeting_id))
    reading.opened(who, "marac.read", f"meeting/{meeting_id}", now)
    sitting = found.sitting
    state = rules.stands(sitting.state, sitting.sits_on, today)
    edits = who.may(Permission.AGENDA_EDIT)
    attends = referrals.asks_to_attend(who, [line.case_id for line in found.lines])
    return render_template(
        "marac/agenda.html",
        sitting=sitting,
        agenda=found,
        front=front(who, found, attends),
        today=today,
        kept=restrictions.marked_among(who, [line.case_id for line in found.lines]),
        consents=consents.among(who, [line.case_id for line in found.lines]),
        elsewhere=consents_elsewhere.among(who, [line.case_id for line in found.lines]),
        attends=attends,
        state=state,
        gone=transfers_moved.before(who, sitting.sits_on),
        groups=Group,
        edits=edits,
        moves=edits and rules.reorder_problem(state) is None,
        discusses=edits and rules.discuss_problem(state) is None,
        fits=edits and fitting.move_problem(state, sitting.ended) is None,
        unmoved=state is MeetingState.CANCELLED and edits and marac_waiting.any_left(who, meeting_id),
        dates=dates.worked_back(
            sitting.sits_on, areas.settings_of(areas.by_id(who.area_id)), holidays.known()
        ),
        missed=not sitting.is_shared and sitting.sits_on < today,
        issued=pack_editions.issued(who, meeting_id) if edits else [],
        destroying=_destroying(who, meeting_id) if edits else None,
        packs=[pack for pack in packs.mine(who, now) if pack.meeting_id == meeting_id],
        late=marac_waiting.late_referrals(who, meeting_id) if edits and state in _ADDS else [],
        moved=request.args.get("case", ""),
    )


def _destroying(who: Principal, meeting_id: UUID) -> dict[str, int]:
    """How many copies of recalled packs of this meeting are to be destroyed, and how many are left."""
    one = next(iter(pack_editions.destroying(who, meeting_id)), None)
    return {"asked": one.asked, "left": one.left} if one else {"asked": 0, "left": 0}


_ADDS = (MeetingState.CLOSED, MeetingState.PUBLISHED)


@bp.post("/<uuid:meeting_id>/order")
@needs(Permission.AGENDA_EDIT)
def move(meeting_id: UUID) -> Any:
    """One case, one place up or down; the page comes back to where the case now stands."""
    form = MoveForm()
    if not form.validate():
        abort(400)
    try:
        item_id = UUID(form.item_id.data)
    except ValueError:
        abort(400)
    usecase.reorder(guard.principal(), meeting_id, item_id, form.place.data, form.to.data, clock.now())
    return redirect(
        url_for("marac.agenda", meeting_id=meeting_id, case=item_id, _anchor=f"case-{item_id}"), 303
    )


@bp.get("/<uuid:meeting_id>/cases/<uuid:item_id>/discuss")
@needs(Permission.AGENDA_EDIT)
def discussion(meeting_id: UUID, item_id: UUID) -> str:
    """Asks why an update-only case is to be discussed."""
    return _discuss_page(meeting_id, item_id, DiscussForm())


@bp.post("/<uuid:meeting_id>/cases/<uuid:item_id>/discuss")
@needs(Permission.AGENDA_EDIT)
def discuss(meeting_id: UUID, item_id: UUID) -> Any:
    """Moves it to discussion, with the reason."""
    form = DiscussForm()
    if not form.validate():
        return _discuss_page(meeting_id, item_id, form), 422
    usecase.discuss(guard.principal(), meeting_id, item_id, form.reason.data, clock.now())
    flash("The case is now for discussion.", "success")
    return redirect(url_for("marac.agenda", meeting_id=meeting_id, _anchor=f"case-{item_id}"), 303)


def _discuss_page(meeting_id: UUID, item_id: UUID, form: DiscussForm) -> str:
    found: Agenda = or_404(store.agenda(guard.principal(), meeting_id))
    line = or_404(next((line for line in found.lines if line.item_id == item_id), None))
    reading.opened(guard.principal(), "marac.item_read", f"item/{item_id}", clock.now())
    return render_template("marac/discuss.html", form=form, sitting=found.sitting, line=line)


@bp.get("/<uuid:meeting_id>/close")
@needs(Permission.AGENDA_EDIT)
def closing(meeting_id: UUID) -> str:
    """What closing does, before it is done."""
    sitting = or_404(store.sitting(guard.principal(), meeting_id))
    problem = rules.close_problem(sitting.state, sitting.cases, sitting.sits_on)
    return render_template("marac/close.html", sitting=sitting, problem=problem)


@bp.post("/<uuid:meeting_id>/close")
@needs(Permission.AGENDA_EDIT)
def close(meeting_id: UUID) -> Any:
    """Closes the agenda."""
    usecase.close(guard.principal(), meeting_id, clock.now())
    flash("The agenda is closed. What is referred from now on goes on the next MARAC.", "success")
    return redirect(url_for("marac.agenda", meeting_id=meeting_id), 303)
