"""Reminding agencies of which nobody has fetched the pack, by notices without content (S3, S2)."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import add_working_days, days_off, local_day
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc import holidays
from meetingsvc.models import ItemRow, MeetingRow, PackCopyRow, PackEditionRow, PackRow, db
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
#: An agenda, a supplementary list or a corrected pack that is just out: nobody has had time to fetch it.
FRESH = timedelta(minutes=30)


def chase(now: datetime) -> int:
    """Reminds once of each pack, working days before its MARAC; says how many notices. Safe to run twice.

    A copy that was emptied, for its pack was corrected, counts for nothing. Not within half an hour of
    publication, so that an emergency MARAC's pack is given time to be fetched. Nobody is told
    of a pack in which no case is open to them (M6), nor once the day of the meeting is over.
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
    """One notice to each person, of every pack of the meeting that nobody of their agency has fetched."""
    lists = _packs(meeting, now)
    done = {(key, account) for key, _, account in notice_times.told(meeting.area_id, NOTICE, lists)}
    fetched, told = _fetched(lists), 0
    for account_id in packs.receivers(meeting.area_id, MeetingKind.MARAC, now):
        who = accounts.principal(account_id, now)
        if who is None:
            continue
        owed = {key for key in lists if (key, account_id) not in done and (key, who.agency_id) not in fetched}
        reached = _tell(who, meeting, {key: lists[key] for key in owed}, now) if owed else ()
        for key in reached:
            notice_times.keep_told(meeting.area_id, NOTICE, key, STAGE, account_id, now)
        told += bool(reached)
    return told


def _packs(meeting: MeetingRow, now: datetime) -> dict[UUID, int]:
    """The packs of a meeting that can be fetched and are not just out, each with its list's number."""
    row, edition = PackRow, PackEditionRow
    just_corrected = select(edition.pack_id).where(edition.issued_at > now - FRESH)
    rows = select(row.id, row.supplement).where(
        row.meeting_id == meeting.id, row.recalled_at.is_(None), row.expires_at > now,
        row.built_at <= now - FRESH, row.id.not_in(just_corrected),
    )  # fmt: skip
    return {key: supplement for key, supplement in db.session.execute(rows)}


def _fetched(pack_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Of which packs an agency has a copy that still says what they say."""
    row = PackCopyRow
    rows = select(row.pack_id, row.agency_id).where(row.pack_id.in_(list(pack_ids)), packs.in_hand())
    return {(pack_id, agency_id) for pack_id, agency_id in db.session.execute(rows)}


def _tell(who: Principal, meeting: MeetingRow, owed: Mapping[UUID, int], now: datetime) -> list[UUID]:
    """Of those that they can still fetch, about the cases in them that are open to them; gives which."""
    with acting.acting(who):
        theirs = [one.id for one in packs.mine(who, now) if one.id in owed and not one.expired]
        about = _shared(who, meeting, [owed[key] for key in theirs])
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, NOTICE, MeetingKind.MARAC, about, meeting.id)
    return theirs if about and notices.queue(thing, meeting.sits_on, "/packs", now) else []


def _shared(who: Principal, meeting: MeetingRow, lists: Collection[int]) -> frozenset[UUID]:
    row = ItemRow
    rows = select(row.case_id).where(items_of(who), row.meeting_id == meeting.id)
    return frozenset(db.session.scalars(rows.where(row.supplement.in_(list(lists)))))
