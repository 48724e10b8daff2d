"""The minutes of a meeting: one page, on which each reader finds what is theirs to read (Rulebook R1, S3)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda.panels import Works
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.models import MeetingRow
from meetingsvc.permissions import Permission
from meetingsvc.store import minutes as store
from meetingsvc.store import minutes_copies as copies
from meetingsvc.store import minutes_due, minutes_list
from meetingsvc.usecases import minutes as usecase
from meetingsvc.usecases import minutes_confirmed, minutes_corrections, minutes_reading, reading
from meetingsvc.usecases.minutes import Said, Stale
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.meeting_record import back_of
from meetingsvc.web.paging import Pages, page_asked
from meetingsvc.web.typed import plain
from minutes.minutes import approval_problem

bp = Blueprint("minutes", __name__, url_prefix="/minutes")
_STALE = "Somebody else wrote of the same case meanwhile. Nothing was saved."


@bp.get("")
@needs(Permission.MINUTES_READ)
def index() -> str:
    """All that the reader may read, the newest meeting first; with those still to get out for who does."""
    who, today, asked = principal(), clock.today(), page_asked()
    found, count = minutes_list.page(who, today, asked)
    reading.opened(who, "minutes.list_read", f"area/{who.area_id}", clock.now(), shown=len(found))
    return render_template(
        "minutes/index.html", lines=found, today=today, pages=Pages(asked, count, minutes_list.PAGE)
    )


@bp.get("/<uuid:meeting_id>")
@needs(Permission.MINUTES_READ)
def show(meeting_id: UUID) -> str:
    """The newest version that the reader may read, or the one they ask for."""
    return _page(meeting_id, {}, "")


def _shown(meeting_id: UUID, versions: list[store.Version]) -> store.Version | None:
    asked = request.args.get("version", "")
    return next((one for one in versions if str(one.number) == asked), next(iter(versions), None))


def _meeting(meeting_id: UUID) -> MeetingRow:
    return or_404(minutes_due.meeting(principal(), meeting_id))


def _opened(meeting_id: UUID) -> tuple[store.Version | None, list[store.CaseLine]]:
    """What is shown, once it is kept that it was."""
    who, now, meeting = principal(), clock.now(), _meeting(meeting_id)
    version = _shown(meeting_id, store.versions(who, meeting_id))
    cases = store.cases(who, meeting, version, now) if version else []
    minutes_reading.opened(who, meeting_id, version, cases, now)
    return version, cases


def _page(meeting_id: UUID, typed: Mapping[UUID, Said], problem: str, template: str = "minutes") -> str:
    version, cases = _opened(meeting_id)
    who, meeting = principal(), _meeting(meeting_id)
    writers = store.writers(who, meeting_id)
    return render_template(
        f"minutes/{template}.html", meeting=meeting, versions=store.versions(who, meeting_id),
        version=version, cases=cases, typed=typed, problem=problem, ended=store.has_ended(who, meeting),
        today=clock.today(), due=minutes_due.due(who, Works(meeting.works), meeting.sits_on),
        not_them=approval_problem(who.account_id, writers), copy=copies.mine(who, meeting_id, clock.now()),
        back=back_of(Works(meeting.works), meeting.id, meeting.sits_on, meeting.kind),
    )  # fmt: skip


@bp.post("/<uuid:meeting_id>/draft")
@needs(Permission.MINUTES_DRAFT)
def draft(meeting_id: UUID) -> Any:
    """From the record, at one click."""
    usecase.draft(principal(), meeting_id, clock.now())
    return _said_so(meeting_id, "Drafted from the record. Add what was said, then send it to the chair.")


def _said_so(meeting_id: UUID, words: str) -> Any:
    flash(words, "success")
    return redirect(url_for("minutes.show", meeting_id=meeting_id), 303)


@bp.post("/<uuid:meeting_id>/said")
@needs(Permission.MINUTES_DRAFT)
def said(meeting_id: UUID) -> Any:
    """Keeps what was typed, and sends it to the chair where that was asked."""
    typed = _typed()
    try:
        count = usecase.say(principal(), meeting_id, typed, clock.now())
    except Stale:
        return _page(meeting_id, typed, _STALE), 409
    except RuleBroken as refusal:
        return _page(meeting_id, typed, str(refusal)), 409
    if "send" in request.form:
        usecase.send(principal(), meeting_id, clock.now())
        return _said_so(meeting_id, "Saved, and sent to the chair.")
    return _said_so(meeting_id, f"Saved: {count} {'case' if count == 1 else 'cases'} changed.")


def _typed() -> dict[UUID, Said]:
    found = {}
    for name, text in request.form.items():
        part, _, key = name.partition("-")
        seen = request.form.get(f"seen-{key}", "")
        if part == "said" and seen.isdecimal():
            try:
                found[UUID(key)] = Said(plain(text), int(seen))
            except ValueError:
                continue
    return found


@bp.post("/<uuid:meeting_id>/cases/<uuid:item_id>/confirm")
@needs(Permission.MINUTES_DRAFT)
def confirm(meeting_id: UUID, item_id: UUID) -> Any:
    """Somebody other than their writer has read these words."""
    minutes_confirmed.confirm(principal(), meeting_id, item_id, _seen(), clock.now())
    return _said_so(meeting_id, "Confirmed: what was said is as it was.")


@bp.get("/<uuid:meeting_id>/correct")
@needs(Permission.MINUTES_DRAFT)
def ask_to_correct(meeting_id: UUID) -> str:
    """Asks what is corrected, and why."""
    return _page(meeting_id, {}, "", "correct")


@bp.post("/<uuid:meeting_id>/correct")
@needs(Permission.MINUTES_DRAFT)
def correct(meeting_id: UUID) -> Any:
    """Begins a further version."""
    what, why = (plain(request.form.get(name, "")) for name in ("what", "why"))
    try:
        minutes_corrections.correct(principal(), meeting_id, what, why, clock.now())
    except RuleBroken as refusal:
        return _page(meeting_id, {}, str(refusal), "correct"), 422
    return _said_so(meeting_id, "A new version is drafted. Put it right, then send it to the chair.")


@bp.get("/<uuid:meeting_id>/approve")
@needs(Permission.MINUTES_APPROVE)
def decide(meeting_id: UUID) -> str:
    """What approving does; or sends them back with the reason."""
    return _page(meeting_id, {}, "", "approve")


@bp.post("/<uuid:meeting_id>/approve")
@needs(Permission.MINUTES_APPROVE)
def approve(meeting_id: UUID) -> Any:
    """Issues them."""
    usecase.approve(principal(), meeting_id, _seen(), clock.now())
    return _said_so(meeting_id, "Approved, and issued to those who attend.")


@bp.post("/<uuid:meeting_id>/back")
@needs(Permission.MINUTES_APPROVE)
def send_back(meeting_id: UUID) -> Any:
    """Gives them back to the drafter."""
    try:
        usecase.send_back(principal(), meeting_id, _seen(), plain(request.form.get("why", "")), clock.now())
    except RuleBroken as refusal:
        return _page(meeting_id, {}, str(refusal), "approve"), 422
    return _said_so(meeting_id, "Sent back to the coordinator.")


def _seen() -> int:
    told = request.form.get("seen", "")
    return int(told) if told.isdecimal() else 0
