"""Disagreements from raising one to the debrief: whose each step is, who reads it, the record (V4, W2)."""

from datetime import timedelta
from enum import StrEnum
from io import BytesIO
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select, update
from werkzeug.exceptions import Forbidden, NotFound

from agenda.disagreement import Step
from agenda.disagreement_days import Kind
from agenda.disagreement_form import FIELDS, OF_CHILD, Agreed, Nature, Record
from agenda.disagreement_ladders import ChildDeath, ChildDeathOutside, Conference, Professional
from agenda.need_to_know import Hides
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    CaseRow,
    DisagreementRow,
    OutboxRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting
from meetingsvc.store import disagreements as store
from meetingsvc.usecases import disagreement_files, disagreement_notices
from meetingsvc.usecases import disagreements as usecase
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.a_marac import MONDAY, NOW, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall

LATER = NOW + timedelta(hours=2)
ON_ONE = pytest.mark.one_database
RECORD = Record(
    {one.name: f"typed {one.name}" if one.needed and one.name not in OF_CHILD else "" for one in FIELDS},
    frozenset({Nature.PLAN_EFFECTIVE}),
    agreed=(Agreed("Assess", "Social care", MONDAY),),
)  # fmt: skip


class House:
    """Two agencies that differ, a third, and who runs the meetings."""

    def __init__(self, area_id: UUID) -> None:
        self.area_id = area_id
        names = ("Northmoor School", "Social Care", "Fellside Homes")
        self.school, self.care, self.homes = (an_agency(area_id, name, daily=True) for name in names)
        self.teacher = a_person(self.school, Role.REPRESENTATIVE, "Joan Akande")
        self.head = a_person(self.school, Role.REPRESENTATIVE, "Ada Brook")
        self.worker = a_person(self.care, Role.REPRESENTATIVE, "Sam Okoro")
        self.stranger = a_person(self.homes, Role.REPRESENTATIVE, "Kit Stone")
        self.chair = a_person(self.care, Role.CHAIR, "Ines Duarte")
        self.coordinator = a_person(self.homes, Role.COORDINATOR, "Robin Ashgrove")
        listed(area_id, people_rows(1, MONDAY))
        self.case, self.number = db.session.execute(select(CaseRow.id, CaseRow.number)).one()
        db.session.rollback()


@pytest.fixture
def house(area_id: UUID) -> House:
    return House(area_id)


def raised(house: House, **told: Any) -> UUID:
    usual = {"kind": Kind.PROFESSIONAL, "about": "No assessment was made", "against": [house.care],
             "unsafe_now": False, "done": "", "number": None, "now": NOW}  # fmt: skip
    key, _ = usecase.raise_one(told.pop("by", house.teacher), **usual | told)
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


def up(house: House, key: UUID, to: int) -> None:
    """To that step, by those whose it is."""
    steps = ((Step.TO_2, house.teacher), (Step.TO_3, house.teacher), (Step.TO_4, house.head),
             (Step.TO_5, house.head), (Step.TO_6, house.head))  # fmt: skip
    for step, who in steps[: to - 1]:
        usecase.take_step(who, key, step, "It was tried", LATER)


def told() -> list[UUID]:
    db.session.rollback()
    rows = select(OutboxRow.account_id).where(OutboxRow.notice == Notice.DISAGREEMENT)
    return list(db.session.scalars(rows.order_by(OutboxRow.created_at)))


def test_V4_raising_one_tells_the_other_side_and_starts_the_first_clock(house: House) -> None:
    key = raised(house)
    assert told() == [house.worker.account_id]
    found = kept(house.worker, key)
    assert found.told.stage is Professional.DISCUSSION and found.told.agency == "Northmoor School"
    assert found.told.against == {"Social Care"} and len(found.running) == 1
    assert store.answers(house.worker, found) and not store.answers(house.teacher, found)


