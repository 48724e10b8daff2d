"""Who somebody is to somebody else (Rulebook D2)."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, Supplied, UTCDateTime


class RelationshipRow(Supplied, Base):
    """What one person is to another, as an agency told it on a case. Its words are never changed (Rulebook
    R2): the same agency takes it away and says why; a merge of two people says whom it is now about."""

    __tablename__ = "relationship"
    __table_args__ = (
        CheckConstraint("trim(author) <> '' AND trim(source) <> ''", name="told_by"),
        CheckConstraint("standing IN ('fact', 'professional opinion')", name="standing"),
        CheckConstraint("removed_at IS NULL OR trim(removed_why) <> ''", name="removed_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)  # told on: who may open that
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(
        String(20)
    )  # agenda.relationships.Relation: of this person to the other
    other_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    standing: Mapped[str] = mapped_column(String(20))  # agenda.pack.NoteKind
    removed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    removed_why: Mapped[str] = mapped_column(Text, default="")
