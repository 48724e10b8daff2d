"""Certificates of destruction: what was destroyed, when, by whom, under which decision (Rulebook L2)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from meetingsvc.models import DestructionRow, db
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_retention import certificates_of
from minutes.destruction import Certificate, Kind
from minutes.retention_case import Outcome


def all_of(reader: Reader) -> list[Certificate]:
    """Every one, the newest first."""
    rows = select(DestructionRow).where(certificates_of(reader)).order_by(DestructionRow.number.desc())
    return [_certificate(row) for row in db.session.scalars(rows)]


def one(reader: Reader, decision: UUID) -> Certificate | None:
    """That of one decision."""
    rows = select(DestructionRow).where(certificates_of(reader), DestructionRow.decision == decision)
    row = db.session.scalars(rows).one_or_none()
    return None if row is None else _certificate(row)


def known() -> frozenset[int]:
    """The numbers of all that were issued, of whichever area. As the service."""
    return frozenset(db.session.scalars(select(DestructionRow.number)))


def promised(today: date) -> datetime | None:
    """No backup made up to then may be left, says a certificate whose date has come. As the service."""
    rows = select(func.max(DestructionRow.destroyed_at)).where(DestructionRow.backups_gone_on <= today)
    return db.session.scalar(rows)


def gone_on(made_at: datetime) -> date | None:
    """By when a backup of that moment is to be gone, says the first certificate since. As the service."""
    rows = select(func.min(DestructionRow.backups_gone_on)).where(DestructionRow.destroyed_at >= made_at)
    return db.session.scalar(rows)


def row_of(told: Certificate, area_id: UUID) -> DestructionRow:
    """As its row keeps it, while the destruction is under way."""
    return DestructionRow(
        number=told.number, area_id=area_id, case_id=told.case, outcome=told.outcome,
        counts=[[kind, count] for kind, count in told.counts], decision=told.decision,
        proposed_by=told.proposed_by, decided_by=told.decided_by, decided_at=told.decided_at,
        destroyed_at=told.destroyed_at, backups_gone_on=told.backups_gone_on, under_way=True,
    )  # fmt: skip


def _certificate(row: DestructionRow) -> Certificate:
    counts = tuple((Kind(kind), int(count)) for kind, count in row.counts)
    return Certificate(
        row.number, row.case_id, Outcome(row.outcome), counts, row.decision, row.proposed_by, row.decided_by,
        row.decided_at, row.destroyed_at, row.backups_gone_on,
    )  # fmt: skip
