"""The audit trail: written in the transaction of the change, chained by SHA-256, checked by `verify`."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, null, select, text

from meetingsvc.models import AuditRow, Base, db
from meetingsvc.store import acting

START = "0" * 64
COMMAND_LINE = "command line"
#: Every line asks these: put together once.
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7309)")
_LAST = select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
#: What a line calls otherwise than its table is called.
_TABLES = {"copy": "pack_copy"}
#: What a row without a case of its own hangs on.
_HANGS_ON = {"item_id": "item", "meeting_id": "meeting", "minutes_id": "meeting_minutes", "pack_id": "pack"}


def record(
    actor: UUID | str, area_id: UUID | None, action: str, subject: str, now: datetime, **detail: object
) -> UUID | None:
    """Adds one line; gives back the case it is about, if any.

    `detail` holds identifiers and counts, never a person (Rulebook V5). A line about a case is read only by
    who may open it: its subject is the case (`case/<id>`), or a row of the case's, or `detail` says `case`.
    """
    case_id = said_case(subject, detail)
    if case_id is None and area_id is not None:
        case_id = _case_of(area_id, subject, detail)
        detail |= {"case": case_id} if case_id else {}
    number, previous = _end()
    row = AuditRow(
        id=number + 1,
        at=now,
        area_id=area_id,
        actor=str(actor),
        action=action,
        subject=subject,
        detail=_plain(detail),
        previous=previous,
        case_id=case_id,
    )
    row.hash = _hash(row)
    db.session.add(row)
    db.session.flush()
    return case_id


def record_each(
    actor: UUID | str,
    area_id: UUID,
    action: str,
    case_ids: Iterable[UUID],
    now: datetime,
    **detail: object,
) -> None:
    """Adds a line for each of several cases that one page showed, together."""
    number, previous = _end()
    for case_id in case_ids:
        number += 1
        row = AuditRow(
            id=number, at=now, area_id=area_id, actor=str(actor), action=action, subject=f"case/{case_id}",
            detail=_plain(detail), previous=previous, case_id=case_id,
        )  # fmt: skip
        row.hash = previous = _hash(row)
        db.session.add(row)
    db.session.flush()


def _end() -> tuple[int, str]:
    """The number and hash of the last line. One line at a time from here on: the chain has one end."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(_ONE_AT_A_TIME)
    last = db.session.execute(_LAST).one_or_none()
    return (last.id, last.hash) if last else (0, START)


def said_case(subject: str, detail: Mapping[str, object]) -> UUID | None:
    """The case that a line names itself, which its hash therefore covers."""
    kind, _, key = subject.partition("/")
    return _uuid(key if kind == "case" else str(detail.get("case") or ""))


def _case_of(area_id: UUID, subject: str, detail: Mapping[str, object]) -> UUID | None:
    """The case of the row that a line is about, or of the item that its detail names."""
    kind, _, key = subject.partition("/")
    if "item" in detail:
        kind, key = "item", str(detail["item"])
    table, row = Base.metadata.tables.get(_TABLES.get(kind, kind)), _uuid(key)
    if table is None or row is None or "id" not in table.c or not (ways := list(_ways(table))):
        return None
    found = select(func.coalesce(*ways, null())).where(table.c.id == row)
    with acting.whole_area(area_id):
        case_id: UUID | None = db.session.scalar(found)
    return case_id


def _ways(table: Table) -> Iterator[ColumnElement[Any]]:
    """To the case of a row: its own, else that of what it hangs on; of an emergency MARAC, its one case."""
    if "case_id" in table.c:
        yield table.c.case_id
        if not table.c.case_id.nullable:
            return
    for column, name in _HANGS_ON.items():
        if column in table.c:
            parent = Base.metadata.tables[name]
            above = select(func.coalesce(*_ways(parent), null())).where(parent.c.id == table.c[column])
            yield above.correlate(table).scalar_subquery()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def verify() -> tuple[int, int | None]:
    """How many lines there are, and the first that is altered, out of order or after a gap (or None)."""
    count, previous = 0, START
    rows = select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)
    with db.session.scalars(rows) as lines:
        for row in lines:
            count += 1
            wrong = row.id != count or row.previous != previous or row.hash != _hash(row)
            if wrong or not _case_holds(row):
                return count, row.id
            previous = row.hash
    return count, None


def _case_holds(row: AuditRow) -> bool:
    """The case decides who reads a line, and is no part of its hash: so it is as the line itself says.

    Lines older than the column name an item at most, and had its case filled in.
    """
    said = said_case(row.subject, row.detail)
    older = row.subject.startswith("item/") or "item" in row.detail
    return row.case_id == said or (said is None and older)


def hash_at(line: int) -> str | None:
    """The hash of a line. Kept elsewhere, that of the last one shows later whether the tail was cut off."""
    return db.session.scalar(select(AuditRow.hash).where(AuditRow.id == line))


def _plain(detail: Mapping[str, object]) -> dict[str, object]:
    return {k: v if isinstance(v, int | bool | None) else str(v) for k, v in sorted(detail.items())}


def _hash(row: AuditRow) -> str:
    said = [
        row.id,
        row.at.isoformat(),
        str(row.area_id),
        row.actor,
        row.action,
        row.subject,
        row.detail,
        row.previous,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
