"""The day whose list covers a moment, for the area of who asks (Rulebook T1)."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from agenda import calendar
from meetingsvc import holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import areas


def list_day_for(who: Principal) -> Callable[[datetime], date]:
    """By the area's settings as they are now."""
    settings = areas.settings_of(areas.by_id(who.area_id))
    return partial(calendar.list_day_for, settings=settings, holidays=holidays.known())
