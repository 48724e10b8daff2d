"""What the page of a child, a person of concern, a place or a group shows a reader (Rulebook E1, E2).

Everything here is narrowed to what the reader may open before it is counted, drawn or named.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda.level_history import History
from agenda.subject_graph import Graph, drawn
from agenda.subjects import Near, Subject, SubjectKind, near
from meetingsvc.permissions import Principal
from meetingsvc.store import episodes, subject_levels, subject_links, subject_sides, subject_traits, subjects
from meetingsvc.store.episodes import Version
from meetingsvc.store.subject_links import Told
from meetingsvc.store.subject_sides import AbuseCase


@dataclass(frozen=True, slots=True)
class Line:
    """One link as the table says it."""

    told: Told
    one: Subject
    other: Subject
    is_own: bool  # of the subject itself, not only near it

    @property
    def words(self) -> str:
        """What the first is to the second."""
        return self.told.link.tie.value


@dataclass(frozen=True, slots=True)
class Trait:
    """What is told of the subject, and the others of whom the same is told."""

    told: subject_traits.Told
    others: tuple[Subject, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something of one day."""

    on: date
    subject: Subject
    words: str


@dataclass(frozen=True, slots=True)
class Page:
    """All of it."""

    subject: Subject
    lines: tuple[Line, ...]  # links that hold, its own first
    ended: tuple[Line, ...]
    near: tuple[tuple[Subject, Near], ...]
    graph: Graph
    names: dict[UUID, Subject]
    traits: tuple[Trait, ...]
    events: tuple[Event, ...]  # the latest first
    levels: History
    episodes: list[Version]  # of a child, the latest first
    abuse: list[AbuseCase]
    plan: tuple[str, str]

    def of_kind(self, kind: str) -> list[tuple[Subject, Near]]:
        """Those near it of one kind."""
        return [(one, by) for one, by in self.near if one.kind == kind]

    @property
    def shown(self) -> list[UUID]:
        """Every other subject that the page names."""
        others = {one.id for trait in self.traits for one in trait.others}
        return sorted(({*self.names} | others | {one.subject.id for one in self.events}) - {self.subject.id})


def page(reader: Principal, case_id: UUID, kind: SubjectKind, today: date) -> Page | None:
    """The page of a subject of that kind, where it is open to the reader."""
    subject = subjects.of(reader, [case_id]).get(case_id)
    if subject is None or subject.kind is not kind:
        return None
    told = subject_links.around(reader, case_id)
    names = subjects.of(reader, {case_id, *(end for one in told for end in (one.link.one, one.link.other))})
    lines = [_line(one, names, case_id) for one in told]
    holding = [one.told.link for one in lines if one.told.link.holds_on(today)]
    found = near(case_id, holding)
    is_child = kind is SubjectKind.CHILD
    return Page(
        subject,
        tuple(sorted((one for one in lines if not one.told.link.ended), key=lambda one: not one.is_own)),
        tuple(one for one in lines if one.told.link.ended and one.is_own),
        tuple((names[one.id], one) for one in found),
        drawn(case_id, found, holding),
        names,
        _traits(reader, case_id),
        tuple(_events(reader, subject, lines)) if kind is SubjectKind.PLACE else (),
        subject_levels.history(case_id, reader) if is_child else (),
        episodes.of_child(reader, case_id) if is_child else [],
        subject_sides.abuse_cases(reader, subject),
        subject_sides.plan_said(reader, case_id) if is_child else ("", ""),
    )


def _line(told: Told, names: dict[UUID, Subject], case_id: UUID) -> Line:
    link = told.link
    return Line(told, names[link.one], names[link.other], case_id in (link.one, link.other))


def _traits(reader: Principal, case_id: UUID) -> tuple[Trait, ...]:
    told = subject_traits.of(reader, case_id)
    shared = subject_traits.shared(reader, case_id, told)
    names = subjects.of(reader, {key for keys in shared.values() for key in keys})
    return tuple(Trait(one, tuple(names[key] for key in shared.get(one.id, ()))) for one in told)


def _events(reader: Principal, place: Subject, lines: list[Line]) -> Iterator[Event]:
    """Who was told to be at a place, went missing from it or was found there, day by day, the latest first
    (Rulebook E2)."""
    found = list(_days_of_links(place, lines))
    told = [(key, on, "told to be there") for key, on in subject_traits.at_place(reader, place.name)]
    told += episodes.at_place(reader, place.name)
    names = subjects.of(reader, {key for key, *_ in told})
    found += [Event(on, names[key], words) for key, on, words in told if key != place.id and key in names]
    yield from sorted(found, key=lambda one: (one.on, one.subject.name), reverse=True)


def _days_of_links(place: Subject, lines: list[Line]) -> Iterator[Event]:
    for one in lines:
        if not one.is_own or one.told.link.ended:
            continue
        link = one.told.link
        who, words = (one.one, link.tie.value) if one.other == place else (one.other, link.tie.reversed)
        for on in sorted({day for day in (link.first_on, link.last_on) if day}):
            yield Event(on, who, words)
