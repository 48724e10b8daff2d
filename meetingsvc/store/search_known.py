"""Those whom a typed line may mean, and what they are known by: in the service's own capacity."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Uuid, bindparam, null, select, text

from agenda.matching_person import Known
from agenda.matching_search import Asked, begins
from meetingsvc.models import PersonDetailRow, PersonRow, db
from meetingsvc.store import matching_details, search_keys, search_names
from meetingsvc.store.half_seen import NO_NAME, Named
from meetingsvc.store.list_page import named
from meetingsvc.store.matching_details import Kept, Told

Found = dict[UUID, Known]


def found(area_id: UUID, what: Asked, most: int, but: Collection[UUID] = ()) -> Found:
    """The likeliest by their keys. Where one word was typed and nobody's surname begins so, those with a name
    that holds it are among them. `but` these: what they are called may be known from a case that the reader
    may not open (M6)."""
    told = _found(area_id, what, most, ())
    if what.word and not any(begins(what, who) for key, who in told.items() if key not in but):
        return _found(area_id, what, most, search_names.holding(area_id, what.word))
    return told


def _found(area_id: UUID, what: Asked, most: int, besides: Iterable[str]) -> Found:
    keys, ways = search_keys.wanted(what, besides), _asks_for_ways(what)
    if db.engine.dialect.name == "postgresql":
        return _on_postgresql(area_id, keys, most, ways)
    ids = search_keys.likeliest(area_id, keys, most)
    return _known(db.session.execute(_ALL if ways else _OPEN, {"ids": ids}))


def names(ids: Sequence[UUID]) -> dict[UUID, Named]:
    """What these people are called."""
    told = db.session.execute(_NAMES, {"ids": ids})
    return {key: called(forename, surname, born) for key, forename, surname, born in told}


def called(forename: str, surname: str, born: date | None) -> Named:
    """A name and birth date as they are shown."""
    return named(forename, surname) or NO_NAME, born


def _asks_for_ways(what: Asked) -> bool:
    """Whether an address, a number or a mailbox is among what was typed: those are sealed."""
    return bool(what.tail) or any(one.places or one.phones or one.emails for one in what.readings)


#: Made once: making it anew for each search took longer than running it. What stands open is read from its
#: index alone.
_detail = PersonDetailRow
_ids: BindParameter[UUID] = bindparam("ids", expanding=True)
_ALL = select(
    _detail.person_id, _detail.id, _detail.kind, _detail.value, _detail.sealed, _detail.last_on
).where(_detail.person_id.in_(_ids))
_OPEN = select(_detail.person_id, null(), _detail.kind, _detail.value, _detail.sealed, _detail.last_on).where(
    _detail.person_id.in_(_ids), _detail.sealed.is_(None)
)
_NAMES = select(PersonRow.id, PersonRow.forename, PersonRow.surname, PersonRow.dob).where(
    PersonRow.id.in_(_ids)
)
#: A function, whose plans are kept and which counts by itself; told a key on a line each (migration 0063).
_ON_POSTGRESQL = text(
    "SELECT who, detail, kind, value, sealed, last_on"
    " FROM people_looked_for(:area, :firsts, :lasts, :rare, :share, :most, :ways)"
).bindparams(bindparam("area", type_=Uuid()))


def _on_postgresql(area_id: UUID, keys: search_keys.Keys, most: int, ways: bool) -> Found:
    asked = {
        "area": area_id, "rare": "\n".join(keys.rare), "share": search_keys.MOST, "most": most, "ways": ways,
        "firsts": "\n".join(first for first, _ in keys.ranges),
        "lasts": "\n".join(last for _, last in keys.ranges),
    }  # fmt: skip
    return _known(db.session.execute(_ON_POSTGRESQL, asked))


def _known(rows: Iterable[Any]) -> dict[UUID, Known]:
    told = defaultdict[UUID, list[Kept]](list)
    for key, detail, kind, value, sealed, on in rows:
        told[key].append(Kept(key, Told(kind), matching_details.opened(detail, value, sealed), "", None, on))
    for details in told.values():
        details.sort(key=lambda one: (one.last_on or date.min, one.value), reverse=True)
    return {key: matching_details.as_known(details) for key, details in told.items()}
