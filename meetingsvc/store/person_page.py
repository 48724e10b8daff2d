"""What is told of one person in the cases that are open to the reader, gathered for their page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from agenda.addresses import AddressKind, Part
from agenda.people import folded
from agenda.relationships import Role
from agenda.spelling_of_places import address_key
from meetingsvc.permissions import Principal
from meetingsvc.store import (
    acting,
    addresses,
    half_seen,
    matching_details,
    people,
    police_sent,
    relationships,
    relationships_told,
)
from meetingsvc.store.addresses import Person as Reached
from meetingsvc.store.case_page import Person
from meetingsvc.store.people import Called, InCase
from meetingsvc.store.relationships import Relationship
from meetingsvc.store.relationships_told import Between

#: Where somebody lives: a place of work or of the past makes nobody one household.
_LIVES = (AddressKind.HOME, AddressKind.TEMPORARY)


@dataclass(frozen=True, slots=True)
class AtHome:
    """Somebody who lives at an address at which the person lives too, as far as the reader is shown both."""

    person: Person
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a page says of a person besides their cases."""

    called: list[Called]
    reached: Reached | None  # what is confidential is masked in it
    police: tuple[str, ...]  # where incidents and referrals say a perpetrator is reached
    relationships: list[Relationship]
    between: list[Between]  # what the parties of a case are to each other, as its incidents tell it
    household: list[AtHome]


def told(reader: Principal, person_id: UUID, every: Sequence[InCase]) -> Told:
    """Everything that the cases which are open to the reader tell, and nothing of another."""
    cases = [one for one in every if not one.asks_why]
    there = {one.id: addresses.people(reader, one.id) for one in cases}
    police = {one.id: police_sent.of_perpetrator(reader, one.id) for one in cases}
    mine = [one.id for one in cases if one.role is Role.PERPETRATOR]
    called = people.called(reader, cases)
    return Told(
        called if len(cases) < len(every) else [*called, *_also(reader, person_id, called)],
        _reached(person_id, there),
        tuple(dict.fromkeys(line for key in mine for line in police[key].lines)),
        relationships.of_person(reader, person_id, list(there)),
        relationships_told.between(reader, cases),
        _household(person_id, there, {key: sent.addresses for key, sent in police.items()}),
    )


def _also(reader: Principal, person_id: UUID, called: Sequence[Called]) -> list[Called]:
    """Other names kept of them, for who sees every case they are in: from where each is known is not kept
    apart by case."""
    if not reader.runs_meetings or person_id in half_seen.half_seen(reader):
        return []
    said = {folded(one.name) for one in called}
    with acting.whole_area(reader.area_id):
        kept = matching_details.kept([person_id]).get(person_id, [])
    names = (" ".join(one.halves).strip() for one in kept if one.kind is matching_details.Told.NAME)
    return [Called(name, None, ()) for name in dict.fromkeys(names) if folded(name) not in said]


def _reached(person_id: UUID, there: dict[UUID, list[Reached]]) -> Reached | None:
    """As told on these cases alone."""
    found = next((one for those in there.values() for one in those if one.id == person_id), None)
    if found is None:
        return None
    return replace(
        found,
        addresses=tuple(one for one in found.addresses if one.told.case_id in there),
        contacts=tuple(one for one in found.contacts if one.told.case_id in there),
    )


def _household(
    person_id: UUID, there: dict[UUID, list[Reached]], police: dict[UUID, tuple[str, ...]]
) -> list[AtHome]:
    """By the addresses that a page shows: a masked one says of nobody that they live there."""
    at: defaultdict[str, dict[UUID, AtHome]] = defaultdict(dict)
    for case_id, those in there.items():
        for one in those:
            for line in _homes(one, there, police[case_id]):
                if key := address_key(line):
                    at[key].setdefault(one.id, AtHome(Person(one.id, one.name, one.dob), line))
    homes = [found for found in at.values() if person_id in found]
    return list({one.person.id: one for found in homes for one in found.values()
                 if one.person.id != person_id}.values())  # fmt: skip


def _homes(one: Reached, there: dict[UUID, list[Reached]], police: tuple[str, ...]) -> Iterable[str]:
    """Where somebody is shown to live."""
    for held in one.addresses:
        if held.kind in _LIVES and not held.confidential and held.told.case_id in there:
            yield held.shown
    yield from police if one.part is Part.PERPETRATOR else ()
