"""Lists of flags and actions that leave as a file pass the one door (Rulebook F3, M6, V5)."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from agenda.need_to_know import WallState
from meetingsvc.models import (
    ActionRow,
    AssociateRow,
    AuditRow,
    ContactRow,
    ItemRow,
    NamedRow,
    PersonRow,
    RefusalRow,
    RestrictionRow,
    StaffDetailRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.actions import Which
from meetingsvc.usecases import lists_taken
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.a_telling import a_flag
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases import test_feedback
from tests.usecases.test_feedback import Panel

panel = pytest.fixture(test_feedback.panel.__wrapped__, name="panel")


@pytest.fixture
@remembered
def cases(panel: Panel) -> list[UUID]:
    """Two cases, each with a flag and an action of the representative's agency."""
    found = []
    with saved():
        for key in panel.items:
            item = db.session.get_one(ItemRow, key)
            found.append(item.case_id)
            db.session.add(a_flag(uuid4(), item, panel.rep.agency_id, "Harbour"))
            db.session.add(
                ActionRow(area_id=item.area_id, item_id=key, category="victim", what="Fit a lock",
                          agency_id=panel.rep.agency_id, due=date(2026, 12, 1), status="open",
                          set_by=panel.coordinator.account_id, set_at=NOW)
            )  # fmt: skip
    return found


def taken(who: Principal) -> tuple[list[UUID], list[UUID]]:
    """The cases of both files, as this person gets them."""
    done = lists_taken.of_actions(who, Which.OPEN, None, NOW)
    flagged = lists_taken.of_flags(who, NOW)
    return sorted({one.case_id for one in flagged}), sorted({one.case_id for one in done})


def shares_a_telephone(panel: Panel, case_id: UUID) -> None:
    """The representative's own number is that of the perpetrator's brother; their wall was lifted."""
    area_id = panel.coordinator.area_id
    with saved():
        brother = PersonRow(id=uuid4(), area_id=area_id, forename="Kit", surname="Vane")
        db.session.add(brother)
        db.session.flush()
        told = {"area_id": area_id, "case_id": case_id, "person_id": brother.id, "author": "x", "source": "x",
                "agency_id": panel.rep.agency_id, "recorded_by": panel.rep.account_id,
                "recorded_at": NOW}  # fmt: skip
        db.session.add(AssociateRow(relation="brother", **told))
        db.session.add(ContactRow(kind="phone", value="07700 900321", key="07700900321", **told))
        db.session.add(StaffDetailRow(area_id=area_id, account_id=panel.rep.account_id, of_whom="self",
                                      phone="07700 900321", told_at=NOW))  # fmt: skip
    a_wall(area_id, case_id, panel.rep.account_id, WallState.LIFTED)


def test_F3_no_list_leaves_with_a_case_whose_perpetrator_could_see_it(
    panel: Panel, cases: list[UUID]
) -> None:
    shares_a_telephone(panel, cases[0])
    assert taken(panel.rep) == ([cases[1]], [cases[1]])
    kept = select(RefusalRow.kind, RefusalRow.case_id).order_by(RefusalRow.kind)
    assert db.session.execute(kept).all() == [("actions list", cases[0]), ("flags list", cases[0])]


def test_security_B_restricted_cases_stay_in_the_service(panel: Panel, cases: list[UUID]) -> None:
    area_id = panel.coordinator.area_id
    with saved():
        db.session.add(RestrictionRow(area_id=area_id, case_id=cases[0], state="restricted", hides="unnamed",
                                      reason="staff", put_at=NOW))  # fmt: skip
        for who in (panel.coordinator, panel.rep):
            db.session.add(NamedRow(area_id=area_id, case_id=cases[0], account_id=who.account_id,
                                    named_by=panel.coordinator.account_id, named_at=NOW))  # fmt: skip
    assert taken(panel.rep) == ([cases[1]], [cases[1]])
    of_all = lists_taken.of_actions(panel.coordinator, Which.OPEN, None, NOW)
    assert {one.case_id for one in of_all} == {cases[1]}


def test_V5_each_case_that_left_has_its_own_line(panel: Panel, cases: list[UUID]) -> None:
    assert taken(panel.rep) == (sorted(cases), sorted(cases))
    for action in ("action.case_exported", "flag.case_exported"):
        row = AuditRow
        lines = select(row.case_id).where(row.action == action, row.actor == str(panel.rep.account_id))
        assert sorted(db.session.scalars(lines)) == sorted(cases)


def test_nothing_to_take_is_an_empty_list(panel: Panel) -> None:
    assert taken(panel.rep) == ([], [])
