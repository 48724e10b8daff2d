"""Moving or cancelling a MARAC that is planned alone, and another hour for one daily meeting (M4, T14)."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.calendar import day_words, local_day, no_list
from agenda.dates import worked_back
from agenda.meetings import MeetingKind
from agenda.rules import RuleBroken
from agenda.typed_days import day_from
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, meeting_dates
from meetingsvc.store.meeting_dates import Planned
from meetingsvc.usecases import meeting_moves, meeting_moves_planned
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.meeting_dates import FIRST_YEAR, LAST_YEAR, both, overtaken, reached, told_words
from meetingsvc.web.meeting_dates_forms import MoveForm, ReasonForm, StartForm

bp = Blueprint("meeting_dates_planned", __name__, url_prefix="/dates")
_KNOWN = range(FIRST_YEAR, LAST_YEAR + 1)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    return or_404(found if found and found.isoformat() == text and found.year in _KNOWN else None)


def _planned(text: str) -> Planned:
    area = areas.by_id(guard.principal().area_id)
    found = or_404(meeting_dates.planned_one(area, _day(text)))
    return found


def _problem(one: Planned) -> str | None:
    return meeting_moves_planned.IS_THERE if one.meeting_is_there else None


@bp.get("/<day>/move")
@needs(Permission.AGENDA_EDIT)
def moving(day: str) -> str:
    """Another day or hour, and why."""
    one, form = _planned(day), MoveForm()
    form.show(one.starts_at)
    return _move_page(one, form)


@bp.post("/<day>/move")
@needs(Permission.AGENDA_EDIT)
def move(day: str) -> Any:
    """First shows what moves with it and who is told; then, once that is confirmed, moves it."""
    one, form, who = _planned(day), MoveForm(), guard.principal()
    if not form.validate():
        form.add_refusal(
            lambda: meeting_moves_planned.check(
                who, one.planned_on, form.starts_at, clock.now(), form.seen_at
            )
        )
        return _move_page(one, form), 422
    step = request.form.get("do", "check")
    if step == "change":
        return _move_page(one, form)
    try:
        if step != "send":
            meeting_moves_planned.check(who, one.planned_on, form.starts_at, clock.now(), form.seen_at)
            return _check_page(one, form)
        told = meeting_moves_planned.move_planned(
            who, one.planned_on, form.starts_at, form.reason.data, clock.now(), form.seen_at
        ).told
    except (RuleBroken, ValueError) as refusal:
        form.sits_on.errors = [str(refusal)]
        return _move_page(one, form), 409
    flash(f"The MARAC is now planned for {meeting_moves.when(form.starts_at)}. {told_words(told)}", "success")
    return redirect(url_for("meeting_dates.show"), 303)


def _move_page(one: Planned, form: MoveForm) -> str:
    title = "Move a planned MARAC" if one.sits_on else "Put a cancelled MARAC back"
    return render_template(
        "dates/move.html", form=form, title=title, problem=_problem(one), starts_at=one.starts_at,
        back="/dates", back_words="Dates", action=f"/dates/{one.planned_on}/move", cancelled=not one.sits_on,
    )  # fmt: skip


def _check_page(one: Planned, form: MoveForm) -> str:
    settings = areas.settings_of(areas.by_id(guard.principal().area_id))
    day, off = local_day(form.starts_at), holidays.known()
    was, then = (worked_back(on, settings, off) for on in (one.sits_on or one.planned_on, day))
    return render_template(
        "dates/check.html", form=form, meeting=None, action=f"/dates/{one.planned_on}/move", day=day,
        steps=both(was, then), today=clock.today(), no_research=then.research_in < clock.today(),
        overtaken=overtaken(one.sits_on or one.planned_on, day),
        back="/dates", starts_at=form.starts_at, was=one.starts_at, title="Move a planned MARAC?",
        cancelled=not one.sits_on, shared=False, packs_until=None, takes_place=False,
        **reached(MeetingKind.MARAC),
    )  # fmt: skip


@bp.get("/<day>/cancel")
@needs(Permission.AGENDA_EDIT)
def cancelling(day: str) -> str:
    """What cancelling does, before it is done."""
    one, form = _planned(day), ReasonForm()
    form.show(one.starts_at)
    return _cancel_page(one, form)


@bp.post("/<day>/cancel")
@needs(Permission.AGENDA_EDIT)
def cancel(day: str) -> Any:
    """Leaves it out: what is referred goes on the next one."""
    one, form = _planned(day), ReasonForm()
    if not form.validate():
        return _cancel_page(one, form), 422
    told = meeting_moves_planned.cancel_planned(
        guard.principal(), one.planned_on, form.reason.data, clock.now(), form.seen_at
    ).told
    flash(f"There is no MARAC on {day_words(one.sits_on or one.planned_on)}. {told_words(told)}", "success")
    return redirect(url_for("meeting_dates.show"), 303)


def _cancel_page(one: Planned, form: ReasonForm) -> str:
    problem = _problem(one)
    if not one.sits_on:
        problem = "This MARAC has been cancelled already."
    return render_template(
        "dates/cancel.html", form=form, meeting=None, planned=one, problem=problem, back="/dates",
        action=f"/dates/{one.planned_on}/cancel", **reached(MeetingKind.MARAC),
    )  # fmt: skip


@bp.get("/daily")
@needs(Permission.AGENDA_EDIT)
def another_day() -> Any:
    """To the page of the day that was typed; back where the daily meeting does not sit on it."""
    try:
        day = day_from(request.args.get("day", ""))
    except ValueError:
        flash("Enter a real date, like 27/11/2026.", "notice")
        return redirect(url_for("meeting_dates.show"), 303)
    settings = areas.settings_of(areas.by_id(guard.principal().area_id))
    why = no_list(day, holidays.known(), settings) if day.year in _KNOWN else "Enter a day of these years."
    if why:
        flash(why, "notice")
        return redirect(url_for("meeting_dates.show"), 303)
    return redirect(url_for("meeting_dates_planned.starting", day=day), 303)


@bp.get("/<day>/daily")
@needs(Permission.AGENDA_EDIT)
def starting(day: str) -> str:
    """Another hour for the daily meeting of one day."""
    on, form = _daily(day), StartForm()
    form.show(meeting_dates.daily_starts_at(areas.by_id(guard.principal().area_id), on))
    return _start_page(on, form)


@bp.post("/<day>/daily")
@needs(Permission.AGENDA_EDIT)
def start(day: str) -> Any:
    """Sets it, and tells who attends; its list stays as it is (T1)."""
    on, form = _daily(day), StartForm()
    if not form.validate():
        return _start_page(on, form), 422
    try:
        told = meeting_moves_planned.change_daily_start(
            guard.principal(), on, form.starts.data, form.reason.data, clock.now(), form.seen_at
        ).told
    except RuleBroken as refusal:
        form.starts.errors = [str(refusal)]
        return _start_page(on, form), 409
    starts = f"{form.starts.data:%H:%M}"
    flash(f"The daily meeting of {day_words(on)} starts at {starts}. {told_words(told)}", "success")
    return redirect(url_for("meeting_dates.show"), 303)


def _daily(text: str) -> date:
    """A day that has a daily meeting."""
    day, settings = _day(text), areas.settings_of(areas.by_id(guard.principal().area_id))
    return or_404(None if no_list(day, holidays.known(), settings) else day)


def _start_page(day: date, form: StartForm) -> str:
    starts_at = meeting_dates.daily_starts_at(areas.by_id(guard.principal().area_id), day)
    return render_template(
        "dates/daily.html", form=form, day=day, starts_at=starts_at, **reached(MeetingKind.DRAMM)
    )
