"""Who is kept from a case because it is about them, or about people they know (Rulebook M6)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from agenda.need_to_know import Hides, RestrictionState, WallGround, WallState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AuditRow,
    CaseRow,
    IncidentWallRow,
    ItemRow,
    NamedRow,
    OpeningRow,
    OutboxRow,
    RestrictionRow,
    StaffDetailRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, case_page, nameable
from meetingsvc.store import proposals as proposal_store
from meetingsvc.store import restrictions as store
from meetingsvc.store import walls as wall_store
from meetingsvc.store.proposals import Told
from meetingsvc.usecases import areas, proposals, restrictions, unattended, wall_decisions, walls
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, RECORDED, TUESDAY, a_person, an_agency, listed
from tests.a_wall import a_wall
from tests.builders import BEFORE_ALL, a_row, take_in
from tests.servers.remembered import remembered

HER = {"victim_forename": "Niamh", "victim_surname": "Corder", "victim_phone": "07700 900456"}


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
def niamh(agency: UUID, coordinator: Principal) -> Principal:
    return a_person(agency, Role.REPRESENTATIVE, "Niamh Corder")


def a_case(area_id: UUID, **told: str) -> UUID:
    """A case that Monday's list heard, between these people."""
    row = a_row(recorded_at="2026-11-20T12:00:00+00:00", incident_at="2026-11-19T22:00:00+00:00", **told)
    (item,) = listed(area_id, [row])
    with acting.whole_area(area_id):
        return db.session.get_one(ItemRow, item).case_id


def standing(case_id: UUID) -> dict[UUID, str]:
    """Who is walled from a case, and what they share."""
    with acting.service():
        db.session.rollback()
        rows = select(WallRow.account_id, WallRow.shared).where(
            WallRow.case_id == case_id, WallRow.state == WallState.STANDS
        )
        return {account_id: shared for account_id, shared in db.session.execute(rows)}


def restriction(case_id: UUID) -> RestrictionRow | None:
    with acting.service():
        return db.session.get(RestrictionRow, case_id)


def sees(who: Principal, case_id: UUID) -> bool:
    fresh = accounts.principal(who.account_id, NOW)
    assert fresh is not None
    with acting.acting(fresh):
        return case_page.case(fresh, case_id) is not None


def tells(who: Principal, of_whom: str = "self", **told: object) -> None:
    """Details that a member of staff gives."""
    with saved(), acting.service():
        usual = {"forename": "", "surname": "", "address": "", "phone": "", "email": "", "dob": None}
        db.session.add(StaffDetailRow(area_id=who.area_id, account_id=who.account_id, of_whom=of_whom,
                                      told_at=NOW, **usual | told))  # fmt: skip
        db.session.flush()
        walls.check_staff(who.account_id, NOW)


def test_M6_whoever_shares_a_name_with_a_party_is_kept_from_the_case(
    area_id: UUID, niamh: Principal, coordinator: Principal
) -> None:
    case_id = a_case(area_id, **HER)
    assert standing(case_id) == {niamh.account_id: "name"}
    assert not sees(niamh, case_id) and sees(coordinator, case_id)


@pytest.mark.parametrize(
    "told",
    [{"phone": "+44 7700 900 456"}, {"forename": "NÍAMH", "surname": "Corder"}, {"phone": "07700900456"}],
)
def test_M6_staff_are_compared_when_they_tell_their_details(
    area_id: UUID, coordinator: Principal, agency: UUID, told: dict[str, str]
) -> None:
    case_id = a_case(area_id, **HER)
    joan = a_person(agency)
    assert standing(case_id) == {}
    tells(joan, **told)
    assert standing(case_id).keys() == {joan.account_id} and not sees(joan, case_id)


