"""Rehearsals: areas of their own, in which every case is invented."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class RehearsalRow(Base):
    """A rehearsal is an area: its cases, lists and flags are apart from the real area's as any other area's
    are."""

    __tablename__ = "rehearsal"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    of_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)  # the real area
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # none: its cases are still being invented
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # nobody enters it any more


class RehearserRow(Base):
    """As whom somebody acts in a rehearsal: an account of its own that signs in nowhere."""

    __tablename__ = "rehearser"
    __table_args__ = (UniqueConstraint("area_id", "real_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("rehearsal.area_id"))
    real_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
