"""What a meeting decided about a case: outcome, safeguards, what was shared and clarified, actions."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, Supplied, UTCDateTime


class OutcomeRow(Base):
    __tablename__ = "outcome"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    version: Mapped[int]  # a save names the version it saw; another is shown what changed
    risk: Mapped[str] = mapped_column(String(8))
    in_place: Mapped[bool | None]  # the meeting's judgement, never a count (C2)
    refer: Mapped[bool]
    proposed_group: Mapped[int | None]
    proposed_why: Mapped[str] = mapped_column(Text)
    group: Mapped[int | None]
    group_reason: Mapped[str] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text)
    plan_review: Mapped[str] = mapped_column(Text, default="")  # MARAC: of the daily meeting's plan (M3)
    not_referred: Mapped[str] = mapped_column(Text, default="")  # why a high-risk case is not
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    marac_item_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("item.id"), index=True
    )  # set when an agenda takes it


class OutcomeVersionRow(Base):
    """What an outcome said before it was saved again; no row is ever changed (a trigger refuses it)."""

    __tablename__ = "outcome_version"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    told: Mapped[list[list[str]]] = mapped_column(JSON)  # minutes.recording.words
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SafeguardRow(Base):
    __tablename__ = "safeguard"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("outcome.item_id"), primary_key=True)
    safeguard: Mapped[str] = mapped_column(String(30), primary_key=True)
    in_place: Mapped[bool]
    note: Mapped[str] = mapped_column(Text)


class NoteRow(Supplied, Base):
    """What one agency shared. It stays that agency's (Rulebook R2), so none of these may be empty.

    No row is ever changed, nor deleted but as two people decided (triggers refuse it): a correction is a
    further row, of the same agency.
    """

    __tablename__ = "note"
    __table_args__ = (
        UniqueConstraint("corrects"),
        CheckConstraint("trim(author) <> ''", name="author_given"),
        CheckConstraint("trim(source) <> ''", name="source_given"),
        CheckConstraint("trim(text) <> ''", name="text_given"),
        CheckConstraint("kind IN ('fact', 'professional opinion')", name="kind_known"),
        CheckConstraint("corrects IS NULL OR trim(why) <> ''", name="corrected_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))  # fact or professional opinion
    dated: Mapped[date | None]  # of the information itself, where the agency knows it
    proportionate: Mapped[bool] = mapped_column(default=False)  # and relevant and necessary
    text: Mapped[str] = mapped_column(Text)
    corrects: Mapped[UUID | None] = mapped_column(ForeignKey("note.id"))
    why: Mapped[str] = mapped_column(Text, default="")  # of the correction


class ClarificationRow(Base):
    """Who somebody is, as the meeting clarified it: added beside what the police sent, never over it (D2)."""

    __tablename__ = "clarification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    about: Mapped[str] = mapped_column(String(20))  # minutes.clarifications.About
    name: Mapped[str] = mapped_column(String(200))
    dob: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ActionRow(Base):
    __tablename__ = "action"
    __table_args__ = (Index(None, "area_id", "status", "due"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)  # as the meeting typed them
    category: Mapped[str] = mapped_column(String(30))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), index=True)
    what: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    status: Mapped[str] = mapped_column(String(15))
    reason: Mapped[str] = mapped_column(Text, default="")
    set_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)
