"""Taking a slot of timed work, and saying how it ended: each in a transaction of its own.

Between the two the job does its work. Where it is one transaction, it may end the slot in it (`end_here`):
then the effect and the end are kept together or not at all. A job whose work may be repeated, since it looks
at what there is to do, needs nothing more: each of its commits asks whether the slot is still held.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from meetingsvc.models import JobSlotRow, db
from meetingsvc.store import jobs as store
from meetingsvc.store import restored
from meetingsvc.store.jobs import Held, Outcome
from meetingsvc.usecases.job_plans import Plan, Slot
from meetingsvc.usecases.transaction import saved

#: Later than this after its time, a slot is made up.
LATE = timedelta(minutes=15)
#: A night's work that failed is tried again so often, and after so long.
TRIES, PAUSE = 4, timedelta(minutes=15)


class Trouble(Exception):
    """A job could not be done, for a reason that is fixed words: the page shows them."""


class NotSetUp(Trouble):
    """Nobody has set up what it needs: to try again would not help."""


def is_due(job: str, plan: Plan, lease: timedelta, now: datetime) -> bool:
    """Whether it is worth trying to take the present slot. Writes nothing and keeps nothing from others."""
    db.session.rollback()
    if restored.closed():
        return False
    if plan.forgets_what_lies_ahead and store.lies_ahead(job, now):
        return True
    row = db.session.get(JobSlotRow, (job, plan.slot(now).key))
    return row is None or not (store.is_live(row, lease, now) or _is_over(row, plan, now))


def take(
    job: str, plan: Plan, lease: timedelta, clock: Callable[[], datetime], *, again: bool = False
) -> Held | None:
    """The present slot, for this worker alone; None where it is done, or in somebody's hands.

    `again` takes one that is done. One that is missed is not done for itself: the next one makes it up, once,
    and says how many there were.
    """
    with saved():
        now = clock()
        if not store.alone(job):
            return None
        if plan.forgets_what_lies_ahead:
            store.forget_ahead(job, now)
        slot, before = plan.slot(now), store.newest(job, now)
        row = store.of(job, slot.key)
        if row is None and before is not None and before.planned_at > slot.starts:
            return None  # a worker that slept: a later slot has been taken
        if any(store.is_live(other, lease, now) for other in store.running(job)):
            return None
        if row is not None and not again and _is_over(row, plan, now):
            return None
        _give_up(job, slot, now)
        token = _taken(job, plan, slot, row, before, lease, now)
    return Held(job, slot.key, token, lease, clock)


def _is_over(row: JobSlotRow, plan: Plan, now: datetime) -> bool:
    if row.ended_at is None:
        return False
    fell = row.outcome in (Outcome.FAILED, Outcome.LOST) and row.token < TRIES
    return not (plan.tries_again and fell and row.ended_at + PAUSE <= now)


def _give_up(job: str, slot: Slot, now: datetime) -> None:
    """Earlier slots whose lease has run out. Their holders can commit nothing any more."""
    for row in store.running(job):
        if row.slot != slot.key:
            row.token, row.ended_at, row.outcome = row.token + 1, now, Outcome.LOST


def _taken(
    job: str, plan: Plan, slot: Slot, row: JobSlotRow | None, before: JobSlotRow | None, lease: timedelta,
    now: datetime,
) -> int:  # fmt: skip
    if row is None:
        row = JobSlotRow(job=job, slot=slot.key, planned_at=slot.starts, token=0)
        row.missed = _missed(plan, slot, before)
        row.made_up = before is not None and (
            row.missed > 0 or now - slot.starts > LATE or before.outcome == Outcome.LOST
        )
        db.session.add(row)
    row.token, row.started_at, row.lease_until = row.token + 1, now, now + lease
    row.ended_at, row.outcome, row.said = None, "", ""
    return row.token


def _missed(plan: Plan, slot: Slot, before: JobSlotRow | None) -> int:
    """Slots that passed since the last one ended: while it ran, none was missed."""
    if before is None:
        return 0
    ended = before.planned_at if before.outcome == Outcome.LOST else before.ended_at or before.planned_at
    return plan.between(max(before.planned_at, ended), slot.starts)


def end_here(now: datetime) -> None:
    """In the one transaction of a job: its slot ends with it. Raises `Overtaken`: nothing is kept then."""
    held = store.held_now()
    if held is not None and not store.settle(held, Outcome.DONE, "", now):
        raise store.Overtaken


def end(held: Held, outcome: Outcome, said: str, every: timedelta, now: datetime) -> bool:
    """How it ended, unless another worker has taken it over; and forgets what is old."""
    with saved():
        ended = store.settle(held, outcome, said, now)
        store.forget(held.job, every, now)
    return ended
