"""Reminding agencies of which nobody has fetched the pack, by notices without content (S3, S2)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import add_working_days, days_off, local_day
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc import holidays
from meetingsvc.models import ItemRow, MeetingRow, PackCopyRow, PackRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting, areas, audit, notice_times, packs, unattended
from meetingsvc.store.recipients import Outgoing
from meetingsvc.store.scope import items_of
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice
from notifications.outgoing import What

NOTICE = Notice.PACK_NOT_FETCHED
STAGE = "waits"
#: An agenda that is just out: nobody has had time to fetch its pack.
FRESH = timedelta(minutes=30)


def chase(now: datetime) -> int:
    """Reminds once, working days before each MARAC; says how many notices. Safe to run twice.

    Not within half an hour of publication, so that an emergency MARAC's pack is given time to be fetched.
    Nobody is told of a pack in which no case is open to them (M6), nor once the day of the meeting is over.
    """
    return in_turn("chasing packs", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    told = sum([_remind(meeting, now) for meeting in _near(area_id, now)])
    if told:
        audit.record(WORKER, area_id, "packs.chased", f"area/{area_id}", now, notices=told)
    return told


def _near(area_id: UUID, now: datetime) -> list[MeetingRow]:
    """Published MARACs so near that their packs ought to be fetched."""
    settings, today, row = areas.settings_of(areas.by_id(area_id)), local_day(now), MeetingRow
    last = add_working_days(today, settings.pack_remind_days, days_off(settings, holidays.known()))
    ahead = row.sits_on >= today, row.sits_on <= last, row.ended_at.is_(None), row.published_at <= now - FRESH
    rows = select(row).where(row.area_id == area_id, row.kind == MeetingKind.MARAC, *ahead)
    return list(db.session.scalars(rows.where(row.state == MeetingState.PUBLISHED).order_by(row.starts_at)))


def _remind(meeting: MeetingRow, now: datetime) -> int:
    done = {account_id for *_, account_id in notice_times.told(meeting.area_id, NOTICE, [meeting.id])}
    fetched, told = _agencies_with_copies(meeting.id), 0
    for account_id in packs.receivers(meeting.area_id, MeetingKind.MARAC, now):
        who = accounts.principal(account_id, now)
        if account_id in done or who is None or who.agency_id in fetched:
            continue
        if _tell(who, meeting, now):
            notice_times.keep_told(meeting.area_id, NOTICE, meeting.id, STAGE, account_id, now)
            told += 1
    return told


def _agencies_with_copies(meeting_id: UUID) -> set[UUID]:
    row = PackCopyRow
    rows = select(row.agency_id).join(PackRow, PackRow.id == row.pack_id)
    return set(db.session.scalars(rows.where(PackRow.meeting_id == meeting_id, packs.taken())))


def _tell(who: Principal, meeting: MeetingRow, now: datetime) -> bool:
    """Where there is one they can still fetch, of the cases in it that are open to them."""
    with acting.acting(who):
        theirs = [one for one in packs.mine(who, now) if one.meeting_id == meeting.id and not one.expired]
        about = _shared(who, meeting) if theirs else frozenset()
    if not about:
        return False
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, NOTICE, MeetingKind.MARAC, about, meeting.id)
    return notices.queue(thing, meeting.sits_on, "/packs", now)


def _shared(who: Principal, meeting: MeetingRow) -> frozenset[UUID]:
    row = ItemRow
    rows = select(row.case_id).where(items_of(who), row.meeting_id == meeting.id)
    return frozenset(db.session.scalars(rows.where(row.supplement <= meeting.supplements)))
