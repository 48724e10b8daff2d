"""Complaints, who is complained of, and everything that was done about one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class ComplaintRow(Base):
    """What is complained of, as it was recorded. Its clocks run from its receipt (Rulebook V2)."""

    __tablename__ = "complaint"
    __table_args__ = (UniqueConstraint("area_id", "reference"), Index(None, "raised_by"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    reference: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    complainant: Mapped[str] = mapped_column(String(20))  # agenda.complaints.Complainant
    about: Mapped[str] = mapped_column(String(20))  # agenda.complaints.Subject
    what: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ComplainedOfRow(Base):
    """Somebody with an account who is complained of: they read nothing of it."""

    __tablename__ = "complained_of"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class ComplaintEntryRow(Base):
    """One thing that was done about a complaint. None is changed or taken away."""

    __tablename__ = "complaint_entry"
    __table_args__ = (UniqueConstraint("complaint_id", "place"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaint.id"))
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))  # store.complaints.Entry
    at: Mapped[datetime] = mapped_column(UTCDateTime)  # when it was done
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
