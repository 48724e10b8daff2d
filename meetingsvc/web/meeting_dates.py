"""The dates of the year, and moving or cancelling what is planned (Rulebook M4, T14)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda import marac as rules
from agenda.calendar import add_months, day_words, days_off, local_day, next_working_day
from agenda.dates import Dates, worked_back
from agenda.meetings import MeetingKind
from agenda.panels import Panel
from agenda.rhythm import DAILY
from agenda.rules import RuleBroken
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    areas,
    marac,
    marac_waiting,
    meeting_dates,
    meeting_year,
    packs,
    panel_dates,
)
from meetingsvc.store.marac import Sitting
from meetingsvc.store.meeting_year import Dated
from meetingsvc.store.panel_dates import PanelDay
from meetingsvc.usecases import meeting_moves as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.meeting_dates_forms import MoveForm, ReasonForm

bp = Blueprint("meeting_dates", __name__)
#: What sat lately stays on the page: its minutes may be due.
BACK = timedelta(days=14)
MONTHS = 12
#: Of another panel, so many days: one that sits every week fills a page.
OTHERS_SHOWN = 13
FIRST_YEAR, LAST_YEAR = 2001, 2059  # the bank holidays that the service knows


@bp.get("/dates")
@needs(Permission.AGENDA_READ)
def show() -> str:
    """The next twelve months, or one year: every MARAC with its dates, and the daily meetings' own days."""
    who, today = guard.principal(), clock.today()
    year = request.args.get("year", type=int)
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    first = date(year, 1, 1) if year else today - BACK
    last = date(year, 12, 31) if year else add_months(today, MONTHS)
    found = [one for one in meeting_year.year(who, first, last) if one.meeting_id or one.sits_on >= today]
    coming = [(step[1], n) for n, one in enumerate(found) if (step := _step(one, today))]
    return render_template(
        "dates/dates.html", found=found, next=found[min(coming)[1]] if coming else None, today=today,
        daily=meeting_year.daily_days(who, first, last), year=year, this_year=today.year,
        edits=who.may(Permission.AGENDA_EDIT), has_timetable=_has_timetable(), next_daily=_next_daily(),
        others=_others(who, first, last, None if year else OTHERS_SHOWN),
    )  # fmt: skip


def _others(
    who: Principal, first: date, last: date, most: int | None
) -> list[tuple[Panel, bool, list[PanelDay]]]:
    """The other panels that are theirs, whether each sits every working day, and the next days of those that
    do not (Rulebook E1, P3)."""
    found = []
    for panel in panel_dates.of(who):
        days = panel_dates.days(who, panel, first, last)
        told = [one for one in days if one.meeting_id or one.sits_on >= clock.today()]
        every = panel.rhythm == DAILY
        shown = [one for one in told if one.cancelled] if every else told
        found.append((panel, every, shown[:most]))
    return found


def _step(one: Dated, today: date) -> tuple[str, date] | None:
    return None if one.cancelled or one.emergency else one.next(today)


def _next_daily() -> date:
    settings = areas.settings_of(areas.by_id(guard.principal().area_id))
    return next_working_day(clock.today(), days_off(settings, holidays.known()))


def _has_timetable() -> bool:
    return areas.settings_of(areas.by_id(guard.principal().area_id)).marac_anchor is not None


def _sitting(meeting_id: UUID) -> Sitting:
    return or_404(marac.sitting(guard.principal(), meeting_id))


@bp.get("/marac/<uuid:meeting_id>/date")
@needs(Permission.AGENDA_EDIT)
def moving(meeting_id: UUID) -> str:
    """Another day or hour, and why."""
    meeting, form = _sitting(meeting_id), MoveForm()
    form.show(meeting.starts_at)
    return _move_page(meeting, form)


@bp.post("/marac/<uuid:meeting_id>/date")
@needs(Permission.AGENDA_EDIT)
def move(meeting_id: UUID) -> Any:
    """First shows what moves with it and who is told; then, once that is confirmed, moves it."""
    meeting, form, who = _sitting(meeting_id), MoveForm(), guard.principal()
    if not form.validate():
        form.add_refusal(lambda: usecase.check(who, meeting_id, form.starts_at, clock.now(), form.seen_at))
        return _move_page(meeting, form), 422
    step = request.form.get("do", "check")
    if step == "change":
        return _move_page(meeting, form)
    try:
        if step != "send":
            usecase.check(who, meeting_id, form.starts_at, clock.now(), form.seen_at)
            return _check_page(meeting, form)
        told = usecase.move(who, meeting_id, form.starts_at, form.reason.data, clock.now(), form.seen_at).told
    except (RuleBroken, ValueError) as refusal:
        form.sits_on.errors = [str(refusal)]
        return _move_page(meeting, form), 409
    flash(f"{meeting.title} moved to {usecase.when(form.starts_at)}. {told_words(told)}", "success")
    return redirect(url_for("marac.agenda", meeting_id=meeting_id), 303)


