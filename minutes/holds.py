"""What stops destruction: inquiries, courts, and cases with a child (Rulebook L1).

The sources conflict. DM has records kept for as long as a risk remains, looked at every twelve months, and
destroyed once they are not needed. FD adds what public inquiries or a legal duty demand. DERBY passes on the
advice of the inquiry into child sexual abuse that no record is destroyed at all. So a case with a child is
held by default until information governance lifts that; an area may set it otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from agenda.moves import REASON_LENGTH, Who
from agenda.rules import RuleBroken

#: The hold that every case with a child has by itself.
CHILD_HOLD = "child"


class Why(StrEnum):
    """Why a case is held. The value is stored."""

    INQUIRY = "inquiry"
    COURT = "court"
    CHILD = "child"

    @property
    def label(self) -> str:
        """As people read it."""
        return {
            Why.INQUIRY: "Held for an inquiry",
            Why.COURT: "Held for a court",
            Why.CHILD: "Held because a child is on the case",
        }[self]


@dataclass(frozen=True, slots=True)
class HoldRules:
    """Settings of the area: what is held without anybody asking."""

    child_cases: bool = field(
        default=True,
        metadata={"rule": "L1", "label": "Cases with a child are held until information governance lifts it"},
    )


@dataclass(frozen=True, slots=True)
class Event:
    """A hold that was set, or lifted: by whom, and why. A case may have several of one kind."""

    hold: str  # which one; CHILD_HOLD is that of the children
    why: Why
    sets: bool
    at: datetime
    by: str
    reason: str


def checked(event: Event, who: Who, events: Iterable[Event], child_since: datetime | None) -> Event:
    """The event, where it is legal: holds are information governance's to set and to lift (security.md B).

    Each with its reason. Only one that stands is lifted. Raises RuleBroken.
    """
    if who is not Who.GOVERNANCE:
        raise RuleBroken(f"This is for {Who.GOVERNANCE} to do.")
    if not event.reason.strip():
        raise RuleBroken(f"Say why the case is {'held' if event.sets else 'held no longer'}.")
    if len(event.reason) > REASON_LENGTH:
        raise RuleBroken(f"The reason must be {REASON_LENGTH:,} characters or fewer.")
    last = _last(events, child_since).get(event.hold)
    if last is not None and event.at < last.at:
        raise RuleBroken("That is earlier than what was done last.")
    if (last is not None and last.sets) is event.sets:
        raise RuleBroken("It is held already." if event.sets else "There is no such hold to lift.")
    if last is not None and last.why is not event.why:
        raise RuleBroken("That is another hold.")
    return event


def standing(events: Iterable[Event], child_since: datetime | None, rules: HoldRules) -> tuple[Why, ...]:
    """Why a case is held now; nothing where it is not (Rulebook L1).

    `child_since`: when the latest child was put on it, None where there is none. A child that came after the
    hold was lifted sets it anew: nobody has decided about that one.
    """
    return tuple(sorted({event.why for event in to_lift(events, child_since, rules)}))


def to_lift(events: Iterable[Event], child_since: datetime | None, rules: HoldRules) -> tuple[Event, ...]:
    """Each hold that stands, as it was set, the oldest first; that of the children was set by nobody."""
    since = child_since if rules.child_cases else None
    found = (event for event in _last(events, since).values() if event.sets)
    return tuple(sorted(found, key=lambda event: event.at))


def lifters(events: Iterable[Event]) -> frozenset[str]:
    """Who ever lifted a hold on the case: they do not confirm its destruction as well (Rulebook L1)."""
    return frozenset(event.by for event in events if not event.sets)


def _last(events: Iterable[Event], child_since: datetime | None) -> dict[str, Event]:
    """What was last done to each hold; of two at one moment, holding counts."""
    known = list(events)
    if child_since is not None:
        known.append(Event(CHILD_HOLD, Why.CHILD, True, child_since, "", ""))
    return {event.hold: event for event in sorted(known, key=lambda one: (one.at, one.sets))}
