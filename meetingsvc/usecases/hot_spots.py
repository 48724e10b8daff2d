"""Hot spots: places and times with counts over whole quarters, small numbers guarded (Rulebook E2, W4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agenda.periods import Period
from meetingsvc.permissions import Principal
from meetingsvc.store import hot_spots as store
from meetingsvc.store.hot_spots import Place
from meetingsvc.usecases import reading, statistics
from minutes.hot_spots import Band, spots


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with its rounded numbers, one for each band of the week."""

    place: Place
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        """Added up from what is shown."""
        return sum(self.numbers)


@dataclass(frozen=True, slots=True)
class HotSpots:
    """Those of a time, the hottest first."""

    first: Period
    last: Period
    base: int  # every number is a multiple of it
    spots: tuple[Spot, ...]

    @property
    def by_band(self) -> tuple[int, ...]:
        """When in the week, over all places."""
        return tuple(sum(one.numbers[at] for one in self.spots) for at in range(len(Band)))


def told(who: Principal, quarters: Sequence[Period], now: datetime) -> HotSpots:
    """Those of these quarters, of children whom who asks may open; that they were read is kept (V5)."""
    base, first, last = statistics.smallest(who), quarters[0], quarters[-1]
    sightings, places = store.told(who, first.first, last.last)
    found = spots(sightings, quarters, places, base)
    told_of = f"{first.key} {last.key}"
    reading.opened(who, "hot_spots.read", f"area/{who.area_id}", now, period=told_of)
    return HotSpots(first, last, base, tuple(Spot(places[one.place_id], one.numbers) for one in found))
