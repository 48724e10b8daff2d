"""What the demonstration looks up of what it has made."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from agenda.meetings import MeetingKind, MeetingState
from meetingsvc.models import ActionRow, CaseRow, ItemRow, MeetingRow, NoteRow, PackRow, TransferRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store.scope import actions_of, items_of, meetings_of, told_on
from minutes.actions import Status


class ToldOf(NamedTuple):
    """A case of which agencies told something."""

    case_id: UUID
    number: int
    victim_id: UUID


def marac_on(principal: Principal, day: date) -> UUID | None:
    """The MARAC of that day."""
    row = MeetingRow
    return db.session.scalar(
        select(row.id).where(meetings_of(principal), row.kind == MeetingKind.MARAC, row.sits_on == day)
    )


def on_open_agenda(principal: Principal) -> tuple[UUID | None, list[tuple[UUID, UUID, UUID]]]:
    """The MARAC taking referrals, and its cases with a known perpetrator: case, victim, perpetrator."""
    row = MeetingRow
    is_open = row.kind == MeetingKind.MARAC, row.state == MeetingState.OPEN
    meeting_id = db.session.scalar(select(row.id).where(meetings_of(principal), *is_open))
    cases = (
        select(CaseRow.id, CaseRow.victim_id, CaseRow.perpetrator_id)
        .join(ItemRow, ItemRow.case_id == CaseRow.id)
        .where(items_of(principal), ItemRow.meeting_id == meeting_id, CaseRow.perpetrator_id.is_not(None))
        .order_by(CaseRow.number)
    )
    found = db.session.execute(cases).all()
    return meeting_id, [(case, victim, other) for case, victim, other in found if victim and other]


def packs_of(meeting_id: UUID) -> Sequence[UUID]:
    """Its packs."""
    return db.session.scalars(select(PackRow.id).where(PackRow.meeting_id == meeting_id)).all()


def actions_due(principal: Principal, day: date) -> Sequence[UUID]:
    """Open actions due by that day, in an order that is the same each time."""
    row = ActionRow
    due = select(row.id).where(actions_of(principal), row.status == Status.OPEN, row.due <= day)
    return db.session.scalars(due.order_by(row.due, row.set_at, row.what, row.id)).all()


def transfer_of(principal: Principal, case_id: UUID) -> UUID:
    """The transfer of a case that is on its way."""
    row = TransferRow
    return db.session.scalars(
        select(row.id).where(told_on(principal, row.case_id), row.case_id == case_id)
    ).one()


def told_by_many(principal: Principal) -> list[ToldOf]:
    """The cases that agencies told something of: what most of them told of comes first."""
    case, told = CaseRow, func.count(NoteRow.agency_id.distinct())
    rows = (
        select(case.id, case.number, case.victim_id)
        .join(ItemRow, ItemRow.case_id == case.id).join(NoteRow, NoteRow.item_id == ItemRow.id)
        .where(items_of(principal), case.perpetrator_id.is_not(None))
        .group_by(case.id, case.number, case.victim_id).order_by(told.desc(), case.number)
    )  # fmt: skip
    found = db.session.execute(rows)
    return [ToldOf(key, number, victim) for key, number, victim in found if victim]
