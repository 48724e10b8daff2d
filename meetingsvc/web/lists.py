"""Daily lists: the days, one day's list, what it left out, and what a person does to it."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from agenda import calendar, list_days
from agenda.calendar import day_words, to_utc
from agenda.list_days import ListDay
from agenda.meetings import MeetingKind, list_address, list_name, meeting_name
from agenda.panels import LISTS, Family, Panel, Works, of_children
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission
from meetingsvc.store import (
    areas,
    consents,
    consents_elsewhere,
    list_page,
    order_parties,
    panels,
    referrals,
    restrictions,
    search,
    transfers_moved,
)
from meetingsvc.store.list_page import Figures
from meetingsvc.store.meeting_record import attendees
from meetingsvc.store.meeting_record_closing import typed_at, unread, why_not_over
from meetingsvc.usecases import list_changes, list_panels, reading, stand_ins
from meetingsvc.web import guard, matching_parts, transfer_parts
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.list_day import asks_for_children, list_day_for, list_panel_day, panel_asked
from meetingsvc.web.lists_forms import AddForm
from meetingsvc.web.typed import plain
from minutes.attendance_chair import who_chaired

bp = Blueprint("lists", __name__)
bp.add_app_template_global(list_address, "list_address")
bp.add_app_template_global(list_name, "list_name")
bp.add_app_template_global(meeting_name, "meeting_name")
SHOWN = 20
OTHERS_SHOWN = 8
_Shown = tuple[ListDay, Figures | None]


@bp.get("/lists")
@needs(Permission.LIST_READ)
def index() -> str:
    """The next list, today's, and those before; `?before=` goes further back."""
    if not any(_shown(code) for code in LISTS if not of_children(code)):
        return render_template("lists/not_shown.html")
    area = areas.by_id(guard.principal().area_id)
    now, off, settings = clock.now(), holidays.known(), areas.settings_of(area)
    upcoming = max(calendar.list_day_for(now, settings, off), area.lists_from)
    last = _day_asked(upcoming)
    days = list_days.back_from(last, area.lists_from, settings, off)
    shown = list(islice(days, SHOWN))
    earlier = shown[-1].day if next(days, None) else None
    latest = last == upcoming
    figures = list_page.figures(guard.principal(), earlier or area.lists_from, date.max if latest else last)
    built = {day: found.window for day, found in figures.items()}
    return render_template(
        "lists/index.html", days=list_days.with_built(shown, built), figures=figures, today=clock.today(),
        now=now, earlier=earlier, upcoming=upcoming, latest=latest, due=_due(shown, now),
        others=_others(now, None if latest else last), daily=_shown(),
    )  # fmt: skip


@bp.get("/lists/<day>")
@needs(Permission.LIST_READ)
def one(day: str) -> Any:
    """The list of a day, one line a case; where there is none, why, and what covers it."""
    if children := asks_for_children():
        return redirect(url_for("exploitation_panels.one", code=children, day=_day(day)))
    on, code = _day(day), panel_asked()
    if not _shown(code):
        if code != MeetingKind.DRAMM:
            abort(404)  # whether there is such a panel is not theirs to know
        return render_template("lists/not_shown.html")
    found = list_page.built(guard.principal(), on, code)
    if found is None:
        return _not_built(on, code)
    reading.opened(guard.principal(), "list.read", f"meeting/{found.id}", clock.now())
    who = guard.principal()
    left_out, unflagged = (
        list_page.count_not_listed(who, found) if _may(Permission.INCIDENT_SEARCH) else (None, 0)
    )
    told, notices = list_page.lines(who, found), list_page.notices(who, found)
    lines = [line for line in told if not line.withdrawn]
    return render_template(
        "lists/list.html", meeting=found, lines=lines, notices=notices, left_out=left_out,
        between=order_parties.between(who, notices, clock.now()),
        unflagged=unflagged,
        withdrawn=[line for line in told if line.withdrawn],
        withdrawn_before=list_page.withdrawn(who, found) if _may(Permission.INCIDENT_SEARCH) else [],
        hours=list_days.hours(found.window),
        kept=restrictions.marked_among(who, [line.case_id for line in lines]),
        consents=consents.among(who, [line.case_id for line in lines]),
        elsewhere=consents_elsewhere.among(who, [line.case_id for line in lines]),
        moved=transfers_moved.moved(who, [line.case_id for line in lines]),
        attends=referrals.asks_to_attend(who, [line.case_id for line in lines]),
        late_clocks=transfer_parts.on_list(who, found.id, clock.now()),
        no_coordinator=stand_ins.closed_to_coordinators(who, [line.case_id for line in lines], clock.now()),
        **matching_parts.on_list(who, found.id, clock.now()),
    )  # fmt: skip


