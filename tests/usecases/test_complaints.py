"""Complaints from recording to closing: the chair, the partnership, and who reads nothing of one (V2)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.complaints import Complainant, State, Step, Subject
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AuditRow,
    CaseRow,
    ComplainedOfRow,
    ComplaintEntryRow,
    ComplaintRow,
    OutboxRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store import complaints as store
from meetingsvc.store.complaints import Entry
from meetingsvc.store.scope import audit_of
from meetingsvc.usecases import complaint_notices
from meetingsvc.usecases import complaints as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import MONDAY, NOW, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall

RECEIVED = NOW - timedelta(hours=1)
LATER = NOW + timedelta(hours=2)
ON_ONE = pytest.mark.one_database


class House:
    """Who takes part, by what they are, and a case on a list."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id
        self.police, self.homes = (
            an_agency(area_id, name, daily=True) for name in ("Northmoor Police", "Fellside Homes")
        )
        self.rep = a_person(self.homes, Role.REPRESENTATIVE, "Joan Akande")
        self.chair = a_person(self.police, Role.CHAIR, "Ines Duarte")
        self.other_chair = a_person(self.police, Role.CHAIR, "Max Vale")
        self.coordinator = a_person(self.police, Role.COORDINATOR, "Robin Ashgrove")
        self.governance = a_person(self.police, Role.INFORMATION_GOVERNANCE, "Tom Whitlock")
        listed(area_id, people_rows(1, MONDAY))
        self.case, self.number = db.session.execute(select(CaseRow.id, CaseRow.number)).one()
        db.session.rollback()


@pytest.fixture
def house(area_id: UUID) -> House:
    return House(area_id)


def recorded(house: House, **told: Any) -> UUID:
    usual = {"what": "Nobody listened", "received_at": RECEIVED, "complainant": Complainant.VICTIM,
             "about": Subject.MEETING, "number": None, "now": NOW}  # fmt: skip
    reference, _ = usecase.record(house.rep, **usual | told)
    key = db.session.scalars(select(ComplaintRow.id).where(ComplaintRow.reference == reference)).one()
    db.session.rollback()
    return key


def seen(who: Principal, key: UUID) -> store.Kept | None:
    db.session.rollback()
    with acting.acting(who):
        return store.one(who, key)


def kept(who: Principal, key: UUID) -> store.Kept:
    found = seen(who, key)
    assert found is not None
    return found


def step(who: Principal, key: UUID, step: Step, rights: bool = True, reveals_nothing: bool = False) -> None:
    usecase.take_step(who, key, step, "Because", rights, reveals_nothing, LATER)


def told() -> set[UUID]:
    db.session.rollback()
    return set(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == Notice.COMPLAINT)))


def test_V2_to_the_chair_then_the_partnership(house: House) -> None:
    key = recorded(house)
    assert told() == {one.account_id for one in (house.chair, house.other_chair, house.governance)}
    step(house.chair, key, Step.TAKE_ON)
    with pytest.raises(RuleBroken, match="right to go to the regulator"):
        step(house.chair, key, Step.ANSWER, rights=False)
    step(house.chair, key, Step.ANSWER)
    assert kept(house.chair, key).state is State.ANSWERED
    with pytest.raises(RuleBroken, match="chair first"):
        step(house.governance, recorded(house), Step.TO_PARTNERSHIP)
    step(house.governance, key, Step.ESCALATE)
    step(house.governance, key, Step.ANSWER_FINALLY)
    step(house.chair, key, Step.CLOSE)
    closed = kept(house.chair, key)
    assert closed.state is State.CLOSED and not closed.waits and closed.running == ()
    with pytest.raises(RuleBroken, match="closed"):
        usecase.name(house.governance, key, house.coordinator.account_id, LATER)
    with acting.acting(house.chair):
        assert [one.id for one in store.over(house.chair, 9)] == [key]
    actions = db.session.scalars(select(AuditRow.action).where(AuditRow.subject == f"complaints/{key}"))
    assert sorted(set(actions)) == ["complaint.recorded", "complaint.step"]


