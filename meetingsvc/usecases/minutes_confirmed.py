"""A second person confirms what was said of a case: who approves may not open each (security.md B)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.rules import RuleBroken
from meetingsvc.models import ItemRow, MinutesCaseRow, MinutesRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit
from meetingsvc.store.scope import items_of
from meetingsvc.store.scope_minutes import minutes_cases_of
from meetingsvc.usecases.minutes import existing
from meetingsvc.usecases.transaction import saved_by
from minutes.minutes import CaseMinutes, confirmation_problem, kept


def confirm(principal: Principal, meeting_id: UUID, item_id: UUID, seen: int, now: datetime) -> None:
    """Keeps that somebody other than their writer, who may open the case, has read these words as they stand.

    While they lie with the chair: nobody changes them then. Twice changes nothing.
    """
    with saved_by(principal, Permission.MINUTES_DRAFT, now) as who:
        if db.session.scalar(select(ItemRow.id).where(items_of(who), ItemRow.id == item_id)) is None:
            raise NotFound
        _, row = existing(who, meeting_id)
        case = _case(who, row, item_id)
        if row.sent_at is None or case.version != seen:
            raise RuleBroken(
                "The words have changed, or do not lie with the chair. Read them again once they do."
            )
        if problem := confirmation_problem(who.account_id, case.said_by, case.said):
            raise RuleBroken(problem)
        told = CaseMinutes.of(case.told)
        if told.confirmed_by:
            return
        case.told = kept(replace(told, confirmed_by=str(who.account_id)))
        db.session.flush()
        audit.record(who.account_id, who.area_id, "minutes.confirmed", f"item/{item_id}", now)


def _case(who: Principal, row: MinutesRow, item_id: UUID) -> MinutesCaseRow:
    one = MinutesCaseRow
    mine = minutes_cases_of(who), one.minutes_id == row.id, one.item_id == item_id
    case = db.session.scalar(select(one).where(*mine))
    if case is None:
        raise NotFound
    return case
