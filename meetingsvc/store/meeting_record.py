"""Queries on the record of a meeting: who came, who was reminded of confidentiality, who heard which case."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from agenda.agencies import Agency
from agenda.panels import Works
from meetingsvc.models import (
    AccountRow,
    AgencyAttendanceRow,
    AgencyRow,
    AttendeeRow,
    AttendeeStayRow,
    ItemAbsenceRow,
    ItemHearingRow,
    ItemRow,
    MeetingRow,
    StatementReadingRow,
    db,
)
from meetingsvc.permissions import ATTENDS_MEETINGS, RUNS_MEETINGS, Role
from meetingsvc.store import acting, areas
from meetingsvc.store.accounts import agency_of
from meetingsvc.store.meeting_record_alike import must_be_apart
from meetingsvc.store.scope import Reader, items_of, meetings_of
from meetingsvc.store.scope_closed import is_closed_to
from meetingsvc.store.scope_kept import sees_all
from meetingsvc.store.scope_meeting_record import absences_of, hearings_of, recorded_at
from minutes.attendance import AgencyRecord, Attendee, Heard, MeetingRecord, Reading, Stay, heard_by
from minutes.clock import Hearing


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody with an account, of an agency that is expected."""

    account_id: UUID
    agency_id: UUID
    name: str
    role: Role


def meeting(reader: Reader, meeting_id: UUID) -> MeetingRow | None:
    """The meeting itself; None where there is none for this reader."""
    return db.session.scalar(select(MeetingRow).where(meetings_of(reader), MeetingRow.id == meeting_id))


def record(reader: Reader, meeting_id: UUID) -> MeetingRecord | None:
    """Everything on record of one meeting (Rulebook R3); None where there is none for this reader."""
    row = meeting(reader, meeting_id)
    if row is None:
        return None
    people = attendees(reader, meeting_id)
    return MeetingRecord(
        meeting_id=row.id,
        kind=row.kind,
        works=Works(row.works),
        sits_on=row.sits_on,
        starts_at=row.starts_at,
        began_at=row.began_at,
        ended_at=row.ended_at if row.works == Works.AGENDA else row.closed_at,
        agencies=_agencies(reader, row, people),
        observers=tuple(one for one in people if one.agency_id is None),
        readings=readings(reader, meeting_id),
        hearings=hearings(reader, meeting_id),
        not_reached=not_reached(reader, meeting_id),
        unread_reason=row.unread_reason,
    )


def attendees(reader: Reader, meeting_id: UUID) -> tuple[Attendee, ...]:
    """Everybody on the record, by name, with when they were there."""
    row, stay = AttendeeRow, AttendeeStayRow
    rows = (
        select(row, stay.joined_at, stay.left_at, stay.id)
        .outerjoin(stay, stay.attendee_id == row.id)
        .where(recorded_at(reader, row.meeting_id), row.meeting_id == meeting_id)
        .order_by(row.name, row.id, stay.joined_at)
    )
    found: dict[UUID, Attendee] = {}
    stays: dict[UUID, list[Stay]] = defaultdict(list)
    for person, joined_at, left_at, stay_id in db.session.execute(rows):
        found[person.id] = _attendee(person)
        if stay_id is not None:
            stays[person.id].append(Stay(joined_at, left_at))
    return tuple(replace(one, stays=tuple(stays[key])) for key, one in found.items())


def _attendee(row: AttendeeRow) -> Attendee:
    return Attendee(
        row.id, row.name, row.title, row.agency_id, row.account_id, row.organisation, row.observer, row.here,
        row.confidential_at, version=row.version, chaired=row.chaired,
    )  # fmt: skip


def expected_agencies(row: MeetingRow, also: Collection[UUID] = ()) -> list[Agency]:
    """Signatories that attend that kind of meeting, and any that came to this one."""
    return [one for one in areas.agencies(row.area_id) if one.id in also or _is_expected(one, row)]


def _is_expected(agency: Agency, row: MeetingRow) -> bool:
    return row.kind in agency.attends and agency.is_signatory(row.sits_on)


def _agencies(reader: Reader, row: MeetingRow, people: Iterable[Attendee]) -> tuple[AgencyRecord, ...]:
    of_agency: dict[UUID, list[Attendee]] = defaultdict(list)
    for one in people:
        if one.agency_id:
            of_agency[one.agency_id].append(one)
    told = {one.agency_id: one for one in said(reader, row.id)}
    return tuple(
        _agency(agency, of_agency[agency.id], told.get(agency.id))
        for agency in expected_agencies(row, of_agency.keys() | told.keys())
    )


def said(reader: Reader, meeting_id: UUID) -> list[AgencyAttendanceRow]:
    """What agencies said of their coming."""
    row = AgencyAttendanceRow
    rows = select(row).where(recorded_at(reader, row.meeting_id), row.meeting_id == meeting_id)
    return list(db.session.scalars(rows))


