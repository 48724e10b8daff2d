"""What became of an attempt to tell the victim (Rulebook F5)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from agenda.rules import RuleBroken
from meetingsvc.models import FeedbackRow, FeedbackTryRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import audit, feedback, feedback_lists
from meetingsvc.store.feedback import Decided
from meetingsvc.store.scope import told_at
from meetingsvc.usecases.feedback import Unfit
from meetingsvc.usecases.marac_referrals import locked
from meetingsvc.usecases.transaction import saved_by
from minutes.feedback import Standing, Try, not_told, not_told_problems, try_problems

NOT_OVER = "The meeting is not over yet, so what it decided may still change. Nothing was recorded."
CHANGED = "Somebody else has changed who tells the victim. Look at it again."
SETTLED = "It has been recorded already what became of this. Nothing changed."


def record(principal: Principal, item_id: UUID, version: int, told: Try, now: datetime) -> None:
    """Keeps an attempt: told and unsafe close it, could not reach names the next day (Rulebook F5).

    Recorded by whose it is to tell (security.md B). Raises NotFound for anybody else, RuleBroken where the
    meeting is not over or it is settled, Unfit where a rule is broken.
    """
    with saved_by(principal, Permission.FEEDBACK_RECORD, now) as who:
        locked(who.area_id)  # decisions take turns by area too
        if not feedback.is_theirs(who, item_id):
            raise NotFound
        kept = feedback.current(who, item_id)
        if kept is None:
            raise NotFound
        if not feedback_lists.is_over(who, item_id, local_day(now)):
            raise RuleBroken(NOT_OVER)
        if kept.standing is not Standing.TO_TELL or kept.version != version:
            raise RuleBroken(SETTLED)
        if found := try_problems(told, local_day(now)):
            raise Unfit(found)
        row = _add(who, kept, told, now)
        mine = FeedbackRow.id == kept.id, told_at(who, FeedbackRow.item_id)
        db.session.scalars(select(FeedbackRow).where(*mine)).one().next_on = told.again_on
        audit.record(
            who.account_id, who.area_id, "feedback.recorded", f"feedback_try/{row.id}", now,
            item=item_id, result=row.result, closes=told.closes,
        )  # fmt: skip


def take_back(
    principal: Principal, item_id: UUID, version: int, why: str, again_on: date | None, now: datetime
) -> None:
    """Keeps that the victim was not told after all, and by when she is; what was recorded stays (F1, F5, R1).

    By whoever decides who tells her. Raises NotFound, RuleBroken where it was changed meanwhile, Unfit where
    a rule is broken.
    """
    with saved_by(principal, Permission.FEEDBACK_DECIDE, now) as who:
        locked(who.area_id)
        kept = feedback.current(who, item_id)
        if kept is None:
            raise NotFound
        if kept.version != version:
            raise RuleBroken(CHANGED)
        today = local_day(now)
        if found := not_told_problems(kept.standing, why, again_on, today):
            raise Unfit(found)
        row = _add(who, kept, not_told(why, today, who.name, again_on), now)
        mine = FeedbackRow.id == kept.id, told_at(who, FeedbackRow.item_id)
        db.session.scalars(select(FeedbackRow).where(*mine)).one().next_on = again_on
        audit.record(
            who.account_id, who.area_id, "feedback.taken_back", f"feedback_try/{row.id}", now, item=item_id
        )


def _add(who: Principal, kept: Decided, told: Try, now: datetime) -> FeedbackTryRow:
    if told.result is None or told.on is None:
        raise ValueError("an attempt that was not checked")
    row = FeedbackTryRow(
        area_id=who.area_id, item_id=kept.item_id, feedback_id=kept.id, place=len(kept.tries) + 1,
        result=told.result, on_day=told.on,
        by_whom=told.by.strip(), how=told.how.strip(), again_on=told.again_on,
        recorded_by=who.account_id, recorded_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row
