"""The database's shape: up from nothing, down again, and up with rows in every table, on both databases."""

import ast
import json
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import JSON, CheckConstraint, Column, Connection, Table, Uuid, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from meetingsvc.app import create_core
from meetingsvc.config import Settings
from meetingsvc.models import Base, db
from meetingsvc.models.base import UTCDateTime
from meetingsvc.store import acting, schema
from tests.builders import BEFORE_ALL

DIRECTORY = str(schema.MIGRATIONS)
REVISIONS = [script.revision for script in ScriptDirectory(DIRECTORY).walk_revisions()][::-1]
SAMPLES: dict[type, Any] = {
    bool: True, int: 1, float: 1.0, str: "x", bytes: b"x", time: time(10, 15), date: date(2026, 11, 2),
}  # fmt: skip
#: Where a CHECK of the table takes only some.
CHOSEN: dict[str, Any] = {
    "address.kind": "home", "address.perpetrator_knows": "no", "address.text": None,
    "contact.kind": "phone", "staff_detail.of_whom": "self", "note.kind": "fact",
    "research_answer.said": "held", "research_named.kind": "adult",
    "relationship.standing": "fact", "match_proposal.state": "open",
    "referral_told.sight": "contact",
    "feedback.unsafe": "x", "feedback.due": None, "feedback_try.result": "not reached",
    "flag.whose": "victim",
    "consent.answer": "given", "consent.grounds": "", "risk_assessment.level": "high",
    "risk_assessment.counted": "high",
    "named_case_entry.direction": "told",
    "disclosure_request.kind": "subject access", "disclosure_release.released_at": None,
    "plan_review.verdict": "done", "sharing_decision.decided_at": None,
    "care_document.withdrawn_at": None,
    "case.kind": "abuse", "case.family": "domestic abuse",
    "link.standing": "fact", "subject_trait.standing": "fact",
    "ladder_place.leaving": None,
    "pattern.state": "linked", "pattern.children": 2,
    "agenda_put.off_at": None, "agenda_put.off_by": None, "agenda_put.off_reason": "",
}  # fmt: skip
#: What a CHECK wants of such a row, though another may be without it.
NEEDED = {"case.victim_id", "immediate_asked.referral_id"}

#: By the trigger; or before it is asked, since the service's role may not.
REFUSED = "append-only|permission denied for table audit"


