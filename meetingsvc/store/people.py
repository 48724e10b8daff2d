"""One person and every case they are in: no more of it than the reader may open, and no gap that tells."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from agenda.relationships import Relation, Role, role_of
from meetingsvc.models import (
    AssociateRow,
    CaseRow,
    PersonRow,
    RelationshipRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import closed_cases
from meetingsvc.store.case_page import Person
from meetingsvc.store.half_seen import NO_NAME, as_told, half_seen, parties
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import Reader, cases_of, people_of, told_on
from meetingsvc.store.subject_people import NAME


@dataclass(frozen=True, slots=True)
class InCase:
    """One case somebody is in. `asks_why`: it is closed, and tells nothing more until a reason is given."""

    id: UUID
    reference: str
    role: Role
    victim: Person
    perpetrator: Person | None
    asks_why: bool


@dataclass(frozen=True, slots=True)
class Called:
    """A name and birth date under which somebody was told of, and where."""

    name: str
    dob: date | None
    told_in: tuple[str, ...]  # occurrence numbers and references


def person(reader: Reader, person_id: UUID) -> Person | None:
    """Somebody, where the reader sees a case that they are in; as those tell of them, where one is kept."""
    row = PersonRow
    found = select(row.id, row.forename, row.surname, row.dob).where(people_of(reader), row.id == person_id)
    told = db.session.execute(found).one_or_none()
    return shielded(reader, [_person(*told)])[0] if told else None


def shielded(reader: Reader, found: Sequence[Person]) -> list[Person]:
    """These people: who is in a case kept from the reader is called what the others call them (M6)."""
    half = half_seen(reader)
    return [Person(one.id, *as_told(reader, one.id)) if one.id in half else one for one in found]


def _person(key: UUID, forename: str, surname: str, dob: date | None) -> Person:
    return Person(key, named(forename, surname) or NO_NAME, dob)


def cases(reader: Principal, person_id: UUID, today: date) -> list[InCase]:
    """Every case somebody is in that the reader may open, the newest first: others are not there at all."""
    roles, row = _roles(reader, person_id), CaseRow
    victim, perpetrator = aliased(PersonRow), aliased(PersonRow)
    rows = (
        select(
            CaseRow.id, CaseRow.number, victim.id, victim.forename, victim.surname, victim.dob,
            perpetrator.id, perpetrator.forename, perpetrator.surname, perpetrator.dob, NAME,
        )
        .outerjoin(victim, victim.id == CaseRow.victim_id)
        .outerjoin(perpetrator, perpetrator.id == CaseRow.perpetrator_id)
        .where(cases_of(reader))
        .where(or_(row.victim_id == person_id, row.perpetrator_id == person_id, row.id.in_(roles)))
        .order_by(CaseRow.number.desc())
    )  # fmt: skip
    found, half = [], half_seen(reader)
    for key, number, *both in db.session.execute(rows):
        *both, name = both  # where there is no victim, what the case is about (`case_page.Case`)
        her = _person(*both[:4]) if both[0] else Person(key, name or NO_NAME, None)
        him = _person(*both[4:]) if both[4] else None
        if her.id in half:
            her = Person(her.id, *as_told(reader, her.id, {key: Role.VICTIM}))
        if him and him.id in half:
            him = Person(him.id, *as_told(reader, him.id, {key: Role.PERPETRATOR}))
        role = {her.id: Role.VICTIM, **({him.id: Role.PERPETRATOR} if him else {})}.get(person_id)
        asks = closed_cases.asks_why(reader, key, today)
        found.append(InCase(key, case_reference(number), role or roles[key], her, him, asks))
    return found


def _roles(reader: Reader, person_id: UUID) -> dict[UUID, Role]:
    """Who somebody is in the cases of which they are no party."""
    row, kinds = RelationshipRow, defaultdict[UUID, list[Relation]](list)
    told = select(row.case_id, row.person_id, row.kind).where(told_on(reader, row.case_id))
    told = told.where(or_(row.person_id == person_id, row.other_id == person_id))
    for case_id, first, kind in db.session.execute(told):
        relation = Relation(kind)
        kinds[case_id].append(relation if first == person_id else relation.other_way)
    near = select(AssociateRow.case_id).where(told_on(reader, AssociateRow.case_id))
    near = near.where(AssociateRow.person_id == person_id)
    associate = dict.fromkeys(db.session.scalars(near), Role.ASSOCIATE)
    return {case_id: role_of(known) for case_id, known in kinds.items()} | associate


def called(reader: Reader, within: Sequence[InCase]) -> list[Called]:
    """Every name and birth date by which incidents told of somebody, in cases that are open to the reader."""
    part = {one.id: one.role for one in within if one.role in (Role.VICTIM, Role.PERPETRATOR)}
    told: dict[tuple[str, date | None], dict[str, None]] = {}
    for party, number in parties(reader, part):
        told.setdefault((party.name, party.dob), {})[number] = None
    return [Called(name, dob, tuple(numbers)) for (name, dob), numbers in told.items()]


def on_case(reader: Reader, case_id: UUID) -> list[Person]:
    """Everybody told of on an open case: its parties, known associates, and people related to them."""
    row, case = PersonRow, (cases_of(reader), CaseRow.id == case_id)
    near, tie = AssociateRow, RelationshipRow
    hangs = (told_on(reader, near.case_id), near.case_id == case_id)
    told = (told_on(reader, tie.case_id), tie.case_id == case_id)
    ids = [
        select(CaseRow.victim_id).where(*case),
        select(CaseRow.perpetrator_id).where(*case),
        select(near.person_id).where(*hangs),
        select(tie.person_id).where(*told),
        select(tie.other_id).where(*told),
    ]
    keys = list(dict.fromkeys(key for one in ids for key in db.session.scalars(one) if key))
    return _named(reader, keys, row)


def _named(reader: Reader, keys: Collection[UUID], row: type[PersonRow]) -> list[Person]:
    """In the order of their keys."""
    rows = select(row.id, row.forename, row.surname, row.dob).where(people_of(reader), row.id.in_(keys))
    found = shielded(reader, [_person(*told) for told in db.session.execute(rows)])
    there = {one.id: one for one in found}
    return [there[key] for key in keys if key in there]
