"""Agencies that have not signed, in a named case: how far it is, what was said both ways (Rulebook V1)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class NamedCasePartRow(Base):
    """One agency's part in one case, from its proposal until it is over."""

    __tablename__ = "named_case_part"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "agency_id", "state"),
        CheckConstraint("decided_by <> proposed_by", name="decided_by_another"),
        CheckConstraint("trim(why) <> ''", name="with_its_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[str] = mapped_column(String(50))  # agenda.named_case.State
    why: Mapped[str] = mapped_column(Text)  # why this case needs it; the agency itself never reads it
    since: Mapped[date]  # the day it was proposed, then the day it was allowed
    until: Mapped[date]  # its last day, which still counts
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: its days are over
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_why: Mapped[str] = mapped_column(Text, default="")  # of a refusal too


class NamedCaseEntryRow(Base):
    """What the panel told that agency, written for it, or what it answered; never changed.

    It is the panel's own record: no agency that has not signed is asked before it is destroyed (L3).
    """

    __tablename__ = "named_case_entry"
    __table_args__ = (
        Index(None, "part_id", "at"),
        CheckConstraint("trim(words) <> ''", name="with_words"),
        CheckConstraint(
            "direction = 'told' OR (direction = 'said' AND kind <> '' AND trim(source) <> '')",
            name="said_with_its_source",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    part_id: Mapped[UUID] = mapped_column(ForeignKey("named_case_part.id"))
    direction: Mapped[str] = mapped_column(String(5))  # agenda.named_case.Direction
    words: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20), default="")  # of an answer: fact or opinion
    source: Mapped[str] = mapped_column(String(200), default="")
    known_on: Mapped[date | None]
    by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class NamedCaseHeldRow(Base):
    """What such an agency is asked once its part is over, and what it answered: not a word of the case."""

    __tablename__ = "named_case_held"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "agency_id", "how"),
        CheckConstraint("how <> 'kept' OR trim(why) <> ''", name="kept_with_its_reason"),
        CheckConstraint(
            "how = '' OR done_on IS NOT NULL AND answered_at IS NOT NULL",
            name="answered_at_some_time",
        ),
    )

    part_id: Mapped[UUID] = mapped_column(ForeignKey("named_case_part.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    since: Mapped[date]  # the day its part was over
    how: Mapped[str] = mapped_column(String(10), default="")  # agenda.named_case_held.How, or not yet
    said_by: Mapped[str] = mapped_column(String(100), default="")  # who there did it, or says so
    done_on: Mapped[date | None]
    why: Mapped[str] = mapped_column(Text, default="")  # of what is kept
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # who recorded it
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
