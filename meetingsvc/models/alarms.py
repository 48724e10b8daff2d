"""Alarms about how people use the service, and the cases that nobody has a reason to open."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class AlarmRow(Base):
    """Somebody opened too many cases in little time, or a decoy. One row a burst."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(None, "area_id", "dealt_with_at"),
        Index(None, "account_id", "kind", "last_at"),
        CheckConstraint("dealt_with_by <> account_id", name="dealt_with_by_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # whom it is about
    kind: Mapped[str] = mapped_column(String(15))  # store.alarms.AlarmKind
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)  # of what was opened in this burst
    cases: Mapped[int]  # different cases, at most
    dealt_with_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    dealt_with_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    note: Mapped[str] = mapped_column(Text, default="")


class DecoyRow(Base):
    """An invented case: on no list and no agenda, so whoever opens it was looking for somebody."""

    __tablename__ = "decoy"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
