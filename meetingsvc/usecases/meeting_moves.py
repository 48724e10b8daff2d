"""Moving or cancelling a MARAC that is there, with all that hangs on its day (Rulebook M1, M4, T6, S3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from agenda import emergency, timetable
from agenda import marac as rules
from agenda.calendar import LONDON, day_words, local_day
from agenda.meetings import MeetingKind, MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, MeetingMoveRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, marac, marac_waiting, meeting_dates
from meetingsvc.store import emergency as emergencies
from meetingsvc.store.scope import items_of
from meetingsvc.usecases import meeting_moves_follow as follow
from meetingsvc.usecases import meeting_moves_told as told
from meetingsvc.usecases import referrers_expected
from meetingsvc.usecases.carry_over import carry_unheard
from meetingsvc.usecases.marac import found, reasoned, refuse_unfit, standing
from meetingsvc.usecases.marac_publishing import hear_shared, stay_heard, unhear
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by

AS_IT_WAS = "The MARAC sits then already. Nothing changed."


@dataclass(frozen=True, slots=True)
class Moved:
    """What moving did: how many people are told."""

    told: int


def changed_since(starts_at: datetime) -> str:
    """What somebody reads whose page was older than the meeting's hour."""
    return (
        f"Somebody else has moved this meeting since you opened the page: it is now on {when(starts_at)}. "
        "Nothing changed. Look at it again, then decide."
    )


def when(starts_at: datetime) -> str:
    """`Thursday 3 December 2026 at 09:30`."""
    wall = starts_at.astimezone(LONDON)
    return f"{day_words(wall.date())} at {wall:%H:%M}"


def move(
    principal: Principal, meeting_id: UUID, starts_at: datetime, reason: str, now: datetime,
    seen: datetime | None = None,
) -> Moved:  # fmt: skip
    """Moves a MARAC to another day or hour until it begins, with its agenda and all its dates (Rulebook M4).

    Where agencies hold the agenda: the day its cases count as heard (T6), when research and confirmations are
    due, and how long packs can be fetched (S3) move with it, and everybody concerned is told. `seen` is when
    it sat as the person saw it. Raises RuleBroken.
    """
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area, meeting = locked(who.area_id), found(who, meeting_id)
        said = reasoned(reason)
        refuse_move(who, area, meeting, starts_at, now, seen)
        with acting.whole_area(area.id):
            row = _noted(who, area, meeting, said, now, starts_at)
            was = meeting.sits_on
            _take_to(who, area, meeting, starts_at, now)
            count = told.meeting_changed(meeting, was, now, who.account_id)
            expected = referrers_expected.with_slot(area.id, meeting.id)
            referrers_expected.tell(area.id, expected, meeting.sits_on, now)
        audit.record(
            who.account_id, who.area_id, "marac.moved", f"meeting/{meeting.id}", now,
            was=was, sits_on=meeting.sits_on, move=row.id, notices=count,
        )  # fmt: skip
    return Moved(count)


def check(
    principal: Principal, meeting_id: UUID, starts_at: datetime, now: datetime, seen: datetime | None = None
) -> None:
    """Raises RuleBroken where `move` would, without changing anything."""
    area, meeting = areas.by_id(principal.area_id), found(principal, meeting_id)
    refuse_move(principal, area, meeting, starts_at, now, seen)


def refuse_move(
    who: Principal, area: AreaRow, meeting: MeetingRow, starts_at: datetime, now: datetime,
    seen: datetime | None = None,
) -> None:  # fmt: skip
    """Raises RuleBroken where a MARAC cannot move to that moment, or not any more: what it has decided, on
    its clock or before anybody started that, stands on the day on which it was (Rulebook M3, T6)."""
    if seen and seen != meeting.starts_at:
        raise RuleBroken(changed_since(meeting.starts_at))
    began = meeting.began_at is not None or marac_waiting.has_decided(who, meeting.id)
    if problem := rules.change_date_problem(standing(meeting, now), began):
        raise RuleBroken(problem)
    if starts_at == meeting.starts_at:
        raise RuleBroken(AS_IT_WAS)
    if meeting.emergency:
        if problem := emergency.start_problem(starts_at, now):
            raise RuleBroken(problem + ".")
        return
    day = local_day(starts_at)
    refuse_unfit(area, day, now, extra=meeting.extra_of is not None, own=meeting.sits_on)
    refuse_hour(starts_at, now)
    _refuse_out_of_round(area, meeting, day)
    if meeting.published_at is None:
        _refuse_past_another(area, meeting, day, local_day(now))


def refuse_hour(starts_at: datetime, now: datetime) -> None:
    """Raises RuleBroken on a start that has passed, or that nobody means (Rulebook M4)."""
    if starts_at <= now:
        raise RuleBroken(f"{when(starts_at)} has passed. Enter a later time.")
    if problem := timetable.unfit_hour(starts_at):
        raise RuleBroken(problem)


