"""Reminding the named professional of telling a victim, by notices that do not say of what (F1, F5, S2)."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.calendar import days_off, local_day
from agenda.meetings import MeetingKind
from meetingsvc import holidays
from meetingsvc.models import FeedbackRow, ItemRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    accounts,
    acting,
    areas,
    audit,
    feedback,
    feedback_lists,
    feedback_tellers,
    notice_times,
    unattended,
)
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice
from notifications.outgoing import What
from notifications.schedule import reminder_stage

NOTICE = Notice.FEEDBACK
Due = tuple[FeedbackRow, str]


def remind(now: datetime) -> int:
    """Reminds once before and once after each day by which a victim is to be told; how many notices went.

    The professional who is named, and nobody else; for one without an account, such as whoever is on duty,
    those of their agency whose it then is to tell the victim. Safe to run twice.
    """
    return in_turn("reminding of feedback", unattended.area_ids(), lambda area_id: _remind(area_id, now))


def _remind(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    told = 0
    for account_id, due in sorted(_by_person(area_id, now).items()):
        who = accounts.principal(account_id, now)
        if who is not None and who.may(Permission.FEEDBACK_READ):
            told += _tell(who, due, now)
    if told:
        audit.record(WORKER, area_id, "feedback.reminded", f"area/{area_id}", now, notices=told)
    return told


def _by_person(area_id: UUID, now: datetime) -> dict[UUID, list[Due]]:
    """What is due, by whose it is, where they were not told of it at this stage."""
    row, today = FeedbackRow, local_day(now)
    off = days_off(areas.settings_of(areas.by_id(area_id)), holidays.known())
    rows = select(row, ItemRow.case_id).join(ItemRow, ItemRow.id == row.item_id)
    rows = rows.where(row.area_id == area_id, row.next_on.is_not(None))
    open_ = db.session.execute(rows.order_by(row.id)).all()
    done = notice_times.told(area_id, NOTICE, [one.id for one, _ in open_])
    found: dict[UUID, list[Due]] = defaultdict(list)
    for one, case_id in open_:
        stage = reminder_stage(one.next_on, today, off) if one.next_on else ""
        key = f"{stage} {one.next_on}"
        for account_id in _who_can(one, case_id, today) if stage else ():
            if (one.id, key, account_id) not in done:
                found[account_id].append((one, key))
    return found


def _who_can(row: FeedbackRow, case_id: UUID, today: date) -> list[UUID]:
    if row.agency_id is None:
        return []
    return feedback_tellers.able(row.area_id, case_id, row.agency_id, row.account_id, today)


def _tell(who: Principal, due: list[Due], now: datetime) -> bool:
    """One notice, about the cases whose meeting is over and that are still theirs to tell (M6, F3)."""
    with acting.acting(who):
        theirs = [(one, stage) for one, stage in due if _is_theirs(who, one.item_id, now)]
    cases = select(ItemRow.case_id).where(ItemRow.id.in_([one.item_id for one, _ in theirs]))
    about = frozenset(db.session.scalars(cases))
    if not about:
        return False
    panel = MeetingKind.DRAMM if who.attends_daily else MeetingKind.MARAC
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, NOTICE, panel, about)
    if not notices.queue(thing, local_day(now), "/feedback", now):
        return False
    for one, stage in theirs:
        notice_times.keep_told(who.area_id, NOTICE, one.id, stage, who.account_id, now)
    return True


def _is_theirs(who: Principal, item_id: UUID, now: datetime) -> bool:
    return feedback.is_theirs(who, item_id) and feedback_lists.is_over(who, item_id, local_day(now))
