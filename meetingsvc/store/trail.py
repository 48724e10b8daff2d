"""The audit trail as information governance reads it: identifiers and counts, no content."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from meetingsvc.models import AuditRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import audit_of


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was done."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines: all where nothing is told."""

    subject: str = ""
    actor: str = ""


def count(principal: Principal, wanted: Filter) -> int:
    """How many lines there are for this reader."""
    rows = select(func.count()).select_from(AuditRow).where(*_conditions(principal, wanted))
    return db.session.scalar(rows) or 0


def lines(principal: Principal, wanted: Filter, page: int, size: int) -> list[Line]:
    """One page of them, the newest first."""
    rows = select(AuditRow).where(*_conditions(principal, wanted)).order_by(AuditRow.id.desc())
    found = db.session.scalars(rows.limit(size).offset((page - 1) * size))
    return [Line(row.id, row.at, row.actor, row.action, row.subject, _told(row)) for row in found]


def _conditions(principal: Principal, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [audit_of(principal)]
    if wanted.subject:
        conditions.append(AuditRow.subject == wanted.subject)
    if wanted.actor:
        conditions.append(AuditRow.actor == wanted.actor)
    return conditions


def _told(row: AuditRow) -> str:
    return ", ".join(f"{name}: {value}" for name, value in row.detail.items())
