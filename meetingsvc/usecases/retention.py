"""Yearly reviews: they fall due by themselves, a coordinator proposes, a chair decides (Rulebook L1, L3)."""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import day_words, local_day
from agenda.moves import Who
from agenda.rules import RuleBroken
from meetingsvc.models import ReviewRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import (
    acting,
    areas,
    audit,
    retention,
    retention_case,
    retention_choices,
    retention_times,
    unattended,
)
from meetingsvc.store.retention import OPEN, Kept
from meetingsvc.store.retention_case import Whole
from meetingsvc.usecases import retention_asking, retention_steps
from meetingsvc.usecases.area_by_area import in_turn
from meetingsvc.usecases.restrictions import SERVICE
from meetingsvc.usecases.transaction import saved_by
from minutes.destruction import Kind
from minutes.retention import Made, ReviewRules, State, Step, due_after
from minutes.retention_asks import Holds
from minutes.retention_case import CaseNow, Outcome, Proposal

_CHANGED = "It has changed since you opened it. Look at it again. Nothing changed."


def fall_due(now: datetime) -> int:
    """Makes every review that is due, asks the agencies of each, and tells them; says how many it made.

    Safe to run twice. One that fails keeps no other waiting.
    """
    areas_there, made = unattended.area_ids(), 0
    with ExitStack() as rest:  # each of them is done whatever becomes of those before
        rest.callback(in_turn, "asking what is held", areas_there, partial(retention_asking.tell, now=now))
        rest.callback(retention_asking.ask_all, now)
        made = in_turn("reviewing records", areas_there, lambda area_id: _fall_due(area_id, now))
    return made


def _fall_due(area_id: UUID, now: datetime) -> int:
    areas.hold(area_id)
    rules, _, _ = retention.rules(area_id)
    today, last = local_day(now), retention_times.last_incidents(area_id)
    open_, reviewed = _reviews(area_id)
    made = 0
    for case_id, incident in last.items():
        due = due_after(incident, reviewed.get(case_id), rules)
        row = open_.get(case_id)
        if row is not None and row.due_on != due:
            _move(row, due, now)
        if row is None and due <= today:
            row = ReviewRow(id=uuid4(), area_id=area_id, case_id=case_id, due_on=due, state=State.DUE)
            db.session.add(row)
            db.session.flush()
            audit.record(SERVICE, area_id, "retention.due", f"retention_review/{row.id}", now, case=case_id)
            made += 1
    return made


def _reviews(area_id: UUID) -> tuple[dict[UUID, ReviewRow], dict[UUID, date]]:
    """By case the one that is open, and the due day of the last that was decided."""
    rows = db.session.scalars(select(ReviewRow).where(ReviewRow.area_id == area_id)).all()
    open_ = {row.case_id: row for row in rows if row.state in OPEN}
    reviewed: dict[UUID, date] = {}
    for row in rows:
        if row.state not in OPEN:
            reviewed[row.case_id] = max(row.due_on, reviewed.get(row.case_id, row.due_on))
    return open_, reviewed


def _move(row: ReviewRow, due: date, now: datetime) -> None:
    """A further incident starts the months again: what was proposed or decided before it lapses."""
    kept = next(one for one in retention.of_case(acting.Host(row.area_id), row.case_id) if one.id == row.id)
    if row.state != State.DUE:
        retention_steps.lapse(kept, "A further incident starts the months again.", now)
    row.due_on, row.asked_on = due, None
    db.session.flush()


def answer(principal: Principal, ask_id: UUID, holds: Holds, may_go: bool, now: datetime) -> None:
    """An agency says what it did with its own recording, and whether what it supplied may go here (L3, R2).

    It may say otherwise until the case is destroyed. Consent is for one's own agency alone (security.md B).
    """
    with saved_by(principal, Permission.RETENTION_ANSWER, now) as who:
        areas.hold(who.area_id)
        asked = retention.ask(who, ask_id)
        if asked is None:
            raise NotFound
        row = asked.row
        with acting.whole_area(who.area_id):  # the case need not be open to who answers
            row.holds, row.may_go, row.answered_by, row.answered_at = holds, may_go, who.account_id, now
            row.answered_why = None
            db.session.flush()
        audit.record(who.account_id, who.area_id, "retention.answered", f"retention_ask/{ask_id}", now,
                     case=row.case_id)  # fmt: skip


