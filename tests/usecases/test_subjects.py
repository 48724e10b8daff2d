"""Children, persons of concern, places and groups are cases; domestic abuse shows no trace (Rulebook E2)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from random import Random
from typing import Any, cast
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from agenda.addresses import Part
from agenda.emergency import Soon
from agenda.incidents import Party
from agenda.list_output import as_json
from agenda.meetings import case_reference
from agenda.pack import NoteKind
from agenda.panels import Family
from agenda.relationships import Relation, RelationshipTold
from agenda.rules import RuleBroken
from agenda.subjects import LINKED, Subject, SubjectKind
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AreaRow,
    AuditRow,
    CaseRow,
    IdentityRow,
    MatchProposalRow,
    NameCountRow,
    PersonDetailRow,
    PersonRow,
    SubjectRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import (
    accounts,
    acting,
    case_numbers,
    case_page,
    cases,
    details,
    half_seen,
    lists,
    matching,
    matching_near,
    nameable,
    need_to_know,
    scope,
    scope_matches,
    search,
)
from meetingsvc.store import matching_proposals as matches
from meetingsvc.store import subjects as store
from meetingsvc.store.acting import Host
from meetingsvc.usecases import areas, emergency, orders, people, restrictions, subjects, transfers, walls
from meetingsvc.usecases import lists as building
from meetingsvc.usecases import matching as filing
from meetingsvc.usecases.transaction import saved
from tests.a_marac import a_person, an_agency
from tests.a_match import a_match
from tests.a_wall import a_wall
from tests.builders import BEFORE_ALL, a_hearing, a_row, take_in, take_in_history

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
BORN = date(2011, 4, 9)
CHILD = Party("Larkspur", "Tamsin", "C1", BORN)
#: No two sound alike, so that nobody but who is misspelt may be somebody else.
COUPLES = (
    ("Catherine", "Penhaligon", "Ruairi", "Ostler"), ("Niamh", "Thistlewood", "Gareth", "Moss"),
    ("Wilma", "Quillfeather", "Bo", "Zabel"), ("Ines", "Ashdown", "Viktor", "Grubb"),
)  # fmt: skip
MISSPELT = {"victim_nominal": "", "victim_forename": "Katharine", "victim_surname": "Penhalligan"}
made = count()


# -- domestic abuse puts out the same --


def the_rows(chance: Random) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What came before, and what comes in."""
    couples = [_couple(place, *names) for place, names in enumerate(COUPLES)]
    heard = [a_hearing(heard_on="2026-06-04", **one) for one in couples if chance.random() < 0.6]
    told = []
    for place in range(9):
        row = dict(chance.choice(couples))
        if chance.random() < 0.3:
            row |= {name: "" for name in row if name.startswith("perpetrator_")}
        if row["victim_surname"] == "Penhaligon" and chance.random() < 0.5:
            row |= MISSPELT
        hour = f"{MONDAY if place < 5 else TUESDAY}T06:{10 + place}:00+00:00"
        risk = chance.choice(("standard", "medium", "high"))
        children = {"children_present": "Y", "children": "Tamsin Larkspur|2011-04-09|Y|victim"}
        more = children if chance.random() < 0.4 else {}
        told.append(
            a_row(**row, risk=risk, recorded_at=hour, incident_at="2026-11-01T22:00:00+00:00", **more)
        )
    return heard, told


def _couple(place: int, *names: str) -> dict[str, str]:
    parts = ("victim_forename", "victim_surname", "perpetrator_forename", "perpetrator_surname")
    born = {"victim_dob": f"1984-02-1{place}", "perpetrator_dob": f"1980-05-1{place}"}
    known = {"victim_nominal": f"VN{place}", "perpetrator_nominal": f"PN{place}"}
    return dict(zip(parts, names, strict=True)) | born | known


