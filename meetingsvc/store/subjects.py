"""Children, persons of concern, places, groups and themes: kept as cases of exploitation panels (E2).

Each has a person's row of its own, or none: nobody is looked for among the people of domestic abuse, nor
found there. Who is told of twice is found again among their own kind alone.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from agenda.incidents import Party
from agenda.meetings import case_number
from agenda.panels import Family
from agenda.people import Identity, Record, folded, may_be, name_key, same_person
from agenda.subjects import LINKED, Subject, SubjectKind
from meetingsvc.models import AreaRow, CaseRow, PersonRow, SubjectRow, db
from meetingsvc.store import case_numbers
from meetingsvc.store.scope import Reader, cases_of

_LONGEST = 200
MOST = 500  # offered to choose from


class Told(NamedTuple):
    """What one is called and filed under."""

    kind: SubjectKind
    name: str
    key: str
    nominal: str = ""
    party: Party | None = None

    @property
    def identity(self) -> Identity:
        """For comparison with those there are."""
        return _identity(self.nominal, self.key)


def somebody(kind: SubjectKind, party: Party) -> Told:
    """A child or a person of concern."""
    key = name_key(party.surname, party.forename, party.dob)
    return Told(kind, party.name[:_LONGEST], key, party.nominal.strip(), party)


def something(kind: SubjectKind, name: str) -> Told:
    """A place, a group or a theme: of the same name it is the same one."""
    return Told(kind, name.strip()[:_LONGEST], folded(name))


def _identity(nominal: str, key: str) -> Identity:
    return Identity(frozenset({nominal} - {""}), frozenset({key} - {""}))


# What follows is the service's own work for an area: call it inside `acting.whole_area`, with the area held.


def found(area_id: UUID, told: Told) -> UUID | None:
    """The case of the same one of that kind, where there is one: the surest first, then the oldest."""
    row = SubjectRow
    alike: list[ColumnElement[bool]] = []
    if told.key:
        alike.append(row.key == told.key)
    if told.nominal:
        alike.append(row.nominal == told.nominal)
    if not alike:
        return None
    rows = (
        select(row.case_id, row.key, row.nominal)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(row.area_id == area_id, CaseRow.kind == told.kind, or_(*alike))
        .order_by(CaseRow.number)
    )
    there = [
        (nominal != told.nominal, case_id)
        for case_id, key, nominal in db.session.execute(rows)
        if same_person(told.identity, _identity(nominal, key))
    ]
    return min(there, key=lambda one: one[0])[1] if there else None


def alike(area_id: UUID, case_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """The children whom each of these may be, of whom nothing says that they are: both ways (Rulebook M6)."""
    row, child = SubjectRow, CaseRow.kind == SubjectKind.CHILD
    ids = select(row.case_id).join(CaseRow, CaseRow.id == row.case_id).where(row.area_id == area_id, child)
    mine = set(db.session.scalars(ids)) & set(case_ids)
    if not mine:
        return []
    rows = (
        select(row.case_id, row.name, PersonRow.dob, row.nominal)
        .join(CaseRow, CaseRow.id == row.case_id)
        .outerjoin(PersonRow, PersonRow.id == CaseRow.victim_id)
        .where(row.area_id == area_id, child)
        .order_by(CaseRow.number)
    )
    named: dict[str, list[tuple[UUID, Record]]] = defaultdict(list)
    for case_id, name, dob, nominal in db.session.execute(rows):
        named[folded(name)].append((case_id, Record(name, dob, nominal)))
    return [
        (one, other)
        for there in named.values()
        for one, told in there
        for other, known in there
        if one != other and not mine.isdisjoint((one, other)) and may_be(told, known)
    ]


def known_as(area_id: UUID, case_id: UUID) -> tuple[str, date | None]:
    """What a child is called, and when they were born, where that is known. Inside `acting.whole_area`."""
    rows = (
        select(SubjectRow.name, PersonRow.dob)
        .join(CaseRow, CaseRow.id == SubjectRow.case_id)
        .outerjoin(PersonRow, PersonRow.id == CaseRow.victim_id)
        .where(SubjectRow.area_id == area_id, SubjectRow.case_id == case_id)
    )
    name, dob = db.session.execute(rows).one()
    return name, dob


def learn(case_id: UUID, told: Told) -> None:
    """What was not known of them before; what is known stays as it is."""
    row = db.session.get_one(SubjectRow, case_id)
    row.key, row.nominal = row.key or told.key, row.nominal or told.nominal
    case = db.session.get_one(CaseRow, case_id)
    person_id = case.victim_id or case.perpetrator_id
    if person_id and told.party:
        person = db.session.get_one(PersonRow, person_id)
        person.dob = person.dob or told.party.dob
    db.session.flush()


def add(area_id: UUID, told: Told) -> UUID:
    """A case of a new one. A person of concern stands where a perpetrator does: nothing of it may reach
    them (Rulebook F3)."""
    person_id = _person(area_id, told.party) if told.party else None
    of_child = told.kind is SubjectKind.CHILD
    case = CaseRow(
        id=uuid4(), area_id=area_id, number=_number(area_id), kind=told.kind, family=Family.EXPLOITATION,
        victim_id=person_id if of_child else None, perpetrator_id=None if of_child else person_id,
    )  # fmt: skip
    db.session.add(case)
    db.session.flush()
    db.session.add(
        SubjectRow(case_id=case.id, area_id=area_id, name=told.name, key=told.key, nominal=told.nominal)
    )
    db.session.flush()
    return case.id


def _person(area_id: UUID, party: Party) -> UUID:
    row = PersonRow(
        id=uuid4(), area_id=area_id, forename=party.forename.strip(), surname=party.surname.strip(),
        dob=party.dob,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _number(area_id: UUID) -> int:
    """Drawn apart from those of domestic abuse, whose gaps would else tell of children."""
    row = AreaRow
    last = db.session.scalars(select(row.last_subject_number).where(row.id == area_id)).one()
    number = case_numbers.after(last)
    db.session.execute(update(row).where(row.id == area_id).values(last_subject_number=number))
    return case_numbers.BEFORE_SUBJECTS + number


# What follows is for showing: each only where the reader may open its case.


def of(reader: Reader, case_ids: Collection[UUID]) -> dict[UUID, Subject]:
    """Those of these cases that are one, by their case."""
    return {one.id: one for one in _shown(reader, CaseRow.id.in_(case_ids))}


def named(reader: Reader, words: str, kind: SubjectKind | None = None) -> list[Subject]:
    """Those whose name holds these words, or is filed under them, or whose case has this number, of one kind
    or of all that links join; of very many the first."""
    row, number = SubjectRow, case_number(words)
    alike = [CaseRow.number == number] if number else []
    if key := folded(words):
        alike.append(func.lower(row.name).contains(words.strip().lower(), autoescape=True))
        alike.append(row.key.startswith(key, autoescape=True))
    if not alike:
        return []
    kinds = LINKED if kind is None else (kind,)
    return _shown(reader, and_(or_(*alike), CaseRow.kind.in_(kinds)), MOST)


def _shown(reader: Reader, which: ColumnElement[bool], most: int | None = None) -> list[Subject]:
    rows = (
        select(CaseRow.id, CaseRow.kind, SubjectRow.name)
        .join(SubjectRow, SubjectRow.case_id == CaseRow.id)
        .where(cases_of(reader), CaseRow.area_id == reader.area_id, which)
        .order_by(SubjectRow.name, CaseRow.number)
        .limit(most)
    )
    return [Subject(key, SubjectKind(kind), name) for key, kind, name in db.session.execute(rows)]


def of_kind(reader: Reader, kind: SubjectKind) -> list[Subject]:
    """All of one kind that are open to the reader, by name."""
    return _shown(reader, CaseRow.kind == kind)


def every(reader: Reader, kinds: Collection[SubjectKind] = LINKED) -> list[Subject]:
    """All of these kinds that are open to the reader, by name; of very many the first."""
    return _shown(reader, CaseRow.kind.in_(kinds), MOST)
