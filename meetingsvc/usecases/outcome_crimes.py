"""Crimes that were disclosed in a meeting: their police are told, and say that they have them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import CrimeRow, ItemRow, MeetingRow
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit, notice_times
from meetingsvc.store import outcome_crimes as store
from meetingsvc.usecases import notices
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice

NOTICE = Notice.CRIME_DISCLOSED


def tell(
    meeting: MeetingRow, item: ItemRow, crimes: Sequence[CrimeRow], now: datetime, stage: str = "at once"
) -> int:
    """Queues one message without content for everybody of the police told who may open the case and take the
    crime up (practice); how many. Where that is nobody, the pages say so: nobody has been told.

    Part of the save that kept them, in its transaction. Each at most once for a `stage`.
    """
    told = 0
    values = {"panel": meeting.kind, "sits_on": meeting.sits_on.isoformat(), "path": "/crimes"}
    with acting.whole_area(item.area_id):
        for agency_id in sorted({one.told_id for one in crimes}):
            theirs = [one.id for one in crimes if one.told_id == agency_id]
            before = notice_times.told(item.area_id, NOTICE, theirs)
            for who in accounts.who_attend(agency_id, Permission.CRIME_RECEIVE, now):
                new = [key for key in theirs if (key, stage, who.account_id) not in before]
                if not new or not _may_open(who, item.id):
                    continue
                queued = notices.put(item.area_id, who.account_id, NOTICE, values, now,
                                     about=[item.case_id], meeting_id=meeting.id)  # fmt: skip
                if queued is None:
                    continue
                told += 1
                for key in new:
                    notice_times.keep_told(item.area_id, NOTICE, key, stage, who.account_id, now)
    return told


def _may_open(who: Principal, item_id: UUID) -> bool:
    """Nobody is told of a case that is kept from them."""
    with acting.acting(who):
        return bool(store.at(who, item_id))


def receive(principal: Principal, crime_id: UUID, now: datetime) -> None:
    """The police told say that they have it. Raises NotFound where it is not theirs."""
    with saved_by(principal, Permission.CRIME_RECEIVE, now) as who:
        areas.hold(who.area_id)
        row = store.one(who, crime_id)
        if row is None:
            raise NotFound
        if row.received_at is not None:
            raise RuleBroken("Somebody of your agency has recorded this already. Nothing changed.")
        store.received(row, who.account_id, now)
        about = f"crime_disclosed/{row.id}"
        audit.record(who.account_id, who.area_id, "crime.received", about, now, item=row.item_id)
