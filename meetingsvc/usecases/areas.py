"""Making an area, with every default of the rulebook."""

import re
from datetime import date, datetime
from uuid import UUID, uuid4

from agenda import calendar
from agenda.area import AreaSettings
from agenda.rules import RuleBroken
from meetingsvc import holidays
from meetingsvc.models import AreaRow, db
from meetingsvc.store import areas, audit
from meetingsvc.usecases.transaction import saved

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def create(
    name: str, lists_from: date, now: datetime, title: str = "", settings: AreaSettings | None = None
) -> UUID:
    """Makes an area whose first list is that of `lists_from`; what was recorded before its window is history."""
    if not NAME.fullmatch(name):
        raise RuleBroken(f"{name!r} cannot name an area: use small letters, digits and hyphens, up to 40.")
    settings = settings or AreaSettings()
    window = calendar.window(lists_from, settings, holidays.known())
    with saved():
        if areas.by_name(name):
            raise RuleBroken(f"There is an area {name} already.")
        area_id = uuid4()
        area = AreaRow(id=area_id, name=name, title=title or name.capitalize(), lists_from=lists_from,
                       first_window_start=window.start, settings=areas.settings_json(settings))  # fmt: skip
        db.session.add(area)
        audit.record(audit.COMMAND_LINE, area_id, "area.created", f"area/{area_id}", now)
    return area_id
