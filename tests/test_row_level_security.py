"""Need-to-know in PostgreSQL itself: it holds though the scope and the fence were both forgotten."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError

from agenda.circulation import Group
from agenda.panels import Family
from meetingsvc.models import (
    BreachEntryRow,
    CaseRow,
    HearingRow,
    ItemRow,
    MeetingRow,
    NamedRow,
    OpeningRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, fence, health, scope
from meetingsvc.usecases import areas
from meetingsvc.usecases.transaction import saved
from tests.a_breach import a_breach
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_match import a_match
from tests.a_sent_referral import a_sent_row
from tests.a_wall import a_wall, wall_and_opening
from tests.builders import BEFORE_ALL
from tests.servers.databases import Copies, owners_url


@pytest.fixture(scope="session")
def copies(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Only PostgreSQL has policies."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")  # both may ask at once, of one server
    made = Copies(tmp_path_factory.mktemp(f"row-level-security-{worker}"), postgresql)
    yield made
    made.close()


@pytest.fixture
def coordinator(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id), Role.COORDINATOR)


@pytest.fixture
def case(coordinator: Principal) -> CaseRow:
    (item,) = referred(coordinator, [Group.REPEAT_NO_SAFEGUARDS])
    return db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)


def found(table: str) -> int:
    """How many rows the database answers on the driver's own cursor, past the fence."""
    cursor = db.session.connection().connection.cursor()
    cursor.execute(f'SELECT count(*) FROM "{table}"')
    row = cursor.fetchone()
    db.session.rollback()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("table", sorted(fence.protected()))
def test_every_protected_table_has_a_policy_for_reading_and_writing_that_binds_its_owner_too(
    core_app: Flask, table: str
) -> None:
    told = text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:name)")
    assert db.session.execute(told, {"name": f'public."{table}"'}).one() == (True, True)
    # Another policy of the table may let somebody read more, never write.
    policies = text(
        "SELECT cmd, qual, with_check FROM pg_policies WHERE tablename = :name AND cmd <> 'SELECT'"
    )
    ((cmd, reads, writes),) = db.session.execute(policies, {"name": table})
    assert cmd == "ALL" and reads and writes


