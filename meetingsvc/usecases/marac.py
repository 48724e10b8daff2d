"""Planning a MARAC, and bringing its agenda to the point where it can be published."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda import fitting, timetable
from agenda import marac as rules
from agenda.calendar import day_words, local_day
from agenda.circulation import Group, to_discussion
from agenda.incidents import Risk
from agenda.marac import Referral
from agenda.meetings import MeetingKind, MeetingState
from agenda.moves import REASON_LENGTH
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import AreaRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, marac, marac_waiting, meeting_dates
from meetingsvc.store.scope import items_of, meetings_of
from meetingsvc.usecases.carry_over import carry_unheard
from meetingsvc.usecases.marac_referrals import carry, locked, open_meeting, put_on
from meetingsvc.usecases.transaction import saved_by

_ANY_TIME = datetime.min.replace(tzinfo=UTC)


def plan(principal: Principal, sits_on: date, now: datetime) -> UUID:
    """A MARAC on that day, which takes every referral that waits (M1). Raises RuleBroken on an unfit day."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        area = locked(who.area_id)
        refuse_unfit(area, sits_on, now)
        with acting.whole_area(who.area_id):
            made = open_meeting(area, sits_on, who.account_id, now).id
            carry_unheard(area, who.account_id, now)
        return made


def refuse_unfit(
    area: AreaRow, sits_on: date, now: datetime, extra: bool = False, own: date | None = None
) -> None:
    """Raises RuleBroken on a day on which no MARAC can sit, or another than the one whose `own` it is does
    already. An extra sitting takes no referrals, so on a day of the timetable it would make them wait for the
    one after that (Rulebook M1)."""
    settings = areas.settings_of(area)
    if problem := timetable.unfit_day(sits_on, local_day(now), holidays.known(), settings):
        raise RuleBroken(problem)
    with acting.whole_area(area.id):
        taken = marac.days(area.id)
    if sits_on in taken and sits_on != own:
        raise RuleBroken(f"There is a MARAC on {day_words(sits_on)} already.")
    if extra and meeting_dates.free_days(area, sits_on, sits_on):
        raise RuleBroken(
            f"The timetable plans a MARAC on {day_words(sits_on)}. Choose another day for the extra sitting."
        )


def reorder(
    principal: Principal, meeting_id: UUID, item_id: UUID, from_place: int, to_place: int, now: datetime
) -> None:
    """Moves one case inside its group, from the place at which the person saw it (Rulebook M1)."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        locked(who.area_id)
        meeting = found(who, meeting_id)
        if problem := rules.reorder_problem(standing(meeting, now)):
            raise RuleBroken(problem)
        seen = marac.lines(meeting.id, items_of(who))
        places = {line.item_id: place for place, line in enumerate(seen, 1)}
        if item_id in places and places[item_id] != from_place:
            raise RuleBroken("Somebody else has changed the order since you opened this page.")
        rules.reorder(_as_placed(seen), item_id, to_place)  # a refusal speaks of what the person sees
        moved, other = seen[from_place - 1], seen[to_place - 1]
        if problem := fitting.reorder_problem(moved.slot is not None, moved.waited, other.waited):
            raise RuleBroken(problem)
        with acting.whole_area(who.area_id):
            _reorder(meeting.id, item_id, seen[to_place - 1].item_id)
        audit.record(
            who.account_id, who.area_id, "marac.reordered", f"item/{item_id}", now,
            meeting=meeting.id, place=to_place,
        )  # fmt: skip


def _reorder(meeting_id: UUID, item_id: UUID, to_item: UUID) -> None:
    """To the place of another line; those that whoever moves it does not see stay between."""
    lines = marac.lines(meeting_id)
    to_place = [line.item_id for line in lines].index(to_item) + 1
    for line in rules.reorder(_as_placed(lines), item_id, to_place):
        db.session.get_one(ItemRow, line.item_id).position = line.position or 0


def _as_placed(lines: Sequence[marac.Line]) -> list[Referral]:
    """The lines with the places they have now, so that moving one leaves the others where people saw them."""
    return [
        Referral(
            line.item_id, line.case, line.group, Risk(line.risk), _ANY_TIME, place, line.supplement,
            line.restricted,
        )
        for place, line in enumerate(lines, 1)
    ]  # fmt: skip


def line_on(who: Principal, meeting_id: UUID, item_id: UUID) -> ItemRow:
    """One line of that agenda. Raises NotFound where it has none that this person may see."""
    line = db.session.scalar(
        select(ItemRow).where(items_of(who), ItemRow.id == item_id, ItemRow.meeting_id == meeting_id)
    )
    if line is None:
        raise NotFound
    return line


def discuss(principal: Principal, meeting_id: UUID, item_id: UUID, reason: str, now: datetime) -> None:
    """Moves an update-only case that an agency did not confirm to discussion, with the reason (C3)."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        locked(who.area_id)
        meeting = found(who, meeting_id)
        line = line_on(who, meeting.id, item_id)
        if problem := rules.discuss_problem(standing(meeting, now)):
            raise RuleBroken(problem)
        if line.moved_reason:
            raise RuleBroken("This item is already for discussion.")
        move_to_discussion(who, meeting.id, line, reasoned(reason), now)


