"""Recording what a MARAC decides, on both databases: its outcome, and the review of the plan before it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
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
    NamedRow,
    OutboxRow,
    OutcomeRow,
    PlanReviewRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, outcome_versions, outcomes
from meetingsvc.store import outcome_crimes as crimes
from meetingsvc.usecases import actions as progress
from meetingsvc.usecases import agencies, crime_chasing, marac, marac_publishing
from meetingsvc.usecases import outcome_crimes as crime_usecase
from meetingsvc.usecases import outcomes as usecase
from meetingsvc.usecases.transaction import saved
from minutes.actions import Action, Category, Status
from minutes.crimes import Crime
from minutes.feedback import Telling
from minutes.outcome import Outcome
from minutes.plan import Review, Verdict
from minutes.recording import Recording
from tests import a_marac
from tests.a_marac import NOW
from tests.servers.remembered import remembered

pytestmark = pytest.mark.usefixtures("core_app")
DECIDED = Outcome(Risk.HIGH, in_place=True)
GROUPS = (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS)


@dataclass(frozen=True)
class Line:
    """Where a case stands on the MARAC, by its ids."""

    id: UUID
    meeting_id: UUID


@pytest.fixture
@remembered
def coordinator(area_id: UUID) -> Principal:
    return a_marac.a_person(a_marac.an_agency(area_id, "Northmoor Council", daily=True), Role.COORDINATOR)


@pytest.fixture
@remembered
def lines(coordinator: Principal) -> list[Line]:
    """The two lines of a MARAC that is published and sits today, in the order of its agenda."""
    marac.plan(coordinator, date(2026, 12, 3), NOW)
    daily = a_marac.referred(coordinator, GROUPS)
    found = [Line(row.id, row.meeting_id) for row in map(a_marac.line_of, daily)]
    published(coordinator, found[0].meeting_id)
    with saved():
        db.session.get_one(MeetingRow, found[0].meeting_id).sits_on = a_marac.MONDAY
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


def test_M3_nothing_is_decided_before_the_day_it_sits(coordinator: Principal, lines: list[Line]) -> None:
    with saved():
        db.session.get_one(MeetingRow, lines[0].meeting_id).sits_on = a_marac.TUESDAY
    with pytest.raises(RuleBroken, match="MARAC of Tuesday 24 November 2026 has not sat yet"):
        usecase.record(coordinator, lines[0].id, Recording(0, DECIDED), NOW)
    db.session.rollback()
    usecase.record(coordinator, lines[0].id, Recording(0, DECIDED), NOW + timedelta(days=1))


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
    assert row.reason == "Changed by the MARAC of Monday 23 November 2026: By the landlord instead"


def test_A1_what_was_recorded_of_an_action_meanwhile_stays(coordinator: Principal, lines: list[Line]) -> None:
    reviewed(coordinator, lines[0], Review(Verdict.DONE, "Fitted"))
    row = reviewed(coordinator, lines[0], Review(Verdict.CHANGE, "Otherwise"), version=1)
    assert (row.status, row.reason) == (Status.DONE, "Fitted")
    assert db.session.scalars(select(PlanReviewRow.verdict)).all() == ["change"]


def test_R1_what_the_marac_said_of_the_plan_before_it_was_saved_again_is_kept(
    coordinator: Principal, lines: list[Line]
) -> None:
    said = (Review(Verdict.STILL_RIGHT), Review(Verdict.CHANGE, "By the landlord"), Review(Verdict.DONE))
    for version, review in enumerate(said):  # nothing else changes
        reviewed(coordinator, lines[0], review, version)
    with acting.acting(coordinator):
        later, first = outcome_versions.of(coordinator, lines[0].id, len(said))
    what = "Planned: Fit a new lock"
    assert [dict(one.said)[what] for one in (first, later)] == ["Still right", "Change: By the landlord"]


def test_M3_only_an_action_of_this_case_is_reviewed(coordinator: Principal, lines: list[Line]) -> None:
    strange = Recording(0, DECIDED, reviews={set_before(lines[1]).id: Review(Verdict.DONE)})
    with pytest.raises(NotFound):
        usecase.record(coordinator, lines[0].id, strange, NOW)
    assert db.session.scalars(select(OutcomeRow).where(OutcomeRow.item_id == lines[0].id)).all() == []


def test_M3_outcomes_are_final_once_the_marac_is_ended(coordinator: Principal, lines: list[Line]) -> None:
    usecase.record(coordinator, lines[0].id, Recording(0, DECIDED), NOW)
    with saved():
        db.session.get_one(MeetingRow, lines[0].meeting_id).state = MeetingState.HEARD
    with pytest.raises(usecase.MeetingClosed, match="is closed, so its outcomes are final"):
        usecase.record(coordinator, lines[0].id, Recording(1, DECIDED), NOW)


def test_M3_what_a_marac_decided_is_amended_though_it_is_said_not_to_have_sat(
    coordinator: Principal, lines: list[Line]
) -> None:
    one, other = lines[0].id, lines[1].id
    usecase.record(coordinator, one, Recording(0, DECIDED), NOW)
    with saved():
        db.session.get_one(MeetingRow, lines[0].meeting_id).state = MeetingState.CANCELLED
    unsafe = Telling(unsafe="He reads her post")  # nothing asks for it any more
    assert usecase.record(coordinator, one, Recording(1, DECIDED, telling=unsafe), NOW) == 2
    with pytest.raises(usecase.MeetingClosed, match="did not sit"):
        usecase.record(coordinator, other, Recording(0, DECIDED, telling=unsafe), NOW)


def test_M6_a_case_hidden_from_whoever_ended_the_marac_takes_its_one_outcome(
    coordinator: Principal, lines: list[Line]
) -> None:
    with saved():
        db.session.get_one(MeetingRow, lines[0].meeting_id).state = MeetingState.HEARD
    unsafe = Telling(unsafe="He reads her post")  # nothing asks for it any more
    assert usecase.record(coordinator, lines[0].id, Recording(0, DECIDED, telling=unsafe), NOW) == 1
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


def test_R1_what_a_marac_decided_stands_as_it_was_when_the_case_moves_on(
    coordinator: Principal, lines: list[Line]
) -> None:
    key, later, before = uuid4(), NOW + timedelta(days=2), set_before(lines[0])
    set_first, daily, due = before.id, before.item_id, before.due
    action = Action(Category.SAFEGUARDING, coordinator.agency_id, "Visit", due)
    usecase.record(coordinator, lines[0].id, Recording(0, DECIDED, {key: action}), NOW)
    with saved():
        meeting = db.session.get_one(MeetingRow, lines[0].meeting_id)
        meeting.state, meeting.ended_at = MeetingState.HEARD, NOW + timedelta(hours=1)
    for one in (set_first, key):
        progress.set_status(coordinator, one, Status.DONE, "Seen to.", later)
    with saved():
        db.session.add(
            ActionRow(area_id=coordinator.area_id, item_id=daily, category="victim",
                      agency_id=coordinator.agency_id, what="Set by a later meeting", due=due,
                      status="open", set_by=coordinator.account_id, set_at=later)
        )  # fmt: skip
    sheet = outcomes.worksheet(coordinator, lines[0].id)
    assert sheet is not None
    plan = [(one.action.what, one.action.status, one.now) for one in sheet.plan]
    assert plan == [("Fit a new lock", Status.OPEN, Status.DONE)], "as that MARAC had it before it"
    assert sheet.actions[key].status is Status.OPEN and sheet.since == {key: Status.DONE}


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


def test_a_crime_of_a_case_that_no_officer_may_open_is_not_called_told_and_is_chased(
    coordinator: Principal, lines: list[Line], area_id: UUID
) -> None:
    force = a_force(area_id)
    officer, case_id = a_marac.a_person(force), case_of(lines[0])
    ids = {"area_id": area_id, "case_id": case_id}
    with saved():
        db.session.add(RestrictionRow(state="restricted", hides="unnamed", reason="staff", put_at=NOW, **ids))
        db.session.add(NamedRow(account_id=coordinator.account_id, named_by=coordinator.account_id,
                                named_at=NOW, **ids))  # fmt: skip
    key = a_crime(coordinator, lines[0], force)
    assert reached(coordinator, lines[0]) == [False] == untaken(coordinator)
    assert crime_chasing.chase(NOW + timedelta(days=1)) == 0
    with saved():
        db.session.add(NamedRow(account_id=officer.account_id, named_by=coordinator.account_id,
                                named_at=NOW, **ids))  # fmt: skip
    days = [timedelta(hours=2), timedelta(days=1), timedelta(days=1, hours=1), timedelta(days=2)]
    assert [crime_chasing.chase(NOW + later) for later in days] == [0, 1, 0, 1]
    assert reached(coordinator, lines[0]) == [True] == untaken(coordinator)
    crime_usecase.receive(officer, key, NOW)
    assert crime_chasing.chase(NOW + timedelta(days=3)) == 0 and untaken(coordinator) == []


def test_M6_no_agency_learns_by_a_crime_who_may_open_the_case(
    coordinator: Principal, lines: list[Line], area_id: UUID
) -> None:
    force, other = a_force(area_id), a_marac.a_person(a_marac.an_agency(area_id, "Homes"))
    ids = {"area_id": area_id, "case_id": case_of(lines[0]), "named_at": NOW}
    with saved():
        db.session.add(RestrictionRow(state="restricted", hides="unnamed", reason="staff", put_at=NOW,
                                      area_id=area_id, case_id=ids["case_id"]))  # fmt: skip
        for who in (coordinator, other):
            db.session.add(NamedRow(account_id=who.account_id, named_by=coordinator.account_id, **ids))
    a_crime(coordinator, lines[0], force, shared=True)
    assert reached(coordinator, lines[0]) == [False] and reached(other, lines[0]) == [True]


def case_of(line: Line) -> UUID:
    with saved():
        return db.session.get_one(ItemRow, line.id).case_id


def reached(who: Principal, line: Line) -> list[bool]:
    db.session.rollback()
    with acting.acting(who):
        return [one.reached for one in crimes.at(who, line.id)]


def untaken(who: Principal) -> list[bool]:
    db.session.rollback()
    with acting.acting(who):
        return [one.reached for one in crimes.untaken(who)]


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
