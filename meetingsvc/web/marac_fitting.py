"""What a MARAC has no time for, and the times that referrers come."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda import fitting
from agenda import marac as rules
from agenda.calendar import LONDON, day_words
from agenda.fitting import Fit
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, marac, marac_front, meeting_dates, referrals, referrers_coming
from meetingsvc.store.marac import Agenda, Line
from meetingsvc.store.referrers_coming import Sent
from meetingsvc.usecases import marac_fitting as usecase
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.marac_forms import ExtraForm, MoveOnForm, SlotForm
from meetingsvc.web.marac_parts import front

bp = Blueprint("marac_fitting", __name__, url_prefix="/marac/<uuid:meeting_id>")


def _agenda(meeting_id: UUID) -> Agenda:
    found: Agenda = or_404(marac.agenda(guard.principal(), meeting_id))
    reading.opened(guard.principal(), "marac.read", f"meeting/{meeting_id}", clock.now())
    return found


def _problem(found: Agenda) -> str | None:
    sitting = found.sitting
    return fitting.move_problem(sitting.stands(clock.today()), sitting.ended)


def _fit(found: Agenda) -> Fit:
    who = guard.principal()
    attends = referrals.asks_to_attend(who, [line.case_id for line in found.lines])
    return front(who, found, attends).fit


@bp.get("/move-on")
@needs(Permission.AGENDA_EDIT)
def moving(meeting_id: UUID) -> str:
    """Which cases go to a later sitting, and where; those that the service proposes are ticked."""
    return _moving_page(_agenda(meeting_id), MoveOnForm())


@bp.post("/move-on")
@needs(Permission.AGENDA_EDIT)
def move_on(meeting_id: UUID) -> Any:
    """Moves them, with the reason."""
    found, form = _agenda(meeting_id), MoveOnForm()
    _offer(found, form)
    if form.validate():
        try:
            to = usecase.move_on(
                guard.principal(), meeting_id, form.chosen, form.target, form.reason.data, clock.now()
            )
            flash(f"Moved: {_cases(len(form.chosen))}{_to_day(to)}.", "success")
            return redirect(url_for("marac.agenda", meeting_id=meeting_id), 303)
        except RuleBroken as refusal:
            form.form_errors.append(str(refusal))
    return _moving_page(found, form), 422


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _to_day(meeting_id: UUID) -> str:
    sitting = marac.sitting(guard.principal(), meeting_id)
    return f", to the {sitting.title} of {day_words(sitting.sits_on)}" if sitting else ""


def _offer(found: Agenda, form: MoveOnForm) -> None:
    who, today = guard.principal(), clock.today()
    sittings = marac_front.later_sittings(who, found.sitting, today)
    movable = [line for line in found.lines if marac_front.movable(found.sitting, line)]
    form.offer_cases(movable, () if form.is_submitted() else _fit(found).moves)
    takes = any(one.state is MeetingState.OPEN for one in sittings)
    form.offer(sittings, "" if takes else _next_day(found.sitting.sits_on))


def _next_day(sits_on: date) -> str:
    day = meeting_dates.next_free_day(areas.by_id(guard.principal().area_id), max(sits_on, clock.today()))
    return f"The next MARAC, on {day_words(day)}" if day else ""


def _moving_page(found: Agenda, form: MoveOnForm) -> str:
    _offer(found, form)
    return render_template("marac/move_on.html", form=form, sitting=found.sitting, problem=_problem(found))


@bp.get("/extra")
@needs(Permission.AGENDA_EDIT)
def planning(meeting_id: UUID) -> str:
    """The day proposed for an extra sitting, and the cases that go there."""
    found = _agenda(meeting_id)
    day = marac_front.extra_day(guard.principal().area_id, found.sitting, clock.today())
    return _extra_page(found, ExtraForm(sits_on=day))


@bp.post("/extra")
@needs(Permission.AGENDA_EDIT)
def plan(meeting_id: UUID) -> Any:
    """Plans it, and moves them."""
    found, form = _agenda(meeting_id), ExtraForm()
    form.offer_cases([line for line in found.lines if marac_front.movable(found.sitting, line)])
    if form.validate():
        try:
            made = usecase.extra_sitting(
                guard.principal(), meeting_id, form.sits_on.data, form.chosen, clock.now()
            )
            day = day_words(form.sits_on.data)
            flash(f"The extra sitting of {day} is planned, with {_cases(len(form.chosen))}.", "success")
            return redirect(url_for("marac.agenda", meeting_id=made), 303)
        except RuleBroken as refusal:
            form.sits_on.errors = [str(refusal)]
    return _extra_page(found, form), 422


def _extra_page(found: Agenda, form: ExtraForm) -> str:
    movable = [line for line in found.lines if marac_front.movable(found.sitting, line)]
    form.offer_cases(movable, () if form.is_submitted() else _fit(found).moves)
    return render_template("marac/extra.html", form=form, sitting=found.sitting, problem=_problem(found))


@bp.get("/cases/<uuid:item_id>/slot")
@needs(Permission.AGENDA_EDIT)
def slot(meeting_id: UUID, item_id: UUID) -> str:
    """When the referrer of a case comes."""
    return _slot_page(meeting_id, item_id, SlotForm())


@bp.post("/cases/<uuid:item_id>/slot")
@needs(Permission.AGENDA_EDIT)
def keep_slot(meeting_id: UUID, item_id: UUID) -> Any:
    """Keeps the case at that time, or takes the time off it."""
    line, form, off = _line(meeting_id, item_id), SlotForm(), "off" in request.form
    form.offer(_referrals(line), line.slot_referral_id)
    if off or form.validate():
        try:
            at = None if off else form.at.data
            usecase.keep_slot(
                guard.principal(), meeting_id, item_id, at, clock.now(), None if off else form.referral
            )
            flash(*_said_of_slot(meeting_id, item_id))
            return redirect(url_for("marac.agenda", meeting_id=meeting_id, _anchor=f"case-{item_id}"), 303)
        except RuleBroken as refusal:
            form.at.errors = [str(refusal)]
    return _slot_page(meeting_id, item_id, form), 422


def _said_of_slot(meeting_id: UUID, item_id: UUID) -> tuple[str, str]:
    """Whether the case can be taken at the time it was given, in words, and how they are shown (T14)."""
    line = next(line for line in _agenda(meeting_id).lines if line.item_id == item_id)
    if line.slot is None or line.starts_at is None:
        return "The time is taken off.", "success"
    if line.slot_kept:
        return f"The case is kept at {line.slot:%H:%M}.", "success"
    reached = f"{line.starts_at.astimezone(LONDON):%H:%M}"
    return (
        f"{line.slot:%H:%M} is noted, but the agenda does not keep it: group {line.group.value} reaches the "
        f"case at about {reached}. Give another time, or agree this one with the chair.", "important",
    )  # fmt: skip


def _line(meeting_id: UUID, item_id: UUID) -> Line:
    found: Agenda = or_404(marac.agenda(guard.principal(), meeting_id))
    line: Line = or_404(next((line for line in found.lines if line.item_id == item_id), None))
    return line


def _referrals(line: Line) -> list[Sent]:
    return referrers_coming.of_case(guard.principal().area_id, line.case_id)


def _slot_page(meeting_id: UUID, item_id: UUID, form: SlotForm) -> str:
    who = guard.principal()
    found: Agenda = or_404(marac.agenda(who, meeting_id))
    line = or_404(next((line for line in found.lines if line.item_id == item_id), None))
    reading.opened(who, "marac.item_read", f"item/{item_id}", clock.now())
    if not form.is_submitted():
        form.at.data = line.slot or (line.starts_at and line.starts_at.astimezone(LONDON).time())
        form.offer(_referrals(line), line.slot_referral_id)
    return render_template(
        "marac/slot.html", form=form, sitting=found.sitting, line=line,
        attends=referrals.asks_to_attend(who, [line.case_id]),
        problem=rules.reorder_problem(found.sitting.stands(clock.today())),
    )  # fmt: skip


@bp.app_template_global("time_of_list")
def time_of_list(cases: int) -> tuple[int, int, int]:
    """Minutes of a daily list, how long the meeting lasts, and how many are too many (Rulebook T14)."""
    settings = areas.settings_of(areas.by_id(guard.principal().area_id))
    minutes, over = fitting.daily_minutes(cases, settings)
    return minutes, settings.daily_minutes, over
