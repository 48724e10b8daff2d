"""Areas, and the agencies that sit on their panels."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class AreaRow(Base):
    __tablename__ = "area"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(40), unique=True)  # what commands and outputs say: `northmoor`
    title: Mapped[str] = mapped_column(String(100))  # what people read
    lists_from: Mapped[date]
    first_window_start: Mapped[datetime] = mapped_column(UTCDateTime)  # what was recorded before is history
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)  # those that differ from AreaSettings' defaults
    last_case_number: Mapped[int] = mapped_column(default=0)


class AgencyRow(Base):
    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(40))
    signed_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    attends_daily: Mapped[bool]
    attends_marac: Mapped[bool]


class ReferenceRow(Base):
    """The last number that the area gave to a referral, a transfer, an application or an order."""

    __tablename__ = "reference"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(3), primary_key=True)
    last: Mapped[int]
