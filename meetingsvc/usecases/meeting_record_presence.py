"""Who joins and who leaves while the meeting goes on, and each person's own confirmation (Rulebook R3)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import day_words, local_day
from agenda.rules import RuleBroken
from meetingsvc.models import AttendeeRow, AttendeeStayRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store import meeting_record as store
from meetingsvc.store.scope_meeting_record import recorded_at, stays_of
from meetingsvc.usecases.meeting_record import held, refuse_early, refuse_over
from meetingsvc.usecases.meeting_record_hearing import attendee_of, keep_out
from meetingsvc.usecases.transaction import saved_by


def here(principal: Principal, meeting_id: UUID, now: datetime) -> None:
    """Somebody says for themselves that they are there and have read the statement (security.md B, "each
    person own"). From the beginning, where the meeting has not begun. Twice changes nothing."""
    with saved_by(principal, Permission.MEETING_HERE, now) as who:
        meeting = _under_way(who, meeting_id, now)
        if local_day(now) != meeting.sits_on:
            raise RuleBroken(f"This meeting sat on {day_words(meeting.sits_on)}. Ask the coordinator.")
        row = _of_account(who, meeting, who.account_id) or _add(who, meeting, who.account_id, now)
        if row.here and row.confidential_at and _open_stay(who, row) is not None:
            return
        row.confidential_at = row.confidential_at or now
        if _open_stay(who, row) is None:
            come(who, meeting, row, now if meeting.began_at or row.here else None)
        _said(who, meeting, row, "record.own", now)


def joined(principal: Principal, meeting_id: UUID, whom: UUID, now: datetime) -> None:
    """Somebody comes now: on the record already, or expected by account. Who is there stays there."""
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        meeting = _under_way(who, meeting_id, now)
        row = _of_account(who, meeting, whom)
        if row is None and whom in {one.account_id for one in _expected(meeting)}:
            row = _add(who, meeting, whom, now)
        row = row or attendee_of(who, meeting, whom)
        if row.observer and row.confidential_at is None:
            raise RuleBroken(f"{row.name} observes, and signs confidentiality before they hear a case.")
        if _open_stay(who, row) is None:
            come(who, meeting, row, now)
            _said(who, meeting, row, "record.joined", now)


def left(principal: Principal, meeting_id: UUID, attendee_id: UUID, now: datetime) -> None:
    """Somebody goes now. Who has gone has gone: twice changes nothing."""
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        meeting = _under_way(who, meeting_id, now)
        row = attendee_of(who, meeting, attendee_id)
        if (stay := _open_stay(who, row)) is not None:
            stay.left_at = now
            _said(who, meeting, row, "record.left", now)


def _under_way(who: Principal, meeting_id: UUID, now: datetime) -> MeetingRow:
    meeting = held(who, meeting_id)
    refuse_over(meeting, now)
    refuse_early(meeting, now)
    return meeting


def _expected(meeting: MeetingRow) -> list[store.Expected]:
    return store.expected_people({agency.id for agency in store.expected_agencies(meeting)})


def _of_account(who: Principal, meeting: MeetingRow, account_id: UUID) -> AttendeeRow | None:
    row = AttendeeRow
    mine = (recorded_at(who, row.meeting_id), row.meeting_id == meeting.id, row.account_id == account_id)
    return db.session.scalar(select(row).where(*mine))


def _add(who: Principal, meeting: MeetingRow, account_id: UUID, now: datetime) -> AttendeeRow:
    known = next((one for one in _expected(meeting) if one.account_id == account_id), None)
    if known is None:
        raise NotFound
    row = AttendeeRow(
        id=uuid4(), area_id=who.area_id, meeting_id=meeting.id, agency_id=known.agency_id,
        account_id=account_id, name=known.name, title=known.role.label, organisation="", observer=False,
        here=False, version=0, recorded_by=who.account_id, recorded_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def _open_stay(who: Principal, row: AttendeeRow) -> AttendeeStayRow | None:
    stay = AttendeeStayRow
    rows = select(stay).where(stays_of(who, stay.attendee_id), stay.attendee_id == row.id)
    return db.session.scalar(rows.where(stay.left_at.is_(None)).limit(1))


def come(who: Principal, meeting: MeetingRow, row: AttendeeRow, at: datetime | None) -> None:
    """They are there from then on; from the beginning, where it does not say since when (Rulebook R3).

    A stay that was over before the meeting began goes: whoever was ticked by mistake then, and came late,
    would count as there from its beginning.
    """
    stay, began = AttendeeStayRow, meeting.began_at
    mine = select(stay).where(stays_of(who, stay.attendee_id), stay.attendee_id == row.id)
    for one in db.session.scalars(mine.where(stay.left_at <= began)).all() if began else ():
        db.session.delete(one)
        db.session.flush()
    row.here = True
    db.session.add(stay(id=uuid4(), area_id=row.area_id, attendee_id=row.id, joined_at=at))
    db.session.flush()


def _said(who: Principal, meeting: MeetingRow, row: AttendeeRow, action: str, now: datetime) -> None:
    row.version, row.recorded_by, row.recorded_at = row.version + 1, who.account_id, now
    db.session.flush()
    keep_out(who, meeting, now)
    audit.record(who.account_id, who.area_id, action, f"meeting/{meeting.id}", now, attendee=row.id)
