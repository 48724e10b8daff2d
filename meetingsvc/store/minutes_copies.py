"""Queries on readers' own copies of minutes, and who has made which (Rulebook S3, V5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select

from agenda.calendar import local_day
from meetingsvc.models import AccountRow, AgencyRow, ItemRow, MinutesCopyRow, MinutesRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.scope import items_of
from meetingsvc.store.scope_minutes import minutes_copies_of, minutes_of


@dataclass(frozen=True, slots=True)
class MyCopy:
    """The copy of a meeting's minutes that a person can still download."""

    id: UUID
    minutes_id: UUID
    version: int
    number: int
    made_at: datetime
    expires_at: datetime
    fetches: int

    @property
    def last_day(self) -> date:
        """The last day on which it can be downloaded."""
        return local_day(self.expires_at) - timedelta(days=1)


def mine(who: Principal, meeting_id: UUID, now: datetime) -> MyCopy | None:
    """One's own copy, where one has one that still can be downloaded."""
    row = MinutesCopyRow
    rows = (
        select(row.id, row.minutes_id, MinutesRow.version, row.copy_number, row.made_at, row.expires_at,
               row.fetches)
        .join(MinutesRow, MinutesRow.id == row.minutes_id)
        .where(minutes_copies_of(who), minutes_of(who), MinutesRow.meeting_id == meeting_id)
        .where(row.content.is_not(None), row.expires_at > now)
        .order_by(row.made_at.desc(), row.copy_number.desc())
    )  # fmt: skip
    found = db.session.execute(rows.limit(1)).one_or_none()
    return MyCopy(*found) if found else None


def next_number(area_id: UUID, minutes_id: UUID) -> int:
    """Copies of one version are numbered from 1; the area is held meanwhile."""
    row = MinutesCopyRow
    with acting.whole_area(area_id):
        last = select(func.max(row.copy_number)).where(row.area_id == area_id, row.minutes_id == minutes_id)
        return (db.session.scalar(last) or 0) + 1


@dataclass(frozen=True, slots=True)
class Made:
    """One copy in the register."""

    agency: str
    person: str
    version: int
    number: int
    made_at: datetime
    first_fetched: datetime | None
    fetches: int
    gone: bool  # replaced, corrected, refused or expired: it can no longer be downloaded


def register(who: Principal, meeting_id: UUID) -> list[Made]:
    """Who has made and downloaded a copy of a meeting's minutes, for who runs meetings; nothing where no case
    of the meeting is open to them (Rulebook M6)."""
    row = MinutesCopyRow
    there = exists().where(ItemRow.meeting_id == meeting_id, items_of(who))
    rows = (
        select(AgencyRow.name, AccountRow.name, MinutesRow.version, row.copy_number, row.made_at,
               row.fetched_at, row.fetches, row.content.is_(None))
        .join(MinutesRow, MinutesRow.id == row.minutes_id)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == row.agency_id)
        .where(minutes_of(who), MinutesRow.meeting_id == meeting_id, there)
        .order_by(MinutesRow.version.desc(), AgencyRow.name, AccountRow.name, row.copy_number)
    )  # fmt: skip
    return [Made(*found) for found in db.session.execute(rows)]


def expired(now: datetime) -> list[tuple[UUID, UUID]]:
    """Copies past their last day whose content is still there, each with its area: the service's own work."""
    row = MinutesCopyRow
    rows = select(row.id, row.area_id).where(row.expires_at <= now, row.content.is_not(None))
    return [(key, area_id) for key, area_id in db.session.execute(rows.order_by(row.made_at, row.id))]
