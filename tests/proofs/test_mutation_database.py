"""Proof 4 in the database: each rule it keeps by itself is taken away, and what it refused gets through.

The rules are those of the live catalogue: checks, what is unique, whose a row is, what may not be missing of
what an agency supplied, triggers (Rulebook R2, V5; security.md B: the proposer never approves). One without
a statement that only it refuses fails here. Its policies: `test_mutation.py`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import acting
from tests.proofs import figure
from tests.proofs.breaking import ALONE_USELESS, BREAKS, FIRST, SECOND, breaking
from tests.proofs.catalogue import Database, Kept, OnPostgreSQL, OnSQLite
from tests.servers.databases import Copies, owners_url
from tests.test_migrations import a_row_in_every_table

#: Two rules say it, so that either may go: SQLite's trigger is there for INSERT OR REPLACE.
TWICE = {"sqlite": {"uq_note_corrects"}, "postgresql": set[str]()}


@pytest.fixture(scope="module")
def database(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """With a row in every table."""
    url, folder = copies.make(), tmp_path_factory.mktemp("rules")
    app = create_core(Settings(url, folder))
    with app.app_context(), acting.service():
        with db.engine.begin() as connection:
            a_row_in_every_table(connection)
            for statement in SECOND:
                connection.execute(text(statement))
        db.session.remove()
        db.engine.dispose()
    file = make_url(url).database
    on_sqlite = url.startswith("sqlite") and file
    yield OnSQLite(Path(file), folder) if on_sqlite and file else OnPostgreSQL(owners_url(url))
    copies.drop(url)


def survives(database: Database, rule: Kept) -> bool:
    """Whether anything that breaks it is refused without it as well, or gets through with it."""
    first = FIRST.get(rule.name, ())
    return any(
        database.lets_through(first, statement) or not database.lets_through(first, statement, rule)
        for statement in breaking(rule)
    )


def test_R2_V5_each_rule_of_the_database_is_noticed(database: Database) -> None:
    dialect = "sqlite" if isinstance(database, OnSQLite) else "postgresql"
    rules = sorted(set(database.rules()))
    same = {rule for rule in rules if rule.name in ALONE_USELESS.keys() | TWICE[dialect]}
    assert [rule for rule in rules if not breaking(rule)] == [], "say what only this rule refuses"
    alive = [str(rule) for rule in rules if rule not in same and survives(database, rule)]
    figure(
        "mutation of the database's own rules", "killed {killed} of {made}; {same} are said twice",
        killed=len(rules) - len(same) - len(alive), made=len(rules), same=len(same),
    )  # fmt: skip
    assert not alive, "\n".join(alive)
    assert len(rules) > 80 and {"check", "unique", "trigger"} <= {rule.kind for rule in rules}


def test_every_statement_is_about_a_rule_there_is(database: Database) -> None:
    named = {rule.name for rule in database.rules()}
    other = {"sqlite": ("audit_no", "note_no"), "postgresql": ("audit_append", "note_kept")}
    elsewhere = other["postgresql" if isinstance(database, OnSQLite) else "sqlite"]
    assert {name for name in BREAKS.keys() | FIRST.keys() if not name.startswith(elsewhere)} <= named
