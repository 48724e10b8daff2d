"""Nobody closes a case to those who hear it alone and unseen (Rulebook M6, security.md B)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.addresses import AddressKind, AddressTold, DetailOf, Knows
from agenda.need_to_know import Hides
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AlarmRow, CaseRow, OpeningRow, OutboxRow, StaffDetailRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, addresses, nameable
from meetingsvc.store.proposals import Told as Proposed
from meetingsvc.usecases import addresses as telling
from meetingsvc.usecases import (
    openings,
    proposals,
    restrictions,
    staff_details,
    unattended,
    unnaming,
    walls,
)
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_walls import HER, a_case, restriction, sees, standing

WHY = "She has just rung us"


@pytest.fixture
@remembered
def agency(area_id: UUID) -> UUID:
    return an_agency(area_id, daily=True)


@pytest.fixture
@remembered
def coordinator(agency: UUID) -> Principal:
    return a_person(agency, Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
@remembered
def chair(agency: UUID) -> Principal:
    return a_person(agency, Role.CHAIR, "Priya Venn")


@pytest.fixture
@remembered
def governance(agency: UUID) -> Principal:
    return a_person(agency, Role.INFORMATION_GOVERNANCE, "Edith Sallow")


@pytest.fixture
@remembered
def rep(agency: UUID) -> Principal:
    return a_person(agency, name="Joan Harrow")


def told_of_alarms() -> dict[UUID, str]:
    """Who got a notice, and where it leads."""
    with acting.service():
        db.session.rollback()
        rows = select(OutboxRow.account_id, OutboxRow.context).where(OutboxRow.notice == "alarm")
        return {account_id: context["path"] for account_id, context in db.session.execute(rows)}


def number_of(case_id: UUID) -> int:
    with acting.service():
        return db.session.get_one(CaseRow, case_id).number


def waiting(who: Principal) -> list[Proposed]:
    with acting.acting(who):
        return proposals.waiting_for(who, NOW)


def name_near(who: Principal, case_id: UUID, forename: str, surname: str, dob: date | None = None) -> UUID:
    with acting.acting(who):
        return telling.name_associate(who, case_id, forename, surname, dob, "brother", "x", "y", NOW)


def test_M6_naming_the_coordinator_the_chair_and_the_idva_as_associates_closes_the_case_to_nobody(
    area_id: UUID, coordinator: Principal, chair: Principal, rep: Principal, agency: UUID
) -> None:
    idva, case_id = a_person(agency, Role.IDVA, "Sam Oakes"), a_case(area_id)
    for one in (coordinator, chair, idva):
        forename, surname = one.name.split()
        name_near(rep, case_id, forename, surname)
    assert standing(case_id) == {} and sees(coordinator, case_id) and sees(chair, case_id)


def test_M6_an_associate_who_is_surely_a_member_of_staff_is_kept_from_the_case(
    area_id: UUID, coordinator: Principal, rep: Principal, agency: UUID
) -> None:
    idva, case_id, born = a_person(agency, Role.IDVA, "Sam Oakes"), a_case(area_id), date(1980, 2, 3)
    with acting.acting(idva):
        staff_details.add(idva, DetailOf.SELF, Told("Sam", "Oakes", born, "", "", ""), NOW)
    name_near(rep, case_id, "Sam", "Oakes", born)
    assert standing(case_id).keys() == {idva.account_id}


def test_security_B_who_has_a_case_only_by_break_glass_reads_it_and_tells_nothing(
    area_id: UUID, coordinator: Principal, chair: Principal, agency: UUID
) -> None:
    other = an_agency(area_id, "Moorside Homes", daily=False)
    outsider, case_id = a_person(other, name="Ivo Tarn"), a_case(area_id)
    with acting.acting(outsider):
        assert openings.break_glass(outsider, number_of(case_id), WHY, NOW) == case_id
    fresh = accounts.principal(outsider.account_id, NOW)
    assert fresh is not None and sees(fresh, case_id)
    with pytest.raises(RuleBroken, match="reading only"):
        name_near(fresh, case_id, "Ash", "Quill")
    with acting.acting(fresh), pytest.raises(RuleBroken, match="reading only"):
        person = addresses.people(fresh, case_id)[0].id
        told = AddressTold(AddressKind.HOME, "1 Low Road", Knows.YES, "", False, "x", "x", "y")
        telling.tell_address(fresh, case_id, person, told, NOW)


def test_M6_a_wall_before_who_runs_meetings_is_told_to_the_other_chairs_and_to_governance(
    area_id: UUID, coordinator: Principal, chair: Principal, governance: Principal, agency: UUID
) -> None:
    walled, rep = a_person(agency, Role.CHAIR, "Nell Ash"), a_person(agency, name="Joan Harrow")
    case_id = a_case(area_id)
    a_wall(area_id, case_id, walled.account_id)
    walls.declare(rep, case_id, NOW)
    assert told_of_alarms() == {}, "not of anybody's"
    walls.declare(coordinator, case_id, NOW)
    there = f"/cases/{case_id}/access"
    assert told_of_alarms() == {chair.account_id: there, governance.account_id: "/tickets"}


def test_M6_a_wall_the_service_finds_before_the_coordinator_is_told(
    area_id: UUID, chair: Principal, governance: Principal, agency: UUID
) -> None:
    a_person(agency, Role.COORDINATOR, "Niamh Corder")
    a_case(area_id, **HER)
    assert told_of_alarms().keys() == {chair.account_id, governance.account_id}


def test_M6_governance_brings_back_a_case_that_walls_have_closed_to_all_who_run_meetings(
    area_id: UUID, coordinator: Principal, governance: Principal, agency: UUID
) -> None:
    second, case_id = a_person(agency, Role.INFORMATION_GOVERNANCE, "Ivo Tarn"), a_case(area_id)
    me = coordinator.account_id
    with pytest.raises(Exception, match="404"):
        unattended.propose_lifting(governance, case_id, me, "She erred", NOW)
    walls.declare(coordinator, case_id, NOW)
    unattended.propose_lifting(governance, case_id, me, "She erred", NOW)
    assert waiting(governance) == [] and not sees(coordinator, case_id)
    (told,) = waiting(second)
    with acting.acting(second):
        proposals.decide(second, told.id, True, "", NOW)
    assert sees(coordinator, case_id) and not sees(governance, case_id)
    with acting.whole_area(area_id):
        assert nameable.unattended(area_id, NOW.date()) == []


def test_security_B_nobody_takes_the_name_of_who_runs_meetings_off_a_case_alone(
    area_id: UUID, coordinator: Principal, chair: Principal, agency: UUID
) -> None:
    third, case_id = a_person(agency, Role.CHAIR, "Nell Ash"), a_case(area_id)
    restrictions.restrict(coordinator, case_id, "Kept", (), NOW)
    assert not unnaming.unname(coordinator, case_id, chair.account_id, "She has left the panel", NOW)
    assert sees(chair, case_id), "one person is not enough"
    assert waiting(coordinator) == waiting(chair) == []
    (told,) = waiting(third)
    with acting.acting(third):
        proposals.decide(third, told.id, True, "", NOW)
    assert not sees(chair, case_id) and sees(third, case_id)


def test_security_B_whoever_does_not_run_meetings_is_unnamed_by_one_person(
    area_id: UUID, coordinator: Principal, chair: Principal, rep: Principal
) -> None:
    case_id = a_case(area_id)
    restrictions.restrict(coordinator, case_id, "Kept", {rep.account_id}, NOW)
    assert unnaming.unname(coordinator, case_id, rep.account_id, "", NOW) and not sees(rep, case_id)


def test_security_B_restricting_is_told_to_every_chair_and_to_governance(
    area_id: UUID, coordinator: Principal, chair: Principal, governance: Principal
) -> None:
    case_id = a_case(area_id)
    restrictions.restrict(coordinator, case_id, "Kept", (), NOW)
    assert told_of_alarms().keys() == {chair.account_id, governance.account_id}
    since = NOW - timedelta(days=7)
    with acting.whole_area(area_id):
        for who, count in ((chair, 1), (governance, 1), (coordinator, 0)):
            assert nameable.restricted_since(area_id, since, who.account_id) == count


def test_M6_governance_counts_the_restricted_cases_that_depend_on_one_person(
    area_id: UUID, coordinator: Principal, chair: Principal, governance: Principal
) -> None:
    case_id = a_case(area_id)
    restrictions.restrict(coordinator, case_id, "Kept", (), NOW)

    def count() -> int:
        with acting.whole_area(area_id):
            return nameable.depend_on_one(area_id, NOW.date(), governance.account_id)

    assert count() == 0
    with saved():
        db.session.get_one(AccountRow, chair.account_id).disabled_at = NOW
    assert count() == 1
    a_wall(area_id, case_id, governance.account_id)
    assert count() == 0, "not one that a wall keeps from the reader"


def test_M6_telling_the_victims_name_and_birth_date_as_ones_own_hides_the_case_from_oneself_alone(
    area_id: UUID, coordinator: Principal, rep: Principal, agency: UUID
) -> None:
    other, case_id = a_person(agency, name="Ivo Tarn"), a_case(area_id, **HER | {"victim_dob": "1991-03-04"})
    with acting.acting(rep):
        told = Told("Niamh", "Corder", date(1991, 3, 4), "", "07700 900456", "")
        staff_details.add(rep, DetailOf.SELF, told, NOW)
    found = restriction(case_id)
    assert found is not None and found.hides == Hides.NOBODY
    assert not sees(rep, case_id) and sees(other, case_id) and sees(coordinator, case_id)


def test_M6_nobody_tells_of_more_than_five_names_of_their_own(rep: Principal) -> None:
    with acting.acting(rep):
        for number in range(6):
            told = Told("Joan", f"Harrow{'abcdef'[number]}", None, "", "", "")
            if number < 5:
                staff_details.add(rep, DetailOf.SELF, told, NOW)
        with pytest.raises(RuleBroken, match="5 of yourself"):
            staff_details.add(rep, DetailOf.SELF, told, NOW)
        staff_details.add(rep, DetailOf.KNOWS, told, NOW)
    with acting.service():
        assert len(db.session.scalars(select(StaffDetailRow.id)).all()) == 6


def alarms() -> list[tuple[UUID, str]]:
    with acting.service():
        db.session.rollback()
        return [(row.account_id, row.kind) for row in db.session.scalars(select(AlarmRow))]


def test_security_B_the_glass_is_not_broken_where_nobody_could_be_told(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    outsider = a_person(an_agency(area_id, "Moorside Homes", daily=False), name="Ivo Tarn")
    number = number_of(a_case(area_id))
    with acting.acting(outsider), pytest.raises(RuleBroken, match="Ring the coordinator"):
        openings.break_glass(outsider, number, WHY, NOW)
    with acting.service():
        assert db.session.scalars(select(OpeningRow)).all() == []
    walled = a_person(agency, Role.CHAIR, "Priya Venn")
    with saved():
        db.session.get_one(AccountRow, walled.account_id).disabled_at = NOW
    with acting.acting(outsider), pytest.raises(RuleBroken, match="Ring the coordinator"):
        openings.break_glass(outsider, number, WHY, NOW)
    a_person(agency, Role.CHAIR, "Nell Ash")
    with acting.acting(outsider):
        assert openings.break_glass(outsider, number, WHY, NOW)


def test_security_A_a_second_glass_within_an_hour_is_an_alarm(
    area_id: UUID, coordinator: Principal, chair: Principal
) -> None:
    outsider = a_person(an_agency(area_id, "Moorside Homes", daily=False), name="Ivo Tarn")
    number = number_of(a_case(area_id))
    with acting.acting(outsider):
        openings.break_glass(outsider, number, WHY, NOW - timedelta(hours=1))
        openings.break_glass(outsider, number, WHY, NOW)
        assert alarms() == [], "an hour lies between them"
    with acting.acting(outsider):
        openings.break_glass(outsider, number, WHY, NOW + timedelta(minutes=5))
    assert alarms() == [(outsider.account_id, "glass")]


def test_security_A_a_third_try_in_vain_within_an_hour_is_an_alarm(
    area_id: UUID, rep: Principal, chair: Principal
) -> None:
    for count in range(3):
        assert alarms() == [], count
        with acting.acting(rep):
            assert openings.break_glass(rep, 99, WHY, NOW + timedelta(minutes=count)) is None
    assert alarms() == [(rep.account_id, "glass")]