def test_V4_six_steps_then_the_debrief_and_no_step_is_skipped(house: House) -> None:
    key = raised(house)
    with pytest.raises(RuleBroken):
        usecase.take_step(house.teacher, key, Step.TO_3, "Skip", LATER)
    usecase.answer(house.worker, key, "We did look", LATER)
    up(house, key, 3)
    with pytest.raises(RuleBroken, match="their manager"):
        usecase.take_step(house.teacher, key, Step.TO_4, "By herself", LATER)
    for step in (Step.TO_4, Step.TO_5, Step.TO_6):
        usecase.take_step(house.head, key, step, "It was tried", LATER)
    with pytest.raises(RuleBroken, match="other side"):
        usecase.take_step(a_person(house.care, Role.CHAIR, "Max Vale"), key, Step.DETERMINE, "So", LATER)
    other = a_person(house.homes, Role.CHAIR, "Lee Fox")
    usecase.take_step(other, key, Step.DETERMINE, "It is made by Friday", LATER)
    assert kept(other, key).told.stage is Professional.DEBRIEF
    usecase.take_step(house.head, key, Step.CLOSE, "Ask sooner", LATER)
    closed = kept(house.worker, key)
    assert not closed.waits and closed.running == () and len(closed.told.answers) == 1
    with pytest.raises(RuleBroken, match="not for you"):
        usecase.answer(house.worker, key, "Late", LATER)
    with acting.acting(house.head):
        assert [one.id for one in store.over(house.head, 9)] == [key]


def test_V4_the_other_side_neither_settles_nor_goes_on(house: House) -> None:
    key = raised(house)
    for step in (Step.SETTLE, Step.TO_2):
        with pytest.raises(RuleBroken):
            usecase.take_step(house.worker, key, step, "Done", LATER)
    for said in (" ", "x" * 2001):
        with pytest.raises(RuleBroken):
            usecase.answer(house.worker, key, said, LATER)
    with pytest.raises(RuleBroken, match="not for you"):
        usecase.answer(house.teacher, key, "Me", LATER)
    usecase.take_step(house.teacher, key, Step.SETTLE, "They agreed", LATER)


def test_B_nobody_of_a_third_agency_reads_it(house: House) -> None:
    key = raised(house)
    assert seen(house.stranger, key) is None
    for act in (
        lambda: usecase.take_step(house.stranger, key, Step.TO_2, "Me", LATER),
        lambda: usecase.answer(house.stranger, key, "Me", LATER),
        lambda: usecase.fill(house.stranger, key, RECORD, LATER),
        lambda: disagreement_files.make(house.stranger, key, LATER),
        lambda: disagreement_files.fetch(house.stranger, key, LATER),
    ):
        with pytest.raises(NotFound):
            act()
    assert seen(house.chair, key) and seen(house.coordinator, key) and seen(house.head, key)


def test_M6_of_a_case_kept_from_them_nobody_reads_it_or_is_told(house: House) -> None:
    a_wall(house.area_id, house.case, house.worker.account_id)
    key = raised(house, number=house.number)
    assert told() == [] and seen(house.worker, key) is None
    assert kept(house.chair, key).case == f"C-{house.number:06d}"
    for number in (99, house.number):
        with pytest.raises(RuleBroken, match="There is no case"):
            raised(house, by=house.worker, against=[house.school], number=number)


