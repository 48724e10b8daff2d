"""Who is in a case that is kept from a reader, and what they are called in the cases that are open (M6).

After a merge, and wherever somebody is in several cases, their own row may tell what a kept one told.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from agenda.incidents import Party
from agenda.relationships import Role
from meetingsvc.models import CaseRow, EntryRow, IncidentRow, ItemRow, db
from meetingsvc.store import acting, incidents
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, cases_of, incidents_of, kept_cases, told_items_of

NO_NAME = "(no name given)"
#: A name and a birth date.
Named = tuple[str, date | None]


def half_seen(reader: Reader) -> set[UUID]:
    """Those who are in a case that is kept from the reader: what is known of them may be known from there."""
    if isinstance(reader, Host):
        return set()
    row = CaseRow
    with acting.whole_area(reader.area_id):
        rows = select(row.victim_id, row.perpetrator_id).where(row.id.in_(kept_cases(reader)))
        return {key for pair in db.session.execute(rows) for key in pair if key}


def as_told(reader: Reader, person_id: UUID, part: Mapping[UUID, Role] | None = None) -> Named:
    """What the newest incident calls somebody in these cases, or in all that are open to the reader."""
    told = [party for party, _ in parties(reader, _parts(reader, person_id) if part is None else part)]
    name = next((party.name for party in told if party.name), NO_NAME)
    return name, next((party.dob for party in told if party.dob), None)


def parties(reader: Reader, part: Mapping[UUID, Role]) -> Iterator[tuple[Party, str]]:
    """What incidents told of the victim or perpetrator of these cases, the newest first, and which did."""
    rows = (
        select(ItemRow.case_id, IncidentRow.id, IncidentRow.occurrence_number)
        .join(EntryRow, EntryRow.incident_id == IncidentRow.id)
        .join(ItemRow, ItemRow.id == EntryRow.item_id)
        .where(told_items_of(reader), incidents_of(reader), ItemRow.case_id.in_(part))
        .order_by(IncidentRow.recorded_at.desc(), IncidentRow.id.desc())
    )
    found = db.session.execute(rows).all()
    contents = incidents.contents([key for _, key, _ in found], reader)
    for case_id, key, number in found:
        told = contents[key]
        party = told.victim if part[case_id] is Role.VICTIM else told.perpetrator
        if party is not None:
            yield party, number


def _parts(reader: Reader, person_id: UUID) -> dict[UUID, Role]:
    row = CaseRow
    mine = or_(row.victim_id == person_id, row.perpetrator_id == person_id)
    rows = select(row.id, row.victim_id).where(cases_of(reader), mine)
    return {
        key: Role.VICTIM if victim == person_id else Role.PERPETRATOR
        for key, victim in db.session.execute(rows)
    }