def fifty(who: Principal, chance: Random) -> None:
    """Named like everybody there, and each of those once by the very same nominal."""
    couples = [_couple(place, *names) for place, names in enumerate(COUPLES)]
    everybody = [(one, side) for one in couples for side in ("victim", "perpetrator")]
    for number in range(50):
        one, side = everybody[number % len(everybody)]
        nominal = one[f"{side}_nominal"] if number < len(everybody) else f"S{number}"
        born = date.fromisoformat(one[f"{side}_dob"]) if chance.random() < 0.7 else None
        party = Party(one[f"{side}_surname"], one[f"{side}_forename"], nominal, born)
        with saved(), acting.acting(who):
            match chance.choice(sorted(LINKED)):
                case SubjectKind.CHILD:
                    subjects.make_child(who, party, NOW)
                case SubjectKind.PERSON:
                    subjects.make_person(who, party, NOW)
                case SubjectKind.PLACE:
                    subjects.make_place(who, f"{party.surname} {number}", NOW)
                case SubjectKind.GROUP:
                    subjects.make_group(who, f"{party.surname} {number}", NOW)


@contextmanager
def same_dice() -> Iterator[None]:
    before = case_numbers.dice.set(Random(7))
    try:
        yield
    finally:
        case_numbers.dice.reset(before)


def play(heard: Sequence[dict[str, str]], told: Sequence[dict[str, str]], subjects_of: Random | None) -> Any:
    """An area that takes all of it in, with subjects or without, and what it puts out."""
    area_id = areas.create(f"s{next(made)}", MONDAY, BEFORE_ALL)
    office = an_agency(area_id)
    who = a_person(office, Role.COORDINATOR, "Wren Teal")
    a_person(office, Role.REPRESENTATIVE, "Catherine Penhaligon")
    if subjects_of:
        fifty(who, subjects_of)
    with same_dice():
        if heard:
            take_in_history(area_id, *heard)
        for day, rows in ((MONDAY, told[:5]), (TUESDAY, told[5:])):
            take_in(area_id, *rows)
            with saved():
                building.build(db.session.get_one(AreaRow, area_id), day, "test", NOW)
    with acting.service():
        found = db.session.scalar(select(func.count(SubjectRow.case_id)).where(SubjectRow.area_id == area_id))
        assert found == (50 if subjects_of else 0)
    return put_out(area_id, who)


def put_out(area_id: UUID, who: Principal) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for day in (MONDAY, TUESDAY):
        found = lists.daily_list(Host(area_id), area_id, day)
        assert found is not None
        told[day.isoformat()] = {**as_json(found), "area": ""}
    match, name = MatchProposalRow, NameCountRow
    with acting.whole_area(area_id):
        pairs = select(match.score, match.radar, match.state).where(match.area_id == area_id)
        words = select(name.half, name.name, name.count).where(name.area_id == area_id)
        told |= {
            "matches": sorted((round(score, 3), *rest) for score, *rest in db.session.execute(pairs)),
            "names": sorted(tuple(row) for row in db.session.execute(words)),
            "people": matching.count(area_id),
            "not filed": matching_near.count_not_filed(area_id),
            "look back": Counter(cases.look_back(area_id, 12, MONDAY, TUESDAY)),
            "unattended": nameable.unattended(area_id, TUESDAY, who.account_id),
            "last": db.session.get_one(AreaRow, area_id).last_case_number,
        }
    db.session.rollback()
    with acting.acting(who):
        rows = select(CaseRow.number).where(scope.cases_of(who)).order_by(CaseRow.number)
        told["cases"] = list(db.session.scalars(rows))
        told["log"] = Counter(db.session.scalars(select(AuditRow.action).where(scope.audit_of(who))))
        told["closed"] = matches.is_kept_from_a_colleague(area_id)
        told["matched"] = len(matches.undecided(who, NOW))
        for words_ in ("Penhaligon", "Moss", "Larkspur", "C-500000001"):
            shown = search.by_words(who, words_, NOW, lambda _: TUESDAY)
            told[words_] = (
                [(one.case, one.victim, one.perpetrator) for one in shown.cases],
                [one.reference for one in shown.incidents],
            )
        db.session.rollback()
    return told


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**16))
def test_E2_T6_nothing_that_domestic_abuse_puts_out_changes_when_fifty_subjects_are_there(
    core_app: Flask, seed: int
) -> None:
    """No list, repeat, match, number, search or line of the log, whoever the children are called like."""
    heard, told = the_rows(Random(seed))
    assert play(heard, told, None) == play(heard, told, Random(seed + 1))


