"""What was told of people, kept for finding them again: read and written in the service's own capacity.

Where somebody lives and how they are reached is sealed, of everybody (security.md A17).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Table, bindparam, select, update

from agenda import matching_person
from agenda.incidents import Gender, Party
from agenda.matching_person import Known
from agenda.people import folded
from meetingsvc import seal
from meetingsvc.models import PersonDetailRow, db
from meetingsvc.store import bulk, matching_keys
from meetingsvc.store.incidents import CHUNK

_PURPOSE = "person detail"
_LONGEST = 500
_APART = "|"  # between the two halves of a name, and a line and its postcode


class Told(StrEnum):
    """The kinds of detail."""

    NAME = "name"
    DOB = "dob"
    SEX = "sex"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"
    NOMINAL = "nominal"


SEALED = frozenset({Told.ADDRESS, Told.PHONE, Told.EMAIL})
Detail = tuple[Told, str]


@dataclass(frozen=True, slots=True)
class About:
    """What one record tells of one person."""

    person_id: UUID
    details: tuple[Detail, ...]
    source: str
    on: date | None


class Kept(NamedTuple):
    """One detail of a person, opened."""

    person_id: UUID
    kind: Told
    value: str
    source: str
    first_on: date | None
    last_on: date | None

    @property
    def halves(self) -> tuple[str, str]:
        """Forename and surname of a name; line and postcode of an address."""
        first, _, second = self.value.partition(_APART)
        return first, second


def of_party(party: Party) -> tuple[Detail, ...]:
    """What an incident tells of one of its parties."""
    return details(
        [(party.forename, party.surname)], party.dob, party.gender, [(party.address, party.postcode)],
        [party.phone], [], [party.nominal],
    )  # fmt: skip


def details(
    names: Iterable[tuple[str, str]] = (),
    born: date | None = None,
    sex: Gender | None = None,
    addresses: Iterable[tuple[str, str]] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    nominals: Iterable[str] = (),
) -> tuple[Detail, ...]:
    """Details from what was written; what is empty is left out."""
    told: list[Detail] = [(Told.NAME, _pair(*name)) for name in names]
    told += [(Told.DOB, born.isoformat() if born else "")]
    told += [(Told.SEX, sex.value if sex and sex is not Gender.UNKNOWN else "")]
    told += [(Told.ADDRESS, _pair(*address)) for address in addresses]
    for kind, values in ((Told.PHONE, phones), (Told.EMAIL, emails), (Told.NOMINAL, nominals)):
        told += [(kind, value) for value in values]
    return tuple((kind, value[:_LONGEST]) for kind, value in told if value.strip(f"{_APART} "))


def _pair(one: str, other: str) -> str:
    return f"{one.replace(_APART, ' ').strip()}{_APART}{other.replace(_APART, ' ').strip()}"


def kept(ids: Collection[UUID]) -> dict[UUID, list[Kept]]:
    """Everything told of these people, what was told last first."""
    found: dict[UUID, list[Kept]] = defaultdict(list)
    row, wanted = PersonDetailRow, list(ids)
    for at in range(0, len(wanted), CHUNK):
        rows = select(
            row.id, row.sealed, row.person_id, row.kind, row.value, row.source, row.first_on, row.last_on
        ).where(row.person_id.in_(wanted[at : at + CHUNK]))
        for key, sealed, person_id, kind, value, source, first, last in db.session.execute(rows):
            said = opened(key, value, sealed)
            found[person_id].append(Kept(person_id, Told(kind), said, source, first, last))
    for told in found.values():
        told.sort(key=lambda one: (one.last_on or date.min, one.value), reverse=True)
    return found


def opened(key: UUID, value: str, sealed: bytes | None) -> str:
    """What a row of that id tells."""
    return value if sealed is None else seal.unseal(_PURPOSE, sealed, str(key)).decode()


def as_known(told: Sequence[Kept]) -> Known:
    """A person as matching sees one: of birth date and sex, what was told last."""
    of: dict[Told, list[Kept]] = defaultdict(list)
    for one in told:
        of[one.kind].append(one)
    born = next((date.fromisoformat(one.value) for one in of[Told.DOB]), None)
    sex = next((Gender(one.value) for one in of[Told.SEX]), None)
    return matching_person.known(
        [one.halves for one in of[Told.NAME]], born, sex,
        [one.halves for one in of[Told.ADDRESS]],
        [one.value for one in of[Told.PHONE]],
        [one.value for one in of[Told.EMAIL]],
        [f"police:{one.value}" for one in of[Told.NOMINAL]],
    )  # fmt: skip


def variants(told: Sequence[Kept]) -> Iterator[Known]:
    """The same person with each birth date that was told of them: they are filed under every one."""
    who = as_known(told)
    dates = {date.fromisoformat(one.value) for one in told if one.kind is Told.DOB}
    yield who
    yield from (replace(who, born=born) for born in dates if born != who.born)


def known(ids: Collection[UUID]) -> dict[UUID, Known]:
    """These people as matching sees them."""
    return {person_id: as_known(told) for person_id, told in kept(ids).items()}


def add(area_id: UUID, told: Sequence[About]) -> dict[UUID, list[Detail]]:
    """Keeps what is new of each person, and when the rest was told again. Gives what is new."""
    there = _marks([about.person_id for about in told])
    seals = matching_keys.can_seal()
    new: dict[UUID, list[Detail]] = defaultdict(list)
    rows: dict[UUID, list[object]] = {}
    again: dict[UUID, tuple[date | None, date | None]] = {}
    for about in told:
        for kind, value in about.details:
            if kind in SEALED and not seals:
                continue  # better found by less than told in clear
            mark = _mark(kind, value)
            known = there.get((about.person_id, kind, mark))
            if known is None:
                key = uuid4()
                sealed = seal.seal(_PURPOSE, value.encode(), str(key)) if kind in SEALED else None
                rows[key] = [key, area_id, about.person_id, kind.value, "" if sealed else value, sealed, mark,
                             about.source[:60], about.on, about.on]  # fmt: skip
                there[about.person_id, kind, mark] = key, about.on, about.on
                new[about.person_id].append((kind, value))
                continue
            key, first, last = known
            span = _span(first, last, about.on)
            if span != (first, last):
                there[about.person_id, kind, mark] = key, *span
                if key in rows:
                    rows[key][-2:] = span
                else:
                    again[key] = span
    bulk.insert(PersonDetailRow.__table__, _COLUMNS, list(rows.values()))  # type: ignore[arg-type]
    _tell_again(again)
    return new


_COLUMNS = (
    "id", "area_id", "person_id", "kind", "value", "sealed", "mark", "source", "first_on", "last_on",
)  # fmt: skip
Mark = tuple[UUID, str, bytes]
Spans = Mapping[UUID, tuple[date | None, date | None]]


def _mark(kind: Told, value: str) -> bytes:
    """Of what stands in clear beside it, a plain digest does."""
    text = f"{kind}:{folded(value.replace(_APART, ' / '))}"
    if kind in SEALED:
        return seal.marks(_PURPOSE, text)[0]
    return blake2b(text.encode(), digest_size=16).digest()


def _marks(ids: Collection[UUID]) -> dict[Mark, tuple[UUID, date | None, date | None]]:
    found, row, wanted = {}, PersonDetailRow, list(dict.fromkeys(ids))
    for at in range(0, len(wanted), CHUNK):
        rows = select(row.id, row.person_id, row.kind, row.mark, row.first_on, row.last_on).where(
            row.person_id.in_(wanted[at : at + CHUNK])
        )
        for key, person_id, kind, mark, first, last in db.session.execute(rows):
            found[person_id, kind, mark] = key, first, last
    return found


def _span(first: date | None, last: date | None, on: date | None) -> tuple[date | None, date | None]:
    if on is None:
        return first, last
    return min(first or on, on), max(last or on, on)


def _tell_again(again: Spans) -> None:
    table: Table = PersonDetailRow.__table__  # type: ignore[assignment]
    if again:
        told = update(table).where(table.c.id == bindparam("key"))
        spans = [{"key": key, "first_on": first, "last_on": last} for key, (first, last) in again.items()]
        db.session.connection().execute(
            told.values(first_on=bindparam("first_on"), last_on=bindparam("last_on")), spans
        )
