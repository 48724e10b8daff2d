"""Telling whoever has offline packs that one can be downloaded, or could not be made (A19, S2, S3)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agenda.calendar import local_day
from meetingsvc.models import MeetingRow
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import emergency_packs as store
from meetingsvc.store import nameable, notice_times
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import What

#: Where one's offline packs are, and what could not be made.
PAGE = "/packs/offline"
STAGE = "none can be made"


def ready(
    who: Principal, meeting: MeetingRow, case_ids: Iterable[UUID], now: datetime, parties: Parties
) -> bool:
    """One's own copy is there; of one that they have not downloaded yet they were told before."""
    thing = _thing(meeting, who.account_id, Notice.OFFLINE_PACK_READY, frozenset(case_ids))
    return notices.queue(thing, meeting.sits_on, PAGE, now, parties)


def failed(meeting: MeetingRow, now: datetime) -> int:
    """None could be made: whoever would have one is told while there is time to print (T14, M4)."""
    return sum(_failed(meeting, store.keys(meeting.area_id), now))


def nobody_can_have_one(meeting: MeetingRow, now: datetime) -> int:
    """Nobody who runs the meetings has a passphrase to make one with: each coordinator is told, once for a
    meeting. Called again, it tells whoever has come since."""
    area_id, notice = meeting.area_id, Notice.OFFLINE_PACK_FAILED
    done = {account_id for *_, account_id in notice_times.told(area_id, notice, [meeting.id])}
    run = nameable.who_run(area_id, local_day(now))
    new = [one.id for one in run if one.role is Role.COORDINATOR and one.id not in done]
    for account_id in new:
        notice_times.keep_told(area_id, notice, meeting.id, STAGE, account_id, now)
    return sum(_failed(meeting, new, now))


def _failed(meeting: MeetingRow, account_ids: Iterable[UUID], now: datetime) -> list[bool]:
    """An emergency MARAC is told of to those alone who may open its case (M6, F3)."""
    about = frozenset({meeting.case_id}) if meeting.case_id else frozenset[UUID]()
    parties = Parties(meeting.area_id, about)
    things = [_thing(meeting, account_id, Notice.OFFLINE_PACK_FAILED, about) for account_id in account_ids]
    return [notices.queue(thing, meeting.sits_on, PAGE, now, parties) for thing in things]


def _thing(meeting: MeetingRow, account_id: UUID, notice: Notice, about: frozenset[UUID]) -> Outgoing:
    kind = meeting.kind
    return Outgoing(meeting.area_id, account_id, What.NOTICE, notice, kind, about, meeting.id)
