"""All minutes that a reader may read, the newest meeting first (Rulebook R1, M4, S3)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from agenda.panels import Works
from meetingsvc.models import ItemRow, MeetingRow, MinutesRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import minutes_due
from meetingsvc.store.scope import items_of, meetings_of
from meetingsvc.store.scope_minutes import minutes_of

PAGE = 25


@dataclass(frozen=True, slots=True)
class Listed:
    """The minutes of one meeting, as far as they are; `version` 0 where nobody has drafted them."""

    meeting_id: UUID
    kind: str
    works: Works
    sits_on: date
    due: date
    version: int
    sent_at: datetime | None
    approved_at: datetime | None

    @property
    def state(self) -> str:
        """In words: what whoever reads the line can do about it follows from it."""
        if not self.version:
            return "Not drafted"
        if self.approved_at:
            return "Issued" if self.version == 1 else f"Issued, corrected (version {self.version})"
        stands = "with the chair" if self.sent_at else "drafted"
        return stands.capitalize() if self.version == 1 else f"Issued; a correction is {stands}"

    def is_late(self, today: date) -> bool:
        """They are not out, and their day has passed. A correction has no day."""
        return self.version <= 1 and self.approved_at is None and self.due < today


def page(reader: Principal, today: date, asked: int) -> tuple[list[Listed], int]:
    """One page, and how many there are in all. An agency's: those issued. Who runs meetings has those too
    that are still to get out, from the first meeting whose record was ever kept.

    A meeting with nothing on it that the reader may see is left out: there is nothing of it that is theirs.
    """
    rows = _rows(reader, today)
    count = db.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    found = db.session.execute(rows.limit(PAGE).offset((asked - 1) * PAGE)).all()
    return [
        Listed(key, kind, Works(works), day, minutes_due.due(reader, Works(works), day), version or 0,
               sent, approved)
        for key, kind, works, day, version, sent, approved in found
    ], count  # fmt: skip


def _rows(reader: Principal, today: date) -> Select[*tuple[Any, ...]]:
    row, newest = MeetingRow, aliased(MinutesRow)
    latest = (
        select(func.max(MinutesRow.version)).where(minutes_of(reader), MinutesRow.meeting_id == row.id)
    ).correlate(row)
    there: ColumnElement[bool] = newest.id.is_not(None)
    if reader.runs_meetings:
        there = or_(there, and_(minutes_due.over(reader), row.sits_on >= minutes_due.since(reader, today)))
    return (
        select(row.id, row.kind, row.works, row.sits_on, newest.version, newest.sent_at, newest.approved_at)
        .outerjoin(newest, and_(newest.meeting_id == row.id, newest.version == latest.scalar_subquery()))
        .where(meetings_of(reader), there, minutes_due.is_told_of(reader))
        .where(exists().where(ItemRow.meeting_id == row.id, items_of(reader)))
        .order_by(row.sits_on.desc(), row.kind, row.id)
    )
