"""The floor for triage: the whole rule, people without a nominal included, as one SQL statement.

The hearings it looks back on lie in a table made for it beforehand, with the last day each counts, and two
indexes.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Integer, MetaData, String, Table, Uuid

from agenda.people import Identity
from agenda.triage import Heard
from meetingsvc.models import db
from meetingsvc.store import bulk, cases

_METADATA = MetaData()
#: What was decided: ours and the floor both write it.
DECIDED = Table(
    "decided", _METADATA,
    Column("incident_id", Integer, primary_key=True, autoincrement=False),
    Column("reasons", String(60), nullable=False),
    Column("victim_known", Boolean, nullable=False),
)  # fmt: skip
_HEARD = Table(
    "heard", _METADATA,
    Column("area_id", Uuid, nullable=False),
    Column("victim", String(100), nullable=False), Column("victim_name", String(300), nullable=False),
    Column("perpetrator", String(100), nullable=False),
    Column("perpetrator_name", String(300), nullable=False),
    Column("heard_on", Date, nullable=False), Column("until", Date, nullable=False),
)  # fmt: skip

_IN_TIME = "h.area_id = i.area_id AND h.heard_on <= i.recorded_day AND i.recorded_day <= h.until"
_BY_NOMINAL = f"{_IN_TIME} AND i.victim_nominal <> '' AND h.victim = i.victim_nominal"
_BY_NAME = f"""{_IN_TIME} AND i.victim_name <> '' AND h.victim_name = i.victim_name
    AND (i.victim_nominal = '' OR h.victim = '')"""
_SAME = """CASE WHEN i.perpetrator_nominal <> '' AND h.perpetrator <> ''
    THEN h.perpetrator = i.perpetrator_nominal
    ELSE i.perpetrator_name <> '' AND h.perpetrator_name = i.perpetrator_name END"""
_RULES = """
    CASE WHEN NOT i.domestic THEN ''
    ELSE coalesce(nullif(trim(
        CASE WHEN i.risk = 'high' THEN 'T2 ' WHEN i.risk <> 'medium' THEN ''
             WHEN i.children AND i.consents THEN 'T3 T4 ' WHEN i.children THEN 'T3 '
             WHEN i.consents THEN 'T4 ' ELSE '' END
        || CASE WHEN {again} THEN 'T6' ELSE '' END), ''), 'T5') END,
    i.domestic AND {known}"""


def _any(of: str) -> str:
    by = " OR ".join(
        f"EXISTS (SELECT 1 FROM heard h WHERE {found} AND {of})" for found in (_BY_NOMINAL, _BY_NAME)
    )
    return f"({by})"


def statements(where: str = "true") -> tuple[str, str]:
    """Two ways to say the same, as databases differ in which they do well."""
    branches = " UNION ALL ".join(
        f"SELECT i.id, {_SAME} AS same FROM incident i JOIN heard h ON {found} WHERE i.domestic AND {where}"
        for found in (_BY_NOMINAL, _BY_NAME)
    )
    decided = _RULES.format(again="f.again = 1", known="coalesce(f.known, 0) = 1")
    once = f"""WITH found AS (SELECT id, max(CASE WHEN same THEN 1 ELSE 0 END) AS again,
               max(CASE WHEN same THEN 0 ELSE 1 END) AS known FROM ({branches}) AS b GROUP BY id)
        INSERT INTO decided SELECT i.id, {decided}
        FROM incident i LEFT JOIN found f ON f.id = i.id WHERE {where}"""
    asked = _RULES.format(again=_any(f"({_SAME})"), known=_any(f"NOT ({_SAME})"))
    return once, f"INSERT INTO decided SELECT i.id, {asked} FROM incident i WHERE {where}"


def clear() -> None:
    """An empty table for what is decided."""
    connection = db.session.connection()
    DECIDED.drop(connection, checkfirst=True)
    DECIDED.create(connection)


def lay_out(area_ids: list[UUID], months: int, first: date, last: date) -> None:
    """Fills the table that the statement looks back on."""
    connection = db.session.connection()
    _HEARD.create(connection)
    for area_id in area_ids:
        rows = [_laid_out(area_id, one) for one in cases.look_back(area_id, months, first, last)]
        bulk.insert(_HEARD, [column.name for column in _HEARD.columns], rows)
    for by in ("victim", "victim_name"):
        connection.exec_driver_sql(f"CREATE INDEX heard_by_{by} ON heard (area_id, {by}, heard_on, until)")


def _laid_out(area_id: UUID, heard: Heard) -> tuple[Any, ...]:
    nobody = Identity(frozenset(), frozenset())
    known_by = [
        next(iter(names), "")
        for who in (heard.victim, heard.perpetrator or nobody)
        for names in (who.nominals, who.names)
    ]
    return area_id, *known_by, heard.heard_on, heard.until
