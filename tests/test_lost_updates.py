"""Fifty people edit one record at the same moment, on both databases: lost updates 0 (security.md D, D12)."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import LiveFieldRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store import live as store
from meetingsvc.usecases import outcomes
from minutes.live import Answer
from minutes.recording import Recording
from tests.a_marac import NOW
from tests.proofs import figure
from tests.usecases.test_live import KEPT, field, item, landing, save, scribes

__all__ = ["item", "scribes"]
pytestmark = pytest.mark.usefixtures("core_app")
_SAID = "{edits} simultaneous edits of one record: {lost} lost, {doubled} doubled, {told} told of another's"


def at_once(app: Flask, jobs: Sequence[Callable[[], None]]) -> None:
    together, failed = Barrier(len(jobs)), []

    def run(job: Callable[[], None]) -> None:
        with app.app_context():
            together.wait()
            try:
                job()
            except Exception as failure:  # told by the test, not lost in a thread
                failed.append(failure)

    threads = [Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_D12_fifty_people_edit_fifty_fields_of_one_record_at_once_and_none_is_lost(
    core_app: Flask, scribes: list[Principal], item: UUID
) -> None:
    keys = [f"action-{uuid4()}-what" for _ in range(50)]
    jobs = [(lambda n=n, key=key: save(scribes[n % 3], item, key, f"Text {n}")) for n, key in enumerate(keys)]
    at_once(core_app, jobs)
    db.session.rollback()
    kept = store.draft(scribes[0], item).unsaved
    lost = [key for n, key in enumerate(keys) if kept.get(key) != f"Text {n}"]
    doubled = len(db.session.scalars(select(LiveFieldRow)).all()) - len(keys)
    figure("lost updates", _SAID, edits=50, lost=len(lost), doubled=doubled, told=0)
    assert (lost, doubled) == ([], 0)


def test_D12_of_fifty_edits_of_one_field_one_lands_on_each_version_and_all_others_are_told(
    core_app: Flask, scribes: list[Principal], item: UUID
) -> None:
    answers: list[tuple[str, Answer]] = []

    def try_until_it_lands(n: int) -> None:
        version, told = 0, False
        for _ in range(60):
            answer = save(scribes[n % 3], item, "group", str(n), version)
            answers.append((str(n), answer))
            if answer.landed:
                return
            version = answer.version
            told = told or answer.value != str(n)
        raise AssertionError("it never landed")

    at_once(core_app, [lambda n=n: try_until_it_lands(n) for n in range(50)])
    landed = [(answer.version, value) for value, answer in answers if answer.landed]
    assert sorted(version for version, _ in landed) == list(range(1, 51))  # one on each version
    assert len({value for _, value in landed}) == 50  # everybody's, once
    told = [answer for value, answer in answers if not answer.landed]
    assert all(answer.value for answer in told)
    last = max(landed)[1]
    assert field(item, "group") == (last, 50, False)
    figure("lost updates", _SAID, edits=50, lost=0, doubled=0, told=len(told))


def test_D12_what_many_type_while_one_saves_lands_or_stays_a_draft(
    core_app: Flask, scribes: list[Principal], item: UUID
) -> None:
    keys = [f"action-{uuid4()}-what" for _ in range(20)]

    def save_whole() -> None:
        with acting.acting(scribes[0]):
            draft = store.draft(scribes[0], item)
        told = landing(dict(draft.unsaved), draft.until, strict=False)
        outcomes.record(scribes[0], item, Recording(0, KEPT), NOW, told)

    jobs = [(lambda n=n, key=key: save(scribes[n % 3], item, key, f"Text {n}")) for n, key in enumerate(keys)]
    at_once(core_app, [*jobs[:10], save_whole, *jobs[10:]])
    db.session.rollback()
    rows = db.session.scalars(select(LiveFieldRow)).all()
    assert sorted(row.field for row in rows) == sorted(keys)
    assert {row.value for row in rows} == {f"Text {n}" for n in range(20)}
