"""Whose time a MARAC may keep: the referrals of a case, and when each is expected (Rulebook T14, F3)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import local_day
from agenda.meetings import MeetingKind, MeetingState
from agenda.referral_fields import Sight
from meetingsvc.models import (
    AgencyRow,
    ItemRow,
    MeetingRow,
    ReferralCaseRow,
    ReferralRow,
    ReferralToldRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.store.scope_referrals import referrals_of, walled_from
from notifications.messages import Notice
from notifications.outgoing import Stage, What


@dataclass(frozen=True, slots=True)
class Sent:
    """A referral of a case: who sent it, as the case tells, and whether they ask to attend."""

    id: UUID
    by: str
    on: date
    asks: bool


def of_case(area_id: UUID, case_id: UUID) -> list[Sent]:
    """The referrals of a case, the first sent on top. For who runs the meetings and has the case open."""
    row, about = ReferralRow, ReferralCaseRow
    behind = select(about.referral_id).where(about.case_id == case_id, about.area_id == area_id)
    rows = (
        select(row.id, row.first_sent_at, AgencyRow.name)
        .outerjoin(AgencyRow, AgencyRow.id == row.agency_id)
        .where(row.area_id == area_id, row.id.in_(behind), row.first_sent_at.is_not(None))
        .order_by(row.first_sent_at, row.id)
    )
    told = ReferralToldRow
    said = select(told.referral_id, told.author, told.sight).where(told.case_id == case_id)
    with acting.whole_area(area_id):
        authors, asks = dict[UUID | None, str](), set[UUID | None]()
        for key, author, sight in db.session.execute(said.order_by(told.id)):
            authors[key] = author
            asks |= {key} if sight == Sight.PANEL else set()
        return [
            Sent(key, authors.get(key) or agency or "By the public form", local_day(at), key in asks)
            for key, at, agency in db.session.execute(rows)
            if at
        ]


def expected(who: Principal, referral_id: UUID, now: datetime) -> tuple[date, time] | None:
    """When the referrer of one's own comes to a MARAC, where a time is kept for that referral (T14).

    It is said of no referral of which a wall keeps a case from its referrer, nor where they are, or share
    something with, somebody whom nothing about the case may reach (M6, F3).
    """
    row = ReferralCaseRow
    mine = select(ReferralRow.id).where(
        referrals_of(who), ReferralRow.account_id == who.account_id, ReferralRow.id == referral_id,
        ReferralRow.id.not_in(walled_from(who)),
    )  # fmt: skip
    if db.session.scalar(mine) is None:
        return None
    rows = (
        select(MeetingRow.sits_on, ItemRow.slot, ItemRow.case_id)
        .join(ItemRow, ItemRow.meeting_id == MeetingRow.id)
        .join(row, (row.case_id == ItemRow.case_id) & (row.area_id == ItemRow.area_id))
        .where(ItemRow.slot_referral_id == referral_id, ItemRow.slot.is_not(None))
        .where(row.referral_id == referral_id, row.area_id == who.area_id)
        .where(MeetingRow.sits_on >= local_day(now), MeetingRow.state != MeetingState.CANCELLED)
        .order_by(MeetingRow.sits_on)
    )
    with acting.whole_area(who.area_id):
        for day, at, case_id in db.session.execute(rows).all():
            if at and _may_be_told(who, case_id, now):
                return day, at
    return None


def _may_be_told(who: Principal, case_id: UUID, now: datetime) -> bool:
    """As of the message that says a time waits here."""
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, Notice.EXPECTED, MeetingKind.MARAC,
                     frozenset({case_id}))  # fmt: skip
    return asked(thing, Stage.DOWNLOAD, now).ground is None
