"""Offline packs of who runs the meetings, the passphrase each of them has, and where none could be made."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class OfflineKeyRow(Base):
    """One person's standing passphrase, sealed: a worker must encrypt with it while they are away."""

    __tablename__ = "offline_key"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OfflinePackRow(Base):
    """One person's copy of what is needed to run one meeting without the service."""

    __tablename__ = "offline_pack"
    __table_args__ = (UniqueConstraint("meeting_id", "copy_number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    copy_number: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # first time
    fetches: Mapped[int] = mapped_column(default=0)
    cases: Mapped[list[str]] = mapped_column(JSON)  # in it
    mark: Mapped[bytes] = mapped_column(LargeBinary)  # keyed digest of what it says: whether that changed
    content: Mapped[bytes | None] = deferred(
        mapped_column(LargeBinary)
    )  # gone once expired, replaced or refused


class OfflineAlarmRow(Base):
    """A meeting whose offline packs could not be made, until they could."""

    __tablename__ = "offline_alarm"

    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    failure: Mapped[str] = mapped_column(String(60))  # its kind alone: its words may name a person
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
