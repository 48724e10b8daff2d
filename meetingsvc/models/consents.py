"""What the victim of a case said about sharing, and which incidents it was said of."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, Supplied


class ConsentRow(Supplied, Base):
    """One line of the history. Never changed: what is said later is another line (Rulebook K1).

    Who referred by the public form has no account, and the agency is named with the author.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index(None, "case_id", "said_on"),
        CheckConstraint("author <> '' AND source <> ''", name="told_by"),
        CheckConstraint(
            "answer IN ('given', 'limited', 'withheld', 'withdrawn', 'not sought')", name="answer"
        ),
        CheckConstraint("answer <> 'limited' OR limits <> ''", name="limits_told"),
        CheckConstraint("(answer = 'not sought') = (grounds <> '')", name="grounds_where_not_sought"),
        CheckConstraint(
            "answer IN ('given', 'limited')"
            " OR (what <> '' AND why <> '' AND authorised_by <> '' AND receives <> '')",
            name="without_consent_recorded",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    agency_id: Mapped[UUID | None] = mapped_column(ForeignKey("agency.id"))  # type: ignore[assignment]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))  # type: ignore[assignment]
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    answer: Mapped[str] = mapped_column(String(10))  # agenda.referral_consent.Answer
    said_on: Mapped[date]
    limits: Mapped[str] = mapped_column(Text, default="")
    grounds: Mapped[str] = mapped_column(String(60), default="")  # of not asking: K3, with commas between
    what: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(String(100), default="")  # K2, with commas between
    authorised_by: Mapped[str] = mapped_column(String(200), default="")
    receives: Mapped[str] = mapped_column(Text, default="")


class ConsentIncidentRow(Base):
    """An incident that a line of the history was said of, by its number: it holds for every version (T4)."""

    __tablename__ = "consent_incident"
    __table_args__ = (Index(None, "area_id", "occurrence_number"),)

    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id", ondelete="CASCADE"), primary_key=True)
    occurrence_number: Mapped[str] = mapped_column(String(40), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
