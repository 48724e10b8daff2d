"""Whom and what exploitation panels are about: children, persons of concern, places, groups, themes (E2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from agenda.moves import REASON_LENGTH
from agenda.pack import NoteKind
from agenda.panels import Part

SOURCE_LENGTH = 200
AUTHOR_LENGTH = 100


class SubjectKind(StrEnum):
    """The value is stored."""

    CHILD = "child"
    PERSON = "person of concern"
    PLACE = "place"
    GROUP = "group"
    THEME = "theme"  # a title of its own: nobody is in it, and nothing is linked to it

    @property
    def label(self) -> str:
        """As people read it."""
        return {"group": "Group or network"}.get(self.value, self.value.capitalize())

    @property
    def part(self) -> Part:
        """The kind of item that it is on an agenda."""
        return _PARTS[self]


_PARTS = {
    SubjectKind.CHILD: Part.CHILD,
    SubjectKind.PERSON: Part.PERSON,
    SubjectKind.PLACE: Part.PLACE,
    SubjectKind.GROUP: Part.GROUP,
    SubjectKind.THEME: Part.THEME,
}
#: What links join, and pages of their own show.
LINKED = tuple(kind for kind in SubjectKind if kind is not SubjectKind.THEME)


class Tie(StrEnum):
    """What the first of two subjects is to the second. The value is stored."""

    SEEN_WITH = "seen with"
    FRIEND = "friend of"
    RELATED = "related to"
    EXPLOITS = "said to exploit"
    CONTACTS = "in contact with"
    SEEN_AT = "seen at"
    LIVES_AT = "lives at"
    FOUND_AT = "found at after missing"
    RUNS = "runs or controls"
    MEMBER = "belongs to"
    MEETS_AT = "meets at"

    @property
    def reversed(self) -> str:
        """What the second is to the first: `seen with`, `has been seen there`."""
        return _REVERSED.get(self, self.value)


_REVERSED = {
    Tie.EXPLOITS: "said to be exploited by",
    Tie.SEEN_AT: "where was seen",
    Tie.LIVES_AT: "home of",
    Tie.FOUND_AT: "where was found after missing",
    Tie.RUNS: "run or controlled by",
    Tie.MEMBER: "has as a member",
    Tie.MEETS_AT: "meeting place of",
}

_CHILD, _PERSON, _PLACE, _GROUP = LINKED
_PEOPLE = frozenset({_CHILD, _PERSON})
_BETWEEN_PEOPLE = frozenset((one, other) for one in _PEOPLE for other in _PEOPLE)
#: Between which kinds of subject a tie makes sense.
ALLOWED: dict[Tie, frozenset[tuple[SubjectKind, SubjectKind]]] = {
    Tie.SEEN_WITH: _BETWEEN_PEOPLE,
    Tie.FRIEND: _BETWEEN_PEOPLE,
    Tie.RELATED: _BETWEEN_PEOPLE,
    Tie.CONTACTS: _BETWEEN_PEOPLE | {(_GROUP, _CHILD), (_CHILD, _GROUP)},
    Tie.EXPLOITS: frozenset({(_PERSON, _CHILD), (_CHILD, _CHILD), (_GROUP, _CHILD)}),
    Tie.SEEN_AT: frozenset((one, _PLACE) for one in _PEOPLE),
    Tie.LIVES_AT: frozenset((one, _PLACE) for one in _PEOPLE),
    Tie.FOUND_AT: frozenset({(_CHILD, _PLACE)}),
    Tie.RUNS: frozenset({(_PERSON, _PLACE), (_PERSON, _GROUP), (_GROUP, _PLACE)}),
    Tie.MEMBER: frozenset((one, _GROUP) for one in _PEOPLE),
    Tie.MEETS_AT: frozenset({(_GROUP, _PLACE)}),
}


class Strength(StrEnum):
    """How sure it is; the value is stored."""

    CONFIRMED = "confirmed"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Subject:
    """One of them, as a page names it."""

    id: UUID
    kind: SubjectKind
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """A tie between two subjects, with who told it and how they know (Rulebook E2, R2)."""

    one: UUID
    other: UUID
    tie: Tie
    strength: Strength
    standing: NoteKind  # fact, or professional opinion (E4)
    author: str
    source: str
    agency_id: UUID
    first_on: date | None = None
    last_on: date | None = None
    ended: str = ""  # why it holds no more, or never did

    def holds_on(self, day: date) -> bool:
        """Whether it is shown as holding: not ended, and begun."""
        return not self.ended and (self.first_on is None or self.first_on <= day)


def problems(link: Link, one: SubjectKind, other: SubjectKind, today: date) -> dict[str, str]:
    """What keeps a link from being kept, by field (Rulebook E2, E4, R2)."""
    found = _told_problems(link) | _day_problems(link, today)
    if link.one == link.other:
        found["other"] = "Choose somebody or something else"
    if (one, other) not in ALLOWED[link.tie]:
        found["tie"] = f"A {one} cannot be “{link.tie.value}” a {other}. Choose another link"
    if link.strength is Strength.CONFIRMED and link.standing is NoteKind.OPINION:
        found["strength"] = "An opinion is likely or possible. What is confirmed is a fact"
    if len(link.ended) > REASON_LENGTH:
        found["ended"] = f"The reason must be {REASON_LENGTH:,} characters or fewer"
    return found


def _told_problems(link: Link) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, said, limit, ask in (
        ("author", link.author, AUTHOR_LENGTH, "Enter who tells it"),
        ("source", link.source, SOURCE_LENGTH, "Enter how they know"),
    ):
        if not said.strip():
            found[name] = ask
        elif len(said) > limit:
            found[name] = f"Use {limit} characters or fewer"
    return found


def _day_problems(link: Link, today: date) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, day in (("first_on", link.first_on), ("last_on", link.last_on)):
        if day is not None and day > today:
            found[name] = "The day must be today or in the past"
    if link.first_on and link.last_on and link.last_on < link.first_on:
        found["last_on"] = "The last day comes before the first"
    return found


def visible(links: Iterable[Link], open_to_reader: Collection[UUID]) -> tuple[Link, ...]:
    """The links a reader may see: both ends are open to them (Rulebook E2; security.md B).

    A link to what is hidden is not there at all: not greyed, not counted.
    """
    there = frozenset(open_to_reader)
    return tuple(link for link in links if link.one in there and link.other in there)


def both_sides(here_open: bool, there_open: bool) -> bool:
    """Whether it is shown that a child here is also in a domestic abuse case, or on a child protection plan:
    to who may open both sides, and to nobody else (E2; security.md B)."""
    return here_open and there_open


class Near(NamedTuple):
    """A subject near another one: over how many links, and the link that leads there."""

    id: UUID
    steps: int
    by: Link


def near(subject: UUID, links: Iterable[Link], steps: int = 2) -> tuple[Near, ...]:
    """Who and what is near a subject, the nearest first: for its page and its graph (Rulebook E2).

    `links` are those visible to the reader: what is only reached through something hidden is not reached.
    """
    told = tuple(links)
    found: dict[UUID, Near] = {}
    edge = {subject}
    for step in range(1, steps + 1):
        reached: dict[UUID, Near] = {}
        for link in told:
            for here, there in ((link.one, link.other), (link.other, link.one)):
                if here in edge and there != subject and there not in found:
                    reached.setdefault(there, Near(there, step, link))
        found |= reached
        edge = set(reached)
    return tuple(found.values())
