"""What agencies shared about a case; correcting one's own, asking for another's to be corrected (R2)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page
from meetingsvc.store import corrections as store
from meetingsvc.store.corrections import Request, Shared
from meetingsvc.usecases import corrections as usecase
from meetingsvc.usecases import reading
from meetingsvc.usecases.corrections import Superseded
from meetingsvc.web import guard
from meetingsvc.web.corrections_forms import CorrectionForm, ReasonForm
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("corrections", __name__)


@bp.get("/cases/<uuid:case_id>/shared")
@needs(Permission.ITEM_OWN)
def shared(case_id: UUID) -> str:
    """By agency, with what was corrected struck through."""
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, "shared.read", f"case/{case_id}", clock.now())
    return render_template(
        "corrections/shared.html", case=case, notes=store.shared(who, case_id),
        requests=store.requests(who, case_id), no_longer=store.no_longer(who, case_id),
    )  # fmt: skip


@bp.get("/cases/<uuid:case_id>/shared/<uuid:note_id>/correct")
@needs(Permission.ITEM_OWN)
def ask_correct(case_id: UUID, note_id: UUID) -> str:
    """The note as it stands, to put right."""
    one = _own(case_id, note_id)
    newest = store.standing(guard.principal(), one)
    return _correct_page(newest, CorrectionForm.of(newest, guard.principal().name))


@bp.post("/cases/<uuid:case_id>/shared/<uuid:note_id>/correct")
@needs(Permission.ITEM_OWN)
def correct(case_id: UUID, note_id: UUID) -> Any:
    """Adds the correction. Where somebody was quicker, what was typed stays, beside the newest text."""
    one, form, who = _own(case_id, note_id), CorrectionForm(), guard.principal()
    if not form.validate():
        return _correct_page(one, form), 422
    try:
        _, told = usecase.correct(who, case_id, note_id, form.note(one), form.reason.data, clock.now())
    except Superseded:
        return _correct_page(store.standing(who, one), form, overtaken=True), 409
    people = "1 person who had read it is" if told == 1 else f"{told} people who had read it are"
    flash(f"Corrected. The old text stays, struck through. {people} told.", "success")
    return redirect(url_for("corrections.shared", case_id=case_id), 303)


@bp.get("/cases/<uuid:case_id>/shared/<uuid:note_id>/ask")
@needs(Permission.ITEM_OWN)
def ask(case_id: UUID, note_id: UUID) -> str:
    """Why the agency that shared it should correct it."""
    return _ask_page(_note(case_id, note_id), ReasonForm())


@bp.post("/cases/<uuid:case_id>/shared/<uuid:note_id>/ask")
@needs(Permission.ITEM_OWN)
def send(case_id: UUID, note_id: UUID) -> Any:
    """Asks that agency."""
    one, form = _note(case_id, note_id), ReasonForm()
    if not form.validate():
        return _ask_page(one, form), 422
    usecase.ask(guard.principal(), case_id, note_id, form.reason.data, clock.now())
    flash(f"{one.agency} is asked. Their answer will stand on this page.", "success")
    return redirect(url_for("corrections.shared", case_id=case_id), 303)


@bp.get("/cases/<uuid:case_id>/shared/requests/<uuid:request_id>/decline")
@needs(Permission.ITEM_OWN)
def ask_decline(case_id: UUID, request_id: UUID) -> str:
    """Why one's agency does not correct what it shared."""
    return _decline_page(*_request(case_id, request_id), ReasonForm())


@bp.post("/cases/<uuid:case_id>/shared/requests/<uuid:request_id>/decline")
@needs(Permission.ITEM_OWN)
def decline(case_id: UUID, request_id: UUID) -> Any:
    """Says so to who asked."""
    asked, one = _request(case_id, request_id)
    form = ReasonForm()
    if not form.validate():
        return _decline_page(asked, one, form), 422
    usecase.decline(guard.principal(), case_id, request_id, form.reason.data, clock.now())
    flash("Declined. Who asked can read why.", "success")
    return redirect(url_for("corrections.shared", case_id=case_id), 303)


@bp.get("/corrections")
@needs(Permission.ITEM_OWN)
def news() -> str:
    """Corrections to what one has read, until one has read them; and what one's agency is asked."""
    who = guard.principal()
    news, asked = store.unread(who), store.asked_of(who)
    cases = (*(one.case_id for one in news), *(case_id for case_id, _ in asked))
    reading.listed(who, "correction.list_read", cases, clock.now())
    return render_template("corrections/news.html", news=news, asked=asked)


@bp.post("/corrections/<uuid:note_id>/read")
@needs(Permission.ITEM_OWN)
def read(note_id: UUID) -> Any:
    """It leaves the home page."""
    usecase.read(guard.principal(), note_id, clock.now())
    return redirect(url_for("corrections.news"), 303)


def _note(case_id: UUID, note_id: UUID) -> Shared:
    return or_404(store.note(guard.principal(), case_id, note_id))


def _own(case_id: UUID, note_id: UUID) -> Shared:
    one = _note(case_id, note_id)
    return one if one.corrected_by(guard.principal()) else abort(403)


def _request(case_id: UUID, request_id: UUID) -> tuple[Request, Shared]:
    asked = or_404(store.request(guard.principal(), case_id, request_id))
    one = _note(case_id, asked.note_id)
    return (asked, one) if one.note.agency_id == guard.principal().agency_id else abort(403)


def _correct_page(one: Shared, form: CorrectionForm, overtaken: bool = False) -> str:
    _opened(one)
    asked = store.requests(guard.principal(), one.case_id).get(one.id, [])
    return render_template(
        "corrections/correct.html", one=one, form=form, overtaken=overtaken, requests=asked
    )


def _ask_page(one: Shared, form: ReasonForm) -> str:
    _opened(one)
    return render_template("corrections/ask.html", one=one, form=form)


def _decline_page(asked: Request, one: Shared, form: ReasonForm) -> str:
    _opened(one)
    return render_template("corrections/decline.html", asked=asked, one=one, form=form)


def _opened(one: Shared) -> None:
    reading.opened(guard.principal(), "shared.read", f"case/{one.case_id}", clock.now())
