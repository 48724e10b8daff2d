"""Telling whoever has offline packs that one can be downloaded, or could not be made (A19, S2, S3)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from meetingsvc.models import MeetingRow
from meetingsvc.permissions import Principal
from meetingsvc.store import emergency_packs as store
from meetingsvc.store.recipients import Outgoing, Parties
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import What

#: Where one's offline packs are, and what could not be made.
PAGE = "/packs/offline"


def ready(
    who: Principal, meeting: MeetingRow, case_ids: Iterable[UUID], now: datetime, parties: Parties
) -> bool:
    """One's own copy is there; of one that they have not downloaded yet they were told before."""
    thing = _thing(meeting, who.account_id, Notice.OFFLINE_PACK_READY, frozenset(case_ids))
    return notices.queue(thing, meeting.sits_on, PAGE, now, parties)


def failed(meeting: MeetingRow, now: datetime) -> int:
    """None could be made: whoever would have one is told while there is time to print (T14, M4). An emergency
    MARAC is told of to those alone who may open its case (M6, F3)."""
    about = frozenset({meeting.case_id}) if meeting.case_id else frozenset[UUID]()
    parties = Parties(meeting.area_id, about)
    things = [
        _thing(meeting, account_id, Notice.OFFLINE_PACK_FAILED, about)
        for account_id in store.keys(meeting.area_id)
    ]
    return sum([notices.queue(thing, meeting.sits_on, PAGE, now, parties) for thing in things])


def _thing(meeting: MeetingRow, account_id: UUID, notice: Notice, about: frozenset[UUID]) -> Outgoing:
    kind = meeting.kind
    return Outgoing(meeting.area_id, account_id, What.NOTICE, notice, kind, about, meeting.id)
