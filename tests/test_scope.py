"""The scope in SQL, and on PostgreSQL the policies, agree with the rule on whatever stands in the tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import InstrumentedAttribute

from agenda.meetings import MeetingState
from agenda.need_to_know import Hides, OpeningKind, RestrictionState, WallGround, WallState, may_open
from agenda.panel_kept import of_meeting
from agenda.panels import DRAMM, DREAM, ESP, MARAC, TRIAGE, Family, Panel, Works
from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AddressRow,
    AlarmRow,
    AssociateRow,
    CaseRow,
    ContactRow,
    CorrectionRequestRow,
    CorrectionToldRow,
    EntryRow,
    HearingRow,
    IdentityRow,
    ImportRow,
    IncidentRow,
    IncidentTextRow,
    IncidentWallRow,
    ItemRow,
    LinkRow,
    MeetingRow,
    NamedRow,
    NoteRow,
    NoticeRow,
    OpeningRow,
    OutcomeRow,
    PersonRow,
    ProposalRow,
    RefusalRow,
    RelationshipRow,
    RestrictionRow,
    TriageRow,
    WallRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, Permission, Principal, Role, families_of
from meetingsvc.store import acting, scope
from meetingsvc.store.proposals import proposals_of
from meetingsvc.store.refusals import refusals_of
from meetingsvc.usecases import areas
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, an_agency
from tests.builders import BEFORE_ALL
from tests.servers.databases import owners_url

ROLES = (
    Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA, Role.INFORMATION_GOVERNANCE,
    Role.SYSTEM_ADMINISTRATOR,
)  # fmt: skip
CASES = 3
SIGNED = date(2026, 1, 5)
DAYS = (date(2025, 12, 30), date(2026, 11, 23))  # before the agency signed, and since
SHARED = (MeetingState.PUBLISHED, MeetingState.HEARD, MeetingState.CANCELLED)
#: Panels that an agency may attend.
CODES = tuple(panel.code for panel in (DRAMM, MARAC, TRIAGE, DREAM, ESP))
#: The last case is one of exploitation.
OF_CHILD = CASES - 1


@dataclass(frozen=True)
class Listed:
    """A case on a meeting."""

    case: int
    panel: Panel
    day: date
    state: MeetingState
    supplement: int

    @property
    def kind(self) -> str:
        return self.panel.code


@dataclass(frozen=True)
class World:
    """What stands in the tables about the person who reads."""

    role: Role
    attends: frozenset[str]  # the codes of panels
    granted: frozenset[Family]  # where their role runs meetings
    signatory: bool
    walls: tuple[WallState | None, ...]
    incident_walls: tuple[bool, ...]
    hides: tuple[Hides, ...]
    named: tuple[bool, ...]
    opened: tuple[timedelta | None, ...]
    listed: tuple[Listed, ...]
    referred: bool  # the first case's daily item stands behind its MARAC line
    shares: bool = False  # the second case's incident names the first case's perpetrator


def each(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(*[of] * CASES)


def listings_of(case: st.SearchStrategy[int], *panels: Panel) -> st.SearchStrategy[Listed]:
    return st.builds(
        Listed, case, st.sampled_from(panels), st.sampled_from(DAYS), st.sampled_from(MeetingState),
        st.integers(0, 1),
    )  # fmt: skip


listings = st.one_of(
    listings_of(st.integers(0, OF_CHILD - 1), DRAMM, MARAC),
    listings_of(st.integers(0, OF_CHILD - 1), DRAMM, MARAC, TRIAGE),
    listings_of(st.just(OF_CHILD), DREAM, ESP),
)
worlds = st.builds(
    World,
    role=st.sampled_from(ROLES),
    attends=st.frozensets(st.sampled_from(CODES)),
    granted=st.sampled_from([frozenset(Family), frozenset({Family.ABUSE}), frozenset({Family.EXPLOITATION})]),
    signatory=st.sampled_from([True, True, False]),
    walls=each(st.sampled_from([None, None, *WallState])),
    incident_walls=each(st.sampled_from([False, False, True])),
    hides=each(st.sampled_from([Hides.NOBODY, *Hides])),
    named=each(st.booleans()),
    opened=each(st.sampled_from([None, timedelta(0), timedelta(minutes=1)])),
    listed=st.lists(listings, max_size=5, unique_by=lambda one: (one.case, one.kind, one.day)).map(tuple),
    referred=st.booleans(),
    shares=st.booleans(),
)


@pytest.fixture
def reader(area_id: UUID) -> Iterator[Principal]:
    """Somebody whose role and agency each example changes."""
    if db.engine.dialect.name == "postgresql":
        with psycopg.connect(owners_url(str(db.engine.url)), autocommit=True) as owner:
            owner.execute("ALTER TABLE note DISABLE TRIGGER USER")  # the next example begins afresh
    yield a_person(an_agency(area_id), Role.REPRESENTATIVE)


TABLES = (
    AlarmRow, RefusalRow, ProposalRow, CorrectionToldRow, CorrectionRequestRow, NoteRow, ContactRow,
    AddressRow, LinkRow, AssociateRow, RelationshipRow, IncidentWallRow, WallRow, NamedRow, RestrictionRow,
    OpeningRow, ActionRow, OutcomeRow, EntryRow, NoticeRow, TriageRow, ItemRow, HearingRow, MeetingRow,
    IncidentTextRow, IncidentRow, ImportRow, CaseRow, IdentityRow, PersonRow,
)  # fmt: skip


def written(world: World, who: Principal) -> list[UUID]:
    """The world in the tables; its cases in order."""
    cases = [uuid4() for _ in range(CASES)]
    with saved():
        for table in TABLES:
            db.session.execute(delete(table))
        imported = ImportRow(area_id=who.area_id, kind="feed", filename="f", received_at=NOW, state="done")
        db.session.add(imported)
        db.session.flush()
        for number, case in enumerate(cases):
            write_case(world, who, number, case)
            write_incidents(world, who, number, imported.id)
            write_waiting(who, case)
        write_links(who, cases)
        write_lists(world, who, cases)
    return cases


def write_case(world: World, who: Principal, number: int, case: UUID) -> None:
    here = {"area_id": who.area_id}
    people = [PersonRow(id=uuid4(), forename="", surname=f"{number}{part}", **here) for part in "vpac"]
    db.session.add_all(people)
    db.session.flush()
    for person, part in zip(people, "vp", strict=False):
        for kind, value in (("nominal", f"{part}{number}"), ("name", known_as(part, number))):
            db.session.add(IdentityRow(person_id=person.id, kind=kind, value=value, **here))
    db.session.add(
        CaseRow(
            id=case,
            number=number + 1,
            victim_id=people[0].id,
            perpetrator_id=people[1].id,
            family=family_of(number),
            **here,
        )
    )
    db.session.flush()
    kept = {"case_id": case, "account_id": who.account_id, **here}
    told = {"case_id": case, "agency_id": who.agency_id, "author": "a", "recorded_by": who.account_id,
            "recorded_at": NOW, "source": "s", **here}  # fmt: skip
    db.session.add_all(
        [
            AssociateRow(person_id=people[2].id, relation="brother", **told),
            RelationshipRow(person_id=people[0].id, kind="parent", other_id=people[3].id, standing="fact",
                            **told),
            AddressRow(person_id=people[0].id, kind="home", perpetrator_knows="no", confidential=False,
                       text="1 High Street", **told),
            ContactRow(person_id=people[0].id, kind="phone", value="1", key="1", **told),
        ]
    )  # fmt: skip
    db.session.add(HearingRow(case_id=case, heard_on=DAYS[1], source="history", **here))
    if wall := world.walls[number]:
        db.session.add(WallRow(ground=WallGround.PARTY, shared="", state=wall, put_at=NOW, **kept))
    if world.hides[number]:
        db.session.add(
            RestrictionRow(case_id=case, state=RestrictionState.RESTRICTED, hides=world.hides[number],
                           reason="", put_at=NOW, **here)
        )  # fmt: skip
    if world.named[number]:
        db.session.add(NamedRow(named_by=who.account_id, named_at=NOW, **kept))
    if (after := world.opened[number]) is not None:
        db.session.add(
            OpeningRow(kind=OpeningKind.BREAK_GLASS, reason="", asked_at=NOW, until=NOW + after, **kept)
        )


def write_links(who: Principal, cases: list[UUID]) -> None:
    """One between any two, whatever they are of: both ends decide."""
    for one, other in combinations(cases, 2):
        db.session.add(
            LinkRow(area_id=who.area_id, one_id=one, other_id=other, tie="friend of", strength="likely",
                    standing="fact", ended="", agency_id=who.agency_id, author="a",
                    recorded_by=who.account_id, recorded_at=NOW, source="s")
        )  # fmt: skip
    db.session.flush()


def family_of(number: int) -> Family:
    return Family.EXPLOITATION if number == OF_CHILD else Family.ABUSE


def known_as(part: str, number: int) -> str:
    return f"{part}{number}|sam|1990-01-01"


#: Incidents that no list takes, by what is added to their case's number.
OF_VICTIM, OF_NAMESAKE = 10, 20


def write_incidents(world: World, who: Principal, number: int, import_id: UUID) -> None:
    shared = {"perpetrator_nominal": "p0"} if world.shares and number == 1 else {}
    write_incident(who, number + 1, import_id, victim_nominal=f"v{number}", **shared)
    write_incident(who, number + OF_VICTIM, import_id, perpetrator_name=known_as("v", number))
    write_incident(who, number + OF_NAMESAKE, import_id, victim_name=f"v{number}|alex|1990-01-01",
                   perpetrator_surname=f"p{number}")  # fmt: skip
    if world.incident_walls[number]:
        db.session.add(
            IncidentWallRow(incident_id=number + 1, account_id=who.account_id, area_id=who.area_id,
                            shared="", ground=WallGround.PARTY)
        )  # fmt: skip


def write_incident(who: Principal, key: int, import_id: UUID, **named: str) -> None:
    nobody = dict.fromkeys(("victim_nominal", "victim_name", "perpetrator_nominal", "perpetrator_name"), "")
    db.session.add(
        IncidentRow(
            id=key, area_id=who.area_id, occurrence_number=str(key), version=1, current=True,
            considered=True, import_id=import_id, received_at=NOW, digest=b"", domestic=True, recorded_at=NOW,
            recorded_day=DAYS[1], due_at=NOW, risk="high", children=False, consents=False,
            perpetrator_known=True, has_order=False, **(nobody | named),
        )
    )  # fmt: skip
    db.session.flush()
    db.session.add(IncidentTextRow(incident_id=key, content="{}"))


def write_waiting(who: Principal, case: UUID) -> None:
    """What waits for a second person, and what did not reach somebody: of a case, and of none."""
    here = {"area_id": who.area_id}
    another = a_person_of(who)
    for case_id in (case, None):
        for account_id in (who.account_id, another):
            db.session.add_all(
                [
                    ProposalRow(kind="k", subject=str(uuid4()), case_id=case_id, detail={}, reason="r",
                                about_id=account_id if account_id == who.account_id else None,
                                proposed_by=another, proposed_at=NOW, expires_at=NOW,
                                state="open", **here),
                    RefusalRow(account_id=account_id, what="mail", kind="k", stage="send", ground="wall",
                               case_id=case_id, at=NOW, **here),
                    AlarmRow(account_id=account_id, kind="decoy", raised_at=NOW, last_at=NOW, cases=1,
                             **here),
                ]
            )  # fmt: skip


def a_person_of(who: Principal) -> UUID:
    """Somebody else of the same agency, always the same one."""
    row = AccountRow
    found = db.session.scalar(select(row.id).where(row.agency_id == who.agency_id, row.id != who.account_id))
    if found is None:
        found = uuid4()
        db.session.add(AccountRow(id=found, agency_id=who.agency_id, role=Role.CHAIR, name="N",
                                  created_at=NOW, password_hash="-", email="n@fell.example"))  # fmt: skip
        db.session.flush()
    return found


def write_lists(world: World, who: Principal, cases: list[UUID]) -> None:
    meetings: dict[tuple[str, date], MeetingRow] = {}
    items: dict[tuple[int, str], ItemRow] = {}
    here = {"area_id": who.area_id}
    for one in world.listed:
        meeting = meetings.get((one.kind, one.day)) or MeetingRow(
            id=uuid4(), sits_on=one.day, starts_at=NOW, state=one.state, built_at=NOW,
            **of_meeting(one.panel), **here,
        )  # fmt: skip
        meetings[one.kind, one.day] = meeting
        db.session.add(meeting)
        db.session.flush()
        item = ItemRow(id=uuid4(), meeting_id=meeting.id, case_id=cases[one.case], position=1, repeat=False,
                       victim_known=False, risk="high", supplement=one.supplement, **here)  # fmt: skip
        items[one.case, one.kind] = item
        db.session.add(item)
        db.session.flush()
        if one.panel is DRAMM:
            db.session.add(EntryRow(item_id=item.id, incident_id=one.case + 1,
                                    occurrence_number=str(one.case + 1),
                                    reasons="", late=False, changed=False))  # fmt: skip
            db.session.add(NoticeRow(meeting_id=meeting.id, incident_id=one.case + 1, occurrence_number="",
                                     order={}, **here))  # fmt: skip
    for (case, kind), item in items.items():
        line = items.get((case, MARAC.code)) if world.referred else None
        if kind == DRAMM.code:
            write_outcome(who, item, line)
            write_note(who, item)


def write_note(who: Principal, item: ItemRow) -> None:
    """What an agency told, which nobody ever changes; only PostgreSQL's owner can take it away again."""
    if db.engine.dialect.name != "postgresql":
        return
    here, note = {"area_id": who.area_id}, uuid4()
    db.session.add(NoteRow(id=note, item_id=item.id, agency_id=who.agency_id, author="a", source="s",
                           text="t", recorded_by=who.account_id, recorded_at=NOW, kind="fact",
                           **here))  # fmt: skip
    db.session.flush()
    db.session.add_all(
        [
            CorrectionRequestRow(case_id=item.case_id, note_id=note, reason="r", asked_by=who.account_id,
                                 asked_at=NOW, **here),
            CorrectionToldRow(case_id=item.case_id, note_id=note, account_id=who.account_id, told=True,
                              at=NOW, **here),
        ]
    )  # fmt: skip


