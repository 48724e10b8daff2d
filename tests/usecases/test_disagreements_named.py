"""A disagreement on no case names nobody, since no wall could keep it from them (Rulebook V4, M6)."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.disagreement import Step
from agenda.disagreement_form import Agreed
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, CaseRow, DisagreementEntryRow, DisagreementRow, PersonRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.store import disagreements as store
from meetingsvc.store.disagreement_named import names_somebody
from meetingsvc.usecases import disagreements as usecase
from meetingsvc.usecases.transaction import saved
from tests.a_marac import a_person
from tests.a_wall import a_wall
from tests.usecases.test_disagreements import LATER, RECORD, House, house, raised, seen, up

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


def test_V4_nor_does_what_was_done_or_the_form_but_for_who_acts_by_their_post(house: House) -> None:
    with pytest.raises(RuleBroken, match="name nobody"):
        raised(house, unsafe_now=True, done="Called Sam Okoro")
    key = raised(house)
    up(house, key, 5)
    called = victim_of(house.case)
    for name, said in {"details": "Ms Okoro said no", "learning": f"Ask {called}"}.items():
        with pytest.raises(RuleBroken, match="name nobody"):
            usecase.fill(house.teacher, key, replace(RECORD, typed={**RECORD.typed, name: said}), LATER)
    with pytest.raises(RuleBroken, match="name nobody"):
        agreed = replace(RECORD, agreed=(Agreed("Sam Okoro goes there", "Social care"),))
        usecase.fill(house.teacher, key, agreed, LATER)
    with pytest.raises(RuleBroken, match="belongs on a case"):
        usecase.fill(house.teacher, key, replace(RECORD, typed={**RECORD.typed, "child": "Her"}), LATER)
    with pytest.raises(RuleBroken, match="name nobody"):
        usecase.fill(house.teacher, key, replace(RECORD, agreed=(Agreed("Go", "Sam Okoro"),)), LATER)
    by_post = {"by_name": "Ada Brook", "to_name": "Sam Okoro", "response_name": "Sam Okoro"}
    usecase.fill(house.teacher, key, replace(RECORD, typed={**RECORD.typed, **by_post}), LATER)
    assert seen(house.worker, key) is not None


def test_M6_who_joins_later_and_is_named_in_it_has_no_part_in_it(house: House) -> None:
    key = raised(house, about="Bram Ketteridge would not let us in")
    late = a_person(house.care, Role.REPRESENTATIVE, "Bram Ketteridge")
    other = a_person(house.care, Role.REPRESENTATIVE, "Una Thorne")
    chair = a_person(house.homes, Role.CHAIR, "Bram Ketteridge")
    for who in (late, chair):
        assert seen(who, key) is None
        with acting.acting(who):
            assert store.waiting(who) == []
        with pytest.raises(NotFound):
            usecase.answer(who, key, "It is not so", LATER)
    assert seen(other, key) is not None
    usecase.answer(other, key, "We did look", LATER)


def test_M6_a_name_of_a_case_that_is_kept_from_the_writer_tells_them_of_nothing(house: House) -> None:
    called = victim_of(house.case)
    a_wall(house.area_id, house.case, house.teacher.account_id)
    raised(house, about=f"No visit to {called}.")


def test_M6_who_is_half_seen_is_named_as_the_open_case_tells_and_not_as_the_kept_one(house: House) -> None:
    called, open_case = victim_of(house.case), uuid4()
    with saved(), acting.service():
        case = db.session.get_one(CaseRow, house.case)
        kept = CaseRow(id=open_case, area_id=house.area_id, number=99, victim_id=case.victim_id)
        db.session.add(kept)
        person = db.session.get_one(PersonRow, case.victim_id)
        person.forename, person.surname = "Zara", "Newname"
    a_wall(house.area_id, open_case, house.coordinator.account_id)
    with acting.acting(house.coordinator):
        assert not names_somebody(house.coordinator, "about Zara Newname")
        assert names_somebody(house.coordinator, f"about {called}")
    db.session.rollback()


def test_V4_a_disabled_account_and_a_referrers_are_confirmed_to_nobody(house: House) -> None:
    gone = a_person(house.care, Role.REPRESENTATIVE, "Una Thorne")
    a_person(house.care, Role.REFERRER, "Bram Ketteridge")
    with saved(), acting.service():
        db.session.get_one(AccountRow, gone.account_id).disabled_at = LATER
    with acting.acting(house.teacher):
        assert not names_somebody(house.teacher, "Una Thorne and Bram Ketteridge")
        assert names_somebody(house.teacher, "Sam Okoro")
    db.session.rollback()


@pytest.mark.parametrize("surname", ["Öztürk", "O’Brien", "Doe-Smith", "de la Cruz"])
def test_V4_a_surname_is_found_however_it_is_written(house: House, surname: str) -> None:
    with saved(), acting.service():
        case = db.session.get_one(CaseRow, house.case)
        person = db.session.get_one(PersonRow, case.victim_id)
        person.forename, person.surname = "Mary Ann", surname
    plain = surname.replace("Ö", "o").replace("ü", "u").replace("’", "'").replace("-", " ")
    with acting.acting(house.coordinator):
        for text in (f"Mary Ann {surname}", f"Mary {plain}", f"Mary Ann {plain.upper()}"):
            assert names_somebody(house.coordinator, text), text
    db.session.rollback()
