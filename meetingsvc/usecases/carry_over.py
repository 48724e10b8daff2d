"""A MARAC's day passes and its agenda was never published: its cases go on the next (Rulebook M1)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select

from agenda.calendar import local_day
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store import audit
from meetingsvc.usecases import marac_referrals
from meetingsvc.usecases.transaction import saved

WORKER = "worker"


def carry_over(now: datetime) -> int:
    """Moves every referral left on a MARAC that was never shared, in every area; says how many.

    Nobody heard these cases, so none of them may stay behind on a meeting that has gone by. Safe to run twice.
    """
    moved = 0
    for area_id in db.session.scalars(select(AreaRow.id)).all():
        with saved():
            moved += _carry_over(area_id, now)
    return moved


def _carry_over(area_id: UUID, now: datetime) -> int:
    marac_referrals.locked(area_id)
    moved = 0
    for meeting_id in _gone_by(area_id, local_day(now)):
        lines = select(ItemRow.id).where(ItemRow.meeting_id == meeting_id)
        left = db.session.scalars(select(OutcomeRow).where(OutcomeRow.marac_item_id.in_(lines))).all()
        for outcome in left:
            outcome.marac_item_id = None
        db.session.flush()
        db.session.execute(delete(ItemRow).where(ItemRow.meeting_id == meeting_id))
        for outcome in left:
            marac_referrals.refer(area_id, outcome.item_id, WORKER, now)
        moved += len(left)
        audit.record(WORKER, area_id, "marac.carried_over", f"meeting/{meeting_id}", now, referrals=len(left))
    return moved


def _gone_by(area_id: UUID, today: date) -> list[UUID]:
    """MARACs before today that hold cases and were never shared."""
    row = MeetingRow
    holds_cases = select(ItemRow.id).where(ItemRow.meeting_id == row.id).exists()
    rows = select(row.id).where(
        row.area_id == area_id,
        row.kind == MeetingKind.MARAC,
        row.state.in_((MeetingState.OPEN, MeetingState.CLOSED)),
        row.sits_on < today,
        holds_cases,
    )
    return list(db.session.scalars(rows.order_by(row.sits_on)))
