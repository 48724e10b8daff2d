"""The register of agreements: signing, notice given and taken back, who is told, who is chased (V1)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.agreements import Clearance, Review, Signature, State
from agenda.rules import RuleBroken
from agenda.withdrawals import Told
from meetingsvc.models import AgencyRow, AuditRow, OutboxRow, WithdrawalRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting
from meetingsvc.store import agreements as store
from meetingsvc.usecases import agreements as usecase
from meetingsvc.usecases import agreements_chasing
from tests.a_marac import NOW, a_person, an_agency

TODAY = NOW.date()
WHY = "It is merged into another"
SIGNED = Signature(TODAY, "Alder Reed", "Chief executive", "2026")


@pytest.fixture
def keeper(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id, "Northmoor Council"), Role.INFORMATION_GOVERNANCE)


@pytest.fixture
def homes(keeper: Principal) -> UUID:
    return an_agency(keeper.area_id, "Fellside Homes")


def agreement(agency_id: UUID, today: date = TODAY) -> store.Agreement:
    db.session.rollback()
    return store.of_agency(agency_id, db.session.get_one(AgencyRow, agency_id).signed_on, today)


def chased(days: int = 0) -> int:
    db.session.rollback()
    return agreements_chasing.chase(NOW + timedelta(days=days))


def test_V1_a_signature_is_kept_with_who_signed_as_what_and_which_version(
    keeper: Principal, homes: UUID
) -> None:
    for lacking in ({"by": " "}, {"post": ""}, {"version": ""}):
        told = {"on": TODAY, "by": "A", "post": "B", "version": "C"} | lacking
        with pytest.raises(RuleBroken, match="Enter"):
            usecase.sign(keeper, homes, Signature(**told), NOW)  # type: ignore[arg-type]
    usecase.sign(keeper, homes, SIGNED, NOW)
    assert agreement(homes).signature == SIGNED
    with acting.acting(keeper):
        (line, *_) = [one for one in store.register(keeper, TODAY) if one.agency_id == homes]
    assert (line.state, line.version, line.review) == (State.SIGNED, "2026", Review.LATER)


def test_V1_who_withdraws_says_why(keeper: Principal, homes: UUID) -> None:
    with pytest.raises(RuleBroken, match="Say why the agency withdraws"):
        usecase.withdraw(keeper, homes, TODAY, True, " ", NOW)
    assert db.session.get_one(AgencyRow, homes).withdrawn_on is None


def test_V1_a_notice_may_be_taken_back_while_it_runs(keeper: Principal, homes: UUID) -> None:
    with pytest.raises(RuleBroken, match="cannot be done now"):
        usecase.stay(keeper, homes, "It was won back", NOW)
    usecase.withdraw(keeper, homes, TODAY, False, WHY, NOW)
    usecase.stay(keeper, homes, "It was won back", NOW)
    assert db.session.get_one(AgencyRow, homes).withdrawn_on is None
    (kept,) = agreement(homes).withdrawals
    assert (kept.stayed_on, kept.stayed_why, kept.untold) == (TODAY, "It was won back", ())
    later = TODAY + timedelta(days=60)
    assert store.not_cleared(keeper.area_id, later) == [], "it never left"
    usecase.withdraw(keeper, homes, TODAY, True, WHY, NOW)
    assert len(db.session.scalars(select(WithdrawalRow.id)).all()) == 2
    with pytest.raises(RuleBroken, match="cannot be done now"):
        usecase.stay(keeper, homes, "Too late", NOW)


def test_V1_leaving_earlier_is_the_same_withdrawal(keeper: Principal, homes: UUID) -> None:
    usecase.withdraw(keeper, homes, TODAY, False, WHY, NOW)
    usecase.told(keeper, homes, Told.CHAIR, TODAY, NOW)
    usecase.withdraw(keeper, homes, TODAY, True, WHY, NOW)
    (kept,) = agreement(homes).withdrawals
    assert kept.withdrawn_on == TODAY and kept.told == {Told.CHAIR: TODAY}


def test_V1_everybody_who_has_to_know_is_told_and_it_is_kept(keeper: Principal, homes: UUID) -> None:
    with pytest.raises(RuleBroken, match="has not withdrawn"):
        usecase.told(keeper, homes, Told.CHAIR, TODAY, NOW)
    usecase.withdraw(keeper, homes, TODAY, True, WHY, NOW)
    assert [one.agency_id for one in store.not_told(keeper.area_id)] == [homes]
    for whom in Told:
        usecase.told(keeper, homes, whom, TODAY, NOW)
    assert store.not_told(keeper.area_id) == []
    with pytest.raises(RuleBroken, match="told already"):
        usecase.told(keeper, homes, Told.CHAIR, TODAY, NOW)
    with pytest.raises(RuleBroken, match="before the agency gave notice"):
        usecase.told(keeper, homes, Told.CHAIR, TODAY - timedelta(days=1), NOW)


def test_V1_nothing_is_confirmed_before_an_agency_has_left(keeper: Principal, homes: UUID) -> None:
    usecase.withdraw(keeper, homes, TODAY, False, WHY, NOW)
    with pytest.raises(RuleBroken, match="Nothing waits"):
        usecase.clear(keeper, homes, Clearance.DESTROYED, TODAY, "Alder Reed", NOW)


def test_V1_nothing_is_confirmed_for_a_day_before_the_agency_left(keeper: Principal, homes: UUID) -> None:
    usecase.withdraw(keeper, homes, TODAY, True, WHY, NOW)
    with pytest.raises(RuleBroken, match="before the agency left"):
        usecase.clear(keeper, homes, Clearance.DESTROYED, TODAY - timedelta(days=1), "Alder Reed", NOW)
    usecase.clear(keeper, homes, Clearance.DESTROYED, TODAY, "Alder Reed", NOW)


def test_V1_an_old_withdrawal_does_not_come_back_with_a_new_one(keeper: Principal, homes: UUID) -> None:
    usecase.withdraw(keeper, homes, TODAY, True, WHY, NOW)
    days, later = timedelta(days=30), NOW + timedelta(days=30)
    usecase.sign(keeper, homes, Signature(TODAY + days, "Alder Reed", "Chief executive", "2026"), later)
    usecase.withdraw(keeper, homes, TODAY + days, False, WHY, later)
    assert store.not_cleared(keeper.area_id, TODAY + days) == [], "its notice runs"
    assert agreement(homes, TODAY + days).clearing is None
    usecase.withdraw(keeper, homes, TODAY + days, True, WHY, later)
    (waits,) = store.not_cleared(keeper.area_id, TODAY + days)
    assert waits.day == TODAY + days


def test_V1_governance_is_told_of_each_day_on_which_to_ask_again_until_it_answers(
    keeper: Principal, homes: UUID
) -> None:
    usecase.withdraw(keeper, homes, TODAY, True, WHY, NOW)
    assert chased() == 1 and chased() == 0, "once a stage"
    assert chased(3) == 0 and chased(8) == 1 and chased(9) == 0
    found = agreement(homes, TODAY + timedelta(days=9)).clearing
    assert found is not None and len(found.asked) == 2
    usecase.clear(keeper, homes, Clearance.DESTROYED, TODAY, "Alder Reed", NOW)
    assert chased(14) == 0, "the day on which it would be asked a third time"
    sent = db.session.scalars(select(OutboxRow)).all()
    assert {(row.account_id, row.notice) for row in sent} == {(keeper.account_id, "agreements")}
    assert not any("Fellside" in str(row.context) for row in sent)
    lines = db.session.scalars(select(AuditRow.action).where(AuditRow.action == "agreements.chased")).all()
    assert len(lines) == 2


def test_V1_who_signed_again_is_chased_for_nothing(keeper: Principal, homes: UUID) -> None:
    usecase.withdraw(keeper, homes, TODAY, True, WHY, NOW)
    usecase.sign(keeper, homes, SIGNED, NOW)
    assert store.not_cleared(keeper.area_id, TODAY) == [] and chased() == 0


def test_V1_the_yearly_review_falls_due_by_itself(keeper: Principal, homes: UUID) -> None:
    usecase.sign(keeper, homes, SIGNED, NOW)
    year = (date(TODAY.year + 1, TODAY.month, TODAY.day) - TODAY).days
    assert chased(year - 29) == 1, "the council's own agreement is older"
    assert chased(year - 28) == 1, "four weeks before, as the area has set"
    assert chased(year) == 0 and chased(year + 1) == 1, "once more when it is over"
    assert [one.agency_id for one in store.overdue(keeper.area_id, TODAY + timedelta(days=year + 1))]
    usecase.review(keeper, homes, TODAY, NOW)
    with acting.acting(keeper):
        assert [one.state for one in store.register(keeper, TODAY)] == [State.SIGNED, State.SIGNED]
