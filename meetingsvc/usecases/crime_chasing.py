"""Reminding the police of crimes disclosed in a meeting that they have not taken up (Rulebook D3, S2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from meetingsvc.models import CrimeRow, ItemRow, MeetingRow, db
from meetingsvc.store import areas, audit, unattended
from meetingsvc.usecases import outcome_crimes
from meetingsvc.usecases.area_by_area import WORKER, in_turn


def chase(now: datetime) -> int:
    """Once on each day after that of the meeting, until the police say that they have it; how many messages.

    Each time those of the force who may open the case at that moment: also who is named on it since. Safe to
    run twice.
    """
    return in_turn("chasing disclosed crimes", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    row, today = CrimeRow, local_day(now)
    rows = (
        select(row, ItemRow, MeetingRow)
        .join(ItemRow, ItemRow.id == row.item_id)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(row.area_id == area_id, row.received_at.is_(None))
        .order_by(row.told_at, row.id)
    )
    waiting = [found for found in db.session.execute(rows).all() if local_day(found[0].told_at) < today]
    told = 0
    for crime, item, meeting in waiting:
        told += outcome_crimes.tell(meeting, item, [crime], now, today.isoformat())
    if told:
        audit.record(WORKER, area_id, "crimes.chased", f"area/{area_id}", now, notices=told)
    return told
