"""The people of a case that no other case has, and what is known of them alone (Rulebook L1, L2)."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, delete, or_, select, update

from agenda.matching_person import name
from meetingsvc.models import (
    AddressRow,
    AssociateRow,
    CaseRow,
    ContactRow,
    IdentityRow,
    IncidentRow,
    MergeRow,
    NameCountRow,
    RelationshipRow,
    db,
)
from meetingsvc.store import matching_details, matching_merges
from meetingsvc.store.matching_details import Told

#: Who is on a case: whoever stands in one of these of another case is that one's too.
_ON_A_CASE: tuple[Any, ...] = tuple(
    row.__table__.c[column]
    for row, column in (
        (CaseRow, "victim_id"),
        (CaseRow, "perpetrator_id"),
        (AssociateRow, "person_id"),
        (RelationshipRow, "person_id"),
        (RelationshipRow, "other_id"),
        (AddressRow, "person_id"),
        (ContactRow, "person_id"),
    )
)


def linked(case_id: UUID, rows: Mapping[Table, Collection[tuple[Any, ...]]]) -> set[UUID]:
    """Everybody the rows of a case name, and whoever was found to be one with them."""
    found = set[Any]()
    for column in _ON_A_CASE:
        keys = [key[0] for key in rows.get(column.table, ())]
        found.update(db.session.scalars(select(column).where(column.table.c.id.in_(keys))))
    return _one_with(found - {None})


def _one_with(people: set[UUID]) -> set[UUID]:
    """Merged with one of them, however often."""
    merge, found = MergeRow, set(people)
    while True:
        rows = select(merge.kept_id, merge.gone_id).where(
            merge.undone_at.is_(None), or_(merge.kept_id.in_(found), merge.gone_id.in_(found))
        )
        more = {key for pair in db.session.execute(rows) for key in pair} - found
        if not more:
            return found
        found |= more


def used_elsewhere(people: set[UUID], rows: Mapping[Table, Collection[tuple[Any, ...]]]) -> set[UUID]:
    """Those of them that a row of another case names, with whoever is one with them."""
    found = set[UUID]()
    for column in _ON_A_CASE:
        its = {key[0] for key in rows.get(column.table, ())}
        told = select(column.table.c.id, column).where(column.in_(people))
        found.update(person for key, person in db.session.execute(told) if key not in its)
    return _one_with(found) & people


def incidents_of(area_id: UUID, people: Collection[UUID]) -> set[int]:
    """Every version of the incidents that no list took and that name these people alone."""
    known = select(IdentityRow.value).where(IdentityRow.person_id.in_(people))
    values = set(db.session.scalars(known))
    row = IncidentRow
    numbers = select(row.occurrence_number).where(
        row.id.in_(matching_merges.incidents_of_people(area_id, people))
    )
    told = select(
        row.id, row.victim_nominal, row.victim_name, row.perpetrator_nominal, row.perpetrator_name
    ).where(row.area_id == area_id, row.occurrence_number.in_(list(db.session.scalars(numbers))))
    return {
        key for key, *names in db.session.execute(told)
        if _is_among(values, *names[:2]) and _is_among(values, *names[2:])
    }  # fmt: skip


def _is_among(values: Collection[str], nominal: str, name: str) -> bool:
    """Known by a number, or where it has none by a whole name; or nobody at all."""
    known = nominal or name
    return not known or known in values


def uncount(area_id: UUID, people: Collection[UUID]) -> None:
    """Their names are counted no more: a rare one would tell of who had it. Before they go."""
    row = NameCountRow
    for told in matching_details.kept(people).values():
        for value in (one.value for one in told if one.kind is Told.NAME):
            first, _, last = value.partition("|")
            said = name(first, last)
            for half, word in (("forename", said.forename), ("surname", said.surname)):
                its = (row.area_id == area_id, row.half == half, row.name == word[:200])
                db.session.execute(update(row).where(*its).values(count=row.count - 1))
    db.session.execute(delete(row).where(row.area_id == area_id, row.count <= 0))