def write_outcome(who: Principal, item: ItemRow, line: ItemRow | None) -> None:
    db.session.add(
        OutcomeRow(
            item_id=item.id, area_id=who.area_id, version=1, risk="high", refer=True, proposed_why="",
            group_reason="", notes="", recorded_by=who.account_id, recorded_at=NOW,
            marac_item_id=line and line.id,
        )
    )  # fmt: skip
    db.session.add(
        ActionRow(
            area_id=who.area_id, item_id=item.id, category="victim", agency_id=who.agency_id, what="",
            due=DAYS[1], status="open", set_by=who.account_id, set_at=NOW,
        )
    )  # fmt: skip


def as_read(world: World, who: Principal) -> Principal:
    return replace(
        who, role=world.role, attends=world.attends, families=families(world),
        is_signatory=world.signatory, signed_on=SIGNED, asked_at=NOW,
    )  # fmt: skip


def runs(world: World) -> bool:
    leads = world.role in (Role.COORDINATOR, Role.CHAIR) and world.signatory
    return leads and Family.ABUSE in world.granted


def families(world: World) -> frozenset[str]:
    """Whose cases are not closed to the reader as such (D1, E4)."""
    return families_of(world.role, world.granted, world.attends)


def sits(world: World) -> bool:
    """On the panel, for an agency (V1)."""
    return world.role in (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE, Role.IDVA)


