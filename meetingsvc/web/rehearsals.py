"""Rehearsing a meeting with invented cases: making a rehearsal, entering and leaving it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from agenda.rehearsal import MARKING
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import rehearsals as store
from meetingsvc.usecases import rehearsals as usecase
from meetingsvc.web.guard import needs, principal
from meetingsvc.web.rehearsals_forms import MakeForm
from meetingsvc.web.sessions import current

bp = Blueprint("rehearsals", __name__, url_prefix="/rehearsal")


@bp.get("")
@needs(Permission.REHEARSAL_ENTER)
def show() -> str:
    """What a rehearsal is, and whether there is one."""
    who = principal()
    found = None if who.rehearsing else store.under_way(who.area_id)
    meetings = store.meetings(who) if who.rehearsing else []
    return render_template("rehearsals/rehearsal.html", found=found, meetings=meetings)


@bp.get("/new")
@needs(Permission.REHEARSAL_MAKE)
def new() -> str:
    """Which meetings, and how large."""
    return _making(MakeForm(meetings=["daily"]))


@bp.post("/new")
@needs(Permission.REHEARSAL_MAKE)
def make() -> Any:
    """Makes it, and ends the one before; where there is one, only once that is confirmed."""
    form = MakeForm()
    if not form.validate():
        return _making(form), 422
    if store.under_way(principal().area_id) and request.form.get("sure") != "yes":
        return render_template("rehearsals/confirm.html", form=form)
    try:
        usecase.make(principal(), form.plan, clock.now())
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return _making(form), 409
    flash("The rehearsal is ready. Tell those who are to take part: each enters it from their first page.",
          "success")  # fmt: skip
    return redirect(url_for("rehearsals.show"), 303)


def _making(form: MakeForm) -> str:
    return render_template("rehearsals/new.html", form=form, found=store.under_way(principal().area_id))


@bp.post("/enter")
@needs(Permission.REHEARSAL_ENTER)
def enter() -> Any:
    """Their session acts in it until they leave it, or sign out."""
    if twin := usecase.enter(principal(), clock.now()):
        current().rehearse(twin)
    return redirect(url_for("rehearsals.show"), 303)


@bp.post("/leave")
@needs(Permission.REHEARSAL_ENTER)
def leave() -> Any:
    """Back to the real area; harmless where they are there already."""
    who, real = principal(), current_user.principal
    if who.rehearsing:
        usecase.leave(real, who, clock.now())
        current().rehearse(None)
        flash("You have left the rehearsal. What you see from here is real.", "success")
    return redirect(url_for("home.show"), 303)


@bp.get("/end")
@needs(Permission.REHEARSAL_MAKE)
def ask_end() -> str:
    """Whether they are sure: it is over for everybody."""
    there = store.under_way(principal().area_id)
    return render_template("rehearsals/end.html") if there else show()


@bp.post("/end")
@needs(Permission.REHEARSAL_MAKE)
def end() -> Any:
    """Nobody enters it any more."""
    if usecase.end(principal(), clock.now()):
        flash("The rehearsal is over, for everybody.", "success")
    return redirect(url_for("rehearsals.show"), 303)


@bp.app_template_global("rehearsal_marking")
def marking() -> str:
    """What stands on every page of a rehearsal."""
    return MARKING


@bp.app_template_global("rehearsal_on_home")
def on_home() -> store.Rehearsal | None:
    """The one that can be entered from the first page."""
    who: Principal = principal()
    if who.rehearsing or not who.may(Permission.REHEARSAL_ENTER):
        return None
    found = store.under_way(who.area_id)
    return found if found and found.ready_at else None