# -- made, and found again --


@pytest.fixture
def coordinator(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
def both(coordinator: Principal) -> Principal:
    """Who runs the panels of both families."""
    return running_both(a_person(coordinator.agency_id, Role.COORDINATOR, "Cai Lowe"))


def running_both(who: Principal) -> Principal:
    with saved():
        row = db.session.get_one(AccountRow, who.account_id)
        row.families = {AccountFamilyRow(family=one, granted_at=NOW) for one in Family}
    found = accounts.principal(who.account_id, NOW)
    assert found and found.families == set(Family)
    return found


def child(who: Principal, told: Party = CHILD) -> UUID:
    with saved(), acting.acting(who):
        return subjects.make_child(who, told, NOW)


def concern(who: Principal, told: Party) -> UUID:
    with saved(), acting.acting(who):
        return subjects.make_person(who, told, NOW)


def place(who: Principal, name: str) -> UUID:
    with saved(), acting.acting(who):
        return subjects.make_place(who, name, NOW)


def group(who: Principal, name: str) -> UUID:
    with saved(), acting.acting(who):
        return subjects.make_group(who, name, NOW)


def the_case(case_id: UUID) -> CaseRow:
    with acting.service():
        return db.session.get_one(CaseRow, case_id)


def test_E2_a_child_is_a_case_with_a_person_of_its_own(coordinator: Principal) -> None:
    called = {"victim_forename": "Tamsin", "victim_surname": "Larkspur", "victim_dob": BORN.isoformat()}
    take_in(coordinator.area_id, a_row(victim_nominal="C1", **called))
    with saved():
        building.build(db.session.get_one(AreaRow, coordinator.area_id), TUESDAY, "test", NOW)
    before = db.session.get_one(AreaRow, coordinator.area_id).last_case_number
    case = the_case(child(coordinator))
    assert (case.kind, case.family, case.perpetrator_id) == ("child", Family.EXPLOITATION, None)
    assert case.number > case_numbers.BEFORE_SUBJECTS
    assert db.session.get_one(AreaRow, coordinator.area_id).last_case_number == before
    with acting.service():
        named = select(func.count(PersonRow.id)).where(PersonRow.surname == "Larkspur")
        assert db.session.scalar(named) == 2, "her own, and the victim's"
        known = select(IdentityRow.id).where(IdentityRow.person_id == case.victim_id)
        assert db.session.scalars(known).all() == []


@pytest.mark.parametrize(
    ("again", "same"),
    [
        (CHILD, True),
        (replace(CHILD, surname="Larkspurr"), True),  # the force says who it is
        (replace(CHILD, nominal=""), True),
        (replace(CHILD, nominal="C2"), False),  # two numbers are two people
        (replace(CHILD, nominal="", dob=None), False),  # a name alone is nobody
        (replace(CHILD, nominal="", surname="Teal"), False),
    ],
)
def test_E2_a_child_told_of_twice_is_the_same_one(coordinator: Principal, again: Party, same: bool) -> None:
    assert (child(coordinator) == child(coordinator, again)) is same


def test_E2_what_was_not_known_of_a_child_is_learnt_and_what_is_known_stays(coordinator: Principal) -> None:
    case_id = child(coordinator, replace(CHILD, dob=None))
    assert child(coordinator, CHILD) == case_id
    assert child(coordinator, replace(CHILD, dob=date(2010, 1, 1))) == case_id
    with acting.service():
        key = the_case(case_id).victim_id
        assert db.session.get_one(PersonRow, key).dob == BORN
        assert db.session.get_one(SubjectRow, case_id).key.endswith(BORN.isoformat())
    assert child(coordinator, replace(CHILD, nominal="")) == case_id


def test_E2_the_surest_comes_first(coordinator: Principal) -> None:
    by_name = child(coordinator, replace(CHILD, nominal=""))
    by_number = child(coordinator, Party("Teal", "Tam", "C1"))
    assert by_name != by_number == child(coordinator)


def test_E2_each_kind_is_found_among_its_own(coordinator: Principal, both: Principal) -> None:
    ids = [
        child(coordinator), concern(coordinator, CHILD), place(coordinator, "Mill Park"),
        group(coordinator, "Mill Park"),
    ]  # fmt: skip
    assert len(set(ids)) == 4
    assert place(coordinator, " mill  park") == ids[2] and concern(coordinator, CHILD) == ids[1]
    with acting.acting(both):
        shown = store.of(both, ids)
        assert [shown[key].kind for key in ids] == [one for one in SubjectKind if one in LINKED]
        assert store.named(both, "mill", SubjectKind.PLACE) == [
            Subject(ids[2], SubjectKind.PLACE, "Mill Park")
        ]
        assert {one.id for one in store.named(both, "larkspur")} == set(ids[:2])
    with acting.acting(coordinator):
        assert store.of(coordinator, ids) == {} and store.named(coordinator, "larkspur") == []


def test_E2_each_is_recorded_once_and_nobody_else_learns_of_it(
    coordinator: Principal, both: Principal
) -> None:
    case_id = child(coordinator)
    assert child(coordinator) == case_id
    lines = {}
    for who in (coordinator, both):
        with acting.acting(who):
            told = select(AuditRow.case_id).where(scope.audit_of(who), AuditRow.action == "subject.opened")
            lines[who.name] = list(db.session.scalars(told))
    assert lines == {coordinator.name: [], both.name: [case_id]}


@pytest.mark.parametrize("make", [place, group])
def test_E2_nothing_without_a_name_is_kept(coordinator: Principal, make: Any) -> None:
    with pytest.raises(RuleBroken, match="Enter a name"):
        make(coordinator, "  ")
    with pytest.raises(RuleBroken, match="Enter a name"):
        child(coordinator, Party(" "))


# -- who must not learn of it --


def test_F3_a_person_of_concern_stands_where_a_perpetrator_does(coordinator: Principal) -> None:
    """So nothing about their case goes to whoever they are (`recipients.Parties`)."""
    ids = [concern(coordinator, CHILD), child(coordinator), place(coordinator, "Mill Park")]
    told = details.of_cases(ids)
    assert [[one.part for one in told[key]] for key in ids] == [[Part.PERPETRATOR], [Part.VICTIM], []]
    assert the_case(ids[0]).victim_id is None


@pytest.mark.parametrize("make", [child, concern])
def test_M6_whoever_is_called_the_same_is_kept_from_it(
    coordinator: Principal, both: Principal, make: Any
) -> None:
    namesake = running_both(a_person(coordinator.agency_id, Role.COORDINATOR, "Tamsin Larkspur"))
    case_id = make(coordinator, CHILD)
    seen = {}
    for who in (namesake, both):
        with acting.acting(who):
            seen[who.name] = case_id in store.of(who, [case_id])
    assert seen == {namesake.name: False, both.name: True}


def test_M6_what_has_no_victim_shares_no_wall(coordinator: Principal, both: Principal) -> None:
    park, arcade = place(coordinator, "Mill Park"), place(coordinator, "The arcade")
    a_wall(coordinator.area_id, park, both.account_id)
    with saved():
        walls.check_cases(coordinator.area_id, [park, arcade], NOW)
    with acting.service():
        assert list(db.session.scalars(select(WallRow.case_id))) == [park]


def test_M6_a_wall_on_a_place_keeps_no_match_from_who_is_kept_from_it(
    coordinator: Principal, both: Principal
) -> None:
    """Nobody is on it: in SQL, what is not among nothing known would be nowhere."""
    park = place(coordinator, "Mill Park")
    take_in(coordinator.area_id, a_row())
    with saved():
        building.build(db.session.get_one(AreaRow, coordinator.area_id), TUESDAY, "test", NOW)
    with saved(), acting.service():
        abuse = db.session.scalars(select(CaseRow.id).where(CaseRow.kind == "abuse")).one()
        a_match(coordinator.area_id, abuse)
    a_wall(coordinator.area_id, park, both.account_id)
    for who in (coordinator, both):
        with acting.acting(who):
            shown = db.session.scalars(select(MatchProposalRow.id).where(scope_matches.matches_of(who)))
            assert len(shown.all()) == 2
            assert None not in half_seen.half_seen(who)
            db.session.rollback()


def test_M6_a_place_is_restricted_as_a_case_is(coordinator: Principal, both: Principal) -> None:
    park = place(coordinator, "Mill Park")
    restrictions.restrict(both, park, "Somebody of the council runs the kiosk there.", [], NOW)
    late = running_both(a_person(coordinator.agency_id, Role.COORDINATOR, "Ben Frost"))
    seen = {}
    for who in (both, late):
        with acting.acting(who):
            seen[who.name] = park in store.of(who, [park])
    assert seen == {both.name: True, late.name: False}


def test_D2_nobody_told_of_on_a_childs_case_is_matched_or_counted(both: Principal) -> None:
    case_id = child(both)
    key = the_case(case_id).victim_id
    assert key is not None
    told = RelationshipTold(Relation.FRIEND, NoteKind.FACT, "Kay Dale", "told by her")
    people.relate(both, case_id, key, people.SomebodyNew("Ada", "Quill", None), told, NOW)
    with saved(), acting.whole_area(both.area_id):
        assert filing.file_all(both.area_id) == 0
        assert db.session.scalars(select(PersonDetailRow.id)).all() == []
        assert matching.count(both.area_id) == 0
        assert matching_near.victims_of([case_id]) == {}


# -- what is domestic abuse's alone, and pages that both share --


def test_M4_T10_no_marac_order_or_other_area_takes_it(both: Principal) -> None:
    case_id = child(both)
    there = areas.create("westvale", MONDAY, BEFORE_ALL)
    with pytest.raises(RuleBroken, match="MARAC hears"):
        emergency.ask(both, case_id, "She is missing.", Soon.TODAY, NOW)
    with pytest.raises(RuleBroken, match="Orders are kept"):
        orders.record(both, case_id, cast(Any, None), NOW)
    with pytest.raises(RuleBroken, match="Only a case of domestic abuse"):
        transfers.propose(both, case_id, transfers.Destination(there, "Westvale"), "They moved.", NOW)


def test_E2_a_page_that_both_share_calls_it_what_it_is_called(
    coordinator: Principal, both: Principal
) -> None:
    ids = {
        "Mill Park": place(coordinator, "Mill Park"),
        "Tamsin Larkspur": child(coordinator),
        "Bo Zabel": concern(coordinator, Party("Zabel", "Bo")),
    }
    for case_id in ids.values():
        a_wall(coordinator.area_id, case_id, a_person(coordinator.agency_id).account_id)
    with acting.acting(both):
        assert {one.victim for one in need_to_know.staff_to_look_at(both)} == set(ids)
        for name, case_id in ids.items():
            case = case_page.case(both, case_id)
            assert case and case.victim.name == name and case.kind != "abuse"
            found = search.by_words(both, case.reference, NOW, lambda _: TUESDAY)
            assert [(one.case, one.victim) for one in found.cases] == [(case.reference, name)]
        park = case_page.case(both, ids["Mill Park"])
        assert park and park.reference == case_reference(the_case(park.id).number)
    with acting.acting(coordinator):
        assert not any(case_page.case(coordinator, case_id) for case_id in ids.values())
