"""Proof D8: what was altered, cut off or put together anew is found; what is whole comes back, how soon."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TypeVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from meetingsvc.app import create_core
from meetingsvc.backup import CHUNK, Damaged
from meetingsvc.config import Settings
from meetingsvc.models import IncidentRow, SignInAttemptRow, db
from meetingsvc.store import acting
from meetingsvc.store import backups as store
from meetingsvc.usecases.backups import back_up, check, restore
from meetingsvc.usecases.transaction import saved
from tests.builders import a_row, take_in
from tests.proofs import LONG, figure
from tests.usecases.test_backups import elsewhere, ready

__all__ = ["elsewhere", "ready"]

T = TypeVar("T")
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
FLIPS = 1000 if LONG else 100
#: A year of a large area; taken in by so many.
INCIDENTS, AT_ONCE = 20_000 if LONG else 400, 400


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)  # the file is the same
def test_D8_a_flipped_bit_a_cut_or_another_key_is_found(
    core_app: Flask, area_id: UUID, settings_for_tests: Settings
) -> None:
    _grown()
    made = back_up(settings_for_tests, NOW)
    whole, chance = made.read_bytes(), random.Random(6)
    assert len(whole) > 3 * CHUNK, "there are parts to change places"
    places = [0, 25, 40, 45, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(FLIPS - 5))]
    found = 0
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 1 << chance.randrange(8)
        made.write_bytes(altered)
        found += is_damaged(settings_for_tests, made)
    cuts = [0, 10, 44, 44 + CHUNK + 16, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(20))]
    for cut in cuts:
        made.write_bytes(whole[:cut])
        found += is_damaged(settings_for_tests, made)
    made.write_bytes(whole + b"x")
    found += is_damaged(settings_for_tests, made)
    swapped = whole[:44] + whole[44 + CHUNK + 16 : 44 + 2 * (CHUNK + 16)] + whole[44 : 44 + CHUNK + 16]
    made.write_bytes(swapped)
    found += is_damaged(settings_for_tests, made)
    made.write_bytes(whole)
    found += is_damaged(replace(settings_for_tests, secret_key="x" * 32), made)
    tried = len(places) + len(cuts) + 3
    assert not is_damaged(settings_for_tests, made)
    assert found == tried
    figure("backup", "{tried} backups altered, cut off or opened with another key: {found} found",
           tried=tried, found=found)  # fmt: skip


def _grown() -> None:
    """So much in it that its backup has several parts."""
    with saved():
        rows = [{"subject": f"{number:064}", "at": NOW} for number in range(20_000)]
        db.session.execute(insert(SignInAttemptRow), rows)


def test_D8_a_restore_brings_back_all_there_was_at_the_backup_and_nothing_since(
    ready: Settings, area_id: UUID, elsewhere: Settings
) -> None:
    """The drill: an installation is lost, and a new one made of its last backup (docs/postgresql.md)."""
    for _ in range(INCIDENTS // AT_ONCE):
        take_in(area_id, *(a_row() for _ in range(AT_ONCE)), at=NOW)
    before = store.facts_now(db.engine.url)
    made, backed_up = timed(lambda: back_up(ready, NOW))
    take_in(area_id, a_row(), at=NOW + timedelta(hours=20))
    with create_core(elsewhere).app_context(), acting.service():
        held, restored = timed(lambda: restore(elsewhere, made, NOW + timedelta(hours=22)))
        there = db.session.scalar(select(func.count()).select_from(IncidentRow)) or 0
        kind = db.engine.dialect.name
        db.session.remove()
        db.engine.dispose()
    assert held.facts == before and there == INCIDENTS
    figure(f"recovery, {kind}",
           "{incidents} incidents, {rows} rows, a file of {size} KB: backed up and read again in {backed_up} "
           "ms, restored and compared in {restored} ms; lost of what was backed up: {lost}",
           incidents=INCIDENTS, rows=sum(before.rows.values()), size=made.stat().st_size // 1024,
           backed_up=backed_up, restored=restored, lost=INCIDENTS - there)  # fmt: skip


def timed(work: Callable[[], T]) -> tuple[T, int]:
    """What it gives, and the milliseconds it took."""
    began = perf_counter()
    done = work()
    return done, round(1000 * (perf_counter() - began))


def is_damaged(settings: Settings, file: Path) -> bool:
    try:
        check(settings, file)
    except Damaged:
        return True
    return False
