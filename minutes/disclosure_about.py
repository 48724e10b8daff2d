"""Whom a request can be about, so that two people alike are told apart (Rulebook X1, X6).

A request that is about the wrong child of two of one name releases the other's details. No address stands
beside a name: it would tell where somebody is found (security.md A8).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from agenda.calendar import day_words
from agenda.incidents import Linked
from minutes.disclosure_kinds import Kind

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


class Watched(StrEnum):
    """Whom a request is about, where nothing is granted by default (Rulebook F3)."""

    NOBODY = ""
    CHILD = "a child"
    KEPT_FROM = "the perpetrator or a known associate"


_WHY = {
    Watched.CHILD: "It is about a child. Whoever asks may be, or may ask for, the perpetrator or an "
    "associate in a case of this child: being a parent gives nobody a right to it.",
    Watched.KEPT_FROM: "It is about the perpetrator or a known associate. Whoever asks may ask for them.",
}
_LOOK = (
    " Somebody who did not log the request says for whom it is asked, and how they know that none of them "
    "learns anything by it, or it is refused."
)

#: By which a parent or the perpetrator may ask, or somebody for one: who logs it picks the kind, and may pick
#: the wrong one. A court orders; children's social care, reviews and partners ask as agencies that the panel
#: knows.
BY_ANYBODY = frozenset({Kind.SUBJECT_ACCESS, Kind.COURT_REPORT, Kind.NON_SIGNATORY})


def watched(
    kind: Kind, about: Iterable[UUID], grown_up: Collection[UUID], kept_from: Collection[UUID]
) -> Watched:
    """Whether a parent may be asking for what is held of a child, who is no grown-up of the case, or anybody
    for the perpetrator or an associate, who are `kept_from` it (X2, F3)."""
    of = set(about)
    if kind not in BY_ANYBODY or of <= set(grown_up).difference(kept_from):
        return Watched.NOBODY
    return Watched.KEPT_FROM if of & set(kept_from) else Watched.CHILD


def watched_kept_from(of: Watched, another: str) -> str | None:
    """Why nothing of what is held of them is released yet; None where it can be (Rulebook F3, X1).

    One who is the perpetrator or an associate in any case of a child is refused, parent or not
    (`disclosure_requester.kept_from`). Of an agent no check knows for whom they act. So nothing is granted by
    default: a person who did not log the request, and runs the meetings or governs information, says it
    (`another`) before the chair decides.
    """
    return None if of is Watched.NOBODY or another.strip() else _WHY[of] + _LOOK


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
