"""The page of timed work: what was done, what was missed, and no name."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from meetingsvc import clock, jobs
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.store.jobs import Outcome
from meetingsvc.usecases import jobs as slots
from meetingsvc.usecases.job_plans import Every
from tests.web.conftest import SignIn

READERS = (Role.SYSTEM_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE)


def ended(outcome: Outcome, said: str, ago: timedelta) -> None:
    """The first of all jobs, so long ago."""
    every = Every(timedelta(seconds=20))
    now = clock.now() - ago
    held = slots.take("send-outbox", every, timedelta(minutes=4), lambda: now)
    assert held is not None and slots.end(held, outcome, said, every.interval, now)


@pytest.mark.parametrize("role", READERS)
def test_it_says_that_no_worker_has_run_and_how_to_start_one(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    page = signed_in(role).get("/jobs").text
    assert "No worker has ever run." in page and "meetingsvc worker" in page
    assert all(job.name in page for job in jobs.JOBS)


def test_it_shows_how_a_job_ended_and_that_missed_ones_were_made_up(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.SYSTEM_ADMINISTRATOR)
    with service.app_context(), acting.service():
        ended(Outcome.DONE, "", timedelta(hours=2))
        ended(Outcome.FAILED, "OSError", timedelta(seconds=60))
    page = client.get("/jobs").text
    assert "No worker" not in page
    assert "Failed" in page and "OSError" in page
    assert re.search(r"35\d, made up at", page)


def test_each_job_says_what_it_does_in_a_sentence() -> None:
    for job in jobs.JOBS:
        assert job.words[0].isupper() and job.words.endswith(".") and "(" not in job.words, job.name
        assert 20 < len(job.words) < 160, job.name
    assert len({job.name for job in jobs.JOBS}) == len(jobs.JOBS)
