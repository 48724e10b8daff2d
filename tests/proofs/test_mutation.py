"""Proof 4: each clause of the policy removed, one at a time, and something notices.

The mutants are made from the code (`mutation.py`), so a new clause is mutated without being listed. Those of
the scope are held against the rules in plain Python (`model.py`) over a crowd drawn by lot; those of the
fence, against every shape of a query; those of may_open, against its truth table; each policy of PostgreSQL
is opened to all, and somebody of a third area looks. A mutant that breaks, or that the fence
refuses, is noticed too.
"""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, select

from agenda.circulation import Group
from agenda.need_to_know import Hides, may_open
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    CaseRow,
    DecoyRow,
    IncidentRow,
    IncidentWallRow,
    ItemRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, fence
from meetingsvc.usecases import areas
from meetingsvc.usecases.transaction import saved
from tests import test_fence
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_wall import a_wall
from tests.builders import BEFORE_ALL
from tests.proofs import LONG, canaries, figure, model
from tests.proofs.crowd import Crowd
from tests.proofs.mutation import Mutant, applied, mutants
from tests.servers.databases import OWNER, Copies

SCOPE = ("meetingsvc.store.scope", "meetingsvc.store.scope_kept")
FENCE = "meetingsvc.store.fence"
SAID = "killed {killed} of {made}, of them {refused} by breaking or at the fence; {same} change nothing"
#: What the fence lets through, though a protected table's name is in it.
OPEN = (
    "SELECT name AS /**/ item FROM area",
    "SELECT name AS item FROM area",
    "SELECT name FROM area WHERE name = :item",
)
_ELSEWHERE = "what happened in another area is nobody's here anyway; it lets an index be used"
#: What can be left out without any change, and why: no test can tell.
SAME = {
    "meetings_of: without reader.signed_on is None": "no agency is a signatory without the day it signed",
    "actions_of: without ActionRow.area_id == reader.area_id": "its item's area is asked already",
    "_listed_under_kept: without ItemRow.area_id == version.area_id": _ELSEWHERE,
    "_authorised: without action == sqlite3.SQLITE_READ": "refuses more, and never less",
    "_is_column: without last == '('": "no statement says a percent sign, a word and a table",
    "_of_kept_people: without named.area_id == known.area_id": _ELSEWHERE,
}


