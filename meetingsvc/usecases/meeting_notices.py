"""Telling those who attend that a list can be read, and that a meeting moved or was cancelled (D1, M4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.panels import Family, Works
from meetingsvc.models import MeetingRow, db
from meetingsvc.store import acting, packs
from meetingsvc.store.heard_at import heard_at
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import What


def list_ready(area_id: UUID, meeting_id: UUID, now: datetime) -> int:
    """A daily list is circulated: everyone who attends is told, in the transaction of that; says how many.

    Not where it waits for near matches. It is about the list, which there is every working day, and of no
    case: who is told, or not, learns of none (Rulebook M6). An agenda of children there is only where it
    hears somebody, so it is about them: nobody is told who may open none, or stands near whoever exploits
    them (F3).
    """
    with acting.whole_area(area_id):
        meeting = db.session.scalars(select(MeetingRow).where(MeetingRow.id == meeting_id)).one()
    if meeting.held:
        return 0
    path = "/lists" if meeting.family == Family.ABUSE else "/panels"
    return _tell(meeting, Notice.LIST_READY, meeting.sits_on, path, None, now)


def changed(meeting: MeetingRow, was_on: date, now: datetime, but: UUID | None = None) -> int:
    """A meeting that was to sit on `was_on` was moved or cancelled: everyone who attends is told; says how
    many. Part of the change, in its transaction; `but` is who made it.

    Of an emergency MARAC only they are told who may open its one case (Rulebook M4, M6), and of an agenda of
    exploitation who may open one of those it hears (F3).
    """
    path = "/lists" if meeting.works == Works.LIST else f"/marac/{meeting.id}"
    if meeting.family != Family.ABUSE:
        path = "/panels"
    return _tell(meeting, Notice.MEETING_CHANGED, was_on, path, but, now)


def _tell(meeting: MeetingRow, notice: Notice, day: date, path: str, but: UUID | None, now: datetime) -> int:
    kind, told = meeting.kind, 0
    with acting.whole_area(meeting.area_id):
        about = heard_at(meeting)
        parties = Parties(meeting.area_id, about)
        for account_id in packs.receivers(meeting.area_id, kind, now):
            thing = Outgoing(meeting.area_id, account_id, What.NOTICE, notice, kind, about, meeting.id)
            if account_id != but:
                told += notices.queue(thing, day, path, now, parties)
    return told
