"""Finding people by part of a name, sounding alike, birth date, address, telephone number or reference.

Only people of cases that the reader may open are found, and only by what the reader may read of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda.matching_found import found_by, why
from agenda.matching_person import Known, known
from agenda.matching_search import Asked, asked, ranked
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, people, search_cases, search_known
from meetingsvc.store.half_seen import NO_NAME, Named, as_told, half_seen

#: The first ten are shown; of so many that share most is it asked who is likeliest, and of so many of these
#: which cases are theirs, where none is kept from the reader.
SHOWN, COMPARED, LIKELIEST = 10, 48, 20


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
        half = half_seen(reader) if what.word else ()
        told = search_known.found(reader.area_id, what, COMPARED, half)
    order = _likeliest(what, told)
    ids = order[:LIKELIEST] if reader.runs_meetings else order
    cases, kept, names = search_cases.of(reader, ids)
    if kept and len(ids) < len(told):  # the likeliest may not be so as the reader sees them
        cases, _, names = search_cases.of(reader, order)
    told, called = {key: told[key] for key in told.keys() & cases.keys()}, dict[UUID, Named]()
    for key in kept & told.keys():
        called[key], told[key] = _as_told(reader, key, today)
        if not found_by(what, told[key]):
            del told[key]
    shown = (_likeliest(what, told) if called else [key for key in order if key in told])[:SHOWN]
    names |= called
    if unnamed := [key for key in shown if key not in names]:
        with acting.whole_area(reader.area_id):
            names |= search_known.names(unnamed)
    return [
        FoundPerson(key, *names[key], tuple(why(what, told[key])), tuple(cases[key].items())) for key in shown
    ]


def _likeliest(what: Asked, told: Mapping[UUID, Known]) -> list[UUID]:
    by_text = {str(key): key for key in told}
    order = ranked(what, {text: told[key] for text, key in by_text.items()}, len(told))
    return [by_text[text] for text in order]


def _as_told(reader: Principal, key: UUID, today: date) -> tuple[Named, Known]:
    """As the cases that the reader may open tell of somebody, and nothing besides."""
    called = people.called(reader, people.cases(reader, key, today))
    if not called:  # no party of an open case
        name, day = as_told(reader, key)
        called = [people.Called(name, day, ())] if name != NO_NAME else []
    if not called:
        return (NO_NAME, None), known([])
    halves = [tuple(one.name.rsplit(" ", 1)) if " " in one.name else ("", one.name) for one in called]
    born = next((one.dob for one in called if one.dob), None)
    return (called[0].name, born), known(halves, born)  # type: ignore[arg-type]
