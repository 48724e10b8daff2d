"""Minutes: drafted from the record by some, approved by another, then kept as they are (R1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import MeetingRow, MinutesCaseRow, MinutesRow, MinutesWriterRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import acting, areas, audit, minutes_draft, minutes_due
from meetingsvc.store import minutes as store
from meetingsvc.store.scope_minutes import minutes_cases_of, minutes_of, writers_of
from meetingsvc.usecases import minutes_copies, minutes_notices, minutes_words
from meetingsvc.usecases.transaction import saved_by
from minutes.minutes import CaseMinutes, approval_problem, kept, reason_problem, said_problem

_REDRAWN = (
    "The record has changed since these minutes were sent, so they were drawn from it afresh. "
    "Nothing is issued yet: read them again."
)


def draft(principal: Principal, meeting_id: UUID, now: datetime) -> None:
    """Drafts the minutes of a meeting that has ended from its record; anew, where the draft is still open.

    Every case of the meeting is in it, also one that the drafter or the chair may not open: the service takes
    it from the record as it stands, and shows it to neither. So the chair's approval covers it without a word
    of it having been read, and nobody can have changed one: only who may open a case writes in its minutes.
    """
    with saved_by(principal, Permission.MINUTES_DRAFT, now) as who:
        meeting, row = held(who, meeting_id)
        if not store.has_ended(who, meeting):
            raise RuleBroken("The meeting has not ended yet. Its minutes are drafted once it has.")
        if row is not None and row.approved_at is not None:
            raise RuleBroken("The minutes of this meeting are approved. Correct them in a new version.")
        if row is not None:
            _refuse_sent(row)
        row = row or new_version(who, meeting, 1, now)
        compose(who, row, meeting)
        wrote(who, row)
        audit.record(
            who.account_id, who.area_id, "minutes.drafted", f"meeting/{meeting.id}", now, version=row.version
        )


def held(who: Principal, meeting_id: UUID) -> tuple[MeetingRow, MinutesRow | None]:
    """The meeting and the newest version of its minutes; nobody else changes them meanwhile."""
    areas.hold(who.area_id)
    meeting = minutes_due.meeting(who, meeting_id)
    if meeting is None:
        raise NotFound
    row = MinutesRow
    rows = select(row).where(minutes_of(who), row.meeting_id == meeting_id).order_by(row.version.desc())
    return meeting, db.session.scalar(rows.limit(1))


def existing(who: Principal, meeting_id: UUID) -> tuple[MeetingRow, MinutesRow]:
    """The meeting and its minutes that are not approved yet, held as by `held`."""
    meeting, row = held(who, meeting_id)
    if row is None:
        raise RuleBroken("There are no minutes of this meeting yet. Draft them first.")
    if row.approved_at is not None:
        raise RuleBroken("These minutes are approved, and are changed no more.")
    return meeting, row


def _refuse_sent(row: MinutesRow) -> None:
    if row.sent_at is not None:
        raise RuleBroken(
            "The minutes lie with the chair. They can be changed once the chair sends them back."
        )


def new_version(who: Principal, meeting: MeetingRow, version: int, now: datetime) -> MinutesRow:
    """An empty one."""
    return MinutesRow(
        id=uuid4(), area_id=who.area_id, meeting_id=meeting.id, version=version, head={}, what="", why="",
        drafted_by=who.account_id, drafted_at=now, sends=0, sent_back="",
    )  # fmt: skip


def wrote(who: Principal, row: MinutesRow) -> None:
    """Keeps that this person had a hand in a version, for good: whatever is written over it later."""
    one = MinutesWriterRow
    mine = writers_of(who), one.minutes_id == row.id, one.account_id == who.account_id
    if db.session.scalar(select(one.account_id).where(*mine)) is None:
        db.session.add(one(minutes_id=row.id, account_id=who.account_id, area_id=who.area_id))
        db.session.flush()


def compose(who: Principal, row: MinutesRow, meeting: MeetingRow) -> None:
    """The service's own work: every case, whoever may open it."""
    host = acting.Host(who.area_id)
    with acting.acting(host):
        row.head = kept(minutes_draft.attendance(host, meeting.id))
        db.session.add(row)
        db.session.flush()
        rows = select(MinutesCaseRow).where(MinutesCaseRow.minutes_id == row.id)
        there = {one.item_id: one for one in db.session.scalars(rows)}
        for item_id, told in minutes_draft.cases(host, meeting).items():
            one = there.get(item_id) or MinutesCaseRow(
                minutes_id=row.id, item_id=item_id, area_id=who.area_id, said="", version=0
            )
            confirmed = CaseMinutes.of(one.told).confirmed_by if one.told else ""
            one.told = kept(replace(told, confirmed_by=confirmed))
            db.session.add(one)
        db.session.flush()


def redrawn(who: Principal, row: MinutesRow, meeting: MeetingRow) -> bool:
    """Takes the facts from the record as it stands now: what was corrected since is not issued (Rulebook R2).

    Says whether this changed anything shown to them; of a case that is not, they learn not even that (M6).
    """
    before = _shown(who, row)
    compose(who, row, meeting)
    return _shown(who, row) != before


