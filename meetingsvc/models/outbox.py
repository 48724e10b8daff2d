"""Messages that wait to be sent."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class OutboxRow(Base):
    """One message to one account. Its id is its Message-ID for life, however often it leaves."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "created_at"), Index(None, "account_id", "state"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    what: Mapped[str] = mapped_column(String(10), default="notice")  # notice, invitation, letter
    notice: Mapped[str] = mapped_column(String(30))
    context: Mapped[dict[str, Any]] = mapped_column(JSON)
    about: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # the cases it tells of
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))
    copy_id: Mapped[UUID | None]  # letter only: the pack copy that is its content
    method: Mapped[str] = mapped_column(String(10), default="")  # invitation only: REQUEST, CANCEL
    sequence: Mapped[int] = mapped_column(default=0)  # invitation only
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    urgent: Mapped[bool] = mapped_column(default=False)  # waits for no quiet hours, digest or calmer message
    not_before: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # waiting, gathered, claimed, sent, refused, failed, parked, withdrawn: see store.outbox.State
    state: Mapped[str] = mapped_column(String(10))
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)  # since somebody last asked for it to be sent
    claims: Mapped[int] = mapped_column(default=0)  # in all: tells one claim from the next
    why: Mapped[str] = mapped_column(Text, default="")
