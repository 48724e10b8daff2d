"""The panels of an area: those there are, and those it may set up (Rulebook E1, P3)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from agenda.panels import OFFERED, Family, Panel
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, proposals
from meetingsvc.store import panels as store
from meetingsvc.usecases import panels as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.panels_forms import PanelForm, ReasonForm

bp = Blueprint("panels", __name__, url_prefix="/area/panels")
_PROPOSED = "Proposed. Nothing changes until a second person has approved it."


@bp.get("")
@needs(Permission.AREA_MANAGE)
def show() -> str:
    """All of them, and how each sits; and those that may be set up (Rulebook E1, P3)."""
    who, today = guard.principal(), clock.today()
    there = store.of(areas.by_id(who.area_id))
    codes = {panel.code for panel in there}
    signed = [one for one in areas.agencies(who.area_id) if one.is_signatory(today)]
    return render_template(
        "panels/panels.html", panels=there, words=usecase.rhythm_words,
        offered=[panel for panel in reversed(OFFERED) if panel.code not in codes],
        above={panel.code for panel in OFFERED if panel.up and panel.up not in codes},
        attend={code: sum(code in one.attends for one in signed) for code in codes},
        set_up={panel.code for panel in OFFERED}, unrun=_unrun(who.area_id),
        waits=proposals.open_on(who, f"area/{who.area_id}", clock.now()),
    )  # fmt: skip


def _unrun(area_id: UUID) -> set[Family]:
    """The families whose panels nobody runs: none of theirs is confirmed."""
    return {family for family in Family if not store.is_run(area_id, family)}


@bp.get("/<code>")
@needs(Permission.AREA_MANAGE)
def one(code: str) -> str:
    """One that is there, or that may be."""
    offered, there = _panel(code)
    return _page(PanelForm(formdata=None).of(offered).show(there or offered, there), offered, there)


@bp.post("/<code>")
@needs(Permission.AREA_MANAGE, step_up=True)
def propose(code: str) -> Any:
    """Puts what was typed before a second person."""
    offered, there = _panel(code)
    form = PanelForm().of(offered)
    if not form.validate():
        return _page(form, offered, there), 422
    return _proposed(form, code, form.told(there or offered), lambda: _page(form, offered, there))


@bp.get("/<code>/remove")
@needs(Permission.AREA_MANAGE)
def ask_remove(code: str) -> str:
    """Asks why it is taken off."""
    offered, there = _panel(code)
    form = ReasonForm(formdata=None, seen=usecase.seen(there))
    return render_template("panels/remove.html", form=form, panel=there or offered, is_there=bool(there))


@bp.post("/<code>/remove")
@needs(Permission.AREA_MANAGE, step_up=True)
def remove(code: str) -> Any:
    """Puts that before a second person."""
    (offered, there), form = _panel(code), ReasonForm()

    def page() -> str:
        return render_template("panels/remove.html", form=form, panel=there or offered, is_there=bool(there))

    return _proposed(form, code, None, page) if form.validate() else (page(), 422)


def _proposed(form: ReasonForm, code: str, new: Panel | None, page: Any) -> Any:
    try:
        changed = usecase.propose(
            guard.principal(), code, new, form.seen.data or "", form.reason.data, clock.now()
        )
    except RuleBroken as refusal:
        form.form_errors.append(str(refusal))
        return page(), 422
    if changed:
        flash(_PROPOSED, "success")
    else:
        flash("Nothing was changed.", "notice")
    return redirect(url_for("panels.show"), 303)


def _page(form: PanelForm, offered: Panel, there: Panel | None) -> str:
    return render_template("panels/panel.html", form=form, offered=offered, there=there)


def _panel(code: str) -> tuple[Panel, Panel | None]:
    """What may be set up under a code, and how the area has it."""
    offered = or_404(store.offered(code))
    return offered, store.one(areas.by_id(guard.principal().area_id), code)
