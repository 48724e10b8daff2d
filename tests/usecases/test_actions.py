"""What became of an action, and whose it is to say so."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.models import ActionRow, AgencyRow, AuditRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, actions, home
from meetingsvc.usecases import actions as usecase
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from minutes.actions import Status
from tests.a_marac import NOW, a_person, an_agency, referred

TODAY = NOW.date()


@pytest.fixture
def owner(area_id: UUID) -> UUID:
    """The agency that owns the first action: the tests' builder gives it to the area's first."""
    return an_agency(area_id, "Aldermoor Homes", daily=True)


@pytest.fixture
def coordinator(area_id: UUID, owner: UUID) -> Principal:
    return a_person(an_agency(area_id, "Zeal Police", daily=True), Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
def action(coordinator: Principal, owner: UUID) -> UUID:
    """An open action of the owner, from a daily meeting that referred the case."""
    referred(coordinator, [Group.NEW_NO_SAFEGUARDS])
    row = db.session.scalars(select(ActionRow)).one()
    with saved():
        db.session.get_one(ActionRow, row.id).agency_id = owner
    return row.id


def status_of(action_id: UUID) -> tuple[str, str]:
    db.session.rollback()
    row = db.session.get_one(ActionRow, action_id)
    return row.status, row.reason


@pytest.mark.parametrize("role", [Role.REPRESENTATIVE, Role.IDVA])
def test_A1_the_owner_says_what_became_of_an_action_and_the_trail_has_no_text_of_it(
    owner: UUID, action: UUID, role: Role
) -> None:
    mine = a_person(owner, role)
    usecase.set_status(mine, action, Status.NOT_POSSIBLE, " She moved away ", NOW)
    assert status_of(action) == ("not possible", "She moved away")
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "action.settled")).one()
    assert (line.subject, line.actor) == (f"action/{action}", str(mine.account_id))
    assert line.detail.keys() == {"item", "case", "status"}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR])
def test_A1_who_runs_the_meetings_settles_any_agencys_action(
    coordinator: Principal, action: UUID, role: Role
) -> None:
    usecase.set_status(a_person(coordinator.agency_id, role), action, Status.DONE, "", NOW)
    assert status_of(action) == ("done", "")


def test_A1_another_agencys_action_is_missing(coordinator: Principal, action: UUID) -> None:
    other = a_person(coordinator.agency_id)
    assert actions.one(other, action) is None
    for hidden in (action, uuid4()):
        with pytest.raises(NotFound):
            usecase.set_status(other, hidden, Status.DONE, "", NOW)
    with pytest.raises(Forbidden):
        administrator = a_person(coordinator.agency_id, Role.INFORMATION_GOVERNANCE)
        usecase.set_status(administrator, action, Status.DONE, "", NOW)
    assert status_of(action) == ("open", "")


def test_A1_what_somebody_has_settled_meanwhile_is_not_overwritten(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    usecase.set_status(coordinator, action, Status.NOT_DONE, "No key", NOW)
    with pytest.raises(RuleBroken, match="already that this action was not done"):
        usecase.set_status(a_person(owner), action, Status.DONE, "", NOW)
    assert status_of(action) == ("not done", "No key")


@pytest.mark.parametrize(
    "status, reason", [(Status.NOT_DONE, " "), (Status.NOT_POSSIBLE, ""), (Status.OPEN, "Later")]
)
def test_A1_not_possible_and_not_done_need_a_reason_and_open_is_no_answer(
    coordinator: Principal, action: UUID, status: Status, reason: str
) -> None:
    with pytest.raises(RuleBroken):
        usecase.set_status(coordinator, action, status, reason, NOW)
    assert status_of(action) == ("open", "")


def test_V1_a_withdrawn_agency_sees_none_of_its_actions(owner: UUID, action: UUID) -> None:
    mine = a_person(owner)
    assert actions.open_actions(mine, None, TODAY, 1)[1] == home.actions(mine, TODAY).open == 1
    with saved():
        db.session.get_one(AgencyRow, owner).withdrawn_on = TODAY
    gone = accounts.principal(mine.account_id, NOW)
    assert gone is not None and actions.open_actions(gone, None, TODAY, 1) == ([], 0)
    assert actions.one(gone, action) is None


def test_A1_who_attends_the_marac_only_sees_an_action_once_the_agenda_is_shared(
    coordinator: Principal, action: UUID
) -> None:
    homes = an_agency(coordinator.area_id, "Marac Homes")
    with saved():
        db.session.get_one(ActionRow, action).agency_id = homes
    mine = a_person(homes)
    assert actions.one(mine, action) is None and home.actions(mine, TODAY).open == 0
    meeting_id = marac.plan(coordinator, date(2026, 12, 3), NOW)
    marac.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(coordinator, meeting_id, NOW)
    assert actions.one(mine, action) is not None and home.actions(mine, TODAY).open == 1


def test_A2_overdue_actions_come_first_the_latest_of_them_first_and_settled_ones_are_gone(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    days = {days: TODAY + timedelta(days=days) for days in (-9, -1, 0, 5)}
    with saved():
        first = db.session.get_one(ActionRow, action)
        first.due = days[5]
        for due in (days[0], days[-9], days[-1]):
            db.session.add(another(first, due, "open"))
        db.session.add(another(first, days[-1], "done"))
    found, count = actions.open_actions(coordinator, None, TODAY, 1)
    assert count == 4
    assert [one.due for one in found] == [days[-1], days[-9], days[0], days[5]]
    assert [one.is_overdue(TODAY) for one in found] == [True, True, False, False]
    assert actions.open_actions(coordinator, coordinator.agency_id, TODAY, 1) == ([], 0)
    assert actions.open_actions(coordinator, owner, TODAY, 1)[1] == 4


def another(like: ActionRow, due: date, status: str) -> ActionRow:
    return ActionRow(
        area_id=like.area_id, item_id=like.item_id, category="victim", agency_id=like.agency_id,
        what="Call her", due=due, status=status, set_by=like.set_by, set_at=NOW,
    )  # fmt: skip