def propose(
    principal: Principal, review_id: UUID, outcome: Outcome, risk_remains: bool, chosen: Iterable[str],
    reason: str, now: datetime,
) -> None:  # fmt: skip
    """A coordinator proposes to keep all, to keep some, or to destroy, and says why."""
    with saved_by(principal, Permission.RETENTION_PROPOSE, now) as who:
        kept, whole = _held(who, review_id, now)
        _refuse_early(kept, whole.now, now)
        destroys = frozenset(chosen)
        if outcome is Outcome.DESTROY:
            destroys = whole.now.own
        elif outcome is Outcome.KEEP_ALL:
            destroys = frozenset()
        else:
            _refuse_alone(who, destroys, whole.now)
        proposal = Proposal(outcome, risk_remains, whole.now.last_incident, destroys)
        made = Made(Step.PROPOSE, now, Who.COORDINATOR, str(who.account_id), reason, proposal)
        _take(who, kept, whole, made, "retention.proposed")


def _refuse_alone(who: Principal, destroys: frozenset[str], case: CaseNow) -> None:
    """Only what may be chosen goes alone (L1).

    Of a history with one line less another would stand: a withdrawn consent would read as given (K1).
    """
    with acting.whole_area(who.area_id):
        offered = {one.id for one in retention_choices.choices(case.own)}
    if not destroys <= offered:
        raise RuleBroken("Some of that cannot go alone. Choose from the list.")
    for kind in (Kind.CONSENT, Kind.RISK_ASSESSMENT):
        of_kind = {one for one in offered if one.rpartition(":")[0] == kind}
        if destroys & of_kind and not of_kind <= destroys:
            raise RuleBroken(f"Every {kind} goes, or none: choose all of them or leave them all.")


def decide(principal: Principal, review_id: UUID, steps: int, now: datetime) -> State:
    """A chair decides what somebody else proposed. `steps`: how many they saw, so that they decide on that.

    To destroy waits for the night, in which it may be stopped.
    """
    with saved_by(principal, Permission.RETENTION_DECIDE, now) as who:
        kept, whole = _held(who, review_id, now)
        proposed = kept.review.proposed
        if len(kept.review.steps) != steps or proposed is None or proposed.proposal is None:
            raise RuleBroken(_CHANGED)
        keeps = proposed.proposal.outcome is Outcome.KEEP_ALL
        made = Made(Step.KEEP if keeps else Step.DECIDE, now, Who.CHAIR, str(who.account_id))
        return _take(who, kept, whole, made, "retention.decided")


def send_back(principal: Principal, review_id: UUID, reason: str, now: datetime) -> None:
    """A chair does not agree, and says why: or stops what was decided and waits to be destroyed."""
    with saved_by(principal, Permission.RETENTION_DECIDE, now) as who:
        kept, whole = _held(who, review_id, now)
        stops = kept.state is State.TO_DESTROY
        made = Made(Step.STOP if stops else Step.SEND_BACK, now, Who.CHAIR, str(who.account_id), reason)
        _take(who, kept, whole, made, "retention.stopped" if stops else "retention.sent_back")


def whole(who: Principal, kept: Kept, now: datetime) -> Whole:
    """The case as a review sees it, for a person who was found to see the review."""
    *_, holds = retention.rules(who.area_id)
    with acting.whole_area(who.area_id):
        found = retention_case.read(who.area_id, kept.case_id, kept.review.due_on, holds, now)
    if found is None:
        raise NotFound
    return found


def _held(who: Principal, review_id: UUID, now: datetime) -> tuple[Kept, Whole]:
    """Read while nobody else takes a step."""
    areas.hold(who.area_id)
    kept = retention.one(who, review_id)
    if kept is None:
        raise NotFound
    return kept, whole(who, kept, now)


def _refuse_early(kept: Kept, case: CaseNow, now: datetime) -> None:
    """A further incident of today has started the months again, though the night has not come yet."""
    rules: ReviewRules = retention.rules(kept.area_id)[0]
    decided = [one.review.due_on for one in retention.of_case(acting.Host(kept.area_id), kept.case_id)
               if one.state not in OPEN]  # fmt: skip
    due = due_after(case.last_incident, max(decided, default=None), rules)
    if due > local_day(now):
        raise RuleBroken(f"A further incident came in: the review falls due on {day_words(due)}.")


def _take(who: Principal, kept: Kept, whole: Whole, made: Made, action: str) -> State:
    after = kept.review.after(made, whole.now)
    key = retention_steps.step(kept, made, who.account_id)
    audit.record(who.account_id, who.area_id, action, f"retention_review/{kept.id}", made.at,
                 case=kept.case_id, step=key)  # fmt: skip
    return after.state
