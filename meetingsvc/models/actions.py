"""What was recorded of an action after its meeting, and of what its owner was reminded."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class ActionOwnerRow(Base):
    """Who of its agency does an action, where somebody is named (Rulebook A1)."""

    __tablename__ = "action_owner"

    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)


class ActionStepRow(Base):
    """One thing that was recorded of an action; none is ever changed (Rulebook A1)."""

    __tablename__ = "action_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    was: Mapped[str] = mapped_column(String(15))  # minutes.actions.Status
    status: Mapped[str] = mapped_column(String(15))
    text: Mapped[str] = mapped_column(Text)


class ActionReminderRow(Base):
    """A reminder day of an action of which its owner was told (Rulebook A2)."""

    __tablename__ = "action_reminder"
    __table_args__ = (Index(None, "area_id", "told_at"),)

    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
