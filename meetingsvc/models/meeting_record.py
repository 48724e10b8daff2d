"""Who was at a meeting, when, what was read out to them, and when each case was heard (Rulebook R3)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime

_NOW = text("ended_at IS NULL")


class AgencyAttendanceRow(Base):
    """What an expected agency said: apologies, and whether it sent its information."""

    __tablename__ = "agency_attendance"
    __table_args__ = (
        CheckConstraint("information_on IS NULL OR information_sent", name="information_sent_on_a_day"),
    )

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    apologies: Mapped[bool]
    information_sent: Mapped[bool]
    information_on: Mapped[date | None]
    version: Mapped[int]  # a save names the version it saw
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AttendeeRow(Base):
    """A person at the table: by account, or by the name that was typed; for an agency, or observing."""

    __tablename__ = "attendee"
    __table_args__ = (
        UniqueConstraint("meeting_id", "account_id"),
        CheckConstraint(
            "NOT observer OR NOT here OR confidential_at IS NOT NULL", name="observer_signed_first"
        ),
        CheckConstraint("trim(name) <> ''", name="name_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))  # none: an observer
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(100))  # what they are there
    organisation: Mapped[str] = mapped_column(String(100))  # an observer's
    observer: Mapped[bool]
    here: Mapped[bool]
    chaired: Mapped[bool] = mapped_column(default=False)
    confidential_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # reminded, or an observer signed
    version: Mapped[int]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AttendeeStayRow(Base):
    """From when to when somebody was in the meeting. Open ends are its beginning and its end."""

    __tablename__ = "attendee_stay"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendee.id"), index=True)
    joined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ItemAbsenceRow(Base):
    """Somebody was out of the room for one case (Rulebook M6)."""

    __tablename__ = "item_absence"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendee.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    kept: Mapped[bool]  # a wall or a restriction keeps them from it: nobody takes this back
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ItemHearingRow(Base):
    """From when to when a case was heard; the one without an end is heard now."""

    __tablename__ = "item_hearing"
    __table_args__ = (
        Index("uq_item_hearing_now", "meeting_id", unique=True, sqlite_where=_NOW, postgresql_where=_NOW),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class StatementReadingRow(Base):
    """The confidentiality statement as it was read out, when, and by whom."""

    __tablename__ = "statement_reading"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime] = mapped_column(UTCDateTime)
    read_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class AttendeeApartRow(Base):
    """Somebody whose typed name reads like a party of a case is somebody else, and why (Rulebook F3, M6)."""

    __tablename__ = "attendee_apart"
    __table_args__ = (CheckConstraint("trim(reason) <> ''", name="reason_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    attendee_id: Mapped[UUID] = mapped_column(ForeignKey("attendee.id"), index=True)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))  # as it was typed: another is compared anew
    part: Mapped[str] = mapped_column(String(11))  # agenda.addresses.Part
    reason: Mapped[str] = mapped_column(Text)
    said_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    said_at: Mapped[datetime] = mapped_column(UTCDateTime)
