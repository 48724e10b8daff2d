"""Places and times with how often, from which no child can be worked out (Rulebook E2, W4)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from agenda.calendar import LONDON, add_months, local_day
from agenda.periods import QUARTER, Period, quarter_of
from minutes.statistics import rounded

_SATURDAY = 5
FEWEST = 2  # children


class Band(StrEnum):
    """When in the week, on the wall clock."""

    SCHOOL = "weekday, 7:00 to 16:00"
    EVENING = "weekday, 16:00 to 22:00"
    NIGHT = "weekday, 22:00 to 7:00"
    WEEKEND_DAY = "weekend, 7:00 to 22:00"
    WEEKEND_NIGHT = "weekend, 22:00 to 7:00"
    UNTOLD = "time of day not told"


_BANDS = tuple(Band)
_DAY, _AFTERNOON, _LATE = 7, 16, 22


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that happened to a child at a place; a day where nobody told the time."""

    place_id: UUID
    child_id: UUID
    at: datetime | date


@dataclass(frozen=True, slots=True)
class Spot:
    """A place and how often, in each band; every number is a multiple of the area's smallest."""

    place_id: UUID
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        """Added up from what is shown."""
        return sum(self.numbers)


def band(at: datetime | date) -> Band:
    """When in the week a moment is; the night belongs to the day on which it falls."""
    if not isinstance(at, datetime):
        return Band.UNTOLD
    wall = at.astimezone(LONDON)
    by_day = _DAY <= wall.hour < _LATE
    if wall.weekday() >= _SATURDAY:
        return Band.WEEKEND_DAY if by_day else Band.WEEKEND_NIGHT
    if not by_day:
        return Band.NIGHT
    return Band.SCHOOL if wall.hour < _AFTERNOON else Band.EVENING


def spots(
    sightings: Iterable[Sighting], quarters: Sequence[Period], places: Iterable[UUID], base: int
) -> tuple[Spot, ...]:
    """The hot spots of whole quarters, the hottest first; places with too few are not among them (W4).

    Each quarter is rounded once (`minutes.statistics.rounded`), over every place of the area, and a longer
    time is added up from those. So no two tables tell more by their difference. What counts is children, each
    once in a band, and a place to which one alone came counts nothing.
    """
    ordered = sorted(places, key=str)
    there = _by_place(sightings)
    total = {place: [0] * len(_BANDS) for place in ordered}
    for quarter in quarters:
        true = [_counted(there.get((quarter.first, place), frozenset())) for place in ordered]
        for place, line in zip(ordered, rounded(true, base), strict=True):
            total[place] = [a + b for a, b in zip(total[place], line, strict=True)]
    found = [Spot(place, tuple(numbers)) for place, numbers in total.items() if any(numbers)]
    return tuple(sorted(found, key=lambda one: (-one.total, str(one.place_id))))


def day_of(at: datetime | date) -> date:
    """The day on the wall calendar."""
    return local_day(at) if isinstance(at, datetime) else at


def _by_place(sightings: Iterable[Sighting]) -> Mapping[tuple[date, UUID], AbstractSet[tuple[Band, UUID]]]:
    """By quarter and place: which children, and when in the week."""
    found: defaultdict[tuple[date, UUID], set[tuple[Band, UUID]]] = defaultdict(set)
    for one in sightings:
        found[quarter_of(day_of(one.at)).first, one.place_id].add((band(one.at), one.child_id))
    return found


def _counted(there: AbstractSet[tuple[Band, UUID]]) -> list[int]:
    if len({child for _, child in there}) < FEWEST:
        return [0] * len(_BANDS)
    return [sum(one is each for one, _ in there) for each in _BANDS]


MOST = 8  # quarters


class Chosen(NamedTuple):
    """The days that somebody asked for, and the whole quarters that are counted for them; or what is wrong,
    by field."""

    quarters: tuple[Period, ...]
    problems: Mapping[str, str]


def chosen(first: date, last: date, today: date) -> Chosen:
    """The quarters that these days lie in: whole ones that are over, since of one that runs whoever looks
    daily would see each number grow, and when (Rulebook W4)."""
    over = quarter_of(today).first - timedelta(days=1)
    if last < first:
        return Chosen((), {"to": "The last day comes before the first"})
    if last > over:
        ends = f"{over.day} {over:%B %Y}"
        return Chosen((), {"to": f"Only whole quarters that are over are counted: enter {ends} or earlier"})
    quarters = [quarter_of(first)]
    while quarters[-1].last < last and len(quarters) <= MOST:
        quarters.append(quarter_of(quarters[-1].last + timedelta(days=1)))
    if len(quarters) > MOST:
        return Chosen((), {"from": f"Choose {MOST} quarters at most: two years"})
    return Chosen(tuple(quarters), {})


def last_year(today: date) -> tuple[date, date]:
    """The first and the last day of the four quarters that were over last."""
    over = quarter_of(today).first
    return add_months(over, -4 * QUARTER), over - timedelta(days=1)


class Bar(NamedTuple):
    """One line of a chart: how long it is drawn."""

    label: str
    number: int
    length: int


def bars(lines: Iterable[tuple[str, int]], longest: int) -> tuple[Bar, ...]:
    """Each as long as its number says, the greatest as long as there is room for."""
    told = list(lines)
    most = max((number for _, number in told), default=0) or 1
    return tuple(Bar(label, number, round(longest * number / most)) for label, number in told)
