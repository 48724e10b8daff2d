"""Where the people of a case are reached, as a page may show it: what is confidential stays sealed here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select

from agenda.addresses import (
    MASKED,
    MASKED_CONTACT,
    AddressKind,
    ContactKind,
    Knows,
    Part,
    masks_contact,
)
from meetingsvc.models import (
    AccountRow,
    AddressRow,
    AgencyRow,
    AssociateRow,
    CaseRow,
    ContactRow,
    PersonRow,
    RevealRow,
    db,
)
from meetingsvc.store.half_seen import NO_NAME, half_seen, on_case
from meetingsvc.store.list_page import named
from meetingsvc.store.scope import Reader, cases_of, told_on


@dataclass(frozen=True, slots=True)
class Told:
    """Whose piece of information it is (Rulebook R2)."""

    agency_id: UUID
    agency: str
    author: str
    recorded_at: datetime
    source: str
    case_id: UUID  # on which it was told: the same person may be in another


@dataclass(frozen=True, slots=True)
class Address:
    """One address as it was told; `shown` is what a page may say of it."""

    id: UUID
    person_id: UUID
    kind: AddressKind
    knows: Knows
    known_to: str
    confidential: bool
    why_not: str
    shown: str
    replaces: UUID | None
    told: Told
    earlier: tuple["Address", ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """One telephone number or e-mail address; a victim's is masked."""

    id: UUID
    person_id: UUID
    kind: ContactKind
    masked: bool
    shown: str
    ended: bool
    replaces: UUID | None
    told: Told
    earlier: tuple["Contact", ...] = ()


_Row = TypeVar("_Row", Address, Contact)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a case, and where they are reached."""

    id: UUID
    part: Part
    name: str
    dob: date | None
    relation: str  # an associate's to the perpetrator
    addresses: tuple[Address, ...] = ()
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True)
class Reveal:
    """Somebody was shown what is masked."""

    person: str
    agency: str
    what: str
    reason: str
    at: datetime


def people(reader: Reader, case_id: UUID) -> list[Person]:
    """The parties of an open case and the perpetrator's known associates, each with what is held of them."""
    found = {person.id: person for person in _people(reader, case_id)}
    addresses = _histories(_addresses(reader, list(found)))
    contacts = _histories(_contacts(reader, {person.id: person.part for person in found.values()}))
    for key, person in found.items():
        found[key] = replace(
            person,
            addresses=tuple(one for one in addresses if one.person_id == key),
            contacts=tuple(one for one in contacts if one.person_id == key),
        )
    order = list(Part)
    return sorted(found.values(), key=lambda person: (order.index(person.part), person.name))


def person(reader: Reader, case_id: UUID, person_id: UUID) -> Person | None:
    """One of the people of an open case, without what is held of them."""
    return next((one for one in _people(reader, case_id) if one.id == person_id), None)


def _people(reader: Reader, case_id: UUID) -> list[Person]:
    """Of who is in a case kept from the reader too, only what this one tells (M6)."""
    row, near = PersonRow, AssociateRow
    names, half = (row.id, row.forename, row.surname, row.dob), half_seen(reader)
    case = cases_of(reader), CaseRow.id == case_id
    victims = select(*names).join(CaseRow, CaseRow.victim_id == row.id).where(*case)
    others = select(*names).join(CaseRow, CaseRow.perpetrator_id == row.id).where(*case)
    associates = select(*names, near.relation).join(near, near.person_id == row.id)
    associates = associates.where(told_on(reader, near.case_id), near.case_id == case_id)
    found: dict[UUID, Person] = {}
    for part, rows in (
        (Part.VICTIM, victims), (Part.PERPETRATOR, others), (Part.ASSOCIATE, associates)
    ):  # fmt: skip
        for key, forename, surname, dob, *relation in db.session.execute(rows):
            name = named(forename, surname) or NO_NAME
            if key in half:
                name, dob = on_case(reader, key, case_id)
            found.setdefault(key, Person(key, part, name, dob, "".join(relation)))
    return list(found.values())


_TOLD = (AgencyRow.id, AgencyRow.name)


def _addresses(reader: Reader, people_ids: Collection[UUID]) -> list[Address]:
    row = AddressRow
    rows = (
        select(
            row.id, row.person_id, row.kind, row.perpetrator_knows, row.known_to, row.confidential,
            row.not_confidential_why, row.text, row.replaces_id, *_TOLD, row.author, row.recorded_at,
            row.source, row.case_id,
        )
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(told_on(reader, row.case_id), row.person_id.in_(people_ids))
        .order_by(row.recorded_at.desc(), row.id)
    )  # fmt: skip
    return [
        Address(key, person, AddressKind(kind), Knows(knows), known_to, confidential, why_not,
                MASKED if confidential else text or "", replaces, Told(*told))
        for key, person, kind, knows, known_to, confidential, why_not, text, replaces, *told
        in db.session.execute(rows)
    ]  # fmt: skip


def _contacts(reader: Reader, part_of: dict[UUID, Part]) -> list[Contact]:
    row = ContactRow
    rows = (
        select(
            row.id, row.person_id, row.kind, row.value, row.ended, row.replaces_id, CaseRow.victim_id, *_TOLD,
            row.author, row.recorded_at, row.source, row.case_id,
        )
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .join(CaseRow, CaseRow.id == row.case_id)
        .where(told_on(reader, row.case_id), row.person_id.in_(part_of))
        .order_by(row.recorded_at.desc(), row.id)
    )  # fmt: skip
    found = []
    for key, person, kind, value, ended, replaces, victim, *told in db.session.execute(rows):
        # who is a perpetrator here may be the victim of the case it was told on
        masked = masks_contact(Part.VICTIM if person == victim else part_of[person])
        shown = MASKED_CONTACT if masked else value
        found.append(Contact(key, person, ContactKind(kind), masked, shown, ended, replaces, Told(*told)))
    return found


def _histories(rows: Sequence[_Row]) -> list[_Row]:
    """Those that stand, each with what it took the place of, the latest first."""
    by_id: dict[UUID | None, _Row] = {row.id: row for row in rows}
    replaced = {row.replaces for row in rows}
    return [replace(row, earlier=_before(row, by_id)) for row in rows if row.id not in replaced]


def _before(row: _Row, by_id: Mapping[UUID | None, _Row]) -> tuple[_Row, ...]:
    before: list[_Row] = []
    while row.replaces in by_id:
        row = by_id[row.replaces]
        before.append(row)
    return tuple(before)


def reveals(reader: Reader, case_id: UUID) -> list[Reveal]:
    """Who was shown what, the latest first. For who runs the meetings."""
    row = RevealRow
    rows = (
        select(AccountRow.name, AgencyRow.name, row.what, row.reason, row.at)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(told_on(reader, row.case_id), row.case_id == case_id)
        .order_by(row.at.desc(), row.id)
    )
    return [Reveal(*found) for found in db.session.execute(rows)]
