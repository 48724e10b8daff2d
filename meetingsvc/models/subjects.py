"""What is known of whom exploitation panels hear: links, traits, and levels of risk (Rulebook E1, E2)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, Supplied, UTCDateTime


class LinkRow(Supplied, Base):
    """A tie between two subjects: both ends are cases. Its words are never changed (Rulebook R2): the same
    agency ends it and says why, or who runs the panels. Who may open both ends reads it, and nobody else."""

    __tablename__ = "link"
    __table_args__ = (
        CheckConstraint("one_id <> other_id", name="two_ends"),
        CheckConstraint("trim(author) <> '' AND trim(source) <> ''", name="told_by"),
        CheckConstraint("standing IN ('fact', 'professional opinion')", name="standing"),
        CheckConstraint("strength <> 'confirmed' OR standing = 'fact'", name="confirmed_is_fact"),
        CheckConstraint("ended_at IS NULL OR trim(ended) <> ''", name="ended_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    one_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    tie: Mapped[str] = mapped_column(String(30))  # agenda.subjects.Tie: of the first to the second
    strength: Mapped[str] = mapped_column(String(10))  # agenda.subjects.Strength
    standing: Mapped[str] = mapped_column(String(20))  # agenda.pack.NoteKind
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    ended: Mapped[str] = mapped_column(Text, default="")  # why it holds no more, or never did
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    mistaken: Mapped[bool] = mapped_column(default=False)  # it never held: nobody is an associate by it
    referral_id: Mapped[UUID | None] = mapped_column(index=True)  # who told it by this one is hidden


class SubjectTraitRow(Supplied, Base):
    """Something told of a subject that may be told of another too: a place, a number, a vehicle, a nickname.

    Never changed, but that it was told by mistake: then it counts for nothing, and stays readable.
    """

    __tablename__ = "subject_trait"
    __table_args__ = (
        Index(None, "area_id", "trait", "key"),
        CheckConstraint("trim(author) <> '' AND trim(source) <> ''", name="told_by"),
        CheckConstraint("standing IN ('fact', 'professional opinion')", name="standing"),
        CheckConstraint("trim(text) <> ''", name="text_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    trait: Mapped[str] = mapped_column(String(20))  # agenda.patterns.Trait
    text: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(300))  # agenda.patterns.key_of: "" is the key of nothing
    on: Mapped[date]
    standing: Mapped[str] = mapped_column(String(20))  # agenda.pack.NoteKind
    ended: Mapped[str] = mapped_column(Text, default="")  # why it was a mistake
    referral_id: Mapped[UUID | None] = mapped_column(index=True)  # who told it by this one is hidden


class LevelSaidRow(Base):
    """Who said which level of risk of a child, when and why. Never changed (Rulebook E1)."""

    __tablename__ = "level_said"
    __table_args__ = (Index(None, "case_id", "at"), CheckConstraint("trim(reason) <> ''", name="reason"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    level: Mapped[str] = mapped_column(String(8))  # agenda.incidents.Risk
    basis: Mapped[str] = mapped_column(String(10))  # agenda.level_history.Basis
    reason: Mapped[str] = mapped_column(Text)
    panel: Mapped[str] = mapped_column(String(10), default="")  # the meeting's; "" where no meeting said it
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by: Mapped[str] = mapped_column(String(300))  # in words, as they were then
