"""Whose turn a slot of timed work is: taken by one worker, with a token that rises each time it is taken.

A lease that ran out may be taken over. Whoever held it learns so when it commits: nothing of it is kept.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import ColumnElement, delete, event, func, select, text, update

from meetingsvc.models import JobSlotRow, db, writing
from meetingsvc.models.base import AskingSession

#: So far the clocks of two workers may differ. What lies further ahead was written by a clock that was wrong.
SKEW = timedelta(minutes=2)
#: How long ended slots are kept; of jobs done more often than `OFTEN`, only those that say something.
KEPT, OFTEN, FAILURES_KEPT = timedelta(days=30), timedelta(hours=1), timedelta(days=1)
#: The most frequent job begins several times a minute.
ASLEEP = timedelta(minutes=10)
_ROW = JobSlotRow


class Outcome(StrEnum):
    """How a slot ended. The value is stored, the label is read."""

    DONE = "done"
    FAILED = "failed"
    LOST = "lost"
    UNSET = "unset"

    @property
    def label(self) -> str:
        """As the page says it."""
        return {"done": "Done", "failed": "Failed", "lost": "Its worker stopped", "unset": "Not set up"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Held:
    """A slot in one worker's hands. With an older token than the slot's, it is in another's."""

    job: str
    slot: str
    token: int
    lease: timedelta
    clock: Callable[[], datetime]


class Overtaken(Exception):
    """The lease ran out and another worker has taken the slot: what this one did is not kept."""


_held: ContextVar[Held | None] = ContextVar("held", default=None)


@contextmanager
def holding(held: Held | None) -> Iterator[None]:
    """Nothing inside is committed once another has taken the slot; each commit makes the lease anew."""
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)


@event.listens_for(AskingSession, "before_commit")
def _still_held(session: AskingSession) -> None:
    held = _held.get()
    if held is not None and writing.get() and not renew(held):
        raise Overtaken


def renew(held: Held) -> bool:
    """Makes the lease anew; False where the slot is no longer held with this token."""
    mine = update(_ROW).where(*_is(held)).values(lease_until=held.clock() + held.lease)
    return db.session.scalar(mine.returning(_ROW.token)) is not None


def settle(held: Held, outcome: Outcome, said: str, now: datetime) -> bool:
    """Says how it ended; False where the slot is no longer held with this token.

    Called by a job inside its one transaction, the slot ends with its effect or not at all.
    """
    ended = update(_ROW).where(*_is(held)).values(ended_at=now, outcome=outcome, said=said[:200])
    if db.session.scalar(ended.returning(_ROW.token)) is None:
        return False
    if _held.get() == held:
        _held.set(None)  # it has just been asked, and no longer stands open to be renewed
    return True


def held_now() -> Held | None:
    """The slot that the running job is done for."""
    return _held.get()


def _is(held: Held) -> tuple[ColumnElement[bool], ...]:
    return (_ROW.job == held.job, _ROW.slot == held.slot, _ROW.token == held.token, _ROW.ended_at.is_(None))


def alone(job: str) -> bool:
    """Whether this transaction alone decides about the job; a worker that finds it decided asks again later.

    SQLite has one writer, who began with BEGIN IMMEDIATE.
    """
    if db.engine.dialect.name != "postgresql":
        return True
    lock = text("SELECT pg_try_advisory_xact_lock(7310, hashtext(:job))")
    return bool(db.session.scalar(lock, {"job": job}))


def of(job: str, slot: str) -> JobSlotRow | None:
    """The row of one slot, kept from others until the transaction ends."""
    found = select(_ROW).where(_ROW.job == job, _ROW.slot == slot)
    return db.session.scalars(found.with_for_update().execution_options(populate_existing=True)).one_or_none()


def newest(job: str, now: datetime) -> JobSlotRow | None:
    """The newest slot that anybody took, but for what a wrong clock wrote."""
    known = select(_ROW).where(_ROW.job == job, _ROW.planned_at <= now + SKEW)
    return db.session.scalars(known.order_by(_ROW.planned_at.desc(), _ROW.slot.desc()).limit(1)).one_or_none()


