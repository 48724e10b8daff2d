"""Who tells the victim what a meeting decided, and each attempt to."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class FeedbackRow(Base):
    """One decision about telling the victim; a later one is another row, and counts (Rulebook F1, F2).

    No row is ever changed but for `next_on` (a trigger refuses it).
    """

    __tablename__ = "feedback"
    __table_args__ = (
        UniqueConstraint("item_id", "version"),
        Index(None, "area_id", "next_on"),
        CheckConstraint(
            "(trim(unsafe) <> '' AND agency_id IS NULL AND due IS NULL)"
            " OR (unsafe = '' AND agency_id IS NOT NULL AND trim(name) <> '' AND due IS NOT NULL)",
            name="told_or_unsafe",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    version: Mapped[int]
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    due: Mapped[date | None]
    instead_of_idva: Mapped[str] = mapped_column(Text)  # why another professional (F2)
    unsafe: Mapped[str] = mapped_column(Text)  # why telling is unsafe (F1)
    next_on: Mapped[date | None]  # by when something is to happen; none once it is closed or decided anew
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class FeedbackTryRow(Base):
    """One attempt to tell the victim (Rulebook F5). Never changed: what happens later is another row."""

    __tablename__ = "feedback_try"
    __table_args__ = (
        UniqueConstraint("feedback_id", "place"),
        CheckConstraint("result IN ('told', 'not reached', 'unsafe')", name="result"),
        CheckConstraint("trim(by_whom) <> '' AND trim(how) <> ''", name="by_whom_and_how"),
        CheckConstraint("result <> 'not reached' OR again_on IS NOT NULL", name="tried_again"),
        CheckConstraint("result <> 'told' OR again_on IS NULL", name="told_once"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    feedback_id: Mapped[UUID] = mapped_column(ForeignKey("feedback.id"))
    place: Mapped[int]  # first, second …
    result: Mapped[str] = mapped_column(String(12))  # minutes.feedback.Result
    on_day: Mapped[date]
    by_whom: Mapped[str] = mapped_column(String(200))
    how: Mapped[str] = mapped_column(Text)
    again_on: Mapped[date | None]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
