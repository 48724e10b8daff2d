"""Who brought a breach about reads nothing of it; whom it affects is never left out (Rulebook V3)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.breaches import State, Step
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AuditRow,
    BreachRow,
    CaseRow,
    ClarificationRow,
    ItemRow,
    OutboxRow,
    PersonRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, breach_walls, doomed
from meetingsvc.store import breaches as store
from meetingsvc.usecases import breach_notices
from meetingsvc.usecases import breaches as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import NOW, a_person
from tests.a_wall import a_wall
from tests.usecases.test_breaches import (
    DETECTED,
    LATER,
    ON_ONE,
    House,
    clear_notices,
    kept,
    lines_of,
    notices,
    on,
    raised,
    seen,
)


@pytest.fixture
def house(area_id: UUID) -> House:
    return House(area_id)


def child(house: House, item_id: UUID, case_id: UUID, name: str, dob: date | None = None) -> None:
    """Named by the meeting."""
    told = {"area_id": house.area_id, "item_id": item_id, "case_id": case_id, "name": name, "dob": dob}
    with saved(), acting.service():
        db.session.add(
            ClarificationRow(
                about="child", text="", recorded_by=house.rep.account_id, recorded_at=NOW, **told
            )
        )


def own(who: Principal) -> list[State]:
    """What stands among those that one has raised oneself."""
    db.session.rollback()
    with acting.acting(who):
        return [state for _, _, state in store.raised_by(who, 9)]


def test_V3_an_officer_who_brought_it_about_is_told_nothing_and_reads_nothing_of_it(house: House) -> None:
    key = raised(house, None, house.number, involved=[house.second.account_id])
    assert notices() == [house.governance.account_id]
    assert kept(house.governance, key).told.involved == {str(house.second.account_id)}
    assert seen(house.second, key) is None and lines_of(house.second, key) == []
    assert "breach.raised" in lines_of(house.governance, key)
    with acting.acting(house.second):
        assert store.waiting(house.second) == store.over(house.second, 9) == []
    for step in (Step.TAKE_ON, Step.DISMISS, Step.CLOSE):
        with pytest.raises(NotFound):
            usecase.take_step(house.second, key, step, "Nothing to see", LATER)
    clear_notices()
    assert breach_notices.chase(DETECTED + timedelta(days=3)) == 1
    assert notices() == [house.governance.account_id]


def test_V3_who_is_named_later_reads_nothing_from_then_on(house: House) -> None:
    key = raised(house)
    assert seen(house.second, key) is not None
    usecase.add_involved(house.governance, key, house.second.account_id, LATER)
    assert seen(house.second, key) is None and lines_of(house.second, key) == []
    assert kept(house.governance, key).state is State.RAISED


def test_V3_who_raised_what_they_brought_about_sees_no_more_of_it_than_that_they_did(house: House) -> None:
    for who in (house.rep, house.second):
        key = raised(house, who, involved=[who.account_id])
        assert seen(who, key) is None and own(who) == [State.RAISED]
        on(house, key, Step.TAKE_ON)
        assert own(who) == [State.OPEN]
    with pytest.raises(NotFound):
        usecase.add_affected(house.second, key, "The neighbour", False, LATER)


def test_V3_a_wall_keeps_from_who_raised_it_that_there_is_one_though_they_are_named(house: House) -> None:
    coordinator = a_person(house.police, Role.COORDINATOR, "Robin Ashgrove")
    raised(house, coordinator, house.number, involved=[coordinator.account_id])
    assert own(coordinator) == [State.RAISED]
    a_wall(house.area_id, house.case, coordinator.account_id)
    assert own(coordinator) == []


def test_V3_where_every_officer_is_named_the_chairs_are_told_but_for_those_who_are_too(house: House) -> None:
    chair, other = (a_person(house.police, Role.CHAIR, name) for name in ("Ines Duarte", "Max Vale"))
    named = [house.governance.account_id, house.second.account_id, other.account_id]
    reference, able = usecase.raise_one(house.rep, "It went astray", DETECTED, False, "", [], NOW, named)
    told = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.ALARM)
    assert able == 0 and db.session.scalars(told).all() == [chair.account_id]
    with acting.acting(chair):
        assert [one.reference for one in breach_notices.nobodys(chair, NOW)] == [reference]
    with acting.acting(other):
        assert breach_notices.nobodys(other, NOW) == []


@pytest.mark.parametrize("later", [False, True])
def test_V3_no_officer_keeps_a_breach_to_themselves_by_naming_the_others(house: House, later: bool) -> None:
    chair = a_person(house.police, Role.CHAIR, "Ines Duarte")
    raised(house)
    clear_notices()
    key = raised(house, house.governance, involved=[] if later else [house.second.account_id])
    told = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.ALARM)
    if later:
        assert db.session.scalars(told).all() == []
        usecase.add_involved(house.governance, key, house.second.account_id, LATER)
    assert db.session.scalars(told).all() == [chair.account_id]
    with acting.acting(chair):
        assert [one.id for one in breach_notices.named(chair, NOW)] == [key]
        assert breach_notices.nobodys(chair, NOW) == []


def test_V3_one_that_nobody_would_be_left_to_deal_with_is_not_swallowed(house: House) -> None:
    every = [house.governance.account_id, house.second.account_id]
    with pytest.raises(RuleBroken, match="strategic partnership"):
        usecase.raise_one(house.rep, "It went astray", DETECTED, False, "", [], NOW, every)
    assert db.session.scalars(select(BreachRow)).all() == [] and notices() == []
    key = raised(house, None, involved=every[1:])
    with pytest.raises(RuleBroken, match="strategic partnership"):
        usecase.add_involved(house.governance, key, every[0], LATER)
    chair = a_person(house.police, Role.CHAIR, "Ines Duarte")
    clear_notices()
    usecase.add_involved(house.governance, key, every[0], LATER)
    told = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.ALARM)
    assert db.session.scalars(told).all() == [chair.account_id], "at once, not when a clock ends"


@ON_ONE
def test_V3_only_accounts_of_the_area_are_named(house: House) -> None:
    with pytest.raises(RuleBroken, match="an account in the area"):
        raised(house, None, involved=[uuid4()])
    assert db.session.scalars(select(BreachRow)).all() == []


@ON_ONE
def test_V5_who_was_named_in_a_destroyed_breach_is_shown_no_line_of_it(house: House) -> None:
    key = raised(house, None, house.number, involved=[house.second.account_id])
    with saved(), acting.service():
        rows = doomed.of_case(house.area_id, house.case).rows
        breach_walls.tell_destroyed(house.area_id, rows, "service", LATER)
        last = db.session.scalars(select(AuditRow).where(AuditRow.action == "breach.destroyed")).one()
        assert last.detail["walled"] == str(house.second.account_id)
    assert lines_of(house.second, key) == []


def test_V3_the_children_of_its_cases_are_affected_and_decided_about(house: House) -> None:
    with acting.service():
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.case_id == house.case)).one()
    child(house, item, house.case, "Lily Marsh")
    child(house, item, house.case, "Tom Marsh")
    key = raised(house, None, house.number)
    people = kept(house.governance, key).people
    assert list(people.values()) == [
        "Victim of case 1", "Perpetrator of case 1", "Child 1 of case 1", "Child 2 of case 1"
    ]  # fmt: skip
    on(house, key, Step.TAKE_ON)
    told = kept(house.governance, key).told
    assert "decide whether to tell 4 of the people affected" in told.left()
    assert [one.perpetrator for one in told.affected] == [False, True, False, False]


def test_F3_a_child_who_is_the_perpetrator_of_a_case_it_touches_is_not_told_as_a_child(house: House) -> None:
    with acting.service():
        his = db.session.get_one(PersonRow, db.session.get_one(CaseRow, house.other).perpetrator_id)
        name, dob = f"{his.forename} {his.surname}", his.dob
        item = db.session.scalars(select(ItemRow.id).where(ItemRow.case_id == house.case)).one()
    child(house, item, house.case, name, dob)
    key = raised(house, None, house.number, house.other_number)
    told = kept(house.governance, key)
    by_name = dict(zip(told.people.values(), told.told.affected, strict=True))
    assert by_name["Child 1 of case 1"].perpetrator


def test_V3_that_nobody_is_affected_is_said_with_why_before_it_is_closed(house: House) -> None:
    key = raised(house)
    on(house, key, Step.TAKE_ON)
    asked = "record whom it affects, or why nobody"
    assert asked in kept(house.governance, key).told.left()
    with pytest.raises(RuleBroken, match=asked):
        on(house, key, Step.CLOSE)
    for why in (" ", "x" * 2001):
        with pytest.raises(RuleBroken):
            usecase.affects_nobody(house.governance, key, why, LATER)
    usecase.affects_nobody(house.governance, key, "Only the rota was sent", LATER)
    told = kept(house.governance, key).told
    assert asked not in told.left() and told.nobody_because == "Only the rota was sent"
    usecase.add_affected(house.governance, key, "A neighbour", False, LATER)
    assert "decide whether to tell the person affected" in kept(house.governance, key).told.left()
    with pytest.raises(RuleBroken, match="recorded whom it affects"):
        usecase.affects_nobody(house.governance, key, "After all", LATER)
