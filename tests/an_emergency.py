"""Builds an emergency MARAC that was asked for and waits for the chair."""

from uuid import UUID, uuid4

from meetingsvc.models import EmergencyAskRow
from tests.a_marac import NOW


def an_ask(
    area_id: UUID, case_id: UUID, agency_id: UUID, by: UUID, reason: str = "invented"
) -> EmergencyAskRow:
    """Its row, to be added."""
    return EmergencyAskRow(
        id=uuid4(), area_id=area_id, case_id=case_id, agency_id=agency_id, reason=reason, soon="today",
        asked_by=by, asked_at=NOW, why="",
    )  # fmt: skip
