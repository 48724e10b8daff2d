"""Breaches from raising to closing: clocks, who is told, who was exposed, whom a wall keeps out (V3)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.area import AreaSettings
from agenda.breach_duties import Duty
from agenda.breach_telling import REGULATOR, Decision
from agenda.breaches import State, Step
from agenda.need_to_know import WallState
from agenda.rules import RuleBroken
from meetingsvc.models import AreaRow, AuditRow, BreachEntryRow, BreachRow, CaseRow, ItemRow, OutboxRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, areas, audit, breach_exposed, breach_walls, breaches_told, doomed
from meetingsvc.store import breaches as store
from meetingsvc.store.breaches_told import Touched
from meetingsvc.store.scope import audit_of
from meetingsvc.store.trail_words import SHOWING, words
from meetingsvc.usecases import breach_notices, destroying
from meetingsvc.usecases import breaches as usecase
from meetingsvc.usecases.transaction import saved
from minutes.destruction import Certificate
from minutes.retention_case import Outcome
from notifications.messages import Notice
from tests.a_marac import MONDAY, NOW, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall

DETECTED = NOW - timedelta(hours=1)
LATER = NOW + timedelta(hours=2)
ON_ONE = pytest.mark.one_database


class House:
    """Who takes part, by what they are, and two cases on a list."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id
        self.police, self.homes = (
            an_agency(area_id, name, daily=True) for name in ("Northmoor Police", "Fellside Homes")
        )
        self.rep = a_person(self.homes, Role.REPRESENTATIVE, "Joan Akande")
        self.governance = a_person(self.police, Role.INFORMATION_GOVERNANCE, "Tom Whitlock")
        self.second = a_person(self.police, Role.INFORMATION_GOVERNANCE, "Ada Brook")
        listed(area_id, people_rows(2, MONDAY))
        rows = select(CaseRow.id, CaseRow.number).order_by(CaseRow.number)
        (self.case, self.number), (self.other, self.other_number) = db.session.execute(rows).all()
        db.session.rollback()


@pytest.fixture
def house(area_id: UUID) -> House:
    return House(area_id)


def raised(house: House, who: Principal | None = None, *numbers: int, **told: Any) -> UUID:
    usual = {"what": "A list went to a wrong address", "detected_at": DETECTED, "unsafe_now": False,
             "done": "", "numbers": numbers, "now": NOW}  # fmt: skip
    reference, _ = usecase.raise_one(who or house.rep, **usual | told)
    key = db.session.scalars(select(BreachRow.id).where(BreachRow.reference == reference)).one()
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


def on(house: House, key: UUID, *steps: Step) -> None:
    for step in steps:
        usecase.take_step(house.governance, key, step, "Because", LATER)


def decision(whom: str, tell: bool = True, **told: Any) -> Decision:
    usual: dict[str, Any] = {"reason": "A safe address was shown", "at": LATER, "by": "x",
                             "how": "In person, by the IDVA", "alone": "No answer in time"}  # fmt: skip
    return Decision(whom, tell, **usual | told)


def clear_notices() -> None:
    with saved():
        db.session.execute(OutboxRow.__table__.delete())


def notices() -> list[UUID]:
    db.session.rollback()
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.BREACH)
    return list(db.session.scalars(rows.order_by(OutboxRow.created_at)))


def test_V3_raising_one_tells_information_governance_at_once_and_runs_every_clock(house: House) -> None:
    key = raised(house)
    assert set(notices()) == {house.governance.account_id, house.second.account_id}
    (row,) = {(one.not_before, one.context["path"]) for one in db.session.scalars(select(OutboxRow))}
    assert row == (None, f"/breaches/{key}")
    told = kept(house.governance, key)
    assert told.state is State.RAISED and told.raised_by == "Joan Akande"
    due = {clock.what: clock.due - DETECTED for clock in told.clocks}
    assert due[Duty.DPO] == timedelta(hours=24) and due[Duty.PARTNERS] == timedelta(hours=48)
    assert due[Duty.REGULATOR] == due[Duty.PARTNERSHIP] == timedelta(hours=72)
    assert due[Duty.HEADS] == due[Duty.CHAIR] and due.keys() == set(Duty)
    lines = db.session.scalars(select(AuditRow.subject).where(AuditRow.action == "breach.raised")).all()
    assert lines == [f"breach/{key}"]


