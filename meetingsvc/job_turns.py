"""A job, and its turn: taken, done and ended, whatever goes wrong. What goes wrong is told by its kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import Flask

from meetingsvc import clock
from meetingsvc.config import Settings
from meetingsvc.store import acting, restored
from meetingsvc.store.jobs import Held, Outcome, Overtaken, held_now, holding
from meetingsvc.usecases import job_plans
from meetingsvc.usecases import jobs as slots
from meetingsvc.usecases.job_plans import Every, Nightly

_CLOSED = "The database was restored, and the service is closed: meetingsvc reopen."
log = structlog.get_logger()
Work = Callable[[Settings], object]


@dataclass(frozen=True, slots=True)
class Job:
    """What is done how often. `name` is also what the command line calls it.

    What is done looks at the present alone: of slots that were missed, one run makes up for all.
    """

    name: str
    every: timedelta | Nightly
    work: Work
    #: Each thing it does is claimed by itself and settled by that claim: two may be at it at once.
    own_claims: bool = False
    lease: timedelta = timedelta(minutes=4)

    @property
    def plan(self) -> job_plans.Plan:
        """When it is due."""
        return Every(self.every) if isinstance(self.every, timedelta) else self.every

    @property
    def interval(self) -> timedelta:
        """From one time to the next."""
        return self.every if isinstance(self.every, timedelta) else timedelta(days=1)

    @property
    def words(self) -> str:
        """What it does, as the page says it: as the function that does it says first, without its source."""
        said = " ".join((self.work.__doc__ or self.name).split())
        return re.split(r" \(|\. |\.$", said)[0] + "."


def run(app: Flask, settings: Settings, job: Job) -> bool:
    """Does a job now, whatever its slots. What goes wrong is logged by its kind: its words may name a person.

    What waits is claimed as the service; what was asked by a person is done as that person.
    """
    with app.app_context(), acting.service():
        return _done(settings, job)[0] in (Outcome.DONE, Outcome.UNSET)


def take_turn(app: Flask, settings: Settings, job: Job, *, again: bool = False) -> Outcome | None:
    """Does a job for its present slot; None where that is done, or in another worker's hands."""
    with app.app_context(), acting.service():
        held = slots.take(job.name, job.plan, job.lease, clock.now, again=again)
        if held is None:
            return None
        return _for_slot(settings, job, held)


def _for_slot(settings: Settings, job: Job, held: Held) -> Outcome:
    with holding(None if job.own_claims else held):
        outcome, said = _done(settings, job)
        ended_there = not job.own_claims and held_now() is None
    if not slots.end(held, outcome, said, job.interval, clock.now()) and not ended_there:
        log.warning("job overtaken", job=job.name, slot=held.slot, token=held.token)
        return Outcome.LOST
    return outcome


def _done(settings: Settings, job: Job) -> tuple[Outcome, str]:
    try:
        if restored.closed():
            raise slots.NotSetUp(_CLOSED)
        done = job.work(settings)
    except slots.NotSetUp as lack:
        log.warning("job not set up", job=job.name, why=str(lack))
        return Outcome.UNSET, str(lack)
    except slots.Trouble as trouble:
        log.error("job failed", job=job.name, kind="Trouble", why=str(trouble))
        return Outcome.FAILED, str(trouble)
    except Overtaken:
        return Outcome.LOST, ""
    except Exception as failure:
        log.error("job failed", job=job.name, kind=type(failure).__name__)
        return Outcome.FAILED, type(failure).__name__
    if done:
        log.info("job done", job=job.name, result=str(done))
    return Outcome.DONE, done if isinstance(done, str) else ""


def once(app: Flask, settings: Settings, job: Job) -> bool:
    """Does a job once, also where its slot is done, and not where another is at it; False where it failed."""
    outcome = take_turn(app, settings, job, again=True)
    if outcome is None and job.own_claims:
        return run(app, settings, job)
    return outcome is not Outcome.FAILED
