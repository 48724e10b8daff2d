"""The machine door: a force's tokens, and what came by them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class FeedTokenRow(Base):
    __tablename__ = "feed_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    force: Mapped[str] = mapped_column(String(100))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # SHA-256: a dump opens nothing
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # none: the command line
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    minute: Mapped[datetime | None] = mapped_column(UTCDateTime)  # in which `calls` were made
    calls: Mapped[int] = mapped_column(default=0)


class FeedMessageRow(Base):
    """The key and the digest stay, so that no message is ever taken in twice; the answer goes after a day."""

    __tablename__ = "feed_message"
    __table_args__ = (Index(None, "received_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    token_id: Mapped[UUID] = mapped_column(ForeignKey("feed_token.id"), index=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("feed_import.id"))
    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # SHA-256 of area, force and key
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # of the message
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[int]
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
