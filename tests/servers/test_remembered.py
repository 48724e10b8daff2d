"""What is built once stands in each test as it was built, and only there."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, make_url, select

from meetingsvc.models import AreaRow, AuditRow, db
from meetingsvc.store import audit
from meetingsvc.usecases.transaction import saved
from tests.builders import BEFORE_ALL
from tests.servers import apps
from tests.servers.databases import Copies, owners_url
from tests.servers.remembered import fresh, recall

Recall = Callable[..., list[UUID]]
Again = Callable[[], None]


def lines() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditRow)) or 0


def a_line(name: str) -> list[UUID]:
    with saved():
        audit.record(audit.COMMAND_LINE, None, "area.created", f"area/{name}", BEFORE_ALL)
    return [uuid4()]


@pytest.fixture
def again(core_app: Flask, copies: Copies, database_url: str) -> Again:
    """The database is given out again, empty, as to the next test."""

    def give() -> None:
        apps.rest()
        copies.drop(database_url)
        assert copies.make() == database_url
        fresh(copies, database_url)
        assert lines() == 0
        db.session.rollback()

    return give


@pytest.fixture
def told(core_app: Flask, copies: Copies, database_url: str) -> Recall:
    """What is built under a name, of what was asked."""
    return lambda name, asked=None, make=None: recall(
        core_app, copies, database_url, ("test", name), asked, make or (lambda: a_line(name))
    )


def test_it_is_built_once_and_stands_again_with_an_equal_value(told: Recall, again: Again) -> None:
    first, more = told("one"), told("two")
    assert lines() == 2
    again()
    found = told("one")
    assert found == first and found is not first and lines() == 1
    found.append(uuid4())
    assert told("two") == more and lines() == 2
    assert audit.verify() == (2, None)
    a_line("three")
    assert audit.verify() == (3, None), "the numbers go on"
    again()
    assert told("one") == first, "as it was built, whatever was done to the value since"


def test_where_anything_else_was_written_it_is_built_afresh(told: Recall, again: Again) -> None:
    first = told("one")
    again()
    a_line("between")
    assert told("one") != first and lines() == 2
    again()
    assert told("one") == first and told("two") != told("two"), "nor is the order of no consequence"


def test_what_was_written_from_above_counts(
    told: Recall, again: Again, copies: Copies, database_url: str
) -> None:
    first = told("one")
    again()
    if database_url.startswith("postgresql"):
        with copies.above(database_url) as connection:
            connection.execute("CREATE TABLE of_a_test ()")
        assert told("one") != first


def test_of_something_else_asked_it_is_built_afresh(told: Recall, again: Again) -> None:
    first = told("one", 1)
    again()
    assert told("one", 2) != first


def test_a_row_or_what_waits_to_be_saved_is_not_kept(told: Recall, again: Again) -> None:
    def a_row() -> AreaRow:
        a_line("one")
        return AreaRow(name="northmoor")

    assert told("row", None, a_row) is not told("row", None, a_row)
    again()
    assert told("row", None, a_row) is not None and lines() == 1


@contextmanager
def past_sqlalchemy(url: str) -> Iterator[Any]:
    """A connection that nobody here knows of."""
    if url.startswith("postgresql"):
        with closing(psycopg.connect(owners_url(url))) as owner:
            yield owner
    else:
        with closing(sqlite3.connect(make_url(url).database or "")) as other:
            yield other


def test_what_was_written_past_sqlalchemy_counts(told: Recall, again: Again, database_url: str) -> None:
    first = told("one")
    again()
    with past_sqlalchemy(database_url) as connection:
        connection.execute("INSERT INTO sign_in_attempt (id, subject, at) VALUES (1, 'x', '2026-11-02')")
        connection.commit()
    assert told("one") != first and lines() == 1


def test_while_somebody_else_is_in_it_nothing_is_kept_or_put(
    told: Recall, again: Again, database_url: str
) -> None:
    with past_sqlalchemy(database_url) as connection:
        connection.execute("SELECT count(*) FROM audit")
        first = told("one")
    again()
    second = told("one")
    assert second != first
    again()
    with past_sqlalchemy(database_url) as connection:
        connection.execute("SELECT count(*) FROM audit")
        assert told("one") != second and lines() == 1
    again()
    assert told("one") == second


def test_what_waits_to_be_saved_is_neither_kept_nor_taken_back(told: Recall, again: Again) -> None:
    def a_flushed_line() -> list[UUID]:
        audit.record(audit.COMMAND_LINE, None, "area.created", "area/one", BEFORE_ALL)
        db.session.flush()
        return [uuid4()]

    first = told("flushed", None, a_flushed_line)
    assert lines() == 1
    assert told("none", None, lambda: [uuid4()]) and lines() == 1
    db.session.rollback()
    again()
    assert told("flushed", None, a_flushed_line) != first and lines() == 1


def test_under_another_patch_it_is_built_afresh(
    told: Recall, again: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    for moment in (1, 2, 1):
        with monkeypatch.context() as patched:
            patched.setattr("meetingsvc.clock.now", lambda told=moment: told)
            built.append(told("one"))
        again()
    assert built[0] == built[2] != built[1]
    assert told("one") not in built


def test_upon_another_world_it_is_built_afresh(told: Recall, again: Again) -> None:
    upon_one = told("one", 1), told("two")
    again()
    told("one", 2)
    assert told("two") != upon_one[1] and lines() == 2
    again()
    assert (told("one", 1), told("two")) == upon_one
