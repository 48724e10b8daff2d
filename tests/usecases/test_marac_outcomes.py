"""Recording what a MARAC decides, on both databases: its outcome, and the review of the plan before it."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.agencies import AgencyKind
from agenda.circulation import Group
from agenda.incidents import Risk
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    ActionRow,
    AuditRow,
    CrimeRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    OutcomeRow,
    PlanReviewRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, outcomes
from meetingsvc.store import outcome_crimes as crimes
from meetingsvc.usecases import agencies, marac, marac_publishing
from meetingsvc.usecases import outcome_crimes as crime_usecase
from meetingsvc.usecases import outcomes as usecase
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category, Status
from minutes.crimes import Crime
from minutes.outcome import Outcome
from minutes.plan import Review, Verdict
from minutes.recording import Recording
from tests import a_marac
from tests.a_marac import NOW

pytestmark = pytest.mark.usefixtures("core_app")
DECIDED = Outcome(Risk.HIGH, in_place=True)
GROUPS = (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS)


@dataclass(frozen=True)
class Line:
    """Where a case stands on the MARAC, by its ids."""

    id: UUID
    meeting_id: UUID


@pytest.fixture
def coordinator(area_id: UUID) -> Principal:
    return a_marac.a_person(a_marac.an_agency(area_id, "Northmoor Council", daily=True), Role.COORDINATOR)


@pytest.fixture
def lines(coordinator: Principal) -> list[Line]:
    """The two lines of a MARAC that is published, in the order of its agenda."""
    marac.plan(coordinator, date(2026, 12, 3), NOW)
    daily = a_marac.referred(coordinator, GROUPS)
    found = [Line(row.id, row.meeting_id) for row in map(a_marac.line_of, daily)]
    published(coordinator, found[0].meeting_id)
    return found


def published(coordinator: Principal, meeting_id: UUID) -> None:
    chair = a_marac.a_person(coordinator.agency_id, Role.CHAIR)
    marac.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(chair, meeting_id, NOW)


def set_before(line: Line) -> ActionRow:
    """The one action that the daily meeting recommended."""
    sent = select(OutcomeRow.item_id).where(OutcomeRow.marac_item_id == line.id)
    return db.session.scalars(select(ActionRow).where(ActionRow.item_id.in_(sent))).one()


def reviewed(who: Principal, line: Line, review: Review, version: int = 0) -> ActionRow:
    key = set_before(line).id
    usecase.record(who, line.id, Recording(version, DECIDED, reviews={key: review}), NOW)
    db.session.rollback()
    return db.session.get_one(ActionRow, key)


def test_M1_the_case_carries_what_the_daily_meeting_had_and_decided(
    coordinator: Principal, lines: list[Line]
) -> None:
    sheet = outcomes.worksheet(coordinator, lines[0].id)
    assert sheet is not None and sheet.line is not None and sheet.is_open
    assert [one.incident.summary for one in sheet.incidents] == ["He held her by the throat."]
    assert [one.note.text for one in sheet.notes] == ["Rent arrears since June."]
    assert [(one.sits_on, one.recorded.outcome.group) for one in sheet.before] == [
        (a_marac.MONDAY, GROUPS[0])
    ]
    assert [(one.action.what, one.agency) for one in sheet.plan] == [("Fit a new lock", "Northmoor Council")]
    assert sheet.assessed == "The daily meeting assessed it as high."


def test_M1_previous_and_next_follow_the_agenda(coordinator: Principal, lines: list[Line]) -> None:
    one, two = (outcomes.worksheet(coordinator, line.id) for line in lines)
    assert one is not None and two is not None
    assert (one.place.number, one.place.of, one.place.previous, one.place.next) == ("1", 2, None, lines[1].id)
    assert (two.place.number, two.place.previous, two.place.next) == ("2", lines[0].id, None)


def test_M1_an_agency_that_attends_only_the_marac_reads_what_was_shared(
    coordinator: Principal, lines: list[Line], area_id: UUID
) -> None:
    reader = a_marac.a_person(a_marac.an_agency(area_id, "Fellside Homes"))
    with acting.acting(reader):
        sheet = outcomes.worksheet(reader, lines[0].id)
    assert sheet is not None and [one.sits_on for one in sheet.before] == [a_marac.MONDAY]
    assert [one.note.text for one in sheet.notes] == ["Rent arrears since June."]
    assert [one.set_on for one in sheet.plan] == [a_marac.MONDAY]


def test_M3_the_outcome_is_recorded_and_refers_nothing(coordinator: Principal, lines: list[Line]) -> None:
    told = Recording(0, replace(DECIDED, risk=Risk.MEDIUM, refer=True, plan_review="It holds."))
    assert usecase.record(coordinator, lines[0].id, told, NOW) == 1
    sheet = outcomes.worksheet(coordinator, lines[0].id)
    assert sheet is not None and sheet.recorded is not None and sheet.risks is not None
    assert sheet.recorded.outcome.plan_review == "It holds." and not sheet.recorded.outcome.refer
    assert sheet.risks.words == "medium (daily meeting: high)"
    assert (
        db.session.scalars(select(OutcomeRow.refer).where(OutcomeRow.item_id == lines[0].id)).one() is False
    )


def test_M3_the_safeguards_are_judged_again(coordinator: Principal, lines: list[Line]) -> None:
    with pytest.raises(usecase.Unfit) as refused:
        usecase.record(coordinator, lines[0].id, Recording(0, Outcome(Risk.HIGH)), NOW)
    assert set(refused.value.problems) == {"in_place"}


def test_M3_an_action_that_is_done_is_settled_at_once(coordinator: Principal, lines: list[Line]) -> None:
    row = reviewed(coordinator, lines[0], Review(Verdict.DONE, "Fitted on Monday"))
    assert (row.status, row.reason) == (Status.DONE, "Fitted on Monday")
    settled = select(AuditRow.subject).where(AuditRow.action == "action.settled")
    assert db.session.scalars(settled).all() == [f"action/{row.id}"]


def test_M3_an_action_that_is_still_right_stays_open(coordinator: Principal, lines: list[Line]) -> None:
    row = reviewed(coordinator, lines[0], Review(Verdict.STILL_RIGHT))
    assert row.status == Status.OPEN
    sheet = outcomes.worksheet(coordinator, lines[0].id)
    assert sheet is not None and [one.review for one in sheet.plan] == [Review(Verdict.STILL_RIGHT)]


def test_M3_an_action_that_changes_says_how_and_is_closed_for_the_one_beside_it(
    coordinator: Principal, lines: list[Line]
) -> None:
    with pytest.raises(usecase.Unfit) as refused:
        reviewed(coordinator, lines[0], Review(Verdict.CHANGE))
    assert set(refused.value.problems) == {f"review-{set_before(lines[0]).id}-text"}
    row = reviewed(coordinator, lines[0], Review(Verdict.CHANGE, "By the landlord instead"))
    assert row.status == Status.NOT_POSSIBLE
    assert row.reason == "Changed by the MARAC of Thursday 3 December 2026: By the landlord instead"


def test_A1_what_was_recorded_of_an_action_meanwhile_stays(coordinator: Principal, lines: list[Line]) -> None:
    reviewed(coordinator, lines[0], Review(Verdict.DONE, "Fitted"))
    row = reviewed(coordinator, lines[0], Review(Verdict.CHANGE, "Otherwise"), version=1)
    assert (row.status, row.reason) == (Status.DONE, "Fitted")
    assert db.session.scalars(select(PlanReviewRow.verdict)).all() == ["change"]


def test_M3_only_an_action_of_this_case_is_reviewed(coordinator: Principal, lines: list[Line]) -> None:
    strange = Recording(0, DECIDED, reviews={set_before(lines[1]).id: Review(Verdict.DONE)})
    with pytest.raises(NotFound):
        usecase.record(coordinator, lines[0].id, strange, NOW)
    assert db.session.scalars(select(OutcomeRow).where(OutcomeRow.item_id == lines[0].id)).all() == []


@pytest.mark.parametrize(
    ("state", "said"),
    [(MeetingState.HEARD, "is closed, so its outcomes are final"), (MeetingState.CANCELLED, "did not sit")],
)
def test_M3_outcomes_are_final_once_the_marac_is_ended(
    coordinator: Principal, lines: list[Line], state: MeetingState, said: str
) -> None:
    usecase.record(coordinator, lines[0].id, Recording(0, DECIDED), NOW)
    with saved():
        db.session.get_one(MeetingRow, lines[0].meeting_id).state = state
    with pytest.raises(usecase.MeetingClosed, match=said):
        usecase.record(coordinator, lines[0].id, Recording(1, DECIDED), NOW)


def test_M6_a_case_hidden_from_whoever_ended_the_marac_takes_its_one_outcome(
    coordinator: Principal, lines: list[Line]
) -> None:
    with saved():
        db.session.get_one(MeetingRow, lines[0].meeting_id).state = MeetingState.HEARD
    assert usecase.record(coordinator, lines[0].id, Recording(0, DECIDED), NOW) == 1
    with pytest.raises(usecase.MeetingClosed):
        usecase.record(coordinator, lines[0].id, Recording(1, DECIDED), NOW)


def test_M1_a_case_of_a_list_that_is_not_published_is_not_heard_yet(
    coordinator: Principal, lines: list[Line]
) -> None:
    with saved():
        db.session.get_one(ItemRow, lines[0].id).supplement = 1
    with pytest.raises(RuleBroken, match="does not hear this case yet"):
        usecase.record(coordinator, lines[0].id, Recording(0, DECIDED), NOW)


def test_M3_actions_of_the_marac_stand_beside_the_plan(coordinator: Principal, lines: list[Line]) -> None:
    key = uuid4()
    action = Action(Category.SAFEGUARDING, coordinator.agency_id, "Visit", set_before(lines[0]).due)
    usecase.record(coordinator, lines[0].id, Recording(0, DECIDED, {key: action}), NOW)
    sheet = outcomes.worksheet(coordinator, lines[0].id)
    assert sheet is not None and list(sheet.actions) == [key]
    assert [one.action.what for one in sheet.plan] == ["Fit a new lock"]


def a_crime(who: Principal, line: Line, police: UUID, *, shared: bool = False) -> UUID:
    key = uuid4()
    crime = Crime("He said that he stole the car.", who.agency_id, police, shared)
    usecase.record(who, line.id, Recording(0, DECIDED, crimes={key: crime}), NOW)
    return key


def a_force(area_id: UUID) -> UUID:
    with saved():
        return agencies.create(
            area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "test", NOW, attends_marac=True
        )


def test_a_disclosed_crime_is_told_to_its_police_and_read_by_nobody_else(
    coordinator: Principal, lines: list[Line], area_id: UUID
) -> None:
    force = a_force(area_id)
    officer, other = a_marac.a_person(force), a_marac.a_person(a_marac.an_agency(area_id, "Homes"))
    key = a_crime(coordinator, lines[0], force)
    notices = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == "crime_disclosed")).all()
    assert [one.account_id for one in notices] == [officer.account_id]
    seen = {}
    for who in (officer, other, coordinator):
        with acting.acting(who):
            seen[who.agency_name] = len(crimes.at(who, lines[0].id))
    assert seen == {"Police": 1, "Homes": 0, "Northmoor Council": 1}
    with acting.acting(other):
        assert crimes.mine(other) == [] and crimes.one(other, key) is None
    with pytest.raises(NotFound):
        crime_usecase.receive(other, key, NOW)
    crime_usecase.receive(officer, key, NOW)
    assert db.session.get_one(CrimeRow, key).received_by == officer.account_id


def test_a_disclosed_crime_is_read_by_all_where_the_meeting_says_so(
    coordinator: Principal, lines: list[Line], area_id: UUID
) -> None:
    other = a_marac.a_person(a_marac.an_agency(area_id, "Homes"))
    a_crime(coordinator, lines[0], a_force(area_id), shared=True)
    with acting.acting(other):
        assert len(crimes.at(other, lines[0].id)) == 1


def test_a_crime_is_told_to_police_and_to_no_other_agency(coordinator: Principal, lines: list[Line]) -> None:
    with pytest.raises(usecase.Unfit) as refused:
        a_crime(coordinator, lines[0], coordinator.agency_id)
    assert [name.rpartition("-")[2] for name in refused.value.problems] == ["told_id"]


def test_V5_the_audit_of_a_marac_outcome_carries_no_text(
    coordinator: Principal, lines: list[Line], area_id: UUID
) -> None:
    crime = Crime("SECRET", coordinator.agency_id, a_force(area_id))
    review = {set_before(lines[0]).id: Review(Verdict.CHANGE, "SECRET")}
    told = replace(DECIDED, plan_review="SECRET", notes="SECRET")
    usecase.record(coordinator, lines[0].id, Recording(0, told, crimes={uuid4(): crime}, reviews=review), NOW)
    said = [str(line.detail) for line in db.session.scalars(select(AuditRow))]
    assert not [line for line in said if "SECRET" in line]