@ON_ONE
def test_V3_the_area_sets_how_long_there_is(house: House) -> None:
    key = raised(house)
    with saved():
        row = db.session.get_one(AreaRow, house.area_id)
        row.settings = areas.settings_json(AreaSettings(breach_dpo_hours=12))
    clocks = {clock.what: clock.due for clock in kept(house.governance, key).clocks}
    assert clocks[Duty.DPO] == DETECTED + timedelta(hours=12)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"what": " "}, "what happened"),
        ({"detected_at": NOW + timedelta(minutes=1)}, "future"),
        ({"unsafe_now": True}, "make them safe"),
        ({"what": "x" * 2001}, "fewer"),
    ],
)
@ON_ONE
def test_V3_what_is_missing_is_asked(house: House, told: dict[str, Any], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        raised(house, **told)
    assert db.session.scalars(select(BreachRow)).all() == [] and notices() == []


def test_M6_who_raises_one_names_only_cases_they_may_open(house: House) -> None:
    with pytest.raises(RuleBroken, match="There is no case C-000099"):
        raised(house, None, 99)
    a_wall(house.area_id, house.case, house.rep.account_id)
    with pytest.raises(RuleBroken, match=f"There is no case C-{house.number:06d}"):
        raised(house, None, house.number)
    assert db.session.scalars(select(BreachRow)).all() == []


def test_M6_a_wall_keeps_a_breach_from_information_governance_everywhere(house: House) -> None:
    a_wall(house.area_id, house.case, house.second.account_id)
    key = raised(house, None, house.number, house.other_number)
    assert notices() == [house.governance.account_id]
    assert seen(house.second, key) is None and kept(house.governance, key).cases[0].reference == ""
    with acting.acting(house.second):
        assert store.waiting(house.second) == [] and store.over(house.second, 9) == []
    for act in (
        lambda: usecase.take_step(house.second, key, Step.TAKE_ON, "", LATER),
        lambda: usecase.add_partner(house.second, key, house.homes, LATER),
        lambda: usecase.take_step(house.second, uuid4(), Step.TAKE_ON, "", LATER),
    ):
        with pytest.raises(NotFound):
            act()


def test_M6_who_raised_one_does_not_see_it_any_more_once_its_case_is_kept_from_them(house: House) -> None:
    key = raised(house, None, house.number)
    assert kept(house.rep, key).cases[0].reference == f"C-{house.number:06d}"
    a_wall(house.area_id, house.case, house.rep.account_id)
    assert seen(house.rep, key) is None
    with acting.acting(house.rep):
        assert store.raised_by(house.rep, 9) == []


def test_B_one_sees_what_one_raised_and_nobody_elses(house: House) -> None:
    key = raised(house)
    other = a_person(house.homes, Role.COORDINATOR, "Robin Ashgrove")
    assert seen(other, key) is None and seen(house.rep, key) is not None
    with pytest.raises(Forbidden):
        usecase.take_step(other, key, Step.TAKE_ON, "", LATER)
    with acting.acting(house.rep):
        ((_, at, state),) = store.raised_by(house.rep, 9)
    assert (at, state) == (NOW, State.RAISED)


def test_V3_nobody_else_can_be_told_where_walls_keep_it_from_everybody(house: House) -> None:
    chair, walled = (a_person(house.police, Role.CHAIR, name) for name in ("Ines Duarte", "Max Vale"))
    for one in (house.governance, house.second, walled):
        a_wall(house.area_id, house.case, one.account_id)
    _, able = usecase.raise_one(house.rep, "It went astray", DETECTED, False, "", [house.number], NOW)
    assert able == 0 and notices() == []
    alarmed = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.ALARM)
    assert db.session.scalars(alarmed).all() == [chair.account_id], "no chair whom a wall keeps from it"


