"""The working page of the daily meeting: one case on the left, its outcome on the right."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from agenda import reasons
from agenda.calendar import day_words
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    areas,
    consents,
    consents_elsewhere,
    disclosure_schemes,
    outcome_history,
    outcomes,
    referrals,
)
from meetingsvc.usecases import outcomes as usecase
from meetingsvc.usecases import reading, stand_ins
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.outcome_forms import OutcomeForm
from minutes import clarifications
from minutes.recording import Difference, Recording, differences
from minutes.worksheet import Worksheet

bp = Blueprint("outcomes", __name__)

_SAVES = ("save", "next")


@bp.get("/items/<uuid:item_id>/outcome")
@needs(Permission.LIST_READ)
def show(item_id: UUID) -> str:
    """Who may read the list may read the case; who records outcomes has the form beside it."""
    who = principal()
    sheet = or_404(outcomes.worksheet(who, item_id))
    return _page(who, sheet, _form(who, sheet))


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
    form = OutcomeForm(sheet, _signatories(who), request.form)
    step = request.form.get("step", "save")
    if step not in _SAVES:
        form.take(step)
        return _page(who, sheet, form)
    return _save(who, form, form.recording(), step)


def _save(who: Principal, form: OutcomeForm, told: Recording, step: str) -> Any:
    try:
        usecase.record(who, form.sheet.item_id, told, clock.now())
    except usecase.Stale:
        return _saved_meanwhile(who, form, told, step)
    except (usecase.Unfit, RuleBroken) as refusal:
        return _refused(who, form, refusal)
    return _saved(who, form.sheet.item_id, step)


def _saved(who: Principal, item_id: UUID, step: str) -> Any:
    sheet = or_404(outcomes.worksheet(who, item_id))
    flash(_saved_words(sheet), "success")
    if step == "next" and sheet.place.next is None:
        return redirect(f"/lists/{sheet.sits_on}", 303)
    to = sheet.place.next if step == "next" else item_id
    return redirect(url_for("outcomes.show", item_id=to), 303)


def _saved_words(sheet: Worksheet) -> str:
    told = sheet.recorded
    if told is None or not told.outcome.refer or told.outcome.group is None:
        return f"Saved: {sheet.case} is not referred to MARAC."
    where = (
        f"on the agenda of {day_words(told.marac_on)}"
        if told.marac_on
        else "waiting for a MARAC to have a date"
    )
    return f"Saved: {sheet.case} is referred to MARAC in group {told.outcome.group.value}, {where}."


def _refused(who: Principal, form: OutcomeForm, refusal: usecase.Unfit | RuleBroken) -> tuple[str, int]:
    """With everything typed. What a closed meeting does not take can still be copied from the page."""
    if isinstance(refusal, usecase.Unfit):
        form.refuse(refusal.problems)
        return _page(who, form.sheet, form), 422
    form.form_errors.append(str(refusal))
    sheet = or_404(outcomes.worksheet(who, form.sheet.item_id))
    return _page(who, sheet, form), 409


def _saved_meanwhile(who: Principal, form: OutcomeForm, told: Recording, step: str) -> Any:
    """Theirs beside yours, field by field. The same sent twice, or only added to, is no conflict."""
    sheet = or_404(outcomes.worksheet(who, form.sheet.item_id))
    names = {agency.id: agency.name for agency in areas.agencies(who.area_id)}
    theirs = sheet.recorded
    found = differences(theirs.outcome, sheet.actions, told, names) if theirs else ()
    form.show_theirs(sheet)
    if not found and told.version != sheet.version:
        return _save(who, form, replace(told, version=sheet.version), step)
    return _page(who, sheet, form, found), 409


def _form(who: Principal, sheet: Worksheet) -> OutcomeForm | None:
    stands_in = _standing(who, sheet) is stand_ins.Standing.STANDS_IN
    if not ((who.may(Permission.OUTCOME_RECORD) or stands_in) and sheet.is_open):
        return None
    return OutcomeForm(sheet, _signatories(who), None)


def _standing(who: Principal, sheet: Worksheet) -> stand_ins.Standing | None:
    return stand_ins.standing(who, sheet.item_id, sheet.case_id, clock.now())


def _signatories(who: Principal) -> list[Any]:
    return [agency for agency in areas.agencies(who.area_id) if agency.is_signatory(clock.today())]


def _page(
    who: Principal,
    sheet: Worksheet,
    form: OutcomeForm | None,
    conflicts: tuple[Difference, ...] | None = None,
) -> str:
    reading.opened(who, "case.read", f"case/{sheet.case_id}", clock.now())
    names = {agency.id: agency.name for agency in areas.agencies(who.area_id)}
    told = {} if form is None else {"form": form}
    return render_template(
        "outcomes/outcome.html",
        sheet=sheet,
        held=outcome_history.held(who, sheet),
        today=clock.today(),
        conflicts=conflicts,
        agencies=names,
        reason=reasons.words,
        clarified=clarifications.words,
        standing=_standing(who, sheet),
        said=referrals.said_of(who, sheet.case_id),
        consent=consents.standing(who, sheet.case_id),
        elsewhere=consents_elsewhere.on(who, sheet.case_id),
        applications=disclosure_schemes.on(who, [one.entry.reference for one in sheet.incidents]),
        **told,
    )
