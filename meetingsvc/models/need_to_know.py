"""Who is kept from a case, who is named to it, and what opened it out of the ordinary."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class WallRow(Base):
    """One person who must never learn of a case (Rulebook M6). Lifted only by two others."""

    __tablename__ = "wall"
    __table_args__ = (
        UniqueConstraint("case_id", "account_id"),
        Index(None, "account_id", "state"),
        CheckConstraint("decided_by <> account_id", name="decided_by_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ground: Mapped[str] = mapped_column(String(10))  # agenda.need_to_know.WallGround
    shared: Mapped[str] = mapped_column(String(100))  # what was found alike (agenda.details.Shared)
    matched: Mapped[str] = mapped_column(Text, default="")  # which of it: what a decision was about
    state: Mapped[str] = mapped_column(String(10))  # agenda.need_to_know.WallState
    put_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: the service found it
    put_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    why: Mapped[str] = mapped_column(Text, default="")


class IncidentWallRow(Base):
    """One person who must not learn of an incident that is in no case yet: it names somebody like them."""

    __tablename__ = "incident_wall"

    incident_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("incident.id"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    ground: Mapped[str] = mapped_column(String(10))  # agenda.need_to_know.WallGround
    shared: Mapped[str] = mapped_column(String(100))  # what was found alike (agenda.details.Shared)


class RestrictionRow(Base):
    """A case that is open to named people only, or is proposed to be (Rulebook M6)."""

    __tablename__ = "restriction"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    state: Mapped[str] = mapped_column(String(10))  # agenda.need_to_know.RestrictionState
    hides: Mapped[str] = mapped_column(String(10))  # agenda.need_to_know.Hides: from whom it is hidden
    reason: Mapped[str] = mapped_column(Text)
    put_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: the service found it
    put_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))  # of the staff it names
    managers_told: Mapped[str] = mapped_column(Text, default="")  # what the employer decided to tell
    managers_said_by: Mapped[str] = mapped_column(String(200), default="")  # who there said so
    managers_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    managers_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    works_with_children: Mapped[bool | None]
    lado: Mapped[str] = mapped_column(Text, default="")  # what the meeting decided about the officer
    lado_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    lado_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RestrictionStepRow(Base):
    """What was asked, decided and said about restricting one case, word for word; never changed."""

    __tablename__ = "restriction_step"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    what: Mapped[str] = mapped_column(String(20))  # agenda.restrictions.Step
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: the service found it
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class NamedRow(Base):
    """One person a restricted case is open to."""

    __tablename__ = "named"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    named_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    named_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AllocationRow(Base):
    """The IDVA a case is given to: they may have its safe address."""

    __tablename__ = "allocation"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    allocated_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    allocated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AllocationAskRow(Base):
    """An IDVA asks for a case; gone once the case is given to them, or not."""

    __tablename__ = "allocation_ask"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ClosedReasonRow(Base):
    """Why somebody reads a case that is closed; it opens nothing they may not open anyway."""

    __tablename__ = "closed_reason"
    __table_args__ = (Index(None, "account_id", "case_id", "until"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class OpeningRow(Base):
    """A case opened to one person for a time: break-glass, or a ticket of information governance."""

    __tablename__ = "opening"
    __table_args__ = (
        Index(None, "account_id", "until"),
        Index(None, "area_id", "reviewed_at"),
        CheckConstraint("approved_by <> account_id", name="approved_by_another"),
        CheckConstraint("refused_by <> account_id", name="refused_by_another"),
        CheckConstraint("reviewed_by <> account_id", name="reviewed_by_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(15))  # agenda.need_to_know.OpeningKind
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # None: waits for a second person, or refused
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    refused_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    review_due: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    in_order: Mapped[bool | None]
    review: Mapped[str] = mapped_column(Text, default="")
