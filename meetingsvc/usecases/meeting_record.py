"""A MARAC's end: what it did not reach comes back, and its record is closed (Rulebook M1, F1, R3)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import day_words, local_day
from agenda.meetings import MeetingState
from agenda.panels import Family, Works
from agenda.rules import RuleBroken
from meetingsvc.models import ItemHearingRow, ItemRow, MeetingRow, OutcomeRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, audit
from meetingsvc.store import meeting_record as store
from meetingsvc.store import meeting_record_closing as closing
from meetingsvc.store.meeting_record_closing import why_not_over
from meetingsvc.store.scope import items_of, meetings_of, told_at
from meetingsvc.usecases import feedback, flags
from meetingsvc.usecases.carry_over import carry_unheard
from meetingsvc.usecases.marac import reasoned
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from minutes.closing import unread_problem


def end(principal: Principal, meeting_id: UUID, now: datetime, unread: str = "") -> int:
    """Closes a MARAC's record. No way back. Says how many cases that it did not reach come back (M1).

    Every case heard has its outcome and what the victim is told by whom (D3, F1), and it is recorded who came
    and that confidentiality was read out, or why it was left `unread` (R3): raises RuleBroken where one that
    the person may see has not. A case hidden from them neither keeps
    them from it nor falls (M6): those who may see it still give it its one outcome.
    """
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        area, meeting = locked(who.area_id), held(who, meeting_id)
        refuse_over(meeting, now)
        if meeting.works != Works.AGENDA or meeting.family != Family.ABUSE:
            raise NotFound  # what hears children is closed where its decisions are (Rulebook E1)
        refuse_early(meeting, now)
        if problems := why_not_over(who, meeting.id):
            raise RuleBroken(f"This MARAC cannot be ended yet. {' '.join(problems)}")
        say_unread(who, meeting, unread)
        missed = len(store.not_reached(who, meeting.id))
        with acting.whole_area(area.id):
            stop_running(meeting, now)
            _reached_after_all(meeting.id)
            _left_by_who_cannot_see(meeting)
            meeting.state, meeting.ended_at = MeetingState.HEARD, now
            carry_unheard(area, who.account_id, now)
        flags.follow(area.id, now, meeting.id)
        with acting.whole_area(area.id):
            feedback.note_undecided(meeting, now)
        audit.record(
            who.account_id, who.area_id, "record.ended", f"meeting/{meeting.id}", now, not_reached=missed
        )
        return missed


def say_unread(who: Principal, meeting: MeetingRow, why: str) -> None:
    """Why confidentiality was not read out at a meeting that ends; RuleBroken where nobody says so (R3)."""
    unread = bool(closing.unread(who, meeting.id))
    if problem := unread_problem(unread, why):
        raise RuleBroken(problem)
    if unread:
        meeting.unread_reason = reasoned(why)


def _reached_after_all(meeting_id: UUID) -> None:
    """A case with an outcome was heard, whatever was said of it before."""
    rows = (
        select(ItemRow)
        .join(OutcomeRow, OutcomeRow.item_id == ItemRow.id)
        .where(ItemRow.meeting_id == meeting_id, ItemRow.not_reached != "")
    )
    for item in db.session.scalars(rows):
        item.not_reached = ""


def _left_by_who_cannot_see(meeting: MeetingRow) -> None:
    """A case without outcome that whoever ends the MARAC may not open comes back on the next one: it never
    stays behind (M1, M6)."""
    row = ItemRow
    heard = select(OutcomeRow.item_id).where(OutcomeRow.item_id == row.id).exists()
    rows = select(row).where(
        row.meeting_id == meeting.id, row.supplement <= meeting.supplements, row.not_reached == "", ~heard
    )
    for item in db.session.scalars(rows).all():
        item.not_reached = "The MARAC ended before it had an outcome."
    db.session.flush()


def not_reach(principal: Principal, item_id: UUID, reason: str, now: datetime) -> None:
    """The MARAC does not come to this case, with the reason: it comes back on the next one (Rulebook M1)."""
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        item, meeting = item_of(who, item_id, now)
        if meeting.family != Family.ABUSE:
            raise RuleBroken("A child on whom nothing is decided is heard at the next meeting by itself.")
        if meeting.works != Works.AGENDA:
            raise RuleBroken("The daily meeting hears every case of its list: none is left for the next one.")
        outcome = select(OutcomeRow.item_id).where(
            told_at(who, OutcomeRow.item_id), OutcomeRow.item_id == item.id
        )
        if db.session.scalar(outcome) is not None:
            raise RuleBroken("This case has its outcome, so the MARAC has heard it.")
        item.not_reached = reasoned(reason)
        with acting.whole_area(who.area_id):
            stop_running(meeting, now, item.id)
        audit.record(who.account_id, who.area_id, "hearing.not_reached", f"item/{item.id}", now)


def reach(principal: Principal, item_id: UUID, now: datetime) -> None:
    """The MARAC hears this case after all."""
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        item, _ = item_of(who, item_id, now)
        item.not_reached = ""
        audit.record(who.account_id, who.area_id, "hearing.reached", f"item/{item.id}", now)


def held(who: Principal, meeting_id: UUID) -> MeetingRow:
    """The meeting, held until the transaction ends, so that two who write at once lose nothing.

    `key_share`: what hangs on it may be written meanwhile.
    """
    rows = select(MeetingRow).where(meetings_of(who), MeetingRow.id == meeting_id)
    meeting = db.session.scalars(
        rows.with_for_update(key_share=True, of=MeetingRow).execution_options(populate_existing=True)
    ).one_or_none()
    if meeting is None:
        raise NotFound
    return meeting


def item_of(who: Principal, item_id: UUID, now: datetime) -> tuple[ItemRow, MeetingRow]:
    """A case of a meeting that is under way; raises RuleBroken where it is not."""
    item = db.session.scalar(select(ItemRow).where(items_of(who), ItemRow.id == item_id))
    if item is None:
        raise NotFound
    meeting = held(who, item.meeting_id)
    refuse_over(meeting, now)
    refuse_early(meeting, now)
    if item.supplement > meeting.supplements:
        raise RuleBroken("This case stands on a supplementary list that has not been published.")
    return item, meeting


def refuse_over(meeting: MeetingRow, now: datetime) -> None:
    """Raises RuleBroken where the record can no longer change, or the agenda is not shared yet."""
    words = day_words(meeting.sits_on)
    if meeting.state == MeetingState.CANCELLED:
        raise RuleBroken(f"The meeting of {words} did not sit.")
    if meeting.ended_at or (meeting.works == Works.LIST and meeting.state != MeetingState.OPEN):
        raise RuleBroken(f"The meeting of {words} is closed, so its record is final. Nothing was saved.")


def refuse_early(meeting: MeetingRow, now: datetime) -> None:
    """Raises RuleBroken before the day of the meeting, or where the agenda of a MARAC is not shared."""
    if meeting.works == Works.AGENDA and meeting.state != MeetingState.PUBLISHED:
        done = "published. Publish" if meeting.family == Family.ABUSE else "shared. Share"
        raise RuleBroken(f"The agenda of this meeting has not been {done} it first.")
    if local_day(now) < meeting.sits_on:
        raise RuleBroken(f"This meeting sits on {day_words(meeting.sits_on)}, and has not begun.")


def stop_running(meeting: MeetingRow, now: datetime, item_id: UUID | None = None) -> None:
    """Ends the hearing that runs, or only that of one case. The service's own work: it may be of any case."""
    row = ItemHearingRow
    rows = select(row).where(row.meeting_id == meeting.id, row.ended_at.is_(None))
    for running in db.session.scalars(rows if item_id is None else rows.where(row.item_id == item_id)):
        running.ended_at = max(now, running.started_at)
    db.session.flush()
