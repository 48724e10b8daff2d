"""The audit trail: written in the transaction of the change, chained by SHA-256, checked by `verify`."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from meetingsvc.models import AuditRow, Base, ItemRow, db
from meetingsvc.store import acting

START = "0" * 64
COMMAND_LINE = "command line"


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
    if db.engine.dialect.name == "postgresql":
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(7309)")
        )  # one line at a time: the chain has one end
    last = db.session.execute(
        select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
    ).one_or_none()
    row = AuditRow(
        id=last.id + 1 if last else 1,
        at=now,
        area_id=area_id,
        actor=str(actor),
        action=action,
        subject=subject,
        detail=_plain(detail),
        previous=last.hash if last else START,
        case_id=case_id,
    )
    row.hash = _hash(row)
    db.session.add(row)
    db.session.flush()
    return case_id


def said_case(subject: str, detail: Mapping[str, object]) -> UUID | None:
    """The case that a line names itself, which its hash therefore covers."""
    kind, _, key = subject.partition("/")
    return _uuid(key if kind == "case" else str(detail.get("case") or ""))


def _case_of(area_id: UUID, subject: str, detail: Mapping[str, object]) -> UUID | None:
    """The case of the row that a line is about, or of the item that its detail names."""
    kind, _, key = subject.partition("/")
    if "item" in detail:
        kind, key = "item", str(detail["item"])
    table, row = Base.metadata.tables.get(kind), _uuid(key)
    if table is None or row is None or "id" not in table.c:
        return None
    found = select(ItemRow.case_id).where(table.c.id == row)
    if "case_id" in table.c:
        found = select(table.c.case_id).where(table.c.id == row)
    elif "item_id" in table.c:
        found = found.join(table, table.c.item_id == ItemRow.id)
    else:
        return None
    with acting.whole_area(area_id):
        case_id: UUID | None = db.session.scalar(found)
    return case_id


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
