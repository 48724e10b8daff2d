"""Which minutes a person may read, and of which cases (`store/scope.py`; Rulebook R1, S3, V1)."""

from sqlalchemy import ColumnElement, and_, exists

from meetingsvc.models import (
    ItemRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesCopyRow,
    MinutesRow,
    MinutesWriterRow,
)
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import items_of, meetings_of
from meetingsvc.store.scope_contributed import is_brought_to, is_open
from meetingsvc.store.scope_kept import MARKED, NOBODY, Reader, sees_all


def minutes_of(reader: Reader) -> ColumnElement[bool]:
    """Minutes of meetings the reader may see; a draft only for who runs them. Of an exploitation meeting,
    issued ones only for who attended and contributed (Rulebook E4)."""
    theirs = meetings_of(reader), is_brought_to(reader)
    there = exists().where(MeetingRow.id == MinutesRow.meeting_id, *theirs)
    seen = and_(MARKED, there.correlate(MinutesRow))
    return seen if sees_all(reader) else and_(seen, MinutesRow.approved_at.is_not(None))


def minutes_cases_of(reader: Reader) -> ColumnElement[bool]:
    """What they say of cases that are open to the reader now, whatever was so when they were issued (M6); of
    an exploitation meeting, of those they contributed to (Rulebook E4)."""
    case = exists().where(ItemRow.id == MinutesCaseRow.item_id, items_of(reader), is_open(reader, ItemRow.id))
    whole = exists().where(MinutesRow.id == MinutesCaseRow.minutes_id, minutes_of(reader))
    return and_(MARKED, case.correlate(MinutesCaseRow), whole.correlate(MinutesCaseRow))


def writers_of(reader: Reader) -> ColumnElement[bool]:
    """Who wrote minutes: for who runs the meetings, who decide by it who approves them."""
    if not sees_all(reader):
        return NOBODY
    whole = exists().where(MinutesRow.id == MinutesWriterRow.minutes_id, minutes_of(reader))
    return and_(MARKED, whole.correlate(MinutesWriterRow))


def minutes_copies_of(reader: Principal) -> ColumnElement[bool]:
    """Copies of minutes: one's own, made for the agency one still works for."""
    row = MinutesCopyRow
    return and_(MARKED, row.account_id == reader.account_id, row.agency_id == reader.agency_id)