def _shown(who: Principal, row: MinutesRow) -> tuple[Any, dict[UUID, Any]]:
    one = MinutesCaseRow
    cases = select(one.item_id, one.told).where(minutes_cases_of(who), one.minutes_id == row.id)
    head = db.session.scalar(select(MinutesRow.head).where(minutes_of(who), MinutesRow.id == row.id))
    return head, {item_id: told for item_id, told in db.session.execute(cases)}


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed of one case, and the version that was seen when it was."""

    text: str
    seen: int


class Stale(Exception):
    """Somebody else wrote of these cases meanwhile, something else: nothing was saved, and both are shown."""

    def __init__(self, items: frozenset[UUID]) -> None:
        super().__init__(items)
        self.items = items


def say(principal: Principal, meeting_id: UUID, told: Mapping[UUID, Said], now: datetime) -> int:
    """Keeps what was said of cases, in the drafter's own words: the record's facts stay as they are. Says of
    how many it changed. All of it, or nothing (raises `Stale`)."""
    with saved_by(principal, Permission.MINUTES_DRAFT, now) as who:
        _, row = existing(who, meeting_id)
        _refuse_sent(row)
        changed = _said(who, row, told)
        if changed:
            wrote(who, row)
        for item_id in changed:
            audit.record(who.account_id, who.area_id, "minutes.written", f"item/{item_id}", now)
        return len(changed)


def _said(who: Principal, row: MinutesRow, told: Mapping[UUID, Said]) -> list[UUID]:
    one = MinutesCaseRow
    mine = minutes_cases_of(who), one.minutes_id == row.id, one.item_id.in_(list(told))
    found = [
        one for one in db.session.scalars(select(one).where(*mine)) if told[one.item_id].text != one.said
    ]
    if stale := frozenset(one.item_id for one in found if told[one.item_id].seen != one.version):
        raise Stale(stale)
    for case in found:
        if problem := said_problem(told[case.item_id].text):
            raise RuleBroken(problem)
        case.said, case.version = told[case.item_id].text, case.version + 1
        case.said_by = who.account_id
        case.told = kept(replace(CaseMinutes.of(case.told), confirmed_by=""))
        db.session.flush()
    return [case.item_id for case in found]


def send(principal: Principal, meeting_id: UUID, now: datetime) -> None:
    """Gives the draft to the chair, with the record's facts as they stand now. Twice changes nothing."""
    with saved_by(principal, Permission.MINUTES_DRAFT, now) as who:
        meeting, row = existing(who, meeting_id)
        if row.sent_at is not None:
            return
        redrawn(who, row, meeting)
        row.sent_by, row.sent_at, row.sends = who.account_id, now, row.sends + 1
        wrote(who, row)
        audit.record(who.account_id, who.area_id, "minutes.sent", f"meeting/{meeting_id}", now)


def approve(principal: Principal, meeting_id: UUID, seen: int, now: datetime) -> None:
    """The chair approves what they saw: it is issued, and changed no more (security.md B).

    Never who drafted, sent or wrote in it or in a version before, whatever was written over it and whatever
    they are since: by account. A case that the chair may not open is covered unshown (see `draft`), of the
    words written of it only those that another confirmed. Where the record has changed since, they are drawn
    from it afresh, and the chair reads them again.
    """
    with saved_by(principal, Permission.MINUTES_APPROVE, now) as who:
        meeting, row = _with_chair(who, meeting_id, seen)
        if problem := approval_problem(who.account_id, store.writers(who, meeting_id)):
            raise RuleBroken(problem)
        reads_again = redrawn(who, row, meeting)
        if reads_again:
            row.sends += 1
            audit.record(who.account_id, who.area_id, "minutes.redrawn", f"meeting/{meeting_id}", now)
        else:
            _issue(who, row, now)
    if reads_again:
        raise RuleBroken(_REDRAWN)


def _issue(who: Principal, row: MinutesRow, now: datetime) -> None:
    minutes_words.hold_back(who, row)
    row.approved_by, row.approved_at = who.account_id, now
    db.session.flush()
    minutes_copies.withdraw(who, row.meeting_id)
    told = minutes_notices.tell(who, row, now)
    audit.record(
        who.account_id, who.area_id, "minutes.approved", f"meeting/{row.meeting_id}", now,
        version=row.version, notices=told,
    )  # fmt: skip


def _with_chair(who: Principal, meeting_id: UUID, seen: int) -> tuple[MeetingRow, MinutesRow]:
    meeting, row = existing(who, meeting_id)
    if row.sent_at is None or row.sends != seen:
        raise RuleBroken("The minutes have changed since you opened this page. Read them again.")
    return meeting, row


def send_back(principal: Principal, meeting_id: UUID, seen: int, why: str, now: datetime) -> None:
    """The chair gives the draft back, with the reason."""
    with saved_by(principal, Permission.MINUTES_APPROVE, now) as who:
        _, row = _with_chair(who, meeting_id, seen)
        if problem := reason_problem(why, "Say what is to be put right"):
            raise RuleBroken(problem)
        row.sent_at, row.sent_back = None, why.strip()
        db.session.flush()
        audit.record(
            who.account_id, who.area_id, "minutes.sent_back", f"meeting/{meeting_id}", now, minutes=row.id
        )