def test_V3_its_parties_are_affected_and_a_perpetrator_is_never_told(house: House) -> None:
    key = raised(house, None, house.number)
    on(house, key, Step.TAKE_ON)
    told = kept(house.governance, key)
    victim, perpetrator = told.people
    assert list(told.people.values()) == ["Victim of case 1", "Perpetrator of case 1"]
    with pytest.raises(RuleBroken, match="perpetrator is never told"):
        usecase.decide(house.governance, key, decision(perpetrator), LATER)
    usecase.decide(house.governance, key, decision(perpetrator, False), LATER)
    usecase.decide(house.governance, key, decision(victim, told_at=LATER), LATER)
    assert not any("people" in left or "person" in left for left in kept(house.governance, key).told.left())


def test_V3_a_victim_who_is_the_perpetrator_of_another_case_it_touches_is_not_told(house: House) -> None:
    key = raised(house, None, house.number, house.other_number)
    with saved():
        victim = db.session.get_one(CaseRow, house.case).victim_id
        db.session.execute(update(CaseRow).where(CaseRow.id == house.other).values(perpetrator_id=victim))
    on(house, key, Step.TAKE_ON)
    whom = next(iter(kept(house.governance, key).people))
    with pytest.raises(RuleBroken, match="perpetrator is never told"):
        usecase.decide(house.governance, key, decision(whom), LATER)


def test_V3_partners_are_asked_first_or_it_says_why_not(house: House) -> None:
    key = raised(house)
    on(house, key, Step.TAKE_ON)
    usecase.add_partner(house.governance, key, house.homes, LATER)
    with pytest.raises(RuleBroken, match="Not agreed: Fellside Homes"):
        usecase.decide(house.governance, key, decision(REGULATOR, alone=""), LATER)
    with pytest.raises(RuleBroken, match="whose information it is"):
        usecase.hear(house.governance, key, house.police, REGULATOR, True, LATER)
    usecase.hear(house.governance, key, house.homes, REGULATOR, True, LATER)
    usecase.decide(house.governance, key, decision(REGULATOR, alone=""), LATER)
    assert kept(house.governance, key).told.decisions[0].tell
    with pytest.raises(RuleBroken, match="already"):
        usecase.add_partner(house.governance, key, house.homes, LATER)


def test_V3_from_raising_to_closing(house: House) -> None:
    key = raised(house)
    on(house, key, Step.TAKE_ON)
    with pytest.raises(RuleBroken, match="Before it is closed"):
        on(house, key, Step.CLOSE)
    usecase.affects_nobody(house.governance, key, "Only the rota was sent", LATER)
    usecase.decide(house.governance, key, decision(REGULATOR), LATER)
    late = NOW + timedelta(days=4)
    for duty in Duty:
        with pytest.raises(RuleBroken, match="Say why it is late"):
            usecase.tell(house.governance, key, duty, late, "", "", late)
        usecase.tell(house.governance, key, duty, late, "", "Nobody was there", late)
    with pytest.raises(RuleBroken, match="future"):
        usecase.tell(house.governance, key, Duty.DPO, late, "", "", NOW)
    usecase.take_step(house.governance, key, Step.CLOSE, "Two people check", late)
    told = kept(house.second, key)
    assert told.state is State.CLOSED and told.running == () and not told.waits
    with pytest.raises(RuleBroken, match="closed"):
        usecase.add_affected(house.governance, key, "A neighbour", False, late)
    with acting.acting(house.second):
        assert [one.id for one in store.over(house.second, 9)] == [key]


def test_V3_who_is_named_in_it_does_not_dismiss_or_close_it(house: House) -> None:
    key = raised(house)
    usecase.add_involved(house.second, key, house.governance.account_id, LATER)
    with pytest.raises(NotFound):
        on(house, key, Step.DISMISS)
    assert usecase.take_step(house.second, key, Step.DISMISS, "Nothing was shown", LATER) == 0
    third = a_person(house.police, Role.INFORMATION_GOVERNANCE, "Bo Lindqvist")
    assert usecase.take_step(third, key, Step.DISMISS, "Nothing was shown", LATER) is None
    assert kept(third, key).state is State.NO_BREACH


