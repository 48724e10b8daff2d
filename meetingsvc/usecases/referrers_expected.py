"""Telling a referrer that the time at which they come to a MARAC is set, or has changed (T14, M4)."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.meetings import MeetingKind
from agenda.referral_fields import Sight
from meetingsvc.models import ItemRow, ReferralCaseRow, ReferralRow, ReferralToldRow, db
from meetingsvc.store import acting
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import What


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
            for referral_id, account_id in _referrers(area_id, case_id):
                thing = Outgoing(area_id, account_id, What.NOTICE, Notice.EXPECTED, MeetingKind.MARAC,
                                 frozenset({case_id}))  # fmt: skip
                told += notices.queue(thing, day, f"/referrals/{referral_id}", now)
    return told


def _referrers(area_id: UUID, case_id: UUID) -> list[tuple[UUID, UUID]]:
    """Their referrals: of those that ask to attend; where none does, the latest."""
    row, asks = ReferralRow, ReferralToldRow
    behind = select(ReferralCaseRow.referral_id).where(ReferralCaseRow.case_id == case_id)
    rows = select(row.id, row.account_id).where(row.area_id == area_id, row.account_id.is_not(None))
    found = [
        (referral_id, account_id)
        for referral_id, account_id in db.session.execute(
            rows.where(row.id.in_(behind)).order_by(row.first_sent_at.desc(), row.id)
        )
        if account_id
    ]
    asked = select(asks.referral_id).where(asks.case_id == case_id, asks.sight == Sight.PANEL)
    who = set(db.session.scalars(asked))
    return [one for one in found if one[0] in who] or found[:1]
