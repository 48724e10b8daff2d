"""Who asked for an emergency MARAC about which case, and what the chair said."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class EmergencyAskRow(Base):
    """An agency asks; a chair who did not ask accepts, which makes the meeting, or refuses (Rulebook M4)."""

    __tablename__ = "emergency_ask"
    __table_args__ = (
        CheckConstraint("trim(reason) <> ''", name="reason_given"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="decided_by_another"),
        CheckConstraint("accepted IS NULL OR accepted OR trim(why) <> ''", name="refused_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    reason: Mapped[str] = mapped_column(Text)
    soon: Mapped[str] = mapped_column(String(10))  # agenda.emergency.Soon
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted: Mapped[bool | None]
    why: Mapped[str] = mapped_column(Text)  # it was refused
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))  # where it was accepted
