"""Of which cases an incident says that a party is somebody's member of staff (Rulebook M6).

Read in the service's own capacity: call it inside `acting.whole_area`.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from agenda.feed_content import incident
from agenda.staff_named import StaffNamed, staff_named
from meetingsvc.models import (
    AgencyRow,
    EntryRow,
    IncidentRow,
    IncidentTextRow,
    ItemRow,
    RestrictionStepRow,
    db,
)
from meetingsvc.store.incidents import CHUNK

_TAKEN, _NOW = aliased(IncidentRow), aliased(IncidentRow)  # once for all statements, as in `details.py`


def on_cases(case_ids: Collection[UUID]) -> list[tuple[UUID, StaffNamed]]:
    """What the current versions of the incidents under these cases say, each thing once a case."""
    found: dict[tuple[UUID, StaffNamed], None] = {}
    wanted = list(case_ids)
    for at in range(0, len(wanted), CHUNK):
        taken, now = _TAKEN, _NOW
        same = and_(now.area_id == taken.area_id, now.occurrence_number == taken.occurrence_number)
        rows = (
            select(ItemRow.case_id, IncidentTextRow.content)
            .join(EntryRow, EntryRow.item_id == ItemRow.id)
            .join(taken, taken.id == EntryRow.incident_id)
            .join(now, and_(same, now.current))
            .join(IncidentTextRow, IncidentTextRow.incident_id == now.id)
            .where(ItemRow.case_id.in_(wanted[at : at + CHUNK]))
            .where(IncidentTextRow.content.contains('"staff_of":', autoescape=True))
            .order_by(now.id)
        )
        for case_id, content in db.session.execute(rows):
            for told in staff_named(incident(content).staff_of):
                found[case_id, told] = None
    return list(found)


def said_before(case_id: UUID, words: str) -> bool:
    """Whether it was put before somebody already: what they declined is not asked again."""
    row = RestrictionStepRow
    return db.session.scalar(select(row.id).where(row.case_id == case_id, row.text == words)) is not None


def agencies(area_id: UUID) -> dict[str, UUID]:
    """The area's agencies by name."""
    rows = select(AgencyRow.name, AgencyRow.id).where(AgencyRow.area_id == area_id)
    return {name: key for name, key in db.session.execute(rows)}
