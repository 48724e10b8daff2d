"""The minutes of a meeting in versions, who wrote them, and each reader's own copies (R1)."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class MinutesRow(Base):
    """One version of a meeting's minutes. No row is changed once it is approved (a trigger refuses it)."""

    __tablename__ = "meeting_minutes"
    __table_args__ = (
        UniqueConstraint("meeting_id", "version"),
        Index(None, "area_id", "approved_at"),
        CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name="approved_by_another"),
        CheckConstraint(
            "version = 1 OR (trim(what) <> '' AND trim(why) <> '')", name="corrected_with_reason"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    version: Mapped[int]
    what: Mapped[str] = mapped_column(Text, default="")  # of a correction: what it puts right
    why: Mapped[str] = mapped_column(Text, default="")
    head: Mapped[dict[str, Any]] = mapped_column(JSON)  # minutes.minutes.Attendance
    drafted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    drafted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # lies with the chair
    sends: Mapped[int] = mapped_column(default=0)  # the chair approves what they saw, not a later one
    sent_back: Mapped[str] = mapped_column(Text, default="")  # why the chair sent it back last
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MinutesCaseRow(Base):
    """What one version says of one case: apart, so that each reader is shown only what is theirs to read."""

    __tablename__ = "minutes_case"

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("meeting_minutes.id"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    told: Mapped[dict[str, Any]] = mapped_column(JSON)  # minutes.minutes.CaseMinutes, from the record
    said: Mapped[str] = mapped_column(Text, default="")  # what was said, in the drafter's own words
    version: Mapped[int] = mapped_column(default=0)  # of `said`: a save names the one it saw
    said_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class MinutesWriterRow(Base):
    """Somebody who drafted, wrote in or sent one version: never who approves it (security.md B)."""

    __tablename__ = "minutes_writer"

    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("meeting_minutes.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class MinutesCopyRow(Base):
    """One named person's copy of their extract, encrypted with a passphrase that is not kept."""

    __tablename__ = "minutes_copy"
    __table_args__ = (UniqueConstraint("minutes_id", "copy_number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    minutes_id: Mapped[UUID] = mapped_column(ForeignKey("meeting_minutes.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    copy_number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # first time
    fetches: Mapped[int] = mapped_column(default=0)
    cases: Mapped[list[str]] = mapped_column(JSON)  # in it
    content: Mapped[bytes | None] = deferred(
        mapped_column(LargeBinary)
    )  # gone once expired, replaced, corrected or refused
