"""Asking what became of what an agency was told, once its part in a case is over (Rulebook V1).

As one that withdraws is asked: at once, and again until nothing is left there
(`agenda.withdrawals.clearing`). That it keeps some of it is an answer, and not the last.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.meetings import MeetingKind
from agenda.moves import Who, made
from agenda.named_case_held import MOVES, How, answer_problems, standing
from agenda.rules import RuleBroken
from meetingsvc import mail
from meetingsvc.models import NamedCaseHeldRow, NamedCasePartRow, db
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import accounts, acting, areas, audit, named_cases, notice_times, unattended
from meetingsvc.store import named_case_held as store
from meetingsvc.store.acting import Host
from meetingsvc.store.named_case_held import Held
from meetingsvc.store.recipients import Outgoing, asked
from meetingsvc.usecases import named_case_notices, notices
from meetingsvc.usecases.area_by_area import in_turn
from meetingsvc.usecases.restrictions import refuse_reading_only
from meetingsvc.usecases.transaction import saved, saved_by
from notifications.messages import Notice
from notifications.outgoing import NAMED_CASE_HELD, Stage, What

NOT_ASKED = "Its part is not over, or it was told nothing: nothing is asked. Nothing changed."
ANSWERED = "It has answered already. Nothing changed."


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it, when, who there did it or says so, and why it is kept."""

    how: How | None
    by: str
    on: date | None
    why: str = ""


def ask(part: NamedCasePartRow, now: datetime) -> None:
    """A part is over; who accepted the terms is asked what became of what it was told. In its transaction."""
    if part.accepted_at is None:
        return
    db.session.add(NamedCaseHeldRow(part_id=part.id, area_id=part.area_id, case_id=part.case_id,
                                    agency_id=part.agency_id, since=local_day(now)))  # fmt: skip
    db.session.flush()


def opened(who: Principal, part_id: UUID, now: datetime) -> Held | None:
    """What one's agency is asked, for its page; the door is asked, though it says nothing of a case (F3)."""
    found = store.of_part(who, part_id) if who.is_guest else None
    if found is None or not found.open:
        return None
    with saved():
        goes = mail.dispatch(_page(who.area_id, who.account_id, found.case_id), Stage.DOWNLOAD, now)
    return found if goes else None


def own(who: Principal, now: datetime) -> list[Held]:
    """What a person of such an agency is still asked."""
    return [one for one in store.waiting(who) if _could_answer(who, one.case_id, now)]


def answer(principal: Principal, part_id: UUID, told: Answer, now: datetime) -> None:
    """Somebody of the agency says what became of it, or of what it kept; who runs the meetings is told that
    something waits."""
    with saved_by(principal, Permission.PART_ANSWER, now) as who:
        row = store.to_answer(who, part_id) if who.is_guest else None
        if row is None or _settled(row) or not _could_answer(who, row.case_id, now):
            raise NotFound
        _record(who, row, told, now)
        with acting.whole_area(who.area_id):
            part = named_cases.part(db.session.get_one(NamedCasePartRow, part_id))
        named_case_notices.tell_panel(who, part, part_id, now)


def record(principal: Principal, part_id: UUID, told: Answer, now: datetime) -> None:
    """Who runs the meetings records what the agency said elsewhere; what it kept it may destroy later."""
    with saved_by(principal, Permission.PART_RUN, now) as who:
        if (part := named_cases.one(who, part_id)) is None:
            raise NotFound
        refuse_reading_only(who, part.case_id)
        row = store.to_answer(who, part_id)
        if row is None:
            raise RuleBroken(NOT_ASKED)
        if _settled(row):
            raise RuleBroken(ANSWERED)
        _record(who, row, told, now)


def chase(now: datetime) -> int:
    """Asks who of each such agency could answer, once for each time it is to be asked; says how many notices.

    Safe to run twice. Information governance is told with the rest of the register (`agreements_chasing`).
    """
    return in_turn("asking what agencies hold", unattended.area_ids(), lambda area_id: _chase(area_id, now))


def due(area_id: UUID, today: date) -> list[tuple[Held, str]]:
    """Each that is asked by now, and the stage by which one is told of it once."""
    waits = [(one, store.clearing(area_id, one, today).asked) for one in store.waiting(Host(area_id))]
    return [(one, f"ask {asked[-1]}") for one, asked in waits if asked]


def _chase(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    waits = due(area_id, local_day(now))
    done = notice_times.told(area_id, Notice.NAMED_CASE, [one.part_id for one, _ in waits])
    told = 0
    for one, stage in waits:
        for who in accounts.who_attend(one.agency_id, Permission.PART_ANSWER, now):
            if not who.is_guest or (one.part_id, stage, who.account_id) in done:
                continue
            about = frozenset({one.case_id})
            thing = Outgoing(
                area_id, who.account_id, What.NOTICE, Notice.NAMED_CASE, MeetingKind.MARAC, about
            )
            if notices.queue(thing, local_day(now), f"/parts/{one.part_id}/held", now):
                notice_times.keep_told(area_id, Notice.NAMED_CASE, one.part_id, stage, who.account_id, now)
                told += 1
    return told


def _could_answer(who: Principal, case_id: UUID, now: datetime) -> bool:
    return asked(_page(who.area_id, who.account_id, case_id), Stage.DOWNLOAD, now).ground is None


def _page(area_id: UUID, account_id: UUID, case_id: UUID) -> Outgoing:
    about = frozenset({case_id})
    return Outgoing(area_id, account_id, What.PAGE, NAMED_CASE_HELD, MeetingKind.MARAC, about)


def _settled(row: NamedCaseHeldRow) -> bool:
    return bool(row.how) and How(row.how).settled


def _says(who: Principal) -> Who:
    if who.is_guest:
        return Who.AGENCY
    return Who.CHAIR if who.role is Role.CHAIR else Who.COORDINATOR


def _record(who: Principal, row: NamedCaseHeldRow, told: Answer, now: datetime) -> None:
    found = answer_problems(told.how, told.by, told.on, told.why, row.since, local_day(now))
    if found or told.how is None:
        raise RuleBroken(f"{next(iter(found.values()))}.")
    made(MOVES[told.how.step], standing(How(row.how) if row.how else None), _says(who), told.why)
    row.how, row.done_on, row.said_by = told.how, told.on, told.by.strip()
    row.why = told.why.strip() if told.how is How.KEPT else ""
    row.answered_by, row.answered_at = who.account_id, now
    db.session.flush()
    audit.record(who.account_id, who.area_id, "named_case.cleared", f"named_case_part/{row.part_id}", now,
                 case=row.case_id, how=told.how.value)  # fmt: skip
