"""Recording who chaired a meeting (Rulebook R3)."""

from uuid import UUID

from sqlalchemy import select

from meetingsvc.models import AttendeeRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import meeting_record as store
from meetingsvc.store.scope_meeting_record import recorded_at
from minutes.attendance_chair import ChairTold, key_of, who_chaired


def take(who: Principal, meeting_id: UUID, told: ChairTold | None) -> bool:
    """Keeps who chaired, of who is here: part of the save of the record, after its lines are written. False
    where they are not here, or where somebody else chose another meanwhile: then that one stands."""
    if told is None or told.key is None or told.key == told.was:
        return True
    people = store.attendees(who, meeting_id)
    chosen = next((one for one in people if one.here and key_of(one) == told.key), None)
    if chosen is None or key_of(who_chaired(people)) not in (told.was, told.key):
        return False
    row = AttendeeRow
    mine = select(row).where(recorded_at(who, row.meeting_id), row.meeting_id == meeting_id)
    for one in db.session.scalars(mine.order_by(row.id)).all():
        one.chaired = one.id == chosen.id
        db.session.flush()
    return True
