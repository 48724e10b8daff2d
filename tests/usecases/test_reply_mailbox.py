"""The mailbox of answers is read by itself: nothing in it is lost, and nothing counts twice (M4, A20)."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from meetingsvc import jobs
from meetingsvc.config import Settings
from meetingsvc.models import AuditRow, JobSlotRow, db
from meetingsvc.store import invitations as store
from meetingsvc.store.jobs import Outcome
from meetingsvc.usecases import invitation_replies, reply_mailbox
from meetingsvc.usecases.invitation_replies import LONGEST_MAIL
from meetingsvc.usecases.jobs import Trouble
from notifications.answers import Answer
from tests.usecases.test_invitations import LATER, Panel, answers, hostile, mbox, panel, reply, to

__all__ = ["panel"]

on_one = pytest.mark.one_database
JUNK = b"From: a@b.example\nSubject: Out of office\n\nI am away until Monday.\n"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    (folder := tmp_path / "mail").mkdir()
    return folder / "replies"


@pytest.fixture
def told(panel: Panel, box: Path) -> Settings:
    return replace(panel.settings, reply_mailbox=box)


def put(box: Path, *mails: bytes) -> None:
    with box.open("ab") as there:
        there.writelines(mbox(*mails))


def aside(box: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(box.with_name("replies.aside").glob("*.mbox"))]


def beside(box: Path) -> set[str]:
    return {path.name for path in box.parent.iterdir()} - {"replies.reading"}


def kept() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditRow.action == "invitation.answered")) or 0


def test_M4_what_has_come_is_read_once_and_the_mailbox_is_empty(
    panel: Panel, box: Path, told: Settings
) -> None:
    made, letters = panel.plan(), panel.sent()
    mine = reply(to(panel, letters, panel.rep))
    put(box, mine, reply(to(panel, letters, panel.coordinator), "DECLINED"))
    assert reply_mailbox.read(told, LATER) == "Mails read: 2; answers kept: 2."
    assert answers(panel, made) == {"Joan Akande": Answer.ACCEPTED, "Morgan": Answer.DECLINED}
    assert box.read_bytes() == b"" and beside(box) == {"replies"}
    assert reply_mailbox.read(told, LATER) == "No mail has come."
    put(box, mine)
    assert reply_mailbox.read(told, LATER) == "Mails read: 1; answers kept: 0."
    assert kept() == 2 and not aside(box), "known already: nothing changed"


def test_A20_what_is_no_answer_is_set_aside_whole_and_keeps_no_other_from_being_read(
    panel: Panel, box: Path, told: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    made, letters = panel.plan(), panel.sent()
    mine = to(panel, letters, panel.rep)
    long = JUNK + b"x" * LONGEST_MAIL + b"\nThistlewood\n"
    put(box, JUNK, long, reply(mine))
    assert reply_mailbox.read(told, LATER) == (
        "Mails read: 3; answers kept: 1; set aside, for a person to look at: 2."
    )
    assert answers(panel, made)["Joan Akande"] is Answer.ACCEPTED
    found = aside(box)
    assert sorted(map(len, found)) == sorted(len(b"".join(mbox(one))) for one in (JUNK, long))
    assert any(one.endswith(b"\nThistlewood\n\n\n") for one in found) and any(JUNK in one for one in found)
    put(box, JUNK)
    said = reply_mailbox.read(told, LATER)
    assert said == "Mails read: 1; answers kept: 0; set aside, for a person to look at: 2.", (
        "the same mail is there once"
    )
    assert all(word not in said + capsys.readouterr().out for word in ("a@b.example", "Thistle", "away"))
    folder = box.with_name("replies.aside")
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())} == {0o700, 0o600}
    with min(folder.glob("*.mbox"), key=lambda one: one.stat().st_size).open("rb") as lines:
        assert len(invitation_replies.from_mailbox(lines, LATER)) == 1, "the command reads it, too"


@on_one
def test_A20_nothing_hostile_counts_or_is_lost(panel: Panel, box: Path, told: Settings) -> None:
    made, letters = panel.plan(), panel.sent()
    bad = hostile(to(panel, letters, panel.rep), to(panel, letters, panel.coordinator))
    put(box, *bad.values())
    reply_mailbox.read(told, LATER)
    assert set(answers(panel, made).values()) == {None}
    whole = b"".join(aside(box))
    assert all(raw.strip() in whole for raw in bad.values())


@pytest.mark.parametrize("dies", ["_set_aside", "of_mail"])
def test_D6_a_worker_that_dies_leaves_everything_to_the_next(
    panel: Panel, box: Path, told: Settings, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    made, letters = panel.plan(), panel.sent()
    put(box, reply(to(panel, letters, panel.rep)), JUNK, reply(to(panel, letters, panel.coordinator)))

    def killed(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(reply_mailbox, dies, killed)
        reply_mailbox.read(told, LATER)
    assert box.read_bytes() == b"" and "replies.taken" in beside(box)
    put(box, JUNK.replace(b"Monday", b"Friday"))
    assert reply_mailbox.read(told, LATER).startswith("Mails read: 3;")
    assert set(answers(panel, made).values()) == {Answer.ACCEPTED}
    reply_mailbox.read(told, LATER)
    assert len(aside(box)) == 2 and kept() == 2 and "replies.taken" not in beside(box)


@on_one
def test_D6_one_that_dies_between_taking_and_emptying_reads_twice_and_keeps_once(
    panel: Panel, box: Path, told: Settings
) -> None:
    panel.plan()
    mine = reply(to(panel, panel.sent(), panel.rep))
    put(box, mine, JUNK)
    box.with_name("replies.taken").write_bytes(box.read_bytes())
    assert [reply_mailbox.read(told, LATER)[:13] for _ in range(2)] == ["Mails read: 2"] * 2
    assert (kept(), len(aside(box)), box.read_bytes()) == (1, 1, b"")


@on_one
def test_A20_without_a_database_no_mail_is_at_fault(
    panel: Panel, box: Path, told: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.plan()
    put(box, reply(to(panel, panel.sent(), panel.rep)))

    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception())

    with monkeypatch.context() as broken, pytest.raises(OperationalError):
        broken.setattr(store, "meant", away)
        reply_mailbox.read(told, LATER)
    assert not aside(box)
    assert reply_mailbox.read(told, LATER) == "Mails read: 1; answers kept: 1."


@contextmanager
def held_elsewhere(path: Path, lock: str) -> Iterator[None]:
    """Another process has it locked, as a mail server or another worker does."""
    code = (
        "import fcntl, sys; file = open(sys.argv[1], 'ab'); "
        f"fcntl.{lock}(file, fcntl.LOCK_EX); print('locked', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            other.communicate()


@on_one
@pytest.mark.parametrize(("name", "lock"), [("replies", "lockf"), ("replies.reading", "flock")])
def test_A20_what_another_process_is_at_waits(box: Path, told: Settings, name: str, lock: str) -> None:
    put(box, JUNK)
    with held_elsewhere(box.with_name(name), lock):
        assert reply_mailbox.read(told, LATER) == "The mailbox is in use: it is read next time."
    assert box.stat().st_size and not aside(box)
    assert reply_mailbox.read(told, LATER).startswith("Mails read: 1")


@on_one
def test_A20_where_it_is_not_there_nothing_has_come_and_what_cannot_be_read_is_said(
    box: Path, told: Settings
) -> None:
    assert reply_mailbox.read(replace(told, reply_mailbox=None), LATER) == "No mailbox is set."
    assert reply_mailbox.read(told, LATER) == "No mail has come."
    box.mkdir()
    (box / "new").write_bytes(JUNK)
    with pytest.raises(Trouble, match="cannot be read: Is a directory"):
        reply_mailbox.read(told, LATER)


def test_it_is_a_job_and_the_page_says_how_many(
    core_app: Flask, settings_for_tests: Settings, box: Path, area_id: UUID
) -> None:
    job = jobs.named("read-replies")
    assert job is not None and area_id
    put(box, JUNK)
    settings = replace(settings_for_tests, reply_mailbox=box)
    assert jobs.take_turn(core_app, settings, job) is Outcome.DONE
    db.session.rollback()
    said = db.session.scalars(select(JobSlotRow.said).where(JobSlotRow.job == job.name)).all()
    assert said == ["Mails read: 1; answers kept: 0; set aside, for a person to look at: 1."]
    assert Settings.from_env({"MEETINGSVC_REPLY_MAILBOX": str(box)}).reply_mailbox == box
