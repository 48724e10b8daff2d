"""Which parts of agencies that have not signed a person may read (Rulebook V1; `store/scope.py`)."""

from sqlalchemy import ColumnElement, and_, exists

from agenda.calendar import local_day
from agenda.named_case import IN, State
from meetingsvc.models import NamedCaseEntryRow, NamedCaseHeldRow, NamedCasePartRow
from meetingsvc.permissions import Principal
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, open_to, told_on
from meetingsvc.store.scope_kept import MARKED, NOBODY


def parts_of(reader: Reader) -> ColumnElement[bool]:
    """Those of a case the reader may open; for who sits for an agency that has not signed, its own of which
    today is one of the days (Rulebook V1). Nobody's from whom a wall or a restriction keeps the case (M6)."""
    row = NamedCasePartRow
    here = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return here
    if reader.is_guest:
        return and_(here, open_to(reader, row.case_id), row.agency_id == reader.agency_id, _runs_on(reader))
    return and_(here, told_on(reader, row.case_id))


def _runs_on(reader: Principal) -> ColumnElement[bool]:
    row, today = NamedCasePartRow, local_day(reader.asked_at)
    return and_(row.state.in_(IN), row.since <= today, row.until >= today)


def entries_of(reader: Reader) -> ColumnElement[bool]:
    """What was told and said: who runs the meetings, and that agency once it has accepted the terms (V1)."""
    row, part = NamedCaseEntryRow, NamedCasePartRow
    here = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return here
    seen = and_(part.id == row.part_id, parts_of(reader))
    if reader.is_guest:
        seen = and_(seen, part.state == State.TAKING_PART)
    elif not reader.runs_meetings:
        return NOBODY
    return and_(here, exists().where(seen).correlate(row))


def held_of(reader: Reader) -> ColumnElement[bool]:
    """What is asked of such an agency once its part is over: who runs the meetings and may open the case, and
    that agency's own people, whose question says nothing of it. Nobody from whom it is kept (V1, M6)."""
    row = NamedCaseHeldRow
    here = and_(MARKED, row.area_id == reader.area_id)
    if isinstance(reader, Host):
        return here
    if reader.is_guest:
        return and_(here, open_to(reader, row.case_id), row.agency_id == reader.agency_id)
    return and_(here, told_on(reader, row.case_id)) if reader.runs_meetings else NOBODY
