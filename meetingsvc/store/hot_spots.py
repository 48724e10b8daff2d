"""Where and when something happened to children, as hot spots are counted from (Rulebook E2, W4).

Of children who are open to the reader. What is shown of it are the numbers that `minutes.hot_spots` makes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from agenda.missing import as_told
from agenda.patterns import Seen, Trait, key_of_record, named
from agenda.subjects import Subject, SubjectKind, Tie
from meetingsvc.permissions import Principal
from meetingsvc.store import episodes, subject_links, subject_traits, subjects
from minutes.hot_spots import Sighting, day_of

#: By which a child was at a place: where they live is no incident.
_THERE = (Tie.SEEN_AT, Tie.FOUND_AT)


@dataclass(frozen=True, slots=True)
class Place:
    """One place, as it was written last; with its record, where there is one that the reader may open."""

    id: UUID
    name: str
    subject: Subject | None


@dataclass(frozen=True, slots=True)
class _There:
    """A child at a place, at a time or on a day."""

    seen: Seen
    at: datetime | date


def told(reader: Principal, first: date, last: date) -> tuple[list[Sighting], dict[UUID, Place]]:
    """What happened on these days, and at which places."""
    if not reader.runs_exploitation:
        return [], {}
    there = [one for one in _every(reader) if first <= one.seen.on <= last and one.seen.key]
    whom = subjects.of(reader, {one.seen.child_id for one in there}).values()
    children = {one.id for one in whom if one.kind is SubjectKind.CHILD}  # a person of concern is no count
    sightings, names = list[Sighting](), dict[UUID, str]()
    for one in sorted(there, key=lambda each: (each.seen.on, each.seen.text)):
        if one.seen.child_id in children:
            place = named(reader.area_id, Trait.PLACE, one.seen.key)
            names[place] = one.seen.text
            sightings.append(Sighting(place, one.seen.child_id, one.at))
    known = _known(reader)
    return sightings, {key: Place(key, name, known.get(key)) for key, name in names.items()}


def _known(reader: Principal) -> dict[UUID, Subject]:
    """The records of places that the reader may open, by what they are counted under."""
    found = subjects.of_kind(reader, SubjectKind.PLACE)
    keys = ((key_of_record(Trait.PLACE, one.name, one.id), one) for one in found)
    return {named(reader.area_id, Trait.PLACE, key): one for key, one in keys}


def _every(reader: Principal) -> Iterator[_There]:
    for told_of in subject_traits.of_children(reader):
        if told_of.trait is Trait.PLACE:
            yield _there(told_of.case_id, told_of.text, told_of.on, told_of.key)
    held = subject_links.holding(reader, _THERE)
    ends = subjects.of(reader, {one.link.other for one in held})
    for one in held:
        for day in {one.link.first_on, one.link.last_on} - {None}:
            if day and (place := ends.get(one.link.other)):
                key = key_of_record(Trait.PLACE, place.name, place.id)
                yield _there(one.link.one, place.name, day, key)
    for version in episodes.current(reader):
        episode = version.episode
        yield _there(episode.child_id, episode.from_where, as_told(episode.missing_from))
        if episode.returned_at:
            yield _there(episode.child_id, episode.found_where, as_told(episode.returned_at))


def _there(child_id: UUID, text: str, at: datetime | date, key: str = "") -> _There:
    return _There(Seen(child_id, Trait.PLACE, text.strip(), day_of(at), key), at)
