"""Consent: a dated history that nobody rewrites; a change of it triages again (Rulebook K1 to K3, T13)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import NotFound

from agenda.referral_consent import Answer, Consent, Ground, Lawful, Sharing
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AreaRow,
    CaseRow,
    ConsentRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    RestrictionRow,
    TriageRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, consents, consents_elsewhere
from meetingsvc.usecases import consents as usecase
from meetingsvc.usecases import lists
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency
from tests.an_address import a_case
from tests.builders import a_row, take_in
from tests.servers.remembered import remembered

TODAY = NOW.date()
SHARING = Sharing("What was seen", frozenset({Lawful.CRIME}), "DI Teal", "The panel")
SOURCE = "told by the victim"


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id), Role.COORDINATOR)


@pytest.fixture
@remembered
def case_id(core_app: Flask, who: Principal) -> UUID:
    return a_case(who)


def said(answer: Answer = Answer.GIVEN, on: date = TODAY, **told: Any) -> Consent:
    line = Consent(answer, on, "Priya Raman", **told)
    return line if answer.consents else replace(line, sharing=told.get("sharing", SHARING))


_minute = count()


def record(who: Principal, case_id: UUID, line: Consent) -> UUID:
    """Each a minute after the one before."""
    with acting.acting(who):
        return usecase.record(who, case_id, line, SOURCE, NOW + timedelta(minutes=next(_minute)))


def test_K1_consent_is_a_dated_history_and_the_latest_stands(who: Principal, case_id: UUID) -> None:
    record(who, case_id, said(Answer.LIMITED, limits="Not her employer"))
    record(who, case_id, said(Answer.WITHDRAWN))
    record(who, case_id, said(on=TODAY - timedelta(days=9)))  # learned later, said earlier
    with acting.acting(who):
        lines = consents.history(who, case_id)
        stands = consents.standing(who, case_id)
    assert [line.consent.answer for line in lines] == [Answer.WITHDRAWN, Answer.LIMITED, Answer.GIVEN]
    assert stands == lines[0].consent and lines[0].consent.sharing == SHARING
    assert (lines[1].consent.limits, lines[1].agency, lines[1].source) == (
        "Not her employer",
        "Fellside Homes",
        SOURCE,
    )


def test_K3_the_grounds_of_not_asking_are_kept(who: Principal, case_id: UUID) -> None:
    grounds = frozenset({Ground.CHILD, Ground.SERIOUS_CRIME})
    record(who, case_id, said(Answer.NOT_SOUGHT, grounds=grounds))
    with acting.acting(who):
        stands = consents.standing(who, case_id)
    assert stands is not None and stands.grounds == grounds


@pytest.mark.parametrize("line", [said(on=TODAY + timedelta(days=1)), replace(said(), recorded_by=" ")])
def test_K1_what_cannot_be_is_refused_and_nothing_kept(who: Principal, case_id: UUID, line: Consent) -> None:
    with pytest.raises(RuleBroken):
        record(who, case_id, line)
    assert db.session.scalars(select(ConsentRow.id)).all() == []


@pytest.mark.parametrize(
    "line",
    [said(Answer.LIMITED), replace(said(Answer.WITHHELD), sharing=None), said(Answer.NOT_SOUGHT)],
)
def test_K1_to_K3_the_database_itself_refuses_half_a_line(
    who: Principal, case_id: UUID, line: Consent
) -> None:
    with pytest.raises(DBAPIError):
        record(who, case_id, line)


def test_K1_no_line_is_ever_changed(who: Principal, case_id: UUID) -> None:
    record(who, case_id, said())
    with pytest.raises(DBAPIError, match="never changed"), db.engine.begin() as connection:
        connection.execute(text("UPDATE consent SET answer = 'withheld'"))


def test_K1_a_case_that_is_hidden_takes_no_line(who: Principal, case_id: UUID, area_id: UUID) -> None:
    outsider = a_person(an_agency(area_id, "Elsewhere", marac=False), name="Ned Ash")
    with pytest.raises(NotFound):
        record(outsider, case_id, said())


def test_K1_limits_follow_the_victim_to_the_cases_that_the_reader_may_open(
    who: Principal, area_id: UUID
) -> None:
    with saved():
        area = db.session.get_one(AreaRow, area_id)
        take_in(
            area_id,
            a_row(occurrence_number="ONE", victim_nominal="V-K", perpetrator_nominal="P-K"),
            a_row(occurrence_number="TWO", victim_nominal="V-K", perpetrator_nominal="P-L"),
            a_row(occurrence_number="HER", victim_nominal="V-M", perpetrator_nominal="P-K"),
        )
        lists.build(area, date(2026, 11, 3), "test", NOW)
    victims = list(db.session.execute(select(CaseRow.victim_id, CaseRow.id).order_by(CaseRow.number)))
    hers = [key for whose, key in victims if [each for each, _ in victims].count(whose) == 2]
    (third,) = (key for _, key in victims if key not in hers)
    here, there = hers
    record(who, there, said(Answer.LIMITED, limits="Not her employer"))
    record(who, here, said())
    with acting.acting(who):
        ((case_id, (told,)),) = consents_elsewhere.among(who, [here, there, third]).items()
    assert (case_id, told.case_id, told.consent.limits) == (here, there, "Not her employer")
    with saved():
        db.session.add(RestrictionRow(case_id=there, area_id=area_id, state="restricted", hides="unnamed",
                                      reason="Staff of ours", put_at=NOW))  # fmt: skip
    with acting.acting(who):
        assert consents_elsewhere.among(who, [here, there]) == {}


# -- triage --


def medium(**told: str) -> dict[str, str]:
    return a_row(risk="medium", victim_nominal="V-K", perpetrator_nominal="P-K", **told)


@pytest.fixture
@remembered
def of_case(core_app: Flask, who: Principal) -> UUID:
    """A case listed for a high-risk incident, with a medium-risk one of the same people left out by T5."""
    take_in(who.area_id, a_row(occurrence_number="HIGH", victim_nominal="V-K", perpetrator_nominal="P-K"))
    take_in(who.area_id, medium(occurrence_number="LEFT"))
    build(who, date(2026, 11, 3))
    return db.session.scalars(select(CaseRow.id)).one()


def build(who: Principal, day: date) -> dict[str, tuple[str, bool]]:
    """Each number on that list with its reasons, and whether it is marked changed."""
    with saved():
        area = db.session.get_one(AreaRow, who.area_id)
        built = lists.build(area, day, "test", NOW)
    rows = select(EntryRow.occurrence_number, EntryRow.reasons, EntryRow.changed).join(ItemRow)
    found = db.session.execute(rows.where(ItemRow.meeting_id == built.meeting_id))
    return {number: (reasons, changed) for number, reasons, changed in found}


def test_T13_K1_consent_lists_by_T4_what_T5_left_out(who: Principal, of_case: UUID) -> None:
    left = select(TriageRow.reasons).where(TriageRow.occurrence_number == "LEFT")
    assert db.session.scalars(left).all() == ["T5"]
    record(who, of_case, said())
    assert build(who, date(2026, 11, 4)) == {"LEFT": ("T4", False)}
    assert build(who, date(2026, 11, 5)) == {}


@pytest.mark.parametrize("answer", [Answer.WITHDRAWN, Answer.WITHHELD])
def test_T13_K1_consent_refused_or_withdrawn_takes_nothing_off_a_list(
    who: Principal, of_case: UUID, answer: Answer
) -> None:
    record(who, of_case, said())
    record(who, of_case, said(answer))
    with acting.acting(who):
        stands = consents.standing(who, of_case)
    assert stands is not None and stands.answer is answer
    assert build(who, date(2026, 11, 4)) == {"LEFT": ("T4", False)}


def test_T7_K1_what_the_public_form_says_of_consent_stands_for_nothing_until_it_is_accepted(
    who: Principal, of_case: UUID
) -> None:
    record(who, of_case, said(Answer.WITHHELD, on=TODAY - timedelta(days=1)))
    with saved(), acting.whole_area(who.area_id):
        usecase.keep(acting.Host(who.area_id), of_case, said(), SOURCE, NOW + timedelta(hours=1))
    with acting.acting(who):
        stands, lines = consents.standing(who, of_case), consents.history(who, of_case)
    assert stands is not None and stands.answer is Answer.WITHHELD
    assert [line.consent.checked for line in lines] == [False, True]
    assert build(who, date(2026, 11, 4)) == {}
    record(who, of_case, said())
    assert build(who, date(2026, 11, 5)) == {"LEFT": ("T4", False)}


def test_T4_a_feed_that_repeats_itself_takes_no_consent_back(who: Principal, of_case: UUID) -> None:
    before = db.session.scalars(select(IncidentRow).where(IncidentRow.occurrence_number == "LEFT")).one()
    again = medium(occurrence_number="LEFT", offence="Told again")
    assert not before.consents
    record(who, of_case, said())
    take_in(who.area_id, again)
    assert build(who, date(2026, 11, 4)) == {"LEFT": ("T4", False)}


def test_K1_consent_said_earlier_than_what_stands_changes_nothing(who: Principal, of_case: UUID) -> None:
    record(who, of_case, said(Answer.WITHHELD))
    record(who, of_case, said(on=TODAY - timedelta(days=3)))
    assert build(who, date(2026, 11, 4)) == {}
