"""Children of a case, whom a third party's request can be about (Rulebook X1).

A child is no person of a case: name and birth date tell one from another, and nothing else does. Two children
of one name, of whom no birth date is known, are one.
"""

from datetime import date
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import select

from agenda.people import folded
from meetingsvc.models import ClarificationRow, ItemRow, ResearchNamedRow, db
from meetingsvc.store import acting, case_incidents, incidents
from meetingsvc.store.case_page import Case
from meetingsvc.store.disclosure_items import incidents_under
from meetingsvc.store.scope import Reader
from minutes.clarifications import About
from minutes.research import NamedKind

Told = tuple[str, date | None]


def key(name: str, dob: date | None) -> UUID:
    """What a request keeps of a child whom it is about."""
    return uuid5(NAMESPACE_OID, f"child/{folded(name)}/{dob}")


def told(area_id: UUID, case_id: UUID) -> list[Told]:
    """Every child that anybody told of; for the service's own work."""
    entries = incidents_under(area_id, case_id).values()
    found = {(child.name.strip(), child.dob) for entry in entries for child in entry.children}
    named, said = ResearchNamedRow, ClarificationRow
    rows = select(named.name, named.dob).join(ItemRow, ItemRow.id == named.item_id)
    mine = rows.where(ItemRow.case_id == case_id, named.kind == NamedKind.CHILD)
    clarified = select(said.name, said.dob).where(said.case_id == case_id, said.about == About.CHILD)
    for found_here in (mine, clarified):
        found |= {(name.strip(), dob) for name, dob in db.session.execute(found_here)}
    return sorted((one for one in found if one[0]), key=str)


def keys(area_id: UUID, case_id: UUID) -> set[UUID]:
    """Whom a request can be about, beside the people of the case; for the service's own work."""
    return {key(name, dob) for name, dob in told(area_id, case_id)}


def shown(reader: Reader, case: Case) -> dict[UUID, str]:
    """Those whom a reader of the case finds in its entries, by name."""
    entries = case_incidents.incidents_on(reader, case)
    contents = incidents.contents((one.id for one in entries), reader).values()
    found = {(child.name.strip(), child.dob) for entry in contents for child in entry.children}
    with acting.whole_area(reader.area_id):
        there = keys(reader.area_id, case.id)
    named = {key(name, dob): name for name, dob in sorted(found, key=str) if name}
    return {one: name for one, name in named.items() if one in there}
