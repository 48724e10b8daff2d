"""The ticker: one in each worker process, and any number of those. It holds nothing and decides nothing.

What is due stands in our tables and is taken there (stack.md, Scheduler), so that a second
worker does no harm, and what fell due while none ran is made up at the next tick.
"""

import logging
import signal
from collections.abc import Iterable
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from meetingsvc import clock, jobs
from meetingsvc.config import Settings
from meetingsvc.jobs import Job
from meetingsvc.store import acting
from meetingsvc.usecases import jobs as slots

#: A job is asked for four times an interval, so that no slot falls between two ticks; at least so often.
_TICKS, _LONGEST = 4, timedelta(seconds=30)
log = structlog.get_logger()


def tick(app: Flask, settings: Settings, job: Job) -> None:
    """Does the job where it is due. A database that does not answer is asked again at the next tick."""
    try:
        with app.app_context(), acting.service():
            due = slots.is_due(job.name, job.plan, job.lease, clock.now())
        if due:
            jobs.take_turn(app, settings, job)
    except OperationalError as failure:
        log.error("worker cannot reach the database", job=job.name, kind=type(failure.orig).__name__)


def work(app: Flask, settings: Settings, every: Iterable[Job] = jobs.JOBS) -> None:
    """Ticks until told to stop, then lets what runs come to its end."""
    stop = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # before there are threads: only this one is told to stop
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a job still runs is nothing to tell
    scheduler = BackgroundScheduler(timezone=UTC)
    for job in every:
        pause = min(job.interval / _TICKS, _LONGEST)
        scheduler.add_job(
            tick, "interval", (app, settings, job), seconds=pause.total_seconds(), id=job.name,
            max_instances=1, coalesce=True, misfire_grace_time=None, next_run_time=clock.now(),
        )  # fmt: skip
    scheduler.start()
    signal.sigwait(stop)
    scheduler.shutdown(wait=True)
