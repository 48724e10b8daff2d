"""The panels that an area has set up beside the DRAMM and the MARAC."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class PanelRow(Base):
    __tablename__ = "panel"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(10), primary_key=True)  # as a meeting's kind; never changed
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)  # agenda.panel_kept
    set_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # who confirmed it
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