@bp.get("/lists/<day>/not-listed")
@needs(Permission.INCIDENT_SEARCH)
def not_listed(day: str) -> str:
    """What the list left out, each with why."""
    found = or_404(list_page.built(guard.principal(), _day(day), panel_asked()))
    reading.opened(guard.principal(), "list.left_out.read", f"meeting/{found.id}", clock.now())
    rows, unflagged = (each(guard.principal(), found) for each in (list_page.not_listed, list_page.unflagged))
    return render_template("lists/not_listed.html", meeting=found, rows=rows, unflagged=unflagged)


@bp.post("/lists/<day>/build")
@needs(Permission.LIST_BUILD)
def build(day: str) -> Any:
    """Freezes what the list takes in; before its window has ended, only for who says to know of it."""
    on, sure, code = _day(day), "sure" in request.form, panel_asked()
    told = None if list_page.built(guard.principal(), on, code) else list_panel_day(on, code)
    if not sure and told and told.window.start <= clock.now() < told.window.end:
        return _not_built(on, code, unsure=True), 422
    built = list_changes.build(guard.principal(), on, clock.now(), code)
    if built.new:
        count = list_page.figures(guard.principal(), on, on, code)[on].cases
        cases = "1 case" if count == 1 else f"{count} cases"
        flash(f"The list of {day_words(on)} is built: {cases}.", "success")
    else:
        flash(f"The list of {day_words(on)} had been built already. Nothing was changed.", "notice")
    return redirect(list_address(code, on), 303)


@bp.get("/lists/<day>/close")
@needs(Permission.LIST_CLOSE)
def ask_close(day: str) -> str:
    """What closing means; while cases have no outcome, which, and no button (Rulebook D3)."""
    found = or_404(list_page.built(guard.principal(), _day(day), panel_asked()))
    reading.opened(guard.principal(), "list.read", f"meeting/{found.id}", clock.now())
    left = [line for line in list_page.lines(guard.principal(), found)
            if not line.recorded and not line.withdrawn]  # fmt: skip
    problems = why_not_over(guard.principal(), found.id)
    chair = who_chaired(attendees(guard.principal(), found.id))
    return render_template("lists/close.html", meeting=found, left=left, problems=problems, chair=chair,
                           typed=typed_at(guard.principal(), found.id),
                           unread=unread(guard.principal(), found.id))  # fmt: skip


@bp.post("/lists/<day>/close")
@needs(Permission.LIST_CLOSE)
def close(day: str) -> Any:
    """Makes the outcomes final."""
    on, code = _day(day), panel_asked()
    found = or_404(list_page.built(guard.principal(), on, code))
    reading.opened(guard.principal(), "list.read", f"meeting/{found.id}", clock.now())  # refusing names cases
    list_changes.close(guard.principal(), on, clock.now(), plain(request.form.get("unread", "")), code)
    flash(f"The meeting of {day_words(on)} is closed.", "success")
    return redirect(found.at(), 303)


@bp.post("/lists/ask-to-add")
@needs(Permission.LIST_ADD)
def ask_to_add() -> str:
    """The incident, the open lists, a box for the reason. By POST: no reference stands in an address."""
    form = AddForm.among(list_page.open_days(guard.principal()))
    return _add_page(form)


