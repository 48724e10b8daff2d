"""What the outcome form is filled in with: the agencies, and the days that it counts from."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from agenda.agencies import Agency
from agenda.calendar import add_working_days, days_off
from meetingsvc import clock, holidays
from meetingsvc.permissions import Principal
from meetingsvc.store import areas


@dataclass(frozen=True, slots=True)
class Days:
    """What days in the form are counted from: an action is due by `usual_due` where nobody says a day."""

    day: date
    days_off: AbstractSet[date]
    usual_due: date


def days_of(who: Principal) -> Days:
    """Of today, by the area's settings."""
    settings, today = areas.settings_of(areas.by_id(who.area_id)), clock.today()
    off = days_off(settings, holidays.known())
    return Days(today, off, add_working_days(today, settings.action_days, off))


def signatories(who: Principal) -> list[Agency]:
    """Those that may be given an action."""
    return [agency for agency in areas.agencies(who.area_id) if agency.is_signatory(clock.today())]
