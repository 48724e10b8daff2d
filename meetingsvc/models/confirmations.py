"""What agencies confirmed about update-only cases before a MARAC."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class ConfirmationRow(Base):
    """One agency's answer about one case (Rulebook C3). The latest stands; another is a further row."""

    __tablename__ = "confirmation"
    __table_args__ = (CheckConstraint("confirmed OR trim(reason) <> ''", name="not_confirmed_with_reason"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str] = mapped_column(String(100))
    said_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ConfirmationNoticeRow(Base):
    """That an agency was reminded of a MARAC's cases: each stage once. The service's own memory."""

    __tablename__ = "confirmation_notice"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(10), primary_key=True)  # agenda.confirmations.Stage
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
