"""Builds minutes of a meeting: one version that is issued with a copy of it, and a draft that corrects it."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from meetingsvc.models import (
    AccountRow,
    ItemRow,
    MinutesCaseRow,
    MinutesCopyRow,
    MinutesRow,
    MinutesWriterRow,
    db,
)
from minutes.minutes import Attendance, CaseMinutes, kept
from tests.a_marac import NOW


def some_minutes(item_id: UUID, account_id: UUID, at: datetime = NOW, notes: str = "-") -> None:
    """Of the item's meeting, inside a transaction."""
    item = db.session.get_one(ItemRow, item_id)
    for version in (1, 2):
        key = uuid4()
        db.session.add(
            MinutesRow(id=key, area_id=item.area_id, meeting_id=item.meeting_id, version=version, what="-",
                       why="-", head=kept(Attendance("", "", "")), drafted_by=account_id, drafted_at=at,
                       sends=0, sent_back="", approved_at=at if version == 1 else None)
        )  # fmt: skip
        db.session.flush()
        db.session.add(
            MinutesCaseRow(minutes_id=key, item_id=item_id, area_id=item.area_id, said="", version=0,
                           told=kept(CaseMinutes(case="-", notes=notes)))
        )  # fmt: skip
        db.session.add(MinutesWriterRow(minutes_id=key, account_id=account_id, area_id=item.area_id))
        db.session.add(
            MinutesCopyRow(area_id=item.area_id, minutes_id=key, account_id=account_id, copy_number=1,
                           agency_id=db.session.get_one(AccountRow, account_id).agency_id, made_at=at,
                           expires_at=at + timedelta(days=14), fetches=0, cases=[], content=b"-")
        )  # fmt: skip
        db.session.flush()
