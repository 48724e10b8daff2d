"""What several children have in common: put to a person, who says whether it means anything (Rulebook E2)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from agenda.moves import Move, Who
from agenda.spelling import folded_name, phone_key, words_of
from agenda.spelling_of_places import address_key, place_words

FEWEST = 2  # children
_PLATE = range(4, 9)  # letters and figures


class Trait(StrEnum):
    """What may be the same; the value is stored."""

    PLACE = "place"
    PHONE = "phone"
    VEHICLE = "vehicle"
    NICKNAME = "nickname"
    PERSON = "person of concern"

    @property
    def label(self) -> str:
        """As people read it."""
        return {"phone": "Telephone number", "vehicle": "Vehicle"}.get(self.value, self.value.capitalize())


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that was told of one child. `text` is as it was written; of a person of concern, their id.
    `known`: its key, where that was looked up before."""

    child_id: UUID
    trait: Trait
    text: str
    on: date
    known: str = ""

    @property
    def key(self) -> str:
        """What it has in common with the same told of another child; "" of what could be anything."""
        return self.known or key_of(self.trait, self.text)


@dataclass(frozen=True, slots=True)
class Pattern:
    """The same thing told of several children."""

    trait: Trait
    key: str
    shown: str  # as it was written last
    children: frozenset[UUID]
    first_on: date
    last_on: date

    def id_in(self, area_id: UUID) -> UUID:
        """By which an area's addresses and tables call it: they hold no number and no name."""
        return named(area_id, self.trait, self.key)


def named(area_id: UUID, trait: Trait, key: str) -> UUID:
    """The id of whatever has this key."""
    return uuid5(area_id, f"{trait}|{key}")


def key_of_record(trait: Trait, name: str, record: UUID) -> str:
    """The same of what has a record: the same record is the same thing, though its name could be anything."""
    return str(record) if trait is Trait.PERSON else key_of(trait, name) or str(record)


def key_of(trait: Trait, text: str) -> str:
    """What two ways of writing one thing have in common; "" is the key of nothing (see `agenda.spelling`)."""
    match trait:
        case Trait.PHONE:
            return phone_key(text)
        case Trait.VEHICLE:
            return _plate(text)
        case Trait.NICKNAME:
            return " ".join(words_of(text))
        case Trait.PLACE:
            return address_key(text) or _named_place(text)
        case Trait.PERSON:
            return text.strip()


def _plate(text: str) -> str:
    """A registration however it is spaced; what is shorter or longer is none. O and 0, I and 1 are one."""
    plain = "".join(c for c in folded_name(text) if c.isalnum())
    if len(plain) not in _PLATE or not any(c.isdigit() for c in plain):
        return ""
    return plain.replace("o", "0").replace("i", "1")


def _named_place(text: str) -> str:
    """A place without an address, as the park by its name: its words in no order, two of them at least."""
    postcode, words = place_words(text)
    named = sorted(set(words))
    return f"{postcode}|{' '.join(named)}" if len(named) + bool(postcode) > 1 else ""


def found(told: Iterable[Seen]) -> tuple[Pattern, ...]:
    """What is told of two children or more, the most children first (Rulebook E2).

    `told` is of children whom the reader may open: a pattern never tells of a child that is hidden from them,
    nor that there is one.
    """
    groups: defaultdict[tuple[Trait, str], list[Seen]] = defaultdict(list)
    for one in told:
        if key := one.key:
            groups[one.trait, key].append(one)
    patterns = (_pattern(trait, key, seen) for (trait, key), seen in groups.items())
    shared = [one for one in patterns if len(one.children) >= FEWEST]
    return tuple(sorted(shared, key=lambda one: (-len(one.children), -one.last_on.toordinal(), one.key)))


def _pattern(trait: Trait, key: str, seen: Collection[Seen]) -> Pattern:
    last = max(seen, key=lambda one: (one.on, one.text))
    children = frozenset(one.child_id for one in seen)
    return Pattern(trait, key, last.text, children, min(one.on for one in seen), last.on)


class State(StrEnum):
    """What a person has said of a pattern."""

    PUT = "put to a person"
    LINKED = "linked"
    SET_ASIDE = "set aside"


class Step(StrEnum):
    """What is done with one."""

    LINK = "link"
    SET_ASIDE = "set aside"
    COME_BACK = "come back with another child"


_RUNS = frozenset({Who.COORDINATOR, Who.CHAIR})

#: A school or a hospital is set aside, and comes back with each further child: chance may not stay chance.
MOVES: Mapping[Step, Move[State]] = {
    Step.LINK: Move(frozenset({State.PUT, State.SET_ASIDE}), State.LINKED, _RUNS, "Say what links them"),
    Step.SET_ASIDE: Move(
        frozenset({State.PUT, State.LINKED}), State.SET_ASIDE, _RUNS, "Say why it means nothing"
    ),
    Step.COME_BACK: Move(frozenset({State.LINKED, State.SET_ASIDE}), State.PUT, frozenset({Who.SERVICE})),
}


def comes_back(pattern: Pattern, looked_at: Collection[UUID]) -> bool:
    """Whether one that was looked at is put to a person again: it tells of a child it did not then (E2)."""
    return not pattern.children <= frozenset(looked_at)


@dataclass(frozen=True, slots=True)
class Said:
    """What a person said of a pattern, and of which children it told them."""

    state: State
    looked_at: frozenset[UUID]
    reason: str
    by: str
    at: datetime


def stands(pattern: Pattern, said: Iterable[Said]) -> Said | None:
    """What was said last by somebody who knew of each child it tells of; None where it is put to a person, or
    put again (Rulebook E2). `said` is what the reader may read."""
    known = (one for one in said if not comes_back(pattern, one.looked_at))
    return max(known, key=lambda one: one.at, default=None)
