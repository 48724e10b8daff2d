"""The audit trail: append-only (triggers refuse more), each line chained to the one before."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class AuditRow(Base):
    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject"), Index(None, "actor", "at"), Index(None, "case_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)  # 1, 2, 3 … with no gap
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    area_id: Mapped[UUID | None]  # no foreign key: the chain outlives what it speaks of
    actor: Mapped[str] = mapped_column(String(40))  # an account's id, or `command line`
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)  # identifiers and counts, never a person
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[UUID | None]  # what the line is about, as its subject or detail says: who may read it
