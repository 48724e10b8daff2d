"""Builds what a meeting leaves behind before it can be closed: who came, and what of telling the victim."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from meetingsvc.models import (
    AccountRow,
    AgencyAttendanceRow,
    AttendeeApartRow,
    AttendeeRow,
    AttendeeStayRow,
    Base,
    ItemAbsenceRow,
    ItemHearingRow,
    ItemRow,
    MeetingRow,
    StatementReadingRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW
from tests.a_telling import told_all


def came(who: Principal, meeting_id: UUID, at: datetime = NOW) -> UUID:
    """That person was there from the beginning: their line on the record."""
    rows = select(AttendeeRow).where(
        AttendeeRow.meeting_id == meeting_id, AttendeeRow.account_id == who.account_id
    )
    if (there := db.session.scalar(rows)) is not None:
        return there.id
    row = AttendeeRow(
        id=uuid4(), area_id=who.area_id, meeting_id=meeting_id, agency_id=who.agency_id,
        account_id=who.account_id, name=who.name, title="", organisation="", observer=False, here=True,
        confidential_at=at, version=1, recorded_by=who.account_id, recorded_at=at,
    )  # fmt: skip
    with saved():
        db.session.add(row)
        db.session.flush()
        db.session.add(AttendeeStayRow(id=uuid4(), area_id=who.area_id, attendee_id=row.id))
    return row.id


def somebody(role: Role) -> Principal:
    """The first with that role."""
    account_id = db.session.scalars(select(AccountRow.id).where(AccountRow.role == role).limit(1)).one()
    found = accounts.principal(account_id, NOW)
    assert found is not None
    return found


def nothing_missing(who: Principal, meeting_id: UUID | None = None, at: datetime = NOW) -> None:
    """Somebody came to the meeting (or to every one), and of every case telling the victim is unsafe."""
    meetings = select(MeetingRow.id)
    for key in db.session.scalars(meetings).all() if meeting_id is None else [meeting_id]:
        came(who, key, at)
    told_all(who, at)


def everything_of(item_id: UUID, account_id: UUID, at: datetime = NOW) -> None:
    """A row of each kind, inside a transaction: who came and stayed, who was out, what was said and heard."""
    item = db.session.get_one(ItemRow, item_id)
    area_id, meeting_id = item.area_id, item.meeting_id
    agency_id = db.session.get_one(AccountRow, account_id).agency_id
    attendee = uuid4()
    by = {"recorded_by": account_id, "recorded_at": at}
    rows: list[Base] = [
        AgencyAttendanceRow(meeting_id=meeting_id, agency_id=agency_id, area_id=area_id, apologies=True,
                            information_sent=False, version=1, **by),
        AttendeeRow(id=attendee, area_id=area_id, meeting_id=meeting_id, agency_id=agency_id,
                    account_id=account_id, name="Ida Voss", title="", organisation="", observer=False,
                    here=True, confidential_at=at, version=1, **by),
        AttendeeStayRow(area_id=area_id, attendee_id=attendee),
        ItemAbsenceRow(item_id=item_id, attendee_id=attendee, area_id=area_id, kept=True, **by),
        ItemHearingRow(area_id=area_id, meeting_id=meeting_id, item_id=item_id, started_at=at, ended_at=at,
                       started_by=account_id),
        StatementReadingRow(area_id=area_id, meeting_id=meeting_id, text="-", read_at=at, read_by=account_id),
        AttendeeApartRow(area_id=area_id, attendee_id=attendee, item_id=item_id, name="Ida Voss",
                         part="victim", reason="-", said_by=account_id, said_at=at),
    ]  # fmt: skip
    for row in rows:
        db.session.add(row)
        db.session.flush()
