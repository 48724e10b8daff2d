"""Notices that wait to be sent."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  # also the Message-ID
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    notice: Mapped[str] = mapped_column(String(30))
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    about: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # the cases it tells of
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10))  # waiting, claimed, sent, refused, failed
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(Text, default="")
