"""Queries on rehearsals: areas in which every case is invented, and who acts in them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from agenda.meetings import MeetingState
from meetingsvc.models import AccountRow, AgencyRow, AreaRow, MeetingRow, RehearsalRow, RehearserRow, db
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Principal
from meetingsvc.store.scope import meetings_of
from notifications.outgoing import Stage

#: Areas with real cases: for whatever looks for areas.
REAL: ColumnElement[bool] = AreaRow.id.not_in(select(RehearsalRow.area_id))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The rehearsal of an area that is under way."""

    area_id: UUID
    made_by: str
    made_at: datetime
    ready_at: datetime | None


def is_one(area_id: UUID) -> bool:
    """Whether an area is a rehearsal: nothing leaves it."""
    return bool(db.session.scalar(select(exists().where(RehearsalRow.area_id == area_id))))


def keeps_in(area_id: UUID, stage: Stage) -> bool:
    """Whether it may be made there, and not sent."""
    return stage is Stage.SEND and is_one(area_id)


def under_way(area_id: UUID) -> Rehearsal | None:
    """That of a real area."""
    row = RehearsalRow
    rows = select(row.area_id, AccountRow.name, row.made_at, row.ready_at)
    named = rows.join(AccountRow, AccountRow.id == row.made_by)
    latest = named.where(row.of_id == area_id, row.ended_at.is_(None)).order_by(row.made_at.desc())
    found = db.session.execute(latest.limit(1)).one_or_none()
    return None if found is None else Rehearsal(*found)


def not_ended(area_id: UUID) -> list[RehearsalRow]:
    """Those of a real area that can still be entered, to be ended."""
    row = RehearsalRow
    rows = select(row).where(row.of_id == area_id, row.ended_at.is_(None)).with_for_update()
    return list(db.session.scalars(rows))


def as_whom(area_id: UUID, real_id: UUID) -> AccountRow | None:
    """The account by which somebody acts in a rehearsal."""
    row = RehearserRow
    rows = select(AccountRow).join(row, row.account_id == AccountRow.id)
    return db.session.scalars(rows.where(row.area_id == area_id, row.real_id == real_id)).one_or_none()


def is_of(account_id: UUID, real_id: UUID) -> bool:
    """Whether the one acts for the other."""
    row = RehearserRow
    return bool(
        db.session.scalar(select(exists().where(row.account_id == account_id, row.real_id == real_id)))
    )


def meetings(who: Principal) -> list[tuple[str, UUID, date]]:
    """Those that somebody can go to there, the latest first: kind, meeting, and the day it sits."""
    row = MeetingRow
    rows = select(row.kind, row.id, row.sits_on).where(meetings_of(who), row.state != MeetingState.CLOSED)
    found = db.session.execute(rows.order_by(row.sits_on.desc(), row.kind))
    return [(kind, meeting_id, day) for kind, meeting_id, day in found]


def people(area_id: UUID) -> list[tuple[AccountRow, AgencyRow]]:
    """Who runs an area's meetings and sits in them, and can sign in."""
    rows = select(AccountRow, AgencyRow).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    mine = rows.where(AgencyRow.area_id == area_id, AccountRow.disabled_at.is_(None))
    found = mine.where(AccountRow.role.in_(RUNS_MEETINGS | ATTENDS_MEETINGS))
    return [(account, agency) for account, agency in db.session.execute(found.order_by(AccountRow.id))]


def first_of(area_id: UUID, role: str) -> UUID | None:
    """Somebody of that role there."""
    rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
    of = rows.where(AgencyRow.area_id == area_id, AccountRow.role == role, AccountRow.disabled_at.is_(None))
    return db.session.scalar(of.order_by(AccountRow.name, AccountRow.id).limit(1))
