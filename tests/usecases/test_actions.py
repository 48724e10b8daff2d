"""What became of an action, and whose it is to say so."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.calendar import local_day
from agenda.circulation import Group
from agenda.rules import RuleBroken
from meetingsvc.models import (
    ActionOwnerRow,
    ActionRow,
    AgencyRow,
    AuditRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, actions, home
from meetingsvc.store.actions import Which
from meetingsvc.usecases import action_reminders, marac, marac_publishing, notice_times
from meetingsvc.usecases import actions as usecase
from meetingsvc.usecases.actions import Told, Unfit
from meetingsvc.usecases.transaction import saved
from minutes.actions import Status
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

TODAY = NOW.date()


@pytest.fixture
@remembered
def owner(area_id: UUID) -> UUID:
    """The agency that owns the first action: the tests' builder gives it to the area's first."""
    return an_agency(area_id, "Aldermoor Homes", daily=True)


@pytest.fixture
@remembered
def coordinator(area_id: UUID, owner: UUID) -> Principal:
    return a_person(an_agency(area_id, "Zeal Police", daily=True), Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
@remembered
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
    usecase.set_status(a_person(coordinator.agency_id, role), action, Status.DONE, "Seen", NOW)
    assert status_of(action) == ("done", "Seen")


def test_A1_another_agencys_action_is_missing(coordinator: Principal, action: UUID) -> None:
    other = a_person(coordinator.agency_id)
    assert actions.one(other, action) is None
    for hidden in (action, uuid4()):
        with pytest.raises(NotFound):
            usecase.set_status(other, hidden, Status.DONE, "Seen", NOW)
    with pytest.raises(Forbidden):
        administrator = a_person(coordinator.agency_id, Role.INFORMATION_GOVERNANCE)
        usecase.set_status(administrator, action, Status.DONE, "Seen", NOW)
    assert status_of(action) == ("open", "")


def test_A1_what_somebody_has_settled_meanwhile_is_not_overwritten(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    usecase.set_status(coordinator, action, Status.NOT_DONE, "No key", NOW)
    with pytest.raises(RuleBroken, match="already that this action was not done"):
        usecase.set_status(a_person(owner), action, Status.DONE, "Seen", NOW)
    assert status_of(action) == ("not done", "No key")


@pytest.mark.parametrize(
    "status, reason",
    [(Status.NOT_DONE, " "), (Status.NOT_POSSIBLE, ""), (Status.OPEN, "Later"), (Status.DONE, "")],
)
def test_A1_each_needs_its_words_and_open_is_no_answer(
    coordinator: Principal, action: UUID, status: Status, reason: str
) -> None:
    with pytest.raises(RuleBroken):
        usecase.set_status(coordinator, action, status, reason, NOW)
    assert status_of(action) == ("open", "")


def test_V1_a_withdrawn_agency_sees_none_of_its_actions(owner: UUID, action: UUID) -> None:
    mine = a_person(owner)
    assert actions.listed(mine, Which.OPEN, None, TODAY, 1)[1] == home.actions(mine, TODAY).open == 1
    with saved():
        db.session.get_one(AgencyRow, owner).withdrawn_on = TODAY
    gone = accounts.principal(mine.account_id, NOW)
    assert gone is not None and actions.listed(gone, Which.OPEN, None, TODAY, 1) == ([], 0)
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
    found, count = actions.listed(coordinator, Which.OPEN, None, TODAY, 1)
    assert count == 4
    assert [one.due for one in found] == [days[-1], days[-9], days[0], days[5]]
    assert [one.is_overdue(TODAY) for one in found] == [True, True, False, False]
    assert actions.listed(coordinator, Which.OPEN, coordinator.agency_id, TODAY, 1) == ([], 0)
    assert actions.listed(coordinator, Which.OPEN, owner, TODAY, 1)[1] == 4


def another(like: ActionRow, due: date, status: str) -> ActionRow:
    return ActionRow(
        area_id=like.area_id, item_id=like.item_id, category="victim", agency_id=like.agency_id,
        what="Call her", due=due, status=status, set_by=like.set_by, set_at=NOW,
    )  # fmt: skip


def steps_of(who: Principal, action_id: UUID) -> list[tuple[str, str]]:
    with acting.acting(who):
        return [(step.words, step.text) for step in actions.steps(who, [action_id])[action_id]]


def test_A1_several_are_recorded_together_or_none(coordinator: Principal, owner: UUID, action: UUID) -> None:
    with saved():
        first = db.session.get_one(ActionRow, action)
        second = another(first, TODAY, "open")
        second.id = uuid4()
        db.session.add(second)
    mine, other = a_person(owner), second.id
    told = {action: Told(Status.DONE, "Seen"), other: Told(Status.NOT_DONE)}
    with pytest.raises(Unfit) as refusal:
        usecase.progress(mine, told, NOW)
    assert refusal.value.problems == {other: {"reason": "Say why the action was not done"}}
    assert status_of(action)[0] == status_of(other)[0] == "open"
    assert usecase.progress(mine, told | {other: Told(Status.NOT_DONE, "No key")}, NOW) == 2
    assert (status_of(action), status_of(other)) == (("done", "Seen"), ("not done", "No key"))
    assert steps_of(mine, other) == [("Not done", "No key")]


def test_A1_it_is_given_to_somebody_of_the_agency_that_owns_it(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    mine, colleague, stranger = a_person(owner), a_person(owner), a_person(coordinator.agency_id)
    with pytest.raises(Unfit):
        usecase.progress(mine, {action: Told(owner=stranger.account_id)}, NOW)
    assert usecase.progress(mine, {action: Told(owner=colleague.account_id)}, NOW) == 1
    found, count = actions.listed(colleague, Which.MINE, None, TODAY, 1)
    assert count == 1 and found[0].account_id == colleague.account_id
    assert actions.listed(mine, Which.MINE, None, TODAY, 1) == ([], 0)


def test_A1_who_did_an_action_before_stays_on_record(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    mine, sam = a_person(owner), a_person(owner, name="Sam Okoro")
    for to in (mine, sam, sam, mine):
        usecase.progress(mine, {action: Told(owner=to.account_id)}, NOW)
    told = ["Joan Akande", "Sam Okoro, no longer Joan Akande", "Joan Akande, no longer Sam Okoro"]
    assert steps_of(mine, action) == [("Who does it", one) for one in told]
    db.session.rollback()
    given = select(AuditRow.detail).where(AuditRow.action == "action.given").order_by(AuditRow.id)
    ids = [(line["account"], line["was"]) for line in db.session.scalars(given)]
    one, other = str(mine.account_id), str(sam.account_id)
    assert ids == [(one, None), (other, one), (one, other)]


def test_A1_giving_an_action_to_somebody_is_not_the_chairs_word_on_it(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    mine, chair = a_person(owner), a_person(coordinator.agency_id, Role.CHAIR)
    usecase.set_status(mine, action, Status.NOT_DONE, "No key", NOW)
    usecase.reopen(coordinator, action, "The risk is as it was", NOW + timedelta(hours=1))
    usecase.progress(mine, {action: Told(owner=mine.account_id)}, NOW + timedelta(hours=2))
    usecase.set_status(mine, action, Status.NOT_DONE, "Still no key", NOW + timedelta(hours=3))
    usecase.progress(mine, {action: Told(owner=a_person(owner).account_id)}, NOW + timedelta(hours=4))
    assert [one.id for one in actions.twice_not_done(chair)] == [action]


def test_A1_not_done_twice_goes_to_the_chair_who_says_what_is_done(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    mine, chair = a_person(owner), a_person(coordinator.agency_id, Role.CHAIR)
    with pytest.raises(Forbidden):
        usecase.reopen(mine, action, "Again", NOW)
    with pytest.raises(RuleBroken, match="is open"):
        usecase.reopen(coordinator, action, "Again", NOW)
    usecase.set_status(mine, action, Status.NOT_DONE, "No key", NOW)
    usecase.reopen(coordinator, action, "The risk is as it was", NOW + timedelta(hours=1))
    assert status_of(action) == ("open", "") and actions.twice_not_done(chair) == []
    usecase.set_status(mine, action, Status.NOT_DONE, "Still no key", NOW + timedelta(hours=2))
    assert [one.id for one in actions.twice_not_done(chair)] == [action]
    with pytest.raises(Forbidden):
        usecase.look_at(coordinator, action, "Rang them", NOW)
    usecase.look_at(chair, action, "Rang their manager", NOW + timedelta(hours=3))
    assert actions.twice_not_done(chair) == [] and status_of(action) == ("not done", "Still no key")
    assert steps_of(chair, action) == [
        ("Not done", "No key"), ("Opened again", "The risk is as it was"), ("Not done", "Still no key"),
        ("The chair looked at it", "Rang their manager"),
    ]  # fmt: skip
    with pytest.raises(RuleBroken, match="does not wait"):
        usecase.look_at(chair, action, "Again", NOW + timedelta(hours=4))


def test_A3_the_plan_is_read_by_whoever_may_read_the_case_and_by_nobody_else(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    case_id = db.session.scalars(select(ItemRow.case_id)).one()
    usecase.set_status(a_person(owner), action, Status.DONE, "Seen", NOW)
    other = a_person(coordinator.agency_id)
    with acting.acting(other):
        assert [one.reason for one in actions.plan(other, case_id)] == ["Seen"]
        assert actions.steps(other, [action])[action][0].text == "Seen"
    a_wall(coordinator.area_id, case_id, other.account_id)
    with acting.acting(other):
        assert actions.plan(other, case_id) == [] and actions.steps(other, [action])[action] == []
        assert actions.still_open(other, [case_id]) == {}


def test_A2_the_owner_is_reminded_before_and_after_once_a_day_and_nobody_else(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    mine, colleague = a_person(owner), a_person(owner)
    with saved():
        row = db.session.get_one(ActionRow, action)
        row.due = TODAY + timedelta(days=7)
        db.session.add(ActionOwnerRow(action_id=action, area_id=row.area_id, account_id=mine.account_id))

    def reminded(days: int) -> int:
        return action_reminders.remind(NOW + timedelta(days=days))

    assert [reminded(days) for days in (0, 2, 3, 3, 4, 7, 8, 8, 9, 15)] == [0, 0, 1, 0, 0, 0, 1, 0, 0, 1]
    told = set(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == Notice.ACTIONS)))
    assert told == {mine.account_id}, "it is given to one by name"
    with saved():
        db.session.delete(db.session.get_one(ActionOwnerRow, action))
    assert reminded(22) == 2, "then to everyone who attends for the agency"
    usecase.set_status(colleague, action, Status.DONE, "Seen", NOW + timedelta(days=23))
    assert reminded(40) == 0


def test_A2_an_action_due_on_the_last_of_all_days_keeps_no_other_from_being_reminded_of(
    owner: UUID, action: UUID
) -> None:
    a_person(owner)
    with saved():
        row = db.session.get_one(ActionRow, action)
        row.due = TODAY + timedelta(days=1)
        db.session.add(another(row, date.max, "open"))
    assert action_reminders.remind(NOW + timedelta(days=2)) == 1
    assert action_reminders.remind(NOW + timedelta(days=9)) == 1


@pytest.mark.parametrize(
    ("days", "state"), [(0, "waiting"), (1, "waiting"), (2, "gathered"), (-3, "gathered")]
)
def test_A2_what_is_due_before_the_daily_message_comes_does_not_wait_for_it(
    owner: UUID, action: UUID, days: int, state: str
) -> None:
    mine = a_person(owner)
    notice_times.choose(mine, [Notice.ACTIONS], NOW)
    at = NOW + timedelta(hours=3)  # today's daily message has left
    with saved():
        row = db.session.get_one(ActionRow, action)
        row.set_at, row.due = NOW - timedelta(days=30), local_day(at) + timedelta(days=days)
    assert action_reminders.remind(at) == 1
    told = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.ACTIONS)).one()
    assert (told.state, told.urgent) == (state, False)


def test_A2_M4_of_an_emergency_meeting_it_waits_for_nothing(owner: UUID, action: UUID) -> None:
    notice_times.choose(a_person(owner), [Notice.ACTIONS], NOW)
    with saved():
        db.session.scalars(select(MeetingRow)).one().emergency = 1
    assert action_reminders.remind(NOW + timedelta(days=30)) == 1
    told = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == Notice.ACTIONS)).one()
    assert (told.state, told.urgent, told.not_before) == ("waiting", True, None)


def test_A2_M6_who_is_kept_from_a_case_is_not_reminded_of_its_action(
    coordinator: Principal, owner: UUID, action: UUID
) -> None:
    mine = a_person(owner)
    case_id = db.session.scalars(select(ItemRow.case_id)).one()
    a_wall(coordinator.area_id, case_id, mine.account_id)
    assert action_reminders.remind(NOW + timedelta(days=30)) == 0
    assert (
        db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == Notice.ACTIONS)).all() == []
    )
