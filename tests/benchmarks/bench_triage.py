"""A year of a nation's incidents triaged, hearings looked back on, every decision kept.

Ours is the pure rule over tuples as the driver gives them, area by area, with the hearings preloaded and the decisions
inserted in chunks. The floor is one SQL statement over the same rows, into the same table: the quicker of two ways to
say it, on hearings that are laid out and indexed for it beforehand. Everyone has a nominal here, so that the
statement need not know how names are compared; that both give the same answers is checked in every round.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, insert, select

from agenda.triage import Heard, LookBack, identity, triage
from meetingsvc.models import CaseRow, HearingRow, IdentityRow, ImportRow, IncidentRow, PersonRow, db
from meetingsvc.store import bulk, cases
from meetingsvc.usecases import areas
from meetingsvc.usecases.transaction import saved
from tests.benchmarks.ground import SCALE, Row, databases, opened, seconds
from tests.servers.databases import Copies

INCIDENTS, AREAS = int(1_400_000 * SCALE), max(int(290 * SCALE), 1)
HEARINGS = 400  # an area has heard in two years
MONTHS = 12
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
NOW = datetime(2027, 1, 4, 8, 30, tzinfo=UTC)
CHUNK = 10_000

_METADATA = MetaData()
DECIDED = Table(
    "decided", _METADATA,
    Column("incident_id", Integer, primary_key=True, autoincrement=False),
    Column("reasons", String(60), nullable=False),
    Column("victim_known", Boolean, nullable=False),
)  # fmt: skip
_RULES = """
    CASE WHEN NOT i.domestic THEN ''
    ELSE coalesce(nullif(trim(
        CASE WHEN i.risk = 'high' THEN 'T2 ' WHEN i.risk <> 'medium' THEN ''
             WHEN i.children AND i.consents THEN 'T3 T4 ' WHEN i.children THEN 'T3 '
             WHEN i.consents THEN 'T4 ' ELSE '' END
        || CASE WHEN {repeat} THEN 'T6' ELSE '' END), ''), 'T5') END,
    i.domestic AND {known}"""
_LOOKING_BACK = """h.area_id = i.area_id AND h.victim = i.victim_nominal
    AND h.heard_on <= i.recorded_day AND i.recorded_day <= h.until"""
#: Two ways to say the same: databases differ in which they do well.
STATEMENTS = (
    "INSERT INTO decided SELECT i.id, "
    + _RULES.format(
        repeat=f"EXISTS (SELECT 1 FROM heard h WHERE {_LOOKING_BACK} AND h.perpetrator = i.perpetrator_nominal)",
        known=f"EXISTS (SELECT 1 FROM heard h WHERE {_LOOKING_BACK} AND h.perpetrator <> i.perpetrator_nominal)",
    )
    + " FROM incident i",
    f"""WITH found AS (
        SELECT i.id, max(CASE WHEN h.perpetrator = i.perpetrator_nominal THEN 1 ELSE 0 END) AS again,
               max(CASE WHEN h.perpetrator <> i.perpetrator_nominal THEN 1 ELSE 0 END) AS known
        FROM incident i JOIN heard h ON {_LOOKING_BACK} WHERE i.domestic GROUP BY i.id)
    INSERT INTO decided SELECT i.id, """
    + _RULES.format(repeat="coalesce(f.again, 0) = 1", known="coalesce(f.known, 0) = 1")
    + " FROM incident i LEFT JOIN found f ON f.id = i.id",
)


def run(rounds: int = 3) -> list[Row]:
    """Every ratio is the median of pairs that ran one after the other."""
    rows = []
    with databases() as kinds:
        for (kind, copies), target in zip(kinds.items(), (1.0, 1.3), strict=True):
            rows.append(
                Row(
                    f"triage of {INCIDENTS:,} incidents, {AREAS} areas, {kind} / one statement",
                    _ratio(copies, rounds),
                    target,
                )
            )
    return rows


def _ratio(copies: Copies, rounds: int) -> float:
    with opened(copies):
        area_ids = [areas.create(f"area-{n}", date(2026, 1, 2), NOW) for n in range(AREAS)]
        with saved():
            for number, area_id in enumerate(area_ids):
                _fill(number, area_id)
        _lay_out_hearings(area_ids)
        ratios = []
        for _ in range(rounds):
            ours, answers = _timed(lambda: _ours(area_ids))
            floors = [_timed(lambda s=s: _say(s)) for s in STATEMENTS]  # type: ignore[misc]
            if any(theirs != answers for _, theirs in floors):
                raise AssertionError(f"different answers: {answers} {[theirs for _, theirs in floors]}")
            ratios.append(ours / min(floor for floor, _ in floors))
        return median(ratios)


def _timed(job: Any) -> tuple[float, Counter[tuple[str, bool]]]:
    with saved():
        _METADATA.drop_all(db.session.connection())
        _METADATA.create_all(db.session.connection())
    taken = seconds(job)
    answers = db.session.execute(select(DECIDED.c.reasons, DECIDED.c.victim_known))
    return taken, Counter((reasons, bool(known)) for reasons, known in answers)


def _ours(area_ids: list[UUID]) -> None:
    with saved():
        for area_id in area_ids:
            look_back = LookBack(cases.look_back(area_id, MONTHS, FIRST, LAST))
            decisions = triage(_narrow(area_id), look_back)
            while chunk := list(islice(decisions, CHUNK)):
                bulk.insert(DECIDED, ("incident_id", "reasons", "victim_known"), chunk)


def _narrow(area_id: UUID) -> Iterator[Any]:
    row = IncidentRow
    columns = (
        row.id, row.domestic, row.risk, row.children, row.consents, row.recorded_day,
        row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name,
    )  # fmt: skip
    statement = select(*columns).where(row.area_id == area_id)
    told = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    cursor = db.session.connection().connection.cursor()
    cursor.execute(str(told))
    while rows := cursor.fetchmany(CHUNK):
        yield from rows


def _say(statement: str) -> None:
    with saved():
        db.session.connection().exec_driver_sql(statement)


def _fill(number: int, area_id: UUID) -> None:
    chance = Random(number)
    came = ImportRow(area_id=area_id, kind="feed", filename="year.csv", received_at=NOW, state="done")
    db.session.add(came)
    db.session.flush()
    first = bulk.next_id(IncidentRow.__table__)  # type: ignore[arg-type]
    columns = [column.name for column in IncidentRow.__table__.columns]
    rows = [
        _incident(chance, area_id, came.id, key, (key - first) * AREAS / INCIDENTS)
        for key in range(first, first + INCIDENTS // AREAS)
    ]
    bulk.insert(IncidentRow.__table__, columns, [tuple(one[name] for name in columns) for one in rows])  # type: ignore[arg-type]
    victims = [(one["victim_nominal"], one["perpetrator_nominal"]) for one in rows]
    _hear(area_id, [chance.choice(victims) for _ in range(HEARINGS)], chance)


def _incident(chance: Random, area_id: UUID, came: UUID, key: int, share: float) -> dict[str, Any]:
    at = datetime(2026, 1, 1, 6, tzinfo=UTC) + timedelta(days=share * 364)
    family = chance.randrange(3000)
    unknown = chance.random() < 0.05
    return {
        "id": key, "area_id": area_id, "occurrence_number": f"{key:010}", "version": 1, "current": True,
        "considered": False, "import_id": came, "received_at": NOW, "digest": key.to_bytes(16, "big"),
        "domestic": chance.random() < 0.9, "recorded_at": at, "recorded_day": at.date(),
        "risk": chance.choices(("standard", "medium", "high"), (50, 34, 16))[0],
        "children": chance.random() < 0.4, "consents": chance.random() < 0.4,
        "victim_nominal": f"V{family}", "victim_name": f"hexley|grace{family}|1990-01-01",
        "perpetrator_nominal": "" if unknown else f"P{family}{chance.choice('aaab')}", "perpetrator_name": "",
        "perpetrator_known": not unknown, "has_order": False, "victim_surname": "", "perpetrator_surname": "",
    }  # fmt: skip


def _hear(area_id: UUID, parties: list[tuple[str, str]], chance: Random) -> None:
    """Each of these couples, heard on a day in two years."""
    ids: dict[str, UUID] = {}
    couples = [(victim, perpetrator or "P") for victim, perpetrator in parties]
    for person in {one for couple in couples for one in couple}:
        ids[person] = UUID(int=chance.getrandbits(128))
    db.session.execute(
        insert(PersonRow),
        [{"id": key, "area_id": area_id, "forename": "", "surname": name} for name, key in ids.items()],
    )
    db.session.execute(
        insert(IdentityRow),
        [{"area_id": area_id, "person_id": k, "kind": "nominal", "value": name} for name, k in ids.items()],
    )
    made = {couple: UUID(int=chance.getrandbits(128)) for couple in couples}
    db.session.execute(
        insert(CaseRow),
        [
            {"id": key, "area_id": area_id, "number": n, "victim_id": ids[v], "perpetrator_id": ids[p]}
            for n, ((v, p), key) in enumerate(made.items(), 1)
        ],
    )
    db.session.execute(
        insert(HearingRow),
        [
            {"area_id": area_id, "case_id": made[couple], "source": "marac", "external_reference": str(n),
             "heard_on": FIRST + timedelta(days=chance.randrange(-365, 364))}
            for n, couple in enumerate(couples)
        ],
    )  # fmt: skip


def _lay_out_hearings(area_ids: list[UUID]) -> None:
    heard = Table(
        "heard", MetaData(),
        Column("area_id", IncidentRow.__table__.c.area_id.type),
        Column("victim", String(100)), Column("perpetrator", String(100)),
        Column("heard_on", HearingRow.__table__.c.heard_on.type),
        Column("until", HearingRow.__table__.c.heard_on.type),
    )  # fmt: skip
    with saved():
        heard.create(db.session.connection())
        for area_id in area_ids:
            rows = [_laid_out(area_id, one) for one in cases.look_back(area_id, MONTHS, FIRST, LAST)]
            bulk.insert(heard, [column.name for column in heard.columns], rows)
        connection = db.session.connection()
        connection.exec_driver_sql(
            "CREATE INDEX heard_by ON heard (area_id, victim, perpetrator, heard_on, until)"
        )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _laid_out(area_id: UUID, heard: Heard) -> tuple[Any, ...]:
    (victim,), (perpetrator,) = heard.victim.nominals, (heard.perpetrator or identity("", "")).nominals
    return area_id, victim, perpetrator, heard.heard_on, heard.until
