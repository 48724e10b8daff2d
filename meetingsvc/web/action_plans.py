"""The action plan of a case: every agency's actions with what became of them, a record (Rulebook R1, A3)."""

from uuid import UUID

from flask import Blueprint, render_template

from meetingsvc import clock
from meetingsvc.permissions import Permission
from meetingsvc.store import actions as store
from meetingsvc.store import case_page, referrals
from meetingsvc.usecases import reading
from meetingsvc.web import guard
from meetingsvc.web.found import or_404
from meetingsvc.web.guard import needs

bp = Blueprint("action_plans", __name__)


@bp.get("/cases/<uuid:case_id>/plan")
@needs(Permission.CASE_READ)
def show(case_id: UUID) -> str:
    """Whoever may read the case reads its plan; an agency updates its own."""
    who, now = guard.principal(), clock.now()
    case = or_404(case_page.case(who, case_id))
    actions = store.plan(who, case_id)
    reading.opened(who, "action.plan_read", f"case/{case_id}", now, shown=len(actions))
    return render_template(
        "actions/plan.html", case=case, actions=actions, today=clock.today(),
        steps=store.steps(who, [one.id for one in actions]), said=referrals.said_of(who, case_id),
    )  # fmt: skip
