"""The audit trail: written in the transaction of the change, chained by SHA-256, checked by `verify`."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text

from meetingsvc.models import AuditRow, db

START = "0" * 64
COMMAND_LINE = "command line"


def record(
    actor: UUID | str, area_id: UUID | None, action: str, subject: str, now: datetime, **detail: object
) -> None:
    """Adds one line. `detail` holds identifiers and counts, never a person (Rulebook V5)."""
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
    )
    row.hash = _hash(row)
    db.session.add(row)
    db.session.flush()


def verify() -> tuple[int, int | None]:
    """How many lines there are, and the first that is altered, out of order or after a gap (or None)."""
    count, previous = 0, START
    rows = select(AuditRow).order_by(AuditRow.id).execution_options(yield_per=1000)
    with db.session.scalars(rows) as lines:
        for row in lines:
            count += 1
            if row.id != count or row.previous != previous or row.hash != _hash(row):
                return count, row.id
            previous = row.hash
    return count, None


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
