"""What a MARAC has no time for goes to a later sitting; a referrer's time is kept (Rulebook M4, T14)."""

from collections.abc import Collection
from datetime import date, datetime, time
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda import fitting
from agenda import marac as rules
from agenda.calendar import day_words, local_day
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit, marac, marac_front, meeting_dates, referrers_coming
from meetingsvc.store.restrictions import kept_at
from meetingsvc.usecases import referrers_expected
from meetingsvc.usecases.marac import found, line_on, reasoned, refuse_unfit, standing
from meetingsvc.usecases.marac_referrals import add_meeting, carry, locked, open_meeting
from meetingsvc.usecases.transaction import saved_by

CHANGED = "The agenda has changed since you opened this page. Look at it again, then choose the cases."
NO_LATER = "No later MARAC has a date. Plan one first, or plan an extra sitting."


def move_on(
    principal: Principal, meeting_id: UUID, items: Collection[UUID], to: UUID | None, reason: str,
    now: datetime,
) -> UUID:  # fmt: skip
    """Moves cases to another sitting that agencies do not hold, with the reason: `to`, or the next MARAC that
    the timetable plans where it is not there yet (Rulebook M4). Gives back which."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area, meeting = locked(who.area_id), _movable(who, meeting_id, items, now)
        said = reasoned(reason)
        with acting.whole_area(area.id):
            target = _target(who, area, meeting, to, now)
            _carry(items, target, who, now, said)
        audit.record(
            who.account_id, who.area_id, "marac.put_off", f"meeting/{meeting.id}", now,
            items=len(items), to=target.id,
        )  # fmt: skip
        return target.id


def extra_sitting(
    principal: Principal, meeting_id: UUID, sits_on: date, items: Collection[UUID], now: datetime
) -> UUID:
    """A further MARAC of the same round, with these of its cases (Rulebook M4). Agencies are told of it when
    its agenda is published, as of any. Raises RuleBroken on an unfit day."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area, meeting = locked(who.area_id), _movable(who, meeting_id, items, now)
        if sits_on <= meeting.sits_on:
            raise RuleBroken("An extra sitting comes after the MARAC whose cases it takes.")
        refuse_unfit(area, sits_on, now, extra=True)
        with acting.whole_area(area.id):
            made = add_meeting(area, sits_on, who.account_id, now, extra_of=meeting.extra_of or meeting.id)
            _carry(items, made, who, now, f"no time at the MARAC of {day_words(meeting.sits_on)}")
        audit.record(
            who.account_id, who.area_id, "marac.extra", f"meeting/{made.id}", now,
            items=len(items), of=meeting.id,
        )  # fmt: skip
        return made.id


def _movable(who: Principal, meeting_id: UUID, items: Collection[UUID], now: datetime) -> MeetingRow:
    """The MARAC, where each of these cases can be moved from it."""
    meeting = found(who, meeting_id)
    if meeting.emergency:
        raise RuleBroken("An emergency MARAC hears its own case.")
    if problem := fitting.move_problem(standing(meeting, now), meeting.ended_at is not None):
        raise RuleBroken(problem)
    agenda = marac.agenda(who, meeting_id)
    if agenda is None:
        raise NotFound
    there = {one.item_id for one in agenda.lines if marac_front.movable(agenda.sitting, one)}
    if not items:
        raise RuleBroken("Choose at least one case.")
    if not set(items) <= there:
        raise RuleBroken(CHANGED)
    return meeting


def _target(who: Principal, area: AreaRow, meeting: MeetingRow, to: UUID | None, now: datetime) -> MeetingRow:
    here = marac.sitting(who, meeting.id)
    offered = {one.id: one for one in marac_front.later_sittings(who, here, local_day(now))} if here else {}
    if to in offered:
        return db.session.get_one(MeetingRow, to)
    if to is not None or any(one.state is MeetingState.OPEN for one in offered.values()):
        raise RuleBroken(CHANGED)
    day = meeting_dates.next_free_day(area, max(meeting.sits_on, local_day(now)))
    if day is None:
        raise RuleBroken(NO_LATER)
    return open_meeting(area, day, who.account_id, now)


def _carry(items: Collection[UUID], target: MeetingRow, who: Principal, now: datetime, put_off: str) -> None:
    for item_id in sorted(items):
        row = db.session.get_one(ItemRow, item_id)
        expected = referrers_expected.of(row)
        line, _ = carry(row, target.id, who.account_id, now)
        line.put_off = put_off
        referrers_expected.tell(who.area_id, expected, target.sits_on, now)
    db.session.flush()


def keep_slot(
    principal: Principal, meeting_id: UUID, item_id: UUID, at: time | None, now: datetime,
    whose: UUID | None = None,
) -> None:  # fmt: skip
    """Keeps a case at the time when who sent that referral comes, or takes that time off it (Rulebook T14).

    They are told that it changed, and so is whose it was before. Without `whose` no referrer is expected.
    """
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        locked(who.area_id)
        meeting = found(who, meeting_id)
        line = line_on(who, meeting.id, item_id)
        if problem := rules.reorder_problem(standing(meeting, now)):
            raise RuleBroken(problem)
        kept = line.case_id in kept_at(meeting.id)
        if at and (problem := fitting.slot_problem(at, meeting.starts_at, kept)):
            raise RuleBroken(problem)
        sent = {one.id for one in referrers_coming.of_case(who.area_id, line.case_id)} if whose else set()
        if whose and whose not in sent:
            raise RuleBroken("That referral is not of this case. Choose whose time it is.")
        _keep(line, at, whose if at else None, meeting.sits_on, now)
        action = "marac.slot_kept" if at else "marac.slot_taken_off"
        audit.record(who.account_id, who.area_id, action, f"item/{line.id}", now, meeting=meeting.id)


def _keep(line: ItemRow, at: time | None, whose: UUID | None, day: date, now: datetime) -> None:
    was, before = (line.slot, line.slot_referral_id), referrers_expected.of(line)
    line.slot, line.slot_referral_id = at, whose
    if was != (at, whose):
        told = dict.fromkeys([*before, *referrers_expected.of(line)])
        referrers_expected.tell(line.area_id, list(told), day, now)
