"""When panels beside the DRAMM and the MARAC sit: those of exploitation, and the triage (Rulebook E1, P3).

For who attends or runs them. That there is such a panel is not for others to know.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from agenda import rhythm
from agenda.calendar import days_off, to_utc
from agenda.dates import Dates, worked_back
from agenda.meetings import MeetingState
from agenda.panels import Family, Panel, Works, page_of
from meetingsvc import holidays
from meetingsvc.models import ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, areas, panels
from meetingsvc.store.scope import meetings_of, open_to


@dataclass(frozen=True, slots=True)
class PanelDay:
    """A day on which such a panel sits, or was to sit."""

    code: str
    sits_on: date
    starts_at: datetime
    cancelled: bool
    reason: str  # why it does not sit
    address: str  # its page, where the reader may open it
    meeting_id: UUID | None  # where it is there: for the calendar, and no address
    dates: Dates | None  # of an agenda, by when each step is done (Rulebook M4)


def of(who: Principal) -> list[Panel]:
    """Those of somebody's area that they run, or their agency sits in (Rulebook S3, V1, E4)."""
    if not who.is_signatory:
        return []
    runs = {Family.ABUSE: who.runs_meetings, Family.EXPLOITATION: who.runs_exploitation}
    there = (one for one in panels.set_up(who.area_id) if one.family in who.families)
    there = (one for one in there if one.family is not Family.EXPLOITATION or who.sits_on_exploitation)
    return [one for one in there if runs[one.family] or one.code in who.attends]


def days(who: Principal, panel: Panel, first: date, last: date) -> list[PanelDay]:
    """Every day from `first` to `last` on which one of them sits, as far as it is known: in order.

    An agenda that hears only whom the reader may not see is not there: its day is planned, or is none (M6).
    """
    settings, row = areas.settings_of(areas.by_id(who.area_id)), MeetingRow
    known = holidays.known()
    there = (row.area_id == who.area_id, row.kind == panel.code, row.sits_on.between(first, last))
    with acting.whole_area(who.area_id):
        found = {one.sits_on: one for one in db.session.scalars(select(row).where(*there, _not_hidden(who)))}
        theirs = set(db.session.scalars(select(row.id).where(*there, meetings_of(who))))
    planned = rhythm.days(panel.rhythm, first, last, days_off(settings, known))

    def told(day: date) -> PanelDay:
        one = found.get(day)
        cancelled = one is not None and one.state == MeetingState.CANCELLED
        opens = one is not None and one.id in theirs
        return PanelDay(
            panel.code, day, one.starts_at if one else to_utc(datetime.combine(day, panel.starts)), cancelled,
            one.not_sat_reason if one and cancelled else "",
            page_of(panel.code, panel.works, day, one.id) if one and opens else "", one.id if one else None,
            worked_back(day, settings, known) if panel.works is Works.AGENDA else None,
        )  # fmt: skip

    return [told(day) for day in sorted({*planned, *found})]


def _not_hidden(who: Principal) -> ColumnElement[bool]:
    """But for an agenda of exploitation all of whose items are walled or restricted; shared or not."""
    row, item = MeetingRow, ItemRow
    here = item.meeting_id == row.id
    hidden = and_(exists().where(here), ~exists().where(here, open_to(who, item.case_id)))
    return or_(row.family != Family.EXPLOITATION, row.works != Works.AGENDA, ~hidden)