@pytest.fixture(scope="module")
def crowd(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[model.Expected]:
    """What the rules say of everybody in the crowd, who stand in a database of their own."""
    url = copies.make()
    app = create_core(Settings(url, tmp_path_factory.mktemp("crowd"), secret_key="k" * 32))
    with app.app_context():
        Crowd(7).build()
        yield model.expected(NOW)
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


def test_M6_V1_scope_and_rules_agree_about_everybody(crowd: model.Expected) -> None:
    sqlite = db.engine.dialect.name == "sqlite"
    readers = crowd if sqlite or LONG else crowd[::5]
    found = list(model.differences(NOW, readers))
    figure(
        "scope", "{asked} readers and narrowings held against the rules on 2 databases, {wrong} differ",
        asked=sum(len(rules) for _, rules in readers), wrong=len(found),
    )  # fmt: skip
    assert not found


def sampled(made: list[Mutant], every: int) -> list[Mutant]:
    """All of them in the long form; else from each function some."""
    return made if LONG else made[::every]


def survivors(made: list[Mutant], notices: Callable[[], bool]) -> list[str]:
    """Those that nothing notices; the figure counts the others."""
    alive, refused, same = [], 0, 0
    for mutant in made:
        with applied(mutant):
            fence.kind.cache_clear()
            try:
                seen = notices()
            except (AssertionError, pytest.fail.Exception):
                seen = True
            except Exception:  # a mutant may break anything
                refused, seen = refused + 1, True
        fence.kind.cache_clear()
        db.session.rollback()
        if not seen and f"{mutant.function}: {mutant.what}" in SAME:
            same += 1
        elif not seen:
            alive.append(str(mutant))
    figure("mutation", SAID, killed=len(made) - len(alive) - same, made=len(made), refused=refused, same=same)
    return alive


def test_M6_S3_V1_each_clause_of_the_scope_is_noticed(crowd: model.Expected) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # there row-level security hides what the scope would let through
    made = [mutant for module in SCOPE for mutant in mutants(module)]
    assert len(made) > 100
    alive = survivors(sampled(made, 2), lambda: next(model.differences(NOW, crowd), None) is not None)
    assert not alive, "\n".join(alive)


def test_M6_each_branch_of_may_open_is_noticed(crowd: model.Expected) -> None:
    alive = survivors(mutants("agenda.need_to_know", ["may_open"]), lambda: not opens_as_the_page_says())
    assert not alive, "\n".join(alive)


def opens_as_the_page_says() -> bool:
    """Any wall, or restricted and not named, turns every cell to "never"; then in scope, or opened."""
    return opened_as_the_page_says(may_open)


def opened_as_the_page_says(rule: Callable[..., bool]) -> bool:
    yes = (False, True)
    return all(
        rule(runs, mine, walled, hides, named, opened)
        == (
            not walled
            and (hides is Hides.NOBODY or named or (hides is Hides.AGENCIES and runs))
            and (mine or opened)
        )
        for runs, mine, walled, hides, named, opened in product(yes, yes, yes, Hides, yes, yes)
    )


def test_M6_may_open_is_what_the_page_says() -> None:
    assert opens_as_the_page_says()


@pytest.fixture
def hidden(core_app: Flask, area_id: Any) -> tuple[Principal, CaseRow]:
    """A coordinator, and the one case there is, from which they are walled."""
    who = a_person(an_agency(area_id), Role.COORDINATOR)
    (item,) = referred(who, [Group.REPEAT_NO_SAFEGUARDS])
    row = db.session.get_one(CaseRow, db.session.get_one(ItemRow, item).case_id)
    a_wall(row.area_id, row.id, who.account_id)
    db.session.refresh(row)
    return who, row


def fence_holds(who: Principal, row: CaseRow) -> bool:
    """The tests of the fence, one after another: each word, each shape of a query, and who writes."""
    words: Any = test_fence.test_a_statement_is_judged_by_its_words
    for statement, kind in words.pytestmark[0].args[1]:
        if fence.kind(statement) is not kind:
            return False
    if any(fence.kind(statement) is not fence.Kind.OPEN for statement in OPEN):
        return False
    case_id = row.id
    fresh = f"SELECT id FROM area WHERE name <> '{uuid4()}'"  # SQLite asks once for each text
    with acting.acting(who):
        if not db.session.get(AreaRow, who.area_id) or not test_fence.of_the_session(fresh):
            return False
        db.session.rollback()
    for shape in test_fence.SHAPES:
        test_fence.test_M6_no_shape_of_a_query_shows_a_hidden_case(shape, who, row)
        row = db.session.get_one(CaseRow, case_id)
    for test in (
        test_fence.test_M6_what_the_service_read_is_not_answered_from_memory,
        test_fence.test_nobody_reads_anything_protected_with_a_mark_or_without,
        test_fence.test_a_person_writes_only_in_a_use_case,
        test_fence.test_the_service_works_on_the_whole_of_one_area_and_hands_back,
    ):
        row = db.session.get_one(CaseRow, case_id)
        test(who, row)
    return True


def test_each_condition_of_the_fence_is_noticed(hidden: tuple[Principal, CaseRow]) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    who, row = hidden
    assert fence_holds(who, row)
    alive = survivors(
        sampled(mutants(FENCE), 2), lambda: not fence_holds(who, db.session.get_one(CaseRow, row.id))
    )
    assert not alive, "\n".join(alive)


@pytest.fixture
def stranger(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Principal, str]]:
    """Somebody of a third area, where nothing is, beside the world with a row in every protected table."""
    url, folder = copies.make(), tmp_path_factory.mktemp("policies")
    app = create_core(Settings(url, folder, secret_key="x" * 32))
    planted = canaries.build(app)
    with app.app_context(), acting.service():
        with saved():
            incident = db.session.scalars(select(IncidentRow)).first()
            account = db.session.scalars(select(AccountRow)).first()
            case = db.session.get_one(CaseRow, planted.world.sets["ordinary"]["case_id"])
            assert incident and account
            db.session.add_all([
                IncidentWallRow(incident_id=incident.id, account_id=account.id, area_id=incident.area_id,
                                ground="party", shared=""),
                DecoyRow(case_id=case.id, area_id=case.area_id, made_at=NOW),
            ])  # fmt: skip
        agency = an_agency(areas.create("thirdtest", date(2026, 11, 2), BEFORE_ALL), f"Agency {uuid4()}")
        yield a_person(agency), url
        db.session.remove()
        db.engine.dispose()
    copies.drop(url)


def shown_by_itself(who: Principal, table: str) -> int:
    """How many rows the database answers past the scope and the fence."""
    with acting.acting(who):
        cursor = db.session.connection().connection.cursor()
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        found: int = cursor.fetchone()[0]
        db.session.rollback()
    return found


def test_M6_each_policy_of_the_database_is_noticed(stranger: tuple[Principal, str]) -> None:
    who, url = stranger
    if db.engine.dialect.name != "postgresql":
        return  # SQLite has none
    owner = make_url(url).set(username=OWNER, password=OWNER, drivername="postgresql")
    alive = []
    with psycopg.connect(owner.render_as_string(hide_password=False), autocommit=True) as connection:
        found = connection.execute("SELECT tablename, qual FROM pg_policies ORDER BY 1").fetchall()
        assert {name for name, _ in found} == fence.protected()
        for table, using in found:
            assert shown_by_itself(who, table) == 0, table
            connection.execute(f'ALTER POLICY need_to_know ON "{table}" USING (true)'.encode())
            if shown_by_itself(who, table) == 0:
                alive.append(table)
            connection.execute(f'ALTER POLICY need_to_know ON "{table}" USING ({using})'.encode())
            assert shown_by_itself(who, table) == 0, table
    figure("mutation of the database's policies", "killed {killed} of {made}",
           killed=len(found) - len(alive), made=len(found))  # fmt: skip
    assert not alive
