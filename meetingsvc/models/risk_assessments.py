"""Risk assessments of a case, each under the tool and the version it was filled in with."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from meetingsvc.models.base import Base, Supplied


class RiskAssessmentRow(Supplied, Base):
    """Never changed: another assessment is another row. Judgement raised the count, or is it (field.md C)."""

    __tablename__ = "risk_assessment"
    __table_args__ = (
        Index(None, "case_id", "done_on"),
        CheckConstraint("author <> '' AND source <> ''", name="told_by"),
        CheckConstraint("level IN ('standard', 'medium', 'high')", name="level"),
        CheckConstraint(
            "counted IS NULL OR counted = level OR counted = 'standard' OR level = 'high'",
            name="never_lower",
        ),
        CheckConstraint(
            "(counted IS NOT NULL AND counted = level) OR reason <> ''", name="judged_with_reason"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"))
    tool: Mapped[str] = mapped_column(String(20))  # agenda.risk_tool_registry
    version: Mapped[str] = mapped_column(String(20))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)  # by question; none where it has no questions here
    points: Mapped[int | None]
    threshold: Mapped[int | None]  # the area's on that day: high from
    counted: Mapped[str | None] = mapped_column(String(8))  # None where the tool has no total
    level: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text, default="")
    done_on: Mapped[date]
