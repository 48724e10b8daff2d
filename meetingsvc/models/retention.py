"""Yearly reviews of what is kept, holds, what agencies say, and what is left of what went (L1-L3)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class ReviewRow(Base):
    """One yearly review of one case. How far it is says its last step too; here it can be asked for."""

    __tablename__ = "retention_review"
    __table_args__ = (UniqueConstraint("case_id", "due_on"), Index(None, "area_id", "state"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(30))  # minutes.retention.State
    asked_on: Mapped[date | None]  # when its agencies were asked


class ReviewStepRow(Base):
    """One step of a review: proposed, sent back, decided, stopped, lapsed, done."""

    __tablename__ = "retention_step"
    __table_args__ = (
        UniqueConstraint("review_id", "place"),
        CheckConstraint("(outcome IS NULL) = (told IS NULL)", name="told_with_outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    review_id: Mapped[UUID] = mapped_column(ForeignKey("retention_review.id"))
    place: Mapped[int]
    step: Mapped[str] = mapped_column(String(40))  # minutes.retention.Step
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: the service itself
    who: Mapped[str] = mapped_column(String(30))  # agenda.moves.Who
    reason: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str | None] = mapped_column(String(10))  # what is proposed, where it is a proposal
    told: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # the rest of the proposal


class HoldRow(Base):
    """A hold was set on a case, or lifted: nothing of a case that is held is destroyed."""

    __tablename__ = "case_hold"
    __table_args__ = (
        Index(None, "case_id", "at"),
        CheckConstraint("trim(reason) <> ''", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    hold: Mapped[str] = mapped_column(String(40))  # which one: several of one kind may stand
    why: Mapped[str] = mapped_column(String(10))  # minutes.holds.Why
    sets: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)


class RetentionAskRow(Base):
    """One agency, asked for one review what it holds itself, and whether what it supplied may go."""

    __tablename__ = "retention_ask"
    __table_args__ = (
        UniqueConstraint("case_id", "agency_id", "due_on"),
        Index(None, "agency_id", "answered_at"),
        CheckConstraint("(answered_at IS NULL) = (holds IS NULL)", name="answered"),
        CheckConstraint("(holds IS NULL) = (may_go IS NULL)", name="both_answered"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    due_on: Mapped[date]  # of the review
    asked_on: Mapped[date]
    holds: Mapped[str | None] = mapped_column(String(20))  # minutes.retention_asks.Holds
    may_go: Mapped[bool | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_why: Mapped[str | None] = mapped_column(
        String(20)
    )  # minutes.retention_asks.OnBehalf: why somebody answered for it


class DestructionRow(Base):
    """A certificate: what was destroyed, when, by whom, under which decision; and nothing of what it was.

    The case and its decision are gone: no foreign key; and who decided may not be in the backup that a line
    of the ledger is replayed on (L2). While it is under way, and only then, what agencies
    shared of the case may be deleted (a trigger refuses it else).
    """

    __tablename__ = "destruction"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 … with no gap
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    case_id: Mapped[UUID]
    outcome: Mapped[str] = mapped_column(String(10))  # minutes.retention_case.Outcome
    counts: Mapped[list[Any]] = mapped_column(JSON)  # kind and how many, as the certificate prints them
    decision: Mapped[UUID] = mapped_column(unique=True)  # the review, which is gone
    proposed_by: Mapped[UUID]
    decided_by: Mapped[UUID]
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    destroyed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    backups_gone_on: Mapped[date]
    register: Mapped[list[Any]] = mapped_column(JSON, default=list)  # each minutes.register_kept.Released
    case_number: Mapped[int | None]  # as people read it; none before 0067, nor of a decision to share
    known_by: Mapped[str] = mapped_column(Text, default="")  # names of the keys its marks are made with
    told_to: Mapped[str] = mapped_column(String(16), default="")  # whose panels' people are told the number
    walled: Mapped[str] = mapped_column(Text, default="")  # accounts a wall kept it from
    under_way: Mapped[bool]


class DestroyedMarkRow(Base):
    """A keyed mark of one thing that went with a certificate: what is sent again is known by it (L2)."""

    __tablename__ = "destroyed_mark"
    __table_args__ = (Index(None, "area_id", "mark"),)

    certificate: Mapped[int] = mapped_column(ForeignKey("destruction.number"), primary_key=True)
    mark: Mapped[str] = mapped_column(String(40), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
