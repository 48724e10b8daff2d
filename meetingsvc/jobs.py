"""Timed work, done by one worker process. Each job is also a command, and safe to run twice at once."""

import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask

from meetingsvc import clock, mail
from meetingsvc.config import Settings
from meetingsvc.mail import Cleared, ClearedLink
from meetingsvc.store import acting, drafts, sessions
from meetingsvc.store.outbox import Message
from meetingsvc.usecases import carry_over as unpublished
from meetingsvc.usecases import (
    feed_messages,
    halves,
    order_reminders,
    outbox,
    packs,
    public_referrers,
    unattended,
    uploads,
)
from meetingsvc.usecases.transaction import saved

log = structlog.get_logger()
Work = Callable[[Settings], object]


@dataclass(frozen=True, slots=True)
class Job:
    """What is done how often. `name` is also what the command line calls it."""

    name: str
    every: timedelta
    work: Work


def send_outbox(settings: Settings) -> object:
    """Sends the notices that are due. Without a way out they wait, and `doctor` says so."""
    if mail.way_out(settings) is None:
        return "mail is not set up"

    def carry(cleared: Cleared, message: Message, now: datetime) -> None:
        mail.send(cleared, message, settings, now)

    return outbox.send_waiting(carry, clock.now)


def send_links(settings: Settings) -> object:
    """Sends the links that people without an account asked for."""
    if mail.way_out(settings) is None:
        return "mail is not set up"

    def carry(cleared: ClearedLink, key: str, now: datetime) -> None:
        mail.send_link(cleared, key, settings, now)

    return public_referrers.send_waiting(carry, clock.now)


def run_uploads(settings: Settings) -> object:
    """Takes in the files whose own process has died."""
    return uploads.run_waiting(settings, clock.now())


def expire_packs(settings: Settings) -> object:
    """Takes away the files of packs whose time is over (Rulebook S3)."""
    return packs.expire(clock.now())


def carry_over(settings: Settings) -> object:
    """Takes cases that a MARAC left unheard to the next one (Rulebook M1)."""
    return unpublished.carry_over(clock.now())


def tell_unattended(settings: Settings) -> object:
    """Tells information governance of cases that nobody who runs meetings may open (Rulebook M6)."""
    return unattended.tell(clock.now())


def remind_of_orders(settings: Settings) -> object:
    """Reminds the coordinators of protection orders that end soon (Rulebook T10)."""
    return order_reminders.remind(clock.now())


def forget(settings: Settings) -> object:
    """Forgets what was typed and not sent, halves of passwords, answers to machines, sessions past their
    limits, old attempts.

    A session that is over opens nothing, but says for whom to keep what is sent in it: it stays as long.
    """
    now = clock.now()
    with saved():
        drafts.forget(now)
        halves.forget(now)
        feed_messages.forget(now)
        public_referrers.forget(now)
        sessions.forget_attempts(now - timedelta(days=1))
        return sessions.end_older_than(now - 2 * timedelta(hours=settings.session_hours))


JOBS: tuple[Job, ...] = (
    Job("send-outbox", timedelta(seconds=20), send_outbox),
    Job("send-links", timedelta(seconds=20), send_links),
    Job("run-uploads", timedelta(seconds=15), run_uploads),
    Job("expire-packs", timedelta(minutes=15), expire_packs),
    Job("carry-over", timedelta(minutes=10), carry_over),
    Job("tell-unattended", timedelta(days=1), tell_unattended),
    Job("remind-of-orders", timedelta(hours=1), remind_of_orders),
    Job("forget", timedelta(hours=1), forget),
)


def run(app: Flask, settings: Settings, job: Job) -> bool:
    """Does a job once. What goes wrong is logged by its kind, since its words may name a person.

    What waits is claimed as the service; what was asked by a person is done as that person.
    """
    with app.app_context(), acting.service():
        try:
            if done := job.work(settings):
                log.info("job done", job=job.name, result=str(done))
            return True
        except Exception as failure:
            log.error("job failed", job=job.name, kind=type(failure).__name__)
            return False


def run_once(app: Flask, settings: Settings, jobs: Iterable[Job] = JOBS) -> bool:
    """Does every job once; False where one failed."""
    return all([run(app, settings, job) for job in jobs])


def work(app: Flask, settings: Settings, jobs: Iterable[Job] = JOBS) -> None:
    """Ticks until told to stop, then lets what runs come to its end.

    The ticker holds nothing: what is to be done stands in our tables and is claimed there, so a second worker
    does no harm, and what fell due while none ran is done at the next tick.
    """
    stop = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # before there are threads: only this one is told to stop
    scheduler = BackgroundScheduler(timezone=UTC)
    for job in jobs:
        scheduler.add_job(
            run, "interval", (app, settings, job), seconds=job.every.total_seconds(), id=job.name,
            max_instances=1, coalesce=True, misfire_grace_time=None, next_run_time=clock.now(),
        )  # fmt: skip
    scheduler.start()
    signal.sigwait(stop)
    scheduler.shutdown(wait=True)
