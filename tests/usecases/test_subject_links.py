"""Links, what is told, and levels: who reads them, who is kept from what they name (Rulebook E1, E2, F3)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError
from werkzeug.exceptions import Forbidden, NotFound

from agenda.addresses import Part
from agenda.incidents import Party, Risk
from agenda.level_history import Basis
from agenda.meetings import MeetingState
from agenda.need_to_know import WallState
from agenda.pack import NoteKind
from agenda.panel_kept import of_meeting
from agenda.panels import ESP, Family
from agenda.patterns import Trait
from agenda.rules import RuleBroken
from agenda.subjects import Link, Strength, SubjectKind, Tie, visible
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyPanelRow,
    AreaRow,
    AuditRow,
    CaseRow,
    ItemRow,
    LevelSaidRow,
    LinkRow,
    MeetingRow,
    StaffDetailRow,
    SubjectTraitRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, details, kept_from, scope, subject_levels
from meetingsvc.store import subject_links as store
from meetingsvc.store import subject_page as pages
from meetingsvc.store import subject_sides as sides
from meetingsvc.store import subject_traits as traits_store
from meetingsvc.store import subjects as subject_store
from meetingsvc.usecases import areas, lists, restrictions, subject_links, subject_traits, walls
from meetingsvc.usecases import subjects as making
from meetingsvc.usecases.subject_links import LinkTold, SomethingNew
from meetingsvc.usecases.subject_traits import TraitTold
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, a_person, an_agency
from tests.a_subject import a_link, a_subject, a_trait
from tests.a_wall import a_wall
from tests.an_episode import put_episode
from tests.builders import a_row, take_in

TODAY, LATER = NOW.date(), NOW + timedelta(hours=1)
BORN = date(2011, 4, 9)
SEEN_AT = LinkTold(Tie.SEEN_AT, True, Strength.LIKELY, NoteKind.FACT, "Ada Moor", "Seen there")
EXPLOITED = LinkTold(Tie.EXPLOITS, False, Strength.POSSIBLE, NoteKind.OPINION, "Ada Moor", "A friend says")
PHONE = TraitTold(Trait.PHONE, "07700 900123", TODAY, NoteKind.FACT, "Ada Moor", "In his telephone")


def with_families(who: Principal, *families: Family) -> Principal:
    with saved():
        row = db.session.get_one(AccountRow, who.account_id)
        row.families = {AccountFamilyRow(family=one, granted_at=NOW) for one in families}
    found = accounts.principal(who.account_id, NOW)
    assert found is not None
    return found


@pytest.fixture
def runner(area_id: UUID) -> Principal:
    """Who runs the panels of both families."""
    return with_families(a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Wren Teal"), *Family)


@pytest.fixture
def other(runner: Principal) -> Principal:
    """Somebody else who does."""
    return with_families(a_person(runner.agency_id, Role.CHAIR, "Cai Lowe"), *Family)


@pytest.fixture
def there(runner: Principal) -> dict[str, UUID]:
    """Two children, somebody of concern, a park and a group."""
    area = runner.area_id
    with saved(), acting.service():
        return {
            "kit": a_subject(area, SubjectKind.CHILD, "Kit Valewright", BORN),
            "ann": a_subject(area, SubjectKind.CHILD, "Ann Sorrel"),
            "man": a_subject(area, SubjectKind.PERSON, "Bo Zabel"),
            "park": a_subject(area, SubjectKind.PLACE, "Moor Park, Northmoor"),
            "crew": a_subject(area, SubjectKind.GROUP, "The crew"),
        }


def linked(who: Principal, one: UUID, other: UUID, tie: Tie = Tie.SEEN_WITH, **told: Any) -> UUID:
    with saved(), acting.service():
        return a_link(who.area_id, one, other, who.agency_id, who.account_id, tie, **told)


def page_of(who: Principal, case_id: UUID, kind: SubjectKind = SubjectKind.CHILD) -> pages.Page:
    with acting.acting(who):
        found = pages.page(who, case_id, kind, TODAY)
    assert found is not None
    return found


# -- both ends --


_CLOSED = st.sampled_from(["", "", "wall", "restricted"])


@settings(max_examples=25)
@given(
    closed=st.tuples(*[_CLOSED] * 4),
    listed=st.tuples(*[st.booleans()] * 4),
    drawn=st.sets(st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda two: two[0] != two[1])),
    which=st.sampled_from(["runs both", "runs abuse", "attends"]),
)
def test_E2_in_SQL_and_in_the_policies_a_link_is_seen_by_who_may_open_both_ends(
    core_app: Flask, closed: Any, listed: Any, drawn: Any, which: str
) -> None:
    who = _a_reader(which)
    with saved(), acting.service():
        ids = [a_subject(who.area_id, SubjectKind.CHILD, f"Child {place}") for place in range(4)]
        _put_on_agenda(who, [key for key, on in zip(ids, listed, strict=True) if on])
        ends = [(ids[one], ids[two]) for one, two in sorted(drawn)]
        keys = {a_link(who.area_id, *two, who.agency_id, who.account_id): two for two in ends}
    for case_id, how in zip(ids, closed, strict=True):
        if how == "wall":
            a_wall(who.area_id, case_id, who.account_id)
        elif how:
            chair = with_families(a_person(who.agency_id, Role.CHAIR, "Gale Forth"), *Family)
            restrictions.restrict(chair, case_id, "Somebody of an agency may be near.", [], NOW)
    with acting.acting(who):
        opened = set(db.session.scalars(select(CaseRow.id).where(scope.cases_of(who), CaseRow.id.in_(ids))))
        rule = {key for key, two in keys.items() if visible([_pure(*two)], opened)}
        rows = select(LinkRow.id).where(scope.links_of(who), LinkRow.id.in_(keys))
        assert set(db.session.scalars(rows)) == rule
        if db.engine.dialect.name == "postgresql":
            shown = db.session.execute(text("SELECT id FROM link /*scope*/")).scalars()
            assert set(shown) & set(keys) == rule
        db.session.rollback()


def _pure(one: UUID, other: UUID) -> Link:
    return Link(one, other, Tie.FRIEND, Strength.LIKELY, NoteKind.FACT, "a", "s", one)


def _a_reader(which: str) -> Principal:
    with acting.service():
        area_id = db.session.scalars(select(AreaRow.id)).first()
    area_id = area_id or areas.create("northmoor", date(2026, 11, 2), NOW - timedelta(days=90))
    agency = an_agency(area_id, f"Agency {uuid4()}")
    if which != "attends":
        families = Family if which == "runs both" else [Family.ABUSE]
        return with_families(a_person(agency, Role.COORDINATOR, "Wren Teal"), *families)
    with saved():
        db.session.add(AgencyPanelRow(agency_id=agency, code=ESP.code))
    return a_person(agency, Role.REPRESENTATIVE, "Wren Teal")


def _put_on_agenda(who: Principal, cases: list[UUID]) -> None:
    day = NOW.date() + timedelta(days=db.session.scalar(select(func.count(MeetingRow.id))) or 0)
    meeting = MeetingRow(
        id=uuid4(), area_id=who.area_id, sits_on=day, starts_at=NOW, state=MeetingState.PUBLISHED,
        built_at=NOW, **of_meeting(ESP),
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    for place, case_id in enumerate(cases, 1):
        db.session.add(
            ItemRow(id=uuid4(), area_id=who.area_id, meeting_id=meeting.id, case_id=case_id, position=place,
                    risk="high", victim_known=False, repeat=False, supplement=0)
        )  # fmt: skip
    db.session.flush()


def test_E2_a_link_whose_other_end_is_hidden_shows_nothing_at_all(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    kit, ann, man, park = there["kit"], there["ann"], there["man"], there["park"]
    alone = page_of(other, kit)
    linked(runner, man, kit, Tie.EXPLOITS)
    linked(runner, man, park, Tie.SEEN_AT)
    linked(runner, ann, man, Tie.CONTACTS, ended="They moved")
    assert {one.name for one, _ in page_of(other, kit).near} == {"Bo Zabel", "Moor Park, Northmoor"}
    a_wall(runner.area_id, man, other.account_id)
    hidden = page_of(other, kit)
    assert hidden == alone, "no line, no count, no gap in the picture"
    assert hidden.shown == [] and hidden.graph.lines == () and hidden.graph.left_out == 0
    assert page_of(other, park, SubjectKind.PLACE).lines == (), "nor what is only reached through him"
    assert page_of(runner, kit).lines
    with acting.acting(other):
        assert pages.page(other, man, SubjectKind.PERSON, TODAY) is None


def test_M6_the_database_itself_shows_nothing_of_a_subject_that_is_hidden(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no policies")
    linked(runner, there["ann"], there["man"])
    subject_traits.tell(runner, there["ann"], PHONE, NOW)
    say(runner, there["ann"], Risk.HIGH)
    a_wall(runner.area_id, there["ann"], other.account_id)
    of_abuse = a_person(runner.agency_id, Role.COORDINATOR, "Morgan Ashdown")
    for table in ("link", "subject_trait", "level_said"):
        shown = []
        for who in (runner, other, of_abuse):
            with acting.acting(who):
                rows = db.session.execute(text(f"SELECT count(*) FROM {table} /*scope*/"))
                shown.append(rows.scalar_one())
                db.session.rollback()
        assert shown == [1, 0, 0], table


def test_V5_the_log_tells_of_no_link_that_is_half_hidden(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    late = with_families(a_person(runner.agency_id, Role.COORDINATOR, "Ben Frost"), *Family)
    key = subject_links.tell(runner, there["kit"], there["man"], EXPLOITED, NOW)
    subject_links.end(runner, there["kit"], key, "It was somebody else", LATER)
    a_wall(runner.area_id, there["man"], other.account_id)
    seen = {}
    for who in (runner, late, other):
        with acting.acting(who):
            mine = select(AuditRow.action).where(scope.audit_of(who), AuditRow.subject == f"link/{key}")
            seen[who.name] = list(db.session.scalars(mine.order_by(AuditRow.id)))
            db.session.rollback()
    both = ["link.told", "link.ended"]
    assert seen == {runner.name: both, late.name: both, other.name: []}


# -- telling and ending --


def test_E2_a_link_keeps_what_was_told_of_it(runner: Principal, there: dict[str, UUID]) -> None:
    told = LinkTold(
        Tie.FOUND_AT, True, Strength.CONFIRMED, NoteKind.FACT, " Ada Moor ", " Police ", BORN, TODAY
    )
    key = subject_links.tell(runner, there["kit"], there["park"], told, NOW)
    (line,) = page_of(runner, there["kit"]).lines
    assert line.told == store.Told(
        key,
        Link(there["kit"], there["park"], Tie.FOUND_AT, Strength.CONFIRMED, NoteKind.FACT, "Ada Moor",
             "Police", runner.agency_id, BORN, TODAY),
        "Council", NOW,
    )  # fmt: skip
    events = page_of(runner, there["park"], SubjectKind.PLACE).events
    assert [(one.on, one.subject.name) for one in events] == [
        (TODAY, "Kit Valewright"), (BORN, "Kit Valewright"),
    ]  # fmt: skip


def test_E2_said_from_the_other_side_it_is_the_same_link(runner: Principal, there: dict[str, UUID]) -> None:
    subject_links.tell(runner, there["kit"], there["man"], EXPLOITED, NOW)
    (line,) = page_of(runner, there["kit"]).lines
    assert (line.one.name, line.words, line.other.name) == ("Bo Zabel", "said to exploit", "Kit Valewright")


@pytest.mark.parametrize(("told", "says"), [
    (LinkTold(Tie.RUNS, True, Strength.LIKELY, NoteKind.FACT, "A", "S"), "cannot be"),
    (LinkTold(Tie.SEEN_AT, True, Strength.CONFIRMED, NoteKind.OPINION, "A", "S"), "likely or possible"),
    (LinkTold(Tie.SEEN_AT, True, Strength.LIKELY, NoteKind.FACT, " ", "S"), "who tells it"),
])  # fmt: skip
def test_E2_what_the_rule_refuses_is_not_kept(
    runner: Principal, there: dict[str, UUID], told: LinkTold, says: str
) -> None:
    with pytest.raises(RuleBroken, match=says):
        subject_links.tell(runner, there["kit"], there["park"], told, NOW)
    with acting.service():
        assert db.session.scalars(select(LinkRow.id)).all() == []


def test_M6_nobody_links_what_is_hidden_from_them_or_no_subject(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    a_wall(runner.area_id, there["park"], other.account_id)
    for one, two in ((there["kit"], there["park"]), (there["park"], there["kit"]), (there["kit"], uuid4())):
        with pytest.raises(NotFound):
            subject_links.tell(other, one, two, SEEN_AT, NOW)


def test_R2_the_agency_that_told_a_link_or_who_runs_the_panels_ends_it_once_and_says_why(
    runner: Principal, there: dict[str, UUID]
) -> None:
    elsewhere = with_families(a_person(an_agency(runner.area_id, "Homes"), Role.COORDINATOR, "Ida"), *Family)
    rep = other_agency(runner, there)
    key = subject_links.tell(runner, there["kit"], there["man"], EXPLOITED, NOW)
    with pytest.raises(RuleBroken, match="Only the agency"):
        subject_links.end(rep, there["kit"], key, "Somebody else", NOW)
    with pytest.raises(RuleBroken, match="Say why"):
        subject_links.end(runner, there["kit"], key, " ", NOW)
    with pytest.raises(NotFound):
        subject_links.end(runner, there["ann"], key, "Somebody else", NOW)
    subject_links.end(elsewhere, there["kit"], key, "It was somebody else", LATER)
    with pytest.raises(RuleBroken, match="ended already"):
        subject_links.end(runner, there["kit"], key, "Again", LATER)
    shown = page_of(runner, there["kit"])
    assert shown.lines == () and shown.near == () and shown.graph.lines == ()
    assert [one.told.link.ended for one in shown.ended] == ["It was somebody else"]


@pytest.mark.parametrize("change", [
    update(LinkRow).values(source="somebody else"),
    update(LinkRow).values(first_on=TODAY),
    update(SubjectTraitRow).values(text="somebody else"),
    update(SubjectTraitRow).values(on=BORN),
    update(LevelSaidRow).values(level="standard"),
])  # fmt: skip
def test_R2_what_was_told_is_never_changed(runner: Principal, there: dict[str, UUID], change: Any) -> None:
    linked(runner, there["kit"], there["ann"])
    subject_traits.tell(runner, there["kit"], PHONE, NOW)
    say(runner, there["kit"], Risk.HIGH)
    with pytest.raises(DatabaseError, match="never changed"), saved(), acting.service():
        db.session.execute(change)


# -- somebody or something new --


def test_E2_a_person_a_place_and_a_group_are_made_in_telling_a_link(
    runner: Principal, there: dict[str, UUID]
) -> None:
    for new, told in (
        (SomethingNew(SubjectKind.PERSON, "Grubb", "Viktor", date(1980, 1, 2)), EXPLOITED),
        (SomethingNew(SubjectKind.PLACE, "The arcade"), SEEN_AT),
        (SomethingNew(SubjectKind.GROUP, "Hill end"),
         LinkTold(Tie.MEMBER, True, Strength.POSSIBLE, NoteKind.FACT, "A", "S")),
    ):  # fmt: skip
        for _ in range(2):
            subject_links.tell_of_new(runner, there["kit"], new, told, NOW)
    shown = page_of(runner, there["kit"])
    assert sorted(one.name for one, _ in shown.near) == ["Hill end", "The arcade", "Viktor Grubb"]
    assert len(shown.lines) == 6, "each is found again, and linked again"


def test_E2_a_child_gets_a_record_by_a_referral_alone(runner: Principal, there: dict[str, UUID]) -> None:
    new = SomethingNew(SubjectKind.CHILD, "Teal", "Tam")
    with pytest.raises(RuleBroken, match="referral"):
        subject_links.tell_of_new(runner, there["kit"], new, SEEN_AT, NOW)


def test_D1_only_who_runs_the_panels_makes_a_record(runner: Principal, there: dict[str, UUID]) -> None:
    new = SomethingNew(SubjectKind.PLACE, "The arcade")
    rep = a_person(runner.agency_id, Role.REPRESENTATIVE, "Rae")
    with pytest.raises(Forbidden):
        subject_links.tell_of_new(rep, there["kit"], new, SEEN_AT, NOW)
    of_abuse = a_person(runner.agency_id, Role.COORDINATOR, "Morgan Ashdown")
    with pytest.raises(NotFound):
        subject_links.tell_of_new(of_abuse, there["kit"], new, SEEN_AT, NOW)
    with acting.service():
        assert db.session.scalar(select(func.count(CaseRow.id))) == len(there)


def test_M6_F3_of_who_names_somebody_hidden_from_them_nothing_is_lost_and_the_child_is_hidden_too(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    known = SomethingNew(SubjectKind.PERSON, "Grubb", "Viktor", date(1980, 1, 2))
    with saved(), acting.acting(runner):
        hidden = making.make_person(runner, Party("Grubb", "Viktor", dob=date(1980, 1, 2)), NOW)
    a_wall(runner.area_id, hidden, other.account_id)
    subject_links.tell_of_new(other, there["kit"], known, EXPLOITED, NOW)
    with acting.acting(other):
        assert subject_store.of(other, [hidden, there["kit"]]) == {}
    assert [one.name for one, _ in page_of(runner, there["kit"]).near] == ["Viktor Grubb"]


# -- whom nothing may reach --


def parts(case_id: UUID) -> set[tuple[Part, str]]:
    told = details.of_cases([case_id])[case_id]
    return {(one.part, f"{one.details.forename} {one.details.surname}".strip()) for one in told}


@pytest.mark.parametrize("ended", ["", "They moved away"])
def test_F3_a_person_of_concern_who_is_linked_to_a_child_is_its_associate(
    runner: Principal, there: dict[str, UUID], ended: str
) -> None:
    linked(runner, there["kit"], there["man"], Tie.CONTACTS, ended=ended)
    linked(runner, there["kit"], there["ann"], Tie.FRIEND)
    assert parts(there["kit"]) == {(Part.VICTIM, "Kit Valewright"), (Part.ASSOCIATE, "Bo Zabel")}
    assert parts(there["ann"]) == {(Part.VICTIM, "Ann Sorrel")}, "a friend is nobody's exploiter"
    assert parts(there["man"]) == {(Part.PERPETRATOR, "Bo Zabel")}


def test_F3_so_is_who_is_near_by_way_of_a_group_and_a_child_who_exploits(
    runner: Principal, there: dict[str, UUID]
) -> None:
    linked(runner, there["kit"], there["crew"], Tie.MEMBER)
    linked(runner, there["man"], there["crew"], Tie.RUNS)
    linked(runner, there["ann"], there["kit"], Tie.EXPLOITS)
    assert parts(there["kit"]) == {
        (Part.VICTIM, "Kit Valewright"), (Part.ASSOCIATE, "Bo Zabel"), (Part.ASSOCIATE, "Ann Sorrel"),
    }  # fmt: skip
    assert parts(there["ann"]) == {(Part.VICTIM, "Ann Sorrel")}, "the exploited child is told of who exploits"
    assert parts(there["crew"]) == {(Part.ASSOCIATE, "Bo Zabel")}


def staff(who: Principal, name: str, phone: str) -> Principal:
    """A colleague with that number."""
    found = with_families(a_person(who.agency_id, Role.COORDINATOR, name), *Family)
    with saved(), acting.service():
        db.session.add(StaffDetailRow(area_id=who.area_id, account_id=found.account_id, of_whom="self",
                                      surname=name, phone=phone, told_at=NOW))  # fmt: skip
        walls.check_staff(found.account_id, NOW)
    return found


def refused(who: Principal, case_id: UUID) -> bool:
    with acting.service():
        parties = kept_from.Parties(who.area_id, [case_id])
        return bool(parties.collides(who.account_id, case_id, False))


def test_F3_M6_whoever_has_the_number_of_somebody_linked_is_kept_from_the_child(
    runner: Principal, there: dict[str, UUID]
) -> None:
    near = staff(runner, "Tove Marsh", "07700 900123")
    subject_traits.tell(runner, there["man"], PHONE, NOW)
    assert not refused(near, there["kit"])
    subject_links.tell(runner, there["kit"], there["man"], EXPLOITED, NOW)
    assert refused(near, there["kit"]) and not refused(runner, there["kit"])
    with acting.acting(near):
        assert subject_store.of(near, [there["kit"], there["man"]]) == {}, "walled off at once"
    with acting.service():
        walled = set(db.session.scalars(select(WallRow.case_id).where(WallRow.account_id == near.account_id)))
    assert walled == {there["kit"], there["man"]}


def test_F3_a_number_told_after_the_link_keeps_its_owner_from_the_child_too(
    runner: Principal, there: dict[str, UUID]
) -> None:
    near = staff(runner, "Tove Marsh", "07700 900123")
    subject_links.tell(runner, there["kit"], there["man"], EXPLOITED, NOW)
    subject_traits.tell(runner, there["man"], PHONE, NOW)
    assert refused(near, there["kit"])
    with acting.acting(near):
        assert there["kit"] not in subject_store.of(near, [there["kit"]])


def test_F3_whoever_has_a_number_that_is_told_of_a_child_may_be_who_exploits(
    runner: Principal, there: dict[str, UUID]
) -> None:
    near = staff(runner, "Tove Marsh", "07700 900123")
    subject_traits.tell(runner, there["kit"], PHONE, NOW)
    assert refused(near, there["kit"]) and not refused(runner, there["kit"])


def test_F3_who_runs_or_lives_at_a_place_is_an_associate_and_who_was_seen_there_is_not(
    runner: Principal, there: dict[str, UUID]
) -> None:
    linked(runner, there["kit"], there["park"], Tie.SEEN_AT)
    linked(runner, there["man"], there["park"], Tie.SEEN_AT)
    assert parts(there["kit"]) == {(Part.VICTIM, "Kit Valewright")}
    linked(runner, there["man"], there["park"], Tie.LIVES_AT)
    assert parts(there["kit"]) == {(Part.VICTIM, "Kit Valewright"), (Part.ASSOCIATE, "Bo Zabel")}


def test_F3_so_is_who_belongs_to_the_group_that_runs_the_place(
    runner: Principal, there: dict[str, UUID]
) -> None:
    linked(runner, there["kit"], there["park"], Tie.FOUND_AT)
    linked(runner, there["crew"], there["park"], Tie.RUNS)
    linked(runner, there["man"], there["crew"], Tie.MEMBER)
    assert (Part.ASSOCIATE, "Bo Zabel") in parts(there["kit"])


def test_F3_where_a_person_of_concern_lives_is_their_address(
    runner: Principal, there: dict[str, UUID]
) -> None:
    linked(runner, there["man"], there["park"], Tie.LIVES_AT)
    (told,) = details.of_cases([there["man"]])[there["man"]]
    assert told.details.addresses == {"Moor Park, Northmoor"}


@pytest.mark.parametrize("tie, of", [(Tie.MEMBER, "crew"), (Tie.SEEN_AT, "park")])
def test_F3_whoever_has_the_number_of_a_group_or_a_place_is_kept_from_its_children(
    runner: Principal, there: dict[str, UUID], tie: Tie, of: str
) -> None:
    near = staff(runner, "Tove Marsh", "07700 900123")
    linked(runner, there["kit"], there[of], tie)
    subject_traits.tell(runner, there[of], PHONE, NOW)
    assert refused(near, there["kit"]) and not refused(runner, there["kit"])
    with acting.acting(near):
        assert there["kit"] not in subject_store.of(near, [there["kit"]])


@pytest.mark.parametrize("first", ["declared", "linked"])
def test_M6_F3_who_knows_a_person_of_concern_sees_no_child_near_them_then_or_later(
    runner: Principal, other: Principal, there: dict[str, UUID], first: str
) -> None:
    linked(runner, there["ann"], there["park"], Tie.SEEN_AT)
    if first == "declared":
        walls.declare(other, there["man"], NOW)
    subject_links.tell(runner, there["kit"], there["man"], EXPLOITED, NOW)
    if first == "linked":
        walls.declare(other, there["man"], NOW)
    with acting.acting(other):
        seen = subject_store.of(other, [there["kit"], there["man"], there["ann"]])
    assert set(seen) == {there["ann"]}, "and of others nothing changes"


def test_M6_F3_who_knows_a_group_sees_none_of_its_children(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    linked(runner, there["kit"], there["crew"], Tie.MEMBER)
    walls.declare(other, there["crew"], NOW)
    with acting.acting(other):
        assert subject_store.of(other, [there["kit"]]) == {}


def test_M6_F3_nor_one_who_may_be_such_a_child(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    with saved(), acting.service():
        twin = a_subject(runner.area_id, SubjectKind.CHILD, "Kit Valewright")
    linked(runner, there["kit"], there["man"], Tie.CONTACTS)
    walls.declare(other, there["man"], NOW)
    with acting.acting(other):
        assert subject_store.of(other, [there["kit"], twin]) == {}


def test_M6_two_who_lift_the_wall_on_the_child_lift_it_though_the_person_stays_walled(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    linked(runner, there["kit"], there["man"], Tie.CONTACTS)
    walls.declare(other, there["man"], NOW)
    with saved(), acting.service():
        wall = db.session.scalars(select(WallRow).where(WallRow.case_id == there["kit"])).one()
        wall.state, wall.decided_at = WallState.LIFTED, LATER
    with saved(), acting.service():
        walls.check_cases(runner.area_id, [there["kit"]], LATER)
    with acting.acting(other):
        assert set(subject_store.of(other, [there["kit"], there["man"]])) == {there["kit"]}


def other_agency(who: Principal, there: dict[str, UUID]) -> Principal:
    """Who attends for another agency, and may open the children."""
    agency = an_agency(who.area_id, "Northmoor Homes")
    with saved():
        db.session.add(AgencyPanelRow(agency_id=agency, code=ESP.code))
    rep = a_person(agency, Role.REPRESENTATIVE, "Ren Oxley")
    with saved(), acting.service():
        _put_on_agenda(rep, [there["kit"], there["man"]])
    found = accounts.principal(rep.account_id, NOW)
    assert found is not None
    return found


def test_F3_R2_a_number_told_by_mistake_counts_no_more_once_two_have_said_so(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    near = staff(runner, "Tove Marsh", "07700 900123")
    rep = other_agency(runner, there)
    key = subject_traits.tell(runner, there["kit"], PHONE, NOW)
    assert refused(near, there["kit"])
    with pytest.raises(RuleBroken, match="Only the agency"):
        subject_traits.end(rep, there["kit"], key, "Wrong", LATER)
    with pytest.raises(RuleBroken, match="Say why"):
        subject_traits.end(runner, there["kit"], key, " ", LATER)
    with pytest.raises(NotFound):
        subject_traits.end(runner, there["ann"], key, "Wrong child", LATER)
    subject_traits.end(runner, there["kit"], key, "A figure was wrong", LATER)
    (told,) = page_of(runner, there["kit"]).traits
    assert told.told.ended == "A figure was wrong" and told.told.text == PHONE.text and told.told.waits
    for who, why in ((runner, "Another person"), (rep, "Only the agency")):
        with pytest.raises(RuleBroken, match=why):
            subject_traits.confirm(who, there["kit"], key, LATER)
        assert refused(near, there["kit"]), "one alone lets nobody near"
    subject_traits.confirm(other, there["kit"], key, LATER)
    assert not refused(near, there["kit"]) and not page_of(runner, there["kit"]).traits[0].told.waits
    with pytest.raises(RuleBroken, match="already"):
        subject_traits.end(runner, there["kit"], key, "Again", LATER)
    with acting.service():
        walled = select(WallRow.state).where(WallRow.account_id == near.account_id)
        assert set(db.session.scalars(walled)) == {WallState.STANDS}, "two lift what it had put (M6)"


def test_E2_what_was_told_by_mistake_is_shared_with_nobody(runner: Principal, there: dict[str, UUID]) -> None:
    subject_traits.tell(runner, there["ann"], PHONE, NOW)
    key = subject_traits.tell(runner, there["kit"], PHONE, NOW)
    assert [one.others for one in page_of(runner, there["kit"]).traits] != [()]
    subject_traits.end(runner, there["kit"], key, "A figure was wrong", LATER)
    for name in ("kit", "ann"):
        assert [one.others for one in page_of(runner, there[name]).traits] == [()]


@pytest.mark.parametrize("mistaken", [True, False])
def test_F3_by_a_link_told_by_mistake_nobody_is_an_associate_and_by_one_that_ended_they_are(
    runner: Principal, there: dict[str, UUID], mistaken: bool
) -> None:
    rep = other_agency(runner, there)
    key = subject_links.tell(rep, there["kit"], there["man"], EXPLOITED, NOW)
    subject_links.end(runner, there["kit"], key, "It was somebody else", LATER, mistaken=mistaken)
    assert (Part.ASSOCIATE, "Bo Zabel") in parts(there["kit"]), "one alone lets nobody near"
    (line,) = page_of(runner, there["kit"]).ended
    assert line.told.waits is mistaken
    with pytest.raises(RuleBroken, match="Another person" if mistaken else "Nothing waits"):
        subject_links.confirm(runner, there["kit"], key, LATER)
    if mistaken:
        subject_links.confirm(rep, there["kit"], key, LATER)
    assert ((Part.ASSOCIATE, "Bo Zabel") in parts(there["kit"])) is not mistaken


# -- what is told --


def test_E2_the_same_told_of_several_is_shown_of_those_one_may_open(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    with saved(), acting.service():
        for key, plate in (("kit", "NM26 OXA"), ("ann", "nm26oxa"), ("man", "NM 26 OXA")):
            a_trait(runner.area_id, there[key], runner.agency_id, runner.account_id, text=plate)
    (told,) = page_of(runner, there["kit"]).traits
    assert told.told.text == "NM26 OXA" and [one.name for one in told.others] == ["Ann Sorrel", "Bo Zabel"]
    a_wall(runner.area_id, there["ann"], other.account_id)
    assert [one.name for one in page_of(other, there["kit"]).traits[0].others] == ["Bo Zabel"]
    with acting.acting(other):
        assert {one.case_id for one in traits_store.of_children(other)} == {there["kit"]}


def test_E2_a_place_that_is_told_of_a_child_stands_on_the_places_page(
    runner: Principal, there: dict[str, UUID]
) -> None:
    told = TraitTold(Trait.PLACE, "northmoor, Moor Park", BORN, NoteKind.FACT, "A", "S")
    subject_traits.tell(runner, there["kit"], told, NOW)
    (event,) = page_of(runner, there["park"], SubjectKind.PLACE).events
    assert (event.on, event.subject.name) == (BORN, "Kit Valewright")


def test_E2_who_went_missing_from_a_place_or_was_found_there_stands_on_its_page_and_the_childs(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    area, by = runner.area_id, runner.account_id
    with saved(), acting.service():
        ends = {"from_where": "1 Fell Lane", "found_where": "northmoor, Moor Park", "returned_at": NOW}
        gone = put_episode(area, there["kit"], by, NOW - timedelta(days=2), **ends)
        put_episode(area, there["ann"], by, NOW - timedelta(days=1), from_where="Moor Park, Northmoor")
    told = [(one.subject.name, one.words) for one in page_of(runner, there["park"], SubjectKind.PLACE).events]
    assert told == [
        ("Kit Valewright", "was found there after missing"), ("Ann Sorrel", "went missing from there"),
    ]  # fmt: skip
    assert [one.id for one in page_of(runner, there["kit"]).episodes] == [gone]
    a_wall(area, there["ann"], other.account_id)
    theirs = page_of(other, there["park"], SubjectKind.PLACE)
    assert [one.subject.name for one in theirs.events] == ["Kit Valewright"]


def test_E2_what_cannot_be_is_not_told(runner: Principal, other: Principal, there: dict[str, UUID]) -> None:
    for told, says in (
        (TraitTold(Trait.PERSON, "Bo", TODAY, NoteKind.FACT, "A", "S"), "Link a person"),
        (TraitTold(Trait.PHONE, " ", TODAY, NoteKind.FACT, "A", "S"), "Enter what it is"),
        (TraitTold(Trait.PHONE, "1", TODAY + timedelta(days=1), NoteKind.FACT, "A", "S"), "in the past"),
    ):
        with pytest.raises(RuleBroken, match=says):
            subject_traits.tell(runner, there["kit"], told, NOW)
    a_wall(runner.area_id, there["kit"], other.account_id)
    with pytest.raises(NotFound):
        subject_traits.tell(other, there["kit"], PHONE, NOW)


# -- levels --


def say(who: Principal, case_id: UUID, level: Risk, basis: Basis = Basis.SCREENING, **told: Any) -> bool:
    given = {"reason": "He is afraid", "panel": "", "at": NOW, "by": who.account_id} | told
    with saved(), acting.acting(who):
        return subject_levels.say(area_id=who.area_id, case_id=case_id, level=level, basis=basis, **given)


def test_E1_only_a_meeting_lowers_a_level(
    runner: Principal, other: Principal, there: dict[str, UUID]
) -> None:
    kit = there["kit"]
    assert say(runner, kit, Risk.HIGH)
    assert not say(runner, kit, Risk.STANDARD), "kept with the screening alone"
    assert say(runner, kit, Risk.MEDIUM, Basis.MEETING, panel="ESP", at=LATER, by="Ms Fell")
    with pytest.raises(RuleBroken, match="earlier"):
        say(runner, kit, Risk.HIGH, at=NOW)
    with pytest.raises(RuleBroken, match="Say why"):
        say(runner, kit, Risk.HIGH, Basis.MEETING, reason=" ", at=LATER)
    with acting.acting(other):
        history = subject_levels.history(kit, other)
        assert [(one.level, one.basis, one.panel, one.by) for one in history] == [
            (Risk.HIGH, Basis.SCREENING, "", "Wren Teal, Council"),
            (Risk.MEDIUM, Basis.MEETING, "ESP", "Ms Fell"),
        ]
    a_wall(runner.area_id, kit, other.account_id)
    with acting.acting(other):
        assert subject_levels.history(kit, other) == ()


# -- both sides --


@pytest.fixture
def abuse(runner: Principal) -> UUID:
    """A domestic abuse case on whose incident Kit is named as a child."""
    children = {"children_present": "Y", "children": f"Kit Valewright|{BORN}|Y|victim"}
    take_in(runner.area_id, a_row(recorded_at="2026-11-20T12:00:00+00:00", risk="high",
                                  incident_at="2026-11-19T22:00:00+00:00", **children))  # fmt: skip
    with saved():
        lists.build(db.session.get_one(AreaRow, runner.area_id), MONDAY, "test", NOW)
    with acting.service():
        return db.session.scalars(select(CaseRow.id).where(CaseRow.kind == "abuse")).one()


def both_sides(who: Principal, subject_id: UUID, case_id: UUID) -> tuple[int, int]:
    """What is shown on either page."""
    with acting.acting(who):
        subject = subject_store.of(who, [subject_id]).get(subject_id)
        here = len(sides.abuse_cases(who, subject)) if subject else 0
        there = len(sides.heard_as(who, case_id))
        db.session.rollback()
        return here, there


def made_child(who: Principal, told: Party) -> UUID:
    with saved(), acting.acting(who):
        return making.make_child(who, told, NOW)


def test_E2_a_child_also_in_a_domestic_abuse_case_shows_to_who_may_open_both_and_to_nobody_else(
    runner: Principal, other: Principal, abuse: UUID
) -> None:
    kit = made_child(runner, Party("Valewright", "Kit", dob=BORN))
    assert both_sides(runner, kit, abuse) == (1, 1)
    of_abuse = a_person(runner.agency_id, Role.COORDINATOR, "Morgan Ashdown")
    of_children = with_families(
        a_person(runner.agency_id, Role.COORDINATOR, "Ben Frost"), Family.EXPLOITATION
    )
    for who in (of_abuse, of_children):
        assert both_sides(who, kit, abuse) == (0, 0), who.name
    a_wall(runner.area_id, abuse, other.account_id)
    assert both_sides(other, kit, abuse) == (0, 0)


def test_E2_nor_to_who_is_kept_from_the_child(runner: Principal, other: Principal, abuse: UUID) -> None:
    kit = made_child(runner, Party("Valewright", "Kit", dob=BORN))
    a_wall(runner.area_id, kit, other.account_id)
    assert both_sides(other, kit, abuse) == (0, 0)


@pytest.mark.parametrize(
    "told", [Party("Valewright", "Kit"), Party("Valewright", "Kit", dob=date(2012, 1, 1))]
)
def test_E2_a_name_alone_is_nobody(runner: Principal, abuse: UUID, told: Party) -> None:
    assert both_sides(runner, made_child(runner, told), abuse) == (0, 0)


def test_E2_a_person_of_concern_who_is_a_perpetrator_shows_on_both_sides(
    runner: Principal, abuse: UUID
) -> None:
    with acting.service():
        case = db.session.get_one(CaseRow, abuse)
        known = details.of_cases([abuse])[abuse]
        name = next(one.details for one in known if one.part is Part.PERPETRATOR and one.details.dob)
        assert case.perpetrator_id
    with saved(), acting.acting(runner):
        man = making.make_person(runner, Party(name.surname, name.forename, dob=name.dob), NOW)
    assert both_sides(runner, man, abuse) == (1, 1)
