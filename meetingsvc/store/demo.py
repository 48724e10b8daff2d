"""What the demonstration looks up of what it has made."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from agenda.meetings import MeetingKind
from meetingsvc.models import MeetingRow, PackRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import meetings_of


def marac_on(principal: Principal, day: date) -> UUID | None:
    """The MARAC of that day."""
    row = MeetingRow
    return db.session.scalar(
        select(row.id).where(meetings_of(principal), row.kind == MeetingKind.MARAC, row.sits_on == day)
    )


def packs_of(meeting_id: UUID) -> Sequence[UUID]:
    """Its packs."""
    return db.session.scalars(select(PackRow.id).where(PackRow.meeting_id == meeting_id)).all()
