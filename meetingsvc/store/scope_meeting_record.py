"""What a person may read of a meeting's record (`store/scope.py`, Rulebook R3)."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists

from meetingsvc.models import AttendeeRow, ItemAbsenceRow, ItemHearingRow, ItemRow, MeetingRow
from meetingsvc.store.scope import items_of, meetings_of
from meetingsvc.store.scope_kept import MARKED, NOBODY, Column, Reader, sees_all


def recorded_at(reader: Reader, meeting_id: Column[UUID]) -> ColumnElement[bool]:
    """What hangs on a meeting the reader may see: who came, who sent apologies, what was read out."""
    there = exists().where(MeetingRow.id == meeting_id, meetings_of(reader))
    return and_(MARKED, there.correlate(cast(Any, meeting_id).table))


def stays_of(reader: Reader, attendee_id: Column[UUID]) -> ColumnElement[bool]:
    """From when to when somebody on such a record was there."""
    row = AttendeeRow
    whose = exists().where(row.id == attendee_id, recorded_at(reader, row.meeting_id))
    return and_(MARKED, whose.correlate(cast(Any, attendee_id).table))


def hearings_of(reader: Reader) -> ColumnElement[bool]:
    """When cases were heard, of those on its meeting that the reader may see: no other leaves a gap."""
    there = exists().where(ItemRow.id == ItemHearingRow.item_id, items_of(reader))
    return and_(MARKED, there.correlate(ItemHearingRow))


def absences_of(reader: Reader) -> ColumnElement[bool]:
    """Who was out of the room for a case: that may tell whom a wall is about, so only for who runs the
    meetings, of the cases they may open (Rulebook M6)."""
    if not sees_all(reader):
        return NOBODY
    there = exists().where(ItemRow.id == ItemAbsenceRow.item_id, items_of(reader))
    return and_(MARKED, there.correlate(ItemAbsenceRow))
