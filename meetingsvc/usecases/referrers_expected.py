"""Telling a referrer that the time at which they come to a MARAC is set, or has changed (T14, M4).

A time is kept for one referral. Who sent another about the same people is told nothing of it: it would say
that somebody else referred them, and when they are heard.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.meetings import MeetingKind
from meetingsvc.models import ItemRow, ReferralRow, db
from meetingsvc.store import acting
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import What

#: A case, and the referral for which a time is kept at it.
Kept = tuple[UUID, UUID]


def of(line: ItemRow) -> list[Kept]:
    """What a line of an agenda keeps."""
    return [(line.case_id, line.slot_referral_id)] if line.slot and line.slot_referral_id else []


def with_slot(area_id: UUID, meeting_id: UUID) -> list[Kept]:
    """What a MARAC keeps."""
    row = ItemRow
    with acting.whole_area(area_id):
        rows = select(row).where(row.meeting_id == meeting_id, row.slot.is_not(None))
        return [kept for line in db.session.scalars(rows.order_by(row.case_id)) for kept in of(line)]


def tell(area_id: UUID, kept: Collection[Kept], day: date, now: datetime) -> int:
    """Tells whoever sent these referrals and has an account: part of the change. Says how many are told.

    Of a case that is kept from them, or whose perpetrator they share something with, nobody is (F3, M6). It
    leads to their own referral, which says when they are expected.
    """
    told = 0
    with acting.whole_area(area_id):
        for case_id, referral_id in kept:
            sender = select(ReferralRow.account_id).where(
                ReferralRow.id == referral_id, ReferralRow.area_id == area_id
            )
            if account_id := db.session.scalar(sender):
                thing = Outgoing(area_id, account_id, What.NOTICE, Notice.EXPECTED, MeetingKind.MARAC,
                                 frozenset({case_id}))  # fmt: skip
                told += notices.queue(thing, day, f"/referrals/{referral_id}", now)
    return told
