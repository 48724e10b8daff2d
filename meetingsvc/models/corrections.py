"""Who asked an agency to correct what it shared, and who is told that it did (Rulebook R2)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class CorrectionRequestRow(Base):
    """One agency asks another to correct a note; the owner corrects it, or says why not."""

    __tablename__ = "correction_request"
    __table_args__ = (
        Index(None, "area_id", "answered_at"),
        CheckConstraint("trim(reason) <> ''", name="reason_given"),
        CheckConstraint("answer <> 'declined' OR trim(why) <> ''", name="declined_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str] = mapped_column(String(10), default="")  # minutes.corrections.Answer; '' while open
    why: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CorrectionToldRow(Base):
    """One person who had received the old text of a note when it was corrected."""

    __tablename__ = "correction_told"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("note.id"), primary_key=True)  # the correction
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    told: Mapped[bool]  # False: they may no longer open the case, so the coordinator is told of them instead
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
