"""Proof D8: a backup that was altered, cut off or put together anew is found, and none of it comes out."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from meetingsvc.backup import CHUNK, Damaged
from meetingsvc.config import Settings
from meetingsvc.usecases.backups import back_up, check
from tests.proofs import LONG, figure

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
FLIPS = 1000 if LONG else 100


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)  # the file is the same
def test_D8_a_flipped_bit_a_cut_or_another_key_is_found(
    core_app: Flask, area_id: UUID, settings_for_tests: Settings
) -> None:
    made = back_up(settings_for_tests, NOW)
    whole, chance = made.read_bytes(), random.Random(6)
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


def is_damaged(settings: Settings, file: Path) -> bool:
    try:
        check(settings, file)
    except Damaged:
        return True
    return False
