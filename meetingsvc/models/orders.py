"""Protection orders, in every version, and the days on which somebody was reminded of their end."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class OrderRow(Base):
    """One version of an order: told by an incident of the police, or recorded by hand on a case (T10)."""

    __tablename__ = "protection_order"
    __table_args__ = (
        UniqueConstraint("area_id", "reference", "version"),
        Index(None, "area_id", "current", "ends_at"),
        Index(None, "case_id"),
        Index(None, "incident_id"),
        CheckConstraint("case_id IS NULL OR incident_id IS NULL", name="one_source"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    reference: Mapped[str] = mapped_column(String(40))  # the incident's number where the police told it
    version: Mapped[int]
    current: Mapped[bool]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    incident_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("incident.id"))  # its newest version
    told: Mapped[dict[str, Any]] = mapped_column(JSON)  # agenda.incidents.Order
    ends_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # none where that is not known
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    announced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # by hand: a list has considered it
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))  # by hand: whose it is (R2)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    author: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(200))


class OrderReminderRow(Base):
    """A day of which somebody who runs the meetings was told that an order ends soon."""

    __tablename__ = "order_reminder"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
