"""A child told of by name alone may be one whose case is kept from somebody: so is the new one (F3, M6)."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.need_to_know import Hides, WallState
from agenda.people import Record, may_be
from meetingsvc.models import CaseRow, MissingEpisodeRow, RestrictionRow, WallRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import episodes as store
from meetingsvc.usecases import episodes as usecase
from meetingsvc.usecases import restrictions, walls
from tests.a_ladder import a_runner, an_office
from tests.a_marac import a_person
from tests.a_wall import a_wall
from tests.an_episode import BACK, NOW, ROW, sent, told

BY_NAME = {"reference": "MP/2", "child_dob": ""}


@pytest.fixture
def office(area_id: UUID) -> UUID:
    return an_office(area_id)


@pytest.fixture
def runner(office: UUID) -> Principal:
    return a_runner(office)


@pytest.fixture
def related(office: UUID) -> Principal:
    """Who runs the panels too, and must learn nothing of the child."""
    return a_runner(office, Role.CHAIR, "Bea Fell")


def the_case(reference: str) -> UUID:
    """Of the child whom an episode of that reference is about."""
    db.session.rollback()
    row = MissingEpisodeRow
    return db.session.scalars(select(row.case_id).where(row.reference == reference, row.current)).one()


def walled(case_id: UUID) -> set[UUID]:
    row = WallRow
    stands = select(row.account_id).where(row.case_id == case_id, row.state == WallState.STANDS)
    return set(db.session.scalars(stands))


@pytest.mark.parametrize("other, may", [
    (Record("KIT  Valewright"), True), (Record("Kit Valewright", date(2011, 7, 1)), True),
    (Record("Kit Valewright", date(2012, 7, 1)), False), (Record("Kit Oxley"), False),
    (Record("Kit Valewright", None, "C2"), False), (Record("Kit Valewright", None, "C1"), True),
])  # fmt: skip
def test_M6_only_what_tells_two_children_of_one_name_apart_makes_them_two(other: Record, may: bool) -> None:
    known = Record("Kit Valewright", date(2011, 7, 1), "C1")
    assert may_be(known, other) is may_be(other, known) is may
    assert not may_be(Record(""), Record(""))


def test_F3_M6_a_child_told_of_by_name_alone_is_walled_as_the_one_they_may_be(
    area_id: UUID, runner: Principal, related: Principal
) -> None:
    sent(area_id, ROW)
    a_wall(area_id, the_case(ROW["reference"]), related.account_id)
    sent(area_id, ROW | BY_NAME)
    assert the_case("MP/2") != the_case(ROW["reference"])
    assert walled(the_case("MP/2")) == {related.account_id}
    assert store.current(related) == [] and len(store.current(runner)) == 2


def test_F3_M6_a_wall_that_is_put_later_stands_on_both(
    area_id: UUID, runner: Principal, office: UUID
) -> None:
    sent(area_id, ROW, ROW | BY_NAME)
    other = a_runner(office, Role.CHAIR, "Bea Fell")
    walls.declare(other, the_case(ROW["reference"]), NOW)
    assert walled(the_case("MP/2")) == {other.account_id}


def test_F3_M6_a_child_told_of_by_name_alone_is_restricted_as_the_one_they_may_be(
    area_id: UUID, runner: Principal, office: UUID
) -> None:
    key = told(runner)
    (one,) = store.one(runner, key)
    restrictions.restrict(runner, one.episode.child_id, "Her uncle works there", [], NOW)
    newcomer = a_runner(office, Role.COORDINATOR, "Gil Stone")
    sent(area_id, ROW | BY_NAME)
    row = db.session.get_one(RestrictionRow, the_case("MP/2"))
    assert row.hides == Hides.UNNAMED and store.current(newcomer) == []
    assert len(store.current(runner)) == 2, "who is named on the one is named on the other"


def test_M6_who_is_another_child_by_their_birth_date_is_kept_from_nobody(
    area_id: UUID, runner: Principal, related: Principal
) -> None:
    sent(area_id, ROW)
    a_wall(area_id, the_case(ROW["reference"]), related.account_id)
    sent(area_id, ROW | BY_NAME | {"child_dob": "2013-02-02"})
    assert walled(the_case("MP/2")) == set() and len(store.current(related)) == 1


def test_M6_who_runs_exploitation_is_shown_whom_a_child_may_be_and_nobody_else_is(
    area_id: UUID, runner: Principal, related: Principal, office: UUID
) -> None:
    sent(area_id, ROW, ROW | BY_NAME | BACK)
    first, second = the_case(ROW["reference"]), the_case("MP/2")
    number = db.session.get_one(CaseRow, first).number
    assert usecase.may_be(runner, second) == [f"C-{number:06d}"]
    assert usecase.may_be(a_person(office, Role.COORDINATOR, "Gil Stone"), second) == []
    a_wall(area_id, first, related.account_id)
    assert usecase.may_be(related, second) == [], "the one case does not exist for them"
