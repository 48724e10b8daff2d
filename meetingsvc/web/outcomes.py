"""The working page of a meeting: one case on the left, its outcome on the right."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, request, url_for

from agenda.calendar import day_words
from agenda.panels import Family
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import FAMILY_OF, Permission, Principal
from meetingsvc.store import areas, confirmations, outcomes
from meetingsvc.store.live import Draft
from meetingsvc.usecases import live as typing
from meetingsvc.usecases import outcomes as usecase
from meetingsvc.web import ladder, outcome_draft, outcome_strip
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.meeting_record_hearing import ALONE, alone
from meetingsvc.web.outcome_forms import OutcomeForm
from meetingsvc.web.outcome_page import form_of, meeting_page, page
from meetingsvc.web.outcome_rows import text
from minutes.recording import Recording, differences
from minutes.worksheet import Worksheet

bp = Blueprint("outcomes", __name__)

_SAVES = ("save", "next", "confirm")
_TYPED = "Somebody else typed into this case while you did."
_ASIDE = "Somebody set aside what was typed into this case, while it stood on your page."
_BY_HAND = "Ask those who have not, then record below what the meeting finds."
_TRIES = 5  # of saving what several people save at once


@bp.get("/items/<uuid:item_id>/outcome")
@needs(Permission.LIST_READ)
def show(item_id: UUID) -> Any:
    """Who may read the list may read the case; who records outcomes has the form beside it."""
    who = principal()
    if ALONE in request.headers:  # of a page that shows the case already, and has left its trace
        or_404(outcomes.may_read(who, item_id) or None)
        answer = make_response(alone(who, item_id))
        answer.polls = True  # type: ignore[attr-defined]
        return answer
    sheet = or_404(outcomes.worksheet(who, item_id))
    if FAMILY_OF.get(sheet.kind) is Family.EXPLOITATION:
        return ladder.show(who, item_id)
    form, draft = form_of(who, sheet)
    return page(who, sheet, form, draft=draft)


@bp.post("/items/<uuid:item_id>/outcome")
@needs(Permission.OUTCOME_RECORD)
def record(item_id: UUID) -> Any:
    """Saves the whole form, or takes a step that saves nothing and shows everything typed again."""
    return _recorded(item_id)


@bp.post("/items/<uuid:item_id>/outcome/stand-in")
@needs(Permission.OUTCOME_STAND_IN)
def stand_in(item_id: UUID) -> Any:
    """The same, by a chair: of a case that no coordinator may open (security.md B)."""
    return _recorded(item_id)


def _recorded(item_id: UUID) -> Any:
    who = principal()
    sheet = or_404(outcomes.worksheet(who, item_id))
    if FAMILY_OF.get(sheet.kind) is Family.EXPLOITATION:
        abort(404)  # of a child the ladder's own form decides
    step = request.form.get("step", "save")
    if step == "aside":
        return _set_aside(who, sheet)
    if "live" in request.form and step in _SAVES:
        return _save_draft(who, sheet, step)
    form = outcome_draft.blank(who, sheet, request.form)
    if step == "confirm" and sheet.line:
        if unconfirmed := _unconfirmed(who, sheet):
            return _refused(who, form, unconfirmed)
        form.confirm()
    if step.startswith(f"{outcome_strip.STEP}."):
        return _press(who, form, step)
    if step not in _SAVES or text(form.typed):
        form.take(step if step not in _SAVES else "typed")
        return page(who, sheet, form, seen=_kept(who, form))
    return _save(who, form, form.recording(), step)


def _press(who: Principal, form: OutcomeForm, step: str) -> Any:
    """A button of the meeting saves nothing of the outcome, and loses nothing that was typed."""
    refused = False
    try:
        outcome_strip.press(who, form.sheet.item_id, step, clock.now())
    except RuleBroken as refusal:
        refused = True
        form.form_errors.append(str(refusal))
    return page(who, form.sheet, form, seen=_kept(who, form)), 409 if refused else 200


def _kept(who: Principal, form: OutcomeForm) -> str:
    """How far the page has come, with what stands on it kept as a draft."""
    return outcome_draft.keep(who, form, request.form.get("seen", ""), clock.now())


def _set_aside(who: Principal, sheet: Worksheet) -> Any:
    """What was typed and not saved stands in no outcome, by a person's word; it is kept."""
    until = outcome_draft.come_to(who, sheet.item_id)
    try:
        fields = typing.set_aside(who, sheet.item_id, until, clock.now())
    except typing.Meanwhile as typed:
        if not sheet.is_open:
            return page(who, sheet, None), 409
        return _typed_meanwhile(who, outcome_draft.blank(who, sheet, request.form), typed)
    flash(
        f"Set aside: {fields} field{'s' if fields != 1 else ''} of {sheet.case} that had not been saved.",
        "success",
    )
    return redirect(url_for("outcomes.show", item_id=sheet.item_id), 303)