def unbroken(job: str, since: datetime, now: datetime, gap: timedelta) -> bool:
    """Whether it came to its turn, well or badly, again and again from then to now, as far back as slots are
    kept: after a hole the clock may have leapt."""
    first = max(since, now - KEPT + gap)
    turns = select(_ROW.planned_at).where(_ROW.job == job, _ROW.planned_at > first, _ROW.planned_at <= now)
    moments = [first, *db.session.scalars(turns.order_by(_ROW.planned_at)), now]
    return all(after - before <= gap for before, after in pairwise(moments))


def tried(job: str, now: datetime) -> bool:
    """Whether it was ever begun, where it is set up."""
    last = newest(job, now)
    return last is not None and last.outcome != Outcome.UNSET


def running(job: str) -> list[JobSlotRow]:
    """Those that have not ended, kept from others until the transaction ends."""
    rows = select(_ROW).where(_ROW.job == job, _ROW.ended_at.is_(None)).order_by(_ROW.planned_at)
    return list(db.session.scalars(rows.with_for_update().execution_options(populate_existing=True)))


def is_live(row: JobSlotRow, lease: timedelta, now: datetime) -> bool:
    """Whether its worker still has time. A lease longer than any was given by a clock that was wrong."""
    return row.ended_at is None and now < row.lease_until <= now + lease + SKEW


def lies_ahead(job: str, now: datetime) -> bool:
    """Whether a wrong clock wrote some."""
    ahead = select(_ROW.slot).where(_ROW.job == job, _ROW.planned_at > now + SKEW).limit(1)
    return db.session.scalar(ahead) is not None


def forget_ahead(job: str, now: datetime) -> None:
    """Forgets what a wrong clock wrote and nobody is at."""
    ahead = delete(_ROW).where(_ROW.job == job, _ROW.planned_at > now + SKEW, _ROW.ended_at.is_not(None))
    db.session.execute(ahead)


def forget(job: str, every: timedelta, now: datetime) -> None:
    """Forgets what is old; of a job done often, all that ended well but the newest.

    The newest stays whatever its age: a worker that slept finds by it that its slot is over.
    """
    last = newest(job, now)
    if last is None:
        return
    ended = (_ROW.job == job, _ROW.ended_at.is_not(None), _ROW.planned_at < last.planned_at)
    db.session.execute(delete(_ROW).where(*ended, _ROW.ended_at <= now - KEPT))
    if every < OFTEN:
        plain = (_ROW.outcome == Outcome.DONE, _ROW.made_up.is_(False))
        db.session.execute(delete(_ROW).where(*ended, *plain))
        bad = (_ROW.outcome != Outcome.DONE, _ROW.made_up.is_(False))
        db.session.execute(delete(_ROW).where(*ended, *bad, _ROW.ended_at <= now - FAILURES_KEPT))


def last_started() -> datetime | None:
    """When any job was begun last."""
    return db.session.scalar(select(func.max(_ROW.started_at)))


def failed_last(job: str) -> str:
    """What was said where a job did not do its work the last time; empty where it did, or has not yet."""
    ended = select(_ROW).where(_ROW.job == job, _ROW.ended_at.is_not(None)).order_by(_ROW.ended_at.desc())
    row = db.session.scalars(ended.limit(1)).one_or_none()
    if row is None or row.outcome == Outcome.DONE:
        return ""
    return row.said or Outcome(row.outcome).label


def asleep_since(now: datetime) -> str:
    """Says so where no worker has begun anything lately, and is empty where one has."""
    last = last_started()
    if last is None:
        return "No worker has ever run."
    return "" if last > now - ASLEEP else "No worker has run for ten minutes or longer."


def made_up(job: str) -> list[JobSlotRow]:
    """What was done late, the newest first."""
    rows = select(_ROW).where(_ROW.job == job, _ROW.made_up.is_(True)).order_by(_ROW.planned_at.desc())
    return list(db.session.scalars(rows))
