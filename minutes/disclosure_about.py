"""Whom a request can be about, so that two people alike are told apart (Rulebook X1, X6).

A request that is about the wrong child of two of one name releases the other's details. No address stands
beside a name: it would tell where somebody is found (security.md A8).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from agenda.calendar import day_words
from agenda.incidents import Linked

VICTIM, PERPETRATOR, CHILD = "the victim", "the perpetrator", "a child"


@dataclass(frozen=True, slots=True)
class Choosable:
    """Somebody whom a request can be about, as who logs it may read of them."""

    id: UUID
    name: str
    what: str  # to the case
    dob: date | None


def child_of(linked: Iterable[Linked]) -> str:
    """Whose child it is, by every entry that names it: `a child linked to the victim` (Rulebook T3)."""
    told = set(linked)
    sides = ((VICTIM, Linked.VICTIM), (PERPETRATOR, Linked.PERPETRATOR))
    to = [who for who, one in sides if {one, Linked.BOTH} & told]
    return f"{CHILD} linked to {' and to '.join(to)}" if to else CHILD


def labels(people: Iterable[Choosable]) -> Mapping[UUID, str]:
    """Each with who they are to the case and the year of birth; those alike even so, with the whole day."""
    people = tuple(people)
    short = {one.id: _label(one, f"born in {one.dob.year}" if one.dob else "") for one in people}
    often = Counter(short.values())
    return {
        one.id: short[one.id] if often[short[one.id]] == 1 else _label(one, _whole(one.dob)) for one in people
    }


def _whole(dob: date | None) -> str:
    return f"born {day_words(dob)}" if dob else ""


def _label(one: Choosable, born: str) -> str:
    return f"{one.name} ({one.what}, {born or 'date of birth not known'})"