def test_V3_that_it_is_none_is_found_by_two_people(house: House) -> None:
    key = raised(house)
    clear_notices()
    assert usecase.take_step(house.governance, key, Step.DISMISS, "Nothing was shown", LATER) == 1
    assert notices() == [house.second.account_id]
    told = kept(house.second, key)
    assert told.state is State.RAISED and told.running, "its clocks run on"
    assert [(one.by, one.reason) for one in told.told.said] == [
        (str(house.governance.account_id), "Nothing was shown")
    ]
    with pytest.raises(RuleBroken, match="said already"):
        usecase.take_step(house.governance, key, Step.DISMISS, "Again", LATER)
    assert usecase.take_step(house.second, key, Step.DISMISS, "I looked too", LATER) is None
    assert kept(house.governance, key).state is State.NO_BREACH


def test_V3_a_chair_is_the_second_person_where_nobody_else_of_governance_can_be(house: House) -> None:
    chair, walled = (a_person(house.police, Role.CHAIR, name) for name in ("Ines Duarte", "Max Vale"))
    a_wall(house.area_id, house.case, walled.account_id)
    key = raised(house, None, house.number)

    def stands(who: Principal) -> list[UUID]:
        db.session.rollback()
        with acting.acting(who):
            return [one.id for one in breach_notices.seconds(who, LATER)]

    assert stands(chair) == []
    with pytest.raises(NotFound):
        usecase.agree(chair, key, "I say so alone", LATER)
    usecase.take_step(house.governance, key, Step.DISMISS, "Nothing was shown", LATER)
    assert stands(chair) == [], "another officer can say it"
    with pytest.raises(NotFound):
        usecase.agree(chair, key, "Too early", LATER)
    a_wall(house.area_id, house.case, house.second.account_id)
    clear_notices()
    assert stands(chair) == [key] and stands(walled) == stands(house.governance) == []
    for other, refusal in ((walled, NotFound), (house.second, Forbidden), (house.governance, Forbidden)):
        with pytest.raises(refusal):
            usecase.agree(other, key, "Not theirs", LATER)
    with pytest.raises(RuleBroken, match="Say why"):
        usecase.agree(chair, key, " ", LATER)
    assert kept(house.governance, key).state is State.RAISED, "its clocks run on"
    usecase.agree(chair, key, "I looked too", LATER)
    assert kept(house.governance, key).state is State.NO_BREACH and stands(chair) == []


@ON_ONE
def test_V3_the_only_officer_is_told_that_chairs_can_say_the_same(house: House) -> None:
    chair = a_person(house.police, Role.CHAIR, "Ines Duarte")
    a_wall(house.area_id, house.case, house.second.account_id)
    key = raised(house, None, house.number)
    clear_notices()
    assert usecase.take_step(house.governance, key, Step.DISMISS, "Nothing was shown", LATER) == 1
    rows = select(OutboxRow.account_id, OutboxRow.notice)
    assert [tuple(one) for one in db.session.execute(rows)] == [(chair.account_id, Notice.ALARM)]


