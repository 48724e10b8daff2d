"""Applications under the disclosure schemes, the steps taken on them, and how a disclosure was made."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, BigId, UTCDateTime


class ApplicationRow(Base):
    """Who asks, and about whom. Who is at risk and who may be disclosed stand in its entry, an incident."""

    __tablename__ = "disclosure_application"
    __table_args__ = (
        UniqueConstraint("area_id", "reference"),
        Index(None, "incident_id"),
        CheckConstraint(
            "right_to = 'right to know' OR (applicant <> '' AND identity <> '')", name="who_asks_is_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    reference: Mapped[str] = mapped_column(String(40))  # also the number of its entry
    incident_id: Mapped[int] = mapped_column(BigId, ForeignKey("incident.id"))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))  # the police who deal with it
    scheme: Mapped[str] = mapped_column(String(30))  # agenda.disclosure_scheme.Scheme
    right_to: Mapped[str] = mapped_column(String(20))  # agenda.disclosure_scheme.Right
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime)
    applicant: Mapped[str] = mapped_column(String(200))  # empty where the police act of themselves
    applicant_is: Mapped[str] = mapped_column(String(200))  # to the person at risk
    identity: Mapped[str] = mapped_column(String(500))  # how it was checked who they are
    contact: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed: how to reach them safely (F4)
    access: Mapped[str] = mapped_column(Text, default="")  # to a child, unsupervised: of that scheme alone
    met_on: Mapped[date | None]
    met_recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    made_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ApplicationStepRow(Base):
    """A step of the police. The decision is the daily meeting's, and stands in its outcome (C4)."""

    __tablename__ = "application_step"
    __table_args__ = (
        UniqueConstraint("application_id", "place"),
        CheckConstraint(
            "reason <> '' OR step NOT IN ('withdrawn', 'withheld after all',"
            " 'disclosed without an undertaking')",
            name="with_its_reason",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_application.id"))
    place: Mapped[int]
    step: Mapped[str] = mapped_column(String(40))  # agenda.disclosure_scheme.Step
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)


class TellingRow(Base):
    """How a disclosure was made, or was to be: in person, with a warning (Rulebook Y2)."""

    __tablename__ = "disclosure_telling"
    __table_args__ = (CheckConstraint("in_person AND warned", name="in_person_with_a_warning"),)

    step_id: Mapped[UUID] = mapped_column(ForeignKey("application_step.id"), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_application.id"), index=True)
    told_on: Mapped[date]
    told_by: Mapped[str] = mapped_column(String(200))
    told_where: Mapped[str] = mapped_column(String(300))
    recipient: Mapped[str] = mapped_column(String(40))  # agenda.disclosure_scheme.Recipient
    whom: Mapped[str] = mapped_column(String(200))
    safely: Mapped[str] = mapped_column(Text)
    in_person: Mapped[bool]
    warned: Mapped[bool]
    signed: Mapped[bool]


class ContactShownRow(Base):
    """Somebody was shown how to reach an applicant, and why."""

    __tablename__ = "applicant_contact_shown"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_application.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class UpdateStepRow(Base):
    """A step of the police on the MARAC's update before they disclose: gone ahead, or weighed (C4, Y1)."""

    __tablename__ = "disclosure_update_step"
    __table_args__ = (
        CheckConstraint("trim(reason) <> ''", name="with_its_reason"),
        Index(None, "application_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_application.id"))
    step: Mapped[str] = mapped_column(String(40))  # agenda.disclosure_update.Step
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text)
