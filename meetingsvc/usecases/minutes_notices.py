"""Those who attend are told, without a word of content, that minutes are issued or corrected (S1, S3, M6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.panels import Family
from meetingsvc.models import ItemRow, MeetingRow, MinutesCaseRow, MinutesRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import accounts, acting, packs, scope_contributed
from meetingsvc.store.kept_from import Parties
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from notifications.messages import Notice
from notifications.outgoing import What


def tell(who: Principal, row: MinutesRow, now: datetime) -> int:
    """Queues the notice for everybody it may reach but the approver; says for how many.

    Part of the approval, in its transaction: whoever reads the old version of a correction is told too.
    """
    told, notice = 0, Notice.MINUTES
    with acting.whole_area(who.area_id):
        meeting = db.session.get_one(MeetingRow, row.meeting_id)
        kind = meeting.kind
        heard = select(ItemRow.case_id).join(MinutesCaseRow, MinutesCaseRow.item_id == ItemRow.id)
        about = frozenset(db.session.scalars(heard.where(MinutesCaseRow.minutes_id == row.id)))
        path = f"/minutes/{meeting.id}"
        parties = Parties(who.area_id, about)
        for account_id in packs.receivers(who.area_id, kind, now):
            if not _goes_to(account_id, meeting, now):
                continue
            thing = Outgoing(who.area_id, account_id, What.NOTICE, notice, kind, about, meeting.id)
            if account_id != who.account_id:
                told += notices.queue(thing, meeting.sits_on, path, now, parties)
    return told


def _goes_to(account_id: UUID, meeting: MeetingRow, now: datetime) -> bool:
    """Of an exploitation meeting, nobody is told of minutes who would find nothing in them (Rulebook E4)."""
    if meeting.family != Family.EXPLOITATION:
        return True
    reader = accounts.principal(account_id, now)
    return reader is not None and scope_contributed.reaches(reader, meeting.id)
