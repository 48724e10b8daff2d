"""A chair records an outcome in the place of a coordinator: never by making the coordinator's absence, and
never over what a coordinator recorded (security.md B)."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from agenda.calendar import local_day
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, nameable
from meetingsvc.store import stand_ins as store


class Standing(StrEnum):
    """How a chair stands to one outcome; the value is what the page and a refusal say of it."""

    STANDS_IN = (
        "No coordinator may open this case, so you record its outcome. The access log says so, and "
        "information governance is told. You cannot record less risk than the police assessed, and refer "
        "every high-risk case."
    )
    NOT_NEEDED = "A coordinator may open this case, and records its outcome."
    RECORDED = (
        "A coordinator, or another chair, has recorded the outcome of this case: it is not yours to change."
    )
    TO_BE_LOOKED_AT = (
        "No coordinator may open this case, but nobody besides you has looked at what keeps them from it, so "
        "you cannot record its outcome yet. Under “Who may open it”, ask for each coordinator’s wall to be "
        "lifted: another chair or information governance decides. If they lift it, the coordinator records "
        "the outcome; if they refuse, you do. A coordinator whom no wall keeps from the case can be named on "
        "it there. If it cannot wait, ask information governance to look at the wall today."
    )


def record_permission(principal: Principal) -> Permission:
    """By which somebody records outcomes: a chair only in the place of a coordinator."""
    own, instead = Permission.OUTCOME_RECORD, Permission.OUTCOME_STAND_IN
    return instead if principal.may(instead) and not principal.may(own) else own


def closed_to_coordinators(principal: Principal, case_ids: Collection[UUID], now: datetime) -> set[UUID]:
    """Of these, the cases that no coordinator may open, for a chair: their outcome is the chair's concern, so
    that a namesake of the only coordinator leaves no case without one."""
    if record_permission(principal) is not Permission.OUTCOME_STAND_IN:
        return set()
    with acting.whole_area(principal.area_id):
        return nameable.without_coordinator(principal.area_id, case_ids, local_day(now))


def standing(principal: Principal, item_id: UUID, case_id: UUID, now: datetime) -> Standing | None:
    """How a chair stands to the outcome of a daily item; None for everybody else."""
    if record_permission(principal) is not Permission.OUTCOME_STAND_IN:
        return None
    if not closed_to_coordinators(principal, [case_id], now):
        return Standing.NOT_NEEDED
    chair, area = principal.account_id, principal.area_id
    with acting.whole_area(area):
        if store.recorded_by(item_id) not in (None, chair):
            return Standing.RECORDED
        kept = store.kept_by_another(area, case_id, chair, local_day(now))
    return Standing.STANDS_IN if kept else Standing.TO_BE_LOOKED_AT
