"""Somebody who is no party, and is told of in two cases, one of them kept from the reader (M6, D2)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.pack import NoteKind
from agenda.relationships import Relation, RelationshipTold
from meetingsvc.models import CaseRow, MergeRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, addresses, people, relationships, search_people
from meetingsvc.store import matching_proposals as matches
from meetingsvc.store.acting import Host
from meetingsvc.store.matching_proposals import Match, State
from meetingsvc.store.scope import Reader
from meetingsvc.usecases import addresses as telling
from meetingsvc.usecases import matching, matching_decisions, proposals, restrictions
from meetingsvc.usecases import people as usecase
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW as LISTED
from tests.a_marac import a_person, an_agency, listed
from tests.a_wall import a_wall
from tests.builders import a_row

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TOLD = RelationshipTold(Relation.FRIEND, NoteKind.FACT, "Kay Dale", "told by her")
BORN = date(1990, 3, 4)
OLD, NEW = ("Catherine", "Penhaligon"), ("Katharine", "Penhalligan")
Tell = Callable[["Two", UUID, tuple[str, str]], UUID]


class Two:
    """Two cases of other people, in each of which somebody beside them is told of."""

    def __init__(self, area_id: UUID, tell: Tell) -> None:
        self.area_id = area_id
        council = an_agency(area_id, "Council")
        self.coordinator = a_person(council, Role.COORDINATOR, "Morgan Ashdown")
        self.chair = a_person(council, Role.CHAIR, "Ben Frost")
        self.other = a_person(council, Role.COORDINATOR, "Cai Lowe")
        self.rep = a_person(an_agency(area_id, "Haven", daily=True))
        at = {"recorded_at": "2026-11-20T12:00:00+00:00"}
        listed(area_id, [a_row(**at), a_row(**at)])
        with acting.service():
            self.old, self.new = db.session.scalars(select(CaseRow.id).order_by(CaseRow.number)).all()
            self.victim = db.session.get_one(CaseRow, self.new).victim_id
            db.session.rollback()
        self.ids = [tell(self, case, name) for case, name in ((self.old, OLD), (self.new, NEW))]
        with saved(), acting.whole_area(area_id):
            matching.file_all(area_id)
            matching.propose(area_id, self.ids, [], [], None, NOW)

    def matches(self, who: Reader) -> list[Match]:
        """That the two beside the cases may be one."""
        db.session.rollback()
        with acting.acting(who):
            found = matches.undecided(who, NOW)
        return [one for one in found if {one.one_id, one.other_id} == set(self.ids)]

    def merge(self) -> UUID:
        (match,) = self.matches(Host(self.area_id))
        matching_decisions.decide(self.coordinator, match.id, State.SAME, "Her birth date.", NOW)
        (told,) = proposals.waiting_for(self.chair, NOW)
        proposals.decide(self.chair, told.id, True, "", NOW)
        return db.session.scalars(select(MergeRow.kept_id)).one()

    def shown(self, who: Principal, kept: UUID) -> set[str]:
        """What somebody is called on the pages of the other case."""
        db.session.rollback()
        with acting.acting(who):
            told = [one.name for one in people.on_case(who, self.new) if one.id == kept]
            told += [one.name for one in addresses.people(who, self.new) if one.id == kept]
            told += [shown.name for shown in (people.person(who, kept),) if shown]
            told += [one.other.name for one in relationships.of_person(who, self.victim, [self.new])]
        return set(told)

    def found(self, who: Principal, typed: str) -> list[str]:
        db.session.rollback()
        with acting.acting(who):
            return [one.name for one in search_people.found(who, typed, NOW.date())]


def a_friend(two: Two, case_id: UUID, name: tuple[str, str]) -> UUID:
    with acting.service():
        victim = db.session.get_one(CaseRow, case_id).victim_id
        db.session.rollback()
    usecase.relate(two.coordinator, case_id, victim, usecase.SomebodyNew(*name, BORN), TOLD, LISTED)
    with acting.acting(two.coordinator):
        named = " ".join(name)
        return next(one.id for one in people.on_case(two.coordinator, case_id) if one.name == named)


def an_associate(two: Two, case_id: UUID, name: tuple[str, str]) -> UUID:
    return telling.name_associate(
        two.coordinator, case_id, *name, BORN, "his cousin", "Kay Dale", "told by her", LISTED
    )


@pytest.fixture(params=[a_friend, an_associate], ids=["related", "associate"])
def two(area_id: UUID, request: pytest.FixtureRequest) -> Two:
    return Two(area_id, request.param)


def test_M6_whoever_is_kept_from_a_case_sees_no_match_of_somebody_told_of_there(two: Two) -> None:
    assert len(two.matches(two.other)) == 1
    a_wall(two.area_id, two.old, two.other.account_id)
    assert two.matches(two.other) == []
    assert len(two.matches(two.coordinator)) == 1


@pytest.mark.parametrize("how", ["restricted", "walled"])
def test_M6_what_is_kept_after_a_merge_takes_back_the_name_of_who_is_no_party(two: Two, how: str) -> None:
    kept = two.merge()
    who = two.rep if how == "restricted" else two.other
    before = two.shown(who, kept)
    assert len(before) == 1
    if how == "restricted":
        restrictions.restrict(two.coordinator, two.old, "Her employer", [two.coordinator.account_id], NOW)
    else:
        a_wall(two.area_id, two.old, who.account_id)
    assert two.shown(who, kept) == {" ".join(NEW)}
    assert two.shown(two.coordinator, kept) == before, "who sees both is told as before"


def test_M6_a_search_finds_who_is_no_party_by_what_their_open_case_calls_them(two: Two) -> None:
    two.merge()
    a_wall(two.area_id, two.old, two.other.account_id)
    assert two.found(two.other, f"{' '.join(NEW)} 4/3/1990") == [" ".join(NEW)]
