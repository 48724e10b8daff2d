"""Meetings that people moved or cancelled, and why."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class MeetingMoveRow(Base):
    """One change of one meeting's day or hour; the latest stands. Rows are added, never changed."""

    __tablename__ = "meeting_move"
    __table_args__ = (
        Index(None, "area_id", "kind"),
        CheckConstraint("trim(reason) <> ''", name="reason_given"),
        CheckConstraint("(sits_on IS NULL) = (starts_at IS NULL)", name="day_with_its_hour"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(10))
    meeting_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("meeting.id"), index=True
    )  # none: it is planned alone
    planned_on: Mapped[date | None]  # the day of the timetable it stands for
    was_on: Mapped[date]
    sits_on: Mapped[date | None]  # none: cancelled
    starts_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text)
    moved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    moved_at: Mapped[datetime] = mapped_column(UTCDateTime)
