"""Planning who goes on with a young person who grows out of the panels, before they do (Rulebook E1)."""

from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.rules import RuleBroken
from agenda.subjects import SubjectKind
from agenda.transition import Transition, problems
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit, ladder
from meetingsvc.usecases.ladder import item_of
from meetingsvc.usecases.transaction import saved_by


def plan(principal: Principal, item_id: UUID, told: Transition, now: datetime) -> None:
    """Keeps to whom a child of these meetings goes on, and from when, in place of what was planned before.

    Nobody leaves by it: the panel decides that, and says so. Raises RuleBroken where it cannot be kept.
    """
    with saved_by(principal, Permission.EXPLOITATION_DECIDE, now) as who:
        kind, item, _ = item_of(who, item_id)
        if kind is not SubjectKind.CHILD:
            raise NotFound
        if found := problems(told, local_day(now)):
            raise RuleBroken(f"{next(iter(found.values()))}. Nothing was saved.")
        with acting.whole_area(who.area_id):
            place = ladder.place(item.case_id)
            if place is None:
                raise RuleBroken("The child has left these meetings. Nothing changed.")
            place.transition_to, place.transition_on = told.to.strip(), told.on
            about = f"item/{item_id}"
            audit.record(who.account_id, who.area_id, "transition.planned", about, now, case=item.case_id)
