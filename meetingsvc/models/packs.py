"""Packs, and the copy of each recipient."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, Text, UniqueConstraint
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
    recalled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # until a corrected one is issued


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
    mailed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # its file left, or may have left
    cases: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # in it; None: not known
    content: Mapped[bytes | None] = deferred(
        mapped_column(LargeBinary)
    )  # gone once expired, replaced or refused


class PackEditionRow(Base):
    """What a pack said before a correction: so that each reader learns what changed, of what they had."""

    __tablename__ = "pack_edition"
    __table_args__ = (
        UniqueConstraint("pack_id", "number"),
        CheckConstraint("trim(reason) <> ''", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    pack_id: Mapped[UUID] = mapped_column(ForeignKey("pack.id"))
    number: Mapped[int]  # of the corrected edition: the first is 1, so this begins with 2
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    words: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSON(none_as_null=True)))  # gone with it
    cases: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))  # by reference
    open: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # those kept from nobody then


class PackRecallRow(Base):
    """A pack was called back: nobody fetches it any more."""

    __tablename__ = "pack_recall"
    __table_args__ = (CheckConstraint("trim(reason) <> ''", name="reason_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    pack_id: Mapped[UUID] = mapped_column(ForeignKey("pack.id"), index=True)
    recalled_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recalled_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)


class PackDestructionRow(Base):
    """Somebody who has a copy that was recalled is asked to destroy it, and says whether they have."""

    __tablename__ = "pack_destruction"
    __table_args__ = (
        UniqueConstraint("copy_id"),
        CheckConstraint("(answered_at IS NULL) = (destroyed IS NULL)", name="answered"),
        CheckConstraint("destroyed IS NULL OR destroyed OR trim(because) <> ''", name="because_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    pack_id: Mapped[UUID] = mapped_column(ForeignKey("pack.id"), index=True)
    copy_id: Mapped[UUID]  # of the pack, or of the offline pack of its meeting
    offline_number: Mapped[int | None]  # the copy's, where it is of the offline pack
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    destroyed: Mapped[bool | None]
    because: Mapped[str] = mapped_column(Text, default="")  # why they are not able to
