"""Third parties' requests for what meetings heard: steps, agencies' answers, what was released (X)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from meetingsvc.models.base import Base, UTCDateTime


class DisclosureRow(Base):
    """Who asks, for what purpose, about whom on which case, and by when (Rulebook X1)."""

    __tablename__ = "disclosure_request"
    __table_args__ = (
        UniqueConstraint("area_id", "reference"),
        CheckConstraint("trim(name) <> '' AND trim(purpose) <> ''", name="who_asks_and_why"),
        CheckConstraint("kind <> 'court' OR hearing_at IS NOT NULL", name="court_with_its_hearing"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    reference: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(50))  # minutes.disclosure_kinds.Kind
    to_chair: Mapped[bool]  # the chair alone takes it further (X5)
    name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[str] = mapped_column(String(200))
    dob: Mapped[date | None]
    reached: Mapped[dict[str, str]] = mapped_column(JSON)  # email, phone, address: to check who asks
    purpose: Mapped[str] = mapped_column(Text)
    about: Mapped[list[str]] = mapped_column(JSON)  # people of the case
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    wanted_on: Mapped[date | None]  # by when who asks wants it
    hearing_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    court: Mapped[str] = mapped_column(String(200))
    accepts_protocol: Mapped[bool]
    logged_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    logged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


class DisclosureStepRow(Base):
    """One step, or what stopped or moved its clock; no row is ever changed (a trigger refuses it)."""

    __tablename__ = "disclosure_step"
    __table_args__ = (
        UniqueConstraint("request_id", "place"),
        CheckConstraint(
            "signed OR step NOT IN ('approved', 'approved in part', 'refused',"
            " 'objection made to the court', 'no objection made to the court',"
            " 'to be disclosed to the court with concerns', 'to be disclosed as ordered',"
            " 'answered by the chair', 'released')",
            name="signed",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_request.id"))
    place: Mapped[int]
    step: Mapped[str] = mapped_column(String(60))  # minutes.disclosure.Step, or what its clock did
    who: Mapped[str] = mapped_column(String(40))  # agenda.moves.Who
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # None: the service
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    reason: Mapped[str] = mapped_column(Text)
    signed: Mapped[bool]  # with a second factor, at that moment
    told: Mapped[dict[str, Any]] = mapped_column(JSON)  # what a decision covers, what a court ordered


class DisclosureAskedRow(Base):
    """An agency that supplied something was asked; in a review, what the chair and it agreed (X2, X4)."""

    __tablename__ = "disclosure_asked"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_request.id"), primary_key=True)
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"), primary_key=True, index=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    advised_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # told to take legal advice (X3)
    outcome: Mapped[str] = mapped_column(String(50))  # minutes.disclosure_decision.Outcome; '' while open
    outcome_words: Mapped[str] = mapped_column(Text)
    outcome_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    agreed_before: Mapped[list[list[str]] | None] = mapped_column(JSON)  # outcome, words, when, by whom


class DisclosureAnswerRow(Base):
    """What an agency answered for one version of one item; never changed: a further one is a further row."""

    __tablename__ = "disclosure_answer"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_request.id"), index=True)
    held_id: Mapped[UUID]  # minutes.disclosure_items.Item
    version: Mapped[str] = mapped_column(String(64))
    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agency.id"))
    says: Mapped[str] = mapped_column(String(30))  # minutes.disclosure_items.Says
    words: Mapped[str] = mapped_column(Text)
    redactions: Mapped[list[list[str]]] = mapped_column(JSON)  # passage, and the words in its place
    answered_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class DisclosureReleaseRow(Base):
    """What was built for a recipient, and the register's row once a second person has released it (X6)."""

    __tablename__ = "disclosure_release"
    __table_args__ = (
        CheckConstraint("released_by IS NULL OR released_by <> prepared_by", name="second_person"),
        CheckConstraint("released_at IS NULL OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("trim(recipient) <> '' AND trim(purpose) <> ''", name="to_whom_and_why"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  # the copy, as its watermark says
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    request_id: Mapped[UUID] = mapped_column(ForeignKey("disclosure_request.id"), index=True)
    number: Mapped[int]
    recipient: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text)
    prepared_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    prepared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    digest: Mapped[str] = mapped_column(String(64))
    redactions: Mapped[dict[str, list[list[str]]]] = mapped_column(JSON)  # by item
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    pieces: Mapped[list[list[str]]] = mapped_column(JSON)  # item, version
    departs: Mapped[list[list[str]]] = mapped_column(JSON)  # agency, item, how it stood (X2, X3)
    order: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fetches: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))  # gone once its time is over
