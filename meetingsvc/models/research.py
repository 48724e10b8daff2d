"""What agencies are asked to find out for a meeting, what they type, and what they answer."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class ResearchRequestRow(Base):
    """One agency asked for one meeting (Rulebook D1, M2)."""

    __tablename__ = "research_request"
    __table_args__ = (UniqueConstraint("meeting_id", "agency_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResearchItemRow(Base):
    """Since when agencies are asked about a case of a meeting: one that joins late is due later."""

    __tablename__ = "research_item"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResearchNamedRow(Base):
    """Another adult or child at risk whom an agency names: every agency checks its records (Rulebook M2)."""

    __tablename__ = "research_named"
    __table_args__ = (
        CheckConstraint("kind IN ('adult', 'child')", name="kind_known"),
        CheckConstraint("trim(name) <> '' AND trim(why) <> ''", name="named_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    author: Mapped[str] = mapped_column(String(100))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str] = mapped_column(String(5))  # agenda.research_named.NamedKind
    name: Mapped[str] = mapped_column(String(200))
    dob: Mapped[date | None]
    relation: Mapped[str] = mapped_column(String(200))
    why: Mapped[str] = mapped_column(Text)


class ResearchAnswerRow(Base):
    """That an agency answered, and when. What it holds is in its notes (Rulebook R2).

    `box_id` is the item, or somebody named under it. A further answer is a further row.
    """

    __tablename__ = "research_answer"
    __table_args__ = (CheckConstraint("said IN ('nothing held', 'held')", name="said_known"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    box_id: Mapped[UUID]
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    said: Mapped[str] = mapped_column(String(12))  # agenda.research.Said
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    late: Mapped[bool]


class ResearchDraftRow(Base):
    """What one agency has typed in one box and not sent: for its own people alone."""

    __tablename__ = "research_draft"

    box_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    version: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ResearchNoticeRow(Base):
    """That an agency was told of a request: each stage once. The service's own memory."""

    __tablename__ = "research_notice"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("research_request.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(10), primary_key=True)  # agenda.research.Stage
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)
