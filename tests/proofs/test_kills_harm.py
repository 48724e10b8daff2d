"""Proof of the proof: where the service is broken on purpose, the kills find it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete

from agenda import daily_list
from agenda.triage import Heard
from meetingsvc import mail
from meetingsvc.config import Settings
from meetingsvc.models import HearingRow, db
from meetingsvc.store import audit, cases, outbox
from meetingsvc.usecases import feed_messages
from meetingsvc.usecases import lists as building
from tests.proofs import kills_work
from tests.proofs.kills import Unit
from tests.proofs.kills_arena import Arena, at_each_point, at_random
from tests.proofs.kills_mail import Post, post
from tests.proofs.kills_smtp import certificate, mail_server
from tests.servers import apps
from tests.servers.databases import Copies

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def intake(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    yield from _an_arena(copies, tmp_path_factory.mktemp("kills"), kills_work.intake)


@pytest.fixture(scope="module")
def lists(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    yield from _an_arena(copies, tmp_path_factory.mktemp("kills"), kills_work.lists)


def _an_arena(copies: Copies, folder: Path, work: Callable[[int], list[Unit]]) -> Iterator[Arena]:
    url = copies.make()
    made = Arena(apps.core(Settings(url, folder, secret_key="k" * 32)), copies, url, work, 2)
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


def test_T6_a_list_that_no_longer_sees_the_hearing_of_a_case_is_found(
    lists: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cases, "look_back", lambda *told: [])
    assert at_each_point(lists, 1, few=True).harm == 1


def test_T6_a_hearing_that_is_gone_when_its_case_is_listed_is_found(
    lists: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_back = cases.look_back

    def once(*told: Any) -> list[Heard]:
        found = look_back(*told)
        db.session.execute(delete(HearingRow))
        return found

    monkeypatch.setattr(cases, "look_back", once)
    assert at_each_point(lists, 1, few=True).lost == 1


def test_T10_an_order_that_no_list_announces_is_found(lists: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily_list, "is_announced", lambda *told: False)
    assert at_each_point(lists, 1, few=True).harm == 1


def test_T10_orders_that_are_announced_in_a_transaction_of_their_own_are_found(
    lists: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce = building.announce

    def apart(*told: Any) -> int:
        db.session.commit()
        return announce(*told)

    monkeypatch.setattr(building, "announce", apart)
    found = at_each_point(lists, 1, few=True)
    assert (found.torn, found.lost, found.doubled) == (1, 0, 0)


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
