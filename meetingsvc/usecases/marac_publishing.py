"""Publishing an agenda or a supplementary list: its pack, hearings and notices, or none of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, delete, or_, select

from agenda import marac as rules
from agenda.calendar import local_day
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, HearingRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit, marac, marac_waiting, pack_cases
from meetingsvc.store.marac import Line
from meetingsvc.store.scope import items_of
from meetingsvc.usecases import (
    feedback,
    invitations,
    meeting_moves_told,
    meeting_notices,
    pack_building,
    research_asking,
)
from meetingsvc.usecases.carry_over import carry_unheard
from meetingsvc.usecases.marac import found, reasoned, standing
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice


def publish(principal: Principal, meeting_id: UUID, now: datetime) -> str | None:
    """Shares a closed agenda (Rulebook M1, S3). None, or words where it was shared before: nothing changes.

    Every case on it counts as heard from the day the meeting sits (Rulebook T6). Raises RuleBroken where it
    cannot be published.
    """
    with saved_by(principal, Permission.AGENDA_PUBLISH, now) as who:
        area, meeting = locked(who.area_id), found(who, meeting_id)
        with acting.whole_area(area.id):
            lines = marac.lines(meeting.id)
        state, shared = standing(meeting, now), meeting.published_at
        problem = rules.publish_problem(state, len(lines), meeting.sits_on, shared, local_day(now))
        if problem and shared:
            return problem
        if problem:
            raise RuleBroken(problem)
        meeting.state, meeting.published_at = MeetingState.PUBLISHED, now
        with acting.whole_area(area.id):
            told = share(who, area, meeting, lines, Notice.AGENDA_PUBLISHED, now)
        audit.record(
            who.account_id, who.area_id, "marac.published", f"meeting/{meeting.id}", now,
            items=_seen(who, meeting), notices=told,
        )  # fmt: skip
    return None


def publish_supplement(principal: Principal, meeting_id: UUID, number: int, now: datetime) -> str | None:
    """Shares supplementary list `number` with its own pack (M1). None, or words where it has been shared."""
    with saved_by(principal, Permission.AGENDA_PUBLISH, now) as who:
        area, meeting = locked(who.area_id), found(who, meeting_id)
        state = standing(meeting, now)
        if 0 < number <= meeting.supplements:
            return f"{rules.list_title(number)} has been published already. Nothing changed."
        with acting.whole_area(area.id):
            lines = [line for line in marac.lines(meeting.id) if line.supplement == number]
        if number != rules.supplement_for(state, meeting.supplements) or number == 0 or not lines:
            raise RuleBroken("There is nothing on this supplementary list. Add a late case first.")
        meeting.supplements = number
        with acting.whole_area(area.id):
            told = share(who, area, meeting, lines, Notice.SUPPLEMENTARY_LIST, now)
        audit.record(
            who.account_id, who.area_id, "marac.supplement_published", f"meeting/{meeting.id}", now,
            supplement=number, items=_seen(who, meeting), notices=told,
        )  # fmt: skip
    return None


def _seen(who: Principal, meeting: MeetingRow) -> int:
    """How many cases of the list just shared its publisher may see: the trail tells them of no other."""
    return len(pack_cases.of_list(who, meeting.id, meeting.supplements))


def did_not_sit(principal: Principal, meeting_id: UUID, reason: str, now: datetime) -> int:
    """A published MARAC was not held: nothing on it was heard, and its cases go on the next one (M1, T6).

    Gives back how many referrals were carried over; 0 where no MARAC has a date, and they wait for one. What
    agencies hold stays with them until it expires (S3).
    """
    with saved_by(principal, Permission.AGENDA_PUBLISH, now) as who:
        area, meeting = locked(who.area_id), found(who, meeting_id)
        if meeting.ended_at:
            raise RuleBroken("This MARAC has sat: its record is closed. Nothing changed.")
        began = meeting.began_at is not None or marac_waiting.has_decided(who, meeting.id)
        if problem := rules.not_sat_problem(standing(meeting, now), began):
            raise RuleBroken(problem)
        meeting.state, meeting.not_sat_reason = MeetingState.CANCELLED, reasoned(reason)
        lines = marac.lines(meeting.id, items_of(who))
        with acting.whole_area(area.id):
            unhear(meeting, stay_heard(who, meeting, now))
            feedback.note_undecided(meeting, now)
            carried = carry_unheard(area, who.account_id, now)
            told = _told(meeting, who, now)
        carried = carried and sum(len(line.referred_on) for line in lines)  # of those this person may see
        audit.record(
            who.account_id, who.area_id, "marac.did_not_sit", f"meeting/{meeting.id}", now,
            items=len(lines), carried=carried, notices=told,
        )  # fmt: skip
        return carried


def stay_heard(who: Principal, meeting: MeetingRow, now: datetime) -> list[UUID]:
    """The cases of which it recorded an outcome, hidden from who says that it did not sit, or moves it: a
    refusal would tell of them. They stay heard, and their own trail says so (M6, T6). To be called as the
    service."""
    rows = select(ItemRow.id, ItemRow.case_id).where(ItemRow.meeting_id == meeting.id)
    kept = db.session.execute(rows.where(marac_waiting.is_decided())).all()
    for item_id, _ in kept:
        audit.record(who.account_id, meeting.area_id, "marac.stays_heard", f"item/{item_id}", now)
    return [case_id for _, case_id in kept]


def _told(meeting: MeetingRow, who: Principal, now: datetime) -> int:
    """Whoever attends is told that it does not sit, or did not; says how many. Out of calendars it goes until
    its day is over."""
    if meeting.sits_on < local_day(now):
        return meeting_notices.changed(meeting, meeting.sits_on, now, who.account_id)
    return meeting_moves_told.meeting_changed(meeting, meeting.sits_on, now, who.account_id, cancelled=True)


def share(
    who: Principal, area: AreaRow, meeting: MeetingRow, lines: Sequence[Line], notice: Notice, now: datetime
) -> int:
    """Hearings, pack, research and notices of what is shared by now; says how many are told. To be called as
    the service, inside the transaction of who publishes."""
    db.session.flush()
    _hear(meeting, lines)
    pack_building.build(who, area, meeting, now)
    research_asking.ask(area.id, meeting.id, who.account_id, now)
    invitations.invite(meeting, now)
    return pack_building.tell(meeting, notice, [line.case_id for line in lines], now)


def unhear(meeting: MeetingRow, but: Collection[UUID] = ()) -> None:
    """What is on a MARAC, but for some cases, does not count as heard on its day: it does not sit (T6)."""
    row = HearingRow
    db.session.execute(delete(row).where(row.meeting_id == meeting.id, row.case_id.not_in(list(but))))
    _heard_elsewhere(meeting)


def hear_shared(meeting: MeetingRow, but: Collection[UUID] = ()) -> None:
    """What agencies hold of a MARAC, but for some cases, counts as heard on its day, whichever that is now
    (Rulebook T6)."""
    db.session.flush()
    shared = [line for line in marac.lines(meeting.id) if line.supplement <= meeting.supplements]
    _hear(meeting, [line for line in shared if line.case_id not in but])
    db.session.flush()


def _heard_elsewhere(meeting: MeetingRow) -> None:
    """What another MARAC of the same day heard counts as heard, though this one did not sit (Rulebook T6)."""
    db.session.flush()
    row = MeetingRow
    rows = select(row).where(
        row.area_id == meeting.area_id, row.kind == meeting.kind, row.sits_on == meeting.sits_on,
        row.id != meeting.id, row.state.in_((MeetingState.PUBLISHED, MeetingState.HEARD)),
    )  # fmt: skip
    for other in db.session.scalars(rows).all():
        hear_shared(other)


def _hear(meeting: MeetingRow, lines: Sequence[Line]) -> None:
    """A case on the agenda is heard on the day the MARAC sits, in any of the five groups (Rulebook T6): once,
    on the day of its outcome where the MARAC moved after it."""
    row = HearingRow
    that_day = and_(row.heard_on == meeting.sits_on, row.external_reference == "")
    there = or_(that_day, row.meeting_id == meeting.id)
    heard = set(db.session.scalars(select(row.case_id).where(row.area_id == meeting.area_id, there)))
    for line in lines:
        if line.case_id not in heard:
            db.session.add(
                row(area_id=meeting.area_id, case_id=line.case_id, heard_on=meeting.sits_on, source="marac",
                    risk=line.risk, meeting_id=meeting.id)
            )  # fmt: skip
