"""Queries on minutes: their versions, and what each reader may read of one (Rulebook R1, S3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from agenda.calendar import local_day
from agenda.meetings import MeetingState
from agenda.need_to_know import is_closed
from agenda.panels import Works
from meetingsvc.models import (
    AccountRow,
    ItemRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesRow,
    MinutesWriterRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import actions, areas, closed_cases, marac_waiting
from meetingsvc.store.actions import Action
from meetingsvc.store.meeting_record_cases import cases as numbered
from meetingsvc.store.scope import Reader
from meetingsvc.store.scope_minutes import minutes_cases_of, minutes_of, writers_of
from minutes.minutes import Attendance, CaseMinutes, Sight, extract


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a meeting's minutes."""

    id: UUID
    number: int
    what: str
    why: str
    head: Attendance
    drafted_by: UUID
    drafter: str
    drafted_at: datetime
    sent_at: datetime | None
    sends: int
    sent_back: str
    approver: str
    approved_at: datetime | None

    @property
    def is_approved(self) -> bool:
        """Issued to those who attend, and changed no more."""
        return self.approved_at is not None

    @property
    def is_open(self) -> bool:
        """The drafter writes in it still."""
        return self.sent_at is None and not self.is_approved


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What a version says of one case, to one reader."""

    item_id: UUID
    case_id: UUID
    number: str  # as everybody calls it (agenda.list_numbers)
    told: CaseMinutes
    said: str
    version: int  # of what was said
    actions: tuple[Action, ...]  # as they stand now (Rulebook A3)
    asks_why: bool = False  # closed: it stands by its number alone until the reader says why (security.md A5)
    to_confirm: bool = False  # another wrote what was said, and nobody has read it over


def has_ended(reader: Reader, meeting: MeetingRow) -> bool:
    """Whether there is a record to draft from: a daily meeting once closed, a MARAC once it was heard. Of one
    said not to have sat, for who may see a case that it decided (Rulebook M4, M6)."""
    if meeting.works == Works.AGENDA and meeting.state == MeetingState.CANCELLED:
        return marac_waiting.has_decided(reader, meeting.id)
    over = MeetingState.HEARD if meeting.works == Works.AGENDA else MeetingState.CLOSED
    return meeting.state == over


def versions(reader: Reader, meeting_id: UUID) -> list[Version]:
    """Those the reader may read, the newest first."""
    row, drafter, approver = MinutesRow, aliased(AccountRow), aliased(AccountRow)
    rows = (
        select(row, drafter.name, approver.name)
        .join(drafter, drafter.id == row.drafted_by)
        .outerjoin(approver, approver.id == row.approved_by)
        .where(minutes_of(reader), row.meeting_id == meeting_id)
        .order_by(row.version.desc())
    )
    return [_version(*found) for found in db.session.execute(rows)]


def _version(row: MinutesRow, drafter: str, approver: str | None) -> Version:
    return Version(
        row.id, row.version, row.what, row.why, Attendance.of(row.head), row.drafted_by, drafter,
        row.drafted_at, row.sent_at, row.sends, row.sent_back, approver or "", row.approved_at,
    )  # fmt: skip


def writers(reader: Reader, meeting_id: UUID) -> set[UUID]:
    """Everybody who drafted, wrote in or sent any version of a meeting's minutes, for who runs meetings."""
    row = MinutesWriterRow
    rows = select(row.account_id).join(MinutesRow, MinutesRow.id == row.minutes_id)
    return set(db.session.scalars(rows.where(writers_of(reader), MinutesRow.meeting_id == meeting_id)))


def cases(who: Principal, meeting: MeetingRow, version: Version, now: datetime) -> list[CaseLine]:
    """What a version says of the cases open to the reader at this moment, in the meeting's order, each with
    its actions as they stand; of another they learn not even that there is one (Rulebook M6, S3, A3).

    Of a closed case, its number alone, until they have said why they read it (security.md A5).
    """
    row = MinutesCaseRow
    rows = (
        select(row, ItemRow.case_id)
        .join(ItemRow, ItemRow.id == row.item_id)
        .where(minutes_cases_of(who), row.minutes_id == version.id)
    )
    found = {one.item_id: (one, case_id) for one, case_id in db.session.execute(rows)}
    closed = _closed(who, (case_id for _, case_id in found.values()), meeting.sits_on, local_day(now))
    set_there = actions.at(who, found.keys())
    return [
        _closed_line(one, case_id, line.number)
        if case_id in closed
        else _line(who, one, case_id, line.number, set_there.get(one.item_id, ()))
        for line in numbered(who, meeting, now)
        if line.item_id in found
        for one, case_id in (found[line.item_id],)
    ]


def _closed(who: Principal, case_ids: Iterable[UUID], sat_on: date, today: date) -> set[UUID]:
    """Those that ask why; of a meeting that was not long ago, none: each was heard there."""
    after = areas.settings_of(areas.by_id(who.area_id)).closed_after_days
    if not is_closed([sat_on], False, today, after):
        return set()
    return {case_id for case_id in case_ids if closed_cases.asks_why(who, case_id, today)}


def _closed_line(row: MinutesCaseRow, case_id: UUID, number: str) -> CaseLine:
    return CaseLine(row.item_id, case_id, number, CaseMinutes(""), "", row.version, (), asks_why=True)


def _line(
    who: Principal, row: MinutesCaseRow, case_id: UUID, number: str, set_there: Iterable[Action]
) -> CaseLine:
    sight = Sight(who.agency_id, who.runs_meetings, who.role is Role.IDVA)
    told = extract(CaseMinutes.of(row.told), sight)
    unread = bool(row.said) and not told.confirmed_by and row.said_by != who.account_id
    return CaseLine(
        row.item_id, case_id, number, told, row.said, row.version, tuple(set_there), to_confirm=unread
    )