def test_V1_a_withdrawn_agency_reads_it_no_more(house: House) -> None:
    key = raised(house)
    with saved():
        db.session.get_one(AgencyRow, house.care).withdrawn_on = MONDAY
    gone = accounts.principal(house.worker.account_id, NOW)
    assert gone is not None and seen(gone, key) is None
    with pytest.raises(Forbidden):
        usecase.answer(gone, key, "Still here", LATER)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"about": " "}, "about"), ({"against": []}, "whose decision"), ({"unsafe_now": True}, "Call first"),
     ({"about": "x" * 2001}, "fewer"), ({"against": [UUID(int=1)]}, "agencies of the area")],
)  # fmt: skip
@ON_ONE
def test_V4_what_is_missing_is_asked(house: House, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        raised(house, **wrong)
    with pytest.raises(RuleBroken, match="another agency"):
        raised(house, against=[house.school])
    assert db.session.scalars(select(DisagreementRow)).all() == []


def test_W2_what_the_panel_is_owed_is_asked_by_its_coordinator(house: House) -> None:
    with pytest.raises(Forbidden):
        raised(house, kind=Kind.CHILD_DEATH)
    with pytest.raises(Forbidden):
        raised(house, by=house.coordinator)
    key = raised(house, by=house.coordinator, kind=Kind.CHILD_DEATH)
    usecase.take_step(house.coordinator, key, Step.TO_2, "Nothing came", LATER)
    usecase.take_step(house.coordinator, key, Step.TO_3, "Nothing came", LATER)
    with pytest.raises(RuleBroken, match="the chair"):
        usecase.take_step(house.coordinator, key, Step.TO_4, "Nothing came", LATER)
    assert kept(house.coordinator, key).told.stage is ChildDeath.CHIEF_EXECUTIVE
    with pytest.raises(RuleBroken, match="professional disagreements alone"):
        usecase.fill(house.coordinator, key, RECORD, LATER)


def test_V4_its_record_from_step_five_on_is_one_file_for_who_asks(house: House) -> None:
    key = raised(house)
    up(house, key, 4)
    with pytest.raises(RuleBroken, match="from step 5 on"):
        usecase.fill(house.teacher, key, RECORD, LATER)
    usecase.take_step(house.head, key, Step.TO_5, "On", LATER)
    with pytest.raises(RuleBroken, match="agency that escalates"):
        usecase.fill(house.worker, key, RECORD, LATER)
    with pytest.raises(RuleBroken, match="Fill in the form first"):
        disagreement_files.make(house.teacher, key, LATER)
    with pytest.raises(NotFound):
        disagreement_files.fetch(house.teacher, key, LATER)
    usecase.fill(house.teacher, key, RECORD, LATER)
    assert kept(house.worker, key).record == RECORD
    phrase = disagreement_files.make(house.teacher, key, LATER)
    content = disagreement_files.fetch(house.teacher, key, LATER)
    assert phrase and content
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(content))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content), password=phrase).pages)
    for said in ("Stage 5", "Northmoor School", "typed details", "Joan Akande", "Monday 23 November 2026"):
        assert said in text, said


def test_V4_a_step_that_is_late_is_told_once_to_who_raised_it(house: House) -> None:
    key = raised(house)
    with saved():
        db.session.execute(delete(OutboxRow))
    late = kept(house.teacher, key).running[0].due + timedelta(minutes=1)
    assert disagreement_notices.chase(NOW) == 0
    assert disagreement_notices.chase(late) == 2 and disagreement_notices.chase(late) == 0
    assert set(told()) == {house.teacher.account_id, house.head.account_id}


def test_V4_the_form_is_not_for_the_other_side_and_not_once_it_is_over(house: House) -> None:
    key = raised(house)
    up(house, key, 5)
    with pytest.raises(RuleBroken, match="agency that escalates"):
        usecase.fill(house.chair, key, RECORD, LATER)
    usecase.fill(house.coordinator, key, RECORD, LATER)
    usecase.take_step(house.teacher, key, Step.SETTLE, "They agreed", LATER)
    usecase.take_step(house.teacher, key, Step.CLOSE, "No debrief is needed", LATER)
    with pytest.raises(RuleBroken, match="until it is over"):
        usecase.fill(house.teacher, key, RECORD, LATER)


def test_V4_it_says_where_nobody_could_be_told(house: House) -> None:
    empty = an_agency(house.area_id, "Tarn Surgery", daily=True)
    usual = (Kind.PROFESSIONAL, "No assessment", [house.care, empty], False, "", None, NOW)
    key, untold = usecase.raise_one(house.teacher, *usual)
    assert untold == ["Tarn Surgery"]
    assert usecase.take_step(house.teacher, key, Step.TO_2, "Tried", LATER) == ["Tarn Surgery"]
    assert usecase.answer(house.worker, key, "We did look", LATER) == []


