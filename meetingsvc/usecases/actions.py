"""What became of an action."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import ActionRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store.scope import actions_of
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from minutes.actions import Status, settle_problem, status_problems


def set_status(principal: Principal, action_id: UUID, status: Status, reason: str, now: datetime) -> None:
    """Settles an open action of one's own agency, or of the area for who runs its meetings (Rulebook A1).

    Raises RuleBroken where it was settled meanwhile, or the reason is missing; NotFound where it is hidden.
    """
    with saved_by(principal, Permission.ACTION_UPDATE, now) as who:
        locked(who.area_id)  # outcomes write actions too, and take turns by area
        row = db.session.scalar(select(ActionRow).where(actions_of(who), ActionRow.id == action_id))
        if row is None:
            raise NotFound
        if problem := settle_problem(Status(row.status), status):
            raise RuleBroken(problem)
        for problem in status_problems(status, reason).values():
            raise RuleBroken(problem)
        row.status, row.reason = status, reason.strip()
        audit.record(
            who.account_id, who.area_id, "action.settled", f"action/{row.id}", now,
            item=row.item_id, status=status.value,
        )  # fmt: skip
