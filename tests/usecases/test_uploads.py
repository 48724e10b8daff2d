"""An uploaded file is taken in once, whole or not at all, also after a process was killed."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from agenda.agencies import AgencyKind
from agenda.feed_file import Refused
from agenda.rules import RuleBroken
from meetingsvc.config import Settings
from meetingsvc.models import AuditRow, ImportRow, IncidentRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import uploads as store
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader
from meetingsvc.usecases import accounts, agencies, feed, uploads
from meetingsvc.usecases.transaction import saved
from tests.builders import a_hearing, a_row, feed_csv, take_in, take_in_history

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture
def settings(core_app: Flask) -> Settings:
    found: Settings = core_app.config["SETTINGS"]
    return found


@pytest.fixture
def coordinator(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> Principal:
    monkeypatch.setattr(accounts, "hashed", lambda password: "x")
    with saved():
        police = agencies.create(area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "test", NOW)
        account = accounts.create(
            police, Role.COORDINATOR, "Ada", "ada@northmoor.example", "x" * 12, "test", NOW
        )
    found = account_store.principal(account, NOW)
    assert found is not None
    return found


@pytest.fixture
def sent(coordinator: Principal, settings: Settings) -> Iterator[UUID]:
    """A file that waits."""
    content = io.BytesIO(feed_csv(a_row(), a_row()))
    yield uploads.receive(coordinator, content, "feed.csv", "feed", settings, NOW)


def state(import_id: UUID) -> str:
    db.session.rollback()
    return db.session.scalars(select(ImportRow.state).where(ImportRow.id == import_id)).one()


def incidents() -> int:
    return db.session.scalar(select(func.count()).select_from(IncidentRow)) or 0


def test_what_waits_is_taken_in_once(sent: UUID, settings: Settings) -> None:
    assert state(sent) == "waiting"
    assert uploads.run_waiting(settings, NOW) == 1
    assert uploads.run_waiting(settings, NOW) == 0
    assert (state(sent), incidents()) == ("done", 2)
    assert not store.spool(settings, sent).exists()


def test_the_file_is_readable_by_the_service_alone(sent: UUID, settings: Settings) -> None:
    assert store.spool(settings, sent).stat().st_mode & 0o077 == 0
    assert store.folder(settings).stat().st_mode & 0o077 == 0


def test_a_living_claim_is_respected_and_a_dead_one_taken_over(sent: UUID, settings: Settings) -> None:
    assert uploads._claim(NOW) is not None  # and the process is killed
    assert uploads.run_waiting(settings, NOW + timedelta(minutes=4)) == 0
    assert uploads.run_waiting(settings, NOW + timedelta(minutes=6)) == 1
    assert incidents() == 2


def test_a_process_killed_in_the_middle_has_stored_nothing(
    sent: UUID, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(feed.Importing, "finish", dies)
        with pytest.raises(Killed):
            uploads.run_waiting(settings, NOW)
    assert (state(sent), incidents()) == ("waiting", 0)
    assert uploads.run_waiting(settings, NOW + timedelta(minutes=6)) == 1
    assert (state(sent), incidents()) == ("done", 2)


def test_a_second_process_that_holds_the_same_claim_does_nothing(sent: UUID, settings: Settings) -> None:
    claimed = uploads._claim(NOW)
    assert claimed is not None
    uploads._run(settings, claimed, NOW)
    store.spool(settings, sent).write_bytes(feed_csv(a_row()))
    uploads._run(settings, claimed, NOW)
    assert incidents() == 2


def test_a_fault_is_told_with_a_reference_and_stores_nothing(
    sent: UUID, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("Niamh Thistlewood")

    monkeypatch.setattr(feed.Importing, "finish", fails)
    uploads.run_waiting(settings, NOW)
    row = db.session.get_one(ImportRow, sent)
    assert (row.state, incidents()) == ("refused", 0)
    assert "fault of the service" in row.refused and "Niamh" not in row.refused


def test_a_lost_file_is_said_to_be_lost(sent: UUID, settings: Settings) -> None:
    store.spool(settings, sent).unlink()
    uploads.run_waiting(settings, NOW)
    assert "Send it again" in db.session.get_one(ImportRow, sent).refused


def test_progress_is_read_beside_the_database(sent: UUID, settings: Settings) -> None:
    size = store.spool(settings, sent).stat().st_size
    assert store.progress(settings, sent) == (0, 0)
    store.progress_file(settings, sent).write_text("10")
    assert store.progress(settings, sent) == (10, size)


def test_files_that_no_import_waits_for_are_swept_after_an_hour(sent: UUID, settings: Settings) -> None:
    uploads._claim(NOW)
    stray = store.folder(settings) / str(UUID(int=1))
    stray.write_text("left behind")
    later = NOW + timedelta(minutes=3)
    long_ago = (NOW - timedelta(hours=2)).timestamp()
    for path in (stray, store.spool(settings, sent)):
        os.utime(path, (long_ago, long_ago))
    uploads.run_waiting(settings, later)
    assert not stray.exists() and store.spool(settings, sent).exists()


def still_out(reader: Reader, import_id: UUID) -> int:
    shown = store.found(reader, import_id)
    assert shown is not None
    return store.still_out(reader, shown)


def test_what_has_not_come_in_since_is_counted_and_needs_a_reason(
    coordinator: Principal, area_id: UUID, settings: Settings
) -> None:
    known, twice, other = a_row(risk="medium"), a_row(), a_row()
    take_in(area_id, known)
    wrong = [row | {"risk": "severe"} for row in (known, twice, twice, other)]
    nameless = other | {"occurrence_number": ""}
    tally = take_in(area_id, *wrong, nameless, at=NOW)
    sent = tally.import_id
    assert sent is not None
    assert still_out(coordinator, sent) == 4, (
        "two new ones, a change to a known one, and one without a number"
    )
    with pytest.raises(RuleBroken, match="Say why"):
        uploads.dealt_with(coordinator, sent, "  ", NOW)
    assert db.session.get_one(ImportRow, sent).dealt_with_at is None
    take_in(area_id, known | {"risk": "high"}, twice, at=NOW + timedelta(minutes=1))
    assert still_out(coordinator, sent) == 2
    assert uploads.dealt_with(coordinator, sent, "The police took it back", NOW)
    row = db.session.get_one(ImportRow, sent)
    assert (row.dealt_with_by, row.dealt_with_reason) == (coordinator.account_id, "The police took it back")
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "import.dealt_with")).one()
    assert line.detail == {"not_come_in": 2}


def test_the_same_for_past_hearings(area_id: UUID) -> None:
    wrong, right = a_hearing(heard_on="never"), a_hearing()
    tally = take_in_history(area_id, wrong, right)
    assert tally.import_id is not None and still_out(Host(area_id), tally.import_id) == 1
    take_in_history(area_id, wrong | {"heard_on": "2026-06-04"})
    assert still_out(Host(area_id), tally.import_id) == 0


def test_over_the_limit_nothing_is_kept(coordinator: Principal, settings: Settings) -> None:
    small = Settings(settings.database_url, settings.data_dir, feed_limit=10)
    with pytest.raises(Refused, match="larger than 10 bytes"):
        uploads.receive(coordinator, io.BytesIO(b"x" * 11), "a.csv", "feed", small, NOW)
    assert not list(store.folder(settings).glob("*"))
    assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 0
