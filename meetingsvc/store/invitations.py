"""Queries on calendar entries, who is invited, and what they answered."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select

from agenda.calendar import LONDON
from agenda.meetings import MeetingKind
from meetingsvc.models import AccountRow, AgencyRow, CalendarEntryRow, InvitationRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store.scope import meetings_of
from notifications.answers import Answer
from notifications.invites import Entry


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who was invited, and whether they come. An answer about an earlier day is none."""

    account_id: UUID
    person: str
    agency: str
    answer: Answer | None
    answered_at: datetime | None

    @property
    def words(self) -> str:
        """As the page says it."""
        return self.answer.words if self.answer else "No answer yet"


def series_uid(area_id: UUID, name: str = MeetingKind.MARAC) -> str:
    """Of an area's series of meetings: it says neither which area nor which meetings."""
    return str(uuid5(area_id, name))


def own_uid(meeting_id: UUID) -> str:
    """Of a sitting that is in no series."""
    return str(uuid5(meeting_id, "calendar"))


def day_uid(area_id: UUID, meets: date, step: str) -> str:
    """Of a day by which something is done for the meeting that was first to sit then; wherever it moves."""
    return str(uuid5(area_id, f"{meets} {step}"))


def latest(meeting_id: UUID) -> CalendarEntryRow | None:
    """A meeting as calendars have it. To be asked as the service, as everything here that gives rows."""
    row = CalendarEntryRow
    rows = select(row).where(row.meeting_id == meeting_id).order_by(row.sequence.desc()).limit(1)
    return db.session.scalars(rows).one_or_none()


def is_overtaken(meeting_id: UUID, sequence: int) -> bool:
    """Whether a later entry says what is true."""
    last = latest(meeting_id)
    return last is not None and sequence < last.sequence


def at(meeting_id: UUID, sequence: int) -> tuple[Entry, str]:
    """The entry that a mail carries, and its organiser; none where that is the service's own address."""
    row = CalendarEntryRow
    rows = select(row).where(row.meeting_id == meeting_id, row.sequence == sequence)
    found = db.session.scalars(rows).one()
    return entry(found), found.organiser


def entry(row: CalendarEntryRow) -> Entry:
    """As calendars are told it, on the wall clock."""
    replaces = row.replaces.astimezone(LONDON) if row.replaces else None
    return Entry(row.uid, row.sequence, row.at, row.starts_at.astimezone(LONDON), row.minutes, replaces,
                 row.cancelled)  # fmt: skip


def is_taken(uid: str, replaces: datetime) -> bool:
    """Whether a meeting stands for that day of the series already."""
    row = CalendarEntryRow
    rows = select(row.meeting_id).where(row.uid == uid, row.replaces == replaces).limit(1)
    return db.session.scalar(rows) is not None


def latest_of_area(area_id: UUID) -> dict[UUID, CalendarEntryRow]:
    """Every meeting of an area as calendars have it."""
    row = CalendarEntryRow
    last = select(row.meeting_id, func.max(row.sequence).label("top")).group_by(row.meeting_id).subquery()
    rows = select(row).join(last, (last.c.meeting_id == row.meeting_id) & (last.c.top == row.sequence))
    return {found.meeting_id: found for found in db.session.scalars(rows.where(row.area_id == area_id))}


def meant(uid: str, replaces: datetime | None) -> CalendarEntryRow | None:
    """What an answer is about; of a series, the one sitting it names."""
    row = CalendarEntryRow
    same = row.replaces.is_(None) if replaces is None else row.replaces == replaces
    rows = select(row).where(row.uid == uid, same).order_by(row.sequence.desc()).limit(1)
    return db.session.scalars(rows).one_or_none()


def of_meeting(meeting_id: UUID) -> dict[UUID, InvitationRow]:
    """Who is invited to it."""
    rows = select(InvitationRow).where(InvitationRow.meeting_id == meeting_id)
    return {row.account_id: row for row in db.session.scalars(rows)}


def by_address(meeting_id: UUID, address: str) -> InvitationRow | None:
    """The invitation of the one live account with that address."""
    row, account = InvitationRow, AccountRow
    rows = select(row).join(account, account.id == row.account_id)
    found = db.session.scalars(
        rows.where(row.meeting_id == meeting_id, func.lower(account.email) == address,
                   account.disabled_at.is_(None)).with_for_update(of=row)
    ).all()  # fmt: skip
    return found[0] if len(found) == 1 else None


def who_comes(reader: Principal, meeting_id: UUID) -> list[Invited]:
    """Who is invited, by agency and name, and whether they come to it as it stands now: for who runs the
    meeting, where it is not hidden from them."""
    seen = select(MeetingRow.id).where(meetings_of(reader), MeetingRow.id == meeting_id)
    if not reader.runs_meetings or db.session.scalar(seen) is None:
        return []
    with acting.whole_area(reader.area_id):
        return _invited(meeting_id)


def _invited(meeting_id: UUID) -> list[Invited]:
    row = InvitationRow
    rows = (
        select(row, AccountRow.name, AgencyRow.name)
        .join(AccountRow, AccountRow.id == row.account_id)
        .join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        .where(row.meeting_id == meeting_id, AccountRow.disabled_at.is_(None))
        .order_by(AgencyRow.name, AccountRow.name, AccountRow.id)
    )
    now_at = _from_sequence(meeting_id)
    return [
        Invited(one.account_id, person, agency, _standing(one, now_at), one.answered_at)
        for one, person, agency in db.session.execute(rows)
    ]


def of_account(account_id: UUID) -> dict[UUID, Answer | None]:
    """The meetings somebody is invited to, and what they answered of each as it stands now."""
    row = InvitationRow
    rows = db.session.scalars(select(row).where(row.account_id == account_id)).all()
    return {one.meeting_id: _standing(one, _from_sequence(one.meeting_id)) for one in rows}


def _standing(row: InvitationRow, sequence: int) -> Answer | None:
    """What somebody answered, where it is about the meeting as it stands."""
    return Answer(row.answer) if row.answered is not None and row.answered >= sequence else None


def _from_sequence(meeting_id: UUID) -> int:
    now_at = latest(meeting_id)
    return now_at.sequence if now_at else 0
