"""Each message is taken in once, however often it is sent (security.md A20)."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from meetingsvc import jobs
from meetingsvc.config import Settings
from meetingsvc.models import FeedMessageRow, ImportRow, IncidentRow, db
from meetingsvc.store import areas
from tests.a_token import Machine, a_token
from tests.builders import a_row
from tests.web.conftest import NOW


def counts(service: Flask) -> tuple[int, int]:
    with service.app_context():
        return tuple(db.session.scalar(select(func.count()).select_from(row)) or 0
                     for row in (ImportRow, IncidentRow))  # type: ignore[return-value]  # fmt: skip


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + by)


@pytest.mark.parametrize("bad", [False, True])
def test_the_same_again_is_answered_again_and_changes_nothing(
    service: Flask, machine: Machine, bad: bool
) -> None:
    row = a_row(**({"risk": "severe"} if bad else {}))
    first, second = (machine.send(row, key="one") for _ in range(2))
    assert first.status_code == second.status_code == (422 if bad else 201)
    assert first.json == second.json and first.mimetype == second.mimetype
    assert "Idempotent-Replayed" not in first.headers and second.headers["Idempotent-Replayed"] == "true"
    assert counts(service) == (1, 0 if bad else 1)


def test_a_key_that_was_used_takes_no_other_message(service: Flask, machine: Machine) -> None:
    row = a_row()
    assert machine.send(row, key="one").status_code == 201
    for other in (row | {"risk": "medium"}, [row]):
        assert machine.send(other, key="one").status_code == 422
    assert counts(service) == (1, 1)


def test_a_replay_is_refused_after_a_day_and_for_ever(
    service: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = a_row()
    machine.send(row, key="one")
    later(monkeypatch, timedelta(days=1))
    assert machine.send(row, key="one").status_code == 201
    for by in (timedelta(days=1, seconds=1), timedelta(days=4000)):
        later(monkeypatch, by)
        answer = machine.send(row, key="one")
        assert answer.status_code == 409 and "Replay refused" in answer.text
    assert counts(service) == (1, 1)


def test_the_answer_is_forgotten_after_a_day_and_the_key_is_not(
    service: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    row = a_row()
    machine.send(row, key="one")
    job = next(job for job in jobs.JOBS if job.name == "forget")
    for by, kept in ((timedelta(days=1), True), (timedelta(days=1, seconds=1), False)):
        later(monkeypatch, by)
        assert jobs.run(service, Settings("", tmp_path), job)
        with service.app_context():
            message = db.session.scalars(select(FeedMessageRow)).one()
            assert (message.answer is not None) == kept and message.key and message.digest
    assert machine.send(row, key="one").status_code == 409


def test_a_refused_message_uses_no_key_up(machine: Machine) -> None:
    assert machine.send(b"{", key="one").status_code == 400
    assert machine.send(a_row(), key="one").status_code == 201


def test_a_new_token_of_the_same_force_replays_nothing_either(service: Flask, machine: Machine) -> None:
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        next_one = Machine(machine.client, a_token(area.id).token)
        other_force = Machine(machine.client, a_token(area.id, "Transport Police").token)
    row = a_row()
    machine.send(row, key="one")
    assert next_one.send(row | {"risk": "medium"}, key="one").status_code == 422
    assert other_force.send(a_row(), key="one").status_code == 201


def test_two_at_once_with_one_key_have_one_effect(service: Flask, machine: Machine) -> None:
    row, found = a_row(), list[int]()
    together = threading.Barrier(4)

    def send() -> None:
        own = Machine(service.test_client(), machine.token)
        together.wait()
        found.append(own.send(row, key="one").status_code)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) <= {201, 409} and 201 in found and len(found) == 4
    assert counts(service) == (1, 1)


def test_A20_many_replays_have_one_effect(
    service: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetingsvc.usecases.feed_tokens.PER_MINUTE", 10**6)
    row = a_row()
    for _ in range(200 if service.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else 50):
        assert machine.send(row, key="one").status_code == 201
    assert counts(service) == (1, 1)