def in_scope(world: World, number: int) -> bool:
    """What the rule is asked with: whether the case is on a meeting of the reader's (S3, V1)."""
    if runs(world):
        return True
    if family_of(number) not in families(world):
        return False
    states = {}
    for one in world.listed:  # several cases of one meeting: its state is the first's
        states.setdefault((one.kind, one.day), one.state)
    return any(
        one.case == number and attends(world, one.panel, states[one.kind, one.day])
        and one.day >= SIGNED and one.supplement == 0
        for one in world.listed
    )  # fmt: skip


def attends(world: World, panel: Panel, state: MeetingState) -> bool:
    if not world.signatory or world.role not in ATTENDS_MEETINGS or panel.code not in world.attends:
        return False
    return panel.works is Works.LIST or state in SHARED


def may(world: World, number: int) -> bool:
    opened = world.opened[number]
    return family_of(number) in families(world) and may_open(
        reader_runs_meetings=runs(world),
        in_scope=in_scope(world, number),
        walled=world.walls[number] is WallState.STANDS,
        hides=world.hides[number],
        named=world.named[number],
        opened=opened is not None and opened > timedelta(0) and (world.signatory or not sits(world)),
    )


@settings(max_examples=25)
@given(world=worlds)
def test_M6_the_scope_opens_exactly_the_cases_the_rule_opens(
    core_app: Flask, reader: Principal, world: World
) -> None:
    cases, who = written(world, reader), as_read(world, reader)
    with acting.acting(who):
        seen = set(db.session.scalars(select(CaseRow.id).where(scope.cases_of(who))))
        db.session.rollback()
    assert seen == {case for number, case in enumerate(cases) if may(world, number)}


