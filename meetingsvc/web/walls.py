"""Walls: saying that one knows people on a case, and looking at those the service found."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import case_page
from meetingsvc.store import need_to_know as waiting
from meetingsvc.store import walls as store
from meetingsvc.store.case_page import Case
from meetingsvc.store.walls import Wall
from meetingsvc.usecases import reading, wall_decisions
from meetingsvc.usecases import walls as usecase
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs
from meetingsvc.web.restrictions_forms import LiftWallForm

bp = Blueprint("walls", __name__)


@bp.get("/need-to-know")
@needs(Permission.WALL_DECIDE)
def to_decide() -> str:
    """Restrictions that wait for a decision, and staff at whom nobody has looked."""
    who = guard.principal()
    proposed, found = waiting.restrictions_to_decide(who), waiting.staff_to_look_at(who)
    reading.listed(who, "need_to_know.read", (row.case_id for row in (*proposed, *found)), clock.now())
    return render_template("walls/to_decide.html", proposed=proposed, found=found)


@bp.get("/cases/<uuid:case_id>/i-know-these-people")
@needs(Permission.WALL_DECLARE)
def knowing(case_id: UUID) -> str:
    """What it means, before it is said. Nothing of the case is read here."""
    case = _opened(case_id, "wall.declare_opened")
    return render_template("walls/know.html", case=case)


@bp.post("/cases/<uuid:case_id>/i-know-these-people")
@needs(Permission.WALL_DECLARE)
def know(case_id: UUID) -> Any:
    """From now on there is no such case for them; the message names nothing."""
    usecase.declare(guard.principal(), case_id, clock.now())
    flash("Thank you for saying so. It is recorded.", "success")
    return redirect(url_for("home.show"), 303)


@bp.get("/cases/<uuid:case_id>/walls/<uuid:wall_id>/lift")
@needs(Permission.WALL_DECIDE)
def lifting(case_id: UUID, wall_id: UUID) -> str:
    """Why they may open it after all."""
    case, wall = _opened(case_id), _wall(case_id, wall_id)
    form = LiftWallForm.about(wall.said_so)
    return render_template("walls/lift.html", case=case, wall=wall, form=form)


@bp.post("/cases/<uuid:case_id>/walls/<uuid:wall_id>/lift")
@needs(Permission.WALL_DECIDE, step_up=True)
def lift(case_id: UUID, wall_id: UUID) -> Any:
    """Asks a second person."""
    case = _opened(case_id)
    wall = _wall(case_id, wall_id)
    form = LiftWallForm.about(wall.said_so)
    if not form.validate():
        return render_template("walls/lift.html", case=case, wall=wall, form=form), 422
    wall_decisions.propose_lifting(guard.principal(), case_id, wall_id, form.reason.data, clock.now())
    flash("A second person decides. Until then they stay kept from the case.", "success")
    return redirect(url_for("restrictions.show", case_id=case_id), 303)


@bp.post("/cases/<uuid:case_id>/walls/<uuid:wall_id>/keep")
@needs(Permission.WALL_DECIDE, step_up=True)
def keep(case_id: UUID, wall_id: UUID) -> Any:
    """Somebody has looked, and it stays."""
    wall_decisions.keep(guard.principal(), case_id, wall_id, clock.now())
    flash("They stay kept from the case.", "success")
    return redirect(url_for("restrictions.show", case_id=case_id), 303)


def _opened(case_id: UUID, action: str = "access.read") -> Case:
    who = guard.principal()
    case = or_404(case_page.case(who, case_id))
    reading.opened(who, action, f"case/{case_id}", clock.now())
    return case


def _wall(case_id: UUID, wall_id: UUID) -> Wall:
    found = (wall for wall in store.on_case(guard.principal(), case_id) if wall.id == wall_id)
    return or_404(next(found, None))
