"""A chair stands in for a coordinator, and buries no case so (security.md B)."""

from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.addresses import ContactKind, ContactTold
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.rules import RuleBroken
from meetingsvc.models import AccountRow, AuditRow, ItemRow, OutcomeRow, WallRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, addresses
from meetingsvc.usecases import addresses as telling
from meetingsvc.usecases import outcomes, proposals, restrictions, unnaming, wall_decisions, walls
from meetingsvc.usecases.stand_ins import Standing, standing
from meetingsvc.usecases.transaction import saved
from minutes.outcome import Outcome
from minutes.recording import Recording
from tests.a_marac import NOW, a_person, an_agency
from tests.servers.remembered import remembered
from tests.usecases.test_burying import told_of_alarms, waiting
from tests.usecases.test_walls import a_case, sees

REFERRED = Outcome(Risk.HIGH, in_place=False, refer=True, group=Group.NEW_NO_SAFEGUARDS)
MEDIUM = Outcome(Risk.MEDIUM, refer=False, not_referred="She is in refuge.")


class Panel(NamedTuple):
    coordinator: Principal
    chair: Principal
    governance: Principal
    case_id: UUID
    item_id: UUID


@pytest.fixture
@remembered
def agency(area_id: UUID) -> UUID:
    return an_agency(area_id, daily=True)


@pytest.fixture
@remembered
def panel(area_id: UUID, agency: UUID) -> Panel:
    """One coordinator, one chair, and a case on the daily list that the police assessed as medium risk."""
    return _panel(area_id, agency, "medium")


def _panel(area_id: UUID, agency: UUID, risk: str) -> Panel:
    people = [
        a_person(agency, role, name)
        for role, name in (
            (Role.COORDINATOR, "Morgan Ashdown"),
            (Role.CHAIR, "Priya Venn"),
            (Role.INFORMATION_GOVERNANCE, "Edith Sallow"),
        )
    ]
    case_id = a_case(area_id)
    with saved(), acting.service():
        item = db.session.scalars(select(ItemRow).where(ItemRow.case_id == case_id)).one()
        item.risk, item_id = risk, item.id
    return Panel(*people, case_id, item_id)


def wall_off(panel: Panel) -> UUID:
    """The chair tells the coordinator's own e-mail address as one of the parties'."""
    with acting.acting(panel.chair):
        party = addresses.people(panel.chair, panel.case_id)[0].id
        email = emails()[panel.coordinator.account_id]
        told = ContactTold(ContactKind.EMAIL, email, False, "Priya Venn", "a call")
        telling.tell_contact(panel.chair, panel.case_id, party, told, NOW)
    assert not sees(panel.coordinator, panel.case_id)
    with acting.service():
        db.session.rollback()
        return db.session.scalars(select(WallRow.id).where(WallRow.case_id == panel.case_id)).one()


def emails() -> dict[UUID, str]:
    with acting.service():
        return {key: email for key, email in db.session.execute(select(AccountRow.id, AccountRow.email))}


def stands(panel: Panel, chair: Principal | None = None) -> Standing | None:
    who = chair or panel.chair
    with acting.acting(who):
        return standing(who, panel.item_id, panel.case_id, NOW)


def records(who: Principal, panel: Panel, version: int = 0, outcome: Outcome = REFERRED) -> int:
    return outcomes.record(who, panel.item_id, Recording(version, outcome), NOW)


def outcome_of(panel: Panel) -> tuple[int, str, bool] | None:
    with acting.service():
        db.session.rollback()
        row = db.session.get(OutcomeRow, panel.item_id)
        return (row.version, row.risk, row.refer) if row else None


def looked_at(panel: Panel, wall_id: UUID, who: Principal) -> None:
    with saved(), acting.service():
        row = db.session.get_one(WallRow, wall_id)
        row.decided_by, row.decided_at = who.account_id, NOW


def test_security_B_a_chair_records_nothing_over_a_coordinators_outcome(panel: Panel, agency: UUID) -> None:
    records(panel.coordinator, panel)
    looked_at(panel, wall_off(panel), a_person(agency, Role.CHAIR, "Nell Ash"))
    assert stands(panel) is Standing.RECORDED
    with pytest.raises(RuleBroken, match="not yours to change"):
        records(panel.chair, panel, 1, MEDIUM)
    assert outcome_of(panel) == (1, "high", True)


def test_security_B_nor_over_another_chairs_but_changes_their_own(panel: Panel, agency: UUID) -> None:
    other = a_person(agency, Role.CHAIR, "Nell Ash")
    looked_at(panel, wall_off(panel), other)
    assert records(panel.chair, panel) == 1
    assert records(panel.chair, panel, 1, replace(REFERRED, notes="Heard")) == 2
    assert stands(panel, other) is Standing.RECORDED
    with pytest.raises(RuleBroken, match="not yours to change"):
        records(other, panel, 2)


