"""Finding people by part of a name, sounding alike, birth date, address, telephone number or reference.

Only people of cases that the reader may open are found, and only by what the reader may read of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, Uuid, and_, bindparam, or_, select, text

from agenda.matching_found import found_by, why
from agenda.matching_person import Known, known
from agenda.matching_search import Asked, asked, ranked
from agenda.meetings import case_reference
from meetingsvc.models import AssociateRow, CaseRow, PersonDetailRow, PersonRow, RelationshipRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, matching_details, people, search_keys, search_names
from meetingsvc.store.half_seen import NO_NAME, Named, half_seen
from meetingsvc.store.list_page import named
from meetingsvc.store.matching_details import Kept, Told
from meetingsvc.store.scope import cases_of, told_on

#: The first ten are shown; of so many that share most is it asked who is likeliest.
SHOWN, COMPARED = 10, 100
#: What stands open in the database: the rest is opened only where it is asked for.
_CLEAR = (Told.NAME, Told.DOB, Told.NOMINAL)
#: The cases of somebody, by their ids, with how people read their numbers.
Cases = Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody who may be meant, why, and the cases of theirs that the reader may open."""

    id: UUID
    name: str
    dob: date | None
    why: tuple[str, ...]
    cases: tuple[tuple[UUID, str], ...]


def found(reader: Principal, typed: str, today: date) -> list[FoundPerson]:
    """At most ten, the likeliest first."""
    what = asked(typed)
    with acting.whole_area(reader.area_id):  # compared as the service; shown only where the reader sees them
        kept = half_seen(reader)
        ids = search_keys.likeliest(reader.area_id, what, COMPARED)
        ids = list(dict.fromkeys((*ids, *search_names.holding(reader.area_id, what.word, kept, COMPARED))))
        told, names = _known(ids, _asks_for_ways(what))
    cases = _cases(reader, ids)
    told = {key: who for key, who in told.items() if key in cases}
    for key in kept & told.keys():
        names[key], told[key] = _as_told(reader, key, today)
        if not found_by(what, told[key]):
            del told[key]
    by_text = {str(key): key for key in told}
    order = ranked(what, {text: told[key] for text, key in by_text.items()}, SHOWN)
    return [
        FoundPerson(key, *names[key], tuple(why(what, told[key])), tuple(cases[key].items()))
        for key in map(by_text.__getitem__, order)
    ]


def _asks_for_ways(what: Asked) -> bool:
    """Whether an address, a number or a mailbox is among what was typed: those are sealed."""
    return bool(what.tail) or any(one.places or one.phones or one.emails for one in what.readings)


#: Made once: making it anew for each search took longer than running it. On PostgreSQL a function, whose plan
#: is kept (migration 0020).
_ON_SQLITE = (
    select(
        PersonRow.id, PersonRow.forename, PersonRow.surname, PersonRow.dob, PersonDetailRow.id,
        PersonDetailRow.kind, PersonDetailRow.value, PersonDetailRow.sealed, PersonDetailRow.last_on,
    )
    .outerjoin(
        PersonDetailRow,
        and_(
            PersonDetailRow.person_id == PersonRow.id,
            PersonDetailRow.kind.in_(bindparam("kinds", expanding=True)),
        ),
    )
    .where(PersonRow.id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip
_ON_POSTGRESQL = text("SELECT * FROM people_told_of(:ids, :kinds)").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())), bindparam("kinds", type_=ARRAY(String()))
)


def _known(ids: Sequence[UUID], ways: bool) -> tuple[dict[UUID, Known], dict[UUID, Named]]:
    """What these people are known by, and what they are called."""
    told, names = defaultdict[UUID, list[Kept]](list), dict[UUID, Named]()
    rows: Any = _ON_POSTGRESQL if db.engine.dialect.name == "postgresql" else _ON_SQLITE
    asked = {"ids": ids, "kinds": list(Told if ways else _CLEAR)}
    for key, forename, surname, dob, detail, kind, value, sealed, on in db.session.execute(rows, asked):
        names[key] = named(forename, surname) or NO_NAME, dob
        if kind:
            said = matching_details.opened(detail, value, sealed)
            told[key].append(Kept(key, Told(kind), said, "", None, on))
    for details in told.values():
        details.sort(key=lambda one: (one.last_on or date.min, one.value), reverse=True)
    return {key: matching_details.as_known(details) for key, details in told.items()}, names


def _as_told(reader: Principal, key: UUID, today: date) -> tuple[Named, Known]:
    """As the cases that the reader may open tell of somebody, and nothing besides."""
    called = people.called(reader, people.cases(reader, key, today))
    if not called:
        return (NO_NAME, None), known([])
    halves = [tuple(one.name.rsplit(" ", 1)) if " " in one.name else ("", one.name) for one in called]
    born = next((one.dob for one in called if one.dob), None)
    return (called[0].name, born), known(halves, born)  # type: ignore[arg-type]


def _cases(reader: Principal, ids: Sequence[UUID]) -> dict[UUID, dict[UUID, str]]:
    """The cases of these people that the reader may open; who has none is not there."""
    cases: defaultdict[UUID, dict[UUID, str]] = defaultdict(dict)
    row, wanted = CaseRow, set(ids)
    rows = select(row.id, row.number, row.victim_id, row.perpetrator_id).where(cases_of(reader))
    rows = rows.where(or_(row.victim_id.in_(ids), row.perpetrator_id.in_(ids)))
    told = [(key, number, parties) for key, number, *parties in db.session.execute(rows)]
    beside = sorted(wanted.difference(*(those for _, _, those in told)))
    if beside:  # no party to any case of the reader's
        told += _told_beside(reader, AssociateRow, beside) + _told_beside(reader, RelationshipRow, beside)
    for key, number, those in sorted(told, key=lambda one: -one[1]):
        for person_id in wanted.intersection(those):
            cases[person_id][key] = case_reference(number)
    return cases


def _told_beside(
    reader: Principal, tie: Any, ids: Sequence[UUID]
) -> list[tuple[UUID, int, list[UUID | None]]]:
    columns = [tie.person_id, *([tie.other_id] if tie is RelationshipRow else [])]
    rows = select(CaseRow.id, CaseRow.number, *columns).join(CaseRow, CaseRow.id == tie.case_id)
    rows = rows.where(told_on(reader, tie.case_id), or_(*(column.in_(ids) for column in columns)))
    return [(key, number, those) for key, number, *those in db.session.execute(rows)]
