"""Reminding agencies of update-only cases they have not answered, by notices without content (C3, S2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda import confirmations as rules
from agenda.calendar import local_day
from agenda.confirmations import Stage
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc import holidays
from meetingsvc.models import ConfirmationNoticeRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit, confirmations, unattended
from meetingsvc.store.late_told import LateTold
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice
from notifications.outgoing import What

NOTICE = Notice.CONFIRMATIONS


def chase(now: datetime) -> int:
    """Tells agencies of each stage of a MARAC once, and once it is late of each case that joins; says how
    many notices. Safe to run twice.

    They were asked when the agenda was published. Who has answered, or sees none of what is asked, is told
    nothing (M6); nor is anybody once the day of the meeting is over.
    """
    return in_turn("chasing confirmations", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def _chase(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    settings, today, row = areas.settings_of(areas.by_id(area_id)), local_day(now), MeetingRow
    ahead = (row.kind == MeetingKind.MARAC, row.state == MeetingState.PUBLISHED, row.sits_on >= today)
    rows = select(row).where(row.area_id == area_id, row.ended_at.is_(None), *ahead).order_by(row.starts_at)
    told = 0
    for meeting in db.session.scalars(rows).all():
        if stage := rules.stage(meeting.sits_on, today, settings, holidays.known()):
            told += _tell_all(meeting, stage, now)
    if told:
        audit.record(WORKER, area_id, "confirmations.chased", f"area/{area_id}", now, notices=told)
    return told


def _tell_all(meeting: MeetingRow, stage: Stage, now: datetime) -> int:
    row, told = ConfirmationNoticeRow, 0
    rows = select(row.agency_id).where(row.meeting_id == meeting.id, row.stage == stage)
    done = set(db.session.scalars(rows))
    items = db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == meeting.id)).all()
    late = LateTold(meeting.area_id, NOTICE, items, now) if stage is Stage.LATE else None
    for agency in areas.agencies(meeting.area_id):
        again = agency.id in done
        if (again and late is None) or not agency.attends_marac:
            continue
        people = accounts.who_attend(agency.id, Permission.CONFIRM_SEND, now)
        count = sum([_tell(who, meeting, late, now, again=again) for who in people])
        if count and not again:
            db.session.add(row(meeting_id=meeting.id, agency_id=agency.id, stage=stage,
                               area_id=meeting.area_id, told_at=now))  # fmt: skip
        told += count
    db.session.flush()
    return told


def _tell(who: Principal, meeting: MeetingRow, late: LateTold | None, now: datetime, *, again: bool) -> bool:
    """Of the cases that their agency has not answered; `again` only of those of which they were not told."""
    with acting.acting(who):
        boxes = confirmations.boxes(who, meeting.id)
    left = {box.line.item_id: box.line.case_id for box in boxes if box.is_asked and box.mine is None}
    items = late.fresh(who.account_id, left) if late and again else set(left)
    if not items:
        return False
    about = frozenset(left[key] for key in items)
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, NOTICE, MeetingKind.MARAC, about, meeting.id)
    told = notices.queue(thing, meeting.sits_on, f"/marac/{meeting.id}/confirmations", now)
    if late:
        late.keep(who.account_id, items, told=told)
    return told
