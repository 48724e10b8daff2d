"""Timed work: claimed once however many workers there are, and finished after one has died."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from agenda.agencies import AgencyKind
from meetingsvc import jobs
from meetingsvc.config import Settings
from meetingsvc.jobs import Job
from meetingsvc.mail import Cleared
from meetingsvc.models import OutboxRow, SessionRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import audit, outbox, sessions
from meetingsvc.store.outbox import STALE, Message
from meetingsvc.usecases import accounts, agencies
from meetingsvc.usecases import outbox as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CONTEXT = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/packs"}


def queue(area_id: UUID, number: int) -> None:
    with saved():
        agency = agencies.create(area_id, "Homes", AgencyKind.HOUSING, date(2026, 1, 5), "test", NOW)
        person = accounts.create(
            agency, Role.REPRESENTATIVE, "Wren", "wren@homes.example", "invented for a test", "test", NOW
        )
        for _ in range(number):
            outbox.put(area_id, person, Notice.PACK_READY, CONTEXT, NOW)


def states() -> Counter[str]:
    db.session.rollback()
    return Counter(db.session.scalars(select(OutboxRow.state)))


def test_two_workers_send_fifty_messages_exactly_once(area_id: UUID, core_app: Flask) -> None:
    queue(area_id, 50)
    db.session.remove()
    sent: list[UUID] = []
    start = Barrier(2)

    def worker() -> None:
        with core_app.app_context():
            start.wait()
            usecase.send_waiting(lambda cleared, message, now: sent.append(message.id), lambda: NOW)
            db.session.remove()

    threads = [Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(sent) == len(set(sent)) == 50
    assert states() == {"sent": 50}
    assert audit.verify()[1] is None


class Killed(BaseException):
    """The worker's process ends here."""


def test_a_worker_killed_after_sending_sends_the_same_message_again(area_id: UUID, core_app: Flask) -> None:
    queue(area_id, 2)
    sent: list[UUID] = []

    def dies(cleared: Cleared, message: Message, now: datetime) -> None:
        sent.append(message.id)
        raise Killed

    with pytest.raises(Killed):
        usecase.send_waiting(dies, lambda: NOW)
    assert states() == {"claimed": 1, "waiting": 1}

    def lives(cleared: Cleared, message: Message, now: datetime) -> None:
        sent.append(message.id)

    early = NOW + STALE - timedelta(seconds=1)
    assert usecase.send_waiting(lives, lambda: early) == {}, "the later one does not overtake it"
    assert usecase.send_waiting(lives, lambda: NOW + STALE) == {"sent": 2}
    assert states() == {"sent": 2}
    assert sent.count(sent[0]) == 2 and len(set(sent)) == 2, "the one in hand again, under its own id"


def test_a_worker_that_wakes_late_does_not_undo_what_another_did(area_id: UUID, core_app: Flask) -> None:
    queue(area_id, 1)
    with saved():
        slow = outbox.claim(NOW)
    assert slow is not None
    with saved():
        assert len(outbox.sweep(NOW + STALE)) == 1
    with saved():
        quick = outbox.claim(NOW + STALE)
    assert quick is not None and quick.id == slow.id
    with saved():
        assert outbox.settle(slow, outbox.State.FAILED, "", NOW + STALE) is False
        assert outbox.settle(quick, outbox.State.SENT, "", NOW + STALE) is True
    assert states() == {"sent": 1}


def test_workers_that_die_again_and_again_leave_it_to_a_person(area_id: UUID, core_app: Flask) -> None:
    queue(area_id, 1)
    now = NOW
    for _ in range(20):
        with saved():
            outbox.sweep(now)
        with saved():
            outbox.claim(now)
        now += timedelta(hours=5)
    assert states() == {"failed": 1}


def test_a_job_that_fails_is_logged_by_its_kind_and_stops_no_other(
    core_app: Flask, settings_for_tests: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []

    def fails(settings: Settings) -> None:
        raise ValueError("Wren Ashdown")

    two = [
        Job("first", timedelta(1), fails),
        Job("second", timedelta(1), lambda settings: done.append("second")),
    ]
    assert jobs.run_once(core_app, settings_for_tests, two) is False
    assert done == ["second"]
    logged = capsys.readouterr().out
    assert "ValueError" in logged and "Wren" not in logged


def test_every_job_runs_on_an_empty_service(core_app: Flask, settings_for_tests: Settings) -> None:
    assert jobs.run_once(core_app, settings_for_tests) is True


def test_old_sessions_and_attempts_are_forgotten(core_app: Flask, settings_for_tests: Settings) -> None:
    now = datetime.now(UTC)
    with saved():
        sessions.start("old", None, {}, now - timedelta(hours=20, minutes=1))
        sessions.start("used", None, {}, now - timedelta(hours=19))
        sessions.note_attempt("account:old", now - timedelta(days=2))
        sessions.note_attempt("account:new", now)
    jobs.forget(settings_for_tests)
    assert list(db.session.scalars(select(SessionRow.key))) == ["used"]
    assert sessions.attempts_since("account:old", now - timedelta(days=3)) == 0
    assert sessions.attempts_since("account:new", now - timedelta(days=3)) == 1


@pytest.mark.slow
def test_the_worker_ticks_and_stops_when_told(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "MEETINGSVC_DATA_DIR": str(tmp_path), "MEETINGSVC_DEMO": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", "from meetingsvc.cli import main; main()", "worker"], env=env
    )
    try:
        deadline = time.monotonic() + 30
        while not (tmp_path / "meetingsvc.db").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(3)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
