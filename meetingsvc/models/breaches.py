"""Breaches, the cases that they touch, and everything that was done about one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class BreachRow(Base):
    """What happened, as it was raised. Its clocks run from its detection (Rulebook V3)."""

    __tablename__ = "breach"
    __table_args__ = (
        UniqueConstraint("area_id", "reference"),
        Index(None, "raised_by"),
        CheckConstraint("detected_at <= raised_at", name="detected_before"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    reference: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(Text)
    unsafe_now: Mapped[bool]
    done: Mapped[str] = mapped_column(Text)  # to make whoever is unsafe safe
    detected_at: Mapped[datetime] = mapped_column(UTCDateTime)
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)


class BreachCaseRow(Base):
    """A case that a breach touches: whoever is kept from one of them is kept from the breach."""

    __tablename__ = "breach_case"

    breach_id: Mapped[UUID] = mapped_column(ForeignKey("breach.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class BreachWalledRow(Base):
    """From whom a wall kept a case, since destroyed, that a breach touched: it outlives the case (M6)."""

    __tablename__ = "breach_walled"

    breach_id: Mapped[UUID] = mapped_column(ForeignKey("breach.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class BreachEntryRow(Base):
    """One thing that was done about a breach. None is changed or taken away; a destroyed case leaves in
    those about its parties alone that one of them is a perpetrator (F3)."""

    __tablename__ = "breach_entry"
    __table_args__ = (UniqueConstraint("breach_id", "place"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    breach_id: Mapped[UUID] = mapped_column(ForeignKey("breach.id"))
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))  # store.breaches.Entry
    at: Mapped[datetime] = mapped_column(UTCDateTime)  # when it was done
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