@pytest.fixture
def empty_app(empty_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_core(Settings(empty_database_url, tmp_path))
    with app.app_context(), acting.service():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def a_row_in_every_table(connection: Connection) -> None:
    """Each refers to the rows of the tables before it."""
    keys: dict[Column[Any], Any] = {}
    for table in Base.metadata.sorted_tables:
        values = {column.name: value_for(column, keys) for column in table.columns}
        if table.name == "link":
            values["other_id"] = another_case(connection)
        connection.execute(insert(table).values(values))
        keys |= {column: values[column.name] for column in table.primary_key}


def another_case(connection: Connection) -> UUID:
    """A link has two ends."""
    table = Base.metadata.tables["case"]
    row = connection.execute(select(table)).mappings().one()
    other = uuid4()
    connection.execute(insert(table).values({**row, "id": other, "number": row["number"] + 1}))
    return other


def value_for(column: Column[Any], keys: dict[Column[Any], Any]) -> Any:
    if column.nullable and column.foreign_keys and is_checked(column) and str(column) not in NEEDED:
        return None  # a second person is not the first, and there is one account here
    if str(column) in CHOSEN:
        return CHOSEN[str(column)]
    for key in column.foreign_keys:
        if key.column.table is not column.table or column.nullable:
            return keys.get(key.column)
    match column.type:
        case UTCDateTime():
            return BEFORE_ALL
        case JSON():
            return {"a": 1}
        case Uuid():
            return uuid4()
    return SAMPLES[column.type.python_type]


def is_checked(column: Column[Any]) -> bool:
    """Whether a CHECK of its table speaks of it."""
    checks = (rule for rule in column.table.constraints if isinstance(rule, CheckConstraint))
    return any(column.name in str(rule.sqltext) for rule in checks)


def count(connection: Connection, table: Table) -> int:
    return len(connection.execute(select(*table.primary_key)).all())


def test_there_is_one_newest_migration() -> None:
    assert len(ScriptDirectory(DIRECTORY).get_heads()) == 1


def test_the_migrated_database_is_as_the_models_say(core_app: Flask) -> None:
    assert schema.differences() == []
    assert schema.current() == schema.head()


def test_starting_twice_changes_nothing(core_app: Flask) -> None:
    before = schema.current()
    schema.bring_up_to_date()
    assert schema.current() == before == schema.head()


def test_up_down_and_up_again_with_rows_in_every_table(empty_app: Flask) -> None:
    for revision in REVISIONS:
        upgrade(DIRECTORY, revision)
    with db.engine.begin() as connection:
        a_row_in_every_table(connection)
    assert tables() == set(Base.metadata.tables)
    for revision in [*REVISIONS[-2::-1], "base"]:
        downgrade(DIRECTORY, revision)
    assert tables() == set()
    upgrade(DIRECTORY, "head")
    assert schema.differences() == []


def test_L1_what_was_said_in_the_reviews_of_decisions_goes_both_ways(empty_app: Flask) -> None:
    """Revision 0060 keeps it in a column of the decision, later ones in rows that nothing changes."""
    upgrade(DIRECTORY, "head")
    review = Base.metadata.tables["sharing_review"]
    with db.engine.begin() as connection:
        a_row_in_every_table(connection)
        before = connection.execute(select(review)).mappings().one()
    downgrade(DIRECTORY, "0060")
    with db.engine.connect() as connection:
        told = connection.execute(text("SELECT reviews FROM sharing_decision")).scalar_one()
    (step,) = json.loads(told) if isinstance(told, str) else told
    assert step == {"step": "x", "at": BEFORE_ALL.isoformat(), "who": "x", "by": str(before["account_id"]),
                    "reason": "x"}  # fmt: skip
    upgrade(DIRECTORY, "head")
    with db.engine.connect() as connection:
        after = connection.execute(select(review)).mappings().one()
    assert {**after, "id": None} == {**before, "id": None}
    assert schema.differences() == []


def two_applications_of_one_case(*answers: bool | None) -> None:
    """Each with what the meeting decided on it, as revision 0044 and those after it keep it."""
    with db.engine.begin() as connection:
        a_row_in_every_table(connection)
        connection.execute(text("UPDATE incident SET kind = 'disclosure_application'"))
        for name in ("incident", "entry"):
            table = Base.metadata.tables[name]
            row = dict(connection.execute(select(table)).mappings().one())
            changed = {"id": 2, "occurrence_number": "DSA-000002", "incident_id": 2}
            told = {name: changed.get(name, value) for name, value in row.items()}
            connection.execute(insert(table).values(told))
        entry = Base.metadata.tables["entry"]
        why = ("Nothing is held.", "")
        for key, (answer, said) in enumerate(zip(answers, why, strict=True), 1):
            told = {"disclose": answer, "disclose_why": said, "withdrawn_at": None}
            connection.execute(entry.update().where(entry.c.id == key).values(told))


def test_Y1_going_back_keeps_what_was_refused_refused_and_why(empty_app: Flask) -> None:
    upgrade(DIRECTORY, "head")
    two_applications_of_one_case(False, False)
    downgrade(DIRECTORY, "0043")
    with db.engine.connect() as connection:
        answer, notes = connection.execute(text("SELECT disclose, notes FROM outcome")).one()
    assert (bool(answer), notes) == (False, "x\nNothing is held.")
    upgrade(DIRECTORY, "head")
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT disclose, disclose_why FROM entry")).all()
    assert [(bool(answer), why) for answer, why in kept] == [(False, notes)] * 2


@pytest.mark.parametrize("answers", [(False, True), (None, True), (False, None)])
def test_Y1_where_applications_were_answered_differently_nobody_goes_back(
    empty_app: Flask, answers: tuple[bool | None, bool | None], caplog: pytest.LogCaptureFixture
) -> None:
    """One answer for both would disclose what was refused, or what nobody decided."""
    upgrade(DIRECTORY, "head")
    two_applications_of_one_case(*answers)
    with pytest.raises(SystemExit):
        downgrade(DIRECTORY, "0043")
    assert "not all answered alike" in caplog.text
    upgrade(DIRECTORY, "head")
    assert schema.differences() == []
    with db.engine.connect() as connection:
        kept = connection.execute(text("SELECT disclose FROM entry ORDER BY id")).scalars().all()
    assert [None if one is None else bool(one) for one in kept] == list(answers)


ABUSE = "domestic abuse"


@pytest.mark.parametrize("codes", [("DRAMM", "MARAC"), ("DRAMM",), ("MARAC",)], ids="-".join)
def test_D1_E4_what_was_there_attends_as_before_and_is_of_domestic_abuse(
    empty_app: Flask, codes: tuple[str, ...]
) -> None:
    """Who sat in which meeting sits there, and nobody is opened another family of panels, up and down."""
    upgrade(DIRECTORY, "head")
    with db.engine.begin() as connection:
        a_row_in_every_table(connection)
    downgrade(DIRECTORY, "0059")
    attends = {"daily": "DRAMM" in codes, "marac": "MARAC" in codes}
    with db.engine.begin() as connection:
        changed = text("UPDATE agency SET attends_daily = :daily, attends_marac = :marac")
        connection.execute(changed, attends)
        connection.execute(text("UPDATE meeting SET kind = :kind"), {"kind": min(codes)})
    upgrade(DIRECTORY, "head")
    with db.engine.connect() as connection:
        sits = connection.execute(text("SELECT code FROM agency_panel")).scalars().all()
        runs = connection.execute(text("SELECT family FROM account_family")).scalars().all()
        cases = {tuple(row) for row in connection.execute(text('SELECT kind, family FROM "case"'))}
        meeting = connection.execute(text("SELECT works, family FROM meeting")).one()
    assert (set(sits), runs, cases) == (set(codes), [ABUSE], {("abuse", ABUSE)})
    assert tuple(meeting) == ("list" if "DRAMM" in codes else "agenda", ABUSE)
    downgrade(DIRECTORY, "0059")
    with db.engine.connect() as connection:
        columns = connection.execute(text("SELECT attends_daily, attends_marac FROM agency")).one()
    assert list(map(bool, columns)) == list(attends.values())


def test_a_migration_that_is_repeated_keeps_every_row(core_app: Flask) -> None:
    with db.engine.begin() as connection:
        a_row_in_every_table(connection)
    schema.bring_up_to_date()
    with db.engine.connect() as connection:
        assert all(
            count(connection, table) == (2 if table.name == "case" else 1)  # a link has two ends
            for table in Base.metadata.sorted_tables
        )


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_V5_the_database_itself_refuses_to_change_the_audit_trail(core_app: Flask, statement: str) -> None:
    with db.engine.begin() as connection:
        a_row_in_every_table(connection)
    with pytest.raises(DBAPIError, match=REFUSED), db.engine.begin() as connection:
        connection.execute(text(statement))
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT actor FROM audit")).scalars().all() == ["x"]


def test_V5_postgresql_refuses_to_empty_the_audit_trail_at_once(core_app: Flask) -> None:
    if db.engine.dialect.name != "postgresql":
        return  # SQLite knows no TRUNCATE
    with pytest.raises(DBAPIError, match=REFUSED), db.engine.begin() as connection:
        connection.execute(text("TRUNCATE audit"))


@pytest.mark.parametrize("path", sorted(schema.MIGRATIONS.rglob("*.py")), ids=lambda path: path.stem)
def test_a_migration_imports_nothing_of_the_service(path: Path) -> None:
    """A model that changes later must not change what an old migration did."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not any(name.startswith("meetingsvc") for name in names)
