"""Keeping a risk assessment of a case under the area's threshold (field.md C, D)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from agenda.area import AreaSettings
from agenda.area_rules import bands
from agenda.calendar import local_day
from agenda.incidents import Risk
from agenda.risk_tools import Result, Tool, result
from agenda.rules import RuleBroken
from meetingsvc.models import RiskAssessmentRow, db
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit
from meetingsvc.usecases.restrictions import refuse_hidden, refuse_reading_only
from meetingsvc.usecases.transaction import saved_by


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody filled in, and who told it (Rulebook R2)."""

    tool: Tool
    answers: Mapping[str, str]
    judged: Risk | None
    reason: str
    done_on: date
    author: str
    source: str


def record(principal: Principal, case_id: UUID, told: Told, now: datetime) -> UUID:
    """Adds an assessment to an open case: the count, the area's threshold of that day, and the judgement.

    Judgement may raise the count with a reason, and never lower it (field.md C).
    """
    with saved_by(principal, Permission.ITEM_OWN, now) as who:
        areas.hold(who.area_id)
        refuse_hidden(who, case_id)
        refuse_reading_only(who, case_id)
        row_id = keep(who, case_id, told, now)
        audit.record(who.account_id, who.area_id, "risk.assessed", f"case/{case_id}", now, assessment=row_id)
        return row_id


def keep(who: Principal, case_id: UUID, told: Told, now: datetime) -> UUID:
    """The same inside the caller's transaction, which writes the audit line."""
    if told.done_on > local_day(now):
        raise RuleBroken("The day of the assessment must be today or in the past.")
    if not (told.author.strip() and told.source.strip()):
        raise RuleBroken("Say who assessed the risk, and how they know.")
    found = result(told.tool, told.answers, bands(_settings(who)), told.judged, told.reason)
    row = _row(told, found)
    row.id, row.area_id, row.case_id, row.agency_id = uuid4(), who.area_id, case_id, who.agency_id
    row.recorded_by, row.recorded_at = who.account_id, now
    db.session.add(row)
    db.session.flush()
    return row.id


def _settings(who: Principal) -> AreaSettings:
    return areas.settings_of(areas.by_id(who.area_id))


def _row(told: Told, found: Result) -> RiskAssessmentRow:
    asked = {question.id for question in told.tool.questions}
    answers = {name: answer for name, answer in told.answers.items() if name in asked and answer}
    has_total = found.counted is not None
    return RiskAssessmentRow(
        tool=told.tool.id, version=told.tool.version, answers=answers, level=found.level,
        points=found.count.points if has_total else None, threshold=found.threshold, counted=found.counted,
        reason=found.reason, done_on=told.done_on, author=told.author.strip(), source=told.source.strip(),
    )  # fmt: skip
