"""What the daily meetings left behind each line of an agenda (Rulebook M1)."""

from collections import defaultdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from meetingsvc.models import ActionRow, ItemRow, MeetingRow, OutcomeRow, db

_HEARD, _DAILY = aliased(ItemRow), aliased(MeetingRow)  # once for all statements


def referred(meeting_id: UUID, *seen: ColumnElement[bool]) -> dict[UUID, list[tuple[datetime, date]]]:
    """When, and at which daily meeting, each line was referred."""
    line, heard, daily = ItemRow, _HEARD, _DAILY
    rows = (
        select(line.id, OutcomeRow.recorded_at, daily.sits_on)
        .join(OutcomeRow, OutcomeRow.marac_item_id == line.id)
        .join(heard, heard.id == OutcomeRow.item_id)
        .join(daily, daily.id == heard.meeting_id)
        .where(line.meeting_id == meeting_id, *seen)
    )
    found: dict[UUID, list[tuple[datetime, date]]] = defaultdict(list)
    for key, at, day in db.session.execute(rows):
        found[key].append((at, day))
    return found


def actions(meeting_id: UUID, *seen: ColumnElement[bool]) -> dict[UUID, int]:
    """How many actions the daily meetings recommended for each line."""
    line = ItemRow
    rows = (
        select(line.id, func.count())
        .join(OutcomeRow, OutcomeRow.marac_item_id == line.id)
        .join(ActionRow, ActionRow.item_id == OutcomeRow.item_id)
        .where(line.meeting_id == meeting_id, *seen)
        .group_by(line.id)
    )
    return {key: count for key, count in db.session.execute(rows)}
