"""The lines of MARAC agendas once two people are two again: each referral goes with its own case (M1, D2)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda import marac as rules
from agenda.calendar import local_day
from agenda.meetings import MeetingState
from meetingsvc.models import ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.usecases import marac_referrals

WHY = "Two people had been taken for one. It was referred under the other’s case."
_STILL_TO_SIT = (MeetingState.OPEN, MeetingState.CLOSED, MeetingState.PUBLISHED)


def part(area_id: UUID, actor: UUID, now: datetime) -> int:
    """Takes every referral that stands under another case's line to a line of its own case; says how many.

    On the same agenda where it is still to sit, late where agencies hold it; else on the next: a case is
    referred again rather than lost. What agencies were told stays as it was. Call it with the area held.
    """
    moved = _astray(area_id)
    for outcome, line in moved:
        outcome.marac_item_id = None
        db.session.flush()
        _put(area_id, outcome, line, actor, now)
        marac_referrals.left_by(line)
    return len(moved)


def _astray(area_id: UUID) -> Sequence[tuple[OutcomeRow, ItemRow]]:
    daily = aliased(ItemRow)
    rows = (
        select(OutcomeRow, ItemRow)
        .join(daily, daily.id == OutcomeRow.item_id)
        .join(ItemRow, ItemRow.id == OutcomeRow.marac_item_id)
        .where(OutcomeRow.area_id == area_id, daily.case_id != ItemRow.case_id)
        .order_by(OutcomeRow.recorded_at, OutcomeRow.item_id)
    )
    return [(outcome, line) for outcome, line in db.session.execute(rows)]


def _put(area_id: UUID, outcome: OutcomeRow, line: ItemRow, actor: UUID, now: datetime) -> None:
    meeting = db.session.get_one(MeetingRow, line.meeting_id)
    state = rules.stands(MeetingState(meeting.state), meeting.sits_on, local_day(now))
    if state not in _STILL_TO_SIT or meeting.sits_on < local_day(now):
        marac_referrals.refer(area_id, outcome.item_id, actor, now)
        return
    daily = db.session.get_one(ItemRow, outcome.item_id)
    there = select(ItemRow.id).where(ItemRow.meeting_id == meeting.id, ItemRow.case_id == daily.case_id)
    is_new = db.session.scalar(there) is None
    own = marac_referrals.put_on(meeting.id, outcome, actor, now)
    if is_new:
        own.supplement = rules.supplement_for(state, meeting.supplements)
        own.added_reason, own.added_by = WHY, actor
        db.session.flush()
