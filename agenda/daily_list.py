"""What a daily list does with what it considers: new, late, changed or announced; and in which order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from agenda.incidents import Order, Risk
from agenda.meetings import MeetingState, Window

#: By how much a force's clock may be ahead of ours.
CLOCKS_DIFFER = timedelta(hours=1)
_NOT_BY_A_RULE = frozenset({"T5"})
#: What makes an incident a further one, or medium risk: nothing new of one that a list has taken itself.
_SAYS_NOTHING_NEW = frozenset({"T15", "P3"})
_BY_APPLYING = frozenset({"T9"})


class Taken(StrEnum):
    """What a list did with a version of an incident. Each version has exactly one of these (Rulebook T12)."""

    LISTED = "listed"
    LEFT_OUT = "left out"  # domestic, by no rule (T5)
    WITHDRAWN = "withdrawn"  # an application that was withdrawn before the list was made (Y1)
    NOT_DOMESTIC = "not domestic"
    UNMENTIONED = "unmentioned"  # a new version that adds nothing to what a list has said (T13)


@dataclass(frozen=True, slots=True)
class Before:
    """What earlier lists did with earlier versions of an incident."""

    reasons: frozenset[str] = frozenset()  # of every entry that took it
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident under its case on a daily list."""

    reference: str
    risk: Risk
    recorded_at: datetime
    reasons: tuple[str, ...]
    late: bool = False
    changed: bool = False


def considered(reasons: str, before: Before | None) -> tuple[Taken, bool]:
    """What the list does with a version, and whether the entry is `changed` (Rulebook T12, T13).

    `before` is None for an incident that no list has considered, or only where its number told of other
    people. One that no list has taken and that now qualifies is taken. One already taken comes back only by a
    reason it did not have. Else it is not mentioned again.
    """
    qualifies = frozenset(reasons.split()) - _NOT_BY_A_RULE
    if before is None:
        if not reasons:
            return Taken.NOT_DOMESTIC, False
        return (Taken.LISTED if qualifies else Taken.LEFT_OUT), False
    known = before.reasons | _SAYS_NOTHING_NEW if before.taken else before.reasons
    if qualifies - known:
        return Taken.LISTED, before.taken
    return Taken.UNMENTIONED, False


def considered_withdrawn(reasons: str, before: Before | None) -> tuple[Taken, bool, str]:
    """The same of an application that was withdrawn, with the rules that still list it (Rulebook Y1, T9).

    It is not listed for having been made. As a further disclosure on a case that was heard or waits it is
    (T6, T15): whoever withdraws, the safety plan is reviewed.
    """
    further = " ".join(rule for rule in reasons.split() if rule not in _BY_APPLYING)
    if further:
        return *considered(further, before), further
    taken, _ = considered(reasons, before)
    return (Taken.WITHDRAWN if taken is Taken.LISTED else taken), False, reasons


def is_late(recorded_at: datetime, window_start: datetime) -> bool:
    """Recorded in an earlier window, received after that list closed (Rulebook T12)."""
    return recorded_at < window_start


def due_at(
    recorded_at: datetime,
    first_start: datetime,
    was_due_at: datetime | None = None,
    now: datetime | None = None,
) -> datetime:
    """The moment whose list takes a version: when it was recorded (Rulebook T12, T13).

    What was recorded before the area's first window is history. But an incident that was a list's to consider
    stays so where a later version dates it before that: from the first window on. `was_due_at` is that of the
    version before. Nor can a later version that is dated after `now`, however little, put off what was due by
    now: it stays due as it was.
    """
    if was_due_at is None or was_due_at < first_start:
        return recorded_at
    due = max(recorded_at, first_start)
    if now is not None and recorded_at > now and was_due_at <= now + CLOCKS_DIFFER:
        return min(was_due_at, due)
    return due


def is_announced(order: Order | None, announced: Iterable[Order]) -> bool:
    """Whether a list announces this: an order that no earlier list has announced (Rulebook T10)."""
    return order is not None and order not in set(announced)


def entry_order(entry: Entry) -> tuple[datetime, str]:
    """Entries within an item stand in order of recording."""
    return entry.recorded_at, entry.reference


def item_order(entries: Sequence[Entry]) -> tuple[int, datetime, str]:
    """Items stand highest risk first, then the earliest recorded, then the reference."""
    recorded_at, reference = min(map(entry_order, entries))
    return -highest(entries).rank, recorded_at, reference


def highest(entries: Iterable[Entry]) -> Risk:
    """The risk of a case is the highest the police gave to what is under it, never a lower one (T13)."""
    return max((entry.risk for entry in entries), key=lambda risk: risk.rank)


@dataclass(frozen=True, slots=True)
class ListedEntry(Entry):
    """An entry as a built list holds it."""

    kind: str = "police_incident"
    incident_id: int = 0
    added_reason: str = ""  # why a person put it on the list (T5)
    withdrawn_at: datetime | None = None  # of an application that was withdrawn since (Y1)


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A case on a built list, with all its entries under it (Rulebook T11)."""

    id: UUID
    case_id: UUID
    case: str
    position: int  # by risk alone, as the contract has it
    number: str  # as people call it on every page (agenda.list_numbers)
    risk: Risk
    repeat: bool
    victim_known: bool
    entries: tuple[ListedEntry, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A protection order, announced (Rulebook T10)."""

    reference: str
    order: Order
    incident_id: int | None = None  # the version that told of it; none where it was recorded by hand


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A domestic incident that the list considered and did not take (Rulebook T5)."""

    incident_id: int
    reference: str
    reasons: tuple[str, ...]
    victim_known: bool


@dataclass(frozen=True, slots=True)
class DailyList:
    """A built list, whole."""

    id: UUID
    area: str
    kind: str
    date: date
    window: Window
    starts_at: datetime
    state: MeetingState
    items: tuple[ListedItem, ...]
    notices: tuple[Notice, ...]
    not_listed: tuple[LeftOut, ...]
    not_domestic: int
