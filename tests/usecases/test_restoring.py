"""After a restore nothing that was ended since opens again, and nothing leaves by itself (security.md D8)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from agenda.rules import RuleBroken
from meetingsvc import clock, doctor, jobs
from meetingsvc.app import create_core
from meetingsvc.cli import commands
from meetingsvc.config import Settings
from meetingsvc.mail import Cleared
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    AuditRow,
    OutboxRow,
    PackCopyRow,
    PublicLetterRow,
    SessionRow,
    db,
)
from meetingsvc.store import acting, areas, public_referrers, restored, sessions
from meetingsvc.store.outbox import Message, State
from meetingsvc.store.restored import Closed
from meetingsvc.usecases import calendar_feeds, feed_tokens, outbox, restoring
from meetingsvc.usecases import jobs as slots
from meetingsvc.usecases import packs as usecase
from meetingsvc.usecases.backups import back_up, restore
from meetingsvc.usecases.transaction import saved
from notifications.outgoing import What
from tests.a_marac import NOW
from tests.a_recalled_pack import Out
from tests.a_token import a_token
from tests.usecases.test_backups import elsewhere, ready

__all__ = ["elsewhere", "ready"]
NIGHT, MORNING = NOW + timedelta(hours=19), NOW + timedelta(hours=24)


class Before:
    """What was there in the night, and was ended the next morning; a letter had not left yet."""

    def __init__(self, area_id: UUID) -> None:
        self.out = out = Out(area_id).publish()
        with saved():
            row = db.session.get_one(AreaRow, area_id)
            row.settings = areas.settings_json(replace(areas.settings_of(row), mail_packs=True))
            db.session.get_one(AccountRow, out.joan.account_id).email = "joan@homes.gov.uk"
            db.session.query(OutboxRow).delete()
            sessions.start("k" * 64, out.tomasz.account_id, {}, NOW)
            who = public_referrers.named(area_id, "pat@refuge.example", "Pat", "Refuge", NOW)
            public_referrers.put(area_id, who, NOW)
        usecase.make_copy(out.joan, out.pack_id, 0, NOW, by_mail=True)
        self.link = calendar_feeds.make(out.tomasz, NOW)
        self.token = a_token(area_id).token
        self.area_id = area_id

    def opens(self) -> list[str]:
        """Which of them let somebody in."""
        found = ["session"] if db.session.scalars(select(SessionRow)).all() else []
        for name, ask in (
            ("calendar", lambda: calendar_feeds.read(self.link, "1.2.3.4", MORNING)),
            ("token", lambda: feed_tokens.admit(self.token, "1.2.3.4", MORNING)),
        ):
            try:
                ask()
                found.append(name)
            except (HTTPException, RuleBroken):
                continue
        return found


@pytest.fixture
def before(core_app: Flask, area_id: UUID) -> Before:
    return Before(area_id)


@pytest.fixture
def file(before: Before, ready: Settings) -> Path:
    return back_up(ready, NIGHT)


@pytest.fixture
def back(file: Path, elsewhere: Settings) -> Iterator[Flask]:
    """What was restored into."""
    app = create_core(elsewhere)
    with app.app_context(), acting.service():
        restore(elsewhere, file, MORNING)
        yield app
        db.session.remove()
        db.engine.dispose()


def test_D8_a_restore_brings_no_session_link_or_token_back_and_parks_letters(
    before: Before, back: Flask
) -> None:
    assert before.opens() == []
    told = db.session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert told and told.action == "backup.restored"
    assert told.detail == {"sessions": 1, "links": 1, "tokens": 1, "letters": 1}
    (letter,) = db.session.scalars(select(OutboxRow).where(OutboxRow.what == What.LETTER))
    assert letter.state == State.PARKED and "restored" in letter.why
    (copy,) = db.session.scalars(select(PackCopyRow))
    assert copy.mailed_at == MORNING, "it may have been sent: who recalls the pack asks for it"


def test_L2_a_restore_that_dies_halfway_leaves_the_service_closed(
    file: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before what was destroyed since is destroyed again nobody is let in, whatever goes wrong."""
    app = create_core(elsewhere)
    with app.app_context(), acting.service():
        monkeypatch.setattr("meetingsvc.store.schema.bring_up_to_date", lambda: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            restore(elsewhere, file, MORNING)
        assert restored.closed() is Closed.TO_ALL
        db.session.remove()
        db.engine.dispose()


@pytest.mark.one_database
def test_D8_they_opened_before(before: Before) -> None:
    assert before.opens() == ["session", "calendar", "token"]


@pytest.mark.one_database
def test_D8_a_restore_sends_no_letter_by_itself(before: Before, back: Flask) -> None:
    left: list[What] = []

    def carry(cleared: Cleared, message: Message, now: object) -> None:
        left.append(message.what)

    outbox.send_waiting(carry, lambda: MORNING)
    assert What.LETTER not in left
    assert [row.state for row in db.session.scalars(select(PublicLetterRow))] == [State.REFUSED]


@pytest.mark.one_database
def test_D8_timed_work_stands_still_until_a_person_opens_the_service(
    back: Flask, elsewhere: Settings
) -> None:
    done: list[Settings] = []
    job = replace(jobs.JOBS[0], work=done.append)
    for to in (Closed.TO_OTHERS, None):
        jobs.run_once(back, elsewhere, [job])
        assert not done and not is_due(job)
        restoring.reopen(to, MORNING)
    jobs.run_once(back, elsewhere, [job])
    assert done and is_due(job)


def is_due(job: jobs.Job) -> bool:
    return slots.is_due(job.name, job.plan, job.lease, clock.now() + timedelta(days=3))


@pytest.mark.one_database
def test_D8_it_is_opened_in_two_steps_and_once(back: Flask, elsewhere: Settings) -> None:
    assert any("restored" in finding.what for finding in doctor.examine(elsewhere))
    with pytest.raises(RuleBroken, match="those who run meetings first"):
        restoring.reopen(None, MORNING)
    assert restored.closed() is Closed.TO_ALL and restored.since() == NIGHT
    restoring.reopen(Closed.TO_OTHERS, MORNING)
    assert restored.closed() is Closed.TO_OTHERS
    restoring.reopen(None, MORNING)
    assert restored.closed() is None
    with pytest.raises(RuleBroken, match="is open"):
        restoring.reopen(None, MORNING)


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
def test_D8_the_commands_say_what_is_to_be_done_and_ask(file: Path, ready: Settings, tmp_path: Path) -> None:
    env = {"MEETINGSVC_DATABASE_URL": f"sqlite:///{tmp_path}/new.db",
           "MEETINGSVC_SECRET_KEY": ready.secret_key, "MEETINGSVC_DATA_DIR": str(ready.data_dir)}  # fmt: skip
    run = CliRunner().invoke
    said = run(commands, ["restore", str(file)], env=env).output
    assert "The service is closed." in said and "disabled again" in said and "recalled again" in said
    assert run(commands, ["reopen", "--coordinators"], env=env, input="n\n").exit_code == 1
    assert run(commands, ["reopen", "--coordinators"], env=env, input="y\n").exit_code == 0
    assert run(commands, ["reopen"], env=env, input="y\n").output.endswith("Open.\n")
    assert isinstance(run(commands, ["reopen"], env=env, input="y\n").exception, RuleBroken)


@pytest.mark.one_database
def test_a_backup_of_a_newer_version_is_not_restored(
    ready: Settings, area_id: UUID, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("meetingsvc.store.schema.current", lambda: "9999")
        made = back_up(ready, NIGHT)
    with create_core(elsewhere).app_context(), acting.service():
        with pytest.raises(RuleBroken, match="newer version"):
            restore(elsewhere, made, MORNING)
        db.session.remove()
        db.engine.dispose()
