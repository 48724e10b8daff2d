"""Whom and what a meeting hears, for what is sent about it (Rulebook F3, M6)."""

from uuid import UUID

from sqlalchemy import select

from agenda.panels import Family, Works
from meetingsvc.models import ItemRow, MeetingRow, db


def heard_at(meeting: MeetingRow) -> frozenset[UUID]:
    """The cases that news of a meeting is about: an emergency MARAC's own, and all that an agenda of
    exploitation hears, which there only is where it hears somebody. To be called as the service.

    Of a list, and of another MARAC, none: there is one whoever it hears.
    """
    own = frozenset({meeting.case_id} if meeting.case_id else ())
    if (meeting.family, meeting.works) != (Family.EXPLOITATION, Works.AGENDA):
        return own
    on = select(ItemRow.case_id).where(ItemRow.meeting_id == meeting.id)
    return own | frozenset(db.session.scalars(on))