@settings(max_examples=25)
@given(world=worlds)
def test_E2_a_link_is_open_to_whom_both_its_ends_are(
    core_app: Flask, reader: Principal, world: World
) -> None:
    cases, who = written(world, reader), as_read(world, reader)
    opened = {case for number, case in enumerate(cases) if may(world, number)}
    with acting.acting(who):
        rows = db.session.execute(select(LinkRow.one_id, LinkRow.other_id).where(scope.links_of(who)))
        seen = {frozenset(row) for row in rows}
        db.session.rollback()
    assert seen == {frozenset(two) for two in combinations(cases, 2) if opened.issuperset(two)}


def kept(world: World, number: int) -> bool:
    """A wall or a restriction keeps the case from the reader (M6)."""
    hidden_from = [Hides.UNNAMED] if runs(world) else [Hides.UNNAMED, Hides.AGENCIES]
    return world.walls[number] is WallState.STANDS or (
        world.hides[number] in hidden_from and not world.named[number]
    )


def tells_of_kept(world: World, key: int) -> bool:
    """What no list took tells of a kept case by naming one of its people, and of no other."""
    if key >= OF_NAMESAKE:
        return False
    if key >= OF_VICTIM:
        return kept(world, key - OF_VICTIM)
    number = key - 1
    listed = any((one.case, one.kind) == (number, DRAMM.code) for one in world.listed)
    names_the_other = world.shares and number == 1 and not listed
    return world.incident_walls[number] or kept(world, number) or (names_the_other and kept(world, 0))