def test_V2_one_about_the_chair_is_read_by_no_chair(house: House) -> None:
    key = recorded(house, about=Subject.CHAIR)
    assert told() == {house.governance.account_id}
    for chair in (house.chair, house.other_chair):
        assert seen(chair, key) is None
        with pytest.raises(NotFound):
            step(chair, key, Step.TAKE_ON)
        with acting.acting(chair):
            assert store.waiting(chair) == []
    step(house.governance, key, Step.TO_PARTNERSHIP)
    step(house.governance, key, Step.ANSWER_FINALLY)
    assert kept(house.governance, key).state is State.ANSWERED_FINALLY


def test_V2_who_is_complained_of_reads_nothing_of_it(house: House) -> None:
    key = recorded(house)
    usecase.name(house.governance, key, house.chair.account_id, LATER)
    assert seen(house.chair, key) is None and seen(house.other_chair, key) is not None
    with pytest.raises(NotFound):
        step(house.chair, key, Step.TAKE_ON)
    with pytest.raises(RuleBroken, match="already"):
        usecase.name(house.governance, key, house.chair.account_id, LATER)
    with pytest.raises(RuleBroken, match="with an account"):
        usecase.name(house.governance, key, uuid4(), LATER)
    usecase.name(house.governance, key, house.rep.account_id, LATER)
    with acting.acting(house.rep):
        assert store.raised_by(house.rep, 9) == []


def test_V2_an_answer_to_a_perpetrator_reveals_no_meeting(house: House) -> None:
    key = recorded(house, complainant=Complainant.PERPETRATOR)
    step(house.chair, key, Step.TAKE_ON)
    with pytest.raises(RuleBroken, match="neither confirms nor denies"):
        step(house.chair, key, Step.ANSWER)
    step(house.chair, key, Step.ANSWER, reveals_nothing=True)


def test_V2_its_clocks_and_who_was_told(house: House) -> None:
    key = recorded(house)
    usecase.tell(house.chair, key, Entry.NOTIFIED, LATER, LATER)
    with pytest.raises(RuleBroken, match="already"):
        usecase.tell(house.chair, key, Entry.NOTIFIED, LATER, LATER)
    for at in (RECEIVED - timedelta(minutes=1), LATER + timedelta(minutes=1)):
        with pytest.raises(RuleBroken, match="between its receipt and now"):
            usecase.tell(house.chair, key, Entry.ACKNOWLEDGED, at, LATER)
    (running,) = kept(house.chair, key).running
    assert running.what == "To be acknowledged", "it reads as what is left to do"
    late = running.due + timedelta(minutes=1)
    with saved():
        db.session.execute(delete(OutboxRow))
    assert complaint_notices.chase(NOW) == 0
    assert complaint_notices.chase(late) == 3 and complaint_notices.chase(late) == 0


def test_M6_of_a_case_kept_from_them_chairs_and_governance_read_nothing(house: House) -> None:
    for one in (house.chair, house.governance):
        a_wall(house.area_id, house.case, one.account_id)
    key = recorded(house, number=house.number)
    assert told() == {house.other_chair.account_id}
    assert seen(house.chair, key) is None and seen(house.governance, key) is None
    assert kept(house.other_chair, key).case == f"C-{house.number:06d}"
    late = kept(house.other_chair, key).running[0].due + timedelta(days=1)
    with saved():
        db.session.execute(delete(OutboxRow))
    assert complaint_notices.chase(late) == 1


def test_M6_who_records_one_names_only_a_case_they_may_open(house: House) -> None:
    a_wall(house.area_id, house.case, house.rep.account_id)
    for number in (99, house.number):
        with pytest.raises(RuleBroken, match="There is no case"):
            recorded(house, number=number)


def test_B_nobody_else_deals_with_it(house: House) -> None:
    key = recorded(house)
    assert seen(house.coordinator, key) is None and seen(house.rep, key) is not None
    for who in (house.coordinator, house.rep):
        with pytest.raises(Forbidden):
            step(who, key, Step.TAKE_ON)


