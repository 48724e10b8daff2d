"""What is known of whom exploitation panels hear: links, traits, patterns, and levels of risk (Rulebook E1,
E2)."""

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
        CheckConstraint(
            "confirmed_by IS NULL OR (mistaken AND confirmed_by <> ended_by)", name="confirmed_by_another"
        ),
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
    mistaken: Mapped[bool] = mapped_column(default=False)  # it is said that it never held
    #: The second person who says so: from then on nobody is an associate by it (Rulebook F3).
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    referral_id: Mapped[UUID | None] = mapped_column(index=True)  # who told it by this one is hidden


class SubjectTraitRow(Supplied, Base):
    """Something told of a subject that may be told of another too: a place, a number, a vehicle, a nickname.

    Never changed, but that it was told by mistake: then it counts for nothing, and stays readable. A number
    or a place keeps people away until a second person has confirmed that (Rulebook F3).
    """

    __tablename__ = "subject_trait"
    __table_args__ = (
        Index(None, "area_id", "trait", "key"),
        CheckConstraint("trim(author) <> '' AND trim(source) <> ''", name="told_by"),
        CheckConstraint("standing IN ('fact', 'professional opinion')", name="standing"),
        CheckConstraint("trim(text) <> ''", name="text_given"),
        CheckConstraint(
            "confirmed_by IS NULL OR (ended <> '' AND confirmed_by <> ended_by)", name="confirmed_by_another"
        ),
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
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
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


class PatternRow(Base):
    """What a person said of something that is the same of several children (Rulebook E2). Never changed: what
    is said again is one more. The number, name or place itself stands where it was told, and not here.

    Who may open each of the `children` it was said of reads it, and nobody else: its reason may name any.
    """

    __tablename__ = "pattern"
    __table_args__ = (
        Index(None, "area_id", "about"),
        CheckConstraint("state IN ('linked', 'set aside')", name="state"),
        CheckConstraint("trim(reason) <> ''", name="reason"),
        CheckConstraint("children > 1", name="children"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    about: Mapped[UUID]  # agenda.patterns.named
    state: Mapped[str] = mapped_column(String(10))  # agenda.patterns.State
    reason: Mapped[str] = mapped_column(Text)
    children: Mapped[int]  # how many `pattern_child` there are: a policy sees none that are hidden
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class PatternChildRow(Base):
    """A child that it was said of."""

    __tablename__ = "pattern_child"

    pattern_id: Mapped[UUID] = mapped_column(ForeignKey("pattern.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
