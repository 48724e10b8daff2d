"""Which lists referrals are on, and when they were returned."""

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from agenda.meetings import MeetingState
from agenda.referral_state import Step
from meetingsvc.models import (
    EntryRow,
    ItemRow,
    MeetingRow,
    ReferralCaseRow,
    ReferralMoveRow,
    ReferralRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.scope import Reader, items_of
from meetingsvc.store.scope_referrals import referrals_of, told_of_referral, walled_from


def returned_since(who: Reader, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these was last returned to its referrer."""
    row = ReferralMoveRow
    rows = select(row.referral_id, row.at).where(
        told_of_referral(who, row.referral_id), row.referral_id.in_(ids), row.step == Step.RETURN
    )
    return {key: at for key, at in db.session.execute(rows.order_by(row.id))}


def expected(who: Principal, referral_id: UUID, today: date) -> tuple[date, time] | None:
    """When the referrer of one's own comes to a MARAC, where a time is kept for them (Rulebook T14).

    It is said of no referral of which a wall keeps a case from its referrer (M6).
    """
    row = ReferralCaseRow
    mine = select(ReferralRow.id).where(
        referrals_of(who), ReferralRow.account_id == who.account_id, ReferralRow.id == referral_id,
        ReferralRow.id.not_in(walled_from(who)),
    )  # fmt: skip
    if db.session.scalar(mine) is None:
        return None
    rows = (
        select(MeetingRow.sits_on, ItemRow.slot)
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .join(row, (row.case_id == ItemRow.case_id) & (row.area_id == ItemRow.area_id))
        .where(row.referral_id == referral_id, row.area_id == who.area_id, ItemRow.slot.is_not(None))
        .where(MeetingRow.sits_on >= today, MeetingRow.state != MeetingState.CANCELLED)
        .order_by(MeetingRow.sits_on)
    )
    with acting.whole_area(who.area_id):
        found = db.session.execute(rows).first()
    return (found[0], found[1]) if found and found[1] else None


def lists(reader: Reader, ids: Collection[UUID]) -> dict[UUID, date]:
    """The latest daily list that each of these is on."""
    rows = (
        select(ReferralCaseRow.referral_id, MeetingRow.sits_on)
        .join(EntryRow, EntryRow.occurrence_number == ReferralCaseRow.occurrence_number)
        .join(ItemRow, (ItemRow.id == EntryRow.item_id) & (ItemRow.area_id == ReferralCaseRow.area_id))
        .join(MeetingRow, MeetingRow.id == ItemRow.meeting_id)
        .where(items_of(reader), ReferralCaseRow.referral_id.in_(ids))
        .order_by(MeetingRow.sits_on)
    )
    return {key: day for key, day in db.session.execute(rows)}
