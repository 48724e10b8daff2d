"""Chairs and information governance learn, without content, when a case is closed to those who hear it (M6).

So nobody buries a case alone, neither by making walls nor by restricting it (security.md B).
"""

from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.models import ItemRow
from meetingsvc.store import acting, audit, nameable
from meetingsvc.usecases import notices
from notifications.messages import Notice

#: Who acts in the audit trail where the service tells by itself.
SERVICE = "service"


def wall_put(area_id: UUID, case_id: UUID, account_id: UUID, now: datetime) -> None:
    """A wall between a case and somebody who runs meetings, or the IDVA it is given to (Rulebook M6).

    Part of a use case: call it inside `acting.whole_area`, in its transaction.
    """
    if nameable.hears(area_id, case_id, account_id, local_day(now)):
        tell(area_id, case_id, account_id, now)


def tell(area_id: UUID, case_id: UUID, but: UUID, now: datetime) -> None:
    """Every chair who may open the case, and information governance, by notices that say nothing (S2).

    A chair's leads to the page of who may open the case. Nothing is sent to whom a wall keeps it from.
    """
    told = _notify(area_id, case_id, but, now, (f"/cases/{case_id}/access", "/tickets"))
    audit.record(SERVICE, area_id, "case.closing_told", f"case/{case_id}", now, told=told)


def stood_in(item: ItemRow, chair_id: UUID, now: datetime) -> None:
    """The same people, each time a chair records an outcome in a coordinator's place (security.md B).

    Part of that use case, in its transaction.
    """
    with acting.whole_area(item.area_id):
        paths = (f"/items/{item.id}/outcome", "/audit")
        told = _notify(item.area_id, item.case_id, chair_id, now, paths)
        audit.record(SERVICE, item.area_id, "outcome.stand_in_told", f"item/{item.id}", now, told=told)


def _notify(area_id: UUID, case_id: UUID, but: UUID, now: datetime, paths: tuple[str, str]) -> int:
    """Chairs by the first page, information governance by the second; says how many."""
    chairs = nameable.chairs(area_id, case_id, local_day(now)) - {but}
    governance = nameable.governance(area_id, case_id) - {but}
    for people, path in zip((chairs, governance), paths, strict=True):
        values = {"panel": MeetingKind.MARAC.value, "sits_on": local_day(now).isoformat(), "path": path}
        for account_id in sorted(people):
            notices.put(area_id, account_id, Notice.ALARM, values, now, about=[case_id])
    return len(chairs) + len(governance)
