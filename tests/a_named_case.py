"""Builds an agency that has not signed, its people, and its part in a named case."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from agenda.agencies import AgencyKind
from agenda.calendar import local_day
from agenda.named_case import Direction, State
from meetingsvc.models import NamedCaseEntryRow, NamedCaseHeldRow, NamedCasePartRow
from meetingsvc.usecases import agencies
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW

UNTIL = local_day(NOW) + timedelta(days=14)


def an_unsigned_agency(area_id: UUID, name: str = "Northmoor Refuge") -> UUID:
    """It has never signed."""
    with saved():
        return agencies.create(area_id, name, AgencyKind.VOLUNTARY, None, "test", NOW)


def a_part_row(area_id: UUID, case_id: UUID, agency_id: UUID, by: UUID, **told: Any) -> NamedCasePartRow:
    """One that takes part already; the test tells only what it is about."""
    usual: dict[str, Any] = {
        "id": uuid4(), "area_id": area_id, "case_id": case_id, "agency_id": agency_id,
        "state": State.TAKING_PART, "why": "She stays there", "since": local_day(NOW), "until": UNTIL,
        "proposed_by": by, "proposed_at": NOW, "accepted_at": NOW, "ended_why": "",
    }  # fmt: skip
    return NamedCasePartRow(**usual | told)


def an_entry_row(part: NamedCasePartRow, by: UUID, **told: Any) -> NamedCaseEntryRow:
    """What the panel told it."""
    usual: dict[str, Any] = {
        "id": uuid4(), "area_id": part.area_id, "part_id": part.id, "direction": Direction.TOLD,
        "words": "He may ring at night.", "kind": "", "source": "", "by": by, "at": NOW,
    }  # fmt: skip
    return NamedCaseEntryRow(**usual | told)


def a_held_row(part: NamedCasePartRow, **told: Any) -> NamedCaseHeldRow:
    """What it is asked once its part is over."""
    usual: dict[str, Any] = {
        "part_id": part.id, "area_id": part.area_id, "case_id": part.case_id, "agency_id": part.agency_id,
        "since": local_day(NOW), "how": "", "said_by": "", "why": "",
    }  # fmt: skip
    return NamedCaseHeldRow(**usual | told)
