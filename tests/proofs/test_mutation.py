"""Proof 4: each clause of the policy removed, one at a time, and something notices.

The mutants are made from the code (`mutation.py`), so a new clause is mutated without being listed. Those of
the scope are held against the rules in plain Python (`model.py`) over a crowd drawn by lot; those of the
fence, against every shape of a query; those of may_open, against its truth table. A mutant that breaks, or
that the fence refuses, is noticed too.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from agenda.circulation import Group
from agenda.need_to_know import Hides, may_open
from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import (
    AreaRow,
    CaseRow,
    ItemRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, fence, retention
from meetingsvc.store.scope import MARK
from tests import test_fence
from tests.a_marac import NOW, a_person, an_agency, referred
from tests.a_wall import a_wall
from tests.proofs import LONG, figure, model, model_retention
from tests.proofs.crowd import Crowd
from tests.proofs.model_reader import Reader
from tests.proofs.mutation import mutants
from tests.proofs.surviving import sampled, survivors
from tests.servers.databases import Copies

SCOPE = ("meetingsvc.store.scope", "meetingsvc.store.scope_kept")
#: What narrows what a meeting leaves behind; of some modules, only what they narrow with.
AFTER: dict[str, tuple[str, ...]] = {
    "meetingsvc.store.scope_minutes": ("minutes_of", "minutes_cases_of"),
    "meetingsvc.store.scope_contributed": (
        "contributed",
        "is_open",
        "is_brought_to",
        "is_theirs",
        "notes_of",
    ),
    "meetingsvc.store.scope_meeting_record": (),
    "meetingsvc.store.scope_actions": (),
    "meetingsvc.store.outcome_crimes": ("crimes_of",),
    "meetingsvc.store.live": ("live_of",),
    "meetingsvc.store.flags": ("flags_of",),
}
#: What narrows what is decided about information, and by which narrowings that is noticed.
GOVERNED: dict[str, tuple[str, ...]] = {
    "meetingsvc.store.scope_governance": model.GOVERNED[:6],
    "meetingsvc.store.governance_lines": ("audit",),
    "meetingsvc.store.scope_disclosures": model.GOVERNED[6:12],
    "meetingsvc.store.scope_retention": model.GOVERNED[12:18],
    "meetingsvc.store.scope_sharing": model.GOVERNED[18:20],
    "meetingsvc.store.scope_named_cases": model.GOVERNED[20:23],
    "meetingsvc.store.scope_schemes": model.GOVERNED[23:],
}
BEFORE = frozenset(model.NARROWINGS) - frozenset(model.AFTER) - frozenset(model.GOVERNED)
FENCE = "meetingsvc.store.fence"
#: What the fence lets through, though a protected table's name is in it.
OPEN = (
    "SELECT name AS /**/ item FROM area",
    "SELECT name AS item FROM area",
    "SELECT name FROM area WHERE name = :item",
    "SELECT name FROM area WHERE name = %(item)s",
)


@pytest.fixture(scope="module")
def crowd(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[model.Expected]:
    """What the rules say of everybody in the crowd, who stand in a database of their own."""
    url = copies.make()
    app = create_core(Settings(url, tmp_path_factory.mktemp("crowd"), secret_key="k" * 32))
    with app.app_context():
        Crowd(8).build()
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


def test_M6_S3_V1_each_clause_of_the_scope_is_noticed(crowd: model.Expected) -> None:
    """On PostgreSQL those that are its own: what the rest would let through, row-level security hides."""
    own = db.engine.dialect.name == "postgresql"
    made = [one for module in SCOPE for one in mutants(module) if ("postgresql" in one.what) is own]
    assert len(made) > (0 if own else 100)
    readers = crowd[::5] if own and not LONG else crowd
    chosen = sampled(made, 1 if own else 4)
    alive = survivors(
        chosen, lambda: any(True for _ in model.differences(NOW, readers, BEFORE)), by_itself=False
    )
    assert not alive, "\n".join(alive)


def test_M6_R1_each_clause_about_what_a_meeting_leaves_behind_is_noticed(crowd: model.Expected) -> None:
    """On SQLite alone: on PostgreSQL row-level security hides what they would let through."""
    if db.engine.dialect.name != "sqlite":
        return
    made = [one for module, functions in AFTER.items() for one in mutants(module, functions)]
    alive = survivors(made, lambda: any(True for _ in model.differences(NOW, crowd, model.AFTER)))
    assert not alive, "\n".join(alive)


@pytest.mark.parametrize("module", GOVERNED, ids=lambda name: name.rpartition(".")[2])
def test_M6_V2_X5_each_clause_about_what_is_decided_of_information_is_noticed(
    crowd: model.Expected, module: str
) -> None:
    """On SQLite alone, likewise; of the clauses, in the short form, every third."""
    if db.engine.dialect.name != "sqlite":
        return
    made, names = mutants(module), GOVERNED[module]
    assert made
    alive = survivors(sampled(made, 3), lambda: any(True for _ in model.differences(NOW, crowd, names)))
    assert not alive, "\n".join(alive)


def test_L1_M6_each_clause_about_whose_holds_are_seen_is_noticed(crowd: model.Expected) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    governing = [one for one in model.readers(NOW).values() if one.account.role == "information governance"]
    found = [(one.account.id, one, model_retention.holds(one)) for one in governing]
    made = mutants("meetingsvc.store.retention", ["held_case", "held_cases"])
    alive = survivors(made, lambda: any(not seen_as_due(*told) for told in found))
    assert not alive, "\n".join(alive)


def seen_as_due(account_id: UUID, reader: Reader, due: set[UUID]) -> bool:
    """Of every case whether they may hold it, and which are held."""
    with acting.service():
        who = accounts.principal(account_id, NOW)
        every = {one.id: one for one in reader.tables.of(CaseRow)}
    assert who is not None
    with acting.acting(who):
        held = {key for key, _ in retention.held_cases(who)}
        may = {key for key in every if retention.held_case(who, key)}
        db.session.rollback()
    mine = {key for key, one in every.items() if one.area_id == who.area_id and key not in reader.kept}
    return held == due and may == mine


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
        shown = f"SELECT id FROM item WHERE '{MARK}' <> '{uuid4()}'"
        db.session.execute(text(shown))
        db.session.rollback()
    for shape in test_fence.SHAPES:
        test_fence.test_M6_no_shape_of_a_query_shows_a_hidden_case(shape, who, row)
        row = db.session.get_one(CaseRow, case_id)
    for test in (
        test_fence.test_M6_what_the_service_read_is_not_answered_from_memory,
        test_fence.test_nobody_reads_anything_protected_with_a_mark_or_without,
        test_fence.test_a_person_writes_only_in_a_use_case,
        test_fence.test_no_person_says_who_acts,
        test_fence.test_the_service_works_on_the_whole_of_one_area_and_hands_back,
    ):
        row = db.session.get_one(CaseRow, case_id)
        test(who, row)
    return True


def test_each_condition_of_the_fence_is_noticed(hidden: tuple[Principal, CaseRow]) -> None:
    if db.engine.dialect.name != "sqlite":
        return
    who, case_id = hidden[0], hidden[1].id

    def unlike() -> bool:
        """On a new connection: what a mutant let SQLite prepare would not be asked again."""
        db.session.remove()
        db.engine.dispose()
        return not fence_holds(who, db.session.get_one(CaseRow, case_id))

    assert not unlike()
    alive = survivors(sampled(mutants(FENCE), 2), unlike)
    assert not alive, "\n".join(alive)
