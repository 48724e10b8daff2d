"""The audit trail: one line after another, and any tampering found (Rulebook V5)."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text
from sqlalchemy.exc import DatabaseError

from meetingsvc.models import AuditRow, db
from meetingsvc.store import audit
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL
from tests.servers.databases import owners_url


@pytest.fixture
def five_lines(core_app: Flask) -> Iterator[None]:
    area = uuid4()
    with saved():
        for number in range(5):
            audit.record(uuid4(), area, "pack.fetched", f"pack/{number}", BEFORE_ALL, copies=number)
    yield
    db.session.rollback()


def tamper(*statements: str) -> None:
    """As somebody with the password of the tables' owner could."""
    postgresql = db.engine.dialect.name == "postgresql"
    address = owners_url(db.engine.url.render_as_string(hide_password=False)) if postgresql else db.engine.url
    with create_engine(address, poolclass=NullPool).begin() as connection:
        if postgresql:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_append_only"))
        else:
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        for statement in statements:
            connection.execute(text(statement))


def test_V5_a_trail_nobody_touched_is_whole(five_lines: None) -> None:
    assert audit.verify() == (5, None)


def test_V5_an_empty_trail_is_whole(core_app: Flask) -> None:
    assert audit.verify() == (0, None)


@pytest.mark.parametrize(
    ("statement", "first_wrong"),
    [
        ("UPDATE audit SET actor = 'nobody' WHERE id = 3", 3),
        ("UPDATE audit SET detail = '{\"copies\": 9}' WHERE id = 4", 4),
        ("UPDATE audit SET at = '2026-10-01 10:00:00' WHERE id = 2", 2),
        ("UPDATE audit SET area_id = NULL WHERE id = 2", 2),
        ("UPDATE audit SET subject = 'pack/9' WHERE id = 5", 5),
        ("DELETE FROM audit WHERE id = 2", 3),
        ("DELETE FROM audit WHERE id = 1", 2),
    ],
)
def test_V5_a_line_altered_or_taken_away_is_found(five_lines: None, statement: str, first_wrong: int) -> None:
    tamper(statement)
    assert audit.verify()[1] == first_wrong


def test_V5_two_lines_exchanged_are_found(five_lines: None) -> None:
    swap = "UPDATE audit SET id = {to} WHERE id = {of}"
    tamper(swap.format(of=2, to=9), swap.format(of=3, to=2), swap.format(of=9, to=3))
    assert audit.verify()[1] == 2


def test_V5_a_use_case_that_fails_leaves_no_line(five_lines: None) -> None:
    with pytest.raises(ValueError, match="halfway"), saved():
        audit.record("command line", None, "a.thing", "thing/1", BEFORE_ALL)
        raise ValueError("halfway")
    assert audit.verify() == (5, None)
    with saved():
        audit.record("command line", None, "a.thing", "thing/1", BEFORE_ALL)
    assert audit.verify() == (6, None)


def test_V5_what_is_not_a_number_is_kept_as_text(core_app: Flask) -> None:
    """So that the line says the same after it was read back, whatever the database makes of it."""
    with saved():
        audit.record("command line", None, "a.thing", "thing/1", BEFORE_ALL, who=uuid4(), yes=True, none=None)
    detail = db.session.scalars(select(AuditRow.detail)).one()
    assert detail["yes"] is True and detail["none"] is None and isinstance(detail["who"], str)
    db.session.expire_all()
    assert audit.verify() == (1, None)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM audit", "INSERT OR REPLACE INTO audit SELECT * FROM audit"]
)
def test_V5_the_service_itself_takes_no_line_away(five_lines: None, statement: str) -> None:
    if "REPLACE" in statement and db.engine.dialect.name == "postgresql":
        return  # which does not know it
    with pytest.raises(DatabaseError), saved():
        db.session.execute(text(statement))
    db.session.rollback()
    assert audit.verify() == (5, None)
