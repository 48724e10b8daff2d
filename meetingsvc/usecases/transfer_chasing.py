"""Telling coordinators that another area has not answered in time, without content (Rulebook M5, S2)."""

from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from meetingsvc.store import areas, audit, notice_times, unattended
from meetingsvc.store import transfers as store
from meetingsvc.store.acting import Host
from meetingsvc.store.transfers import Out
from meetingsvc.usecases import transfers
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice

NOTICE = Notice.TRANSFER


def chase(now: datetime) -> int:
    """Tells of every answer that is late, once until the other area is asked again; says how many notices.

    Safe to run twice. Of a case that is kept from them nobody is told (M6); whoever comes since is.
    """
    return in_turn("chasing transfers", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    late = [one for one in store.waiting(Host(area_id)) if one.is_overdue(local_day(now))]
    done = notice_times.told(area_id, NOTICE, [one.id for one in late])
    told = sum([_tell(area_id, one, done, now) for one in late])
    if told:
        audit.record(WORKER, area_id, "transfers.chased", f"area/{area_id}", now, notices=told)
    return told


def _tell(area_id: UUID, late: Out, done: set[tuple[UUID, str, UUID]], now: datetime) -> int:
    stage, told = f"late {late.ask_again_on}", 0
    for account_id in sorted(transfers.concerned(area_id, late.case_id, now)):
        if (late.id, stage, account_id) not in done:
            transfers.tell(area_id, account_id, now, [late.case_id])
            notice_times.keep_told(area_id, NOTICE, late.id, stage, account_id, now)
            told += 1
    return told
