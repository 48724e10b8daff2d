"""What hangs on the day of a meeting and moves with it: research, reminders, packs (Rulebook M4, C3, S3)."""

from datetime import datetime, time, timedelta

from sqlalchemy import delete, select

from agenda import confirmations, research
from agenda import marac as rules
from agenda.area import AreaSettings
from agenda.calendar import add_working_days, days_off, local_day, to_utc
from agenda.panels import Works
from meetingsvc import holidays
from meetingsvc.models import (
    AreaRow,
    ConfirmationNoticeRow,
    MeetingRow,
    PackRow,
    ResearchNoticeRow,
    ResearchRequestRow,
    db,
)
from meetingsvc.store import areas, notice_times
from notifications.messages import Notice


def follow(area: AreaRow, meeting: MeetingRow, now: datetime) -> None:
    """Brings them to when the meeting sits now. To be called as the service, in the move's transaction."""
    settings = areas.settings_of(area)
    _research(meeting, settings, now)
    if meeting.works == Works.AGENDA:
        _confirmations(meeting, settings, now)
        _packs(meeting, settings, now)
    db.session.flush()


def _research(meeting: MeetingRow, settings: AreaSettings, now: datetime) -> None:
    """Due as if asked for that day from the first (D1, M4); who was told of a stage that is ahead again is
    told of it then."""
    works, off, row = Works(meeting.works), holidays.known(), ResearchRequestRow
    due = research.due_at(works, meeting.starts_at, settings, off)
    stages = list(research.Stage)
    for request in db.session.scalars(select(row).where(row.meeting_id == meeting.id)).all():
        request.due_at = research.case_due_at(due, meeting.starts_at, request.asked_at)
        remind = research.remind_at(works, request.due_at, settings, off)
        reached = research.stage(request.asked_at, remind, request.due_at, now)
        ahead = stages[stages.index(reached) + 1 :]
        notice = ResearchNoticeRow
        db.session.execute(
            delete(notice).where(notice.request_id == request.id, notice.stage.in_(ahead))
        )  # fmt: skip


def _confirmations(meeting: MeetingRow, settings: AreaSettings, now: datetime) -> None:
    """Agencies are reminded again before the day on which they are due now (C3)."""
    stages = [None, *confirmations.Stage]
    reached = confirmations.stage(meeting.sits_on, local_day(now), settings, holidays.known())
    notice, ahead = ConfirmationNoticeRow, stages[stages.index(reached) + 1 :]
    db.session.execute(delete(notice).where(notice.meeting_id == meeting.id, notice.stage.in_(ahead)))


def _packs(meeting: MeetingRow, settings: AreaSettings, now: datetime) -> None:
    """A pack can be fetched as long as if it had been built for that day, never less than until it is heard;
    one that has expired stays so. Who was reminded of it is reminded again before a day further on (S3)."""
    row, day = PackRow, local_day(now)
    near = add_working_days(day, settings.pack_remind_days, days_off(settings, holidays.known()))
    held = select(row).where(row.meeting_id == meeting.id, row.expires_at > now)
    for pack in db.session.scalars(held).all():
        last = rules.pack_expires_on(local_day(pack.built_at), meeting.sits_on, settings.pack_days)
        pack.expires_at = to_utc(datetime.combine(last + timedelta(days=1), time.min))
        if meeting.sits_on > near:
            notice_times.forget_told(meeting.area_id, Notice.PACK_NOT_FETCHED, pack.id)
