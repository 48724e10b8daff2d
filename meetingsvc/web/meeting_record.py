"""The record of a meeting: who came, apologies, confidentiality, and the end of a MARAC."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound

from agenda.calendar import day_words
from agenda.panels import Works, of_children, page_of
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas
from meetingsvc.store import meeting_record as store
from meetingsvc.store.meeting_record_alike import alike, said_apart
from meetingsvc.store.meeting_record_cases import cases
from meetingsvc.store.meeting_record_closing import typed_at, unread, why_not_over
from meetingsvc.store.meeting_record_strip import is_under_way, meeting_clock
from meetingsvc.usecases import meeting_record as usecase
from meetingsvc.usecases import meeting_record_attendance as attendance
from meetingsvc.usecases import meeting_record_presence as presence
from meetingsvc.usecases import reading
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.meeting_record_chair import RecordForm
from meetingsvc.web.typed import plain
from minutes.attendance import MeetingRecord
from minutes.attendance_chair import who_chaired

bp = Blueprint("meeting_record", __name__)


@bp.get("/meetings/<uuid:meeting_id>/record")
@needs(Permission.MEETING_RECORD)
def show(meeting_id: UUID) -> str:
    """Everybody who is expected, with who is here; and each case with its clock."""
    who = principal()
    record = or_404(store.record(who, meeting_id))
    return _page(who, record, RecordForm(record, _expected(record)))


@bp.post("/meetings/<uuid:meeting_id>/record")
@needs(Permission.MEETING_RECORD)
def save(meeting_id: UUID) -> Any:
    """Saves what was touched; what another person wrote meanwhile is shown beside it."""
    who = principal()
    record = or_404(store.record(who, meeting_id))
    form = RecordForm(record, _expected(record), request.form)
    if form.unreadable():
        return _page(who, record, form), 422
    try:
        stale = attendance.save(who, meeting_id, form.told(), clock.now())
    except attendance.Unfit as refusal:
        form.refuse(refusal.problems)
        return _page(who, record, form), 422
    record = or_404(store.record(who, meeting_id))
    if stale:
        form.show_theirs(stale, record)
        return _page(who, record, form, stale=True), 409
    flash(_saved_words(record), "success")
    return redirect(url_for("meeting_record.show", meeting_id=meeting_id), 303)


def _saved_words(record: MeetingRecord) -> str:
    came, left = len(record.came), len(record.not_reminded)
    reminded = f", {left} of them not reminded of confidentiality yet" if left else ""
    return f"Saved: {came} {'person' if came == 1 else 'people'} here{reminded}."


def _expected(record: MeetingRecord) -> list[store.Expected]:
    return store.expected_people({agency.agency_id for agency in record.agencies})


def _page(
    who: Principal, record: MeetingRecord, form: RecordForm, stale: bool = False, problem: str = ""
) -> str:
    now = clock.now()
    reading.opened(who, "record.read", f"meeting/{record.meeting_id}", now)
    meeting = or_404(store.meeting(who, record.meeting_id))
    settings = areas.settings_of(areas.by_id(who.area_id))
    typed = {one.id: one.name for one in record.came if one.account_id is None}
    form.ask(alike(who, record.meeting_id, typed), said_apart(who, typed.keys()))
    return render_template(
        "meeting_record/record.html",
        record=record,
        attendance=form,
        stale=stale,
        problem=problem,
        unsaved=form.touched and not stale and not form.refused,
        statement=settings.confidentiality_statement,
        under_way=is_under_way(meeting, now),
        clock=meeting_clock(who, meeting, record.hearings, now),
        cases=cases(who, meeting, now),
        back=back_of(record.works, record.meeting_id, record.sits_on, record.kind),
        children=of_children(record.kind),
    )


def back_of(works: Works, meeting_id: UUID, sits_on: date, kind: str) -> str:
    """The meeting's own page."""
    return page_of(kind, works, sits_on, meeting_id)


@bp.post("/meetings/<uuid:meeting_id>/joined")
@needs(Permission.MEETING_RECORD)
def joined(meeting_id: UUID) -> Any:
    """Somebody comes now."""
    change = partial(presence.joined, principal(), meeting_id, whom(), clock.now())
    return pressed(meeting_id, change, url_for("meeting_record.show", meeting_id=meeting_id))


