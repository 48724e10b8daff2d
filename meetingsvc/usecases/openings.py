"""Opening one case out of the ordinary: breaking the glass, and tickets (security.md B).

Neither helps against a wall, nor against a restriction on which one is not named.
"""

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from uuid import UUID, uuid4

from werkzeug.exceptions import NotFound

from agenda import calendar, need_to_know
from agenda.meetings import MeetingKind
from agenda.need_to_know import OpeningKind, reason_to_judge, second_person
from agenda.restrictions import given
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import OpeningRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import accounts, acting, areas, audit
from meetingsvc.store import openings as store
from meetingsvc.usecases import alarms, notices
from meetingsvc.usecases.transaction import saved_by
from notifications.messages import Notice

NOBODY_TO_TELL = (
    "Nobody could be told that you opened this case, so it stays closed. Ring the coordinator or the chair "
    "of the area's meetings. If somebody is in danger now, ring 999."
)


def break_glass(principal: Principal, number: int, reason: str, now: datetime) -> UUID | None:
    """Opens one case for an hour, and tells the chairs and information governance at once (security.md B).

    Answers the case; None where there is none of that number that may be opened, which leaves a trace too.
    Raises where nobody could be told: an opening that nobody looks at is none.
    """
    reason = reason_to_judge(reason)
    with saved_by(principal, Permission.GLASS_BREAK, now) as who:
        case_id = store.openable(who, number) if who.may_be_opened_to else None
        told = _reviewers(who, case_id, now) if case_id else []
        if case_id is None or not told:
            _refused(who, "glass.refused", number, now)
            alarms.watch_glass(who, now)
        else:
            _break(who, case_id, reason, told, now)
    if case_id and not told:
        raise RuleBroken(NOBODY_TO_TELL)
    return case_id


def _break(who: Principal, case_id: UUID, reason: str, told: list[UUID], now: datetime) -> None:
    row = _new(who, case_id, OpeningKind.BREAK_GLASS, reason, now)
    row.until, row.decided_at = now + OpeningKind.BREAK_GLASS.lasts, now
    row.review_due = need_to_know.review_due(now, _days_off(who.area_id))
    with acting.whole_area(who.area_id):
        db.session.add(row)
        db.session.flush()
        _tell(told, row, now)
        audit.record(who.account_id, who.area_id, "glass.broken", f"case/{case_id}", now, opening=row.id)
    alarms.watch_glass(who, now)


def _reviewers(who: Principal, case_id: UUID, now: datetime) -> list[UUID]:
    with acting.whole_area(who.area_id):
        return store.reviewers(who.area_id, case_id, who.account_id, calendar.local_day(now))


def review(principal: Principal, opening_id: UUID, in_order: bool, finding: str, now: datetime) -> None:
    """A chair or information governance, never the one concerned, says whether it was in order."""
    finding = given(finding, "Write down what you found")
    with saved_by(principal, Permission.GLASS_REVIEW, now) as who:
        row = _of_another(who, opening_id, OpeningKind.BREAK_GLASS)
        if row.reviewed_at is not None:
            raise RuleBroken("Somebody else has reviewed this already. Nothing changed.")
        with acting.whole_area(who.area_id):
            row.reviewed_by, row.reviewed_at, row.in_order, row.review = (
                who.account_id, now, in_order, finding,
            )  # fmt: skip
            audit.record(who.account_id, who.area_id, "glass.reviewed", f"opening/{row.id}", now,
                         case=row.case_id, in_order=in_order)  # fmt: skip


def ask_ticket(principal: Principal, number: int, reason: str, now: datetime) -> UUID | None:
    """Information governance asks for one case; None where there is none that may be opened."""
    reason = reason_to_judge(reason)
    with saved_by(principal, Permission.TICKET_ASK, now) as who:
        case_id = store.openable(who, number)
        if case_id is None:
            _refused(who, "ticket.not_found", number, now)
            return None
        row = _new(who, case_id, OpeningKind.TICKET, reason, now)
        with acting.whole_area(who.area_id):
            db.session.add(row)
            db.session.flush()
            audit.record(who.account_id, who.area_id, "ticket.asked", f"case/{case_id}", now, opening=row.id)
        return row.id


def approve(principal: Principal, opening_id: UUID, now: datetime) -> None:
    """A second person opens the case to who asked, for a day (security.md B: 2 R, 24 h)."""
    with saved_by(principal, Permission.TICKET_APPROVE, now) as who:
        row = _undecided(who, opening_id)
        asker = accounts.principal(row.account_id, now)
        if asker is None or not asker.may(Permission.TICKET_ASK):
            raise RuleBroken("Whoever asked may not be given this any more. Refuse it, and say so.")
        with acting.whole_area(who.area_id):
            row.approved_by, row.decided_at, row.until = who.account_id, now, now + OpeningKind.TICKET.lasts
            audit.record(who.account_id, who.area_id, "ticket.approved", f"opening/{row.id}", now,
                         case=row.case_id)  # fmt: skip


def refuse(principal: Principal, opening_id: UUID, why: str, now: datetime) -> None:
    """A second person refuses a ticket, and says why."""
    why = given(why)
    with saved_by(principal, Permission.TICKET_APPROVE, now) as who:
        row = _undecided(who, opening_id)
        with acting.whole_area(who.area_id):
            row.refused_by, row.decided_at, row.review = who.account_id, now, why
            audit.record(who.account_id, who.area_id, "ticket.refused", f"opening/{row.id}", now,
                         case=row.case_id)  # fmt: skip


def _new(who: Principal, case_id: UUID, kind: OpeningKind, reason: str, now: datetime) -> OpeningRow:
    return OpeningRow(id=uuid4(), area_id=who.area_id, case_id=case_id, account_id=who.account_id, kind=kind,
                      reason=reason, asked_at=now)  # fmt: skip


def _refused(who: Principal, action: str, number: int, now: datetime) -> None:
    audit.record(who.account_id, who.area_id, action, f"account/{who.account_id}", now, number=number)


def _days_off(area_id: UUID) -> AbstractSet[date]:
    return calendar.days_off(areas.settings_of(areas.by_id(area_id)), holidays.known())


def _tell(people: list[UUID], row: OpeningRow, now: datetime) -> None:
    """By a notice without content; the review page says the rest to whom the case is not kept from."""
    values = {
        "panel": MeetingKind.MARAC.value,
        "sits_on": calendar.local_day(now).isoformat(),
        "path": f"/openings/{row.id}",
    }
    for account_id in people:
        notices.put(row.area_id, account_id, Notice.BREAK_GLASS, values, now, about=[row.case_id])


def _of_another(who: Principal, opening_id: UUID, kind: OpeningKind) -> OpeningRow:
    row = store.locked(who, opening_id)
    if row is None or row.kind != kind:
        raise NotFound
    second_person(row.account_id, who.account_id)
    return row


def _undecided(who: Principal, opening_id: UUID) -> OpeningRow:
    row = _of_another(who, opening_id, OpeningKind.TICKET)
    if row.decided_at is not None:
        raise RuleBroken("Somebody else has decided this already. Nothing changed.")
    return row