def test_M6_who_knows_somebody_on_a_case_is_kept_from_it_and_it_is_no_staff_case(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    joan = a_person(agency)
    tells(joan, "knows", forename="Niamh", surname="Corder")
    case_id = a_case(area_id, **HER)
    assert standing(case_id) == {joan.account_id: "name"}
    assert restriction(case_id) is None
    with acting.service():
        assert db.session.scalars(select(WallRow.ground)).one() == WallGround.DECLARED


def test_M6_an_account_made_later_is_compared_with_the_cases_there_are(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    case_id = a_case(area_id, **HER)
    late = a_person(agency, name="Niamh Corder")
    with saved():
        assert walls.check_staff(late.account_id, NOW) == 1
    assert standing(case_id).keys() == {late.account_id}


def test_M6_two_birth_dates_are_two_people(area_id: UUID, coordinator: Principal, agency: UUID) -> None:
    joan = a_person(agency)
    tells(joan, "knows", forename="Niamh", surname="Corder", dob=date(1950, 1, 1))
    assert standing(a_case(area_id, **HER)) == {}


def test_M6_a_name_alone_is_proposed_for_restriction_without_effect(
    area_id: UUID, niamh: Principal, agency: UUID
) -> None:
    found = restriction(a_case(area_id, **HER))
    assert found is not None and found.employer_id == agency
    assert (found.state, found.hides) == (RestrictionState.PROPOSED, Hides.NOBODY)


def test_M6_a_name_and_a_number_restrict_the_case_at_once_for_who_does_not_run_meetings(
    area_id: UUID, niamh: Principal, coordinator: Principal, agency: UUID
) -> None:
    other = a_person(agency)
    tells(niamh, phone="07700900456")
    case_id = a_case(area_id, **HER)
    found = restriction(case_id)
    assert found is not None and found.hides == Hides.AGENCIES
    assert sees(coordinator, case_id) and not sees(other, case_id) and not sees(niamh, case_id)


def test_M6_a_leaver_and_a_withdrawn_agency_make_no_staff_case(
    area_id: UUID, niamh: Principal, coordinator: Principal
) -> None:
    with saved():
        db.session.get_one(AccountRow, niamh.account_id).disabled_at = NOW
    case_id = a_case(area_id, **HER)
    assert restriction(case_id) is None and niamh.account_id in standing(case_id)


def test_M6_what_the_police_sent_is_walled_off_before_any_list_makes_a_case_of_it(
    area_id: UUID, niamh: Principal, coordinator: Principal
) -> None:
    take_in(area_id, a_row(recorded_at=RECORDED[TUESDAY], **HER), a_row(recorded_at=RECORDED[TUESDAY]))
    with acting.service():
        assert [row.account_id for row in db.session.scalars(select(IncidentWallRow))] == [niamh.account_id]
    case_id = a_case(area_id, **HER | {"victim_nominal": "VX"})
    assert niamh.account_id in standing(case_id)
    with acting.service():
        left = db.session.scalar(select(func.count()).select_from(IncidentWallRow))
    assert left == 1, "the case took over what is under it"


@pytest.mark.parametrize("dob", ["", "1991-03-04"])
def test_M6_an_account_made_later_is_compared_with_what_waits_for_a_list(
    area_id: UUID, coordinator: Principal, agency: UUID, dob: str
) -> None:
    take_in(area_id, a_row(recorded_at=RECORDED[TUESDAY], **HER | {"victim_dob": dob}))
    late = a_person(agency, name="Corder Niamh")
    with saved():
        walls.check_staff(late.account_id, NOW)
    with acting.service():
        assert db.session.scalars(select(IncidentWallRow.account_id)).all() == [late.account_id]


def test_M6_who_says_that_they_know_the_people_no_longer_sees_the_case(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    joan, case_id = a_person(agency), a_case(area_id)
    assert sees(joan, case_id)
    walls.declare(joan, case_id, NOW)
    assert not sees(joan, case_id) and sees(coordinator, case_id)
    with pytest.raises(Exception, match="404"):
        walls.declare(joan, case_id, NOW)


def lifted(case_id: UUID, first: Principal, second: Principal, why: str = "She is another person") -> None:
    """Two people lift the one wall that stands on a case."""
    with acting.acting(first):
        (wall,) = [wall for wall in wall_store.on_case(first, case_id) if wall.stands]
    wall_decisions.propose_lifting(first, case_id, wall.id, why, NOW)
    with acting.acting(second):
        (told,) = [one for one in proposals.waiting_for(second, NOW) if one.kind.startswith("wall.lift")]
    proposals.decide(second, told.id, True, "", NOW)


def test_M6_two_others_lift_a_wall_and_it_stands_again_for_what_they_did_not_know(
    area_id: UUID, niamh: Principal, coordinator: Principal, agency: UUID
) -> None:
    chair, case_id = a_person(agency, Role.CHAIR, "Priya Venn"), a_case(area_id, **HER)
    lifted(case_id, coordinator, chair)
    assert standing(case_id) == {} and sees(niamh, case_id)
    with saved():
        walls.check_cases(area_id, [case_id], NOW)
    assert standing(case_id) == {}, "what two people decided stands"
    tells(niamh, phone="07700900456")
    assert standing(case_id) == {niamh.account_id: "name; telephone number"}


def test_M6_whoever_is_walled_neither_reads_nor_decides_about_the_wall(
    area_id: UUID, niamh: Principal, coordinator: Principal, agency: UUID
) -> None:
    case_id = a_case(area_id, **HER)
    with saved():
        db.session.get_one(AccountRow, niamh.account_id).role = Role.CHAIR
    walled = accounts.principal(niamh.account_id, NOW)
    assert walled is not None and walled.runs_meetings
    with acting.acting(coordinator):
        (wall,) = wall_store.on_case(coordinator, case_id)
    with acting.acting(walled):
        assert wall_store.on_case(walled, case_id) == [] and store.to_decide(walled) == []
        assert wall_store.count_to_look_at(walled) == store.count_to_decide(walled) == 0
    wall_decisions.propose_lifting(coordinator, case_id, wall.id, "Another person", NOW)
    with acting.acting(walled):
        assert proposals.waiting_for(walled, NOW) == []
    with pytest.raises(Exception, match="404"):
        wall_decisions.propose_lifting(walled, case_id, wall.id, "It is not me", NOW)
    (told,) = _proposed(coordinator)
    with pytest.raises(Exception, match="404|another person"):
        proposals.decide(coordinator, told.id, True, "", NOW)


def _proposed(who: Principal) -> list[Told]:
    with acting.acting(who):
        return proposal_store.proposed_by(who)


def test_M6_a_wall_somebody_looked_at_and_kept_no_longer_waits(
    area_id: UUID, niamh: Principal, coordinator: Principal
) -> None:
    case_id = a_case(area_id, **HER)
    with acting.acting(coordinator):
        (wall,) = wall_store.on_case(coordinator, case_id)
        assert wall.is_new and wall_store.count_to_look_at(coordinator) == 1
    wall_decisions.keep(coordinator, case_id, wall.id, NOW)
    with acting.acting(coordinator):
        assert wall_store.count_to_look_at(coordinator) == 0
    assert standing(case_id)


def test_V5_the_audit_trail_of_walls_names_nobody(
    area_id: UUID, niamh: Principal, coordinator: Principal
) -> None:
    a_case(area_id, **HER)
    with acting.service():
        said = db.session.scalars(select(AuditRow).where(AuditRow.action.like("wall.%"))).all()
        assert said and not any("order" in str((row.subject, row.detail)) for row in said)


def test_M6_a_case_of_another_area_walls_nobody_here(area_id: UUID, niamh: Principal) -> None:
    elsewhere = areas.create("elsewhere", date(2026, 11, 2), BEFORE_ALL)
    assert standing(a_case(elsewhere, **HER)) == {}
    with acting.service():
        assert db.session.scalar(select(func.count(CaseRow.id))) == 1


def test_M6_governance_is_told_once_a_day_of_cases_open_to_nobody_who_runs_meetings(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    governance, case_id = a_person(agency, Role.INFORMATION_GOVERNANCE), a_case(area_id)
    assert unattended.tell(NOW) == 0
    walls.declare(coordinator, case_id, NOW)
    assert unattended.tell(NOW) == 1
    assert unattended.tell(NOW) == 0 and unattended.tell(NOW + timedelta(hours=1)) == 0
    assert unattended.tell(NOW + timedelta(days=1)) == 1
    with acting.service():
        told = db.session.execute(select(OutboxRow.account_id, OutboxRow.context)).all()
        assert [who for who, _ in told] == [governance.account_id] * 3, "the wall itself was told too"
        assert {context["path"] for _, context in told} == {"/tickets"}
    a_person(agency, Role.CHAIR, "Priya Venn")
    assert unattended.tell(NOW + timedelta(days=3)) == 0, "a chair who is not walled may open it"


def test_security_B_nobody_decides_or_reviews_their_own_in_the_database(
    area_id: UUID, coordinator: Principal
) -> None:
    case_id = a_case(area_id)
    usual = {"area_id": area_id, "case_id": case_id, "account_id": coordinator.account_id}
    opening = usual | {"kind": "ticket", "reason": "-", "asked_at": NOW}
    for own in ("approved_by", "refused_by", "reviewed_by"):
        with pytest.raises(IntegrityError), saved():
            db.session.add(OpeningRow(**opening, **{own: coordinator.account_id}))
    with pytest.raises(IntegrityError), saved():
        wall = usual | {"ground": "party", "shared": "", "state": "lifted", "put_at": NOW}
        db.session.add(WallRow(**wall, decided_by=coordinator.account_id))


def test_M6_a_later_version_that_no_list_takes_is_compared_too(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    joan, number = a_person(agency), "13260999001"
    tells(joan, phone="07700900456")
    usual = {"occurrence_number": number, "victim_nominal": "V9", "perpetrator_nominal": "P9"}
    case_id = a_case(area_id, **usual)
    assert standing(case_id) == {}
    later = a_row(
        recorded_at="2026-11-20T12:00:00+00:00", risk="standard", victim_phone="07700 900456", **usual
    )
    listed(area_id, [later], TUESDAY)
    assert standing(case_id).keys() == {joan.account_id}


def test_M6_governance_that_is_walled_is_not_told_which_case_it_is(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    governance, case_id = a_person(agency, Role.INFORMATION_GOVERNANCE), a_case(area_id)
    walls.declare(coordinator, case_id, NOW)
    with acting.whole_area(area_id):
        assert [key for key, _ in nameable.unattended(area_id, NOW.date(), governance.account_id)] == [
            case_id
        ]
    a_wall(area_id, case_id, governance.account_id)
    with acting.whole_area(area_id):
        assert nameable.unattended(area_id, NOW.date(), governance.account_id) == []


def test_V1_who_ran_meetings_for_an_agency_that_has_withdrawn_attends_to_no_case(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    other = an_agency(area_id, "Moorside Homes")
    case_id = a_case(area_id)
    chair = a_person(other, Role.CHAIR, "Priya Venn")
    walls.declare(coordinator, case_id, NOW)
    with saved(), acting.whole_area(area_id):
        assert nameable.unattended(area_id, NOW.date()) == []
        assert chair.account_id in nameable.runners(area_id, case_id, NOW.date())
        db.session.get_one(AgencyRow, other).withdrawn_on = NOW.date()
    with acting.whole_area(area_id):
        assert [key for key, _ in nameable.unattended(area_id, NOW.date())] == [case_id]


def test_M6_nobody_walled_confirms_who_is_named_on_a_case_open_to_nobody(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    first, second = (
        a_person(agency, Role.INFORMATION_GOVERNANCE, name) for name in ("Edith Sallow", "Ivo Tarn")
    )
    case_id = a_case(area_id)
    restrictions.restrict(coordinator, case_id, "Kept", (), NOW)
    chair, walled = a_person(agency, Role.CHAIR, "Priya Venn"), a_person(agency, Role.CHAIR, "Nell Ash")
    a_wall(area_id, case_id, walled.account_id)
    with saved():
        db.session.get_one(AccountRow, coordinator.account_id).disabled_at = NOW
    unattended.propose_naming(first, case_id, chair.account_id, "She runs it now", NOW)
    for who, count in ((first, 0), (walled, 0), (chair, 0), (second, 1)):
        with acting.acting(who):
            assert len(proposals.waiting_for(who, NOW)) == count, who.name
    with pytest.raises(RuleBroken, match="cannot be named"):
        unattended.propose_naming(first, case_id, walled.account_id, "She runs it now", NOW)


def two_cases(area_id: UUID, **second: str) -> tuple[UUID, UUID]:
    """Two cases of one victim, each with another perpetrator."""
    told = {"recorded_at": "2026-11-20T12:00:00+00:00", "incident_at": "2026-11-19T22:00:00+00:00",
            "victim_nominal": "V-ONE", "victim_surname": "Thistlewood"}  # fmt: skip
    first = a_row(**told, perpetrator_forename="Aled", perpetrator_surname="Marsh")
    items = listed(area_id, [first, a_row(**told, **second)])
    with acting.whole_area(area_id):
        one, two = (db.session.get_one(ItemRow, item).case_id for item in items)
    return one, two


def test_M6_the_perpetrator_of_one_case_learns_of_no_other_case_of_the_same_victim(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    rowan = a_person(agency, name="Rowan Pike")
    one, two = two_cases(area_id, perpetrator_forename="Rowan", perpetrator_surname="Pike")
    assert one != two and sees(coordinator, one) and sees(coordinator, two)
    assert standing(one) == standing(two) == {rowan.account_id: "name"}
    assert not sees(rowan, one) and not sees(rowan, two)


def test_M6_who_knows_the_people_of_one_case_sees_no_other_of_the_same_victim_then_or_later(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    joan = a_person(agency)
    one, two = two_cases(area_id, perpetrator_forename="Rowan", perpetrator_surname="Pike")
    walls.declare(joan, one, NOW)
    assert not sees(joan, two)
    with saved(), acting.service():
        db.session.execute(delete(WallRow).where(WallRow.case_id == two))
    with saved(), acting.service():
        assert walls.check_cases(area_id, [two], NOW) == 1
    assert not sees(joan, two)


def some_cases(area_id: UUID, number: int) -> list[UUID]:
    """Cases that Monday's list heard, between strangers."""
    told = {"recorded_at": "2026-11-20T12:00:00+00:00", "incident_at": "2026-11-19T22:00:00+00:00"}
    items = listed(area_id, [a_row(**told) for _ in range(number)])
    with acting.whole_area(area_id):
        return [db.session.get_one(ItemRow, item).case_id for item in items]


def test_M6_a_case_is_unattended_where_nobody_who_runs_meetings_may_open_that_very_case(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    chair = a_person(agency, Role.CHAIR, "Priya Venn")
    one, two, three = some_cases(area_id, 3)
    for who, case_id in ((coordinator, one), (chair, two), (coordinator, three), (chair, three)):
        a_wall(area_id, case_id, who.account_id)
    with acting.service():
        assert [case_id for case_id, _ in nameable.unattended(area_id, NOW.date())] == [three]


def test_M6_who_is_named_on_one_restricted_case_attends_to_no_other(
    area_id: UUID, coordinator: Principal, agency: UUID
) -> None:
    one, two = some_cases(area_id, 2)
    with saved(), acting.service():
        for case_id in (one, two):
            db.session.add(RestrictionRow(case_id=case_id, area_id=area_id, put_at=NOW, reason="",
                                          state=RestrictionState.RESTRICTED,
                                          hides=Hides.UNNAMED))  # fmt: skip
        db.session.add(NamedRow(case_id=one, account_id=coordinator.account_id, area_id=area_id,
                                named_by=coordinator.account_id, named_at=NOW))  # fmt: skip
    with acting.service():
        assert [case_id for case_id, _ in nameable.unattended(area_id, NOW.date())] == [two]


def test_M6_where_only_one_who_runs_meetings_is_left_governance_confirms_that_a_wall_is_lifted(
    area_id: UUID, agency: UUID
) -> None:
    chair = a_person(agency, Role.CHAIR, "Priya Venn")
    governance = a_person(agency, Role.INFORMATION_GOVERNANCE)
    namesake = a_person(agency, Role.COORDINATOR, "Niamh Corder")
    case_id = a_case(area_id, **HER)
    assert not sees(namesake, case_id) and sees(chair, case_id)
    lifted(case_id, chair, governance)
    assert sees(namesake, case_id)


def test_M6_governance_confirms_no_lifting_where_another_who_runs_meetings_is_free(
    area_id: UUID, niamh: Principal, agency: UUID
) -> None:
    chair = a_person(agency, Role.CHAIR, "Priya Venn")
    governance, case_id = a_person(agency, Role.INFORMATION_GOVERNANCE), a_case(area_id, **HER)
    with pytest.raises(ValueError, match="not enough values"):
        lifted(case_id, chair, governance)
    assert not sees(niamh, case_id)
