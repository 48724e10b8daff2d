"""Telling whoever attends that a meeting was moved or cancelled, with the change itself (M4, T14)."""

from datetime import date, datetime
from uuid import UUID

from agenda.calendar import days_off, local_day, next_working_day
from meetingsvc import holidays
from meetingsvc.models import MeetingRow
from meetingsvc.store import areas, packs
from meetingsvc.store.heard_at import heard_at
from meetingsvc.store.kept_from import Parties, grounds
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import invitations, meeting_notices, notices
from notifications.messages import Notice
from notifications.outgoing import What

#: Where the days of all meetings are.
DATES = "/dates"


def meeting_changed(meeting: MeetingRow, was: date, now: datetime, but: UUID, cancelled: bool = False) -> int:
    """Queues the notice for everyone who attends but who made the change, and brings their calendars to it;
    says how many are told. To be called as the service.

    Of an agenda that agencies do not hold they are told of the days of meetings, where they can read it. Of
    an extra sitting that is not shared nobody has been told.
    """
    if cancelled:
        invitations.cancelled(meeting, now)
    else:
        invitations.moved(meeting, now)
    shared = meeting.published_at is not None
    if meeting.extra_of and not shared:
        return 0
    day = _day(meeting.area_id, was, was if cancelled else meeting.sits_on, now)
    if shared:
        return meeting_notices.changed(meeting, day, now, but)
    return _tell(meeting.area_id, meeting.kind, day, now, but, heard_at(meeting))


def day_changed(area_id: UUID, kind: str, was: date, is_now: date, now: datetime, but: UUID) -> int:
    """The same of a day that is planned alone, or of a daily meeting's hour. To be called as the service."""
    return _tell(area_id, kind, _day(area_id, was, is_now, now), now, but)


def _day(area_id: UUID, was: date, is_now: date, now: datetime) -> date:
    """The day that people have noted; the new one where that is so near that nothing may delay the news."""
    off = days_off(areas.settings_of(areas.by_id(area_id)), holidays.known())
    return is_now if is_now <= next_working_day(local_day(now), off) else was


def _tell(
    area_id: UUID, kind: str, day: date, now: datetime, but: UUID, heard: frozenset[UUID] = frozenset()
) -> int:  # fmt: skip
    """Not who is kept from all that was `heard`: that there was an agenda would tell them of it (F3, M6)."""
    told, parties = 0, Parties(area_id, heard)
    for account_id in packs.receivers(area_id, kind, now):
        thing = Outgoing(area_id, account_id, What.NOTICE, Notice.MEETING_CHANGED, kind)
        if heard and grounds(account_id, heard, (), parties).keys() == heard:
            continue
        if account_id != but:
            told += notices.queue(thing, day, DATES, now)
    return told
