"""What was refused a recipient: kept, so that somebody looks."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class RefusalRow(Base):
    """One thing that did not reach one person, or the part of it about one case."""

    __tablename__ = "refusal"
    __table_args__ = (
        Index(None, "area_id", "at"),
        CheckConstraint("seen_by <> account_id", name="seen_by_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    what: Mapped[str] = mapped_column(String(20))  # notifications.outgoing.What
    kind: Mapped[str] = mapped_column(String(30))  # which notice or file
    stage: Mapped[str] = mapped_column(String(10))  # notifications.outgoing.Stage
    ground: Mapped[str] = mapped_column(String(30))  # notifications.recipients.Ground
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))  # the one it is about
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))
    outbox_id: Mapped[UUID | None] = mapped_column(ForeignKey("outbox.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