def test_V3_one_that_nobody_can_deal_with_stands_before_chairs_until_somebody_can(house: House) -> None:
    chair, walled = (a_person(house.police, Role.CHAIR, name) for name in ("Ines Duarte", "Max Vale"))
    for one in (house.second, walled):
        a_wall(house.area_id, house.case, one.account_id)
    key = raised(house, None, house.number)

    def stands(who: Principal) -> list[UUID]:
        db.session.rollback()
        with acting.acting(who):
            return [one.id for one in breach_notices.nobodys(who, LATER)]

    assert stands(chair) == []
    usecase.add_involved(house.governance, key, house.governance.account_id, LATER)
    clear_notices()
    assert stands(chair) == [key] and stands(walled) == [], "no chair whom a wall keeps from it"
    for other in (house.governance, house.second, house.rep):
        assert stands(other) == []
    assert breach_notices.chase(DETECTED + timedelta(hours=25)) == 1
    rows = select(OutboxRow.account_id, OutboxRow.notice)
    assert [tuple(one) for one in db.session.execute(rows)] == [(chair.account_id, Notice.ALARM)]
    assert db.session.scalars(select(OutboxRow)).one().context["path"] == "/alarms"
    assert breach_notices.chase(DETECTED + timedelta(hours=25)) == 0
    a_person(house.police, Role.INFORMATION_GOVERNANCE, "Bo Lindqvist")
    assert stands(chair) == []


@ON_ONE
def test_M6_of_a_destroyed_breach_nobody_is_shown_a_line_where_no_walls_are_known(house: House) -> None:
    key = raised(house)

    def lines(who: Principal) -> int:
        db.session.rollback()
        with acting.acting(who):
            about = select(AuditRow.id).where(audit_of(who), AuditRow.subject == f"breach/{key}")
            return len(db.session.scalars(about).all())

    assert lines(house.governance) == 1
    with saved():
        db.session.execute(BreachRow.__table__.delete())
    assert lines(house.governance) == 0 and lines(house.rep) == 1, "what one did oneself"


@ON_ONE
def test_V5_the_lines_of_a_destroyed_breach_are_read_by_whom_no_wall_kept_it_from(house: House) -> None:
    key = raised(house, None, house.number, house.other_number)
    third = a_person(house.police, Role.INFORMATION_GOVERNANCE, "Bo Lindqvist")
    a_wall(house.area_id, house.case, house.second.account_id)
    a_wall(house.area_id, house.other, third.account_id)
    a_wall(house.area_id, house.case, house.governance.account_id, WallState.LIFTED)
    by = house.governance.account_id
    for number, case_id in enumerate((house.case, house.other), 1):
        with saved(), acting.service():
            rows = doomed.of_case(house.area_id, case_id).rows
            breach_walls.tell_destroyed(house.area_id, rows, "service", LATER)
            destroying.destroy(
                Certificate(number, case_id, Outcome.DESTROY, (), uuid4(), by, by, NOW, NOW, MONDAY),
                house.area_id, rows,
            )  # fmt: skip
        assert lines_of(house.second, key) == [] == lines_of(third, key)
    with acting.service():
        assert db.session.scalars(select(BreachRow)).all() == []
        last = db.session.scalars(select(AuditRow).where(AuditRow.action == "breach.destroyed")).one()
        assert set(last.detail["walled"].split()) == {
            str(house.second.account_id), str(third.account_id)
        }  # fmt: skip
    assert lines_of(house.governance, key) == ["breach.raised", "breach.destroyed"]
    assert lines_of(house.rep, key) == ["breach.raised"], "what one did oneself"


def lines_of(who: Principal, key: UUID) -> list[str]:
    db.session.rollback()
    row = AuditRow
    with acting.acting(who):
        about = select(row.action).where(audit_of(who), row.subject == f"breach/{key}")
        return list(db.session.scalars(about.order_by(row.id)))


def test_V3_who_was_exposed_to_what_is_drawn_from_the_access_log(house: House) -> None:
    key = raised(house, None, house.number)
    with saved():
        for case, who, minutes in (
            (house.case, house.rep, 1), (house.case, house.rep, 2), (house.other, house.rep, 3),
            (house.case, house.governance, 4),
        ):  # fmt: skip
            audit.record(
                who.account_id, who.area_id, "case.read", f"case/{case}", NOW + timedelta(minutes=minutes)
            )
    with acting.acting(house.governance):
        told = store.one(house.governance, key)
        assert told is not None
        found, agencies = breach_exposed.drawn(house.governance, told, NOW.date(), NOW.date())
        before, _ = breach_exposed.drawn(house.governance, told, date(2026, 11, 1), date(2026, 11, 2))
    lines = [(one.agency, one.who, one.times) for one in found if "Opened a case" in one.did]
    assert lines == [("Fellside Homes", "Joan Akande", 2), ("Northmoor Police", "Tom Whitlock", 1)]
    assert agencies == ("Fellside Homes", "Northmoor Police") and before == []
    assert {one.case for one in found} == {"Case 1"}, "its reference is nothing for who governs"


