"""`meetingsvc doctor` finds each thing, and says how to mend it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, select, update

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from meetingsvc import assets, clock, doctor
from meetingsvc.app import create_core
from meetingsvc.cli import commands
from meetingsvc.config import Settings
from meetingsvc.models import AreaRow, IncidentRow, JobSlotRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, areas, outbox
from meetingsvc.store.jobs import Outcome
from meetingsvc.store.outbox import State
from meetingsvc.usecases import accounts, agencies, jobs, matching_weights
from meetingsvc.usecases.job_plans import Every
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.builders import a_row, take_in

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@pytest.fixture
def sound(core_app: Flask, area_id: UUID, settings_for_tests: Settings) -> Settings:
    """An installation with nothing wrong."""
    settings_for_tests.data_dir.chmod(0o700)
    if settings_for_tests.database_url.startswith("sqlite"):
        for path in Path(str(db.engine.url.database)).parent.glob("*.db*"):
            path.chmod(0o600)
    with saved():
        agency = agencies.create(area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "test", NOW)
        accounts.create(
            agency, Role.COORDINATOR, "Wren", "wren@police.example", "invented for a test", "test", NOW
        )
        told = areas.settings_json(AreaSettings(marac_anchor=date(2026, 12, 3)))
        db.session.get_one(AreaRow, area_id).settings = told
    assert jobs.take("work", Every(timedelta(seconds=20)), timedelta(minutes=4), clock.now)
    return replace(settings_for_tests, smtp_url="smtp://mail.example", mail_from="meetings@panel.example")


def wrong(settings: Settings) -> list[str]:
    db.session.rollback()
    return [finding.what for finding in doctor.examine(settings) if not finding.only_worth_knowing]


def test_a_sound_installation_has_nothing_wrong(sound: Settings) -> None:
    assert wrong(sound) == []


@pytest.mark.parametrize(
    "change, found",
    [
        (lambda s: replace(s, secret_key="short"), "There is no secret key."),
        (lambda s: replace(s, debug=True), "Debugging is on."),
        (lambda s: replace(s, host="0.0.0.0"), "A public address without TLS."),
        (lambda s: replace(s, smtp_url=""), "Mail is not set up: nobody is told that a pack waits."),
        (lambda s: replace(s, mail_from=""), "Mail has no sender."),
    ],
)
def test_each_setting_is_examined(
    sound: Settings, change: Callable[[Settings], Settings], found: str
) -> None:
    assert wrong(change(sound)) == [found]


def test_a_mail_server_that_nobody_signs_in_to_is_warned_of(sound: Settings) -> None:
    for url, warned in (("smtp://mail.example", True), ("smtp://panel:an-invented-one@mail.example", False)):
        found = [one for one in doctor.examine(replace(sound, smtp_url=url)) if "without a user" in one.what]
        assert [one.only_worth_knowing for one in found] == [True] * warned


def test_a_worker_that_does_not_run_is_found(sound: Settings) -> None:
    with saved():
        (row,) = db.session.scalars(select(JobSlotRow))
        row.started_at -= timedelta(minutes=11)
    assert [found.split(".")[0] for found in wrong(sound)] == ["No worker has run for ten minutes or longer"]
    with saved():
        db.session.execute(delete(JobSlotRow))
    assert [found.split(".")[0] for found in wrong(sound)] == ["No worker has ever run"]


def test_a_backup_that_was_not_made_is_found(sound: Settings) -> None:
    with saved():
        (row,) = db.session.scalars(select(JobSlotRow))
        row.job, row.ended_at, row.outcome, row.said = "back-up", row.started_at, Outcome.FAILED, "OSError"
    assert wrong(sound) == ["The last nightly backup was not made: OSError"]


@pytest.mark.parametrize(
    ("notice", "urgent", "days", "found"),
    [
        (Notice.ALARM, True, 1, True),
        (Notice.NOT_SENT, False, 1, True),
        (Notice.PACK_READY, False, 1, False),
        (Notice.ALARM, True, 15, False),
    ],
)
def test_V5_urgent_messages_that_were_given_up_are_found(
    sound: Settings, area_id: UUID, notice: Notice, urgent: bool, days: int, found: bool
) -> None:
    context = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/alarms"}
    with saved():
        person = db.session.scalars(select(accounts.AccountRow.id)).one()
        at = clock.now() - timedelta(days=days)
        outbox.put(area_id, person, notice, context, at, urgent=urgent, state=State.FAILED)
    assert wrong(sound) == ["northmoor: urgent messages were given up: 1."] * found


def test_children_of_before_an_upgrade_that_no_search_finds_are_found(sound: Settings, area_id: UUID) -> None:
    take_in(area_id, a_row(children="Milo Thackeray|2015-05-04|Y|victim"))
    assert wrong(sound) == [], "no list has considered it: the next one files them"
    with acting.service(), saved():
        db.session.execute(update(IncidentRow).values(considered=True))
    assert wrong(sound) == [
        "northmoor: children named on incidents from before an upgrade are not found in the search: "
        "1 incidents."
    ]
    assert matching_weights.index_children(area_id) == 1
    assert wrong(sound) == []


def test_what_others_can_read_is_found(sound: Settings) -> None:
    sound.data_dir.chmod(0o755)
    assert wrong(sound) == [f"Others on this machine can look into {sound.data_dir}."]


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)  # PostgreSQL keeps its own files
def test_a_database_others_can_read_is_found(sound: Settings) -> None:
    path = Path(str(db.engine.url.database))
    path.chmod(0o644)
    assert wrong(sound) == [f"Others on this machine can read {path}."]


def test_M1_an_area_without_a_marac_date_is_found(sound: Settings, area_id: UUID) -> None:
    with saved():
        db.session.get_one(AreaRow, area_id).settings = {}
    assert wrong(sound) == ["northmoor: no MARAC date is set."]


def test_an_area_without_a_coordinator_is_found(sound: Settings, area_id: UUID) -> None:
    with saved():
        for account in db.session.query(accounts.AccountRow):
            account.disabled_at = NOW
    assert wrong(sound) == ["northmoor: there is no coordinator."]


def test_missing_assets_are_found(sound: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "missing", lambda: ["vendor/govuk-frontend.min.css"])
    assert wrong(sound) == ["Not built: vendor/govuk-frontend.min.css."]


@pytest.mark.parametrize(
    "version, found", [((3, 11, 9), 1), ((3, 11, 10), 0), ((3, 12, 4), 1), ((3, 13, 0), 0)]
)
def test_a_python_with_known_mail_defects_is_worth_knowing(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], found: int
) -> None:
    class Version(tuple[int, ...]):
        major, minor, micro = version

    monkeypatch.setattr("sys.version_info", Version(version))
    mail = [finding for finding in doctor._program() if "headers" in finding.what]
    assert len(mail) == found and all(finding.only_worth_knowing for finding in mail)


def test_an_old_database_is_found(empty_database_url: str, tmp_path: Path) -> None:
    settings = Settings(empty_database_url, tmp_path, secret_key="k" * 32)
    app = create_core(settings)
    with app.app_context():
        assert "The database is not up to date." in [finding.what for finding in doctor.examine(settings)]
        db.engine.dispose()


def test_the_command_prints_each_mend_and_exits_1(tmp_path: Path) -> None:
    env = {"MEETINGSVC_DATA_DIR": str(tmp_path), "MEETINGSVC_HOST": "", "MEETINGSVC_SECRET_KEY": ""}
    result = CliRunner(env=env).invoke(commands, ["doctor"])
    assert result.exit_code == 1
    assert "Set MEETINGSVC_SECRET_KEY" in result.output
    assert "not up to date" in result.output


def test_the_database_file_is_made_for_the_service_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    app = create_core(Settings(f"sqlite:///{folder}/meetingsvc.db", folder))
    with app.app_context():
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE thing (id INTEGER)")
        assert folder.stat().st_mode & 0o077 == 0
        for path in folder.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path
        db.engine.dispose()
