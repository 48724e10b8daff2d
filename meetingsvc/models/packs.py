"""Packs, and the copy of each recipient."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class PackRow(Base):
    """Drawn once when an agenda, or a supplementary list, is published.

    `words` hold every case; `content` those that are open to everybody whom no wall keeps from them.
    """

    __tablename__ = "pack"
    __table_args__ = (UniqueConstraint("meeting_id", "supplement"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    supplement: Mapped[int]
    built_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    copies: Mapped[int] = mapped_column(default=0)  # copy numbers given out so far
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))  # gone once expired
    words: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSON(none_as_null=True)))  # likewise
    drawn: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # cases in `content`; None: all
    held: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # cases for a second person


class PackCopyRow(Base):
    """One named person's copy, encrypted with a passphrase that is not kept."""

    __tablename__ = "pack_copy"
    __table_args__ = (UniqueConstraint("pack_id", "copy_number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    pack_id: Mapped[UUID] = mapped_column(ForeignKey("pack.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    copy_number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # first time
    fetches: Mapped[int] = mapped_column(default=0)
    cases: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # in it; None: not known
    content: Mapped[bytes | None] = deferred(
        mapped_column(LargeBinary)
    )  # gone once expired, replaced or refused
