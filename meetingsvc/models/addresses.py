"""Where people are reached and who knows it, known associates, and what staff tell of themselves."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, Supplied, UTCDateTime


def _told_by() -> CheckConstraint:
    """What a piece of information keeps of where it is from may not be empty (Rulebook R2)."""
    return CheckConstraint("author <> '' AND source <> ''", name="told_by")


class StaffDetailRow(Base):
    """What a member of staff told of themselves, or of somebody they know; read by nobody else."""

    __tablename__ = "staff_detail"
    __table_args__ = (CheckConstraint("of_whom IN ('self', 'knows')", name="of_whom"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    of_whom: Mapped[str] = mapped_column(String(5))  # agenda.addresses.DetailOf
    forename: Mapped[str] = mapped_column(String(100), default="")
    surname: Mapped[str] = mapped_column(String(100), default="")
    dob: Mapped[date | None]
    address: Mapped[str] = mapped_column(String(300), default="")
    phone: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    told_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AssociateRow(Supplied, Base):
    """A known associate of the perpetrator: nothing of the case may reach them (Rulebook F3)."""

    __tablename__ = "associate"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        _told_by(),
        CheckConstraint("relation <> ''", name="relation"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    relation: Mapped[str] = mapped_column(String(200))


class ContactRow(Supplied, Base):
    """A telephone number or e-mail address. Never changed: another row takes its place."""

    __tablename__ = "contact"
    __table_args__ = (
        Index(None, "case_id", "person_id"),
        UniqueConstraint("id", "agency_id"),
        UniqueConstraint("replaces_id"),
        # only the agency that supplied the old row can put another in its place (Rulebook R2)
        ForeignKeyConstraint(["replaces_id", "agency_id"], ["contact.id", "contact.agency_id"]),
        _told_by(),
        CheckConstraint("kind IN ('phone', 'e-mail')", name="kind"),
        CheckConstraint("ended OR (value <> '' AND key <> '')", name="value"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))  # on which it was told: who may open that
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(6))  # agenda.addresses.ContactKind
    value: Mapped[str] = mapped_column(String(254))
    key: Mapped[str] = mapped_column(String(300))  # agenda.spelling: two spellings of one have one key
    ended: Mapped[bool] = mapped_column(default=False)  # no longer in use
    replaces_id: Mapped[UUID | None]


class AddressRow(Supplied, Base):
    """An address with who knows it. Never changed, but to seal it: another row takes its place."""

    __tablename__ = "address"
    __table_args__ = (
        Index(None, "case_id", "person_id"),
        UniqueConstraint("id", "agency_id"),
        UniqueConstraint("replaces_id"),
        ForeignKeyConstraint(["replaces_id", "agency_id"], ["address.id", "address.agency_id"]),
        _told_by(),
        CheckConstraint("perpetrator_knows IN ('yes', 'no', 'not known')", name="perpetrator_knows"),
        CheckConstraint("kind IN ('home', 'work', 'temporary', 'previous', 'correspondence')", name="kind"),
        CheckConstraint(
            "(confidential AND sealed IS NOT NULL AND text IS NULL)"
            " OR (NOT confidential AND sealed IS NULL AND text IS NOT NULL AND text <> '')",
            name="sealed_or_text",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))  # on which it was told: who may open that
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(14))  # agenda.addresses.AddressKind
    perpetrator_knows: Mapped[str] = mapped_column(String(9))  # agenda.addresses.Knows; has no default
    known_to: Mapped[str] = mapped_column(String(300), default="")  # who else knows it
    confidential: Mapped[bool]
    not_confidential_why: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str | None] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # meetingsvc.seal; the key is not in here
    replaces_id: Mapped[UUID | None]


class AddressShareRow(Base):
    """A confidential address put into one named person's copy of one meeting's pack."""

    __tablename__ = "address_share"
    __table_args__ = (
        Index(None, "meeting_id", "account_id"),
        CheckConstraint("reason <> ''", name="reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    reason: Mapped[str] = mapped_column(Text)
    shared_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RevealRow(Base):
    """Somebody was shown what is masked on every page, and why."""

    __tablename__ = "reveal"
    __table_args__ = (Index(None, "case_id", "at"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    what: Mapped[str] = mapped_column(String(10))  # agenda.addresses.Held
    address_id: Mapped[UUID | None] = mapped_column(ForeignKey("address.id"), index=True)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
