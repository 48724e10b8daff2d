"""Slots of timed work: one worker each, a token that rises, and what was missed is made up and says so."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import JobSlotRow, SignInAttemptRow, db
from meetingsvc.store import jobs as store
from meetingsvc.store import sessions
from meetingsvc.store.jobs import SKEW, Held, Outcome, Overtaken, holding
from meetingsvc.usecases import jobs
from meetingsvc.usecases.job_plans import Every, Nightly, Plan
from meetingsvc.usecases.transaction import saved

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LEASE = timedelta(minutes=4)
OFTEN, HOURLY, NIGHT = Every(timedelta(seconds=20)), Every(timedelta(hours=1)), Nightly(time(2, 15))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(now: datetime) -> Callable[[], datetime]:
    return lambda: now


def take(plan: Plan, now: datetime, *, again: bool = False) -> Held | None:
    due = jobs.is_due("work", plan, LEASE, now)
    taken = jobs.take("work", plan, LEASE, at(now), again=again)
    assert due or again or taken is None, "what is not due is not taken"
    return taken


def done(plan: Plan, now: datetime, outcome: Outcome = Outcome.DONE) -> bool:
    """Whether a worker that asks now does it."""
    if (held := take(plan, now)) is None:
        return False
    every = plan.interval if isinstance(plan, Every) else DAY
    assert jobs.end(held, outcome, "", every, now)
    return True


def rows() -> list[JobSlotRow]:
    db.session.rollback()
    return list(db.session.scalars(select(JobSlotRow).order_by(JobSlotRow.planned_at)))


@pytest.mark.parametrize("plan", [OFTEN, HOURLY, NIGHT])
def test_a_slot_is_taken_once_and_not_again_when_it_is_done(core_app: Flask, plan: Plan) -> None:
    held = take(plan, NOW)
    assert held is not None and held.token == 1
    assert take(plan, NOW) is None, "in somebody's hands"
    assert jobs.end(held, Outcome.DONE, "", HOUR, NOW)
    assert take(plan, NOW) is None, "done"
    later = plan.next(NOW)
    assert take(plan, later - timedelta(microseconds=1)) is None
    assert take(plan, later) is not None


def test_again_takes_what_is_done_and_not_what_somebody_is_at(core_app: Flask) -> None:
    assert done(NIGHT, NOW)
    held = take(NIGHT, NOW, again=True)
    assert held is not None and held.token == 2
    assert take(NIGHT, NOW, again=True) is None


def test_a_lease_that_ran_out_is_taken_over_and_the_one_who_slept_settles_nothing(core_app: Flask) -> None:
    slept = take(NIGHT, NOW)
    assert slept is not None
    assert take(NIGHT, NOW + LEASE - timedelta(seconds=1)) is None
    other = take(NIGHT, NOW + LEASE)
    assert other is not None and (other.slot, other.token) == (slept.slot, 2)
    assert not jobs.end(slept, Outcome.FAILED, "", DAY, NOW + LEASE)
    assert jobs.end(other, Outcome.DONE, "", DAY, NOW + LEASE)
    assert not jobs.end(slept, Outcome.FAILED, "", DAY, NOW + LEASE)
    (row,) = rows()
    assert (row.outcome, row.token) == (Outcome.DONE, 2)


def test_whoever_was_overtaken_commits_nothing(core_app: Flask) -> None:
    slept = take(NIGHT, NOW)
    assert slept is not None and take(NIGHT, NOW + LEASE) is not None
    with holding(slept):
        with pytest.raises(Overtaken), saved():
            sessions.note_attempt("account:one", NOW)
        with pytest.raises(Overtaken), saved():
            jobs.end_here(NOW)
    assert db.session.scalars(select(SignInAttemptRow)).all() == []


def test_each_commit_makes_the_lease_anew(core_app: Flask) -> None:
    held = jobs.take("work", NIGHT, LEASE, at(NOW))
    assert held is not None
    awake = Held(held.job, held.slot, held.token, LEASE, at(NOW + LEASE - timedelta(seconds=1)))
    with holding(awake), saved():
        sessions.note_attempt("account:one", NOW)
    assert take(NIGHT, NOW + LEASE) is None
    assert take(NIGHT, NOW + 2 * LEASE) is not None


def test_a_slot_that_ends_in_the_transaction_of_its_effect_ends_with_it_or_not_at_all(
    core_app: Flask,
) -> None:
    held = take(NIGHT, NOW)
    assert held is not None
    with holding(held), pytest.raises(ZeroDivisionError), saved():
        jobs.end_here(NOW)
        raise ZeroDivisionError
    assert rows()[0].ended_at is None
    with holding(held), saved():
        sessions.note_attempt("account:one", NOW)
        jobs.end_here(NOW)
    assert rows()[0].outcome == Outcome.DONE
    assert len(db.session.scalars(select(SignInAttemptRow)).all()) == 1


@pytest.mark.parametrize(
    "plan, pause, missed", [(OFTEN, HOUR, 179), (HOURLY, 5 * HOUR, 4), (NIGHT, 3 * DAY, 2)]
)
def test_what_was_missed_is_made_up_once_and_says_so(
    core_app: Flask, plan: Plan, pause: timedelta, missed: int
) -> None:
    assert done(plan, NOW)
    assert not rows()[0].made_up, "the first time of all makes up for nothing"
    assert done(plan, NOW + pause)
    assert not done(plan, NOW + pause)
    last = rows()[-1]
    assert (last.missed, last.made_up) == (missed, True)


def test_a_night_done_late_the_same_day_is_made_up_too(core_app: Flask) -> None:
    assert done(NIGHT, NOW)
    assert done(NIGHT, NOW + DAY)
    assert (rows()[-1].missed, rows()[-1].made_up) == (0, True)
    assert done(NIGHT, NIGHT.next(NOW + DAY))
    assert not rows()[-1].made_up


def test_while_a_job_runs_none_of_it_is_missed_and_none_begins_beside_it(core_app: Flask) -> None:
    long = take(OFTEN, NOW)
    assert long is not None
    assert take(OFTEN, NOW + timedelta(seconds=65)) is None
    assert jobs.end(long, Outcome.DONE, "", timedelta(seconds=20), NOW + timedelta(seconds=70))
    assert done(OFTEN, NOW + timedelta(seconds=80))
    assert rows()[-1].missed == 0


def test_a_slot_whose_worker_died_is_given_up_when_the_next_is_taken(core_app: Flask) -> None:
    dead = take(OFTEN, NOW)
    assert dead is not None
    assert done(OFTEN, NOW + LEASE)
    assert not jobs.end(dead, Outcome.DONE, "", timedelta(seconds=20), NOW + LEASE)
    first, last = rows()
    assert (first.outcome, first.token) == (Outcome.LOST, 2)
    assert last.made_up and last.missed == 11


def test_a_worker_that_slept_before_it_took_a_slot_finds_it_over_though_its_row_is_forgotten(
    core_app: Flask,
) -> None:
    for seconds in range(0, 100, 20):
        assert done(OFTEN, NOW + timedelta(seconds=seconds))
    assert len(rows()) == 1, "of a job done often only the newest is kept"
    assert jobs.take("work", OFTEN, LEASE, at(NOW)) is None


def test_what_was_made_up_is_kept_thirty_days(core_app: Flask) -> None:
    for now in (NOW, NOW + HOUR, NOW + HOUR + timedelta(seconds=20)):
        assert done(OFTEN, now)
    assert [row.made_up for row in rows()] == [True, False]
    assert done(OFTEN, NOW + HOUR + store.KEPT)
    assert len(rows()) == 1


@pytest.mark.one_database
def test_a_night_that_failed_is_tried_again_three_times_and_never_twice_at_once(core_app: Flask) -> None:
    now, tries = NOW, 0
    for _ in range(70):
        if done(NIGHT, now, Outcome.FAILED):
            tries += 1
        now += timedelta(minutes=14)
    assert tries == jobs.TRIES
    assert done(NIGHT, NIGHT.next(NOW))


@pytest.mark.parametrize("wrong", [-DAY, -HOUR, HOUR, DAY])
@pytest.mark.parametrize("plan", [OFTEN, HOURLY])
def test_D6_a_clock_that_was_wrong_keeps_no_job_from_being_done(
    core_app: Flask, plan: Every, wrong: timedelta
) -> None:
    assert done(plan, NOW)
    seen = plan.next(NOW + wrong)
    assert done(plan, seen) or done(plan, plan.next(seen))
    right = NOW + 2 * plan.interval
    assert done(plan, right) or done(plan, plan.next(right))
    assert not done(plan, plan.next(right)) or not done(plan, plan.next(right))


@pytest.mark.one_database
@pytest.mark.parametrize("wrong", [-DAY, -HOUR, HOUR, DAY])
def test_D6_a_clock_that_was_wrong_does_no_night_twice(core_app: Flask, wrong: timedelta) -> None:
    now, nights = NOW - 3 * DAY, list[str]()
    for hour in range(9 * 24):
        seen = now + (wrong if 72 <= hour < 80 else timedelta())
        if (held := take(NIGHT, seen)) is not None:
            nights.append(held.slot)
            assert jobs.end(held, Outcome.DONE, "", DAY, seen)
        now += HOUR
    assert sorted(nights) == sorted(set(nights)), nights
    assert nights[-1] == "2026-11-29" and len(nights) == 10


def test_a_lease_given_by_a_clock_far_ahead_is_none(core_app: Flask) -> None:
    ahead = take(NIGHT, NOW + 2 * HOUR)
    assert ahead is not None
    assert take(NIGHT, NOW) is not None
    assert not jobs.end(ahead, Outcome.DONE, "", DAY, NOW)


def test_clocks_of_two_workers_may_differ_a_little(core_app: Flask) -> None:
    ahead = take(NIGHT, NOW + SKEW)
    assert ahead is not None and take(NIGHT, NOW) is None
