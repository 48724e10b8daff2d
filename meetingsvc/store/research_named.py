"""People at risk whom agencies named under a case, for every agency to check (Rulebook M2)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.details import Details
from agenda.walls import Party
from meetingsvc.models import AgencyRow, ItemRow, ResearchNamedRow, db
from meetingsvc.store.acting import Host
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope import Reader, told_at
from meetingsvc.store.scope_contributed import reads_notes
from minutes.research import Named, NamedKind


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody named, by which agency and when; the agency is None where only whom to look for is told."""

    id: UUID
    item_id: UUID
    named: Named
    agency_id: UUID | None
    agency: str
    author: str
    at: datetime

    @property
    def named_alone(self) -> "Told":
        """Who it is, and nothing of who said so and why."""
        who = replace(self.named, relation="", why="")
        return replace(self, named=who, agency_id=None, agency="", author="")


def named_under(reader: Reader, item_ids: Collection[UUID]) -> dict[UUID, Told]:
    """Who was named under these items, the first first.

    Every agency is asked to look for them (Rulebook M2); of a child, who named them and why goes where notes
    go, and to the agency itself (Rulebook E4).
    """
    row = ResearchNamedRow
    rows = (
        select(row, AgencyRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(told_at(reader, row.item_id), row.item_id.in_(list(item_ids)))
        .order_by(row.recorded_at, row.id)
    )
    found = [_told(one, agency) for one, agency in db.session.execute(rows)]
    noted = {key for key in {one.item_id for one in found} if reads_notes(reader, key)}
    own = None if isinstance(reader, Host) else reader.agency_id
    return {one.id: one if one.item_id in noted or one.agency_id == own else one.named_alone for one in found}


def _told(row: ResearchNamedRow, agency: str) -> Told:
    named = Named(NamedKind(row.kind), row.name, row.dob, row.relation, row.why)
    return Told(row.id, row.item_id, named, row.agency_id, agency, row.author, row.recorded_at)


def near(area_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, list[Party]]:
    """Who was named under each of these cases, to be compared with staff (Rulebook M6): somebody near it.

    The service's own work, for matching alone.
    """
    row = ResearchNamedRow
    rows = select(ItemRow.case_id, row.id, row.name, row.dob).join(ItemRow, ItemRow.id == row.item_id)
    rows = rows.where(row.area_id == area_id)
    found: dict[UUID, list[Party]] = defaultdict(list)
    few = rows.where(ItemRow.case_id.in_(list(case_ids))) if len(case_ids) <= CHUNK else rows
    for case_id, key, name, dob in db.session.execute(few):
        found[case_id].append(Party(key, False, Details(forename=name, dob=dob)))
    return found
