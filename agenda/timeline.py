"""A case as people think of it: what happened, one thing after the other, the newest first (journeys.md)."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from agenda.calendar import local_day, to_utc


class EventKind(StrEnum):
    """What sort of thing happened: what a page filters by."""

    INCIDENT = "incidents"
    REFERRAL = "referrals"
    LIST = "daily lists"
    MARAC = "MARACs"
    PANEL = "exploitation panels"
    OUTCOME = "outcomes"
    ACTION = "actions"
    NOTE = "what agencies shared"
    RISK = "risk assessments"
    CONSENT = "consent"
    ORDER = "protection orders"
    DISCLOSURE = "disclosure schemes"
    TRANSFER = "transfers"
    PEOPLE = "people and addresses"
    NOTIFICATION = "notifications"
    PART = "agencies in this case alone"
    FLAG = "flags"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value[0].upper() + self.value[1:]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. Of some only the day is known: `at` is a date then.

    Who is given an event may open the page it leads to; one they may not read about is not there at all.
    """

    at: date | datetime
    kind: EventKind
    title: str
    by: str = ""
    text: str = ""
    href: str = ""

    @property
    def day(self) -> date:
        """The local day it happened on."""
        return local_day(self.at) if isinstance(self.at, datetime) else self.at

    @property
    def moment(self) -> datetime | None:
        """When on that day, where that is known."""
        return self.at if isinstance(self.at, datetime) else None


def newest_first(events: Iterable[Event]) -> list[Event]:
    """In the order they are read. What is known by its day alone stands above what happened on that day:
    a meeting decides about what came before it."""
    return sorted(events, key=_when, reverse=True)


def _when(event: Event) -> tuple[date, datetime, str]:
    end_of_day = to_utc(datetime.combine(event.day, time.max))
    return event.day, event.moment or end_of_day, event.title


def of_kinds(events: Iterable[Event], wanted: AbstractSet[EventKind]) -> list[Event]:
    """Those of some kinds; all, where none is chosen."""
    return [event for event in events if not wanted or event.kind in wanted]


def kinds_in(events: Iterable[Event]) -> list[EventKind]:
    """The kinds that there are, in their order: nothing is offered that finds nothing."""
    there = {event.kind for event in events}
    return [kind for kind in EventKind if kind in there]


def by_year(events: Iterable[Event]) -> Iterator[tuple[int, list[Event]]]:
    """Year by year, in the order given."""
    years: dict[int, list[Event]] = {}
    for event in events:
        years.setdefault(event.day.year, []).append(event)
    yield from years.items()
