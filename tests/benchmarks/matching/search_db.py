"""Searching in a database of a million people: how long it takes, and how often the right one is found.

`BENCH_PEOPLE` says how many (a million unless told); the same people, keys and lines on both databases. Where
it may, it goes before whatever else runs on one processor, with what answers it: no neighbour is measured.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
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
#: As whom, the statement and its parameters.
Said = tuple[acting.Capacity, str, Any]


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
                with _first_in_line() as first:
                    say("first in line on one processor" if first else "beside whatever else runs")
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


@contextmanager
def _first_in_line() -> Iterator[bool]:
    """This process, and PostgreSQL's that answers it, before all others on one processor; whether that is
    allowed."""
    pids = [0]
    if db.engine.dialect.name == "postgresql":
        pids.append(db.session.scalar(text("SELECT pg_backend_pid()")))
    everywhere = os.sched_getaffinity(0)
    try:
        for pid in pids:
            os.sched_setaffinity(pid, {max(everywhere)})
            os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass
    gc.collect()
    gc.freeze()  # the million records are not looked through again and again
    try:
        yield os.sched_getscheduler(0) == os.SCHED_FIFO
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, everywhere)


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
    say(f"{'all, p95':64}{'':7}{_p95(every, 0):14.2f}{_p95(every, 1):11.2f}")
    say(f"{'all, p50':64}{'':7}{_p50(every, 0):14.2f}{_p50(every, 1):11.2f}")


def _p95(took: list[tuple[float, float]], which: int) -> float:
    return quantiles([one[which] * 1000 for one in took], n=20)[-1]


def _p50(took: list[tuple[float, float]], which: int) -> float:
    return median(one[which] * 1000 for one in took)


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
def _heard() -> Iterator[list[Said]]:
    """What is said to the database meanwhile, and as whom."""
    said: list[Said] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            said.append((acting.who(), statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _database_time(reader: Principal, said: list[Said], clock: ground.Clock) -> float:
    """The same statements once more to the driver alone, all their rows fetched; on PostgreSQL as whom each
    was said, told anew where that changes. A bare cursor on SQLite is for the service alone.
    """
    service = acting.Host(reader.area_id)
    told = db.engine.dialect.name == "postgresql"
    with acting.acting(service):
        connection = db.session.connection().connection
        db.session.execute(text("SELECT 1"))  # the database is told who acts
        started = clock()
        for who, statement, parameters in said:
            with acting.acting(who if told else service):
                cursor = connection.cursor()
                cursor.execute(statement, parameters)
                cursor.fetchall()
        return clock() - started
