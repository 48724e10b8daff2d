"""Today: what waits for the person who signed in. Each line leads to the work."""

from flask import Blueprint, render_template

from agenda import calendar
from meetingsvc import clock, holidays
from meetingsvc.permissions import Permission
from meetingsvc.store import areas, home
from meetingsvc.web.guard import needs, principal

bp = Blueprint("home", __name__)


@bp.get("/still-here")
@needs(Permission.HOME_READ)
def still_here() -> tuple[str, int]:
    """Somebody is typing: their session goes on, to its absolute limit. It shows nothing."""
    return "", 204


@bp.get("/")
@needs(Permission.HOME_READ)
def show() -> str:
    """The day's list, the next MARAC, and what is overdue."""
    who, now, today = principal(), clock.now(), clock.today()
    area = areas.by_id(who.area_id)
    settings = areas.settings_of(area)
    list_day = calendar.working_day_from(today, calendar.days_off(settings, holidays.known()))
    return render_template(
        "home/home.html",
        today=today,
        list_day=max(list_day, area.lists_from),
        daily=home.daily_meeting(who, list_day) if who.may(Permission.LIST_READ) else None,
        never_closed=home.open_daily_meetings(who, list_day) if who.may(Permission.LIST_CLOSE) else [],
        waiting=home.unconsidered(who.area_id, area.first_window_start)
        if who.may(Permission.LIST_BUILD)
        else 0,
        rejected=home.rejected_rows(who),
        marac=home.next_marac(who, today) if who.may(Permission.AGENDA_READ) else None,
        not_on_an_agenda=home.not_on_an_agenda(who, today),
        lists_to_publish=home.lists_to_publish(who, today),
        actions=home.actions(who, today) if who.may(Permission.CASE_READ) else None,
        packs=home.packs_not_fetched(who, now) if who.may(Permission.PACK_FETCH) else 0,
    )
