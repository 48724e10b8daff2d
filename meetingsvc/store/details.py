"""Who everybody is and where they are reached, to find those who must not learn of a case (F3, M6).

Read in the service's own capacity, for matching alone: none of it is for showing.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from agenda.addresses import ContactKind, DetailOf, Part
from agenda.details import Details
from agenda.feed_content import party
from agenda.need_to_know import WallGround
from agenda.patterns import Trait
from agenda.subjects import SubjectKind
from meetingsvc.models import (
    AccountRow,
    AddressRow,
    AgencyRow,
    AssociateRow,
    CaseRow,
    ContactRow,
    EntryRow,
    IdentityRow,
    IncidentRow,
    IncidentTextRow,
    ItemRow,
    PersonRow,
    StaffDetailRow,
    db,
)
from meetingsvc.store import acting, subject_near
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.subject_people import OF_ABUSE

# Once for all statements: making one takes longer than asking.
_LATER: dict[type[AddressRow | ContactRow], Any] = {row: aliased(row) for row in (AddressRow, ContactRow)}
_TAKEN, _VERSION = aliased(IncidentRow), aliased(IncidentRow)


@dataclass(frozen=True, slots=True)
class StaffTold:
    """A member of staff as they are, or somebody they said they know."""

    account_id: UUID
    agency_id: UUID
    ground: WallGround  # PARTY: their own details. DECLARED: of somebody they know
    details: Details
    of_account: bool = False  # as the account has it, not as they told it


@dataclass(frozen=True, slots=True)
class PartyTold:
    """A party of a case under one of the names that are known of them."""

    person_id: UUID
    part: Part
    details: Details


def of_staff(area_id: UUID) -> list[StaffTold]:
    """Everybody with an account in an area: by name and e-mail, and by what they told of themselves.

    A disabled account counts: it may be used again tomorrow.
    """
    accounts = (
        select(AccountRow.id, AccountRow.agency_id, AccountRow.name, AccountRow.email)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(AgencyRow.area_id == area_id)
    )
    found, agency_of = list[StaffTold](), dict[UUID, UUID]()
    for account_id, agency_id, name, email in db.session.execute(accounts):
        agency_of[account_id] = agency_id
        own = Details(forename=name, emails=frozenset({email}))
        found.append(StaffTold(account_id, agency_id, WallGround.PARTY, own, of_account=True))
    with acting.whole_area(area_id):
        told = db.session.scalars(select(StaffDetailRow).where(StaffDetailRow.area_id == area_id)).all()
    for row in told:
        ground = WallGround.PARTY if row.of_whom == DetailOf.SELF else WallGround.DECLARED
        if row.account_id in agency_of:  # who moved to another area has told it there anew
            found.append(StaffTold(row.account_id, agency_of[row.account_id], ground, _told(row)))
    return found


def _told(row: StaffDetailRow) -> Details:
    return Details(row.forename, row.surname, row.dob, _one(row.email), _one(row.phone), _one(row.address))


def _one(text: str) -> frozenset[str]:
    return frozenset({text} if text else ())


def of_cases(case_ids: Collection[UUID]) -> dict[UUID, list[PartyTold]]:
    """The parties of each case with every name, birth date and way to reach them that is known.

    A sealed address is none of it: whoever tells a guess of it as their own would learn by the wall that
    they guessed right (security.md A1).
    """
    with acting.service():
        cases = _Parties(case_ids)
        for chunk in _chunks(case_ids):
            cases.read_incidents(chunk)
        for chunk in _chunks(cases.people):
            cases.read_people(chunk)
        cases.read_traits()
    return cases.told()


def cases_of_person(person_id: UUID) -> list[UUID]:
    """Every case somebody is a party to, or a known associate on; a link makes them one, too."""
    row = CaseRow
    kinds = select(row.id, row.kind).where(or_(row.victim_id == person_id, row.perpetrator_id == person_id))
    near = select(AssociateRow.case_id).where(AssociateRow.person_id == person_id)
    with acting.service():
        party_to = {key: kind for key, kind in db.session.execute(kinds)}
        linked = subject_near.beside([key for key, kind in party_to.items() if kind != OF_ABUSE])
        return list({*party_to, *linked, *db.session.scalars(near)})


@dataclass
class _Known:
    """What is gathered of one person."""

    names: set[tuple[str, str, date | None]] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def details(self) -> Iterator[Details]:
        """One for each name; what reaches the person is the same whatever they are called."""
        ways = Details("", "", None, *map(frozenset, (self.emails, self.phones, self.addresses)))
        for forename, surname, dob in sorted(self.names, key=str) or [("", "", None)]:
            yield replace(ways, forename=forename, surname=surname, dob=dob)


class _Parties:
    """Gathers what is known of the people of some cases, a few queries for all of them."""

    def __init__(self, case_ids: Collection[UUID]) -> None:
        self.cases: dict[UUID, list[tuple[UUID, Part]]] = {}
        self.subjects: dict[UUID, str] = {}  # those that exploitation panels hear, by their kind
        self.numbers: dict[UUID, set[str]] = defaultdict(set)
        self.people: dict[UUID, _Known] = defaultdict(_Known)
        for chunk in _chunks(case_ids):
            self._read_parts(chunk)

    def _read_parts(self, chunk: Collection[UUID]) -> None:
        row, subjects = CaseRow, dict[UUID, str]()
        rows = select(row.id, row.victim_id, row.perpetrator_id, row.kind).where(row.id.in_(chunk))
        for case_id, victim, perpetrator, kind in db.session.execute(rows):
            both = ((victim, Part.VICTIM), (perpetrator, Part.PERPETRATOR))
            self.cases[case_id] = [(key, part) for key, part in both if key]
            if kind != OF_ABUSE:
                subjects[case_id] = kind
        self._read_linked(subjects)
        near = select(AssociateRow.case_id, AssociateRow.person_id).where(AssociateRow.case_id.in_(chunk))
        for case_id, person_id in db.session.execute(near):
            self.cases[case_id].append((person_id, Part.ASSOCIATE))
        for parts in self.cases.values():
            for person_id, _ in parts:
                self.people[person_id]

    def _read_linked(self, subjects: dict[UUID, str]) -> None:
        """Who is linked to a child, a place or a group is an associate (Rulebook F3); most have none."""
        self.subjects |= subjects
        for case_id, people in (subject_near.associates(list(subjects)) if subjects else {}).items():
            parties = {person_id for person_id, _ in self.cases[case_id]}
            self.cases[case_id] += [(key, Part.ASSOCIATE) for key in sorted(people - parties)]

    def read_traits(self) -> None:
        """Numbers and places told of a person of concern are theirs; whoever has a number that is told of
        a child, a place or a group may be who exploits."""
        for chunk in _chunks(self.people if self.subjects else ()):
            for person_id, trait, text in subject_near.told_of_people(chunk):
                known = self.people[person_id]
                (known.phones if trait is Trait.PHONE else known.addresses).add(text)
        others = (key for key, kind in self.subjects.items() if kind != SubjectKind.PERSON)
        for chunk in _chunks(others):
            for case_id, number in subject_near.numbers_of(chunk):
                self.numbers[case_id].add(number)

    def read_incidents(self, chunk: Collection[UUID]) -> None:
        """What the police sent of the parties, in every version of the incidents under the cases."""
        for case_id, content in db.session.execute(_told_under(chunk)):
            told: dict[str, Any] = json.loads(content)
            for person_id, part in self.cases.get(case_id, ()):
                if part is not Part.ASSOCIATE and (sent := party(told, part.value)):
                    known = self.people[person_id]
                    known.names.add((sent.forename, sent.surname, sent.dob))
                    known.phones.add(sent.phone)
                    known.addresses.add(f"{sent.address} {sent.postcode}")

    def read_people(self, chunk: Collection[UUID]) -> None:
        """Names, contacts and addresses that are kept of them."""
        row = PersonRow
        for key, *name in db.session.execute(
            select(row.id, row.forename, row.surname, row.dob).where(row.id.in_(chunk))
        ):
            self.people[key].names.add(tuple(name))  # type: ignore[arg-type]
        self._read_identities(chunk)
        contacts = select(ContactRow.person_id, ContactRow.kind, ContactRow.value)
        for key, kind, value in db.session.execute(
            contacts.where(ContactRow.person_id.in_(chunk), stands(ContactRow))
        ):
            known = self.people[key]
            (known.phones if kind == ContactKind.PHONE else known.emails).add(value)
        addresses = select(AddressRow.person_id, AddressRow.text).where(AddressRow.sealed.is_(None))
        for key, text in db.session.execute(
            addresses.where(AddressRow.person_id.in_(chunk), stands(AddressRow))
        ):
            self.people[key].addresses.add(text or "")

    def _read_identities(self, chunk: Collection[UUID]) -> None:
        names = select(IdentityRow.person_id, IdentityRow.value)
        named = names.where(IdentityRow.kind == "name", IdentityRow.person_id.in_(chunk))
        for key, value in db.session.execute(named):
            surname, forename, dob = value.split("|")
            self.people[key].names.add((forename, surname, date.fromisoformat(dob)))

    def told(self) -> dict[UUID, list[PartyTold]]:
        """By case. Who has a number that is told of it is nobody known: the case's own id stands for them."""
        found = {
            case_id: [
                PartyTold(person_id, part, details)
                for person_id, part in parts
                for details in self.people[person_id].details()
            ]
            for case_id, parts in self.cases.items()
        }
        for case_id, numbers in self.numbers.items():
            found[case_id].append(PartyTold(case_id, Part.ASSOCIATE, Details(phones=frozenset(numbers))))
        return found


def stands(row: type[AddressRow] | type[ContactRow]) -> ColumnElement[bool]:
    """Nothing has taken its place: what was corrected was wrong."""
    later = _LATER[row]
    return ~exists().where(later.replaces_id == row.id)


def _told_under(case_ids: Collection[UUID]) -> Any:
    """The kept text of every version of the incidents that lists took for these cases.

    By way of the version taken: joined to the item, SQLite would begin with all incidents of its area.
    """
    taken, version = _TAKEN, _VERSION
    same = and_(version.area_id == taken.area_id, version.occurrence_number == taken.occurrence_number)
    return (
        select(ItemRow.case_id, IncidentTextRow.content)
        .join(EntryRow, EntryRow.item_id == ItemRow.id)
        .join(taken, taken.id == EntryRow.incident_id)
        .join(version, same)
        .join(IncidentTextRow, IncidentTextRow.incident_id == version.id)
        .where(ItemRow.case_id.in_(case_ids))
    )


def _chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    wanted = list(dict.fromkeys(ids))
    for at in range(0, len(wanted), CHUNK):
        yield wanted[at : at + CHUNK]
