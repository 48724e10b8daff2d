"""The clocks of a breach, a complaint or a disagreement in words, as its area counts working days."""

from collections.abc import Iterable
from datetime import datetime

from agenda import clock_words
from agenda.breach_duties import Duty
from agenda.calendar import days_off
from agenda.clocks import Running
from meetingsvc import clock, holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import areas

#: What is due, by when, and whether that is late.
Line = tuple[str, str, bool]


def lines(who: Principal, clocks: Iterable[Running], now: datetime | None = None) -> list[Line]:
    """Each clock in words."""
    now = now or clock.now()
    off = days_off(areas.settings_of(areas.by_id(who.area_id)), holidays.known())
    return [(_called(one), clock_words.words(one, now, off), one.stands(now).is_late) for one in clocks]


def _called(one: Running) -> str:
    return one.what.label if isinstance(one.what, Duty) else one.what
