"""Lines of the access log on meetings of panels that are not the reader's (Rulebook D1, E4)."""

from sqlalchemy import ColumnElement, select

from meetingsvc.models import (
    AuditRow,
    MeetingRow,
    MinutesCopyRow,
    MinutesRow,
    OfflinePackRow,
    PackCopyRow,
    PackRow,
    db,
)
from meetingsvc.permissions import Principal
from meetingsvc.store import acting


def none_of_others(principal: Principal) -> ColumnElement[bool]:
    """None of a meeting of another family of panels, nor of what was made of one."""
    row, pack, minutes = MeetingRow, PackRow, MinutesRow
    theirs = row.area_id == principal.area_id, row.family.not_in(sorted(principal.families))
    meetings = select(row.id).where(*theirs)
    packs = select(pack.id).where(pack.meeting_id.in_(meetings))
    written = select(minutes.id).where(minutes.meeting_id.in_(meetings))
    made = (
        ("meeting", meetings),
        ("pack", packs),
        ("copy", select(PackCopyRow.id).where(PackCopyRow.pack_id.in_(packs))),
        ("offline_pack", select(OfflinePackRow.id).where(OfflinePackRow.meeting_id.in_(meetings))),
        ("minutes_copy", select(MinutesCopyRow.id).where(MinutesCopyRow.minutes_id.in_(written))),
    )
    with acting.whole_area(principal.area_id):
        hidden = [f"{kind}/{key}" for kind, rows in made for key in db.session.scalars(rows)]
    return AuditRow.subject.not_in(hidden)