def _save_draft(who: Principal, sheet: Worksheet, step: str) -> Any:
    """What everybody typed into the case becomes its outcome: the page has sent all of it before."""
    for _ in range(_TRIES):
        form, base, draft = outcome_draft.opened(who, sheet)
        if gone := outcome_draft.set_aside_since(who, sheet, base):
            form = outcome_draft.blank(who, sheet, request.form)
            return _typed_meanwhile(who, form, typing.Meanwhile(gone), _ASIDE)
        if step == "confirm" and sheet.line:
            if unconfirmed := _unconfirmed(who, sheet):
                return _refused(who, form, unconfirmed, draft)
            form.confirm()
        landing = outcome_draft.landing(form, base, draft.until, strict=False)
        try:
            told = replace(form.recording(), version=sheet.version)
            usecase.record(who, sheet.item_id, told, clock.now(), landing)
        except usecase.Stale:
            sheet = or_404(outcomes.worksheet(who, sheet.item_id))
        except (usecase.Unfit, RuleBroken) as refusal:
            return _refused(who, form, refusal, draft)
        else:
            return _saved(who, sheet.item_id, step)
    raise RuleBroken("Others are saving this outcome at this moment. Save again.")


def _unconfirmed(who: Principal, sheet: Worksheet) -> RuleBroken | None:
    """What one click records is what every agency confirmed, and nothing else (Rulebook C3)."""
    told = confirmations.standing_of(who, sheet)
    if sheet.recorded or (told and told.all_confirmed):
        return None
    return RuleBroken(f"{told.words if told else 'Nobody was asked'}. {_BY_HAND} Nothing was saved.")


def _save(who: Principal, form: OutcomeForm, told: Recording, step: str) -> Any:
    base = outcome_draft.values(outcome_draft.blank(who, form.sheet, None))
    until = outcome_draft.come_to(who, form.sheet.item_id)
    landing = outcome_draft.landing(form, base, until, strict=True)
    try:
        usecase.record(who, form.sheet.item_id, told, clock.now(), landing)
    except usecase.Stale:
        return _saved_meanwhile(who, form, told, step)
    except usecase.Meanwhile as typed:
        return _typed_meanwhile(who, form, typed)
    except (usecase.Unfit, RuleBroken) as refusal:
        return _refused(who, form, refusal)
    return _saved(who, form.sheet.item_id, step)


def _saved(who: Principal, item_id: UUID, step: str) -> Any:
    sheet = or_404(outcomes.worksheet(who, item_id))
    flash(_saved_words(sheet), "success")
    if step != "save" and sheet.place.next is None:
        return redirect(meeting_page(sheet), 303)
    to = item_id if step == "save" else sheet.place.next
    return redirect(url_for("outcomes.show", item_id=to), 303)


def _saved_words(sheet: Worksheet) -> str:
    told = sheet.recorded
    if sheet.line:
        return f"Saved: what the MARAC decided about {sheet.case}."
    if told is None or not told.outcome.refer or told.outcome.group is None:
        return f"Saved: {sheet.case} is not referred to MARAC."
    where = (
        f"on the agenda of {day_words(told.marac_on)}"
        if told.marac_on
        else "waiting for a MARAC to have a date"
    )
    return f"Saved: {sheet.case} is referred to MARAC in group {told.outcome.group.value}, {where}."


def _refused(
    who: Principal, form: OutcomeForm, refusal: usecase.Unfit | RuleBroken, draft: Draft | None = None
) -> tuple[str, int]:
    """With everything typed. What a closed meeting does not take can still be copied from the page."""
    if isinstance(refusal, usecase.Unfit):
        form.refuse(refusal.problems)
        form.keep_worked_on()
        return page(who, form.sheet, form, draft=draft), 422
    form.form_errors.append(str(refusal))
    sheet = or_404(outcomes.worksheet(who, form.sheet.item_id))
    return page(who, sheet, form), 409


def _saved_meanwhile(who: Principal, form: OutcomeForm, told: Recording, step: str) -> Any:
    """Theirs beside yours, field by field. The same sent twice, or only added to, is no conflict."""
    sheet = or_404(outcomes.worksheet(who, form.sheet.item_id))
    names = {agency.id: agency.name for agency in areas.agencies(who.area_id)}
    theirs = sheet.recorded
    found = differences(theirs.outcome, sheet.actions, told, names) if theirs else ()
    form.show_theirs(sheet)
    if not found and told.version != sheet.version:
        return _save(who, form, replace(told, version=sheet.version), step)
    return page(who, sheet, form, found), 409


def _typed_meanwhile(
    who: Principal, form: OutcomeForm, typed: usecase.Meanwhile, said: str = _TYPED
) -> tuple[str, int]:
    """What others type at this moment beside yours: a page that was not told of it overwrites nothing."""
    sheet = or_404(outcomes.worksheet(who, form.sheet.item_id))
    found = outcome_draft.meanwhile(who, form, typed.fields)
    return page(who, sheet, form, found, typing=said), 409
