"""Cases that a MARAC left unheard go on the next one, with what was said of them (Rulebook M1)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.store import audit, marac_waiting, transfers_moved, unattended
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from meetingsvc.usecases.marac_referrals import carry, locked, taking_referrals


def carry_over(now: datetime) -> int:
    """Moves every referral that a MARAC left unheard, in every area; says how many. Safe to run twice.

    An area that cannot be done does not keep those after it waiting: raises Unfinished at the end.
    """
    areas = unattended.area_ids()
    return in_turn("carry over", areas, lambda area_id: carry_unheard(locked(area_id), WORKER, now))


def carry_unheard(area: AreaRow, actor: UUID | str, now: datetime) -> int:
    """Moves those of one area, locked by the caller; says how many referrals.

    Where no MARAC has a date they stay where they are, with what was said of them, until one has.
    """
    db.session.flush()
    left = _left_unheard(area.id, local_day(now))
    target = taking_referrals(area, actor, now) if left else None
    if target is None:
        return 0
    moved = Counter[UUID]()
    for line in left:
        source = line.meeting_id
        _, referrals = carry(line, target.id, actor, now, unheard=True)
        moved[source] += referrals
    for meeting_id, referrals in moved.items():
        audit.record(
            actor, area.id, "marac.carried_over", f"meeting/{meeting_id}", now,
            referrals=referrals, to=target.id,
        )  # fmt: skip
    return moved.total()


def _left_unheard(area_id: UUID, today: date) -> Sequence[ItemRow]:
    ours = transfers_moved.is_ours(ItemRow.case_id, OutcomeRow.recorded_at)
    behind = select(OutcomeRow.item_id).where(OutcomeRow.marac_item_id == ItemRow.id)
    referred = behind.where(ours).exists()
    rows = (
        select(ItemRow)
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(MeetingRow.area_id == area_id, MeetingRow.kind == MeetingKind.MARAC)
        .where(marac_waiting.left_unheard(today), or_(referred, marac_waiting.called()))
        .order_by(MeetingRow.sits_on, ItemRow.id)
    )
    return db.session.scalars(rows).all()