@bp.post("/meetings/<uuid:meeting_id>/left")
@needs(Permission.MEETING_RECORD)
def left(meeting_id: UUID) -> Any:
    """Somebody goes now."""
    change = partial(presence.left, principal(), meeting_id, whom(), clock.now())
    return pressed(meeting_id, change, url_for("meeting_record.show", meeting_id=meeting_id))


def pressed(meeting_id: UUID, change: Callable[[], object], on: str) -> Any:
    """A button beside the form does its own change at once, and saves nothing of what is ticked or typed
    there: that comes back as it was, over the record as it is now. Where there is none it leads `on`."""
    who, problem = principal(), ""
    try:
        change()
    except RuleBroken as refusal:
        if "attendance" not in request.form:
            raise
        problem = str(refusal)
    record = or_404(store.record(who, meeting_id))
    form = RecordForm(record, _expected(record), request.form)
    if not problem and not form.touched:
        return redirect(on, 303)
    return _page(who, record, form, problem=problem), 409 if problem else 200


def whom() -> UUID:
    """Whom a button is about; an unknown person where it does not say."""
    try:
        return UUID(request.form.get("whom") or request.form.get("joins", ""))
    except ValueError:
        return UUID(int=0)


@bp.get("/meetings/<uuid:meeting_id>/here")
@needs(Permission.MEETING_HERE)
def own(meeting_id: UUID) -> str:
    """The statement, and one button; or since when the person is on the record."""
    who, now = principal(), clock.now()
    meeting = or_404(store.meeting(who, meeting_id))
    mine = [one for one in store.attendees(who, meeting_id) if one.account_id == who.account_id]
    settings = areas.settings_of(areas.by_id(who.area_id))
    return render_template(
        "meeting_record/here.html",
        meeting=meeting,
        statement=settings.confidentiality_statement,
        mine=mine[0] if mine else None,
        under_way=is_under_way(meeting, now) and meeting.sits_on == clock.today(),
        back=back_of(Works(meeting.works), meeting.id, meeting.sits_on, meeting.kind),
    )


@bp.post("/meetings/<uuid:meeting_id>/here")
@needs(Permission.MEETING_HERE)
def am_here(meeting_id: UUID) -> Any:
    """For oneself."""
    presence.here(principal(), meeting_id, clock.now())
    flash("You are on the record as here, and as having read the confidentiality statement.", "success")
    return redirect(url_for("meeting_record.own", meeting_id=meeting_id), 303)


@bp.get("/meetings/<uuid:meeting_id>/end")
@needs(Permission.MEETING_RECORD)
def ending(meeting_id: UUID) -> str:
    """What ending does, or what is missing."""
    who, now = principal(), clock.now()
    record = or_404(store.record(who, meeting_id))
    if record.works is not Works.AGENDA or of_children(record.kind):
        raise NotFound  # what hears children is closed where its decisions are (Rulebook E1)
    reading.opened(who, "record.read", f"meeting/{meeting_id}", now)
    meeting = or_404(store.meeting(who, meeting_id))
    return render_template(
        "meeting_record/end.html",
        record=record,
        under_way=is_under_way(meeting, now),
        problems=why_not_over(who, meeting_id),
        typed=typed_at(who, meeting_id),
        chair=who_chaired(record.came),
        unread=unread(who, meeting_id),
        back=back_of(record.works, meeting_id, record.sits_on, record.kind),
    )


@bp.post("/meetings/<uuid:meeting_id>/end")
@needs(Permission.MEETING_RECORD)
def end(meeting_id: UUID) -> Any:
    """Closes the record of a MARAC."""
    record = or_404(store.record(principal(), meeting_id))
    reading.opened(principal(), "record.read", f"meeting/{meeting_id}", clock.now())  # a refusal names cases
    missed = usecase.end(principal(), meeting_id, clock.now(), plain(request.form.get("unread", "")))
    back = f" {missed} not reached: on the next MARAC, first." if missed else ""
    flash(f"The MARAC of {day_words(record.sits_on)} has ended, and its record is closed.{back}", "success")
    return redirect(url_for("marac.agenda", meeting_id=meeting_id), 303)
