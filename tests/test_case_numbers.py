"""References are drawn with gaps: whoever is kept from a case does not find it between two others."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import AreaRow, CaseRow, db
from meetingsvc.store import case_numbers
from meetingsvc.usecases import alarms
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, listed, people_rows


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the service draws them, with dice that fall the same way each time."""
    monkeypatch.setattr(case_numbers, "WIDEST", 9)
    before = case_numbers.dice.set(Random(7))
    yield
    case_numbers.dice.reset(before)


def test_A18_a_gap_between_two_references_means_nothing(core_app: Flask, area_id: UUID) -> None:
    listed(area_id, people_rows(12, MONDAY))
    with saved():
        alarms.make_decoy(db.session.get_one(AreaRow, area_id), ("Ada", "Quill"), ("Bo", "Quill"), NOW)
    numbers = [0, *db.session.scalars(select(CaseRow.number).order_by(CaseRow.number))]
    assert len(numbers) == 14
    gaps = {after - before for before, after in pairwise(numbers)}
    assert gaps <= set(range(1, 10)) and len(gaps) > 3
    assert db.session.get_one(AreaRow, area_id).last_case_number == numbers[-1]


def test_A18_nobody_foretells_the_next_number() -> None:
    case_numbers.dice.set(None)
    assert {case_numbers.after(0) for _ in range(400)} == set(range(1, 10))
