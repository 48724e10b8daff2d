"""Moving what is planned alone: a MARAC of the timetable, the hour of a daily meeting (M4, T14)."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from agenda import calendar
from agenda.calendar import local_day, to_utc
from agenda.meetings import MeetingKind, MeetingState
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import AreaRow, MeetingMoveRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, meeting_dates
from meetingsvc.usecases import meeting_moves_follow as follow
from meetingsvc.usecases import meeting_moves_told as told
from meetingsvc.usecases.marac import reasoned, refuse_unfit
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.meeting_moves import AS_IT_WAS, Moved, changed_since, refuse_hour, when
from meetingsvc.usecases.transaction import saved_by

IS_THERE = "This MARAC is there by now. Open its agenda to move it."
NOT_PLANNED = "The timetable plans no MARAC for that day any more. Look at the dates again."


def move_planned(
    principal: Principal, planned_on: date, starts_at: datetime, reason: str, now: datetime,
    seen: datetime | None = None,
) -> Moved:  # fmt: skip
    """Moves a MARAC of the timetable that nothing has been referred to yet, or puts a cancelled one back
    (Rulebook M1, M4). What is referred goes on the earliest MARAC still to sit, as on any. Raises RuleBroken.
    """
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area, said = locked(who.area_id), reasoned(reason)
        with acting.whole_area(area.id):
            was = refuse_move_planned(area, planned_on, starts_at, now, seen)
            row = _noted(who, MeetingKind.MARAC, planned_on, was or planned_on, said, now, starts_at)
            count = told.day_changed(
                area.id, MeetingKind.MARAC, row.was_on, local_day(starts_at), now, who.account_id
            )
        audit.record(
            who.account_id, area.id, "marac.planned_moved", f"area/{area.id}", now,
            was=row.was_on, sits_on=row.sits_on, move=row.id, notices=count,
        )  # fmt: skip
    return Moved(count)


def check(
    principal: Principal, planned_on: date, starts_at: datetime, now: datetime, seen: datetime | None = None
) -> None:
    """Raises RuleBroken where `move_planned` would, without changing anything."""
    refuse_move_planned(areas.by_id(principal.area_id), planned_on, starts_at, now, seen)


def refuse_move_planned(
    area: AreaRow, planned_on: date, starts_at: datetime, now: datetime, seen: datetime | None = None
) -> date | None:
    """When it sits now, None where it is cancelled. Raises RuleBroken where it cannot move to that moment."""
    was = _refuse_gone(area, planned_on, seen)
    day = local_day(starts_at)
    if was and starts_at == meeting_dates.marac_starts_at(area, was):
        raise RuleBroken(AS_IT_WAS)
    refuse_unfit(area, day, now)
    refuse_hour(starts_at, now)
    if day != was and meeting_dates.free_days(area, day, day):
        raise RuleBroken(f"The timetable plans another MARAC for {calendar.day_words(day)}.")
    return was


def cancel_planned(
    principal: Principal, planned_on: date, reason: str, now: datetime, seen: datetime | None = None
) -> Moved:
    """Leaves a MARAC of the timetable out: referrals go on the next one (Rulebook M1, M4)."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area, said = locked(who.area_id), reasoned(reason)
        with acting.whole_area(area.id):
            was = _refuse_gone(area, planned_on, seen)
            if was is None:
                raise RuleBroken("This MARAC has been cancelled already. Nothing changed.")
            row = _noted(who, MeetingKind.MARAC, planned_on, was, said, now, None)
            count = told.day_changed(area.id, MeetingKind.MARAC, was, was, now, who.account_id)
        audit.record(
            who.account_id, area.id, "marac.planned_cancelled", f"area/{area.id}", now,
            was=was, move=row.id, notices=count,
        )  # fmt: skip
    return Moved(count)


def _refuse_gone(area: AreaRow, planned_on: date, seen: datetime | None) -> date | None:
    """When a planned MARAC sits now; None where it is cancelled. Raises RuleBroken where none is planned."""
    one = meeting_dates.planned_one(area, planned_on)
    if one is None:
        raise RuleBroken(NOT_PLANNED)
    if one.meeting_is_there:
        raise RuleBroken(IS_THERE)
    if seen and seen != one.starts_at:
        raise RuleBroken(changed_since(one.starts_at))
    return one.sits_on


def change_daily_start(
    principal: Principal, day: date, starts: time, reason: str, now: datetime, seen: datetime | None = None
) -> Moved:
    """Gives one day's daily meeting another hour (Rulebook T14). Its list and its window stay: nothing falls
    between lists (T1). Research that was asked is due when it starts (D1). Raises RuleBroken."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area, said = locked(who.area_id), reasoned(reason)
        starts_at = refuse_daily_start(area, day, starts, now, seen)
        with acting.whole_area(area.id):
            row = _noted(who, MeetingKind.DRAMM, day, day, said, now, starts_at)
            if meeting := _daily(area.id, day):
                meeting.starts_at = starts_at
                follow.follow(area, meeting, now)
            count = told.day_changed(area.id, MeetingKind.DRAMM, day, day, now, who.account_id)
        audit.record(
            who.account_id, area.id, "list.start_changed", f"area/{area.id}", now,
            day=day, move=row.id, notices=count,
        )  # fmt: skip
    return Moved(count)


def refuse_daily_start(
    area: AreaRow, day: date, starts: time, now: datetime, seen: datetime | None = None
) -> datetime:
    """The moment; raises RuleBroken where the daily meeting of that day cannot start then."""
    settings = areas.settings_of(area)
    if problem := calendar.no_list(day, holidays.known(), settings):
        raise RuleBroken(problem)
    starts_at, is_now = to_utc(datetime.combine(day, starts)), meeting_dates.daily_starts_at(area, day)
    if seen and seen != is_now:
        raise RuleBroken(changed_since(is_now))
    with acting.whole_area(area.id):
        meeting = _daily(area.id, day)
    if meeting and (meeting.state != MeetingState.OPEN or meeting.began_at):
        raise RuleBroken("This daily meeting has begun. Its start can no longer change.")
    if starts_at == is_now:
        raise RuleBroken("It starts then already. Nothing changed.")
    if starts_at <= now:
        raise RuleBroken(f"{when(starts_at)} has passed. Enter a later time.")
    if starts <= settings.cut_off:
        raise RuleBroken(f"The list is made at {settings.cut_off:%H:%M}. Enter a later time.")
    return starts_at


def _daily(area_id: UUID, day: date) -> MeetingRow | None:
    row = MeetingRow
    of_day = (row.area_id == area_id, row.kind == MeetingKind.DRAMM, row.sits_on == day)
    return db.session.scalar(select(row).where(*of_day))


def _noted(
    who: Principal, kind: str, planned_on: date, was: date, reason: str, now: datetime,
    starts_at: datetime | None,
) -> MeetingMoveRow:  # fmt: skip
    row = MeetingMoveRow(
        area_id=who.area_id, kind=kind, planned_on=planned_on, was_on=was,
        sits_on=starts_at and local_day(starts_at), starts_at=starts_at, reason=reason,
        moved_by=who.account_id, moved_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