@bp.post("/lists/add")
@needs(Permission.LIST_ADD)
def add() -> Any:
    """Puts it on the list."""
    form = AddForm.among(list_page.open_days(guard.principal()))
    if not form.validate():
        return _add_page(form), 422
    on = date.fromisoformat(form.day.data)
    list_changes.add(guard.principal(), on, form.reference.data, form.reason.data, clock.now())
    flash(f"Incident {form.reference.data} is on the list of {day_words(on)}.", "success")
    return redirect(url_for("lists.one", day=on), 303)


def _add_page(form: AddForm) -> str:
    who = guard.principal()
    found = or_404(search.by_number(who, form.reference.data or "", clock.now(), list_day_for(who)))
    case = {"case": found.case_id} if found.case_id else {}
    reading.opened(who, "incident.read", f"incident/{found.id}", clock.now(), **case)
    return render_template("lists/add.html", form=form, incident=found)


def _shown(code: str = MeetingKind.DRAMM) -> bool:
    """Whether a panel's lists are for this person: they run the meetings, or their agency attends."""
    return code in guard.principal().attends or _may(Permission.AGENDA_EDIT)


def _not_built(on: date, code: str = MeetingKind.DRAMM, unsure: bool = False) -> Any:
    """A day without a list, one before the first, or one whose list has not been built."""
    if code != MeetingKind.DRAMM:
        told = or_404(list_panel_day(on, code))
        return render_template(
            "lists/not_built.html", told=told, code=code, now=clock.now(), unsure=unsure,
            at=list_address(code, on, "/build"),
        )  # fmt: skip
    area = areas.by_id(guard.principal().area_id)
    off, settings = holidays.known(), areas.settings_of(area)
    if why := calendar.no_list(on, off, settings):
        cover = calendar.working_day_from(on, calendar.days_off(settings, off))
        return render_template("lists/no_list.html", day=on, why=why, cover=cover), 404
    if on < area.lists_from:
        why = f"The first list of {area.title} is that of {day_words(area.lists_from)}."
        return render_template("lists/no_list.html", day=on, why=why, cover=area.lists_from), 404
    told = list_days.list_day(on, settings, off)
    return render_template(
        "lists/not_built.html", told=told, code=code, now=clock.now(), unsure=unsure,
        at=list_address(code, on, "/build"),
    )  # fmt: skip


def _others(now: datetime, last: date | None) -> list[tuple[Panel, list[_Shown], date | None]]:
    """The other panels whose lists are for this person: their next list, or that of the day asked for, those
    before it, and from which day on earlier ones go back (Rulebook P3)."""
    area, found = areas.by_id(guard.principal().area_id), []
    start = now if last is None else to_utc(datetime.combine(last, time.min))
    for panel in panels.set_up(area.id):
        if panel.works is Works.LIST and panel.family is Family.ABUSE and _shown(panel.code):
            row, every = panels.row(area.id, panel.code), OTHERS_SHOWN + 2
            told = list_panels.days(area, panel, start, every)
            days = [one for one in told if last is None or one.day <= last]
            first = days[-1].day if days else area.lists_from
            built = list_page.figures(guard.principal(), first, date.max, panel.code)
            there = [one for one in days if one.day in built or (row and one.window.end > row.set_at)]
            earlier = there[OTHERS_SHOWN].day if len(there) > OTHERS_SHOWN else None
            found.append((panel, [(one, built.get(one.day)) for one in there[:OTHERS_SHOWN]], earlier))
    return found


def _due(days: Sequence[ListDay], now: datetime) -> date | None:
    """The latest day whose window has ended: the list to build now."""
    return next((told.day for told in days if told.window.end <= now), None)


def _day_asked(upcoming: date) -> date:
    """The day before which lists are asked for, or the next one's."""
    told = request.args.get("before", "")
    try:
        return min(date.fromisoformat(told), upcoming) if told else upcoming
    except ValueError:
        abort(404)


def _day(text: str) -> date:
    """A day as an address writes it, `2026-11-23`; anything else is an unknown address."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if text != day.isoformat() or not 2000 <= day.year <= 2060:
        abort(404)
    return day


def _may(permission: Permission) -> bool:
    return guard.principal().may(permission)
