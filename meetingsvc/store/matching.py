"""Remembering what people are known by, so that they are found again: details, keys and how common names are.

Written where persons are found or made (`store/cases.py`), and by whoever else is told of one.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select, update

from agenda.incidents import Party
from agenda.matching_evidence import Field
from agenda.matching_keys import letters
from agenda.matching_person import name
from agenda.matching_weights import Common
from meetingsvc.models import NameCountRow, PersonDetailRow, PersonKeyRow, PersonRow, db
from meetingsvc.store import bulk, matching_details, matching_keys, subject_people
from meetingsvc.store.incidents import CHUNK
from meetingsvc.store.matching_details import About, Detail, Told

_WORD = 200  # letters of a name that are counted by
_HALVES = {Field.FORENAME: "forename", Field.SURNAME: "surname"}


def remember(
    area_id: UUID, person_id: UUID, told: Party | Sequence[Detail], source: str, on: date | None
) -> None:
    """Keeps what one record tells of one person. `source` names it: an incident, a referral, a hearing."""
    details = matching_details.of_party(told) if isinstance(told, Party) else tuple(told)
    remember_all(area_id, [About(person_id, details, source, on)])


def remember_all(area_id: UUID, told: Sequence[About]) -> None:
    """The same of many. To be called inside a transaction, in the service's own capacity for the area."""
    new = matching_details.add(area_id, told)
    if not new:
        return
    file(area_id, new)
    names = (value.partition("|") for details in new.values() for kind, value in details if kind is Told.NAME)
    _count(area_id, ((first, last) for first, _, last in names))


def file(area_id: UUID, ids: Collection[UUID]) -> None:
    """Files people under every key they have and are not filed under yet."""
    kept = matching_details.kept(ids)
    wanted = {
        (area_id, key, person_id)
        for person_id, told in kept.items()
        for who in matching_details.variants(told)
        for key in (*matching_keys.filed(who), *letters(who))
    }
    new = sorted(wanted - _filed(area_id, ids))
    bulk.insert(PersonKeyRow.__table__, ("area_id", "key", "person_id"), new)  # type: ignore[arg-type]


def _filed(area_id: UUID, ids: Collection[UUID]) -> set[tuple[UUID, str, UUID]]:
    row, wanted, found = PersonKeyRow, list(ids), set[tuple[UUID, str, UUID]]()
    for at in range(0, len(wanted), CHUNK):
        rows = select(row.key, row.person_id).where(row.person_id.in_(wanted[at : at + CHUNK]))
        found.update((area_id, key, person_id) for key, person_id in db.session.execute(rows))
    return found


def _count(area_id: UUID, names: Iterable[tuple[str, str]]) -> None:
    met: Counter[tuple[str, str]] = Counter()
    for forename, surname in names:
        one = name(forename, surname)
        halves = (("forename", one.forename[:_WORD]), ("surname", one.surname[:_WORD]))
        met.update(pair for pair in halves if pair[1])
    row, words = NameCountRow, sorted({word for _, word in met})
    there: dict[tuple[str, str], int] = {}
    for at in range(0, len(words), CHUNK):
        rows = select(row.half, row.name, row.count).where(
            row.area_id == area_id, row.name.in_(words[at : at + CHUNK])
        )
        there.update({(half, word): count for half, word, count in db.session.execute(rows)})
    _more(area_id, {pair: there[pair] + met[pair] for pair in met.keys() & there.keys()})
    new = [(area_id, *pair, met[pair]) for pair in sorted(met.keys() - there.keys())]
    bulk.insert(row.__table__, ("area_id", "half", "name", "count"), new)  # type: ignore[arg-type]


def _more(area_id: UUID, counted: Mapping[tuple[str, str], int]) -> None:
    table: Table = NameCountRow.__table__  # type: ignore[assignment]
    where = (table.c.half == bindparam("of"), table.c.name == bindparam("word"))
    change = update(table).where(table.c.area_id == area_id, *where).values(count=bindparam("times"))
    rows = [{"of": half, "word": word, "times": times} for (half, word), times in sorted(counted.items())]
    if rows:
        db.session.connection().execute(change, rows)


def common(area_id: UUID, names: Iterable[tuple[Field, str]]) -> Common:
    """What share of the area's people has each of these names; nothing where it has too few to tell."""
    wanted = sorted({word for _, word in names if word})
    row, halves = NameCountRow, {half: field for field, half in _HALVES.items()}
    told: dict[Field, dict[str, float]] = {Field.FORENAME: {}, Field.SURNAME: {}}
    people = count(area_id)
    if people < ENOUGH:
        return {}
    for at in range(0, len(wanted), CHUNK):
        rows = select(row.half, row.name, row.count).where(
            row.area_id == area_id, row.name.in_(wanted[at : at + CHUNK])
        )
        for half, word, met in db.session.execute(rows):
            told[halves[half]][word] = met / people
    return told


#: People: of fewer, how common a name is says more of chance than of the name.
ENOUGH = 1000


def everybody(area_id: UUID) -> list[UUID]:
    """Everybody of whom something is kept to find them by."""
    row = PersonDetailRow
    return list(db.session.scalars(select(row.person_id).where(row.area_id == area_id).distinct()))


def count(area_id: UUID) -> int:
    """How many people the area has whom somebody may be matched with."""
    everybody = select(func.count(PersonRow.id)).where(PersonRow.area_id == area_id)
    return (db.session.scalar(everybody) or 0) - subject_people.count(area_id)
