"""Disagreements between agencies, whom one is raised against, and everything that was done about one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class DisagreementRow(Base):
    """What an agency challenges, and what it asks for (Rulebook V4, W2)."""

    __tablename__ = "disagreement"
    __table_args__ = (UniqueConstraint("area_id", "reference"), Index(None, "agency_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    reference: Mapped[str] = mapped_column(String(40))
    ladder: Mapped[str] = mapped_column(String(30))  # agenda.disagreement_days.Kind
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))  # that raised it
    about: Mapped[str] = mapped_column(Text)
    unsafe_now: Mapped[bool]
    done: Mapped[str] = mapped_column(Text)  # whom they called about the immediate risk
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    file: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))  # the form, encrypted


class DisagreementAgencyRow(Base):
    """An agency whose decision is challenged: it answers, and neither settles nor closes."""

    __tablename__ = "disagreement_agency"

    disagreement_id: Mapped[UUID] = mapped_column(ForeignKey("disagreement.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))


class DisagreementEntryRow(Base):
    """One thing that was done about a disagreement. None is changed or taken away."""

    __tablename__ = "disagreement_entry"
    __table_args__ = (UniqueConstraint("disagreement_id", "place"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    disagreement_id: Mapped[UUID] = mapped_column(ForeignKey("disagreement.id"))
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))  # store.disagreements.Entry
    at: Mapped[datetime] = mapped_column(UTCDateTime)  # when it was done
    told: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
