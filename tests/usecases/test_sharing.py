"""Deciding whether to share, from the first question to what is kept (Rulebook K2 to K4, F3, M6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.referral_consent import Ground, Lawful
from agenda.rules import RuleBroken
from agenda.sharing import Question, Reply, Result
from agenda.sharing_decision import Informed, State
from meetingsvc.models import AuditRow, CaseRow, ItemRow, OutboxRow, PersonRow, SharingRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store import sharing as store
from meetingsvc.usecases import sharing as usecase
from meetingsvc.usecases.sharing import Asked, Ending
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_sharing import ASKED, TO_SHARE
from tests.a_wall import a_wall

WHY = Ending("He asks the school every week.", Informed.AWARE)


@pytest.fixture
def coordinator(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id), Role.COORDINATOR)


@pytest.fixture
def rep(coordinator: Principal) -> Principal:
    return a_person(an_agency(coordinator.area_id, "Moorland Housing"), Role.REPRESENTATIVE)


@pytest.fixture
def case(coordinator: Principal) -> Iterator[CaseRow]:
    (item, *_) = referred(coordinator, [Group.REPEAT_NO_SAFEGUARDS])
    with acting.service():
        yield db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)


def kept(who: Principal, key: UUID) -> store.Kept:
    db.session.rollback()
    with acting.acting(who):
        found = store.one(who, key)
    assert found is not None
    return found


def walk(who: Principal, key: UUID, replies: dict[Question, Reply], **beside: object) -> None:
    """Answers them in the order of the page."""
    for question, reply in replies.items():
        told = {name: beside.get(name, usual) for name, usual in (
            ("about", "Isla Sorrel"), ("limits", ""), ("grounds", frozenset()), ("lawful", frozenset()),
            ("other_law", ""), ("authorised_by", ""),
        ) if name in usecase.BESIDE.get(question, ())}  # fmt: skip
        version = kept(who, key).version
        usecase.answer(who, key, version, question, reply, NOW, **told)


def begun(who: Principal, case_id: UUID | None = None, told: Asked = ASKED) -> UUID:
    return usecase.begin(who, case_id, told, NOW)


def conclude(who: Principal, key: UUID, end: Ending = WHY) -> Result:
    return usecase.conclude(who, key, kept(who, key).version, end, NOW + timedelta(hours=1))


def test_K4_a_sharing_is_decided_question_by_question_and_kept(rep: Principal) -> None:
    key = begun(rep)
    assert kept(rep, key).walk.open is Question.PURPOSE
    with pytest.raises(RuleBroken):
        conclude(rep, key)
    walk(rep, key, TO_SHARE)
    assert conclude(rep, key) is Result.SHARE
    found = kept(rep, key)
    assert (found.state, found.told.why, found.told.informed) == (State.SHARE, WHY.why, Informed.AWARE)
    assert found.told.replies == TO_SHARE and found.decided_at is not None
    assert db.session.scalars(select(OutboxRow.id)).all() == [], "nothing leaves"


def test_K4_a_no_is_kept_as_well(rep: Principal) -> None:
    key = begun(rep)
    walk(rep, key, {Question.PURPOSE: Reply.NO})
    assert conclude(rep, key, Ending("Curiosity is no purpose.")) is Result.DO_NOT_SHARE
    assert kept(rep, key).state is State.DO_NOT_SHARE


def test_K4_what_is_decided_stays_so(rep: Principal) -> None:
    key = begun(rep)
    walk(rep, key, {Question.PURPOSE: Reply.NO})
    conclude(rep, key, Ending("Curiosity is no purpose."))
    version = kept(rep, key).version
    with pytest.raises(RuleBroken, match="stays as it was decided"):
        usecase.change(rep, key, version, replace(ASKED, what="Something else"), NOW)
    with pytest.raises(RuleBroken, match="stays as it was decided"):
        usecase.answer(rep, key, version, Question.PURPOSE, Reply.YES, NOW)
    with pytest.raises(DBAPIError, match="stays as it was made"), acting.service(), saved():
        db.session.execute(update(SharingRow).values(why="other"))


def test_K4_who_is_not_sure_asks_for_advice_and_says_what_came_of_it(rep: Principal) -> None:
    key = begun(rep)
    before = {one: said for one, said in TO_SHARE.items() if one is not Question.RELEVANT}
    walk(rep, key, {**before, Question.PROPORTIONATE: Reply.NOT_SURE})
    assert conclude(rep, key, Ending("The named nurse: is it too much?")) is Result.ASK_ADVICE
    found = kept(rep, key)
    assert found.open and found.waited and found.advice_asked == "The named nurse: is it too much?"
    walk(rep, key, {Question.PROPORTIONATE: Reply.YES, Question.RELEVANT: Reply.YES})
    with pytest.raises(RuleBroken, match="who advised you"):
        conclude(rep, key)
    conclude(rep, key, replace(WHY, advice="The named nurse: it is not"))
    assert kept(rep, key).told.advice == "The named nurse: it is not"


def test_K2_K3_without_consent_its_grounds_and_who_authorises_it_are_asked(rep: Principal) -> None:
    key = begun(rep)
    first = {Question.PURPOSE: Reply.YES, Question.IDENTIFIABLE: Reply.YES}
    walk(rep, key, {**first, Question.CONSENT: Reply.NOT_SOUGHT})
    with pytest.raises(RuleBroken, match="on which ground"):
        walk(rep, key, {Question.GROUND: Reply.YES})
    walk(rep, key, {Question.GROUND: Reply.YES}, grounds=frozenset({Ground.CHILD}))
    lawful = frozenset({Lawful.VITAL_INTERESTS})
    with pytest.raises(RuleBroken, match="who authorises"):
        walk(rep, key, {Question.LAWFUL: Reply.YES}, lawful=lawful)
    walk(rep, key, {Question.LAWFUL: Reply.YES}, lawful=lawful, authorised_by="Head of service")
    told = kept(rep, key).told
    assert (told.grounds, told.lawful) == (frozenset({Ground.CHILD}), lawful)
    with pytest.raises(RuleBroken, match="not asked on this way"):
        walk(rep, key, {Question.LIMITS: Reply.YES})


def test_K4_it_is_not_begun_without_saying_what_is_shared_with_whom_and_what_for(rep: Principal) -> None:
    for name in usecase.ASKED:
        with pytest.raises(RuleBroken, match="Enter w"):
            begun(rep, None, replace(ASKED, **{name: " "}))
    assert db.session.scalars(select(SharingRow.id)).all() == []


def test_F3_nothing_is_shared_with_the_perpetrator_nor_is_he_told(
    coordinator: Principal, case: CaseRow
) -> None:
    him = db.session.get_one(PersonRow, case.perpetrator_id)
    name, case_id = f"{him.forename} {him.surname}", case.id
    key = begun(coordinator, case_id, replace(ASKED, with_whom=f"{name} himself"))
    walk(coordinator, key, TO_SHARE)
    usecase.change(coordinator, key, kept(coordinator, key).version, replace(ASKED, with_whom=name), NOW)
    with pytest.raises(RuleBroken, match="cannot be shared with whoever is named"):
        conclude(coordinator, key)
    usecase.change(coordinator, key, kept(coordinator, key).version, ASKED, NOW)
    walk(coordinator, key, {Question.IDENTIFIABLE: Reply.YES}, about=name)
    with pytest.raises(RuleBroken, match="never told"):
        conclude(coordinator, key)
    conclude(coordinator, key, replace(WHY, informed=Informed.UNSAFE))
    assert kept(coordinator, key).state is State.SHARE


def test_V5_a_refused_recipient_leaves_a_line_with_its_ground_and_no_name(
    coordinator: Principal, case: CaseRow
) -> None:
    him = db.session.get_one(PersonRow, case.perpetrator_id)
    name, case_id = f"{him.forename} {him.surname}", case.id
    key = begun(coordinator, case_id, replace(ASKED, with_whom=name))
    walk(coordinator, key, TO_SHARE)
    db.session.rollback()
    with acting.acting(coordinator):
        found = usecase.ending_problems(coordinator, kept(coordinator, key), WHY)
    db.session.rollback()
    usecase.keep_refusal(coordinator, key, found, NOW)
    usecase.keep_refusal(coordinator, key, {"why": "Enter why you decide so"}, NOW)
    line = db.session.scalars(select(AuditRow).where(AuditRow.action == "sharing.refused")).one()
    assert line.case_id == case_id and line.detail["ground"] == "recipient"
    assert not any(part in str(line.detail) for part in name.split())


def test_K4_without_a_case_its_maker_alone_reads_it(rep: Principal, coordinator: Principal) -> None:
    colleague, key = a_person(rep.agency_id, Role.REPRESENTATIVE), begun(rep)
    walk(rep, key, {Question.PURPOSE: Reply.NO})
    conclude(rep, key, Ending("Curiosity is no purpose."))
    for who in (colleague, coordinator, a_person(coordinator.agency_id, Role.CHAIR)):
        db.session.rollback()
        with acting.acting(who):
            assert store.one(who, key) is None and store.decided(who, 10) == []
        with pytest.raises(NotFound):
            usecase.change(who, key, 1, ASKED, NOW)


def test_K4_on_a_case_who_runs_the_meetings_reads_what_was_decided_and_changes_nothing(
    coordinator: Principal, case: CaseRow
) -> None:
    chair, case_id = a_person(coordinator.agency_id, Role.CHAIR), case.id
    key = begun(coordinator, case_id)
    with acting.acting(chair):
        assert store.one(chair, key) is None, "not before it is decided"
    walk(coordinator, key, {Question.PURPOSE: Reply.NO})
    conclude(coordinator, key, Ending("Curiosity is no purpose."))
    assert kept(chair, key).case_id == case_id
    with acting.acting(chair):
        assert [one.id for one in store.on_case(chair, case_id)] == [key]
    with pytest.raises(Forbidden):
        usecase.change(chair, key, 1, ASKED, NOW)


def test_M6_a_wall_keeps_even_ones_own_decision_from_one(coordinator: Principal, case: CaseRow) -> None:
    case_id, area_id = case.id, case.area_id
    key = begun(coordinator, case_id)
    with acting.service():
        a_wall(area_id, case_id, coordinator.account_id)
    db.session.rollback()
    with acting.acting(coordinator):
        assert store.one(coordinator, key) is None
        assert store.mine(coordinator) == [] and store.count_open(coordinator) == 0
    with pytest.raises(NotFound):
        usecase.answer(coordinator, key, 1, Question.PURPOSE, Reply.NO, NOW)
    with pytest.raises(NotFound):
        begun(coordinator, case_id)
    with pytest.raises(NotFound):
        begun(coordinator, uuid4())


def test_K4_two_windows_do_not_write_over_each_other(rep: Principal) -> None:
    key = begun(rep)
    usecase.answer(rep, key, 1, Question.PURPOSE, Reply.YES, NOW)
    with pytest.raises(RuleBroken, match="another window"):
        usecase.answer(rep, key, 1, Question.PURPOSE, Reply.NO, NOW)


def test_V5_each_step_leaves_a_line_without_a_word_of_it(coordinator: Principal, case: CaseRow) -> None:
    case_id = case.id
    key = begun(coordinator, case_id)
    walk(coordinator, key, {Question.PURPOSE: Reply.NO})
    conclude(coordinator, key, Ending("Curiosity is no purpose."))
    lines = db.session.scalars(
        select(AuditRow).where(AuditRow.action.startswith("sharing.")).order_by(AuditRow.id)
    ).all()
    assert [line.action for line in lines] == ["sharing.begun", "sharing.answered", "sharing.decided"]
    assert {line.case_id for line in lines} == {case_id}
    assert not any(word in str(line.detail) for line in lines for word in ("nurse", "Curiosity", "moved"))