def _refuse_past_another(area: AreaRow, meeting: MeetingRow, day: date, today: date) -> None:
    """Fortnightly: no case waits while a MARAC passes that could hear it (Rulebook M1)."""
    row, first = MeetingRow, max(meeting.sits_on, today + timedelta(days=1))
    last = day - timedelta(days=1)
    there = select(row.sits_on).where(
        row.area_id == area.id, row.kind == MeetingKind.MARAC, row.id != meeting.id, row.emergency == 0,
        row.extra_of.is_(None), row.state != MeetingState.CANCELLED, row.sits_on.between(first, last),
    )  # fmt: skip
    with acting.whole_area(area.id):
        passed = list(db.session.scalars(there))
    passed += meeting_dates.free_days(area, first, last, meeting)
    if passed:
        raise RuleBroken(
            f"A MARAC sits before that, on {day_words(min(passed))}, and cases on this agenda must not wait "
            "until after it. Choose a day no later than that, or cancel this MARAC: its cases then go on the "
            "next one."
        )


def _refuse_out_of_round(area: AreaRow, meeting: MeetingRow, day: date) -> None:
    """An extra sitting comes after the MARAC whose cases it takes (Rulebook M4)."""
    row = MeetingRow
    with acting.whole_area(area.id):
        first = db.session.get_one(MeetingRow, meeting.extra_of).sits_on if meeting.extra_of else None
        extra = (row.area_id == area.id, row.extra_of == meeting.id, row.state != MeetingState.CANCELLED)
        after = db.session.scalar(select(func.min(row.sits_on)).where(*extra))
    if first and day <= first:
        raise RuleBroken(f"An extra sitting comes after its MARAC, which sits on {day_words(first)}.")
    if after and day >= after:
        raise RuleBroken(f"This MARAC has an extra sitting on {day_words(after)}. Move that first.")


def _take_to(who: Principal, area: AreaRow, meeting: MeetingRow, starts_at: datetime, now: datetime) -> None:
    """To be called as the service."""
    was, day = meeting.sits_on, local_day(starts_at)
    heard_anew = meeting.published_at is not None and day != was
    kept = stay_heard(who, meeting, now) if heard_anew else []
    if heard_anew:
        unhear(meeting, kept)
    if meeting.emergency and day != was:
        meeting.emergency = emergencies.last_number(area.id, day) + 1
    meeting.sits_on, meeting.starts_at = day, starts_at
    db.session.flush()
    if heard_anew:
        hear_shared(meeting, kept)
    if meeting.published_at:
        follow.follow(area, meeting, now)


def _noted(
    who: Principal, area: AreaRow, meeting: MeetingRow, reason: str, now: datetime,
    starts_at: datetime | None,
) -> MeetingMoveRow:  # fmt: skip
    """The row that keeps why. To be called as the service, before the meeting changes."""
    moves = meeting_dates.moves(area.id, meeting.kind)
    row = MeetingMoveRow(
        area_id=area.id, kind=meeting.kind, meeting_id=meeting.id, was_on=meeting.sits_on,
        planned_on=meeting_dates.stands_for(meeting, areas.settings_of(area), moves),
        sits_on=starts_at and local_day(starts_at), starts_at=starts_at, reason=reason,
        moved_by=who.account_id, moved_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def cancel(
    principal: Principal, meeting_id: UUID, reason: str, now: datetime, seen: datetime | None = None
) -> int:
    """Cancels a MARAC whose agenda agencies do not hold: its cases go on the next one (Rulebook M1, M4).

    Gives back how many referrals were carried over, of those the person may see; 0 where no MARAC has a date,
    and they wait for one.
    """
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area, meeting = locked(who.area_id), found(who, meeting_id)
        said = reasoned(reason)
        if seen and seen != meeting.starts_at:
            raise RuleBroken(changed_since(meeting.starts_at))
        if problem := rules.cancel_problem(standing(meeting, now)):
            raise RuleBroken(problem)
        lines = marac.lines(meeting.id, items_of(who))
        with acting.whole_area(area.id):
            row = _noted(who, area, meeting, said, now, None)
            meeting.state, meeting.not_sat_reason = MeetingState.CANCELLED, said
            expected = referrers_expected.with_slot(area.id, meeting.id)
            carried = carry_unheard(area, who.account_id, now)
            referrers_expected.tell(area.id, expected, meeting.sits_on, now)
            count = told.meeting_changed(meeting, meeting.sits_on, now, who.account_id, cancelled=True)
        carried = carried and sum(len(line.referred_on) for line in lines)
        audit.record(
            who.account_id, who.area_id, "marac.cancelled", f"meeting/{meeting.id}", now,
            items=len(lines), carried=carried, move=row.id, notices=count,
        )  # fmt: skip
        return carried
