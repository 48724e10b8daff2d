"""Monday morning: every area's list built, each in its own commit, by the use case.

The floor decides the same incidents by one SQL statement an area, each with its own commit, and writes a
narrow row for each decision: no cases, no items, no audit. Beside it: ten times the incidents in one list.
"""

import io
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from uuid import UUID

from sqlalchemy import bindparam, text

from agenda.feed_content import COLUMNS
from agenda.people import joined_key
from meetingsvc.invented.families import Family, families
from meetingsvc.invented.incidents import as_csv, row
from meetingsvc.models import AreaRow, IncidentRow, db
from meetingsvc.store import audit
from meetingsvc.usecases import areas, feed, lists
from meetingsvc.usecases.transaction import saved
from tests.benchmarks import floors_triage, nation
from tests.benchmarks.ground import CLOCK, SCALE, Clock, Row, counted, databases, opened, seconds
from tests.servers.databases import Copies

AREAS = min(int(290 * SCALE * 4) or 1, 290)
A_WEEKEND = 40  # incidents an area's police record from Friday to Monday
MONDAYS = (date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30))
NOW = datetime(2026, 12, 7, 8, 30, tzinfo=UTC)
FIRST = date(2026, 11, 2)


def run(rounds: int = 3) -> list[Row]:
    """Every ratio is the median of pairs: each Monday's lists, then the floor of the same incidents."""
    rows = []
    with databases() as kinds:
        for kind, target in (("SQLite", 5.0), ("PostgreSQL", 5.0)):
            ratio = _mondays(kinds[kind], CLOCK[kind])
            rows.append(Row(f"{AREAS} Monday lists, {kind} / as many statements and commits", ratio, target))
            growth = median(_growth(kinds[kind], CLOCK[kind]) for _ in range(min(rounds, 3)))
            rows.append(Row(f"a list of 5,000 incidents, {kind} / one of 500", growth, 10.5))
    return rows


def _mondays(copies: Copies, clock: Clock) -> float:
    with opened(copies):
        area_ids = [areas.create(f"area-{n}", FIRST, NOW) for n in range(AREAS)]
        people = families(3000, FIRST, Random(0))
        for number, area_id in enumerate(area_ids):
            chance = Random(number)
            _take_in(area_id, _weekends(people, chance))
            with saved():
                nation.hear(area_id, [_couple(chance.choice(people)) for _ in range(nation.HEARINGS)], chance)
        with saved():
            floors_triage.lay_out(area_ids, nation.MONTHS, FIRST, MONDAYS[-1])
            floors_triage.clear()
        counted(copies)
        return median(_one_monday(area_ids, monday, clock) for monday in MONDAYS)


def _one_monday(area_ids: list[UUID], monday: date, clock: Clock) -> float:
    floor = seconds(lambda: _floor(area_ids, monday), clock)
    with saved():
        floors_triage.clear()
    return seconds(lambda: _build(area_ids, monday), clock) / floor


def _build(area_ids: list[UUID], day: date) -> None:
    for area_id in area_ids:
        with saved():
            lists.build(db.session.get_one(AreaRow, area_id), day, audit.COMMAND_LINE, NOW)


def _floor(area_ids: list[UUID], monday: date) -> None:
    where = "i.area_id = :area AND i.recorded_at >= :start AND i.recorded_at < :end"
    incident = IncidentRow
    statement = text(floors_triage.statements(where)[0]).bindparams(
        bindparam("area", type_=incident.area_id.type),
        bindparam("start", type_=incident.recorded_at.type),
        bindparam("end", type_=incident.recorded_at.type),
    )
    end = datetime(monday.year, monday.month, monday.day, 8, tzinfo=UTC)
    for area_id in area_ids:
        with saved():
            told = {"area": area_id, "start": end - timedelta(days=3), "end": end}
            db.session.execute(statement, told)


def _growth(copies: Copies, clock: Clock) -> float:
    return _backlog(copies, 5_000, clock) / _backlog(copies, 500, clock)


def _backlog(copies: Copies, incidents: int, clock: Clock) -> float:
    chance = Random(incidents)
    people = families(incidents // 3, FIRST, chance)
    start, minutes = datetime(2026, 11, 2, 12), 13 * 24 * 60  # noqa: DTZ001 local, as the feed says it
    told = [
        row(n, chance.choice(people), start + timedelta(minutes=n * minutes // incidents), chance)
        for n in range(incidents)
    ]
    with opened(copies):
        area_id = areas.create("area", FIRST, NOW)
        _take_in(area_id, told)
        return seconds(lambda: _build([area_id], MONDAYS[0]), clock)


def _weekends(people: list[Family], chance: Random) -> list[dict[str, str]]:
    told = []
    for week, monday in enumerate(MONDAYS):
        start = datetime(monday.year, monday.month, monday.day, 8) - timedelta(days=3)  # noqa: DTZ001
        told += [
            row(week * 1000 + n, chance.choice(people), start + timedelta(minutes=n * 100), chance)
            for n in range(A_WEEKEND)
        ]
    return told


def _couple(family: Family) -> nation.Couple:
    victim, perpetrator = (
        (one.nominal, joined_key(one.surname, one.forename, str(one.dob)))
        for one in (family.victim, family.perpetrator)
    )
    return victim, perpetrator


def _take_in(area_id: UUID, told: list[dict[str, str]]) -> None:
    file = as_csv(told, COLUMNS)
    feed.take_in(area_id, io.BytesIO(file), "feed.csv", len(file), NOW)
