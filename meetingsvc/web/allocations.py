"""Whose case it is: an IDVA asks for it, who runs the meetings gives it, or takes it back (security.md B)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.usecases import allocations as usecase
from meetingsvc.web import guard
from meetingsvc.web.guard import needs

bp = Blueprint("allocations", __name__, url_prefix="/cases/<uuid:case_id>")


@bp.post("/access/give/<uuid:account_id>")
@needs(Permission.CASE_ALLOCATE)
def give(case_id: UUID, account_id: UUID) -> Any:
    """Gives the case to an IDVA."""
    usecase.allocate(guard.principal(), case_id, account_id, clock.now())
    return _back(case_id, "The case is given to the IDVA.")


@bp.post("/access/take-back/<uuid:account_id>")
@needs(Permission.CASE_ALLOCATE)
def take_back(case_id: UUID, account_id: UUID) -> Any:
    """The case is no longer theirs."""
    usecase.take_back(guard.principal(), case_id, account_id, clock.now())
    return _back(case_id, "The case is no longer given to this IDVA.")


@bp.post("/access/decline/<uuid:account_id>")
@needs(Permission.CASE_ALLOCATE)
def decline(case_id: UUID, account_id: UUID) -> Any:
    """The IDVA who asked for the case does not get it."""
    usecase.decline(guard.principal(), case_id, account_id, clock.now())
    return _back(case_id, "The case is not given to the IDVA who asked for it.")


@bp.post("/ask-for-it")
@needs(Permission.CASE_ASK)
def ask(case_id: UUID) -> Any:
    """An IDVA asks for the case."""
    usecase.ask(guard.principal(), case_id, clock.now())
    flash("You have asked for this case. The coordinator or the chair decides.", "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _back(case_id: UUID, message: str) -> Any:
    flash(message, "success")
    return redirect(url_for("restrictions.show", case_id=case_id), 303)
