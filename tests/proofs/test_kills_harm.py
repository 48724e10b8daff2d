"""Proof of the proof: where the service is broken on purpose, the kills find it."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import audit, outbox
from meetingsvc.usecases import feed_messages
from tests.proofs import kills_work
from tests.proofs.kills_arena import Arena, at_each_point, at_random
from tests.proofs.kills_mail import Post, post
from tests.proofs.kills_smtp import certificate, mail_server
from tests.servers import apps
from tests.servers.databases import Copies

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def intake(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    url, folder = copies.make(), tmp_path_factory.mktemp("kills")
    app = apps.core(Settings(url, folder, secret_key="k" * 32))
    made = Arena(app, copies, url, kills_work.intake, 2)
    yield made
    made.close()


@pytest.fixture
def letters(copies: Copies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate(tmp_path)))
    with mail_server(tmp_path) as address:
        with post(copies, tmp_path, address, 3) as made:
            yield made


def test_a_trail_that_is_written_in_a_transaction_of_its_own_is_found(
    intake: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = audit.record

    def apart(*told: Any, **detail: Any) -> Any:
        db.session.commit()
        return record(*told, **detail)

    monkeypatch.setattr(audit, "record", apart)
    found = at_each_point(intake, 1)
    assert (found.torn, found.lost, found.doubled) == (1, 0, 0)


def test_what_is_said_to_be_saved_before_it_is_saved_is_found(
    intake: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.session, "commit", lambda: None)
    assert at_random(intake, 1, seed=1).lost == 1


def test_what_is_done_again_when_it_is_asked_for_again_is_found(
    intake: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_messages, "_digest", lambda *told: uuid4().bytes * 2)
    assert at_each_point(intake, 1).doubled == 1


def test_a_message_that_a_dead_worker_holds_for_a_quarter_of_an_hour_is_found(
    letters: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "STALE", timedelta(minutes=15))
    assert letters.at_each_point(few=True).stuck


def test_a_message_that_is_called_sent_and_never_was_is_found(
    letters: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "send", lambda *told: None)
    assert letters.at_each_point(few=True).lost


def test_a_message_that_leaves_under_another_name_each_time_is_found(
    letters: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = mail.letter

    def renamed(*told: Any) -> EmailMessage:
        made = letter(*told)
        made.replace_header("Message-ID", f"<{uuid4()}@meetings.example>")
        return made

    monkeypatch.setattr(mail, "letter", renamed)
    assert letters.at_each_point(few=True).doubled
