"""Whose offline packs a person may have (`store/scope.py`; security.md A19)."""

from sqlalchemy import ColumnElement, and_, exists

from meetingsvc.models import MeetingRow, OfflineAlarmRow, OfflineKeyRow, OfflinePackRow
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import meetings_of
from meetingsvc.store.scope_kept import MARKED, NOBODY


def offline_keys_of(reader: Principal) -> ColumnElement[bool]:
    """One's own passphrase."""
    return and_(MARKED, OfflineKeyRow.account_id == reader.account_id)


def offline_packs_of(reader: Principal) -> ColumnElement[bool]:
    """One's own, made for the agency one still works for, of meetings one may see."""
    row = OfflinePackRow
    there = exists().where(MeetingRow.id == row.meeting_id, meetings_of(reader)).correlate(row)
    return and_(MARKED, row.account_id == reader.account_id, row.agency_id == reader.agency_id, there)


def offline_alarms_of(reader: Principal) -> ColumnElement[bool]:
    """Meetings without offline packs, for who runs them."""
    if not reader.runs_meetings:
        return NOBODY
    there = exists().where(MeetingRow.id == OfflineAlarmRow.meeting_id, meetings_of(reader))
    return and_(MARKED, there.correlate(OfflineAlarmRow))