def test_V4_an_agency_of_one_is_not_stuck_at_the_step_of_its_manager(house: House) -> None:
    tarn = an_agency(house.area_id, "Tarn Surgery", daily=True)
    nurse, chair = a_person(tarn, name="Bo Lindqvist"), a_person(house.homes, Role.CHAIR, "Lee Fox")
    key = raised(house, by=nurse)
    usecase.take_step(nurse, key, Step.TO_2, "It was tried", LATER)
    with saved():
        db.session.execute(delete(OutboxRow))
    usecase.take_step(nurse, key, Step.TO_3, "It was tried", LATER)
    runners = {one.account_id for one in (chair, house.chair, house.coordinator)}
    assert set(told()) == runners | {house.worker.account_id}, "at once, not in silence"
    for who, why in ((nurse, "This is for"), (house.chair, "other side")):
        with pytest.raises(RuleBroken, match=why):
            usecase.take_step(who, key, Step.TO_4, "Her lead says so", LATER)
    usecase.take_step(house.coordinator, key, Step.TO_4, "Her lead says so", LATER)
    assert kept(nurse, key).told.stage is Professional.COUNTERPARTS
    assert kept(nurse, key).told.steps[-1].agency == "Fellside Homes", "who recorded it, and not as theirs"
    with saved():
        db.session.execute(delete(OutboxRow))
    late = kept(nurse, key).running[0].due + timedelta(minutes=1)
    assert disagreement_notices.chase(late) == 4 and set(told()) == runners | {nurse.account_id}
    lead = a_person(tarn, name="Kim Ward")
    with pytest.raises(RuleBroken, match="This is for"):
        usecase.take_step(chair, key, Step.TO_5, "On", LATER)
    usecase.take_step(lead, key, Step.TO_5, "On", LATER)


def test_V4_a_manager_whom_a_wall_keeps_from_it_is_none(house: House) -> None:
    key = raised(house, number=house.number)
    up(house, key, 3)
    with pytest.raises(RuleBroken, match="This is for"):
        usecase.take_step(house.coordinator, key, Step.TO_4, "On", LATER)
    a_wall(house.area_id, house.case, house.head.account_id)
    usecase.take_step(house.coordinator, key, Step.TO_4, "Their lead says so", LATER)
    assert kept(house.teacher, key).told.stage is Professional.COUNTERPARTS


def test_V1_what_an_agency_that_left_raised_is_settled_by_who_runs_the_meetings(house: House) -> None:
    key = raised(house)
    with pytest.raises(RuleBroken, match="This is for"):
        usecase.take_step(house.coordinator, key, Step.SETTLE, "They agreed", LATER)
    with saved():
        db.session.get_one(AgencyRow, house.school).withdrawn_on = MONDAY
    usecase.take_step(house.coordinator, key, Step.SETTLE, "They have left", LATER)
    assert kept(house.coordinator, key).told.stage is Professional.DEBRIEF


def test_V4_nobody_settles_for_an_agency_whose_accounts_are_disabled_or_whose_case_is_kept(
    house: House,
) -> None:
    disabled, hidden = raised(house), raised(house, number=house.number)
    with saved(), acting.service():
        db.session.add(RestrictionRow(area_id=house.area_id, case_id=house.case, state="restricted",
                                      hides=Hides.AGENCIES, reason="x", put_at=NOW))  # fmt: skip
    with pytest.raises(RuleBroken, match="This is for"):
        usecase.take_step(house.coordinator, hidden, Step.SETTLE, "It is well", LATER)
    usecase.take_step(house.coordinator, hidden, Step.TO_2, "They cannot see it", LATER)
    with saved():
        its = (house.teacher.account_id, house.head.account_id)
        db.session.execute(update(AccountRow).where(AccountRow.id.in_(its)).values(disabled_at=NOW))
    with pytest.raises(RuleBroken, match="This is for"):
        usecase.take_step(house.coordinator, disabled, Step.SETTLE, "It is well", LATER)
    usecase.take_step(house.coordinator, disabled, Step.TO_2, "Nobody is there", LATER)
    assert kept(house.coordinator, disabled).told.stage is Professional.WRITTEN
    with saved():
        db.session.get_one(AgencyRow, house.school).withdrawn_on = MONDAY
    usecase.take_step(house.coordinator, disabled, Step.SETTLE, "They have left", LATER)


def test_W2_a_conference_from_the_safeguarding_lead_to_its_end(house: House) -> None:
    key = raised(house, kind=Kind.CONFERENCE)
    assert kept(house.teacher, key).told.stage is Conference.SAFEGUARDING_LEAD
    usecase.take_step(house.teacher, key, Step.TO_2, "No report came", LATER)
    with pytest.raises(RuleBroken, match="their manager"):
        usecase.take_step(house.teacher, key, Step.TO_3, "By herself", LATER)
    for step in (Step.TO_3, Step.TO_4):
        usecase.take_step(house.head, key, step, "It was tried", LATER)
    with pytest.raises(RuleBroken, match="professional disagreements alone"):
        usecase.fill(house.teacher, key, RECORD, LATER)
    chair = a_person(house.homes, Role.CHAIR, "Lee Fox")
    usecase.take_step(chair, key, Step.DETERMINE, "A report by Friday", LATER)
    usecase.take_step(house.head, key, Step.CLOSE, "Ask sooner", LATER)
    ended = kept(house.worker, key)
    assert ended.told.reached == tuple(Conference) and not ended.waits and ended.running == ()