def move_to_discussion(who: Principal, meeting_id: UUID, line: ItemRow, why: str, now: datetime) -> None:
    """The same inside the transaction of whoever did not confirm it (Rulebook C3)."""
    moved = to_discussion(Group(line.group or 0), why)
    line.group, line.moved_reason, line.position = moved.group, moved.reason, 0
    audit.record(
        who.account_id, who.area_id, "marac.discuss", f"item/{line.id}", now,
        meeting=meeting_id, was=moved.was.value, group=moved.group.value,
    )  # fmt: skip


def close(principal: Principal, meeting_id: UUID, now: datetime) -> None:
    """Closes an agenda: what daily meetings refer from now on goes on the next one (Rulebook M1)."""
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        locked(who.area_id)
        meeting = found(who, meeting_id)
        items = len(marac.lines(meeting.id, items_of(who)))
        if problem := rules.close_problem(standing(meeting, now), items, meeting.sits_on):
            raise RuleBroken(problem)
        meeting.state, meeting.closed_at = MeetingState.CLOSED, now
        audit.record(who.account_id, who.area_id, "marac.closed", f"meeting/{meeting.id}", now, items=items)


def add_late(
    principal: Principal, meeting_id: UUID, outcomes: Collection[UUID], reason: str, now: datetime
) -> int:
    """Moves referred cases onto an agenda, saying why; gives back on which list they stand (Rulebook M1).

    Agencies hold a published agenda as it is, so late cases gather on its next supplementary list. `outcomes`
    name the latest daily item of each case; all that is referred of the case moves with it.
    """
    with saved_by(principal, Permission.AGENDA_EDIT, now) as who:
        locked(who.area_id)
        meeting = found(who, meeting_id)
        if meeting.case_id:
            raise RuleBroken("An emergency MARAC hears its one case. Put others on the next MARAC.")
        number = rules.supplement_for(standing(meeting, now), meeting.supplements)
        there = {one.outcome_id: one for one in marac_waiting.late_referrals(who, meeting.id)}
        if not outcomes or not set(outcomes) <= there.keys():
            raise RuleBroken("Those cases no longer wait: somebody else has put one of them on an agenda.")
        said = reasoned(reason)
        with acting.whole_area(who.area_id):
            for outcome_id in sorted(outcomes):
                line = _move(meeting, outcome_id, who, now)
                line.supplement, line.added_reason, line.added_by = number, said, who.account_id
        audit.record(
            who.account_id, who.area_id, "marac.added_late", f"meeting/{meeting.id}", now,
            items=len(outcomes), supplement=number,
        )  # fmt: skip
        return number


def _move(meeting: MeetingRow, item_id: UUID, who: Principal, now: datetime) -> ItemRow:
    """The case's line on the meeting, with every referral behind it; the line it had elsewhere goes. One that
    no daily meeting sent is named by that line."""
    old = db.session.get_one(ItemRow, item_id)
    if db.session.get_one(MeetingRow, old.meeting_id).kind != MeetingKind.MARAC:
        latest = db.session.get_one(OutcomeRow, item_id)
        if latest.marac_item_id is None:
            return put_on(meeting.id, latest, who.account_id, now)
        old = db.session.get_one(ItemRow, latest.marac_item_id)
    line, _ = carry(old, meeting.id, who.account_id, now)
    return line


def reasoned(told: str) -> str:
    """The reason a person gave; raises RuleBroken where there is none, or too much of it."""
    if not (said := told.strip()):
        raise RuleBroken("Say why.")
    if len(said) > REASON_LENGTH:
        raise RuleBroken(f"The reason must be {REASON_LENGTH:,} characters or fewer.")
    return said


def found(who: Principal, meeting_id: UUID) -> MeetingRow:
    """The MARAC, read afresh; one that is hidden from the person is missing."""
    row = MeetingRow
    meeting = db.session.scalar(
        select(row).where(meetings_of(who), row.id == meeting_id, row.kind == MeetingKind.MARAC)
    )
    if meeting is None:
        raise NotFound
    return meeting


def standing(meeting: MeetingRow, now: datetime) -> MeetingState:
    """How far the meeting is at this moment."""
    return rules.stands(MeetingState(meeting.state), meeting.sits_on, local_day(now))
