"""The register of agreements (Rulebook V1): when each was looked at again, and what withdrew."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class AgreementSignatureRow(Base):
    """Who signed which version of the protocol for an agency, and as what (FD, 11)."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        CheckConstraint("trim(signed_by) <> '' AND trim(post) <> ''", name="signed_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    signed_on: Mapped[date]
    signed_by: Mapped[str] = mapped_column(String(200))
    post: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(200))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgreementReviewRow(Base):
    """One yearly review of an agency's agreement."""

    __tablename__ = "agreement_review"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    reviewed_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WithdrawalRow(Base):
    """One withdrawal of an agency, and whether it destroyed or returned what it held."""

    __tablename__ = "withdrawal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    notice_on: Mapped[date]  # the day it gave notice
    withdrawn_on: Mapped[date]  # from then on it reads and is sent nothing
    why: Mapped[str] = mapped_column(Text, default="")
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    stayed_on: Mapped[date | None]  # its notice was taken back: it never left
    stayed_why: Mapped[str] = mapped_column(Text, default="")
    cleared_how: Mapped[str] = mapped_column(
        String(10), default=""
    )  # agenda.agreements.Clearance, or not yet
    cleared_on: Mapped[date | None]
    cleared_by: Mapped[str] = mapped_column(String(100), default="")  # who there confirmed it
    cleared_recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    cleared_recorded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class WithdrawalToldRow(Base):
    """That somebody who has to know was told of a withdrawal (DM and FD, "Withdrawal")."""

    __tablename__ = "withdrawal_told"

    withdrawal_id: Mapped[UUID] = mapped_column(ForeignKey("withdrawal.id"), primary_key=True)
    told: Mapped[str] = mapped_column(String(15), primary_key=True)  # agenda.withdrawals.Told
    told_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
