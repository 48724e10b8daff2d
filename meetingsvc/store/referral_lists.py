"""Which lists referrals are on, and when they were returned."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.referral_state import Step
from meetingsvc.models import (
    EntryRow,
    ItemRow,
    MeetingRow,
    ReferralCaseRow,
    ReferralMoveRow,
    db,
)
from meetingsvc.store.scope import Reader, items_of
from meetingsvc.store.scope_referrals import told_of_referral


def returned_since(who: Reader, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these was last returned to its referrer."""
    row = ReferralMoveRow
    rows = select(row.referral_id, row.at).where(
        told_of_referral(who, row.referral_id), row.referral_id.in_(ids), row.step == Step.RETURN
    )
    return {key: at for key, at in db.session.execute(rows.order_by(row.id))}


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
