"""Queries on crimes that were disclosed in a meeting, and who reads of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from agenda.meetings import case_reference
from meetingsvc.models import AgencyRow, CaseRow, CrimeRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.acting import Host
from meetingsvc.store.scope import Reader, told_at
from minutes.crimes import Crime
from minutes.worksheet import SharedCrime

_told = aliased(AgencyRow)


@dataclass(frozen=True, slots=True)
class Told:
    """A crime that one's own agency was told of, with the case and the day."""

    id: UUID
    crime: SharedCrime
    item_id: UUID
    case: str
    sits_on: date


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
    """Those of one case at one meeting."""
    rows = (
        select(CrimeRow, AgencyRow.name, _told.name)
        .join(AgencyRow, AgencyRow.id == CrimeRow.agency_id)
        .join(_told, _told.id == CrimeRow.told_id)
        .where(crimes_of(reader), CrimeRow.item_id == item_id)
        .order_by(CrimeRow.told_at, CrimeRow.id)
    )
    return tuple(_crime(*found) for found in db.session.execute(rows))


def _crime(row: CrimeRow, agency: str, told: str) -> SharedCrime:
    crime = Crime(row.text, row.agency_id, row.told_id, row.shared)
    return SharedCrime(crime, agency, told, row.told_at, row.received_at)


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
