"""What people are known by for finding them again, who may be one person, and merges that can be undone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime

_OPEN = text("sealed IS NULL")


class PersonDetailRow(Base):
    """One thing told of a person: where they live and how they are reached is sealed, of everybody."""

    __tablename__ = "person_detail"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "mark"),
        Index("ix_person_detail_open", "person_id", "kind", "value", "last_on", "sealed", "area_id",
              sqlite_where=_OPEN, postgresql_where=_OPEN),  # all that a search reads of what stands open
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))  # store.matching_details.Told
    value: Mapped[str] = mapped_column(String(500))  # "" where it is sealed
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))  # keyed: two of one mark say the same
    source: Mapped[str] = mapped_column(String(60))  # the incident, referral or hearing that told it first
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]


class PersonKeyRow(Base):
    """A key of `agenda.matching_keys`; one made of an address, number or mailbox is a keyed digest."""

    __tablename__ = "person_key"
    __table_args__ = (Index(None, "person_id"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    #: In the order of its letters on both databases, so that a beginning is a range.
    key: Mapped[str] = mapped_column(
        String(160).with_variant(String(160, collation="C"), "postgresql"), primary_key=True
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)


class ChildKeyRow(Base):
    """A key of a child whom an incident or a referral names (`agenda.matching_children`)."""

    __tablename__ = "child_key"
    __table_args__ = (Index(None, "incident_id"),)

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    key: Mapped[str] = mapped_column(
        String(160).with_variant(String(160, collation="C"), "postgresql"), primary_key=True
    )
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"), primary_key=True)


class NameCountRow(Base):
    """How many people of an area have a name: two who share a rare one are likelier one person."""

    __tablename__ = "name_count"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    half: Mapped[str] = mapped_column(String(10), primary_key=True)  # forename, surname
    name: Mapped[str] = mapped_column(String(200), primary_key=True)  # folded, as one word
    count: Mapped[int]


class MatchProposalRow(Base):
    """Two people who may be one, and what a person said of it (Rulebook D2). No score decides."""

    __tablename__ = "match_proposal"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        Index(None, "area_id", "state"),
        Index(None, "other_id"),
        CheckConstraint("state IN ('open', 'same', 'different', 'not sure', 'merged')", name="state_known"),
        CheckConstraint("decided_by IS NULL OR trim(reason) <> ''", name="decided_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    one_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))  # the smaller id of the two
    other_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    score: Mapped[float] = mapped_column(Float)
    radar: Mapped[bool]  # near a victim heard in the last 12 months, or one who waits (T6, T15)
    evidence: Mapped[list[Any]] = mapped_column(JSON)  # field, level, weight
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"), index=True)  # whose list met it
    state: Mapped[str] = mapped_column(String(10))
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")


class MergeRow(Base):
    """Two people made one by two people, and made two again by two people."""

    __tablename__ = "person_merge"
    __table_args__ = (
        Index(None, "kept_id"),
        Index(None, "gone_id"),
        CheckConstraint("confirmed_by <> merged_by", name="confirmed_by_another"),
        CheckConstraint("undo_confirmed_by <> undone_by", name="undo_confirmed_by_another"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    match_id: Mapped[UUID] = mapped_column(ForeignKey("match_proposal.id"))
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    gone_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    merged_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    then: Mapped[dict[str, Any]] = mapped_column(JSON)  # what there was: what is not in it came in since
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    undo_confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class MergeChangeRow(Base):
    """One row that a merge changed, as it was before; `before` and `after` hold columns by their names."""

    __tablename__ = "person_merge_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    merge_id: Mapped[UUID] = mapped_column(ForeignKey("person_merge.id"), index=True)
    of_table: Mapped[str] = mapped_column(String(40))
    key: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # none: it was not there
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # none: it was taken out


class MatchWeightsRow(Base):
    """The weights of an area, estimated from its own people (`meetingsvc people calibrate`)."""

    __tablename__ = "match_weights"

    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)
    weights: Mapped[dict[str, Any]] = mapped_column(JSON)
    people: Mapped[int]  # how many it had then
    estimated_at: Mapped[datetime] = mapped_column(UTCDateTime)
