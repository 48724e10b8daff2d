"""Referrals by professionals of any agency: what was typed, what was done with each, and its cases."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class ReferralRow(Base):
    """From draft to list. What is typed is one text, but for where somebody is found: that is sealed."""

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("area_id", "reference"),
        Index(None, "account_id"),
        Index(None, "area_id", "state"),
        CheckConstraint(
            "state IN ('a draft', 'withdrawn') OR (reference IS NOT NULL AND first_sent_at IS NOT NULL)",
            name="sent_with_reference",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: by the public form
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))
    reference: Mapped[str | None] = mapped_column(String(20))  # from when it was first sent
    state: Mapped[str] = mapped_column(String(24))  # agenda.referral_state.State, as its moves make it
    changes: Mapped[int] = mapped_column(default=0)  # how often what is typed was saved
    answers: Mapped[str] = mapped_column(Text, default="{}")  # agenda.referral_kept: the open part
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # the other part; meetingsvc.seal
    risk: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # agenda.referral_risk
    warned: Mapped[str] = mapped_column(String(300))  # whom it was said to call (Rulebook E3)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)  # after it was said to act now (T7)
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    first_sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ReferralMoveRow(Base):
    """One thing that was done with a referral. Never changed."""

    __tablename__ = "referral_move"
    __table_args__ = (
        CheckConstraint("step IN ('send', 'list') OR reason <> ''", name="reason"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    step: Mapped[str] = mapped_column(String(24))  # agenda.referral_state.Step
    who: Mapped[str] = mapped_column(String(20))  # agenda.moves.Who
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")
    fields: Mapped[list[str]] = mapped_column(JSON, default=list)  # of a return: which questions


class ReferralCaseRow(Base):
    """Which case each incident of a sent referral is of: a case is a victim with a perpetrator (T6)."""

    __tablename__ = "referral_case"

    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), primary_key=True)
    occurrence_number: Mapped[str] = mapped_column(String(40), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)


class ReferralToldRow(Base):
    """What a referral tells that is shown in one place alone: where actions are set, contact is made (T7)."""

    __tablename__ = "referral_told"
    __table_args__ = (
        Index(None, "case_id", "sight"),
        CheckConstraint("sight IN ('case', 'everywhere', 'contact', 'actions', 'panel')", name="sight"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    referral_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("referral.id"), index=True
    )  # None: it came with a transfer
    sight: Mapped[str] = mapped_column(String(10))  # agenda.referral_fields.Sight
    question: Mapped[str | None] = mapped_column(
        String(60)
    )  # agenda.referral_shown.Question; None: of before it was kept, or of no one question
    label: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(300))  # who told it, and their agency (Rulebook R2)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