@settings(max_examples=40)
@given(world=worlds)
def test_M6_whoever_runs_meetings_sees_no_incident_that_tells_of_a_case_kept_from_them(
    core_app: Flask, reader: Principal, world: World
) -> None:
    world = replace(world, role=Role.COORDINATOR, signatory=True, granted=world.granted | {Family.ABUSE})
    written(world, reader)
    who, all_of_them = as_read(world, reader), set(db.session.scalars(select(IncidentRow.id)))
    with acting.acting(who):
        seen = set(db.session.scalars(select(IncidentRow.id).where(scope.incidents_of(who))))
        under = IncidentTextRow.incident_id
        not_kept = set(db.session.scalars(select(under).where(scope.not_kept(who, under))))
        db.session.rollback()
    assert seen == not_kept == {key for key in all_of_them if not tells_of_kept(world, key)}


#: Tables that the scope tells to who has this permission alone.
ASKED_BEFORE = {"feed_import": Permission.FEED_IMPORT, "alarm": Permission.ALARM_READ}
#: How the scope narrows each table, by a column that tells its rows apart.
SCOPED: dict[str, tuple[InstrumentedAttribute[Any], Any]] = {
    "meeting": (MeetingRow.id, scope.meetings_of),
    "item": (ItemRow.id, scope.told_items_of),
    "case": (CaseRow.id, scope.cases_of),
    "person": (PersonRow.id, scope.people_of),
    "incident": (IncidentRow.id, scope.incidents_of),
    "incident_text": (
        IncidentTextRow.incident_id, lambda who: scope.told_in(who, IncidentTextRow.incident_id)
    ),
    "entry": (EntryRow.id, lambda who: scope.told_at(who, EntryRow.item_id)),
    "outcome": (OutcomeRow.item_id, lambda who: scope.told_at(who, OutcomeRow.item_id)),
    "action": (ActionRow.id, lambda who: scope.told_at(who, ActionRow.item_id)),
    "hearing": (HearingRow.id, lambda who: scope.told_on(who, HearingRow.case_id)),
    "notice": (NoticeRow.id, scope.notices_of),
    "associate": (AssociateRow.id, lambda who: scope.told_on(who, AssociateRow.case_id)),
    "relationship": (RelationshipRow.id, lambda who: scope.told_on(who, RelationshipRow.case_id)),
    "address": (AddressRow.id, lambda who: scope.told_on(who, AddressRow.case_id)),
    "contact": (ContactRow.id, lambda who: scope.told_on(who, ContactRow.case_id)),
    "link": (LinkRow.id, scope.links_of),
    "note": (NoteRow.id, lambda who: scope.told_at(who, NoteRow.item_id)),
    "correction_request": (
        CorrectionRequestRow.id, lambda who: scope.told_on(who, CorrectionRequestRow.case_id)
    ),
    "correction_told": (
        CorrectionToldRow.note_id, lambda who: scope.told_on(who, CorrectionToldRow.case_id)
    ),
    "proposal": (ProposalRow.id, proposals_of),
    "refusal": (RefusalRow.id, refusals_of),
    "alarm": (AlarmRow.id, scope.alarms_of),
    "feed_import": (ImportRow.id, lambda who: scope.imports_of(who)),
}  # fmt: skip


