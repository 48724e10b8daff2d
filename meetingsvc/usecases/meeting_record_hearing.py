"""Which case the meeting hears now, and who is out of the room for it (Rulebook R3, M6)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.rules import RuleBroken
from meetingsvc.models import AttendeeRow, ItemAbsenceRow, ItemHearingRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit
from meetingsvc.store import meeting_record as store
from meetingsvc.store.scope_meeting_record import absences_of, recorded_at
from meetingsvc.usecases.meeting_record import item_of, stop_running
from meetingsvc.usecases.transaction import saved_by
from minutes.attendance import Attendee


def hear(principal: Principal, item_id: UUID, now: datetime) -> None:
    """The clock of this case runs from now, and no other's. Twice changes nothing.

    Whom a wall or a restriction keeps from the case is noted as out of the room (Rulebook M6).
    """
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        item, meeting = item_of(who, item_id, now)
        if _running(who, item.id):
            return
        with acting.whole_area(who.area_id):
            stop_running(meeting, now)
        item.not_reached = ""
        meeting.began_at = meeting.began_at or now
        db.session.add(
            ItemHearingRow(id=uuid4(), area_id=who.area_id, meeting_id=meeting.id, item_id=item.id,
                           started_at=now, started_by=who.account_id)
        )  # fmt: skip
        keep_out(who, meeting, now)
        audit.record(who.account_id, who.area_id, "hearing.heard", f"item/{item.id}", now)


def pause(principal: Principal, item_id: UUID, now: datetime) -> None:
    """The clock of this case stops."""
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        item, meeting = item_of(who, item_id, now)
        if not _running(who, item.id):
            return
        with acting.whole_area(who.area_id):
            stop_running(meeting, now, item.id)
        audit.record(who.account_id, who.area_id, "hearing.paused", f"item/{item.id}", now)


def _running(who: Principal, item_id: UUID) -> bool:
    with acting.whole_area(who.area_id):
        row = ItemHearingRow
        now = select(row.id).where(row.item_id == item_id, row.ended_at.is_(None))
        return db.session.scalar(now) is not None


def keep_out(who: Principal, meeting: MeetingRow, now: datetime) -> None:
    """Notes who may not hear the case that is heard now, of those who are there. The service's own work: of
    any case, whoever's change it follows (Rulebook M6)."""
    with acting.whole_area(who.area_id):
        db.session.flush()
        row = ItemHearingRow
        running = db.session.execute(
            select(ItemRow.id, ItemRow.case_id)
            .join(row, row.item_id == ItemRow.id)
            .where(row.meeting_id == meeting.id, row.ended_at.is_(None))
        ).one_or_none()
        if running is None:
            return
        item_id, case_id = running
        here = _in_the_room(who.area_id, meeting.id)
        noted = db.session.scalars(
            select(ItemAbsenceRow.attendee_id).where(ItemAbsenceRow.item_id == item_id)
        ).all()
        for attendee_id in sorted(store.must_be_out(who.area_id, item_id, case_id, here) - set(noted)):
            db.session.add(
                ItemAbsenceRow(item_id=item_id, attendee_id=attendee_id, area_id=who.area_id, kept=True,
                               recorded_by=who.account_id, recorded_at=now)
            )  # fmt: skip
            db.session.flush()


def _in_the_room(area_id: UUID, meeting_id: UUID) -> list[Attendee]:
    """Who is in the room, for the service's own work."""
    found = store.attendees(acting.Host(area_id), meeting_id)
    return [one for one in found if one.in_the_room]


def step_out(principal: Principal, item_id: UUID, attendee_id: UUID, now: datetime) -> None:
    """Somebody leaves the room for this case. Twice changes nothing."""
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        item, meeting = item_of(who, item_id, now)
        attendee = attendee_of(who, meeting, attendee_id)
        if _absence(who, item.id, attendee.id) is None:
            db.session.add(
                ItemAbsenceRow(item_id=item.id, attendee_id=attendee.id, area_id=who.area_id, kept=False,
                               recorded_by=who.account_id, recorded_at=now)
            )  # fmt: skip
            audit.record(who.account_id, who.area_id, "hearing.out", f"item/{item.id}", now,
                         attendee=attendee.id)  # fmt: skip


def step_in(principal: Principal, item_id: UUID, attendee_id: UUID, now: datetime) -> None:
    """They were not out of the room after all. Whom a wall keeps from the case stays out (Rulebook M6)."""
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        item, meeting = item_of(who, item_id, now)
        attendee = attendee_of(who, meeting, attendee_id)
        absence = _absence(who, item.id, attendee.id)
        if absence is None:
            return
        if absence.kept:
            raise RuleBroken(f"{attendee.name} may not hear this case. Ask them to leave the room for it.")
        db.session.delete(absence)
        audit.record(who.account_id, who.area_id, "hearing.in", f"item/{item.id}", now, attendee=attendee.id)


def attendee_of(who: Principal, meeting: MeetingRow, attendee_id: UUID) -> AttendeeRow:
    """Somebody on the record of that meeting; raises RuleBroken for anybody else."""
    row = AttendeeRow
    found = db.session.scalar(
        select(row).where(
            recorded_at(who, row.meeting_id), row.id == attendee_id, row.meeting_id == meeting.id
        )
    )
    if found is None:
        raise RuleBroken("That person is not on the record of this meeting. Record who is here first.")
    return found


def _absence(who: Principal, item_id: UUID, attendee_id: UUID) -> ItemAbsenceRow | None:
    row = ItemAbsenceRow
    return db.session.scalar(
        select(row).where(absences_of(who), row.item_id == item_id, row.attendee_id == attendee_id)
    )
