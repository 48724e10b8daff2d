"""Which lists referrals are on, and when they were returned."""

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.meetings import MeetingKind, MeetingState
from agenda.referral_fields import Sight
from agenda.referral_state import Step
from meetingsvc.models import (
    EntryRow,
    ItemRow,
    MeetingRow,
    ReferralCaseRow,
    ReferralMoveRow,
    ReferralRow,
    ReferralToldRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, recipients
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope import Reader, items_of
from meetingsvc.store.scope_referrals import referrals_of, told_of_referral, walled_from
from notifications.messages import Notice
from notifications.outgoing import Stage, What


def returned_since(who: Reader, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of these was last returned to its referrer."""
    row = ReferralMoveRow
    rows = select(row.referral_id, row.at).where(
        told_of_referral(who, row.referral_id), row.referral_id.in_(ids), row.step == Step.RETURN
    )
    return {key: at for key, at in db.session.execute(rows.order_by(row.id))}


def expected(who: Principal, referral_id: UUID, now: datetime) -> tuple[date, time] | None:
    """When the referrer of one's own comes to a MARAC, where a time is kept for them (Rulebook T14).

    It is said to whoever would be told of it by message, and to nobody else who referred the same people:
    not of a case that a wall keeps from them, nor where they share something with its perpetrator (M6, F3).
    """
    mine = select(ReferralRow.id).where(
        referrals_of(who), ReferralRow.account_id == who.account_id, ReferralRow.id == referral_id,
        ReferralRow.id.not_in(walled_from(who)),
    )  # fmt: skip
    if db.session.scalar(mine) is None:
        return None
    row = ReferralCaseRow
    rows = (
        select(ItemRow.case_id, MeetingRow.sits_on, ItemRow.slot)
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .join(row, (row.case_id == ItemRow.case_id) & (row.area_id == ItemRow.area_id))
        .where(row.referral_id == referral_id, row.area_id == who.area_id, ItemRow.slot.is_not(None))
        .where(MeetingRow.sits_on >= local_day(now), MeetingRow.state != MeetingState.CANCELLED)
        .order_by(MeetingRow.sits_on)
    )
    with acting.whole_area(who.area_id):
        found = db.session.execute(rows).all()
        told = (
            (day, slot) for case_id, day, slot in found
            if slot and (referral_id, who.account_id) in slot_is_of(who.area_id, case_id)
            and _may_be_told(of_slot(who.area_id, who.account_id, case_id), now)
        )  # fmt: skip
        return next(told, None)


def _may_be_told(thing: Outgoing, now: datetime) -> bool:
    return recipients.asked(thing, Stage.SEND, now).ground is None


def of_slot(area_id: UUID, account_id: UUID, case_id: UUID) -> Outgoing:
    """What tells a referrer that a time is kept for them, or that it has changed."""
    return Outgoing(
        area_id, account_id, What.NOTICE, Notice.EXPECTED, MeetingKind.MARAC, frozenset({case_id})
    )


def slot_is_of(area_id: UUID, case_id: UUID) -> list[tuple[UUID, UUID]]:
    """For whom the time of a case is kept: the referrals of it that ask to attend, or where none does the
    latest, each with the account that sent it (Rulebook T14)."""
    row, asks = ReferralRow, ReferralToldRow
    behind = select(ReferralCaseRow.referral_id).where(ReferralCaseRow.case_id == case_id)
    rows = select(row.id, row.account_id).where(row.area_id == area_id, row.account_id.is_not(None))
    sent = rows.where(row.id.in_(behind)).order_by(row.first_sent_at.desc(), row.id)
    found = [(referral_id, account_id) for referral_id, account_id in db.session.execute(sent) if account_id]
    asked = select(asks.referral_id).where(asks.case_id == case_id, asks.sight == Sight.PANEL)
    who = set(db.session.scalars(asked))
    return [one for one in found if one[0] in who] or found[:1]


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
