"""What several children have in common: who is told of it, what is said of it, when it comes back (E2)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from werkzeug.exceptions import Forbidden, NotFound

from agenda.need_to_know import WallState
from agenda.panels import Family
from agenda.patterns import State, Trait
from agenda.people import folded
from agenda.rules import RuleBroken
from agenda.subjects import Strength, SubjectKind, Tie
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AuditRow,
    LinkRow,
    PatternChildRow,
    PatternRow,
    StaffDetailRow,
    SubjectRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, doomed, patterns
from meetingsvc.store.scope_exploitation import pattern_children_of, patterns_of
from meetingsvc.usecases import patterns as usecase
from meetingsvc.usecases import subject_links, walls
from meetingsvc.usecases.patterns import Linked
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency
from tests.a_subject import a_link, a_subject, a_trait
from tests.a_wall import a_wall
from tests.an_episode import put_episode

TODAY, LATER = NOW.date(), NOW + timedelta(hours=1)
VAN, PARK = "NM26 OXA", "Moor Park, Northmoor"
TOGETHER = Linked(Strength.LIKELY, Tie.SEEN_WITH)
CREW = Linked(Strength.POSSIBLE, group="The van crew")


def with_families(who: Principal, *families: Family) -> Principal:
    with saved():
        row = db.session.get_one(AccountRow, who.account_id)
        row.families = {AccountFamilyRow(family=one, granted_at=NOW) for one in families}
    found = accounts.principal(who.account_id, NOW)
    assert found is not None
    return found


@pytest.fixture
def runner(area_id: UUID) -> Principal:
    return with_families(a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Wren Teal"), *Family)


@pytest.fixture
def chair(runner: Principal) -> Principal:
    return with_families(a_person(runner.agency_id, Role.CHAIR, "Cai Lowe"), *Family)


@pytest.fixture
def there(runner: Principal) -> dict[str, UUID]:
    """Three children of whom the same van is told, as it was written each time."""
    with saved(), acting.service():
        names = {"kit": "Kit Valewright", "ann": "Ann Sorrel", "joe": "Joe Teasel"}
        found = {key: a_subject(runner.area_id, SubjectKind.CHILD, name) for key, name in names.items()}
        for key, text in (("kit", VAN), ("ann", "nm26oxa"), ("joe", "NM26 0XA")):
            a_trait(runner.area_id, found[key], runner.agency_id, runner.account_id, Trait.VEHICLE, text)
    return found


def of(who: Principal) -> list[patterns.Line]:
    with acting.acting(who):
        found = patterns.every(who, TODAY)
        db.session.rollback()
    return found


def the_one(who: Principal) -> patterns.Line:
    (line,) = of(who)
    return line


def ids(line: patterns.Line) -> set[UUID]:
    return {one.id for one in line.children}


def told(who: Principal, case_id: UUID, trait: Trait, text: str) -> None:
    with saved(), acting.service():
        a_trait(who.area_id, case_id, who.agency_id, who.account_id, trait, text)


def hide(who: Principal, case_id: UUID) -> None:
    a_wall(who.area_id, case_id, who.account_id)


def test_E2_the_same_however_it_is_written_is_put_to_who_runs_the_panels(
    runner: Principal, there: dict[str, UUID]
) -> None:
    line = the_one(runner)
    assert [one.name for one in line.children] == ["Ann Sorrel", "Joe Teasel", "Kit Valewright"]
    assert line.pattern.trait is Trait.VEHICLE and line.state is State.PUT and not line.begun_again
    assert {one.seen.text for one in line.evidence} == {VAN, "nm26oxa", "NM26 0XA"}
    assert all("Told by Ada Moor, Council" in one.words for one in line.evidence)


def test_E2_a_person_of_concern_and_a_place_are_found_by_links_and_by_episodes(
    runner: Principal, there: dict[str, UUID]
) -> None:
    area, by = runner.area_id, (runner.agency_id, runner.account_id)
    with saved(), acting.service():
        man = a_subject(area, SubjectKind.PERSON, "Bo Zabel")
        arcade = a_subject(area, SubjectKind.PLACE, "Arcade")  # one word alone: the same record, not the same
        a_link(area, man, there["kit"], *by, Tie.EXPLOITS)
        a_link(area, there["ann"], man, *by, Tie.CONTACTS)
        for name in ("kit", "joe"):
            a_link(area, there[name], arcade, *by, Tie.SEEN_AT)
        put_episode(area, there["kit"], runner.account_id, NOW - timedelta(days=1), returned_at=NOW,
                    found_where=PARK, from_where="")  # fmt: skip
        told_of = a_subject(area, SubjectKind.PLACE, "moor park northmoor")
        a_link(area, there["ann"], told_of, *by, Tie.SEEN_AT)
    found = {(one.pattern.trait, one.shown): ids(one) for one in of(runner)}
    assert found.pop((Trait.PERSON, "Bo Zabel")) == {there["kit"], there["ann"]}
    assert found.pop((Trait.PLACE, "Arcade")) == {there["kit"], there["joe"]}
    (place,) = (children for (trait, _), children in found.items() if trait is Trait.PLACE)
    assert place == {there["kit"], there["ann"]}


@pytest.mark.parametrize("hidden", ["kit", "ann"])
def test_E2_M6_of_a_hidden_child_no_pattern_tells_and_of_two_there_is_none(
    runner: Principal, chair: Principal, there: dict[str, UUID], hidden: str
) -> None:
    hide(chair, there[hidden])
    assert ids(the_one(chair)) == set(there.values()) - {there[hidden]}
    assert {one.seen.child_id for one in the_one(chair).evidence} == ids(the_one(chair))
    hide(chair, there["joe"])
    assert of(chair) == []
    with acting.acting(chair):
        assert patterns.waiting(chair, TODAY) == 0
    assert len(ids(the_one(runner))) == 3


def test_F3_who_is_kept_from_a_person_of_concern_learns_of_no_pattern_by_them(
    runner: Principal, chair: Principal, there: dict[str, UUID]
) -> None:
    area, by = runner.area_id, (runner.agency_id, runner.account_id)
    with saved(), acting.service():
        man = a_subject(area, SubjectKind.PERSON, "Bo Zabel")
        for name in ("kit", "ann"):
            a_link(area, man, there[name], *by, Tie.EXPLOITS)
    hide(chair, man)
    assert [one.pattern.trait for one in of(chair)] == [Trait.VEHICLE]
    assert {one.pattern.trait for one in of(runner)} == {Trait.VEHICLE, Trait.PERSON}


def test_E2_two_are_linked_with_the_same_said_as_an_opinion_and_no_reason(
    runner: Principal, there: dict[str, UUID]
) -> None:
    hide(runner, there["joe"])
    line = the_one(runner)
    usecase.link(runner, line.id, ids(line), TOGETHER, "Both collected by Zabel", NOW)
    usecase.set_aside(runner, line.id, ids(line), "It is a taxi", LATER)
    usecase.link(runner, line.id, ids(line), TOGETHER, "No taxi after all", LATER + timedelta(hours=1))
    with acting.service():
        (link,) = db.session.scalars(select(LinkRow)).all()
    assert {link.one_id, link.other_id} == {there["kit"], there["ann"]}, "once, though it was said twice"
    assert (link.tie, link.strength, link.standing) == ("seen with", "likely", "professional opinion")
    assert link.source == "Vehicle: the same is told of them"
    line = the_one(runner)
    assert line.state is State.LINKED and [one.by for one in line.said] == ["Wren Teal"] * 3


def test_E2_more_than_two_belong_to_one_group_and_who_joins_later_joins_it(
    runner: Principal, there: dict[str, UUID]
) -> None:
    line = the_one(runner)
    usecase.link(runner, line.id, ids(line), CREW, "One van", NOW)
    with saved(), acting.service():
        there["ivy"] = a_subject(runner.area_id, SubjectKind.CHILD, "Ivy Reed")
    told(runner, there["ivy"], Trait.VEHICLE, VAN)
    line = the_one(runner)
    assert line.state is State.PUT and line.begun_again, "another child joined"
    usecase.link(runner, line.id, ids(line), CREW, "One van", LATER)
    with acting.service():
        links = db.session.scalars(select(LinkRow)).all()
        assert db.session.scalars(select(SubjectRow.name).where(SubjectRow.name == CREW.group)).one()
    assert sorted(one.one_id for one in links) == sorted(there.values()), "each once"
    assert {one.tie for one in links} == {Tie.MEMBER}


def test_E2_what_was_set_aside_comes_back_with_a_further_child_and_without_one_stays(
    runner: Principal, there: dict[str, UUID]
) -> None:
    line = the_one(runner)
    usecase.set_aside(runner, line.id, ids(line), "The school bus", NOW)
    line = the_one(runner)
    assert line.state is State.SET_ASIDE and line.stands and line.stands.reason == "The school bus"
    told(runner, there["kit"], Trait.VEHICLE, VAN)
    assert the_one(runner).state is State.SET_ASIDE, "the same child once more"
    with saved(), acting.service():
        ivy = a_subject(runner.area_id, SubjectKind.CHILD, "Ivy Reed")
    told(runner, ivy, Trait.VEHICLE, VAN)
    assert the_one(runner).state is State.PUT
    with acting.acting(runner):
        assert patterns.waiting(runner, TODAY) == 1


def test_E2_M6_what_was_said_of_a_hidden_child_is_read_by_who_may_open_each_of_them(
    runner: Principal, chair: Principal, there: dict[str, UUID]
) -> None:
    """Its reason may name them, and that it stands would tell of one."""
    line = the_one(runner)
    usecase.set_aside(runner, line.id, ids(line), "Joe told of it himself", NOW)
    hide(chair, there["joe"])
    seen = the_one(chair)
    assert seen.state is State.PUT and seen.said == () and not seen.begun_again
    with acting.acting(chair):
        assert db.session.scalars(select(PatternRow.id).where(patterns_of(chair))).all() == []
        shown = set(db.session.scalars(select(PatternChildRow.case_id).where(pattern_children_of(chair))))
        assert there["joe"] not in shown
        if db.engine.dialect.name == "postgresql":
            cursor = db.session.connection().connection.cursor()
            cursor.execute("SELECT count(*) FROM pattern")
            assert cursor.fetchone() == (0,), "the database itself"
        db.session.rollback()
    usecase.link(chair, seen.id, ids(seen), TOGETHER, "Seen in it", LATER)
    assert the_one(chair).state is State.LINKED
    both = the_one(runner)
    assert both.state is State.SET_ASIDE, "of all three that is what was said last"
    assert [one.reason for one in both.said] == ["Seen in it", "Joe told of it himself"]


def test_E2_who_runs_no_panel_of_exploitation_is_told_of_none_and_says_nothing(
    runner: Principal, chair: Principal, there: dict[str, UUID]
) -> None:
    line = the_one(runner)
    other = with_families(chair, Family.ABUSE)
    assert of(other) == []
    representative = a_person(runner.agency_id, Role.REPRESENTATIVE, "Ro Finch")
    for who, why in ((other, NotFound), (representative, Forbidden)):
        with pytest.raises(why):
            usecase.set_aside(who, line.id, ids(line), "Nothing", NOW)
        with pytest.raises(why):
            usecase.link(who, line.id, ids(line), CREW, "Something", NOW)
    with acting.service():
        assert db.session.scalar(select(func.count()).select_from(PatternRow)) == 0


def test_E2_nothing_is_said_of_a_child_whom_the_page_did_not_show_nor_without_a_reason(
    runner: Principal, there: dict[str, UUID]
) -> None:
    line = the_one(runner)
    for seen, reason, why in (
        ({there["kit"], there["ann"]}, "The bus", "has changed since you opened it"),
        (ids(line), " ", "Say why it means nothing"),
    ):
        with pytest.raises(RuleBroken, match=why):
            usecase.set_aside(runner, line.id, seen, reason, NOW)
    for told_of, why in (
        (TOGETHER, "Put more than two children in a group"),
        (Linked(Strength.CONFIRMED, group="The crew"), "is an opinion"),
        (Linked(Strength.LIKELY), "what the group or network is called"),
    ):
        with pytest.raises(RuleBroken, match=why):
            usecase.link(runner, line.id, ids(line), told_of, "One van", NOW)
    with acting.service():
        assert db.session.scalar(select(func.count()).select_from(PatternRow)) == 0
        assert db.session.scalar(select(func.count()).select_from(LinkRow)) == 0


def test_V5_E2_the_trail_names_whom_it_was_said_of_by_id_and_other_readers_find_no_line(
    runner: Principal, there: dict[str, UUID]
) -> None:
    line = the_one(runner)
    usecase.set_aside(runner, line.id, ids(line), "The school bus", NOW)
    with acting.service():
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "pattern.set_aside")).one()
    assert row.case_id is None and set(map(UUID, row.detail["cases"].split())) == ids(line)
    assert "bus" not in str(row.detail)


def test_L2_what_was_said_of_a_child_goes_with_the_child_and_is_put_to_a_person_again(
    runner: Principal, there: dict[str, UUID]
) -> None:
    line = the_one(runner)
    usecase.set_aside(runner, line.id, ids(line), "Joe says it is the bus", NOW)
    with saved(), acting.service():
        doomed.delete_all(doomed.of_case(runner.area_id, there["joe"]).rows)
    with acting.service():
        for row in (PatternRow, PatternChildRow):
            assert db.session.scalar(select(func.count()).select_from(row)) == 0
    left = the_one(runner)
    assert ids(left) == {there["kit"], there["ann"]} and left.state is State.PUT


def test_L2_what_was_said_of_children_by_a_person_of_concern_goes_with_the_person(
    runner: Principal, there: dict[str, UUID]
) -> None:
    area, by = runner.area_id, (runner.agency_id, runner.account_id)
    with saved(), acting.service():
        man = a_subject(area, SubjectKind.PERSON, "Bo Zabel")
        for name in ("kit", "ann"):
            a_link(area, man, there[name], *by, Tie.EXPLOITS)
    line = next(one for one in of(runner) if one.pattern.trait is Trait.PERSON)
    usecase.set_aside(runner, line.id, ids(line), "Zabel is their uncle", NOW)
    with saved(), acting.service():
        doomed.delete_all(doomed.of_case(area, man).rows)
    with acting.service():
        assert db.session.scalar(select(func.count()).select_from(PatternRow)) == 0


def test_F3_linking_children_walls_off_who_is_near_whom_the_group_names(
    runner: Principal, chair: Principal, there: dict[str, UUID]
) -> None:
    """A group that is there already brings its own people near: nobody of the service is left among them."""
    with saved(), acting.service():
        crew = a_subject(runner.area_id, SubjectKind.GROUP, CREW.group)
        db.session.get_one(SubjectRow, crew).key = folded(CREW.group)
        man = a_subject(runner.area_id, SubjectKind.PERSON, "Bo Zabel")
        told_of = (runner.agency_id, runner.account_id)
        a_link(runner.area_id, man, crew, *told_of, Tie.RUNS)
        a_trait(runner.area_id, man, *told_of, Trait.PHONE, "07700 900123")
        db.session.add(StaffDetailRow(area_id=runner.area_id, account_id=chair.account_id, of_whom="self",
                                      surname="Lowe", phone="07700 900123", told_at=NOW))  # fmt: skip
        walls.check_staff(chair.account_id, NOW)
    assert len(of(chair)) == 1
    line = the_one(runner)
    usecase.link(runner, line.id, ids(line), CREW, "One van", NOW)
    with acting.service():
        rows = select(WallRow.case_id).where(WallRow.account_id == chair.account_id)
        assert set(db.session.scalars(rows.where(WallRow.state == WallState.STANDS))) >= set(there.values())
    assert of(chair) == []


def test_R2_a_link_that_ended_and_what_was_a_mistake_are_the_same_of_nobody(
    runner: Principal, there: dict[str, UUID]
) -> None:
    area, by = runner.area_id, (runner.agency_id, runner.account_id)
    with saved(), acting.service():
        man = a_subject(area, SubjectKind.PERSON, "Bo Zabel")
        links = [a_link(area, man, there[name], *by, Tie.EXPLOITS) for name in ("kit", "ann")]
    subject_links.end(runner, there["kit"], links[0], "He moved away", NOW)
    assert {one.pattern.trait for one in of(runner)} == {Trait.VEHICLE}
