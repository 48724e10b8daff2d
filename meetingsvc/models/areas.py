"""Areas, and the agencies that sit on their panels."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
    last_subject_number: Mapped[int] = mapped_column(default=0)  # of exploitation: drawn apart


class AgencyRow(Base):
    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("area_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(40))
    signed_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    panels: Mapped[set["AgencyPanelRow"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    #: As `panels` say it, for as long as the columns are there: nothing reads them.
    _daily: Mapped[bool] = mapped_column("attends_daily", default=False)
    _marac: Mapped[bool] = mapped_column("attends_marac", default=False)

    @property
    def attends(self) -> frozenset[str]:
        """The codes of the panels that it attends, or researches for (Rulebook S3)."""
        return frozenset(one.code for one in self.panels)

    @attends.setter
    def attends(self, codes: Collection[str]) -> None:
        stays = {one for one in self.panels if one.code in codes}
        self.panels = stays | {AgencyPanelRow(code=str(code)) for code in set(codes) - self.attends}
        self._daily, self._marac = "DRAMM" in codes, "MARAC" in codes


class AgencyPanelRow(Base):
    """A panel that an agency attends, or researches for."""

    __tablename__ = "agency_panel"

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(10), primary_key=True)  # the panel's, as a meeting's kind


class ReferenceRow(Base):
    """The last number that the area gave to a referral, a transfer, an application or an order."""

    __tablename__ = "reference"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(3), primary_key=True)
    last: Mapped[int]
