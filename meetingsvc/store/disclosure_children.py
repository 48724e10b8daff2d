"""Children of a case, whom a third party's request can be about (Rulebook X1).

A child is no person of a case: name and birth date tell one from another, and nothing else does. Two children
of one name, of whom no birth date is known, are one.
"""

from collections import defaultdict
from datetime import date
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import select

from agenda.incidents import Child
from agenda.people import folded
from meetingsvc.models import ClarificationRow, ItemRow, ResearchNamedRow, db
from meetingsvc.store import acting, case_incidents, incidents
from meetingsvc.store.case_page import Case
from meetingsvc.store.disclosure_items import incidents_under
from meetingsvc.store.scope import Reader
from minutes.clarifications import About
from minutes.disclosure_about import Choosable, child_of
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


def shown(reader: Reader, case: Case) -> list[Choosable]:
    """Those whom a reader of the case finds in its entries, and whose child each is by them."""
    entries = case_incidents.incidents_on(reader, case)
    contents = incidents.contents((one.id for one in entries), reader).values()
    children = [child for entry in contents for child in entry.children if child.name.strip()]
    with acting.whole_area(reader.area_id):
        there = keys(reader.area_id, case.id)
    found = defaultdict[UUID, list[Child]](list)
    for child in sorted(children, key=lambda one: (one.name.strip(), str(one.dob))):
        found[key(child.name, child.dob)].append(child)
    return [
        Choosable(one, alike[0].name.strip(), child_of(child.linked for child in alike if child.linked),
                  alike[0].dob)
        for one, alike in found.items() if one in there
    ]  # fmt: skip