@ON_ONE
@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"what": " "}, "complained of"), ({"what": "x" * 2001}, "fewer"), ({"received_at": LATER}, "future")],
)
def test_V2_what_is_missing_is_asked(house: House, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        recorded(house, **wrong)
    assert db.session.scalars(select(ComplaintRow)).all() == [] and told() == set()


def test_V2_who_is_complained_of_reads_no_line_about_it_in_the_access_log(house: House) -> None:
    second = a_person(house.police, Role.INFORMATION_GOVERNANCE, "Ada Brook")
    administrator = a_person(house.police, Role.AGENCY_ADMINISTRATOR, "Lee Marsh")
    key = recorded(house, number=house.number)
    usecase.name(second, key, house.governance.account_id, LATER)

    def lines(who: Principal) -> int:
        db.session.rollback()
        with acting.acting(who):
            about = select(AuditRow.id).where(audit_of(who), AuditRow.subject == f"complaints/{key}")
            return len(db.session.scalars(about).all())

    assert lines(second) == 2 and lines(house.governance) == 0
    assert lines(administrator) == 0, "that a colleague dealt with one says that there is one"
    a_wall(house.area_id, house.case, second.account_id)
    assert lines(second) == 0


def lines_about(who: Principal, key: UUID) -> int:
    db.session.rollback()
    with acting.acting(who):
        about = select(AuditRow.id).where(audit_of(who), AuditRow.subject == f"complaints/{key}")
        return len(db.session.scalars(about).all())


def test_V2_of_a_destroyed_complaint_no_line_shows_to_who_was_complained_of(house: House) -> None:
    second = a_person(house.police, Role.INFORMATION_GOVERNANCE, "Ada Brook")
    key = recorded(house, number=house.number)
    usecase.name(second, key, house.governance.account_id, LATER)
    assert lines_about(second, key) == 2 and lines_about(house.governance, key) == 0
    with saved():
        for row in (ComplainedOfRow, ComplaintEntryRow, ComplaintRow):
            db.session.execute(delete(row))
    assert lines_about(house.governance, key) == 0 and lines_about(second, key) == 0
    written = select(AuditRow.id).where(AuditRow.subject == f"complaints/{key}")
    assert len(db.session.scalars(written).all()) == 2, "they stay in the trail"


def test_V2_who_deals_with_complaints_and_is_complained_of_never_reads_one_that_names_no_case(
    house: House,
) -> None:
    key = recorded(house, of=house.chair.account_id)
    assert told() == {house.other_chair.account_id, house.governance.account_id}
    assert seen(house.chair, key) is None and seen(house.other_chair, key) is not None
    assert seen(house.rep, key) is not None and lines_about(house.governance, key) == 2
    with pytest.raises(NotFound):
        step(house.chair, key, Step.TAKE_ON)
    with acting.acting(house.chair):
        assert store.waiting(house.chair) == []
    other = recorded(house, of=house.governance.account_id)
    assert seen(house.governance, other) is None and lines_about(house.governance, other) == 0
    for wrong in (house.rep.account_id, uuid4()):
        with pytest.raises(RuleBroken, match="those who deal with complaints"):
            recorded(house, of=wrong)


def test_V2_one_about_information_governance_is_read_by_none_of_them(house: House) -> None:
    second = a_person(house.police, Role.INFORMATION_GOVERNANCE, "Ada Brook")
    key = recorded(house, about=Subject.GOVERNANCE)
    assert told() == {house.chair.account_id, house.other_chair.account_id}
    for who in (house.governance, second):
        assert seen(who, key) is None and lines_about(who, key) == 0
        with pytest.raises(NotFound):
            step(who, key, Step.ESCALATE)
        with acting.acting(who):
            assert store.waiting(who) == []
    for one in (Step.TAKE_ON, Step.ESCALATE, Step.ANSWER_FINALLY, Step.CLOSE):
        step(house.chair, key, one)
    assert kept(house.other_chair, key).state is State.CLOSED
    late = kept(house.chair, recorded(house, about=Subject.GOVERNANCE)).running[0].due + timedelta(days=1)
    with saved():
        db.session.execute(delete(OutboxRow))
    assert complaint_notices.chase(late) == 2
    own, _ = usecase.record(house.governance, "We are slow", RECEIVED, Complainant.PROFESSIONAL,
                            Subject.GOVERNANCE, None, NOW)  # fmt: skip
    mine = db.session.scalars(select(ComplaintRow.id).where(ComplaintRow.reference == own)).one()
    assert seen(house.governance, mine) is not None and seen(second, mine) is None
    assert lines_about(house.governance, mine) == 1 and lines_about(second, mine) == 0
    with pytest.raises(RuleBroken, match="the chair deals with it"):
        step(house.governance, mine, Step.WITHDRAW)


def test_V2_one_about_governance_that_no_chair_can_deal_with_is_not_taken(house: House) -> None:
    why = "Nobody here can deal with it.*strategic partnership"
    for one in (house.chair, house.other_chair):
        a_wall(house.area_id, house.case, one.account_id)
    with pytest.raises(RuleBroken, match=why):
        recorded(house, about=Subject.GOVERNANCE, number=house.number)
    with saved():
        db.session.execute(
            update(AccountRow).where(AccountRow.id == house.other_chair.account_id).values(disabled_at=NOW)
        )
    with pytest.raises(RuleBroken, match=why):
        recorded(house, about=Subject.GOVERNANCE, of=house.chair.account_id)
    own = ("We are slow", RECEIVED, Complainant.PROFESSIONAL, Subject.GOVERNANCE, None, NOW)
    with pytest.raises(RuleBroken, match=why):  # who records it may read it, and can do nothing about it
        usecase.record(house.governance, *own, of=house.chair.account_id)
    assert db.session.scalars(select(ComplaintRow)).all() == [] and told() == set()
    recorded(house, about=Subject.GOVERNANCE)
    assert told() == {house.chair.account_id}


def test_V2_one_that_has_lost_who_could_deal_with_it_is_counted_for_the_administrator(house: House) -> None:
    admin = a_person(house.police, Role.SYSTEM_ADMINISTRATOR, "Bo Lindqvist")

    def count(who: Principal) -> int:
        db.session.rollback()
        with acting.acting(who):
            return complaint_notices.nobodys(who, NOW)

    recorded(house, about=Subject.GOVERNANCE)
    recorded(house)
    assert count(admin) == 0
    with saved():
        chairs = [house.chair.account_id, house.other_chair.account_id]
        db.session.execute(update(AccountRow).where(AccountRow.id.in_(chairs)).values(disabled_at=NOW))
    assert count(admin) == 1, "the other is information governance's to pass on"
    assert count(house.governance) == 0, "which is told of none about itself"


def test_B_a_referrer_is_given_no_names_of_who_deals_with_complaints(house: House) -> None:
    referrer = a_person(house.homes, Role.REFERRER, "Kit Stone")
    assert complaint_notices.who_deal(referrer, NOW) == []
    assert len(complaint_notices.who_deal(house.rep, NOW)) == 3
    usual = ("Nobody listened", RECEIVED, Complainant.VICTIM, Subject.MEETING, None, NOW)
    with pytest.raises(RuleBroken, match="those who deal with complaints"):
        usecase.record(referrer, *usual, of=house.chair.account_id)
    assert usecase.record(referrer, *usual)[1] == 3


def test_V2_that_it_is_withdrawn_is_said_by_two_people(house: House) -> None:
    key = recorded(house)
    with saved():
        db.session.execute(delete(OutboxRow))
    say = ("She rang", False, False, LATER)
    assert usecase.take_step(house.chair, key, Step.WITHDRAW, *say) == 2
    assert told() == {house.other_chair.account_id, house.governance.account_id}
    waits = kept(house.governance, key)
    assert waits.state is State.RECEIVED and [one.reason for one in waits.told.said] == ["She rang"]
    with pytest.raises(RuleBroken, match="said already"):
        usecase.take_step(house.chair, key, Step.WITHDRAW, *say)
    usecase.name(house.other_chair, key, house.chair.account_id, LATER)
    assert usecase.take_step(house.other_chair, key, Step.WITHDRAW, *say) == 1, "who is complained of said it"
    assert usecase.take_step(house.governance, key, Step.WITHDRAW, *say) is None
    assert kept(house.governance, key).state is State.WITHDRAWN


def test_V2_governance_passes_on_what_no_chair_can_deal_with(house: House) -> None:
    key = recorded(house, number=house.number)
    a_wall(house.area_id, house.case, house.chair.account_id)
    with pytest.raises(RuleBroken, match="goes to the chair first"):
        step(house.governance, key, Step.PAST_CHAIR)
    usecase.name(house.governance, key, house.other_chair.account_id, LATER)
    step(house.governance, key, Step.PAST_CHAIR)
    assert kept(house.governance, key).state is State.WITH_PARTNERSHIP
