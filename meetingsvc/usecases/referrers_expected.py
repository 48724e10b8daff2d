"""Telling a referrer that the time at which they come to a MARAC is set, or has changed (T14, M4)."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import ItemRow, db
from meetingsvc.store import acting, referral_lists
from meetingsvc.usecases import notices


def with_slot(area_id: UUID, meeting_id: UUID) -> list[UUID]:
    """The cases of a MARAC for which a time is kept."""
    row = ItemRow
    with acting.whole_area(area_id):
        rows = select(row.case_id).where(row.meeting_id == meeting_id, row.slot.is_not(None))
        return list(db.session.scalars(rows.order_by(row.case_id)))


def tell(area_id: UUID, case_ids: Collection[UUID], day: date, now: datetime) -> int:
    """Tells whoever referred these cases and has an account: part of the change. Says how many are told.

    Of a case that is kept from them, or whose perpetrator they share something with, nobody is (F3, M6). It
    leads to their own referral, which says when they are expected.
    """
    told = 0
    with acting.whole_area(area_id):
        for case_id in case_ids:
            for referral_id, account_id in referral_lists.slot_is_of(area_id, case_id):
                thing = referral_lists.of_slot(area_id, account_id, case_id)
                told += notices.queue(thing, day, f"/referrals/{referral_id}", now)
    return told
