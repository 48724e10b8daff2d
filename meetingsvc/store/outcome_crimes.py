"""Queries on crimes that were disclosed in a meeting, and who reads of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from agenda.calendar import local_day
from agenda.meetings import case_reference
from meetingsvc.models import AgencyRow, CaseRow, CrimeRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, notice_times
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, told_at
from meetingsvc.store.scope_kept import sees_all
from minutes.crimes import Crime
from minutes.worksheet import SharedCrime
from notifications.messages import Notice

_told = aliased(AgencyRow)


@dataclass(frozen=True, slots=True)
class Told:
    """A crime that one's own agency was told of, with the case and the day."""

    id: UUID
    crime: SharedCrime
    item_id: UUID
    case: str
    sits_on: date

    def waits(self, today: date) -> str:
        """`7 days ago`: since when it waits to be recorded."""
        days = (today - local_day(self.crime.at)).days
        return f"{days} day{'' if days == 1 else 's'} ago" if days > 0 else "today"


def crimes_of(reader: Reader) -> ColumnElement[bool]:
    """Disclosed crimes a reader may read: who runs the meetings; the police told, the agency that disclosed
    it; another agency only where the meeting said so (practice)."""
    row = CrimeRow
    told = told_at(reader, row.item_id)
    if isinstance(reader, Host) or reader.runs_meetings:
        return told
    own = reader.agency_id
    return and_(told, or_(row.shared, row.agency_id == own, row.told_id == own))


def at(reader: Reader, item_id: UUID) -> tuple[SharedCrime, ...]:
    """Those of one case at one meeting.

    That nobody of the police was told says who may open the case: only who runs the meetings learns it (M6).
    """
    rows = (
        select(CrimeRow, AgencyRow.name, _told.name)
        .join(AgencyRow, AgencyRow.id == CrimeRow.agency_id)
        .join(_told, _told.id == CrimeRow.told_id)
        .where(crimes_of(reader), CrimeRow.item_id == item_id)
        .order_by(CrimeRow.told_at, CrimeRow.id)
    )
    found = db.session.execute(rows).all()
    every = {row.id for row, *_ in found}
    reached = _reached(reader.area_id, every) if sees_all(reader) else every
    return tuple(_crime(*one, reached=one[0].id in reached) for one in found)


def _crime(row: CrimeRow, agency: str, told: str, *, reached: bool = True) -> SharedCrime:
    crime = Crime(row.text, row.agency_id, row.told_id, row.shared)
    return SharedCrime(crime, agency, told, row.told_at, row.received_at, reached or bool(row.received_at))


def _reached(area_id: UUID, crime_ids: Collection[UUID]) -> set[UUID]:
    """Those of which somebody of their police was told: a message was queued."""
    if not crime_ids:
        return set()
    with acting.whole_area(area_id):
        told = notice_times.told(area_id, Notice.CRIME_DISCLOSED, crime_ids)
    return {crime_id for crime_id, *_ in told}


@dataclass(frozen=True, slots=True)
class Untaken:
    """A crime that its police have not taken up, for who runs the meetings."""

    item_id: UUID
    case: str
    force: str
    reached: bool  # anybody of it was told


def untaken(who: Principal) -> list[Untaken]:
    """Those of the area, as far as the reader may see, the earliest first: the police say that they have a
    crime, or somebody asks after it (practice)."""
    if not who.runs_meetings:
        return []
    rows = (
        select(CrimeRow.id, CrimeRow.item_id, CaseRow.number, _told.name)
        .join(ItemRow, ItemRow.id == CrimeRow.item_id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .join(_told, _told.id == CrimeRow.told_id)
        .where(crimes_of(who), CrimeRow.area_id == who.area_id, CrimeRow.received_at.is_(None))
        .order_by(CrimeRow.told_at, CrimeRow.id)
    )
    found = db.session.execute(rows).all()
    reached = _reached(who.area_id, [key for key, *_ in found])
    return [
        Untaken(item_id, case_reference(number), force, key in reached)
        for key, item_id, number, force in found
    ]


def _mine(who: Principal) -> ColumnElement[bool]:
    return and_(crimes_of(who), CrimeRow.told_id == who.agency_id)


def waiting(who: Principal) -> int:
    """How many crimes one's own police force was told of and has not taken up."""
    counted = select(func.count()).select_from(CrimeRow).where(_mine(who), CrimeRow.received_at.is_(None))
    return db.session.scalar(counted) or 0


def mine(who: Principal) -> list[Told]:
    """What one's own police force was told of: what it has not taken up first, then the latest."""
    rows = (
        select(CrimeRow, AgencyRow.name, CaseRow.number, ItemRow.meeting_id)
        .join(AgencyRow, AgencyRow.id == CrimeRow.agency_id)
        .join(ItemRow, ItemRow.id == CrimeRow.item_id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(_mine(who))
        .order_by(CrimeRow.received_at.is_not(None), CrimeRow.told_at.desc(), CrimeRow.id)
    )
    found = db.session.execute(rows).all()
    days = _days(who, {meeting for *_, meeting in found})
    return [
        Told(row.id, _crime(row, agency, who.agency_name), row.item_id, case_reference(number), days[meeting])
        for row, agency, number, meeting in found
    ]


def _days(who: Principal, meeting_ids: set[UUID]) -> dict[UUID, date]:
    with acting.whole_area(who.area_id):
        rows = select(MeetingRow.id, MeetingRow.sits_on).where(MeetingRow.id.in_(meeting_ids))
        return {key: day for key, day in db.session.execute(rows)}


def one(who: Principal, crime_id: UUID) -> CrimeRow | None:
    """One that one's own police force was told of."""
    return db.session.scalar(select(CrimeRow).where(_mine(who), CrimeRow.id == crime_id))


def received(row: CrimeRow, by: UUID, now: datetime) -> None:
    """The police have it."""
    row.received_by, row.received_at = by, now