@pytest.mark.parametrize(
    ("kind", "steps", "last"),
    [
        (Kind.CHILD_DEATH, "ccvv", ChildDeath.CONSIDERED),
        (Kind.CHILD_DEATH_OUTSIDE, "vv", ChildDeathOutside.CONSIDERED),
    ],
)
def test_W2_child_death_overview_ends_received_or_considered_without(
    house: House, kind: Kind, steps: str, last: StrEnum
) -> None:
    chair = a_person(house.homes, Role.CHAIR, "Lee Fox")
    whose = {"c": house.coordinator, "v": chair}
    key = raised(house, by=house.coordinator, kind=kind)
    ups = (Step.TO_2, Step.TO_3, Step.TO_4, Step.TO_5)
    for step, who in zip(ups, steps, strict=False):
        assert kept(chair, key).running, "each has its days"
        usecase.take_step(whose[who], key, step, "Nothing came", LATER)
    assert kept(chair, key).told.stage is last and kept(chair, key).running == ()
    usecase.take_step(house.coordinator, key, Step.SETTLE, "Considered without it", LATER)
    ended = kept(house.worker, key)
    assert not ended.waits and ended.told.stage is ended.told.ladder.ended
    with pytest.raises(RuleBroken, match="not for you"):
        usecase.answer(house.worker, key, "Late", LATER)


def test_W2_what_is_late_for_the_panel_is_told_to_who_runs_its_meetings(house: House) -> None:
    key = raised(house, by=house.coordinator, kind=Kind.CHILD_DEATH)
    with saved():
        db.session.execute(delete(OutboxRow))
    late = kept(house.coordinator, key).running[0].due + timedelta(minutes=1)
    assert disagreement_notices.chase(late) == 3 and disagreement_notices.chase(late) == 0
    assert set(told()) == {one.account_id for one in (house.coordinator, house.chair, house.stranger)}


@pytest.mark.parametrize("kind", [Kind.PROFESSIONAL, Kind.CONFERENCE])
def test_V4_at_the_last_step_a_chair_of_neither_side_is_told_on_arrival_and_once_it_is_late(
    house: House, kind: Kind
) -> None:
    neither, theirs = (
        a_person(house.homes, Role.CHAIR, "Lee Fox"),
        a_person(house.school, Role.CHAIR, "Di Orr"),
    )
    key = raised(house, kind=kind)
    if kind is Kind.PROFESSIONAL:
        up(house, key, 5)
    else:
        for step, who in ((Step.TO_2, house.teacher), (Step.TO_3, house.head)):
            usecase.take_step(who, key, step, "It was tried", LATER)
    runs = {one.account_id for one in (neither, theirs, house.chair, house.coordinator)}
    assert not runs & set(told())
    last = Step.TO_6 if kind is Kind.PROFESSIONAL else Step.TO_4
    usecase.take_step(house.head, key, last, "It was tried", LATER)
    assert runs & set(told()) == {neither.account_id}
    with saved():
        db.session.execute(delete(OutboxRow))
    late = kept(neither, key).running[0].due + timedelta(minutes=1)
    disagreement_notices.chase(late)
    assert runs & set(told()) == {neither.account_id} and disagreement_notices.chase(late) == 0
    with pytest.raises(RuleBroken, match="Your agency raised this"):
        usecase.take_step(theirs, key, Step.DETERMINE, "As we say", LATER)
    usecase.take_step(neither, key, Step.DETERMINE, "It is made by Friday", LATER)


def test_V4_where_no_chair_can_determine_everybody_who_runs_the_meetings_hears_of_it(house: House) -> None:
    key = raised(house, number=house.number)
    neither = a_person(house.homes, Role.CHAIR, "Lee Fox")
    a_wall(house.area_id, house.case, neither.account_id)
    up(house, key, 6)
    assert {house.chair.account_id, house.coordinator.account_id} <= set(told())
    assert neither.account_id not in told()
