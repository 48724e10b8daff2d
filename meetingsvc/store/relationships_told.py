"""What victim and perpetrator are to each other, as the police or a referral told it: read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from agenda.referral_entry import EntryKind
from agenda.relationships import Role
from meetingsvc.models import EntryRow, IncidentRow, ItemRow, db
from meetingsvc.store import incidents
from meetingsvc.store.people import InCase
from meetingsvc.store.scope import Reader, incidents_of, told_items_of


@dataclass(frozen=True, slots=True)
class Between:
    """The relationship of the two parties of one case, in the words of whoever told it."""

    words: str
    case_id: UUID
    case: str
    told_by: str


def between(reader: Reader, cases: Sequence[InCase]) -> list[Between]:
    """By each case somebody is a party to, as the newest incident tells it that the reader may see."""
    parts = {one.id: one.reference for one in cases if one.role in (Role.VICTIM, Role.PERPETRATOR)}
    row = IncidentRow
    rows = (
        select(ItemRow.case_id, row.id, row.occurrence_number, row.kind)
        .join(EntryRow, EntryRow.incident_id == row.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(told_items_of(reader), incidents_of(reader), ItemRow.case_id.in_(parts))
        .order_by(row.recorded_at.desc(), row.id.desc())
    )
    told = db.session.execute(rows).all()
    contents = incidents.contents([key for _, key, _, _ in told], reader)
    found: dict[UUID, Between] = {}
    for case_id, key, number, kind in told:
        if words := contents[key].relationship:
            by = f"the police, {number}" if kind == EntryKind.POLICE_INCIDENT else number
            found.setdefault(case_id, Between(words, case_id, parts[case_id], by))
    return [found[key] for key in parts if key in found]
