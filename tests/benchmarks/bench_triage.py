"""A year of a nation's incidents triaged, hearings looked back on, every decision kept.

Ours is the pure rule over tuples as the driver gives them, area by area, the decisions inserted in chunks.
The floor is one SQL statement over the same rows into the same table, the quicker of two ways to say it.
Both find the hearings prepared: ours in memory, the statement in a table with indexes. How long the
preparing takes is told beside it. That both give the same answers is checked in every round.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from agenda.triage import LookBack, triage
from meetingsvc.models import IncidentRow, db
from meetingsvc.store import bulk, cases
from meetingsvc.usecases import areas
from meetingsvc.usecases.transaction import saved
from tests.benchmarks import floors_triage, nation
from tests.benchmarks.floors_triage import DECIDED
from tests.benchmarks.ground import CLOCK, SCALE, Clock, Row, counted, databases, opened, seconds
from tests.servers.databases import Copies

AREAS = max(int(290 * SCALE), 1)
INCIDENTS = int(1_400_000 * SCALE) // AREAS  # an area
CHUNK = 10_000


def run(rounds: int = 5) -> list[Row]:
    """Every ratio is the median of pairs that ran one after the other."""
    what = f"triage of {AREAS * INCIDENTS:,} incidents, {AREAS} areas"
    rows = []
    with databases() as kinds:
        for kind, target in (("SQLite", 1.0), ("PostgreSQL", 1.3)):
            triaged, with_loading = _ratios(kinds[kind], CLOCK[kind], rounds)
            rows.append(Row(f"{what}, {kind} / one statement", triaged, target))
            rows.append(
                Row(f"the same, loading {nation.HEARINGS} hearings an area as well", with_loading, None)
            )
    return rows


def _ratios(copies: Copies, clock: Clock, rounds: int) -> tuple[float, float]:
    with opened(copies):
        area_ids = [areas.create(f"area-{n}", date(2026, 1, 2), nation.NOW) for n in range(AREAS)]
        with saved():
            for number, area_id in enumerate(area_ids):
                nation.fill(number, area_id, INCIDENTS)
            floors_triage.lay_out(area_ids, nation.MONTHS, nation.FIRST, nation.LAST)
        counted(copies)
        triaged, loaded = [], []
        for _ in range(rounds):
            heard: dict[UUID, LookBack] = {}
            loading = seconds(lambda: heard.update(_load(area_ids)), clock)  # noqa: B023 called at once
            ours, answers = _timed(lambda: _ours(heard), clock)  # noqa: B023
            floors = [_timed(lambda: _say(said), clock) for said in floors_triage.statements()]  # noqa: B023
            if any(theirs != answers for _, theirs in floors):
                raise AssertionError(f"different answers: {answers} {[theirs for _, theirs in floors]}")
            floor = min(taken for taken, _ in floors)
            triaged.append(ours / floor)
            loaded.append((ours + loading) / floor)
        return median(triaged), median(loaded)


def _timed(job: Callable[[], None], clock: Clock) -> tuple[float, Counter[tuple[str, bool]]]:
    with saved():
        floors_triage.clear()
    taken = seconds(job, clock)
    answers = db.session.execute(select(DECIDED.c.reasons, DECIDED.c.victim_known))
    return taken, Counter((reasons, bool(known)) for reasons, known in answers)


def _load(area_ids: list[UUID]) -> dict[UUID, LookBack]:
    return {
        area_id: LookBack(cases.look_back(area_id, nation.MONTHS, nation.FIRST, nation.LAST))
        for area_id in area_ids
    }


def _ours(heard: dict[UUID, LookBack]) -> None:
    with saved():
        for area_id, look_back in heard.items():
            decisions = triage(_narrow(area_id), look_back)
            while chunk := list(islice(decisions, CHUNK)):
                bulk.insert(DECIDED, ("incident_id", "reasons", "victim_known"), chunk)


def _narrow(area_id: UUID) -> Iterator[Any]:
    """What no list has considered, as `incidents.due` asks for it, but straight from the driver."""
    row = IncidentRow
    wanted = select(
        row.id, row.domestic, row.risk, row.children, row.consents, row.recorded_day,
        row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name,
    ).where(row.area_id == area_id, row.considered.is_(False))  # fmt: skip
    db.session.execute(text("SELECT 1"))  # tells the database who acts
    cursor = db.session.connection().connection.cursor()
    cursor.execute(str(wanted.compile(db.engine, compile_kwargs={"literal_binds": True})))
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def _say(statement: str) -> None:
    with saved():
        db.session.connection().exec_driver_sql(statement)
