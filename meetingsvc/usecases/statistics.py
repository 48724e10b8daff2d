"""Statistics of an area, as they may be published: of months that are over, and rounded (Rulebook W4)."""

from datetime import datetime

from agenda.calendar import local_day
from agenda.periods import Period, finished
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas
from meetingsvc.store import statistics as store
from meetingsvc.usecases import reading
from minutes.statistics import Table, tables

#: How far back they are told.
MONTHS, QUARTERS = 24, 8


def periods(who: Principal, now: datetime) -> tuple[Period, ...]:
    """Those that are over, from the area's first list on: of one that runs, whoever looks daily would see
    each number grow, and when."""
    return finished(areas.by_id(who.area_id).lists_from, local_day(now), MONTHS, QUARTERS)


def smallest(who: Principal) -> int:
    """Of what every number is a multiple: the area's setting."""
    return areas.settings_of(areas.by_id(who.area_id)).small_number


def told(who: Principal, period: Period, action: str, now: datetime) -> tuple[Table, ...]:
    """The tables of a period, the same for whoever may read them; that they were is kept (Rulebook V5)."""
    base = smallest(who)
    with acting.whole_area(who.area_id):
        counts = store.counts(who.area_id, period)
    reading.opened(who, action, f"area/{who.area_id}", now, period=period.key)
    return tables(period, counts, base)
