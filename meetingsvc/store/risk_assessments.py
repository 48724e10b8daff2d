"""The risk assessments of a case, each read under the tool it was filled in with (field.md C)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from agenda.incidents import Risk
from agenda.risk_tool_registry import tool as tool_of
from agenda.risk_tools import Count, Tool, count
from meetingsvc.models import AgencyRow, RiskAssessmentRow, db
from meetingsvc.store.scope import Reader, told_on


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment as it was recorded, and whose it is (Rulebook R2)."""

    id: UUID
    done_on: date
    tool_name: str
    version: str
    tool: Tool | None  # None where this service no longer knows it
    answers: dict[str, str]
    points: int | None
    threshold: int | None
    counted: Risk | None
    level: Risk
    reason: str
    author: str
    agency: str
    recorded_at: datetime
    source: str

    @property
    def count(self) -> Count | None:
        """How far it was filled; None where it has no questions here."""
        return count(self.tool, self.answers) if self.tool and self.tool.filled_here else None

    @property
    def raised(self) -> bool:
        """Whether judgement went beyond the count."""
        return self.counted is not None and self.level.rank > self.counted.rank

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """Each question with its answer in words; one left open says so."""
        if self.tool is None:
            return tuple(self.answers.items())
        labels = {option.id: option.label for option in self.tool.options}
        return tuple(
            (question.label, labels.get(self.answers.get(question.id, ""), "Not answered"))
            for question in self.tool.questions
        )


def latest(reader: Reader, case_id: UUID) -> Assessment | None:
    """The newest one of an open case."""
    return next(iter(on_case(reader, case_id, 1)), None)


def on_case(reader: Reader, case_id: UUID, most: int | None = None) -> list[Assessment]:
    """Those of an open case, the latest first."""
    row = RiskAssessmentRow
    rows = (
        select(row, AgencyRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(told_on(reader, row.case_id), row.case_id == case_id)
        .order_by(row.done_on.desc(), row.recorded_at.desc(), row.id)
        .limit(most)
    )
    return [_assessment(found, agency) for found, agency in db.session.execute(rows)]


def _assessment(row: RiskAssessmentRow, agency: str) -> Assessment:
    found = tool_of(row.tool, row.version)
    return Assessment(
        row.id, row.done_on, found.name if found else row.tool, row.version, found, row.answers, row.points,
        row.threshold, Risk(row.counted) if row.counted else None, Risk(row.level), row.reason, row.author,
        agency, row.recorded_at, row.source,
    )  # fmt: skip