def test_V3_clocks_that_end_soon_and_those_that_are_over_are_told_once(house: House) -> None:
    key = raised(house)
    with saved():
        db.session.execute(OutboxRow.__table__.delete())
    assert breach_notices.chase(NOW) == 0
    soon = DETECTED + timedelta(hours=20)
    assert breach_notices.chase(soon) == 2 and breach_notices.chase(soon) == 0
    assert breach_notices.chase(DETECTED + timedelta(hours=25)) == 2
    assert len(notices()) == 4
    for who in (house.governance, house.second):
        usecase.take_step(who, key, Step.DISMISS, "Nothing was shown", LATER)
    assert breach_notices.chase(DETECTED + timedelta(hours=80)) == 0, "it is none"


def test_M6_a_clock_is_told_to_nobody_a_wall_keeps_from_it(house: House) -> None:
    raised(house, None, house.number)
    a_wall(house.area_id, house.case, house.second.account_id, WallState.STANDS)
    with saved():
        db.session.execute(OutboxRow.__table__.delete())
    assert breach_notices.chase(DETECTED + timedelta(hours=25)) == 1
    assert notices() == [house.governance.account_id]


def test_M6_a_case_is_added_only_by_who_may_open_it(house: House) -> None:
    key = raised(house)
    with pytest.raises(RuleBroken, match="There is no case"):
        usecase.add_case(house.governance, key, house.number, LATER)
    usecase.add_affected(house.governance, key, "The neighbour", True, LATER)
    usecase.add_affected(house.governance, key, "Her mother", False, LATER)
    assert [one.perpetrator for one in kept(house.governance, key).told.affected] == [True, False]
    for called in (" ", "x" * 2001):
        with pytest.raises(RuleBroken):
            usecase.add_affected(house.governance, key, called, False, LATER)


def test_L2_a_breach_of_one_case_goes_with_it_and_one_of_several_stays(house: House) -> None:
    alone, both = raised(house, None, house.number), raised(house, None, house.number, house.other_number)
    with saved():
        rows = doomed.of_case(house.area_id, house.case).rows
    tables = {table.name: keys for table, keys in rows.items()}
    assert tables["breach"] == {(alone,)}
    assert tables["breach_case"] == {(alone, house.case), (both, house.case)}
    entries = select(BreachEntryRow.id).where(BreachEntryRow.breach_id == alone)
    assert tables["breach_entry"] == {(key,) for key in db.session.scalars(entries)}


def test_M6_a_wall_outlives_the_case_that_it_was_on(house: House) -> None:
    key = raised(house, None, house.number, house.other_number)
    a_wall(house.area_id, house.case, house.second.account_id)
    a_wall(house.area_id, house.case, house.governance.account_id, WallState.LIFTED)
    with saved(), acting.service():
        rows = doomed.of_case(house.area_id, house.case).rows
        breach_walls.keep(house.area_id, rows)
        breach_walls.keep(house.area_id, rows)
        assert breach_walls.walled(key) == {house.second.account_id}, "once, and of walls that stand"
        by = house.governance.account_id
        destroying.destroy(
            Certificate(1, house.case, Outcome.DESTROY, (), uuid4(), by, by, NOW, NOW, MONDAY),
            house.area_id, rows,
        )  # fmt: skip
    assert seen(house.second, key) is None and seen(house.governance, key) is not None
    with saved():
        db.session.execute(OutboxRow.__table__.delete())
    assert breach_notices.chase(DETECTED + timedelta(hours=25)) == 1
    assert notices() == [house.governance.account_id]


