"""Decisions to share or not, of any sharing, with a case or without (Rulebook K2 to K4)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class SharingRow(Base):
    """One decision and all that was answered on the way. Once decided it is never changed (a trigger), but
    that one on no case is put on one."""

    __tablename__ = "sharing_decision"
    __table_args__ = (
        Index(None, "made_by", "made_at"),
        Index(None, "case_id"),
        CheckConstraint(
            "(state IN ('to be shared', 'not to be shared')) = (decided_at IS NOT NULL)",
            name="decided_at_a_moment",
        ),
        CheckConstraint("decided_at IS NULL OR trim(why) <> ''", name="decided_with_its_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))  # its maker's
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int]  # a save names the version it saw
    state: Mapped[str] = mapped_column(String(25))  # agenda.sharing_decision.State
    replies: Mapped[dict[str, str]] = mapped_column(JSON)  # agenda.sharing.Reply, by Question
    asked_by: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text, default="")
    what: Mapped[str] = mapped_column(Text)
    with_whom: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    limits: Mapped[str] = mapped_column(Text, default="")
    grounds: Mapped[str] = mapped_column(String(60), default="")  # K3, with commas between
    lawful: Mapped[str] = mapped_column(String(100), default="")  # K2, with commas between
    other_law: Mapped[str] = mapped_column(Text, default="")
    authorised_by: Mapped[str] = mapped_column(Text, default="")
    informed: Mapped[str] = mapped_column(String(15), default="")  # agenda.sharing_decision.Informed
    advice_asked: Mapped[str] = mapped_column(Text, default="")  # of whom, and what
    advice_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    advice: Mapped[str] = mapped_column(Text, default="")  # what came of it
    why: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SharingReviewRow(Base):
    """One step of the review of a decision on no case. None is changed, and none taken away but with the
    decision, when two people said that it goes (triggers; Rulebook L1, L2)."""

    __tablename__ = "sharing_review"
    __table_args__ = (UniqueConstraint("sharing_id", "place"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    sharing_id: Mapped[UUID] = mapped_column(ForeignKey("sharing_decision.id"))
    place: Mapped[int]
    step: Mapped[str] = mapped_column(String(40))  # minutes.sharing_review.Step
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    who: Mapped[str] = mapped_column(String(40))  # agenda.moves.Who
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
