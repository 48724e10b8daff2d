"""Who is what to whom, as agencies told it on cases that the reader may open (Rulebook R2)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from agenda.pack import NoteKind
from agenda.relationships import Relation
from meetingsvc.models import AccountRow, AgencyRow, PersonRow, RelationshipRow, db
from meetingsvc.store.addresses import Told
from meetingsvc.store.case_page import Person
from meetingsvc.store.half_seen import NO_NAME
from meetingsvc.store.list_page import named
from meetingsvc.store.people import shielded
from meetingsvc.store.scope import Reader, told_on


@dataclass(frozen=True, slots=True)
class Relationship:
    """One of them, seen from one of the two. `removed_by`: it was taken away, and why is told."""

    id: UUID
    kind: Relation
    other: Person
    standing: NoteKind
    told: Told
    removed_by: str
    removed_at: datetime | None
    removed_why: str


def of_person(reader: Reader, person_id: UUID, case_ids: Collection[UUID]) -> list[Relationship]:
    """Somebody's, as told on these cases; those that stand first."""
    row = RelationshipRow
    rows = _rows(reader).where(or_(row.person_id == person_id, row.other_id == person_id))
    rows = rows.where(row.person_id != row.other_id)  # of two who were found to be one person
    told = [_seen_from(person_id, *one) for one in db.session.execute(rows.where(row.case_id.in_(case_ids)))]
    found = _shielded(reader, told)
    return sorted(found, key=lambda one: (one.removed_at is not None, one.kind, one.other.name))


def one(reader: Reader, case_id: UUID, relationship_id: UUID) -> tuple[Person, Relationship] | None:
    """One that was told on a case, and whom it is about."""
    row = RelationshipRow
    rows = _rows(reader).where(row.case_id == case_id, row.id == relationship_id)
    found = db.session.execute(rows).one_or_none()
    if found is None:
        return None
    (told, first, *_) = found
    whom = Person(first.id, named(first.forename, first.surname) or NO_NAME, first.dob)
    other = _seen_from(told.person_id, *found)
    return shielded(reader, [whom])[0], _shielded(reader, [other])[0]


def _shielded(reader: Reader, found: Sequence[Relationship]) -> list[Relationship]:
    others = shielded(reader, [one.other for one in found])
    return [replace(one, other=other) for one, other in zip(found, others, strict=True)]


def _rows(reader: Reader) -> Select[RelationshipRow, PersonRow, PersonRow, str, str | None]:
    row, first, second = RelationshipRow, aliased(PersonRow), aliased(PersonRow)
    return (
        select(row, first, second, AgencyRow.name, AccountRow.name)
        .join(first, first.id == row.person_id)
        .join(second, second.id == row.other_id)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .outerjoin(AccountRow, AccountRow.id == row.removed_by)
        .where(told_on(reader, row.case_id))
        .order_by(row.recorded_at, row.id)
    )


def _seen_from(
    person_id: UUID, row: RelationshipRow, first: PersonRow, second: PersonRow, agency: str, by: str | None
) -> Relationship:
    kind, is_first = Relation(row.kind), row.person_id == person_id
    other = second if is_first else first
    return Relationship(
        row.id, kind if is_first else kind.other_way,
        Person(other.id, named(other.forename, other.surname) or NO_NAME, other.dob), NoteKind(row.standing),
        Told(row.agency_id, agency, row.author, row.recorded_at, row.source, row.case_id),
        by or "", row.removed_at, row.removed_why,
    )  # fmt: skip