def test_L2_a_party_of_a_destroyed_case_is_called_by_no_other_case(house: House) -> None:
    cases = (Touched(house.other, "C-000002", uuid4(), None),)
    told = {"case": str(house.case), "party": "victim", "perpetrator": False}
    assert breaches_told.person(told, cases) == "Victim of a case since destroyed"
    assert breaches_told.person(told | {"case": str(house.other)}, cases) == "Victim of C-000002"


def test_V3_who_is_named_in_a_breach_deals_with_nothing_of_it(house: House) -> None:
    key = raised(house)
    on(house, key, Step.TAKE_ON)
    usecase.add_involved(house.governance, key, house.second.account_id, LATER)
    who, before = house.second, kept(house.governance, key).entries
    for doing in (
        lambda: usecase.take_step(who, key, Step.DISMISS, "Because", LATER),
        lambda: usecase.tell(who, key, Duty.DPO, LATER, "", "", LATER),
        lambda: usecase.hear(who, key, house.homes, REGULATOR, True, LATER),
        lambda: usecase.decide(who, key, decision(REGULATOR), LATER),
        lambda: usecase.add_partner(who, key, house.homes, LATER),
        lambda: usecase.add_involved(who, key, house.rep.account_id, LATER),
        lambda: usecase.add_affected(who, key, "The neighbour", True, LATER),
        lambda: usecase.affects_nobody(who, key, "Nobody's", LATER),
        lambda: usecase.add_case(who, key, house.number, LATER),
    ):
        with pytest.raises(NotFound):
            doing()
    assert kept(house.governance, key).entries == before


def test_F3_who_was_a_perpetrator_stays_one_when_that_case_is_destroyed(house: House) -> None:
    key = raised(house, None, house.number, house.other_number)
    with saved():
        victim = db.session.get_one(CaseRow, house.case).victim_id
        db.session.execute(update(CaseRow).where(CaseRow.id == house.other).values(perpetrator_id=victim))
    before = [one.perpetrator for one in kept(house.governance, key).told.affected]
    assert before == [True, True, False, True]
    db.session.rollback()
    with saved(), acting.service():
        breach_walls.keep(house.area_id, doomed.of_case(house.area_id, house.other).rows)
        db.session.execute(update(CaseRow).where(CaseRow.id == house.other).values(perpetrator_id=None))
    assert [one.perpetrator for one in kept(house.governance, key).told.affected] == before


def test_V3_who_opened_a_meeting_that_holds_its_case_was_exposed(house: House) -> None:
    key = raised(house, None, house.number)
    meeting = db.session.scalars(select(ItemRow.meeting_id).where(ItemRow.case_id == house.case)).one()
    db.session.rollback()
    with saved():
        subject = f"meeting/{meeting}"
        audit.record(house.rep.account_id, house.area_id, "list.read", subject, NOW + timedelta(minutes=1))
    with acting.acting(house.governance):
        told = store.one(house.governance, key)
        assert told is not None
        found, _ = breach_exposed.drawn(house.governance, told, NOW.date(), NOW.date())
    assert [one.who for one in found if "Opened a daily list" in one.did] == ["Joan Akande"]


@pytest.mark.parametrize("action", sorted(SHOWING))
def test_V3_who_was_shown_its_case_among_others_was_exposed(house: House, action: str) -> None:
    key = raised(house, None, house.number)
    with saved():
        for who, cases in ((house.rep, (house.case, house.other)), (house.second, (house.other,))):
            audit.record(who.account_id, house.area_id, action, f"area/{house.area_id}",
                         NOW + timedelta(minutes=1), cases=" ".join(map(str, cases)))  # fmt: skip
        audit.record(house.second.account_id, house.area_id, "home.read", "account/x", NOW, cases=2)
    with acting.acting(house.governance):
        told = store.one(house.governance, key)
        assert told is not None
        found, agencies = breach_exposed.drawn(house.governance, told, NOW.date(), NOW.date())
    assert [one.who for one in found if words(action) in one.did] == ["Joan Akande"]
    assert house.second.name not in {one.who for one in found} and "Fellside Homes" in agencies
