"""Taking in a feed, whole: parsed, validated, compared with what is known, kept in versions, audited; and
again.

The floor is SQLite's executemany of the very rows that the import wrote, as the driver gives them back,
into the same tables with the same indexes, foreign keys and pragmas, in one transaction. Beside it stand
the ratio to a single bare table of the file's own columns, and for PostgreSQL that to COPY of the same
rows into the same tables.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from sqlalchemy import text

from agenda.feed_content import COLUMNS
from meetingsvc.invented.families import families
from meetingsvc.invented.incidents import as_csv, row
from meetingsvc.models import db
from meetingsvc.models.base import writing
from meetingsvc.usecases import areas, feed
from tests.benchmarks.ground import SCALE, Clock, Row, databases, opened, seconds
from tests.servers.databases import Copies

ROWS = int(400_000 * SCALE)
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
#: In the order in which foreign keys let them be filled.
WRITTEN = ("area", "feed_import", "incident", "incident_text")

Tables = dict[str, list[tuple[Any, ...]]]


def run(rounds: int = 5) -> list[Row]:
    """Every ratio is the median of pairs that ran one after the other."""
    file = a_feed(ROWS)
    found: dict[tuple[str, float | None], list[float]] = {}

    def add(name: str, target: float | None, ratio: float) -> None:
        found.setdefault((name, target), []).append(ratio)

    with databases() as kinds:
        lite, post = kinds["SQLite"], kinds["PostgreSQL"]
        for _ in range(rounds):
            first, again, rows = _ours(lite, file, process_time)
            floor = _executemany(lite, rows, process_time)
            add("feed, SQLite / executemany", 3.0, first / floor)
            bare = _bare(lite, file, process_time)
            add("feed, SQLite / executemany into one bare table of the file's columns", None, first / bare)
            add("the same file again, SQLite / executemany", 1.5, again / floor)
            written = rows
            first, again, rows = _ours(post, file, perf_counter)
            copied, floor = _copy(post, rows), _executemany(lite, written, perf_counter)
            add("feed, PostgreSQL / COPY", 3.0, first / copied)
            add("the same file again, PostgreSQL / COPY", 1.5, again / copied)
            add("feed, PostgreSQL / SQLite's executemany", 3.0, first / floor)
            add("the same file again, PostgreSQL / SQLite's executemany", 1.5, again / floor)
    return [Row(name, median(ratios), target) for (name, target), ratios in found.items()]


def a_feed(rows: int) -> bytes:
    """So many rows as a force sends them, with about a thousand characters each."""
    chance = Random(1)
    people = families(max(rows // 10, 100), date(2026, 11, 1), chance)
    start, minutes = datetime(2026, 6, 1), 150 * 24 * 60  # noqa: DTZ001 local, as the feed says it
    told = []
    for number in range(rows):
        at = start + timedelta(minutes=number * minutes // rows)
        one = row(number, chance.choice(people), at, chance)
        told.append(one | {"summary": " ".join([one["summary"]] * 3)})
    return as_csv(told, COLUMNS)


def _ours(copies: Copies, file: bytes, clock: Clock) -> tuple[float, float, Tables]:
    with opened(copies):
        area_id = areas.create("northtest", date(2026, 11, 2), NOW)
        first = seconds(lambda: _take_in(area_id, file, "created"), clock)
        again = seconds(lambda: _take_in(area_id, file, "unchanged"), clock)
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))  # tells the database who acts
            cursor = connection.connection.cursor()
            rows: Tables = {}
            for table in WRITTEN:
                cursor.execute(f"SELECT * FROM {table}")
                rows[table] = cursor.fetchall()
        return first, again, rows


def _take_in(area_id: UUID, file: bytes, expected: str) -> None:
    tally = feed.take_in(area_id, io.BytesIO(file), "feed.csv", len(file), NOW)
    if getattr(tally, expected) != ROWS:
        raise AssertionError(f"not what is to be measured: {tally}")


@contextmanager
def _driver() -> Iterator[Any]:
    """The driver's own cursor, in a transaction begun and committed as a use case does."""
    token = writing.set(True)
    try:
        with db.engine.begin() as connection:
            yield connection.connection.cursor()
    finally:
        writing.reset(token)


def _executemany(copies: Copies, rows: Tables, clock: Clock) -> float:
    def insert(*tables: str) -> None:
        with _driver() as cursor:
            for table in tables:
                marks = ", ".join("?" * len(rows[table][0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])

    with opened(copies):
        insert(*WRITTEN[:2])
        return seconds(lambda: insert(*WRITTEN[2:]), clock)


def _bare(copies: Copies, file: bytes, clock: Clock) -> float:
    header, *rows = csv.reader(io.StringIO(file.decode(), newline=""))

    def insert() -> None:
        with _driver() as cursor:
            cursor.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * len(header))})", rows)

    with opened(copies):
        with _driver() as cursor:
            cursor.execute(f"CREATE TABLE bare ({', '.join(header)})")
        return seconds(insert, clock)


def _copy(copies: Copies, rows: Tables) -> float:
    """As one above all policies: PostgreSQL takes no COPY into a table with row-level security."""

    def insert(*tables: str) -> None:
        with copies.above(url) as connection, connection.cursor() as cursor:
            for table in tables:
                with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
                    for one in rows[table]:
                        copy.write_row(one)

    with opened(copies):
        url = db.engine.url.render_as_string(hide_password=False)
        for table in ("area", "feed_import"):
            names = [column.name for column in db.metadata.tables[table].columns]
            values = [dict(zip(names, one, strict=True)) for one in rows[table]]
            with db.engine.begin() as connection:
                connection.execute(db.metadata.tables[table].insert(), values)
        return seconds(lambda: insert(*WRITTEN[2:]))
