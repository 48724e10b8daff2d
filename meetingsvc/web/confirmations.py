"""Confirming update-only cases for one's agency before a MARAC, and who has not (Rulebook C3)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda import confirmations as rules
from agenda.confirmations import Standing
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, marac
from meetingsvc.store import confirmations as store
from meetingsvc.store.confirmations import Waiting
from meetingsvc.store.marac import Line, Sitting
from meetingsvc.usecases import confirmations as usecase
from meetingsvc.usecases import reading
from meetingsvc.usecases.confirmations import Sent
from meetingsvc.web.confirmations_forms import Shown, all_confirmed, told_in
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal

bp = Blueprint("confirmations", __name__)


@bp.get("/marac/<uuid:meeting_id>/confirmations")
@needs(Permission.CONFIRM_SEND)
def show(meeting_id: UUID) -> str:
    """Every case that one's agency is asked to confirm."""
    return _page(_sitting(meeting_id), Shown())


@bp.post("/marac/<uuid:meeting_id>/confirmations")
@needs(Permission.CONFIRM_SEND)
def answer(meeting_id: UUID) -> Any:
    """First what is about to be sent, then, once confirmed, sent: nothing typed is lost on the way.

    `all` says of every case of which nothing is said that it is confirmed, and leads to the check alike.
    """
    sitting, step = _sitting(meeting_id), request.form.get("do", "check")
    told = all_confirmed(told_in(request.form)) if step == "all" else told_in(request.form)
    form = Shown(told)
    if step == "change":
        return _page(sitting, form)
    if form.problems:
        return _page(sitting, form), 422
    if step != "send":
        return _page(sitting, form, "confirmations/check.html")
    try:
        sent = usecase.answer(principal(), meeting_id, told, clock.now())
    except RuleBroken as refusal:
        return _page(sitting, Shown(told, (str(refusal),))), 409
    flash(_words(sent), "success")
    return redirect(url_for("confirmations.show", meeting_id=meeting_id), 303)


def _sitting(meeting_id: UUID) -> Sitting:
    return or_404(marac.sitting(principal(), meeting_id))


def _page(sitting: Sitting, form: Shown, template: str = "confirmations/confirm.html") -> str:
    who, now = principal(), clock.now()
    reading.opened(who, "confirmation.read", f"meeting/{sitting.id}", now)
    boxes = store.boxes(who, sitting.id)
    return render_template(
        template, sitting=sitting, form=form.of(boxes), due=_due(sitting.sits_on),
        evidence=store.evidence(who, [one.line.item_id for one in boxes if one.is_asked]),
        problem=rules.answer_problem(sitting.stands(clock.today()), sitting.ended),
    )  # fmt: skip


def _due(sits_on: date) -> date:
    settings = areas.settings_of(areas.by_id(principal().area_id))
    return rules.due_on(sits_on, settings, holidays.known())


def _words(sent: Sent) -> str:
    if not (sent.confirmed or sent.not_confirmed):
        return "Nothing has changed since your agency answered."
    said = [f"Confirmed: {sent.confirmed}."] if sent.confirmed else []
    if sent.not_confirmed:
        said.append(f"Not confirmed, and now for discussion: {sent.not_confirmed}.")
    return " ".join(said)


@bp.get("/marac/<uuid:meeting_id>/confirmed")
@needs(Permission.AGENDA_EDIT)
def grid(meeting_id: UUID) -> str:
    """Which agencies have confirmed what, and who has not answered."""
    who = principal()
    found = or_404(marac.agenda(who, meeting_id))
    reading.opened(who, "confirmation.grid_read", f"meeting/{meeting_id}", clock.now())
    told = store.standings(who, meeting_id, found.lines)
    lines = [line for line in found.lines if line.item_id in told]
    asked = [told[line.item_id] for line in lines if not line.moved_reason]  # nobody waits for the others
    return render_template(
        "confirmations/agencies.html", sitting=found.sitting, standings=told, lines=lines,
        due=_due(found.sitting.sits_on), outstanding=_outstanding(asked),
    )  # fmt: skip


def _outstanding(asked: Iterable[Standing]) -> list[tuple[str, int]]:
    """The agencies that have not answered, and for how many cases, by name."""
    waits = [name for one in asked for name in one.waiting]
    return sorted((name, waits.count(name)) for name in set(waits))


@bp.app_template_global("confirmations_of")
def on_agenda(sitting: Sitting, lines: Iterable[Line]) -> dict[UUID, Standing]:
    """Beside each update-only line of an agenda that agencies hold; for who runs the meeting."""
    who = principal()
    if not who.may(Permission.AGENDA_EDIT) or sitting.state is not MeetingState.PUBLISHED:
        return {}
    return store.standings(who, sitting.id, [one for one in lines if one.supplement <= sitting.supplements])


@bp.app_template_global("confirmations_on_home")
def on_home() -> list[tuple[Waiting, date]]:
    """What waits for one's agency to confirm, and by when."""
    who = principal()
    if not who.may(Permission.CONFIRM_SEND):
        return []
    return [(one, _due(one.sits_on)) for one in store.waiting(who, clock.today())]
