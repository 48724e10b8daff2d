"""What the demonstration looks up of what it has made."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from agenda.meetings import MeetingKind
from meetingsvc.models import ActionRow, MeetingRow, PackRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import actions_of, meetings_of
from minutes.actions import Status


def marac_on(principal: Principal, day: date) -> UUID | None:
    """The MARAC of that day."""
    row = MeetingRow
    return db.session.scalar(
        select(row.id).where(meetings_of(principal), row.kind == MeetingKind.MARAC, row.sits_on == day)
    )


def packs_of(meeting_id: UUID) -> Sequence[UUID]:
    """Its packs."""
    return db.session.scalars(select(PackRow.id).where(PackRow.meeting_id == meeting_id)).all()


def actions_due(principal: Principal, day: date) -> Sequence[UUID]:
    """Open actions due by that day, in an order that is the same each time."""
    row = ActionRow
    due = select(row.id).where(actions_of(principal), row.status == Status.OPEN, row.due <= day)
    return db.session.scalars(due.order_by(row.due, row.set_at, row.what, row.id)).all()
