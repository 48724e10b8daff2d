"""Who decides about walls, restrictions and names on a case, and what falls meanwhile (M6, security.md B)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from werkzeug.exceptions import NotFound

from agenda.need_to_know import Hides, OpeningKind, Proposed, RestrictionState, WallGround, WallState
from agenda.rules import RuleBroken
from agenda.walls import because
from meetingsvc.models import AuditRow, ItemRow, NamedRow, OpeningRow, RestrictionRow, WallRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting
from meetingsvc.store.proposals import State
from meetingsvc.usecases import proposals, restrictions, unnaming, wall_decisions
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall
from tests.servers.remembered import remembered

WHY = "Two of us have looked"
DAY = NOW.date()


@pytest.fixture
@remembered
def agency(area_id: UUID) -> UUID:
    return an_agency(area_id, daily=True)


@pytest.fixture
@remembered
def who(agency: UUID) -> Principal:
    return a_person(agency, Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
@remembered
def chair(agency: UUID) -> Principal:
    return a_person(agency, Role.CHAIR, "Priya Venn")


@pytest.fixture
@remembered
def third(agency: UUID) -> Principal:
    return a_person(agency, Role.CHAIR, "Nell Ash")


@pytest.fixture
@remembered
def case_id(area_id: UUID, who: Principal) -> UUID:
    (item,) = listed(area_id, people_rows(1, DAY))
    return db.session.get_one(ItemRow, item).case_id


@pytest.fixture
@remembered
def kept(case_id: UUID, who: Principal, chair: Principal, third: Principal) -> UUID:
    """The case, restricted: all who run meetings are named on it."""
    restrictions.restrict(who, case_id, WHY, (), NOW)
    return case_id


def waits_for(who: Principal) -> list[UUID]:
    fresh = accounts.principal(who.account_id, NOW)
    assert fresh is not None
    with acting.acting(fresh):
        return [told.id for told in proposals.waiting_for(fresh, NOW)]


def agreed(*people: Principal) -> State:
    """The first of them decides the one thing that waits; the others are not asked."""
    ((proposal_id,), *none) = [waits_for(person) for person in people]
    assert not any(none)
    return proposals.decide(people[0], proposal_id, True, "", NOW).state


def walled(case_id: UUID, who: Principal, state: WallState = WallState.STANDS) -> UUID:
    return a_wall(who.area_id, case_id, who.account_id, state)


def named(case_id: UUID) -> set[UUID]:
    db.session.rollback()
    return {one.account_id for one in db.session.query(NamedRow).where(NamedRow.case_id == case_id)}


def state(case_id: UUID) -> str:
    db.session.rollback()
    return db.session.get_one(RestrictionRow, case_id).state


def test_M6_a_wall_is_decided_about_once_and_by_nobody_it_is_hidden_from(
    case_id: UUID, who: Principal, chair: Principal, third: Principal
) -> None:
    stands, lifted = walled(case_id, third), walled(case_id, chair, WallState.LIFTED)
    for wall_id, refusal in ((lifted, RuleBroken), (uuid4(), NotFound)):
        with pytest.raises(refusal):
            wall_decisions.keep(who, case_id, wall_id, NOW)
        with pytest.raises(refusal):
            wall_decisions.propose_lifting(who, case_id, wall_id, WHY, NOW)
    with pytest.raises(NotFound):
        wall_decisions.keep(third, case_id, stands, NOW)


def test_M6_a_wall_is_lifted_by_two_who_read_why_it_stands(
    case_id: UUID, who: Principal, chair: Principal, third: Principal
) -> None:
    wall_id = walled(case_id, third)
    wall_decisions.propose_lifting(who, case_id, wall_id, WHY, NOW)
    with acting.acting(chair):
        (told,) = proposals.waiting_for(chair, NOW)
        ((_, why, _),) = proposals.changes(told)
    assert because(WallGround.PARTY, "name", by_service=True) in why
    assert agreed(chair, third, who) is State.APPROVED
    assert db.session.get_one(WallRow, wall_id).state == WallState.LIFTED


def test_M6_a_lifting_falls_where_its_proposer_may_not_open_the_case_any_more(
    case_id: UUID, who: Principal, chair: Principal, third: Principal
) -> None:
    wall_id = walled(case_id, third)
    wall_decisions.propose_lifting(who, case_id, wall_id, WHY, NOW)
    walled(case_id, who)
    with pytest.raises(RuleBroken, match="may not decide it any more"):
        agreed(chair, third, who)
    assert db.session.get_one(WallRow, wall_id).state == WallState.STANDS


def test_M6_governance_and_no_chair_confirms_for_who_alone_may_open_a_case_and_nobody_walled_does(
    case_id: UUID, agency: UUID, who: Principal
) -> None:
    restrictions.restrict(who, case_id, WHY, (), NOW)
    unnamed = a_person(agency, Role.CHAIR, "Nell Ash")
    governs, hidden = (a_person(agency, Role.INFORMATION_GOVERNANCE) for _ in range(2))
    walled(case_id, hidden)
    wall_id = walled(case_id, a_person(agency))
    wall_decisions.propose_lifting(who, case_id, wall_id, WHY, NOW)
    assert agreed(governs, unnamed, hidden, who) is State.APPROVED
    assert db.session.get_one(WallRow, wall_id).state == WallState.LIFTED


def test_M6_who_is_kept_from_a_case_decides_nothing_about_it(kept: UUID, third: Principal) -> None:
    walled(kept, third)
    for attempt in (
        lambda: restrictions.restrict(third, kept, WHY, (), NOW),
        lambda: restrictions.name(third, kept, (third.account_id,), NOW),
        lambda: restrictions.propose_end(third, kept, WHY, NOW),
        lambda: unnaming.unname(third, kept, third.account_id, WHY, NOW),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_M6_who_is_kept_from_a_case_asks_nothing_about_it(case_id: UUID, agency: UUID) -> None:
    rep = a_person(agency)
    walled(case_id, rep)
    with pytest.raises(NotFound):
        restrictions.ask(rep, case_id, WHY, NOW)


def test_M6_nobody_is_named_on_a_case_that_is_open(case_id: UUID, who: Principal, chair: Principal) -> None:
    for attempt in (
        lambda: restrictions.name(who, case_id, (chair.account_id,), NOW),
        lambda: unnaming.unname(who, case_id, chair.account_id, WHY, NOW),
        lambda: restrictions.propose_end(who, case_id, WHY, NOW),
    ):
        with pytest.raises(RuleBroken, match="not restricted"):
            attempt()


def test_M6_a_case_is_restricted_once_and_open_to_nobody_walled(
    kept: UUID, agency: UUID, who: Principal
) -> None:
    with pytest.raises(RuleBroken, match="already"):
        restrictions.restrict(who, kept, WHY, (), NOW)
    one, other = a_person(agency), a_person(agency)
    walled(kept, other)
    with pytest.raises(RuleBroken):
        restrictions.name(who, kept, (one.account_id, other.account_id), NOW)
    assert not named(kept) & {one.account_id, other.account_id}
    for _ in range(2):  # again is no more
        restrictions.name(who, kept, (one.account_id,), NOW)
    assert one.account_id in named(kept)


def test_M6_a_name_comes_off_by_two_and_neither_is_the_one_it_names(
    kept: UUID, who: Principal, chair: Principal, third: Principal
) -> None:
    with pytest.raises(NotFound):
        unnaming.unname(who, kept, uuid4(), WHY, NOW)
    assert not unnaming.unname(who, kept, chair.account_id, WHY, NOW)
    assert agreed(third, chair, who) is State.APPROVED
    assert named(kept) == {who.account_id, third.account_id}


def test_M6_ones_own_name_comes_off_once_another_agrees(
    kept: UUID, who: Principal, chair: Principal, third: Principal
) -> None:
    assert not unnaming.unname(chair, kept, chair.account_id, WHY, NOW)
    with pytest.raises(ValueError, match="unpack"):
        agreed(chair)
    assert len(waits_for(who)) == len(waits_for(third)) == 1


def test_M6_whoever_does_not_run_the_meetings_is_taken_off_by_one(
    kept: UUID, agency: UUID, who: Principal
) -> None:
    rep = a_person(agency)
    restrictions.name(who, kept, (rep.account_id,), NOW)
    assert unnaming.unname(who, kept, rep.account_id, WHY, NOW)
    assert rep.account_id not in named(kept)


@pytest.mark.parametrize("what", ["end", "unname"])
def test_M6_what_was_proposed_falls_where_its_proposer_may_not_open_the_case_any_more(
    kept: UUID, agency: UUID, who: Principal, chair: Principal, third: Principal, what: str
) -> None:
    fourth = a_person(agency, Role.CHAIR, "Ivo Tarn")
    restrictions.name(who, kept, (fourth.account_id,), NOW)
    if what == "end":
        restrictions.propose_end(who, kept, WHY, NOW)
    else:
        unnaming.unname(who, kept, fourth.account_id, WHY, NOW)
    walled(kept, who)
    with pytest.raises(RuleBroken, match="may not decide it any more"):
        agreed(third, who)
    assert state(kept) == RestrictionState.RESTRICTED and fourth.account_id in named(kept)


def test_M6_the_last_who_runs_the_meetings_stays_named(
    kept: UUID, who: Principal, chair: Principal, third: Principal
) -> None:
    for one in (chair, third):
        with saved():
            db.session.delete(db.session.get_one(NamedRow, (kept, one.account_id)))
    with pytest.raises(RuleBroken):
        unnaming.unname(who, kept, who.account_id, WHY, NOW)


@pytest.mark.parametrize("asked", [True, False])
def test_M6_a_restriction_is_lifted_and_a_proposal_declined_by_two(
    case_id: UUID, agency: UUID, who: Principal, chair: Principal, asked: bool
) -> None:
    if asked:
        restrictions.ask(a_person(agency), case_id, WHY, NOW)
    else:
        restrictions.restrict(who, case_id, WHY, (), NOW)
    restrictions.propose_end(who, case_id, WHY, NOW)
    other = RestrictionState.RESTRICTED if asked else RestrictionState.PROPOSED
    before = state(case_id)
    with saved():
        db.session.execute(update(RestrictionRow).values(state=other))
    with pytest.raises(RuleBroken, match="decided this meanwhile"):
        agreed(chair, who)
    with saved():
        db.session.execute(update(RestrictionRow).values(state=before))
    assert agreed(chair, who) is State.APPROVED
    assert state(case_id) == (RestrictionState.DECLINED if asked else RestrictionState.LIFTED)
    assert not named(case_id)
    actions = {one.action for one in db.session.query(AuditRow)}
    said = {"restriction.declined", "restriction.lifted"} & actions
    assert said == {f"restriction.{state(case_id)}"}, "the trail says which"
    with pytest.raises(RuleBroken, match="not restricted"):
        restrictions.propose_end(who, case_id, WHY, NOW)
    with pytest.raises(RuleBroken, match="not restricted"):
        restrictions.name(who, case_id, (chair.account_id,), NOW)


def test_M6_nobody_proposes_an_end_that_nobody_else_could_decide(
    kept: UUID, who: Principal, chair: Principal, third: Principal
) -> None:
    for other in (chair, third):
        walled(kept, other)
    with pytest.raises(RuleBroken, match="Nothing changed"):
        restrictions.propose_end(who, kept, WHY, NOW)


def test_M6_asking_again_leaves_a_restriction_as_it_is(kept: UUID, agency: UUID, who: Principal) -> None:
    rep = a_person(agency)
    restrictions.name(who, kept, (rep.account_id,), NOW)
    with pytest.raises(RuleBroken, match="restricted already"):
        restrictions.ask(rep, kept, "Another reason", NOW)
    assert state(kept) == RestrictionState.RESTRICTED
    assert db.session.get_one(RestrictionRow, kept).reason == WHY


def test_security_B_a_case_opened_out_of_the_ordinary_is_for_reading_only(
    case_id: UUID, area_id: UUID, who: Principal
) -> None:
    reader = a_person(an_agency(area_id, "Elsewhere Homes", marac=False))
    with saved():
        db.session.add(OpeningRow(area_id=area_id, case_id=case_id, account_id=reader.account_id,
                                  kind=OpeningKind.BREAK_GLASS, reason=WHY, asked_at=NOW,
                                  until=NOW + timedelta(hours=1)))  # fmt: skip
    restrictions.refuse_hidden(reader, case_id)
    with pytest.raises(RuleBroken, match="for reading only"):
        restrictions.refuse_reading_only(reader, case_id)
    restrictions.refuse_reading_only(who, case_id)


def test_M6_what_the_matching_finds_never_weakens_what_is_restricted_or_hidden(
    kept: UUID, area_id: UUID, agency: UUID
) -> None:
    def found(case_id: UUID, proposed: Proposed | None) -> RestrictionRow:
        with saved(), acting.whole_area(area_id):
            restrictions.propose_for_staff(area_id, case_id, proposed, NOW)
        return db.session.get_one(RestrictionRow, case_id)

    sure, unsure = (Proposed(agency, is_party=True, sure=sure) for sure in (True, False))
    for proposed in (None, unsure, sure):
        row = found(kept, proposed)
        assert (row.state, row.hides, row.reason) == (RestrictionState.RESTRICTED, Hides.UNNAMED, WHY)
    assert row.employer_id == agency
    with saved():
        row = db.session.get_one(RestrictionRow, kept)
        row.state, row.hides, row.employer_id = RestrictionState.PROPOSED, Hides.NOBODY, None
    other = an_agency(area_id, "Moorside Homes")
    later = Proposed(other, is_party=True, sure=True)
    for proposed, hides in ((unsure, Hides.NOBODY), (later, Hides.AGENCIES), (unsure, Hides.AGENCIES)):
        row = found(kept, proposed)
        assert (row.state, row.hides, row.employer_id) == (RestrictionState.PROPOSED, hides, agency)
        assert "a name, or only" in row.reason if hides is Hides.NOBODY else "more than a name" in row.reason


def test_M6_a_staff_case_the_matching_finds_is_hidden_from_the_agencies(
    case_id: UUID, area_id: UUID, agency: UUID
) -> None:
    with saved(), acting.whole_area(area_id):
        proposed = Proposed(agency, is_party=True, sure=True)
        restrictions.propose_for_staff(area_id, case_id, proposed, NOW)
    row = db.session.get_one(RestrictionRow, case_id)
    assert (row.state, row.hides, row.put_by) == (RestrictionState.PROPOSED, Hides.AGENCIES, None)
