"""Children of a case, whom a third party's request can be about (Rulebook X1).

A child is no person of a case: name and birth date tell one from another, and nothing else does. Two children
of one name, of whom no birth date is known, are one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import ColumnElement, and_, func, or_, select

from agenda.incidents import Child
from agenda.people import folded
from meetingsvc.models import (
    CaseRow,
    ChildKeyRow,
    ClarificationRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    PersonRow,
    ResearchNamedRow,
    db,
)
from meetingsvc.store import acting, case_incidents, children_keys, incidents
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


def cases_elsewhere(
    area_id: UUID, case_id: UUID, about: Collection[UUID], people: Iterable[Told]
) -> set[UUID]:
    """The other cases in which one of these children, or of these people, is the victim, or a child (F3): by
    the name, and by the birth date where both are told. Who it is nobody can say for sure: at a doubt it is
    the same. For the service's own work, and never for showing."""
    found, names = set[UUID](), set(people)
    names |= {(name, dob) for name, dob in told(area_id, case_id) if key(name, dob) in about}
    for name, dob in names:
        found |= _named_on(area_id, name, dob) | _said_of(area_id, name, dob) | _victims(area_id, name, dob)
    return found - {case_id}


def _victims(area_id: UUID, name: str, dob: date | None) -> set[UUID]:
    """Those of a victim of that name, who was filed as another person or as nobody's child."""
    row = PersonRow
    rows = select(CaseRow.id, row.forename, row.surname, row.dob).join(row, row.id == CaseRow.victim_id)
    rows = rows.where(CaseRow.area_id == area_id, *_born(row.dob, dob))
    return {case for case, forename, surname, born in db.session.execute(rows)
            if _same(name, dob, f"{forename} {surname}".strip(), born)}  # fmt: skip


def _named_on(area_id: UUID, name: str, dob: date | None) -> set[UUID]:
    """Those under which an incident or a referral names the child."""
    filed, wanted = ChildKeyRow, children_keys.as_written(name)
    every = (
        select(filed.incident_id).where(filed.area_id == area_id, filed.key.in_(wanted))
        .group_by(filed.incident_id).having(func.count() == len(wanted))
    )  # fmt: skip
    read = incidents.contents(db.session.scalars(every)).items()
    ids = [one for one, entry in read if any(_same(name, dob, it.name, it.dob) for it in entry.children)]
    row, cases = IncidentRow, set[UUID]()
    for at in range(0, len(ids), incidents.CHUNK):
        rows = (
            select(ItemRow.case_id).join(EntryRow, EntryRow.item_id == ItemRow.id)
            .join(row, and_(row.area_id == ItemRow.area_id,
                            row.occurrence_number == EntryRow.occurrence_number))
            .where(ItemRow.area_id == area_id, row.id.in_(ids[at : at + incidents.CHUNK]))
        )  # fmt: skip
        cases |= set(db.session.scalars(rows))
    return cases


def _said_of(area_id: UUID, name: str, dob: date | None) -> set[UUID]:
    """Those in which an agency's answer or a meeting names the child."""
    named, said = ResearchNamedRow, ClarificationRow
    answers = select(ItemRow.case_id, named.name, named.dob).join(ItemRow, ItemRow.id == named.item_id)
    clear = select(said.case_id, said.name, said.dob).where(said.about == About.CHILD)
    rows = [
        answers.where(named.area_id == area_id, named.kind == NamedKind.CHILD,
                      *_born(named.dob, dob)),
        clear.where(said.area_id == area_id, *_born(said.dob, dob)),
    ]  # fmt: skip
    return {one for each in rows for one, other, born in db.session.execute(each)
            if _same(name, dob, other, born)}  # fmt: skip


def _born(column: Any, dob: date | None) -> list[ColumnElement[bool]]:
    return [or_(column.is_(None), column == dob)] if dob else []


def _same(name: str, dob: date | None, other: str, born: date | None) -> bool:
    return folded(name) == folded(other) and (dob is None or born is None or dob == born)


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
