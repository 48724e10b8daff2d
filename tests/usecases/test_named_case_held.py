"""What became of what an agency was told in a named case: asked once its part is over, and again (V1)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.named_case_held import How
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AgencyRow,
    AuditRow,
    CaseRow,
    NamedCaseHeldRow,
    OutboxRow,
    PersonRow,
    StaffDetailRow,
    db,
)
from meetingsvc.permissions import Permission, Principal, Role
from meetingsvc.store import accounts, acting, doomed, retention_use
from meetingsvc.store import named_case_held as store
from meetingsvc.store.acting import Host
from meetingsvc.usecases import agreements_chasing, named_cases
from meetingsvc.usecases import named_case_held as usecase
from meetingsvc.usecases.named_case_held import Answer
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, a_person, an_agency
from tests.a_named_case import an_unsigned_agency
from tests.a_named_panel import AFTER, WHY, Panel, a_panel
from tests.a_wall import a_wall

TODAY = NOW.date()
GONE = Answer(How.DESTROYED, "Nora Fell", TODAY)
KEPT = Answer(How.KEPT, "Nora", TODAY, "Our own complaint")


@pytest.fixture
def panel(area_id: UUID) -> Panel:
    return a_panel(area_id)


@pytest.fixture
def keeper(panel: Panel) -> Principal:
    return a_person(an_agency(panel.chair.area_id, "Northmoor Council"), Role.INFORMATION_GOVERNANCE)


def ended(panel: Panel) -> UUID:
    part_id = panel.taking_part()
    named_cases.end(panel.coordinator, part_id, "She has moved on.", NOW)
    return part_id


def asks(who: Principal, now: datetime = NOW) -> list[UUID]:
    """What a person finds asked at that moment."""
    db.session.rollback()
    fresh = accounts.principal(who.account_id, now)
    assert fresh is not None
    with acting.acting(fresh):
        return [one.part_id for one in (usecase.own(fresh, now) if fresh.is_guest else store.waiting(fresh))]


def overseen(who: Principal, now: datetime = NOW) -> list[tuple[str, object]]:
    db.session.rollback()
    fresh = accounts.principal(who.account_id, now)
    assert fresh is not None
    with acting.acting(fresh):
        return [(one.agency, one.day) for one in store.outstanding(fresh, now.date())]


def read(who: Principal, part_id: UUID, now: datetime = NOW) -> store.Held | None:
    db.session.rollback()
    fresh = accounts.principal(who.account_id, now)
    assert fresh is not None
    with acting.acting(fresh):
        return usecase.opened(fresh, part_id, now) if fresh.is_guest else store.of_part(fresh, part_id)


def told(who: Principal, notice: Notice = Notice.NAMED_CASE) -> int:
    rows = select(OutboxRow.id).where(OutboxRow.notice == notice, OutboxRow.account_id == who.account_id)
    return len(db.session.scalars(rows).all())


def test_V1_once_its_part_is_over_it_is_asked_what_became_of_it(panel: Panel) -> None:
    part_id = panel.taking_part()
    assert asks(panel.guest) == asks(panel.coordinator) == []
    named_cases.end(panel.coordinator, part_id, "She has moved on.", NOW)
    for who in (panel.guest, panel.coordinator, panel.chair):
        assert asks(who) == [part_id], who.role
    usecase.answer(panel.guest, part_id, GONE, NOW)
    for who in (panel.guest, panel.coordinator, panel.chair):
        assert asks(who) == [], who.role
    assert read(panel.guest, part_id) is None
    kept = read(panel.coordinator, part_id)
    assert kept is not None
    assert (kept.how, kept.said_by, kept.done_on, kept.recorded_by, kept.open) == (
        How.DESTROYED, "Nora Fell", TODAY, "Nora Fell", False)  # fmt: skip
    assert told(panel.coordinator), "who runs the meetings is told that it has answered"


def test_V1_the_same_where_it_ran_its_days(panel: Panel) -> None:
    part_id = panel.taking_part()
    assert (named_cases.lapse(AFTER), named_cases.lapse(AFTER)) == (1, 0)
    assert asks(panel.guest, AFTER) == [part_id]
    held = read(panel.guest, part_id, AFTER)
    assert held is not None and held.since == AFTER.date()


def test_V1_who_never_accepted_the_terms_was_told_nothing_and_is_asked_nothing(panel: Panel) -> None:
    part_id = panel.allowed()
    named_cases.end(panel.coordinator, part_id, "Not needed.", NOW)
    refused = panel.proposed()
    named_cases.decide(panel.chair, refused, False, "Not needed.", NOW)
    assert asks(panel.guest) == asks(panel.coordinator) == []
    with pytest.raises(RuleBroken, match="nothing is asked"):
        usecase.record(panel.coordinator, part_id, GONE, NOW)


def test_V1_it_says_which_when_and_who_and_why_it_keeps_anything(panel: Panel) -> None:
    part_id = ended(panel)
    for wrong, match in (
        (Answer(None, "Nora", TODAY), "Choose what became"),
        (Answer(How.RETURNED, " ", TODAY), "Enter who there"),
        (Answer(How.RETURNED, "Nora", None), "Enter the day"),
        (Answer(How.RETURNED, "Nora", TODAY + timedelta(days=1)), "Enter the day"),
        (Answer(How.RETURNED, "Nora", TODAY - timedelta(days=1)), "Enter the day"),
        (Answer(How.KEPT, "Nora", TODAY, " "), "Say what is kept"),
    ):
        with pytest.raises(RuleBroken, match=match):
            usecase.answer(panel.guest, part_id, wrong, NOW)
    assert asks(panel.guest) == [part_id]
    usecase.answer(panel.guest, part_id, KEPT, NOW)
    kept = read(panel.chair, part_id)
    assert kept is not None and (kept.why, kept.open) == ("Our own complaint", True)
    usecase.record(panel.coordinator, part_id, GONE, NOW)
    with pytest.raises(NotFound):
        usecase.answer(panel.guest, part_id, GONE, NOW)
    kept = read(panel.chair, part_id)
    assert kept is not None and (kept.how, kept.why, kept.recorded_by) == (How.DESTROYED, "", "Wren Teal")
    with pytest.raises(RuleBroken, match="answered already"):
        usecase.record(panel.coordinator, part_id, GONE, NOW)


def test_V1_what_it_keeps_is_asked_for_again_until_it_is_gone(panel: Panel, keeper: Principal) -> None:
    """No case falls off the list by an answer that something of it is still there."""
    part_id, area = ended(panel), panel.guest.area_id
    assert usecase.chase(NOW) == agreements_chasing.chase(NOW) == 1
    usecase.answer(panel.guest, part_id, KEPT, NOW)
    for who in (panel.guest, panel.coordinator, panel.chair):
        assert asks(who) == [part_id], who.role
    assert overseen(keeper) == [("Northmoor Refuge", TODAY)]
    assert stops(panel)
    before, week, fortnight = told(panel.guest), NOW + timedelta(days=7), NOW + timedelta(days=14)
    assert usecase.chase(NOW + timedelta(days=6)) == 0, "not on the day of its answer, nor before its time"
    assert (usecase.chase(week), usecase.chase(week), agreements_chasing.chase(week)) == (1, 0, 1)
    assert told(panel.guest) - before == 1
    usecase.answer(panel.guest, part_id, KEPT, week)  # it says so again, and is asked a week after that
    assert [usecase.chase(NOW + timedelta(days=day)) for day in (7, 13, 14)] == [0, 0, 1]
    with acting.whole_area(area):
        (held,) = store.waiting(Host(area))
        found = store.clearing(area, held, fortnight.date())
    assert (held.asked_from, found.due) == (week.date(), week.date() + timedelta(days=28))
    usecase.answer(panel.guest, part_id, GONE, fortnight)
    assert asks(panel.guest, fortnight) == asks(panel.coordinator, fortnight) == overseen(keeper) == []
    assert not stops(panel)
    assert usecase.chase(NOW + timedelta(days=60)) == 0
    lines = select(AuditRow.detail).where(AuditRow.action == "named_case.cleared").order_by(AuditRow.id)
    assert [detail["how"] for detail in db.session.scalars(lines)] == ["kept", "kept", "destroyed"]


def stops(panel: Panel) -> bool:
    """Whether the question keeps the case from being destroyed."""
    db.session.rollback()
    with acting.whole_area(panel.guest.area_id):
        found = retention_use.in_use(panel.guest.area_id, panel.case_id, {}, NOW)
    return "An agency that has not signed is asked what became of what it was told" in found


def test_V1_nobody_else_finds_or_answers_it(panel: Panel, keeper: Principal) -> None:
    part_id = ended(panel)
    area = panel.chair.area_id
    others = {
        a_person(an_unsigned_agency(area, "Moor Charity"), Role.REPRESENTATIVE): NotFound,
        a_person(an_agency(area, "Moorland Housing", daily=True), Role.REPRESENTATIVE): Forbidden,
        a_person(panel.guest.agency_id, Role.AGENCY_ADMINISTRATOR): Forbidden,
        keeper: Forbidden, panel.coordinator: Forbidden,
    }  # fmt: skip
    for who, why in others.items():
        assert who is panel.coordinator or (asks(who), read(who, part_id)) == ([], None), who.role
        with pytest.raises(why):
            usecase.answer(who, part_id, GONE, NOW)
    for who in (panel.guest, keeper):
        with pytest.raises(Forbidden):
            usecase.record(who, part_id, GONE, NOW)


def test_V1_information_governance_is_told_which_agency_and_not_which_case(
    panel: Panel, keeper: Principal
) -> None:
    ended(panel)
    assert overseen(keeper) == [("Northmoor Refuge", TODAY)]
    assert overseen(panel.coordinator) == overseen(panel.guest) == []
    with acting.acting(keeper):
        assert store.waiting(keeper) == []
        assert store.references(keeper, []) == {}


def test_V1_it_is_asked_again_until_it_has_answered(panel: Panel, keeper: Principal) -> None:
    part_id = ended(panel)
    before = told(panel.guest)
    assert (usecase.chase(NOW), usecase.chase(NOW)) == (1, 0)
    assert (agreements_chasing.chase(NOW), agreements_chasing.chase(NOW)) == (1, 0)
    later = NOW + timedelta(days=8)
    assert (usecase.chase(later), usecase.chase(later)) == (1, 0)
    assert agreements_chasing.chase(later) == 1
    assert (told(panel.guest) - before, told(keeper, Notice.AGREEMENTS)) == (2, 2)
    usecase.answer(panel.guest, part_id, Answer(How.RETURNED, "Nora", later.date()), later)
    much_later = NOW + timedelta(days=40)
    assert usecase.chase(much_later) == 0
    with acting.whole_area(panel.chair.area_id):
        assert usecase.due(panel.chair.area_id, much_later.date()) == []


def test_M6_F3_a_wall_and_what_is_like_the_perpetrator_keep_even_the_question_from_one(panel: Panel) -> None:
    part_id = ended(panel)
    colleague = a_person(panel.guest.agency_id, Role.REPRESENTATIVE, "Una Fell")
    with acting.service():
        a_wall(panel.guest.area_id, panel.case_id, panel.guest.account_id)
    with saved(), acting.service():
        case = db.session.get_one(CaseRow, panel.case_id)
        him = db.session.get_one(PersonRow, case.perpetrator_id)
        db.session.add(StaffDetailRow(area_id=case.area_id, account_id=colleague.account_id, of_whom="self",
                                      surname=him.surname, forename=him.forename, dob=him.dob,
                                      told_at=NOW))  # fmt: skip
    for who in (panel.guest, colleague):
        assert (asks(who), read(who, part_id)) == ([], None)
        with pytest.raises(NotFound):
            usecase.answer(who, part_id, GONE, NOW)
    assert usecase.chase(NOW) == 0
    with acting.service():
        a_wall(panel.guest.area_id, panel.case_id, panel.coordinator.account_id)
    assert asks(panel.coordinator) == []
    with pytest.raises(NotFound):
        usecase.record(panel.coordinator, part_id, GONE, NOW)


def test_V1_one_that_has_signed_since_may_hold_it(panel: Panel, keeper: Principal) -> None:
    ended(panel)
    with saved():
        db.session.execute(update(AgencyRow).where(AgencyRow.id == panel.guest.agency_id).values(
            signed_on=TODAY))  # fmt: skip
    assert asks(panel.coordinator) == overseen(keeper) == []
    assert usecase.chase(NOW) == 0


def test_V1_its_question_opens_nothing_else(panel: Panel) -> None:
    part_id = ended(panel)
    fresh = accounts.principal(panel.guest.account_id, NOW)
    assert fresh is not None
    assert {one for one in Permission if fresh.may(one)} == {
        Permission.HOME_READ, Permission.PART_READ, Permission.PART_ANSWER}  # fmt: skip
    db.session.rollback()
    with acting.acting(fresh):
        assert store.references(fresh, store.waiting(fresh)) == {}
        assert named_cases.opened(fresh, part_id, NOW) is None and named_cases.own(fresh, NOW) == []


def test_V5_the_answer_leaves_a_line_on_the_case_without_a_word_of_it(panel: Panel) -> None:
    part_id = ended(panel)
    usecase.answer(panel.guest, part_id, KEPT, NOW)
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "named_case.cleared")).one()
    assert (line.case_id, line.actor) == (panel.case_id, str(panel.guest.account_id))
    assert line.detail == {"how": "kept", "case": str(panel.case_id)} and WHY not in str(line.detail)


def test_L1_a_case_is_needed_until_it_has_answered_and_the_answer_goes_with_it(panel: Panel) -> None:
    part_id, area = ended(panel), panel.guest.area_id
    assert stops(panel)
    usecase.answer(panel.guest, part_id, GONE, NOW)
    assert not stops(panel)
    with acting.service():
        rows = doomed.of_case(area, panel.case_id).rows
        assert {table.name: keys for table, keys in rows.items()}["named_case_held"] == {(part_id,)}
        assert db.session.scalars(select(NamedCaseHeldRow.part_id)).all() == [part_id]
