"""People, the identities they are known by, cases, and hearings at MARAC."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId

#: The few cases that every page has to know: nearly all others are of domestic abuse.
APART = text("family <> 'domestic abuse'")


class PersonRow(Base):
    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    forename: Mapped[str] = mapped_column(String(200))
    surname: Mapped[str] = mapped_column(String(200))
    dob: Mapped[date | None]


class IdentityRow(Base):
    __tablename__ = "person_identity"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "value"),
        Index(None, "area_id", "kind", "value"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(
        String(10)
    )  # nominal, name, or record: who cannot be told from any other
    value: Mapped[str] = mapped_column(String(300))


class CaseRow(Base):
    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("area_id", "number"),
        CheckConstraint("kind <> 'abuse' OR victim_id IS NOT NULL", name="victim_of_abuse"),
        CheckConstraint("kind = 'abuse' OR family <> 'domestic abuse'", name="subject_of_no_abuse"),
        Index(None, "area_id", "victim_id", "perpetrator_id"),
        Index("ix_case_apart", "id", sqlite_where=APART, postgresql_where=APART),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    number: Mapped[int]
    victim_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    perpetrator_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20), default="abuse")  # or agenda.subjects.SubjectKind
    family: Mapped[str] = mapped_column(String(16), default="domestic abuse")


class SubjectRow(Base):
    """What a child, a person of concern, a place, a group or a theme is called, and filed under (E2).

    Nobody's identity is filed with those of domestic abuse: no incident is ever taken for theirs.
    """

    __tablename__ = "subject"
    __table_args__ = (
        CheckConstraint("trim(name) <> ''", name="name_given"),
        Index(None, "area_id", "key"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(300))  # agenda.people.name_key; of places and groups, folded
    nominal: Mapped[str] = mapped_column(String(100))  # the force's identifier of a child or a person


class HearingRow(Base):
    """A case heard at MARAC, in any of the five groups, here or as history brings it (Rulebook T6)."""

    __tablename__ = "hearing"
    __table_args__ = (
        UniqueConstraint("area_id", "external_reference", "heard_on", "case_id"),
        Index(None, "area_id", "heard_on"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    heard_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(10))  # marac, history, transfer
    external_reference: Mapped[str] = mapped_column(String(40), default="")
    risk: Mapped[str] = mapped_column(String(8), default="")
    digest: Mapped[bytes] = mapped_column(LargeBinary(16), default=b"")
    meeting_id: Mapped[UUID | None] = mapped_column(ForeignKey("meeting.id"))
