"""Telling information governance of agreements: reviews that fall due, agencies to be asked again (V1)."""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.store import agreements as store
from meetingsvc.store import areas, audit, notice_times, unattended
from meetingsvc.usecases import named_case_held, notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice

NOTICE = Notice.AGREEMENTS


def chase(now: datetime) -> int:
    """Tells each of them once of each stage; says how many notices. Safe to run twice.

    The agency itself is sent nothing: one that withdrew is sent nothing more, and who keeps the register
    asks it in another way.
    """
    return in_turn("chasing agreements", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    due = list(_due(area_id, local_day(now)))
    done = notice_times.told(area_id, NOTICE, [agency_id for agency_id, _ in due])
    told = 0
    for account_id in unattended.governance(area_id):
        new = [(key, stage) for key, stage in due if (key, stage, account_id) not in done]
        if not new:
            continue
        waiting = {"panel": MeetingKind.MARAC.value, "sits_on": local_day(now).isoformat(),
                   "path": "/agreements"}  # fmt: skip
        notices.put(area_id, account_id, NOTICE, waiting, now)
        for agency_id, stage in new:
            notice_times.keep_told(area_id, NOTICE, agency_id, stage, account_id, now)
        told += 1
    if told:
        audit.record(WORKER, area_id, "agreements.chased", f"area/{area_id}", now, notices=told)
    return told


def _due(area_id: UUID, today: date) -> Iterator[tuple[UUID, str]]:
    """The agency, or its part in a named case, and the stage by which it is told of once."""
    for one in store.soon(area_id, today):
        yield one.agency_id, f"soon {one.day}"
    for one in store.overdue(area_id, today):
        yield one.agency_id, f"late {one.day}"
    for one in store.not_cleared(area_id, today):
        yield one.agency_id, f"ask {store.cleared(area_id, one.day, today).asked[-1]}"
    for held, stage in named_case_held.due(area_id, today):
        yield held.part_id, stage
