"""The ticker, and each job as a command."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc import jobs, worker
from meetingsvc.cli import main
from meetingsvc.config import Settings
from meetingsvc.jobs import Job
from meetingsvc.models import JobSlotRow, SignInAttemptRow, db
from meetingsvc.store import sessions
from meetingsvc.store.jobs import Outcome, holding
from meetingsvc.usecases import jobs as slots
from meetingsvc.usecases.job_plans import Nightly
from meetingsvc.usecases.transaction import saved

NIGHT = Nightly(time(2, 15))


def rows() -> list[JobSlotRow]:
    db.session.rollback()
    return list(db.session.scalars(select(JobSlotRow).order_by(JobSlotRow.job)))


def test_a_tick_does_what_is_due_and_the_next_finds_it_done(
    core_app: Flask, settings_for_tests: Settings
) -> None:
    done: list[int] = []
    job = Job("work", NIGHT, lambda settings: done.append(1))
    for _ in range(3):
        worker.tick(core_app, settings_for_tests, job)
    assert len(done) == 1
    assert [(row.job, row.outcome, row.token) for row in rows()] == [("work", Outcome.DONE, 1)]


def test_a_job_that_was_overtaken_leaves_nothing(core_app: Flask, settings_for_tests: Settings) -> None:
    """Its lease runs out while it works, and another worker takes the slot."""

    def sleeps(settings: Settings) -> None:
        later = datetime.now(UTC) + timedelta(minutes=5)
        with holding(None):  # another process
            assert slots.take("work", NIGHT, timedelta(minutes=4), lambda: later)
        with saved():
            sessions.note_attempt("account:one", later)

    assert jobs.take_turn(core_app, settings_for_tests, Job("work", NIGHT, sleeps)) is Outcome.LOST
    db.session.rollback()
    assert db.session.scalars(select(SignInAttemptRow)).all() == []
    (row,) = rows()
    assert row.token == 2 and row.ended_at is None, "it is the other's now"


def test_trouble_is_shown_in_its_own_words_and_any_other_failure_by_its_kind(
    core_app: Flask, settings_for_tests: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def troubled(settings: Settings) -> None:
        raise slots.Trouble("No disk is left.")

    def fails(settings: Settings) -> None:
        raise ValueError("Wren Ashdown")

    for name, work in (("first", troubled), ("second", fails)):
        assert jobs.take_turn(core_app, settings_for_tests, Job(name, NIGHT, work)) is Outcome.FAILED
    assert [row.said for row in rows()] == ["No disk is left.", "ValueError"]
    assert "Wren" not in capsys.readouterr().out


def test_once_does_a_job_again_and_leaves_what_another_is_at_but_where_each_thing_is_claimed(
    core_app: Flask, settings_for_tests: Settings
) -> None:
    done: list[str] = []
    plain = Job("plain", NIGHT, lambda settings: done.append("plain"))
    claims = Job("claims", NIGHT, lambda settings: done.append("claims"), own_claims=True)
    for _ in range(2):
        assert jobs.run_once(core_app, settings_for_tests, [plain, claims])
    assert done == ["plain", "claims"] * 2
    for job in (plain, claims):
        assert slots.take(job.name, NIGHT, job.lease, lambda: datetime.now(UTC), again=True)
    done.clear()
    assert jobs.run_once(core_app, settings_for_tests, [plain, claims])
    assert done == ["claims"]


def test_forgetting_ends_its_slot_in_its_own_transaction(
    core_app: Flask, settings_for_tests: Settings
) -> None:
    job = jobs.named("forget")
    assert job is not None
    assert jobs.take_turn(core_app, settings_for_tests, job) is Outcome.DONE
    assert [row.outcome for row in rows()] == [Outcome.DONE]


@pytest.mark.parametrize("name", [job.name for job in jobs.JOBS if job.name != "back-up"])
@pytest.mark.one_database
def test_every_job_is_a_command_that_may_be_given_twice(
    database_url: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("MEETINGSVC_DATABASE_URL", database_url)
    monkeypatch.setenv("MEETINGSVC_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MEETINGSVC_SECRET_KEY", "k" * 32)
    for arguments, said in (([name], "Done."), ([name], "Nothing was done."), ([name, "--again"], "Done.")):
        monkeypatch.setattr("sys.argv", ["meetingsvc", "job", *arguments])
        try:
            main()
        except SystemExit as ended:
            assert not ended.code
        printed = capsys.readouterr().out
        if said == "Nothing was done." and "Done." in printed:
            continue  # a new turn began between the two
        assert said in printed


def test_a_job_that_is_not_there_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, code, said in (([], 0, "send-outbox"), (["tidy"], 2, "There is no job 'tidy'")):
        monkeypatch.setattr("sys.argv", ["meetingsvc", "job", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0) == code
        told = capsys.readouterr()
        assert said in told.out + told.err