def told_words(count: int) -> str:
    """How many people a notice is on its way to."""
    return {0: "Nobody else had to be told.", 1: "One other person is told."}.get(
        count, f"{count} other people are told."
    )


def _problem(meeting: Sitting) -> str | None:
    state = rules.stands(meeting.state, meeting.sits_on, clock.today())
    began = meeting.began or marac_waiting.has_decided(guard.principal(), meeting.id)
    return rules.change_date_problem(state, began)


def _move_page(meeting: Sitting, form: MoveForm) -> str:
    return render_template(
        "dates/move.html", form=form, title=f"Move this {meeting.title}", problem=_problem(meeting),
        starts_at=meeting.starts_at, back=f"/marac/{meeting.id}", back_words="Agenda",
        action=f"/marac/{meeting.id}/date", cancelled=False,
    )  # fmt: skip


def _check_page(meeting: Sitting, form: MoveForm) -> str:
    """Of cases, as many as the reader sees; of people, whoever attends, and never who may not know."""
    area, day = areas.by_id(guard.principal().area_id), local_day(form.starts_at)
    settings = areas.settings_of(area)
    was, then = (worked_back(on, settings, holidays.known()) for on in (meeting.sits_on, day))
    shared = meeting.is_shared
    days = settings.pack_days
    published = local_day(meeting.published_at) if meeting.published_at else None
    return render_template(
        "dates/check.html", form=form, meeting=meeting, action=f"/marac/{meeting.id}/date", day=day,
        steps=both(was, then)[(meeting.closed_at is not None) + shared :], today=clock.today(),
        no_research=then.research_in < clock.today(), overtaken=overtaken(meeting.sits_on, day),
        back=f"/marac/{meeting.id}", starts_at=form.starts_at, was=meeting.starts_at,
        title=f"Move this {meeting.title}?", shared=shared, cancelled=False,
        packs_until=published and rules.pack_expires_on(published, day, days),
        takes_place=day != meeting.sits_on and bool(meeting_dates.free_days(area, day, day)),
        **reached(MeetingKind.MARAC),
    )  # fmt: skip


def overtaken(was: date, day: date) -> list[date]:
    """The days of MARACs that come before the new one, and did not before (Rulebook M1)."""
    found = meeting_year.year(guard.principal(), was + timedelta(days=1), day - timedelta(days=1))
    return [one.sits_on for one in found if not one.cancelled and not one.emergency]


def both(was: Dates, then: Dates) -> list[tuple[str, date, date]]:
    """Each step, when it is done now, and when then."""
    pairs = zip(was.steps, then.steps, strict=True)
    return [(words, before, after) for (words, before), (_, after) in pairs]


def reached(kind: str) -> dict[str, Any]:
    """How many people are told, and of which agencies."""
    who = guard.principal()
    people = packs.receiving(who.area_id, kind, clock.now())
    return {"people": max(len(people) - 1, 0), "agencies": sorted({agency for agency, _ in people})}


@bp.get("/marac/<uuid:meeting_id>/cancel")
@needs(Permission.AGENDA_EDIT)
def cancelling(meeting_id: UUID) -> str:
    """What cancelling does, before it is done."""
    meeting, form = _sitting(meeting_id), ReasonForm()
    form.show(meeting.starts_at)
    return _cancel_page(meeting, form)


@bp.post("/marac/<uuid:meeting_id>/cancel")
@needs(Permission.AGENDA_EDIT)
def cancel(meeting_id: UUID) -> Any:
    """Cancels it: its cases go on the next one."""
    meeting, form = _sitting(meeting_id), ReasonForm()
    if not form.validate():
        return _cancel_page(meeting, form), 422
    carried = usecase.cancel(guard.principal(), meeting_id, form.reason.data, clock.now(), form.seen_at)
    next_one = " Its cases are on the agenda of the next one." if carried else ""
    flash(f"The MARAC of {day_words(meeting.sits_on)} is cancelled.{next_one}", "success")
    return redirect(url_for("marac.agenda", meeting_id=meeting_id), 303)


def _cancel_page(meeting: Sitting, form: ReasonForm) -> str:
    problem = rules.cancel_problem(rules.stands(meeting.state, meeting.sits_on, clock.today()))
    return render_template(
        "dates/cancel.html", form=form, meeting=meeting, problem=problem,
        action=f"/marac/{meeting.id}/cancel", back=f"/marac/{meeting.id}", **reached(MeetingKind.MARAC),
    )  # fmt: skip