def _agency(agency: Agency, people: Iterable[Attendee], told: AgencyAttendanceRow | None) -> AgencyRecord:
    if told is None:
        return AgencyRecord(agency.id, agency.name, tuple(people))
    return AgencyRecord(
        agency.id, agency.name, tuple(people), told.apologies, told.information_sent, told.information_on,
        told.version,
    )  # fmt: skip


#: The accounts that take part in meetings, by name.
_PANEL = (
    select(AccountRow.id, AccountRow.agency_id, AccountRow.name, AccountRow.role)
    .where(AccountRow.role.in_(RUNS_MEETINGS | ATTENDS_MEETINGS), AccountRow.disabled_at.is_(None))
    .order_by(AccountRow.name, AccountRow.id)
)


def expected_people(agency_ids: Collection[UUID]) -> list[Expected]:
    """Who could come for these agencies: their accounts of the panel, by name."""
    found = db.session.execute(_PANEL.where(AccountRow.agency_id.in_(agency_ids)))
    return [Expected(key, agency_id, name, Role(role)) for key, agency_id, name, role in found]


def expected_at(row: MeetingRow) -> list[Expected]:
    """Who could come to a meeting for the agencies that are expected there, by name."""
    rows = _PANEL.join(AgencyRow, AgencyRow.id == AccountRow.agency_id).add_columns(AgencyRow)
    return [
        Expected(key, agency_id, name, Role(role))
        for key, agency_id, name, role, agency in db.session.execute(
            rows.where(AgencyRow.area_id == row.area_id)
        )
        if _is_expected(agency_of(agency), row)
    ]


def readings(reader: Reader, meeting_id: UUID) -> tuple[Reading, ...]:
    """When the confidentiality statement was read out, and its words."""
    row = StatementReadingRow
    rows = (
        select(row.text, row.read_at, AccountRow.name)
        .join(AccountRow, AccountRow.id == row.read_by)
        .where(recorded_at(reader, row.meeting_id), row.meeting_id == meeting_id)
        .order_by(row.read_at, row.id)
    )
    return tuple(Reading(*found) for found in db.session.execute(rows))


def hearings(reader: Reader, meeting_id: UUID) -> tuple[Hearing, ...]:
    """When each case was heard, of those that the reader may see."""
    row = ItemHearingRow
    rows = select(row.item_id, row.started_at, row.ended_at).where(
        hearings_of(reader), row.meeting_id == meeting_id
    )
    return tuple(Hearing(*found) for found in db.session.execute(rows.order_by(row.started_at, row.id)))


def not_reached(reader: Reader, meeting_id: UUID) -> dict[UUID, str]:
    """The cases that a MARAC did not reach, and why."""
    row = ItemRow
    rows = select(row.id, row.not_reached).where(
        items_of(reader), row.meeting_id == meeting_id, row.not_reached != ""
    )
    return {key: why for key, why in db.session.execute(rows)}


def present_for(reader: Reader, item_id: UUID) -> tuple[Heard, ...] | None:
    """Who heard a case (Rulebook R3); None to who may not know it: that may tell whom a wall is about, so it
    is for who runs the meetings, of the cases they may open (M6).

    Whom a wall or a restriction keeps from a case is noted as out as it begins; where nobody kept its time,
    as things stand now.
    """
    found = db.session.execute(
        select(ItemRow.meeting_id, ItemRow.case_id).where(items_of(reader), ItemRow.id == item_id)
    ).one_or_none()
    if found is None or not sees_all(reader):
        return None
    meeting_id, case_id = found
    people = attendees(reader, meeting_id)
    times = [one for one in hearings(reader, meeting_id) if one.item_id == item_id]
    kept = set() if times else must_be_out(reader.area_id, item_id, case_id, people)
    out = absent(reader, item_id).keys() | kept
    return heard_by(people, times, out)


def absent(reader: Reader, item_id: UUID) -> dict[UUID, bool]:
    """Who was out of the room for a case, and whether because they are kept from it."""
    row = ItemAbsenceRow
    rows = select(row.attendee_id, row.kept).where(absences_of(reader), row.item_id == item_id)
    return {key: kept for key, kept in db.session.execute(rows)}


def must_be_out(area_id: UUID, item_id: UUID, case_id: UUID, people: Collection[Attendee]) -> set[UUID]:
    """Of these attendees, whom a wall or a restriction keeps from the case, and whose typed name reads like
    somebody's on it (Rulebook F3, M6)."""
    accounts = {one.account_id: one.id for one in people if one.account_id}
    kept = {accounts[key] for key in kept_from(case_id, accounts.keys())}
    return kept | must_be_apart(area_id, item_id, people)


def kept_from(case_id: UUID, account_ids: Collection[UUID]) -> set[UUID]:
    """Of these accounts, those that may not open the case, whatever else they may (`scope_kept.open_to`)."""
    if not account_ids:
        return set()
    account = AccountRow
    with acting.service():
        closed = select(account.id).where(account.id.in_(account_ids), is_closed_to(account, case_id))
        return set(db.session.scalars(closed))
