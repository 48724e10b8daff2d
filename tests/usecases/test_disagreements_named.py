"""A disagreement on no case names nobody, since no wall could keep it from them (Rulebook V4, M6)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.disagreement import Step
from agenda.rules import RuleBroken
from meetingsvc.models import CaseRow, DisagreementEntryRow, DisagreementRow, PersonRow, db
from meetingsvc.store import acting
from meetingsvc.usecases import disagreements as usecase
from tests.a_wall import a_wall
from tests.usecases.test_disagreements import LATER, House, house, raised

__all__ = ["house"]  # the fixture


def victim_of(case_id: UUID) -> str:
    with acting.service():
        row = db.session.get_one(PersonRow, db.session.get_one(CaseRow, case_id).victim_id)
        called = f"{row.forename} {row.surname}"
        db.session.rollback()
    return called


def test_V4_without_a_case_it_names_nobody_of_the_panel_and_of_no_case(house: House) -> None:
    for about in ("Ines Duarte refused to hear us.", f"No visit to {victim_of(house.case)}."):
        with pytest.raises(RuleBroken, match="name nobody"):
            raised(house, about=about)
    assert db.session.scalars(select(DisagreementRow.id)).all() == []
    raised(house, about="The chair refused to hear us, says Joan Akande.")  # who writes it


def test_V4_with_its_case_it_may_for_a_wall_keeps_that(house: House) -> None:
    raised(house, about=f"No visit to {victim_of(house.case)} by Sam Okoro.", number=house.number)


def test_V4_nor_does_a_step_or_an_answer(house: House) -> None:
    key = raised(house)
    with pytest.raises(RuleBroken, match="name nobody"):
        usecase.take_step(house.teacher, key, Step.TO_2, "Sam Okoro did not answer", LATER)
    with pytest.raises(RuleBroken, match="name nobody"):
        usecase.answer(house.worker, key, "Joan Akande did not ask", LATER)
    db.session.rollback()
    assert db.session.scalars(select(DisagreementEntryRow.id)).all() == []
    usecase.answer(house.worker, key, "Nobody asked", LATER)


def test_M6_a_name_of_a_case_that_is_kept_from_the_writer_tells_them_of_nothing(house: House) -> None:
    called = victim_of(house.case)
    a_wall(house.area_id, house.case, house.teacher.account_id)
    raised(house, about=f"No visit to {called}.")
