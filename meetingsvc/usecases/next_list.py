"""Which day's list takes what is sent now (Rulebook T1, T7)."""

from datetime import date, datetime
from uuid import UUID

from agenda import calendar
from agenda.meetings import MeetingKind
from meetingsvc import holidays
from meetingsvc.store import acting, areas, lists


def day(area_id: UUID, now: datetime) -> date:
    """The first day whose list covers this moment and is not made yet: a list that is made takes no more."""
    area = areas.by_id(area_id)
    settings = areas.settings_of(area)
    off = calendar.days_off(settings, holidays.known())
    found = max(calendar.list_day_for(now, settings, holidays.known()), area.lists_from)
    with acting.whole_area(area_id):
        while lists.meeting_id(area_id, MeetingKind.DRAMM, found):
            found = calendar.next_working_day(found, off)
    return found
