"""What was opened to somebody ends with what they were (security.md B)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AllocationAskRow, AllocationRow, CaseRow, ItemRow, NamedRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, openings
from meetingsvc.usecases import account_changes
from meetingsvc.usecases import openings as opening
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, referred


def test_security_B_glass_broken_as_an_idva_does_not_outlive_the_role(area_id: UUID) -> None:
    a_person(an_agency(area_id), Role.CHAIR)  # whom broken glass tells
    (item,) = referred(a_person(an_agency(area_id, "Northtest Police")), [Group.REPEAT_NO_SAFEGUARDS])
    case = db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)
    homes = an_agency(area_id, "Northtest Homes", marac=False, daily=False)
    keeper, idva = a_person(homes, Role.AGENCY_ADMINISTRATOR), a_person(homes, Role.IDVA)
    case_id, number = case.id, case.number
    with acting.acting(idva):
        assert opening.break_glass(idva, number, "She rang from a call box and hung up.", NOW) == case_id
        assert openings.open_now(idva, case_id)
        db.session.rollback()
    with acting.acting(keeper):
        account_changes.give_role(keeper, idva.account_id, Role.REPRESENTATIVE, Role.IDVA, NOW)
    after = accounts.principal(idva.account_id, NOW + timedelta(seconds=1))
    assert after is not None and after.role is Role.REPRESENTATIVE
    with acting.acting(after):
        assert openings.open_now(after, case_id) is None
        db.session.rollback()


@pytest.fixture
def case(area_id: UUID) -> CaseRow:
    (item,) = referred(a_person(an_agency(area_id, "Northtest Police")), [Group.REPEAT_NO_SAFEGUARDS])
    return db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)


def changed(who: Principal, to: Role) -> Principal:
    """Their role as two people change it."""
    grants = a_person(an_agency(who.area_id, f"Council {uuid4()}"), Role.SYSTEM_ADMINISTRATOR)
    with saved(), acting.acting(grants):
        row = db.session.get_one(AccountRow, who.account_id)
        account_changes._set_role(row, to, grants, NOW)
    found = accounts.principal(who.account_id, NOW)
    assert found is not None and found.role is to
    return found


def test_M6_a_name_on_a_restricted_case_and_an_allocation_end_with_the_role(case: CaseRow) -> None:
    agency = an_agency(case.area_id, "Northtest Homes", daily=True)
    people = [a_person(agency, role) for role in (Role.CHAIR, Role.IDVA, Role.IDVA)]
    with saved():
        for who in people:
            db.session.add(AllocationAskRow(case_id=case.id, account_id=who.account_id, area_id=case.area_id,
                                            asked_at=NOW))  # fmt: skip
            db.session.add(NamedRow(case_id=case.id, account_id=who.account_id, area_id=case.area_id,
                                    named_by=who.account_id, named_at=NOW))  # fmt: skip
            db.session.add(AllocationRow(case_id=case.id, account_id=who.account_id, area_id=case.area_id,
                                         allocated_by=who.account_id, allocated_at=NOW))  # fmt: skip
    *changing, stays = people
    for who in changing:
        changed(who, Role.REPRESENTATIVE)
    for table in (NamedRow, AllocationRow, AllocationAskRow):
        assert [row.account_id for row in db.session.query(table)] == [stays.account_id], table


def test_M6_who_goes_on_running_meetings_stays_named(case: CaseRow) -> None:
    chair = a_person(an_agency(case.area_id, "Northtest Homes"), Role.CHAIR)
    with saved():
        db.session.add(NamedRow(case_id=case.id, account_id=chair.account_id, area_id=case.area_id,
                                named_by=chair.account_id, named_at=NOW))  # fmt: skip
    changed(chair, Role.COORDINATOR)
    assert db.session.query(NamedRow).count() == 1


def test_security_B_a_ticket_asked_for_as_governance_is_not_approved_for_a_representative(
    case: CaseRow,
) -> None:
    agency = an_agency(case.area_id, "Northtest Homes")
    governs, chair = a_person(agency, Role.INFORMATION_GOVERNANCE), a_person(agency, Role.CHAIR)
    case_id, number = case.id, case.number
    with acting.acting(governs):
        ticket = opening.ask_ticket(governs, number, "A complaint about this case came in.", NOW)
    after = changed(governs, Role.REPRESENTATIVE)
    assert ticket is not None
    with acting.acting(chair), pytest.raises(RuleBroken, match="may not be given"):
        opening.approve(chair, ticket, NOW)
    with acting.acting(after):
        assert openings.open_now(after, case_id) is None
        db.session.rollback()
