"""Who of one name may be the same: said to who may open both of them (Rulebook E1, M6)."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from agenda.meetings import case_reference
from agenda.people import folded
from agenda.subjects import Subject
from meetingsvc.models import CaseRow, PersonRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, subjects
from meetingsvc.store.scope import cases_of


class Called(NamedTuple):
    """What tells one from another of the same name."""

    reference: str
    dob: date | None

    @property
    def words(self) -> str:
        """As people read it."""
        born = f"born {self.dob.day} {self.dob:%B %Y}" if self.dob else "date of birth not known"
        return f"{self.reference}, {born}"


def pairs(reader: Principal, case_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """The children whom each of these may be, both ways, of those who are open to the reader."""
    with acting.whole_area(reader.area_id):
        found = subjects.alike(reader.area_id, case_ids)
    if not found:
        return []
    there = subjects.of(reader, {end for two in found for end in two})
    return [(one, other) for one, other in found if one in there and other in there]


def called(reader: Principal, case_ids: Collection[UUID]) -> dict[UUID, Called]:
    """The reference and the birth date of those of these cases that are open to the reader."""
    row = CaseRow
    person = PersonRow.id == func.coalesce(row.victim_id, row.perpetrator_id)
    rows = select(row.id, row.number, PersonRow.dob).outerjoin(PersonRow, person)
    found = db.session.execute(rows.where(cases_of(reader), row.id.in_(case_ids)))
    return {key: Called(case_reference(number), dob) for key, number, dob in found}


def of_one_name(reader: Principal, shown: Collection[Subject]) -> dict[UUID, str]:
    """Of those of these of whom there is another of the same kind and name, what tells them apart, in words;
    and whom each child may be."""
    names = Counter((one.kind, folded(one.name)) for one in shown)
    known = called(reader, [one.id for one in shown if names[one.kind, folded(one.name)] > 1])
    may_be: dict[UUID, list[str]] = {key: [] for key in known}
    for one, other in pairs(reader, known) if known else ():
        if one in known and other in known:
            may_be[one].append(known[other].reference)
    return {
        key: ", may be ".join((one.words, *([" or ".join(may_be[key])] if may_be[key] else [])))
        for key, one in known.items()
    }
