"""What needs a second person (security.md B: the proposer never approves)."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.agencies import AgencyKind
from agenda.need_to_know import Hides, RestrictionState, WallGround, WallState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    AuditRow,
    ItemRow,
    NamedRow,
    ProposalRow,
    RestrictionRow,
    WallRow,
    db,
)
from meetingsvc.permissions import GRANTS, Permission, Principal, Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import proposals as store
from meetingsvc.store.proposals import State, Told
from meetingsvc.usecases import account_changes, accounts, agencies, areas, halves, proposals
from meetingsvc.usecases.proposals import Change, Kind
from meetingsvc.usecases.transaction import saved, saved_by
from meetingsvc.web import BLUEPRINTS
from tests.a_marac import MONDAY, listed, people_rows
from tests.servers.remembered import remembered

NOW = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
KIND = "test.change"
Done = list[tuple[str, UUID, UUID]]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Iterator[Done]:
    """What a kind of the tests' own has carried out."""
    found: Done = []

    def carry_out(told: Told, proposer: Principal, who: Principal, now: datetime) -> None:
        if told.detail.get("refuse"):
            raise RuleBroken("It does not go any more.")
        found.append((told.subject, proposer.account_id, who.account_id))

    def words(told: Told) -> tuple[Change, ...]:
        return (Change("Colour", "red", str(told.detail.get("colour"))),)

    may = Permission.RESTRICTION_DECIDE
    kind = Kind(KIND, "Change a colour", may, may, words, carry_out, forget=("colour", "refuse"))
    monkeypatch.setattr(proposals, "KINDS", {**proposals.KINDS, KIND: kind})
    yield found


@pytest.fixture
def chair(area_id: UUID, monkeypatch: pytest.MonkeyPatch) -> Principal:
    monkeypatch.setattr(accounts, "hashed", lambda password: "x")
    return somebody(area_id, Role.CHAIR)


@pytest.fixture
@remembered
def coordinator(area_id: UUID, chair: Principal) -> Principal:
    return somebody(area_id, Role.COORDINATOR)


def somebody(area_id: UUID, role: Role) -> Principal:
    email = f"{uuid4()}@police.example"
    with saved():
        agency = agencies.create(area_id, f"Police {uuid4()}", AgencyKind.POLICE, NOW.date(), "test", NOW)
        account_id = accounts.create(agency, role, f"Rowan {uuid4()}", email, "x" * 12, "test", NOW)
    return fresh(account_id)


def fresh(account_id: UUID) -> Principal:
    found = account_store.principal(account_id, NOW)
    assert found is not None
    return found


def propose(
    who: Principal,
    subject: str = "thing/1",
    case_id: UUID | None = None,
    at: datetime = NOW,
    **detail: object,
) -> UUID:
    with saved_by(who, Permission.HOME_READ, at) as principal:
        return proposals.propose(
            principal, KIND, subject, {"colour": "blue", **detail}, "Blue is safer", at, case_id=case_id
        )


def row(proposal_id: UUID) -> ProposalRow:
    db.session.rollback()
    return db.session.get_one(ProposalRow, proposal_id)


def test_it_happens_once_a_second_person_approves(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair)
    assert not done
    (told,) = proposals.waiting_for(coordinator, NOW)
    assert proposals.changes(told) == (Change("Colour", "red", "blue"),)
    assert proposals.decide(coordinator, proposal_id, True, "Yes", NOW).state is State.APPROVED
    assert done == [("thing/1", chair.account_id, coordinator.account_id)]
    assert row(proposal_id).detail == {}, "what was only needed until then is forgotten"
    actions = select(AuditRow.actor, AuditRow.action, AuditRow.detail).where(AuditRow.subject == "thing/1")
    detail = {"kind": KIND, "proposal": str(proposal_id)}
    assert db.session.execute(actions.order_by(AuditRow.id)).all() == [
        (str(chair.account_id), "proposal.made", detail),
        (str(coordinator.account_id), "proposal.approved", detail),
    ]


def test_the_proposer_never_approves(done: Done, chair: Principal) -> None:
    proposal_id = propose(chair)
    assert not proposals.waiting_for(chair, NOW)
    with pytest.raises(RuleBroken, match="another person decides"):
        proposals.decide(chair, proposal_id, True, "", NOW)
    with pytest.raises(IntegrityError), saved():
        db.session.execute(update(ProposalRow).values(decided_by=ProposalRow.proposed_by))
    assert not done and row(proposal_id).state == State.OPEN


