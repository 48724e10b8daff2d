"""What becomes of decisions to share that stand on no case, on both databases (Rulebook K4, L1, L2)."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import current_app
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.moves import Who
from agenda.rules import RuleBroken
from agenda.sharing_decision import Considered, State
from meetingsvc.config import Settings
from meetingsvc.models import AuditRow, CaseRow, DestructionRow, ItemRow, SharingReviewRow, SharingRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, certificates, ledger, sharing
from meetingsvc.store import sharing_reviews as store
from meetingsvc.usecases import accounts, destroying
from meetingsvc.usecases import sharing_reviews as usecase
from meetingsvc.usecases.transaction import saved
from minutes.sharing_review import State as Reviewed
from minutes.sharing_review import Step
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_sharing import a_sharing_row
from tests.a_wall import a_wall

CANARY = "CANARYSHARED"
LATER = NOW + timedelta(days=366)
LATE = LATER + timedelta(days=40)


@pytest.fixture
def coordinator(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id), Role.COORDINATOR)


@pytest.fixture
def rep(coordinator: Principal) -> Principal:
    return a_person(an_agency(coordinator.area_id, "Moorland Housing"), Role.REPRESENTATIVE)


@pytest.fixture
def governs(coordinator: Principal) -> Principal:
    return a_person(coordinator.agency_id, Role.INFORMATION_GOVERNANCE, "Una Thorne")


@pytest.fixture
def chair(coordinator: Principal) -> Principal:
    return a_person(coordinator.agency_id, Role.CHAIR, "Max Vale")


def decided(who: Principal) -> UUID:
    """One that was decided, with the same words in every text."""
    row = a_sharing_row(who.area_id, who.account_id, who.agency_id, state=State.SHARE, decided_at=NOW)
    sharing.write(row, Considered(*[CANARY] * 6, limits=CANARY, other_law=CANARY, advice=CANARY))
    with acting.service(), saved():
        db.session.add(row)
        key = row.id
    return key


def mine(who: Principal, at: object = LATER) -> list[UUID]:
    db.session.rollback()
    with acting.acting(who):
        return [one.id for one in store.mine(who, at)]  # type: ignore[arg-type]


def overseen(who: Principal, at: object = LATER) -> list[UUID]:
    db.session.rollback()
    with acting.acting(who):
        return [one.id for one in store.overseen(who, at)]  # type: ignore[arg-type]


def test_L1_who_made_it_reviews_it_each_year(rep: Principal, governs: Principal, chair: Principal) -> None:
    key = decided(rep)
    assert mine(rep, LATER - timedelta(days=5)) == [] and mine(rep) == [key]
    assert overseen(governs) == overseen(chair) == [] == mine(governs)
    with pytest.raises(RuleBroken, match="still needed"):
        usecase.review(rep, key, Step.KEEP, " ", LATER)
    usecase.review(rep, key, Step.KEEP, "The family is still at risk", LATER)
    assert mine(rep) == [] and mine(rep, LATER + timedelta(days=366)) == [key]
    with pytest.raises(NotFound):
        usecase.review(governs, key, Step.KEEP, "Not theirs", LATER)
    with pytest.raises(NotFound):
        usecase.oversee(governs, key, Step.KEEP, "Not yet", LATER)
    actions = db.session.scalars(select(AuditRow.action).where(AuditRow.subject == f"sharing_decision/{key}"))
    assert "sharing.kept" in actions.all()


def test_L1_one_late_or_whose_maker_is_gone_is_information_governances(
    rep: Principal, governs: Principal, chair: Principal
) -> None:
    key = decided(rep)
    assert overseen(governs, LATE) == [key] and overseen(chair, LATE) == []
    usecase.oversee(governs, key, Step.KEEP, "Its agency asks to keep it", LATE)
    assert overseen(governs, LATE) == []
    other = decided(rep)
    accounts.disable(governs, rep.account_id, LATER)
    assert overseen(governs) == [other]
    with acting.acting(governs):
        assert sharing.one(governs, other) is None, "and reads nothing of it"


def test_L2_two_people_destroy_it_and_no_word_of_it_is_left(
    rep: Principal, governs: Principal, chair: Principal
) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    key, kept = decided(rep), decided(rep)
    usecase.review(rep, key, Step.PROPOSE, f"{CANARY} is safe", LATER)
    assert overseen(governs) == overseen(chair) == [key]
    with pytest.raises(Forbidden):
        usecase.oversee(rep, key, Step.AGREE, "", LATER)
    usecase.oversee(chair, key, Step.AGREE, "", LATER)
    assert usecase.destroy_agreed(settings, LATER) == 1
    assert usecase.destroy_agreed(settings, LATER) == 0, "safe to run twice"
    with acting.service():
        assert db.session.scalars(select(SharingRow.id)).all() == [kept]
        row = db.session.scalars(select(DestructionRow)).one()
        counts = [["decision to share", 1], ["other record", 2]]
        assert (row.case_id, row.decision, row.counts) == (key, key, counts)
        assert (row.proposed_by, row.decided_by) == (rep.account_id, chair.account_id)
    assert [len(one.records) for one in ledger.entries(settings)] == [1]
    with acting.acting(governs):
        told = dict(certificates.all_of(governs)[0].lines)
    assert told["Decision to share, on no case"] == str(key) and told["What was destroyed"] == "All of it"
    with acting.service(), saved():
        db.session.delete(db.session.get_one(SharingRow, kept))
    assert everything().count(CANARY) == 0


def test_L2_a_restore_destroys_it_again(rep: Principal, chair: Principal) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    key = decided(rep)
    usecase.review(rep, key, Step.PROPOSE, "No longer needed", LATER)
    usecase.oversee(chair, key, Step.AGREE, "", LATER)
    usecase.destroy_agreed(settings, LATER)
    with acting.service(), saved():  # as a backup of before has it
        db.session.delete(db.session.scalars(select(DestructionRow)).one())
        row = a_sharing_row(rep.area_id, rep.account_id, rep.agency_id, id=key)
        db.session.add(row)
    assert destroying.replay(settings, LATER) == 1
    with acting.service():
        assert db.session.scalars(select(SharingRow.id)).all() == []
        counts = [["decision to share", 1], ["other record", 2]]
        assert db.session.scalars(select(DestructionRow.counts)).one() == counts, "as it was issued"


def test_L1_taken_back_it_is_kept_another_year(rep: Principal, governs: Principal) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    key = decided(rep)
    usecase.review(rep, key, Step.PROPOSE, "No longer needed", LATER)
    with pytest.raises(RuleBroken, match="Choose what becomes"):
        usecase.review(rep, key, Step.AGREE, "", LATER)
    usecase.oversee(governs, key, Step.AGREE, "", LATER)
    usecase.review(rep, key, Step.STOP, "A new call came", LATER)
    assert usecase.destroy_agreed(settings, LATER) == 0 and mine(rep) == overseen(governs) == []


def test_L1_M6_it_is_put_on_a_case_that_its_maker_may_open(coordinator: Principal, rep: Principal) -> None:
    (item, *_) = referred(coordinator, [Group.REPEAT_NO_SAFEGUARDS])
    with acting.service():
        case = db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)
        case_id, number = case.id, case.number
        db.session.rollback()
    theirs, walled = decided(coordinator), a_person(coordinator.agency_id, Role.COORDINATOR, "Lee Fox")
    a_wall(coordinator.area_id, case_id, walled.account_id)
    hidden = decided(walled)
    with pytest.raises(RuleBroken, match="There is no case"):
        usecase.put_on_case(walled, hidden, number, NOW)
    with pytest.raises(NotFound):
        usecase.put_on_case(rep, theirs, number, NOW)
    usecase.put_on_case(coordinator, theirs, number, NOW)
    with acting.acting(coordinator):
        assert [one.id for one in sharing.on_case(coordinator, case_id)] == [theirs]
    with pytest.raises(NotFound):
        usecase.review(coordinator, theirs, Step.KEEP, "It is on a case", LATER)
    assert mine(coordinator) == []


def test_K4_of_one_on_a_case_who_runs_the_meetings_only_reads(coordinator: Principal, rep: Principal) -> None:
    key = decided(rep)
    with pytest.raises((NotFound, Forbidden)):
        usecase.review(coordinator, key, Step.KEEP, "Not theirs", LATER)
    assert Reviewed.KEPT == "kept"


def test_L1_what_was_said_in_a_review_is_not_rewritten_nor_taken_away(rep: Principal) -> None:
    """By whoever has the database: it goes with its decision, when two people said so."""
    key = decided(rep)
    usecase.review(rep, key, Step.KEEP, "The family is still at risk", LATER)
    for statement in (
        update(SharingReviewRow).values(reason="other"),
        delete(SharingReviewRow),
        delete(SharingReviewRow).where(SharingReviewRow.sharing_id == key),
    ):
        with pytest.raises(DBAPIError, match="stays as it was"), acting.service(), saved():
            db.session.execute(statement)
    with acting.acting(rep):
        assert [one.reason for one in store.steps(rep, [key])[key]] == ["The family is still at risk"]


def test_L1_M6_its_reviews_are_read_by_who_reads_the_decision(rep: Principal, governs: Principal) -> None:
    key = decided(rep)
    usecase.oversee(governs, key, Step.KEEP, "Its agency asks to keep it", LATE)
    other = a_person(rep.agency_id, Role.REPRESENTATIVE, "Ida Marsh")
    for who in (governs, other):
        with acting.acting(who):
            assert store.steps(who, [key]) == {}
        db.session.rollback()
    with acting.acting(rep):
        (step,) = store.steps(rep, [key])[key]
    assert (step.who, step.by) == (Who.GOVERNANCE, str(governs.account_id))


def everything() -> str:
    """Every text of the database."""
    db.session.rollback()
    with acting.service():
        found = []
        for table in db.metadata.sorted_tables:
            rows = db.session.execute(text(f'SELECT * FROM "{table.name}"'))
            found += [str(value) for row in rows for value in row]
        return "\n".join(found)
