"""Reminding agencies of update-only cases they have not answered, by notices without content (C3, S2)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda import confirmations as rules
from agenda.calendar import local_day
from agenda.confirmations import Stage
from agenda.meetings import MeetingKind, MeetingState
from meetingsvc import holidays
from meetingsvc.models import ConfirmationNoticeRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit, confirmations, unattended
from meetingsvc.store.recipients import Outgoing
from meetingsvc.usecases import notices
from meetingsvc.usecases.area_by_area import WORKER, in_turn
from notifications.messages import Notice
from notifications.outgoing import What


def chase(now: datetime) -> int:
    """Tells agencies of each stage of a MARAC once; says how many notices. Safe to run twice.

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
    for agency in areas.agencies(meeting.area_id):
        if agency.id in done or not agency.attends_marac:
            continue
        if count := sum([_tell(who, meeting, now) for who in _people(agency.id, now)]):
            db.session.add(row(meeting_id=meeting.id, agency_id=agency.id, stage=stage,
                               area_id=meeting.area_id, told_at=now))  # fmt: skip
            told += count
    db.session.flush()
    return told


def _people(agency_id: UUID, now: datetime) -> list[Principal]:
    """Who confirms for an agency."""
    found = (accounts.principal(account_id, now) for account_id, _ in accounts.attending(agency_id))
    return [who for who in found if who is not None and who.may(Permission.CONFIRM_SEND)]


def _tell(who: Principal, meeting: MeetingRow, now: datetime) -> bool:
    with acting.acting(who):
        boxes = confirmations.boxes(who, meeting.id)
    about = frozenset(box.line.case_id for box in boxes if box.is_asked and box.mine is None)
    if not about:
        return False
    thing = Outgoing(who.area_id, who.account_id, What.NOTICE, Notice.CONFIRMATIONS, MeetingKind.MARAC, about,
                     meeting.id)  # fmt: skip
    return notices.queue(thing, meeting.sits_on, f"/marac/{meeting.id}/confirmations", now)
