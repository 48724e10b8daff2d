"""Missing episodes as pages show them: who is missing, whose interview is due or late (Rulebook E1, E3)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from agenda.calendar import days_off
from agenda.clocks import Met, ends
from agenda.missing import INTERVIEW, REPEATS, interview, repeatedly
from meetingsvc import holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import areas, episodes, subjects_alike
from meetingsvc.store.episodes import Version

#: How long one that nothing is owed on any more stays on the page.
KEPT = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Line:
    """One episode of the list."""

    version: Version
    missing: bool
    interview: Met | None  # none while the child is missing
    due: datetime | None  # by when the child is to be talked to
    repeatedly: bool

    @property
    def owed(self) -> bool:
        """Whether the interview is neither held nor refused."""
        return self.interview in (Met.RUNNING, Met.LATE)


@dataclass(frozen=True, slots=True)
class OnHome:
    """What the first page says: counts alone."""

    missing: int = 0  # children
    due: int = 0
    late: int = 0
    tells: bool = True  # whether they have such a page at all


def lines(who: Principal, now: datetime) -> list[Line]:
    """Who is missing first, the longest first; then whose interview is owed, by when; then what has ended."""
    found = _lines(who, episodes.waiting(who, now - KEPT), now)
    return sorted(found, key=lambda one: (not one.missing, not one.owed, one.due or one.version.said_at))


def line(who: Principal, one: Version, now: datetime) -> Line:
    """One episode, as its own page shows it."""
    return _lines(who, [one], now)[0]


def _lines(who: Principal, versions: list[Version], now: datetime) -> list[Line]:
    off = days_off(areas.settings_of(areas.by_id(who.area_id)), holidays.known())
    begun = episodes.begun_since(who, now - timedelta(days=REPEATS.days))
    alike = subjects_alike.pairs(who, {one.child_id for one in begun}) if begun else []
    again = repeatedly(begun, now, REPEATS, alike)
    return [_line(one, now, off, again) for one in versions]


def _line(one: Version, now: datetime, off: AbstractSet[date], again: frozenset[UUID]) -> Line:
    told = one.episode
    due = ends(told.returned_at, INTERVIEW, off) if told.returned_at else None
    stands = interview(told, now, INTERVIEW, off)
    return Line(one, told.returned_at is None, stands, due, told.child_id in again)


def on_home(who: Principal, now: datetime) -> OnHome:
    """For who runs the panels of exploitation, and who tells of episodes for the police."""
    if not episodes.tells(who):
        return OnHome(tells=False)
    shown = lines(who, now)
    return OnHome(
        len({one.version.episode.child_id for one in shown if one.missing}),
        sum(one.interview is Met.RUNNING for one in shown),
        sum(one.interview is Met.LATE for one in shown),
    )
