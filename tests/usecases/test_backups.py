"""Backups: what comes out is what went in, and nothing that was altered comes out (security.md D8)."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask

from agenda.rules import RuleBroken
from meetingsvc import jobs
from meetingsvc.app import create_core
from meetingsvc.backup import Damaged
from meetingsvc.cli import commands
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import acting, audit
from meetingsvc.store import backups as store
from meetingsvc.store.jobs import Held, Outcome, Overtaken, holding
from meetingsvc.usecases import areas
from meetingsvc.usecases.backup_ends import kept
from meetingsvc.usecases.backups import back_up, check, restore
from meetingsvc.usecases.jobs import NotSetUp, Trouble
from tests.builders import a_row, take_in
from tests.servers import apps
from tests.servers.databases import Copies

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=6)
SURNAME = "Canarywood"


@pytest.fixture
def ready(core_app: Flask, settings_for_tests: Settings, copies: Copies) -> Settings:
    """With a role of PostgreSQL that only makes backups (docs/postgresql.md)."""
    url = store.url_of(settings_for_tests.database_url)
    if url.get_backend_name() == store.SQLITE:
        return settings_for_tests
    with copies.above(settings_for_tests.database_url) as connection:
        with suppress(psycopg.errors.DuplicateObject):
            connection.execute("CREATE ROLE meetingsvc_backup LOGIN NOSUPERUSER BYPASSRLS PASSWORD 'backup'")
        connection.execute("GRANT pg_read_all_data TO meetingsvc_backup")
    role = url.set(username="meetingsvc_backup", password="backup")
    return replace(settings_for_tests, backup_url=role.render_as_string(hide_password=False))


@pytest.fixture
def made(ready: Settings, area_id: UUID) -> Path:
    """A backup of an area with an incident."""
    take_in(area_id, a_row(victim_surname=SURNAME), at=NOW)
    return back_up(ready, NOW)


@pytest.fixture
def elsewhere(settings_for_tests: Settings, empty_database_url: str) -> Iterator[Settings]:
    """A new installation with the same keys, and nothing in its database."""
    yield replace(settings_for_tests, database_url=empty_database_url)
    apps.forget(empty_database_url)


def test_D8_what_is_restored_holds_the_same_rows_and_the_same_end_of_the_trail(
    made: Path, settings_for_tests: Settings, elsewhere: Settings
) -> None:
    before = store.facts_now(db.engine.url)
    assert before.rows["incident"] > 0 and before.audit_line > 0
    other = create_core(elsewhere)
    with other.app_context(), acting.service():
        held = restore(elsewhere, made, LATER)
        assert held.facts == before
        after = store.facts_now(db.engine.url)
        assert {name for name, rows in after.rows.items() if rows != before.rows[name]} == {
            "audit",
            "job_slot",
        }
        assert audit.verify() == (before.audit_line + 1, None) and after.audit_line == before.audit_line + 1
        assert areas.create("new", date(2026, 11, 2), NOW), "it can be worked in"
        with pytest.raises(RuleBroken, match="not empty"):
            restore(elsewhere, made, LATER)
        db.session.remove()
        db.engine.dispose()


def test_nothing_that_people_wrote_can_be_read_in_a_backup_and_none_lies_beside_it(made: Path) -> None:
    assert SURNAME.encode() not in made.read_bytes()
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert made.stat().st_mode & 0o777 == 0o600 and made.parent.stat().st_mode & 0o777 == 0o700


def test_a_damaged_backup_changes_nothing(made: Path, elsewhere: Settings) -> None:
    made.write_bytes(made.read_bytes()[:-1])
    other = create_core(elsewhere)
    with other.app_context(), acting.service():
        with pytest.raises(RuleBroken, match="Nothing was restored"):
            restore(elsewhere, made, LATER)
        assert store.is_empty(db.engine.url)
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_D8_a_log_left_beside_the_file_is_not_written_into_what_is_restored(
    made: Path, elsewhere: Settings
) -> None:
    path = Path(str(store.url_of(elsewhere.database_url).database))
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}-wal").write_bytes(b"of another database")
    with create_core(elsewhere).app_context(), acting.service(), pytest.raises(RuleBroken, match="not empty"):
        restore(elsewhere, made, LATER)


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_what_is_written_while_it_is_copied_is_in_the_next_one(
    core_app: Flask, area_id: UUID, settings_for_tests: Settings, tmp_path: Path
) -> None:
    """Counts and content are of one moment."""
    with store.copied(db.engine.url, tmp_path) as (facts, content):
        areas.create("later", date(2026, 11, 2), NOW)
        (copy := tmp_path / "copy.db").write_bytes(b"".join(content))
    with closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("SELECT count(*) FROM area").fetchone() == (1,) == (facts.rows["area"],)


def nights(folder: Path, days: Iterable[int]) -> None:
    """Files as backups are called, of so many days before NOW."""
    folder.mkdir(exist_ok=True)
    for day in days:
        (folder / f"{NOW - timedelta(days=day):meetingsvc-%Y%m%dT%H%M%S%fZ}.backup").write_bytes(b"x")


def days_kept(folder: Path) -> list[int]:
    return [(NOW - at).days for at, _ in kept(folder)]


@pytest.mark.one_database
def test_E_old_backups_are_forgotten_a_few_at_once_and_the_newest_stay(ready: Settings) -> None:
    settings, folder = replace(ready, backup_days=14), ready.data_dir / "backups"
    nights(folder, range(1, 20))
    (left := folder / "meetingsvc-x.part").write_bytes(b"")
    os.utime(left, (0, 0))
    back_up(settings, NOW)
    assert days_kept(folder) == [*range(17)] and not left.exists()
    back_up(settings, NOW + timedelta(seconds=1))
    assert days_kept(folder) == [-1, *range(14)]
    short = replace(ready, backup_days=2)
    for seconds in range(2, 6):
        back_up(short, NOW + timedelta(seconds=seconds))
    assert days_kept(folder)[-1] == 1


@pytest.mark.one_database
@pytest.mark.parametrize("away", [44, 3])
def test_D8_a_clock_that_leaps_forwards_takes_no_backup_away(ready: Settings, away: int) -> None:
    """A service that was down for a week makes one as well."""
    settings, folder = replace(ready, backup_days=2), ready.data_dir / "backups"
    nights(folder, range(14))
    back_up(settings, NOW + timedelta(days=away))
    assert days_kept(folder) == [-away, *range(14)]


@pytest.mark.one_database
def test_D8_a_backup_of_a_later_time_is_told_and_one_is_made_all_the_same(ready: Settings) -> None:
    folder = ready.data_dir / "backups"
    nights(folder, (-44, *range(1, 14)))
    with pytest.raises(Trouble, match="It was made, but .* later time"):
        back_up(ready, NOW)
    assert days_kept(folder) == [-44, *range(14)]


@pytest.mark.parametrize("copies", ["postgresql"], indirect=True)
def test_a_role_that_the_policies_hold_for_makes_no_backup_that_lacks_rows(
    core_app: Flask, settings_for_tests: Settings
) -> None:
    with pytest.raises(NotSetUp, match="MEETINGSVC_BACKUP_URL"):
        back_up(settings_for_tests, NOW)
    assert not list((settings_for_tests.data_dir / "backups").iterdir())


@pytest.mark.parametrize("copies", ["postgresql"], indirect=True)
def test_without_pg_dump_it_says_so_plainly(
    core_app: Flask, settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotSetUp, match="pg_dump is not on the PATH"):
        back_up(settings_for_tests, NOW)
    job = jobs.named("back-up")
    assert job is not None
    assert jobs.take_turn(core_app, settings_for_tests, job) is Outcome.UNSET
    assert not list(kept(settings_for_tests.data_dir / "backups"))


@pytest.mark.one_database
def test_without_a_key_there_is_none(core_app: Flask, settings_for_tests: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotSetUp, match="MEETINGSVC_BACKUP_KEY_FILE"):
        back_up(replace(settings_for_tests, secret_key=""), NOW)
    (key := tmp_path / "key").write_bytes(b"b" * 32 + b"\n" + b"a" * 32)
    own = replace(settings_for_tests, backup_key_file=key)
    made = back_up(own, NOW)
    key.write_bytes(b"c" * 32 + b"\n" + b"b" * 32)
    assert check(own, made).kind in ("sqlite", "postgresql"), "a key that is no longer the first opens"
    with pytest.raises(Damaged):
        check(settings_for_tests, made)


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_both_are_commands(made: Path, settings_for_tests: Settings, tmp_path: Path) -> None:
    env = {"MEETINGSVC_DATABASE_URL": settings_for_tests.database_url, "MEETINGSVC_SECRET_KEY": "k" * 32,
           "MEETINGSVC_DATA_DIR": str(tmp_path / "other")}  # fmt: skip
    run = CliRunner().invoke
    said = run(commands, ["backup"], env=env)
    assert said.exit_code == 0 and ".backup" in said.output and "rows" in said.output
    assert run(commands, ["restore", "--check", str(made)], env=env).output.startswith(
        "Whole. Made 2026-11-23"
    )
    env["MEETINGSVC_DATABASE_URL"] = f"sqlite:///{tmp_path}/new.db"
    assert run(commands, ["restore", str(made)], env=env).output.startswith("Restored.")
    refused = run(commands, ["restore", str(made)], env=env)
    assert isinstance(refused.exception, RuleBroken)


def test_a_worker_whose_turn_has_passed_to_another_keeps_no_backup(ready: Settings) -> None:
    with holding(Held("back-up", "2026-11-23", 1, timedelta(hours=1), lambda: NOW)), pytest.raises(Overtaken):
        back_up(ready, NOW)
    assert list((ready.data_dir / "backups").iterdir()) == []