def test_security_B_a_wall_that_only_the_chair_knows_of_is_no_coordinators_absence(panel: Panel) -> None:
    wall_id = wall_off(panel)
    assert stands(panel) is Standing.TO_BE_LOOKED_AT
    wall_decisions.keep(panel.chair, panel.case_id, wall_id, NOW)
    assert stands(panel) is Standing.TO_BE_LOOKED_AT, "kept by the chair themselves"
    with pytest.raises(RuleBroken, match="ask information governance"):
        records(panel.chair, panel)
    assert outcome_of(panel) is None


def test_security_B_once_governance_has_looked_the_case_gets_its_outcome(panel: Panel) -> None:
    wall_id = wall_off(panel)
    wall_decisions.propose_lifting(panel.chair, panel.case_id, wall_id, "Look, please", NOW)
    assert stands(panel) is Standing.TO_BE_LOOKED_AT, "asked, and not answered yet"
    (told,) = waiting(panel.governance)
    with acting.acting(panel.governance):
        proposals.decide(panel.governance, told.id, False, "It is her brother", NOW)
    assert stands(panel) is Standing.STANDS_IN
    assert records(panel.chair, panel) == 1


def test_security_B_where_governance_lifts_the_wall_the_coordinator_records(panel: Panel) -> None:
    wall_decisions.propose_lifting(panel.chair, panel.case_id, wall_off(panel), "Look, please", NOW)
    (told,) = waiting(panel.governance)
    with acting.acting(panel.governance):
        proposals.decide(panel.governance, told.id, True, "", NOW)
    assert stands(panel) is Standing.NOT_NEEDED
    assert records(panel.coordinator, panel) == 1


def test_security_B_a_coordinator_who_said_that_they_know_somebody_is_absent_at_once(panel: Panel) -> None:
    walls.declare(panel.coordinator, panel.case_id, NOW)
    assert stands(panel) is Standing.STANDS_IN and stands(panel, panel.coordinator) is None


def test_security_B_restricting_beside_a_wall_of_ones_own_makes_no_absence(panel: Panel) -> None:
    wall_off(panel)
    restrictions.restrict(panel.chair, panel.case_id, "Kept", (), NOW)
    assert stands(panel) is Standing.TO_BE_LOOKED_AT


def test_security_B_a_coordinator_unnamed_by_two_people_is_absent(panel: Panel, agency: UUID) -> None:
    other = a_person(agency, Role.CHAIR, "Nell Ash")
    restrictions.restrict(panel.chair, panel.case_id, "Kept", (), NOW)
    unnaming.unname(panel.chair, panel.case_id, panel.coordinator.account_id, "Left", NOW)
    (told,) = waiting(other)
    with acting.acting(other):
        proposals.decide(other, told.id, True, "", NOW)
    assert stands(panel) is Standing.STANDS_IN
    late = a_person(agency, Role.COORDINATOR, "Ivo Tarn")
    assert stands(panel) is Standing.TO_BE_LOOKED_AT, "nobody decided about the new one"
    restrictions.name(panel.chair, panel.case_id, {late.account_id}, NOW)
    assert stands(panel) is Standing.NOT_NEEDED


@pytest.mark.parametrize(
    "police, outcome, field",
    [
        ("medium", Outcome(Risk.STANDARD, refer=False), "risk"),
        ("high", Outcome(Risk.HIGH, refer=False, not_referred="-"), "refer"),
        ("medium", Outcome(Risk.HIGH, refer=False, not_referred="-"), "refer"),
    ],
)
def test_security_B_a_stand_in_lowers_no_risk_and_refers_every_high_one(
    area_id: UUID, agency: UUID, police: str, outcome: Outcome, field: str
) -> None:
    panel = _panel(area_id, agency, police)
    walls.declare(panel.coordinator, panel.case_id, NOW)
    with pytest.raises(outcomes.Unfit) as refused:
        records(panel.chair, panel, 0, outcome)
    assert field in refused.value.problems and outcome_of(panel) is None


def test_security_B_a_stand_in_records_a_medium_risk_that_is_not_referred(panel: Panel) -> None:
    walls.declare(panel.coordinator, panel.case_id, NOW)
    assert records(panel.chair, panel, 0, MEDIUM) == 1


def test_security_B_every_stand_in_is_told_to_governance_and_the_other_chairs(
    panel: Panel, agency: UUID
) -> None:
    other = a_person(agency, Role.CHAIR, "Nell Ash")
    looked_at(panel, wall_off(panel), other)
    for version in (0, 1):
        records(panel.chair, panel, version)
    told = told_of_alarms()
    assert told[panel.governance.account_id] == "/audit"
    assert told[other.account_id] == f"/items/{panel.item_id}/outcome"
    with acting.service():
        lines = db.session.scalars(select(AuditRow).where(AuditRow.action == "outcome.stand_in_told")).all()
    assert [line.subject for line in lines] == [f"item/{panel.item_id}"] * 2
