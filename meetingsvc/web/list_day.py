"""The day whose list covers a moment, for the area of who asks; whose list an address asks for (T1, P3)."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from flask import abort, request

from agenda import calendar
from agenda.list_days import ListDay
from agenda.meetings import MeetingKind
from agenda.panels import Family
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.permissions import FAMILY_OF, Principal
from meetingsvc.store import areas
from meetingsvc.usecases import list_panels
from meetingsvc.web import guard


def list_day_for(who: Principal) -> Callable[[datetime], date]:
    """By the area's settings as they are now."""
    settings = areas.settings_of(areas.by_id(who.area_id))
    return partial(calendar.list_day_for, settings=settings, holidays=holidays.known())


def panel_asked() -> str:
    """The code of the panel that an address asks for: the daily meeting's where it names none. Lists of
    children have pages of their own."""
    code = request.args.get("panel", MeetingKind.DRAMM.value)
    if not re.fullmatch("[A-Z]{1,10}", code) or FAMILY_OF.get(code) is not Family.ABUSE:
        abort(404)
    return code


def asks_for_children() -> str:
    """The code of a panel of exploitation that an old address asks for; "" where it asks for none."""
    code = request.args.get("panel", "")
    return code if FAMILY_OF.get(code) is Family.EXPLOITATION else ""


def list_panel_day(day: date, code: str) -> ListDay | None:
    """What the list of that day covers; None where the panel has none on it."""
    area = areas.by_id(guard.principal().area_id)
    try:
        return list_panels.list_day(area, list_panels.panel_of(area, code), day)
    except RuleBroken:
        return None
