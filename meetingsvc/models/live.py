"""What several people type into one record at once, what a MARAC says of a daily meeting's plan, and crimes
that are disclosed in a meeting."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class LiveFieldRow(Base):
    """One field of the outcome page as it was typed last, before and after it is saved as the outcome."""

    __tablename__ = "live_field"
    __table_args__ = (Index(None, "meeting_id", "seq"),)

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    field: Mapped[str] = mapped_column(String(90), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    value: Mapped[str] = mapped_column(Text)
    version: Mapped[int]  # a save names the version it saw; another is told what stands there
    saved: Mapped[bool]  # it says what the saved outcome says
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    heard: Mapped[dict[str, Any]] = mapped_column(JSON)  # by page: the last save that landed, were it lost
    seq: Mapped[int] = mapped_column(BigInteger)  # rises within a meeting, as a clock does: no gap tells
    aside_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # it is no draft any more
    aside_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def is_draft(self) -> bool:
        """Neither saved nor set aside."""
        return not self.saved and self.aside_by is None


class PlanReviewRow(Base):
    """What a MARAC said of an action that a meeting before it had set (Rulebook M3)."""

    __tablename__ = "plan_review"
    __table_args__ = (
        CheckConstraint("verdict IN ('still right', 'done', 'change')", name="verdict_known"),
        CheckConstraint("verdict <> 'change' OR trim(text) <> ''", name="change_said"),
    )

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    verdict: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    reviewed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class CrimeRow(Base):
    """A crime that somebody disclosed in a meeting: minuted apart, and told to the police (practice)."""

    __tablename__ = "crime_disclosed"
    __table_args__ = (
        CheckConstraint("trim(text) <> ''", name="text_given"),
        Index(None, "told_id", "received_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))  # that disclosed it
    told_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))  # the police that own it
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
    shared: Mapped[bool]  # the meeting said that the other agencies may read it too
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    received_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    received_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
