"""Cases that move between areas: what the sending area keeps of it, and what the receiving one does."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime

_OPEN = text("state IN ('confirmed', 'sent', 'received')")


class TransferRow(Base):
    """A case on its way out, confirmed by a second person; the sending area's (Rulebook M5)."""

    __tablename__ = "transfer"
    __table_args__ = (
        Index("uq_transfer_open", "case_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("confirmed_by <> proposed_by", name="confirmed_by_another"),
        CheckConstraint("to_area_id <> area_id", name="to_another_area"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    to_area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))  # None: outside the service
    to_area: Mapped[str] = mapped_column(String(100))
    officer: Mapped[str] = mapped_column(String(100), default="")  # outside: who is to have the file
    email: Mapped[str] = mapped_column(String(254), default="")
    why: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(10))  # agenda.transfers.State, as the steps have it
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_again_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # for the receipt
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the file
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))  # encrypted; gone once it ended
    words: Mapped[dict[str, Any] | None] = deferred(mapped_column(JSON(none_as_null=True)))  # what is in it


class TransferStepRow(Base):
    """What was done with it, by whom and when."""

    __tablename__ = "transfer_step"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("transfer.id"), index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    step: Mapped[str] = mapped_column(String(10))  # agenda.transfers.Step
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    who: Mapped[str] = mapped_column(String(20))  # agenda.moves.Who
    by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: somebody of the other area
    reason: Mapped[str] = mapped_column(Text, default="")


class TransferInRow(Base):
    """A case on its way in: the receiving area's, with names alone until it is accepted (Rulebook T8)."""

    __tablename__ = "transfer_in"
    __table_args__ = (Index(None, "area_id", "state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    transfer_id: Mapped[UUID | None] = mapped_column(ForeignKey("transfer.id"), unique=True)
    from_area: Mapped[str] = mapped_column(String(100))
    their_reference: Mapped[str] = mapped_column(String(60), default="")  # from outside the service
    victim: Mapped[str] = mapped_column(String(200))
    victim_dob: Mapped[date | None]
    perpetrator: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))  # agenda.transfers.State
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reference: Mapped[str] = mapped_column(String(12), default="")  # TRF-000123, once it is ours
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")


class TransferWallRow(Base):
    """Who of the receiving area must not learn of it: they, or people they know, are in it (M6)."""

    __tablename__ = "transfer_wall"

    transfer_in_id: Mapped[UUID] = mapped_column(ForeignKey("transfer_in.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class TransferRecordRow(Base):
    """What went with a case, as it was then: each area keeps a copy; each item stays its agency's (R2)."""

    __tablename__ = "transfer_record"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    from_area: Mapped[str] = mapped_column(String(100))
    to_area: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    words: Mapped[dict[str, Any]] = mapped_column(JSON)  # agenda.pack_kept


class NotificationRow(Base):
    """An agency was told of a police incident, or has looked at it (Rulebook P1)."""

    __tablename__ = "notification"
    __table_args__ = (Index(None, "area_id", "occurrence_number", "agency", "task", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), index=True)
    occurrence_number: Mapped[str] = mapped_column(String(40))
    agency: Mapped[str] = mapped_column(String(30))  # agenda.agencies.AgencyKind
    task: Mapped[str] = mapped_column(String(10))  # agenda.notification_clocks.Task
    done_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
