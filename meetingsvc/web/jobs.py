"""Timed work: when each job was done last, and what was missed. It names nobody and no case."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template

from agenda import calendar
from meetingsvc import clock
from meetingsvc.jobs import JOBS, Job
from meetingsvc.models import JobSlotRow
from meetingsvc.permissions import Permission
from meetingsvc.store import jobs as store
from meetingsvc.store.jobs import Outcome
from meetingsvc.web.guard import needs
from meetingsvc.web.templating import short_moment, wall_time

bp = Blueprint("jobs", __name__, url_prefix="/jobs")


@dataclass(frozen=True, slots=True)
class Line:
    """One job, as the page shows it."""

    name: str
    words: str
    often: str
    began: str
    how: str
    kind: str  # the badge's
    said: str
    next: str
    made_up: str
    missed: int


@bp.get("")
@needs(Permission.JOB_READ)
def show() -> str:
    """Every job, in the order in which they are done."""
    now = clock.now()
    return render_template(
        "jobs/jobs.html", jobs=[_line(job, now) for job in JOBS], asleep=store.asleep_since(now),
        days=store.KEPT.days,
    )  # fmt: skip


def _line(job: Job, now: datetime) -> Line:
    last, late = store.newest(job.name, now), store.made_up(job.name)
    how, kind = _how(last, job, now)
    return Line(
        job.name, job.words, job.plan.words, _when(last.started_at, now) if last else "Not yet",
        how, kind, last.said if last else "", _when(job.plan.next(now), now),
        _when(late[0].started_at, now) if late else "", sum(max(row.missed, 1) for row in late),
    )  # fmt: skip


def _when(moment: datetime, now: datetime) -> str:
    """What is near is said shortly."""
    away = (calendar.local_day(moment) - calendar.local_day(now)).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(away)
    return f"{wall_time(moment)} {near}" if near else short_moment(moment)


def _how(last: JobSlotRow | None, job: Job, now: datetime) -> tuple[str, str]:
    if last is None:
        return "Not yet", "standard"
    if last.ended_at is None:
        return (
            ("Running", "standard") if store.is_live(last, job.lease, now) else (Outcome.LOST.label, "late")
        )
    ended = Outcome(last.outcome)
    return ended.label, "standard" if ended is Outcome.DONE else "late"
