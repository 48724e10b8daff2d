"""People at risk whom agencies named under a case, for every agency to check (Rulebook M2)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from agenda.details import Details
from agenda.walls import Party
from meetingsvc.models import AgencyRow, ItemRow, ResearchNamedRow, db
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.scope import Reader, told_at
from minutes.research import Named, NamedKind


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody named, by which agency and when."""

    id: UUID
    item_id: UUID
    named: Named
    agency_id: UUID
    agency: str
    author: str
    at: datetime


def named_under(reader: Reader, item_ids: Collection[UUID]) -> dict[UUID, Told]:
    """Who was named under these items, the first first."""
    row = ResearchNamedRow
    rows = (
        select(row, AgencyRow.name)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(told_at(reader, row.item_id), row.item_id.in_(list(item_ids)))
        .order_by(row.recorded_at, row.id)
    )
    return {
        one.id: Told(
            one.id,
            one.item_id,
            Named(NamedKind(one.kind), one.name, one.dob, one.relation, one.why),
            one.agency_id,
            agency,
            one.author,
            one.recorded_at,
        )  # fmt: skip
        for one, agency in db.session.execute(rows)
    }


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