def test_nobody_decides_what_is_about_themselves(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    with saved_by(chair, Permission.HOME_READ, NOW) as who:
        with pytest.raises(RuleBroken, match="own account"):
            proposals.propose(who, KIND, "a/1", {}, "Why", NOW, about_id=who.account_id)
        about = coordinator.account_id
        proposal_id = proposals.propose(who, KIND, "a/1", {}, "Why", NOW, about_id=about)
    assert not proposals.waiting_for(coordinator, NOW)
    with pytest.raises(NotFound):
        proposals.decide(coordinator, proposal_id, True, "", NOW)
    for column in ("decided_by", "proposed_by"):
        with pytest.raises(IntegrityError), saved():
            db.session.execute(update(ProposalRow).values({column: about}))
    assert not done


def test_who_may_not_propose_or_confirm_does_not(done: Done, area_id: UUID, chair: Principal) -> None:
    governs, proposal_id = somebody(area_id, Role.INFORMATION_GOVERNANCE), propose(chair)
    with pytest.raises(Forbidden):
        propose(governs, "thing/2")
    assert proposals.readable(governs, proposal_id) is None
    with pytest.raises(NotFound):
        proposals.decide(governs, proposal_id, True, "", NOW)
    with pytest.raises(Forbidden):
        proposals.decide(somebody(area_id, Role.REPRESENTATIVE), proposal_id, True, "", NOW)
    assert not done


@pytest.mark.parametrize("gone", [{"disabled_at": NOW}, {"role": Role.REPRESENTATIVE.value}])
def test_what_somebody_proposed_who_may_not_any_more_is_void(
    done: Done, chair: Principal, coordinator: Principal, gone: dict[str, object]
) -> None:
    proposal_id = propose(chair)
    with saved():
        db.session.execute(update(AccountRow).where(AccountRow.id == chair.account_id).values(gone))
    assert proposals.decide(coordinator, proposal_id, True, "", NOW).state is State.VOID
    assert not done and row(proposal_id).state == State.VOID


def test_a_confirmer_who_may_not_any_more_decides_nothing(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair)
    with saved():
        db.session.get_one(AccountRow, coordinator.account_id).role = Role.REPRESENTATIVE
    with pytest.raises(Forbidden):
        proposals.decide(coordinator, proposal_id, True, "", NOW)
    assert not done


def test_V1_a_confirmer_who_was_disabled_meanwhile_decides_nothing(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair)
    with saved():
        db.session.get_one(AccountRow, coordinator.account_id).disabled_at = NOW
    with pytest.raises(Forbidden):
        proposals.decide(coordinator, proposal_id, True, "", NOW)
    assert not done


def test_a_refusal_needs_a_reason_and_changes_nothing(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair)
    with pytest.raises(RuleBroken, match="Say why you refuse"):
        proposals.decide(coordinator, proposal_id, False, " ", NOW)
    assert proposals.decide(coordinator, proposal_id, False, "Red is safer", NOW).state is State.REFUSED
    assert not done and row(proposal_id).why == "Red is safer"
    with pytest.raises(RuleBroken, match="decided already"):
        proposals.decide(coordinator, proposal_id, True, "", NOW)


def test_a_proposal_needs_a_reason_that_stays_out_of_the_audit_trail(done: Done, chair: Principal) -> None:
    with (
        pytest.raises(RuleBroken, match="Give the reason"),
        saved_by(chair, Permission.HOME_READ, NOW) as who,
    ):
        proposals.propose(who, KIND, "thing/1", {}, "  ", NOW)
    propose(chair)
    assert "Blue" not in str(db.session.scalars(select(AuditRow.detail)).all())


def test_what_does_not_go_any_more_leaves_the_proposal_as_it_was(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair, refuse=True)
    with pytest.raises(RuleBroken, match="does not go any more"):
        proposals.decide(coordinator, proposal_id, True, "", NOW)
    assert row(proposal_id).state == State.OPEN and row(proposal_id).decided_by is None


def test_one_of_a_kind_waits_for_a_subject(done: Done, chair: Principal, coordinator: Principal) -> None:
    proposal_id = propose(chair)
    with pytest.raises(RuleBroken, match="waits for a second person already"):
        propose(coordinator)
    propose(coordinator, "thing/2")
    proposals.withdraw(chair, proposal_id, NOW)
    assert row(proposal_id).state == State.WITHDRAWN
    propose(coordinator)


def test_nobody_takes_back_what_another_proposed(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair)
    with pytest.raises(NotFound):
        proposals.withdraw(coordinator, proposal_id, NOW)


def test_after_seven_days_it_lapses_to_the_second(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair)
    last, over = NOW + timedelta(days=7, seconds=-1), NOW + timedelta(days=7)
    assert proposals.waiting_for(coordinator, last) and not proposals.waiting_for(coordinator, over)
    with pytest.raises(RuleBroken, match="in time"):
        proposals.decide(coordinator, proposal_id, True, "", over)
    again = propose(chair, at=over)
    assert row(proposal_id).state == State.EXPIRED
    proposals.decide(coordinator, again, True, "", last + timedelta(days=1))
    assert len(done) == 1


def test_a_kind_narrows_who_of_those_with_the_permission_decides(
    done: Done, area_id: UUID, chair: Principal, coordinator: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = somebody(area_id, Role.CHAIR)
    only = replace(proposals.KINDS[KIND], may_confirm=lambda who, told: who.account_id == other.account_id)
    monkeypatch.setitem(proposals.KINDS, KIND, only)
    proposal_id = propose(chair)
    assert proposals.waiting_for(other, NOW) and not proposals.waiting_for(coordinator, NOW)
    assert [proposals.readable(who, proposal_id) is not None for who in (chair, other, coordinator)] == [
        True, True, False,
    ]  # fmt: skip
    with pytest.raises(NotFound):
        proposals.decide(coordinator, proposal_id, True, "", NOW)
    assert not done
    assert proposals.decide(other, proposal_id, True, "", NOW).state is State.APPROVED


def test_of_a_kind_nobody_knows_any_more_nothing_is_read_or_decided(
    done: Done, chair: Principal, coordinator: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal_id = propose(chair)
    monkeypatch.delitem(proposals.KINDS, KIND)
    assert proposals.readable(chair, proposal_id) is None
    with pytest.raises(NotFound):
        proposals.decide(coordinator, proposal_id, True, "", NOW)


def test_V1_what_somebody_proposed_who_has_moved_to_another_area_is_void(
    done: Done, chair: Principal, coordinator: Principal
) -> None:
    proposal_id = propose(chair)
    elsewhere = somebody(areas.create("elsewhere", NOW.date(), NOW), Role.CHAIR)
    with saved():
        db.session.get_one(AccountRow, chair.account_id).agency_id = elsewhere.agency_id
    assert proposals.decide(coordinator, proposal_id, True, "", NOW).state is State.VOID
    assert not done


def test_a_reason_is_as_long_as_somebody_reads() -> None:
    assert proposals.given("x" * proposals.LONGEST)
    with pytest.raises(RuleBroken, match="1000 characters at most"):
        proposals.given("x" * (proposals.LONGEST + 1))


def test_a_one_time_password_is_told_in_halves_one_for_each_of_the_two(
    done: Done, area_id: UUID, chair: Principal, coordinator: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = halves.made().of("Wren Pool", "wren@tarn.example", is_new=True)
    monkeypatch.setitem(proposals.KINDS, KIND, replace(proposals.KINDS[KIND], carry_out=lambda *told: whole))
    proposal_id = propose(chair)
    assert proposals.decide(coordinator, proposal_id, True, "", NOW).once == whole.second
    assert row(proposal_id).half is not None
    keeps = somebody(area_id, Role.SYSTEM_ADMINISTRATOR)
    for not_theirs in (proposal_id, uuid4()):
        with pytest.raises(NotFound):
            halves.show(keeps, not_theirs, NOW)


def test_another_area_learns_nothing(done: Done, chair: Principal) -> None:
    proposal_id = propose(chair)
    stranger = somebody(areas.create("elsewhere", NOW.date(), NOW), Role.CHAIR)
    assert not proposals.waiting_for(stranger, NOW) and not store.open_on(stranger, "thing/1", NOW)
    assert proposals.readable(stranger, proposal_id) is None
    with pytest.raises(NotFound):
        proposals.decide(stranger, proposal_id, True, "", NOW)


def a_case(who: Principal) -> UUID:
    (item_id,) = listed(who.area_id, people_rows(1, MONDAY))
    return db.session.get_one(ItemRow, item_id).case_id


@pytest.mark.parametrize("kept_by", ["wall", "restriction"])
def test_M6_who_is_kept_from_a_case_never_learns_of_a_proposal_about_it(
    done: Done, area_id: UUID, chair: Principal, coordinator: Principal, kept_by: str
) -> None:
    case_id = a_case(coordinator)
    proposal_id = propose(chair, case_id=case_id)
    other = somebody(area_id, Role.CHAIR)
    assert proposals.waiting_for(coordinator, NOW) and proposals.waiting_for(other, NOW)
    with saved():
        keep_from(coordinator, case_id, kept_by, (chair, other))
    assert not proposals.waiting_for(coordinator, NOW) and proposals.waiting_for(other, NOW)
    assert proposals.readable(coordinator, proposal_id) is None
    assert not store.open_on(coordinator, "thing/1", NOW)
    with pytest.raises(NotFound):
        proposals.decide(coordinator, proposal_id, True, "", NOW)
    assert proposals.decide(other, proposal_id, True, "", NOW).state is State.APPROVED
    lines = db.session.scalars(select(AuditRow.subject).where(AuditRow.action.like("proposal.%"))).all()
    assert lines == [f"case/{case_id}"] * 2, "the trail hides them with the case"


def keep_from(who: Principal, case_id: UUID, by: str, named: tuple[Principal, ...]) -> None:
    if by == "wall":
        db.session.add(WallRow(area_id=who.area_id, case_id=case_id, account_id=who.account_id, shared="name",
                               ground=WallGround.PARTY, state=WallState.STANDS, put_at=NOW))  # fmt: skip
        return
    db.session.add(RestrictionRow(case_id=case_id, area_id=who.area_id, state=RestrictionState.RESTRICTED,
                                  hides=Hides.UNNAMED, reason="Known here", put_at=NOW))  # fmt: skip
    for each in named:
        db.session.add(NamedRow(case_id=case_id, account_id=each.account_id, area_id=who.area_id,
                                named_by=each.account_id, named_at=NOW))  # fmt: skip


def test_of_two_who_decide_at_once_one_finds_it_decided(
    done: Done, core_app: Flask, area_id: UUID, chair: Principal, coordinator: Principal
) -> None:
    proposal_id, other = propose(chair), somebody(area_id, Role.CHAIR)
    db.session.remove()
    answers: list[object] = []

    def decide(who: Principal) -> None:
        with core_app.app_context():
            try:
                answers.append(proposals.decide(who, proposal_id, True, "", NOW).state)
            except RuleBroken as refusal:
                answers.append(str(refusal))

    threads = [threading.Thread(target=decide, args=(who,)) for who in (coordinator, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == ["This has been decided already. Nothing changed.", "approved"]
    assert len(done) == 1


def test_every_kind_says_what_it_is_and_who_decides() -> None:
    assert BLUEPRINTS, "the pages import every kind"
    found = proposals.KINDS
    assert {account_changes.INVITE, account_changes.ROLE, account_changes.RECOVERY, areas.SETTINGS} <= set(
        found
    )
    for name, kind in found.items():
        assert kind.name == name and 0 < len(name) <= 30
        assert kind.title[0].isupper() and " " in kind.title and not kind.title.endswith(".")
        proposers = {role for role in Role if kind.propose in GRANTS[role]}
        confirmers = {role for role in Role if kind.confirm in GRANTS[role]}
        assert proposers and confirmers, name
        page = {role for role in Role if Permission.ACCOUNT_CONFIRM in GRANTS[role]}
        assert confirmers <= page, f"{name}: {confirmers - page} cannot open the page of decisions"


def test_two_kinds_have_two_names() -> None:
    kind = proposals.KINDS[areas.SETTINGS]
    with pytest.raises(ValueError, match="two kinds"):
        proposals.register(replace(kind, title="Another"))


def test_two_cannot_take_each_other_away_at_once(core_app: Flask, area_id: UUID, chair: Principal) -> None:
    first, second = (somebody(area_id, Role.INFORMATION_GOVERNANCE) for _ in range(2))
    db.session.remove()
    refusals: list[str] = []

    def disable(who: Principal, other: Principal) -> None:
        with core_app.app_context():
            try:
                accounts.disable(who, other.account_id, NOW)
            except (RuleBroken, Forbidden) as refusal:
                refusals.append(str(refusal))

    threads = [threading.Thread(target=disable, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 1, "whoever came second"
    assert [who is None for who in (live(first), live(second))].count(True) == 1


def live(who: Principal) -> Principal | None:
    db.session.rollback()
    return account_store.principal(who.account_id, NOW)
