"""What people's calendars were told of each meeting, who is invited, and the feeds they subscribe to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class CalendarEntryRow(Base):
    """A meeting as calendars have it, one row a change: the last one counts."""

    __tablename__ = "calendar_entry"
    __table_args__ = (Index(None, "uid"),)

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    uid: Mapped[str] = mapped_column(String(80))
    replaces: Mapped[datetime | None] = mapped_column(UTCDateTime)  # as the timetable planned it
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    minutes: Mapped[int]
    cancelled: Mapped[bool]
    organiser: Mapped[str] = mapped_column(String(254))  # as first mailed; empty: the service's own address
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class InvitationRow(Base):
    """Who is invited to a meeting, how far their calendar was brought, and what they answered."""

    __tablename__ = "invitation"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    sequence: Mapped[int]  # of the last entry they were sent; -1: none, they subscribe to their calendar
    answer: Mapped[str] = mapped_column(String(12), default="")  # notifications.invites.Answer
    answered: Mapped[int | None]  # the sequence that the answer is about
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # as the answer says


class CalendarFeedRow(Base):
    """The private link of one account's calendar."""

    __tablename__ = "calendar_feed"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)  # SHA-256: a dump opens nothing
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    minute: Mapped[datetime | None] = mapped_column(UTCDateTime)  # in which `calls` were made
    calls: Mapped[int] = mapped_column(default=0)
