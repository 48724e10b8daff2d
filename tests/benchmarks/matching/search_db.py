"""Searching in a database of a million people: how long it takes, and how often the right one is found.

`BENCH_PEOPLE` says how many (a million unless told); the same people, keys and lines on both databases.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import event, text

from agenda.agencies import AgencyKind
from meetingsvc.models import db
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts as store
from meetingsvc.store import acting, search_people
from meetingsvc.usecases import accounts, agencies, areas
from meetingsvc.usecases.transaction import saved
from tests.benchmarks import ground
from tests.benchmarks.matching import people, search_ground
from tests.benchmarks.matching.kinds import AFTERWARDS, MADE_FOR
from tests.benchmarks.matching.people import Error, Record
from tests.benchmarks.matching.search import TYPED

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))
ASKED = int(os.environ.get("BENCH_ASKED", "200"))  # people a kind
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
Say = Callable[[str], None]
Line = Callable[[Record, Random], str]


def run(say: Say) -> None:
    """Every kind on both databases."""
    records = people.households(PEOPLE * 100 // 210 + 1, Random(5))[:PEOPLE]
    with ground.databases() as databases, TemporaryDirectory(prefix="meetingsvc-people-") as folder:
        for at, (name, copies) in enumerate(databases.items()):
            with ground.opened(copies):
                started = perf_counter()
                if at == 0:
                    search_ground.write(Path(folder), records)
                    say(f"{len(records):,} people written in {perf_counter() - started:.0f} s")
                reader, started = _a_coordinator(), perf_counter()
                search_ground.load(Path(folder), reader.area_id, copies)
                ground.counted(copies)
                say(f"\n{name}: loaded in {perf_counter() - started:.0f} s")
                _measure(reader, records, say)


def _a_coordinator() -> Principal:
    area_id = areas.create("northmoor", date(2026, 11, 2), NOW)
    with saved():
        agency = agencies.create(area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "bench", NOW)
        account = accounts.create(
            agency, Role.COORDINATOR, "Wren Ashby", "wren@northmoor.example", "invented words", "bench", NOW
        )
    reader = store.principal(account, NOW)
    assert reader is not None
    return reader


#: What somebody types who was told a name and a birth date, each with these errors.
def _as_typed(errors: tuple[Error, ...]) -> Line:
    def line(one: Record, chance: Random) -> str:
        wrong = people.with_errors(one, errors, chance)
        born = f"{wrong.dob:%d/%m/%Y}" if wrong.dob else ""
        home = f"{wrong.line} {wrong.postcode}" if people.moved not in errors else ""
        return " ".join(filter(None, (wrong.forename, wrong.surname, born, home)))

    return line


def _measure(reader: Principal, records: list[Record], say: Say) -> None:
    """Each kind, then all together: the share found, and how long the slowest of twenty takes."""
    groups = [("made for", {kind: _as_typed(errors) for kind, errors in MADE_FOR.items()}),
              ("afterwards", {kind: _as_typed(errors) for kind, errors in AFTERWARDS.items()}),
              ("typed", TYPED)]  # fmt: skip
    chance, every = Random(11), list[tuple[float, float]]()
    say(f"{'':12}{'':52}{'found':>7}{'p95 database':>14}{'p95 whole':>11}  ms")
    for title, kinds in groups:
        shares = []
        for kind, line in kinds.items():
            share, took = _kind(reader, records, line, chance)
            shares.append(share)
            every += took
            say(f"{title:12}{kind:52}{share:7.3f}{_p95(took, 0):14.2f}{_p95(took, 1):11.2f}")
        say(f"{title:12}{'all kinds':52}{sum(shares) / len(shares):7.3f}")
    say(f"{'all':64}{'':7}{_p95(every, 0):14.2f}{_p95(every, 1):11.2f}")


def _p95(took: list[tuple[float, float]], which: int) -> float:
    return quantiles([one[which] * 1000 for one in took], n=20)[-1]


def _kind(
    reader: Principal, records: list[Record], line: Line, chance: Random
) -> tuple[float, list[tuple[float, float]]]:
    hits, took = 0, list[tuple[float, float]]()
    clock = ground.CLOCK["PostgreSQL" if db.engine.dialect.name == "postgresql" else "SQLite"]
    for at in chance.sample(range(len(records)), min(ASKED, len(records))):
        typed = line(records[at], chance)
        with _heard() as said:
            started = clock()
            with acting.acting(reader):
                found = search_people.found(reader, typed, NOW.date())
            whole = clock() - started
        took.append((_database_time(reader, said, clock), whole))
        hits += search_ground.id_of(at) in {one.id for one in found}
        db.session.rollback()
    return hits / len(took), took


@contextmanager
def _heard() -> Iterator[list[tuple[str, Any]]]:
    """What is said to the database meanwhile."""
    said: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            said.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _database_time(reader: Principal, said: list[tuple[str, Any]], clock: ground.Clock) -> float:
    """The same statements once more to the driver alone, all their rows fetched."""
    with acting.acting(acting.Host(reader.area_id)):
        connection = db.session.connection().connection
        db.session.execute(text("SELECT 1"))  # the database is told who acts
        started = clock()
        for statement, parameters in said:
            cursor = connection.cursor()
            cursor.execute(statement, parameters)
            cursor.fetchall()
        return clock() - started
