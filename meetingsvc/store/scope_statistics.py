"""What statistics count: only what is kept from nobody at all (Rulebook W4, M6).

Were a case counted that is kept from somebody, they would miss it: a number one higher than what they can
count themselves tells them that it is there. So a restricted or walled case changes no number.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, and_, select

from agenda.need_to_know import Hides, WallState
from agenda.panels import Family
from meetingsvc.models import CaseRow, IncidentWallRow, RestrictionRow, WallRow
from meetingsvc.store.scope_kept import MARKED, CaseId, Column, listed_under, of_people


def kept_from_anybody() -> CompoundSelect[UUID]:
    """The cases that a restriction, a sure proposal for one, or a wall keeps from anybody. As the service."""
    walls = select(WallRow.case_id).where(WallRow.state == WallState.STANDS)
    return walls.union(select(RestrictionRow.case_id).where(RestrictionRow.hides != Hides.NOBODY))


def open_to_all(case_id: CaseId) -> ColumnElement[bool]:
    """A case of domestic abuse that is kept from nobody: one of other panels is kept from who runs these
    alone (D1, E4)."""
    others = select(CaseRow.id).where(CaseRow.family != Family.ABUSE)
    return and_(MARKED, case_id.not_in(kept_from_anybody()), case_id.not_in(others))


def told_to_all(incident_id: Column[int]) -> ColumnElement[bool]:
    """An incident that names nobody like a reader, and tells of no case that is kept from anybody."""
    kept = listed_under(kept_from_anybody()).union(of_people(kept_from_anybody()))
    walled = select(IncidentWallRow.incident_id)
    return and_(MARKED, incident_id.not_in(kept), incident_id.not_in(walled))