def test_who_has_not_said_who_acts_sees_nothing_and_neither_does_the_owner(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    db.session.commit()
    with psycopg.connect(owners_url(str(db.engine.url))) as connection:
        for table in ("case", "item", "incident", "person", "outcome"):
            assert connection.execute(f'SELECT count(*) FROM "{table}"'.encode()).fetchall() == [(0,)]
    with acting.acting(None):
        assert found("case") == 0


def test_after_a_transaction_its_variables_are_gone(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    with acting.acting(coordinator):
        db.session.execute(text("SELECT 1"))
        assert found("case") == 1
    with acting.acting(None):
        assert found("case") == 0


def test_M6_each_capacity_sees_its_own(core_app: Flask, coordinator: Principal, case: CaseRow) -> None:
    other = areas.create("southmoor", date(2026, 11, 2), BEFORE_ALL)
    elsewhere = a_person(an_agency(other), Role.COORDINATOR)
    administrator = a_person(coordinator.agency_id, Role.SYSTEM_ADMINISTRATOR)
    seen = {}
    for name, who in {
        "service": acting.Service(), "area": acting.Host(coordinator.area_id), "person": coordinator,
        "other area": acting.Host(other), "elsewhere": elsewhere, "administrator": administrator,
    }.items():  # fmt: skip
        with acting.acting(who):
            db.session.execute(text("SELECT 1"))
            seen[name] = found("case")
    assert seen == {"service": 1, "area": 1, "person": 1, "other area": 0, "elsewhere": 0, "administrator": 0}


def test_M6_a_wall_hides_the_case_and_all_that_hangs_on_it(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    a_wall(case.area_id, case.id, coordinator.account_id)
    with acting.acting(coordinator):
        for table in ("case", "item", "entry", "incident", "incident_text", "person", "person_identity",
                      "note", "outcome", "safeguard", "action", "triage"):  # fmt: skip
            db.session.execute(text("SELECT 1"))
            assert found(table) == 0, table


def test_M6_a_search_names_nobody_but_the_parties_of_cases_that_are_open(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    """Their names come with the cases that were found, read as the service (migration 0078)."""
    people = {one for one in (case.victim_id, case.perpetrator_id) if one}
    area_id, key = case.area_id, case.id
    asked = text("SELECT id, victim, kept FROM cases_looked_for(:people, :area, :account)")
    other = a_person(coordinator.agency_id, Role.COORDINATOR, "Cai Lowe")
    elsewhere = a_person(
        an_agency(areas.create("southtest", BEFORE_ALL.date(), BEFORE_ALL)), Role.COORDINATOR
    )

    def told(who: Principal, account: Principal) -> tuple[set[UUID], set[UUID], set[UUID]]:
        """The cases, who is named, and who is half seen."""
        said = {"people": "\n".join(map(str, people)), "area": area_id, "account": account.account_id}
        with acting.acting(who):
            rows = db.session.execute(asked, said).all()
        db.session.rollback()
        named = {one.victim for one in rows if not one.id and not one.kept}
        return {one.id for one in rows if one.id}, named, {one.kept for one in rows if one.kept}

    assert told(coordinator, coordinator) == ({key}, people, set())
    assert told(elsewhere, elsewhere)[:2] == (set(), set())
    a_wall(area_id, key, coordinator.account_id)
    assert told(coordinator, coordinator) == (set(), set(), people)
    assert told(coordinator, other) == (set(), set(), people)  # the policy stands, whoever is said to ask
    assert told(other, coordinator)[:2] == (set(), set())  # and so does the wall of whoever is said to ask
    assert told(other, other) == ({key}, people, set())


#: What is of one case of one meeting, or of who is in it.
OF_A_CASE = ("case", "meeting", "item", "entry", "person", "person_identity", "note", "outcome", "safeguard",
             "action", "hearing", "research_item", "allocation")  # fmt: skip


@pytest.mark.parametrize("opened", [False, True])
def test_D1_E4_another_familys_case_is_hidden_with_all_that_hangs_on_it_and_no_ticket_opens_it(
    core_app: Flask, coordinator: Principal, case: CaseRow, opened: bool
) -> None:
    """For who runs this family's panels, and who sits in them; not for who runs both."""
    both = replace(coordinator, families=frozenset(Family))
    sits = a_person(an_agency(case.area_id, "Northtest Haven", daily=True))
    with saved():
        for row in (CaseRow, MeetingRow):
            db.session.execute(update(row).values(family=Family.EXPLOITATION))
        if opened:
            for who in (coordinator, sits):
                db.session.add(
                    OpeningRow(case_id=case.id, account_id=who.account_id, area_id=case.area_id,
                               kind="ticket", reason="", asked_at=NOW, until=NOW + timedelta(hours=1))
                )  # fmt: skip
    for who in (coordinator, sits):
        for table in OF_A_CASE:
            with acting.acting(replace(who, asked_at=NOW)):
                db.session.execute(text("SELECT 1"))
                assert found(table) == 0, table
    with acting.acting(both):
        db.session.execute(text("SELECT 1"))
        assert found("case") == 1
    with acting.acting(both):
        db.session.execute(text("SELECT 1"))
        assert found("item") > 0


def test_D1_E4_nobody_writes_a_case_of_a_family_that_is_not_theirs(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    told = {"id": uuid4(), "area_id": case.area_id, "number": 9, "victim_id": case.victim_id,
            "family": Family.EXPLOITATION}  # fmt: skip
    with acting.acting(coordinator), pytest.raises(DBAPIError, match="row-level security"), saved():
        db.session.execute(insert(CaseRow.__table__).values(told))  # type: ignore[arg-type]


def test_D1_E4_nothing_tells_that_another_familys_case_is_there(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    """Not who is walled from it, who asked to open it, or that somebody else may be who is in it."""
    both, other = replace(coordinator, families=frozenset(Family)), a_person(coordinator.agency_id)
    wall_and_opening(case.area_id, case.id, other.account_id)
    told = {"area_id": case.area_id, "case_id": case.id}
    with saved(), acting.service():
        a_match(case.area_id, case.id)
        db.session.add(NamedRow(account_id=other.account_id, named_by=both.account_id, named_at=NOW, **told))
        a_sent_row(case.area_id, case.id, other.account_id, other.agency_id)
    for family in (Family.ABUSE, Family.EXPLOITATION):
        with saved(), acting.service():
            db.session.execute(update(CaseRow).where(CaseRow.id == case.id).values(family=family))
        for who in (coordinator, both):
            rows = {}
            for table in ("wall", "opening", "named", "match_proposal", "person_merge", "referral"):
                with acting.acting(who):
                    db.session.execute(text("SELECT 1"))
                    rows[table] = found(table)
            shown = family is Family.ABUSE or who is both
            assert {bool(number) for number in rows.values()} == {shown}, rows


def test_M6_whoever_may_not_open_a_restricted_case_reads_no_row_of_why(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    named = a_person(coordinator.agency_id, Role.COORDINATOR)
    told = {"area_id": case.area_id, "case_id": case.id}
    with saved():
        db.session.add(
            RestrictionRow(state="restricted", hides="unnamed", reason="Staff of ours", put_at=NOW,
                           **told)
        )  # fmt: skip
        db.session.flush()
        db.session.add(NamedRow(account_id=named.account_id, named_by=named.account_id, named_at=NOW, **told))
    seen: dict[Principal, list[int]] = {}
    for who in (coordinator, named):
        with acting.acting(who):
            scoped = db.session.scalars(select(CaseRow.id).where(scope.cases_of(who))).all()
            seen[who] = [found("restriction"), len(scoped)]
    assert seen == {coordinator: [0, 0], named: [1, 1]}


def test_M6_nothing_is_attached_to_a_hidden_case(
    core_app: Flask, coordinator: Principal, case: CaseRow
) -> None:
    a_wall(case.area_id, case.id, coordinator.account_id)
    hearing = {"area_id": case.area_id, "case_id": case.id, "heard_on": date(2026, 1, 1), "source": "history"}
    with acting.acting(coordinator), pytest.raises(DBAPIError, match="row-level security"), saved():
        db.session.execute(insert(HearingRow.__table__).values(hearing))  # type: ignore[arg-type]


def test_V3_who_is_named_in_a_breach_reads_no_row_of_it_but_that_they_raised_it(
    core_app: Flask, coordinator: Principal
) -> None:
    named, other = (
        a_person(coordinator.agency_id, Role.INFORMATION_GOVERNANCE, name) for name in ("Ada", "Tom")
    )
    for raiser in (coordinator, named):
        key = a_breach(coordinator.area_id, raiser.account_id)
        with saved(), acting.service():
            db.session.add(
                BreachEntryRow(area_id=coordinator.area_id, breach_id=key, place=1, kind="involved", at=NOW,
                               told={"account": str(named.account_id)}, account_id=raiser.account_id,
                               recorded_at=NOW)
            )  # fmt: skip
    seen = {}
    for who in (named, other, coordinator):
        with acting.acting(who):
            seen[who] = []
            for table in ("breach", "breach_entry"):
                db.session.execute(text("SELECT 1"))
                seen[who].append(found(table))
    assert seen == {named: [1, 1], other: [2, 2], coordinator: [1, 1]}


def test_no_person_writes_into_another_area(core_app: Flask, coordinator: Principal, case: CaseRow) -> None:
    other = areas.create("southmoor", date(2026, 11, 2), BEFORE_ALL)
    told = {"id": uuid4(), "area_id": other, "number": 9, "victim_id": case.victim_id}
    with acting.acting(coordinator), pytest.raises(DBAPIError, match="row-level security"), saved():
        db.session.execute(insert(CaseRow.__table__).values(told))  # type: ignore[arg-type]


def test_the_service_is_an_ordinary_role_that_owns_nothing(core_app: Flask) -> None:
    assert not health.is_superuser() and not health.is_owner()
    for statement in ("DROP TABLE wall", "ALTER TABLE wall DISABLE ROW LEVEL SECURITY", "TRUNCATE audit",
                      "UPDATE audit SET actor = 'x'", "CREATE TABLE mine (id int)"):  # fmt: skip
        with pytest.raises(DBAPIError, match="permission denied|must be owner"):
            db.session.execute(text(statement))
        db.session.rollback()