@settings(max_examples=25)
@given(world=worlds)
def test_M6_the_database_itself_shows_a_person_what_the_scope_does(
    core_app: Flask, reader: Principal, world: World
) -> None:
    if db.engine.dialect.name != "postgresql":
        return  # SQLite has no policies: the fence stands alone
    written(world, reader)
    who = as_read(world, reader)
    with acting.acting(who):
        for name, (key, narrowed) in SCOPED.items():
            if name in ASKED_BEFORE and not who.may(ASKED_BEFORE[name]):
                continue
            scoped = set(db.session.scalars(select(key).where(narrowed(who))))
            assert by_itself(name, key) == scoped, name
        db.session.rollback()


def by_itself(name: str, key: InstrumentedAttribute[Any]) -> set[Any]:
    """Every row the database answers the service's role with, past the fence."""
    cursor = db.session.connection().connection.cursor()
    cursor.execute(f'SELECT "{key.key}" FROM "{name}"')
    return {row[0] for row in cursor.fetchall()}


def test_S3_another_area_is_nobodys_here(core_app: Flask, reader: Principal) -> None:
    other = areas.create("southmoor", date(2026, 11, 2), BEFORE_ALL)
    elsewhere = a_person(an_agency(other), Role.COORDINATOR)
    world = World(Role.COORDINATOR, frozenset(), frozenset(Family), True, (None,) * 3, (False,) * 3,
                  (Hides.NOBODY,) * 3, (False,) * 3, (None,) * 3, (), False)  # fmt: skip
    written(world, reader)
    for who, count in ((elsewhere, 0), (as_read(world, reader), CASES)):
        with acting.acting(who):
            assert len(db.session.scalars(select(CaseRow.id).where(scope.cases_of(who))).all()) == count
            db.session.rollback()
