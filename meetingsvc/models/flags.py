"""Flags in each agency's own records, as far as it says it has them, and every step of each."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class FlagRow(Base):
    """One flag of one agency on one case (Rulebook G1). A perpetrator's has its two statements (G3)."""

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("case_id", "agency_id", "whose", "key"),
        Index(None, "area_id", "state"),
        Index(None, "agency_id", "state"),
        CheckConstraint("whose IN ('victim', 'child', 'perpetrator')", name="whose"),
        CheckConstraint(
            "whose <> 'perpetrator' OR"
            " (trim(necessary) <> '' AND trim(cannot_reach) <> '' AND stated_by IS NOT NULL)",
            name="perpetrator_with_two_statements",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    whose: Mapped[str] = mapped_column(String(12))  # minutes.flags.Whose
    key: Mapped[str] = mapped_column(String(300))  # of a child's name; '' for the victim
    name: Mapped[str] = mapped_column(String(200))  # of a child
    dob: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12))  # minutes.flags.State
    heard_on: Mapped[date]
    until: Mapped[date]  # the day by which it is off
    noted_heard_on: Mapped[date | None]  # as the agency last said it has it
    noted_until: Mapped[date | None]
    contact: Mapped[str] = mapped_column(String(200))  # whom its text names
    necessary: Mapped[str] = mapped_column(Text)
    cannot_reach: Mapped[str] = mapped_column(Text)
    stated_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    notify: Mapped[bool]  # its agency has not been told yet of what is to do


class FlagStepRow(Base):
    """What became of a flag, when and by whom: kept for good."""

    __tablename__ = "flag_step"
    __table_args__ = (Index(None, "flag_id", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    flag_id: Mapped[UUID] = mapped_column(ForeignKey("flag.id"))
    state: Mapped[str] = mapped_column(String(12))
    until: Mapped[date]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # none: the service
