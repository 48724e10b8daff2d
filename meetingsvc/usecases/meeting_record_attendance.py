"""Recording who came to a meeting, who sent apologies, and that confidentiality was read out (R3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.calendar import local_day
from meetingsvc.models import (
    AgencyAttendanceRow,
    AttendeeRow,
    AttendeeStayRow,
    MeetingRow,
    StatementReadingRow,
    db,
)
from meetingsvc.permissions import Permission, Principal
from meetingsvc.store import areas, audit
from meetingsvc.store import meeting_record as store
from meetingsvc.store.meeting_record import Expected
from meetingsvc.store.scope_meeting_record import recorded_at, stays_of
from meetingsvc.usecases import meeting_record_apart, meeting_record_chair
from meetingsvc.usecases.meeting_record import held, refuse_early, refuse_over
from meetingsvc.usecases.meeting_record_hearing import keep_out
from meetingsvc.usecases.meeting_record_presence import come
from meetingsvc.usecases.transaction import saved_by
from minutes.attendance import (
    AgencyTold,
    PersonTold,
    agency_problems,
    is_stale,
    is_touched,
    person_problems,
)
from minutes.attendance_apart import Likeness, apart_problem
from minutes.attendance_chair import ChairTold


class Unfit(Exception):
    """What was typed breaks a rule: `problems` says what, by line and field. Nothing was saved."""

    def __init__(self, problems: Mapping[tuple[UUID, str], str]) -> None:
        super().__init__(", ".join(name for _, name in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Told:
    """The whole form."""

    people: Sequence[PersonTold]
    agencies: Sequence[AgencyTold]
    statement_read: bool = False
    chair: ChairTold | None = None


def save(principal: Principal, meeting_id: UUID, told: Told, now: datetime) -> frozenset[UUID]:
    """Saves every line that the person touched. Gives back those that somebody else wrote meanwhile: they
    stand as the other left them, and are shown beside what was typed; the meeting's own id where that is
    who chaired. Raises Unfit.
    """
    with saved_by(principal, Permission.MEETING_RECORD, now) as who:
        meeting = held(who, meeting_id)
        refuse_over(meeting, now)
        people, agencies = list(filter(is_touched, told.people)), list(filter(is_touched, told.agencies))
        if told.statement_read:
            refuse_early(meeting, now)
        likenesses = meeting_record_apart.likenesses(who, meeting.id, people)
        _refuse_unfit(meeting, people, agencies, likenesses, now)
        change = _Change(who, meeting, now)
        stale = {one.key for one in people if not change.person(one)}
        taken = [one for one in people if one.key not in stale]
        apart = meeting_record_apart.take(who, taken, likenesses, now)
        stale |= {one.agency_id for one in agencies if not change.agency(one)}
        if not meeting_record_chair.take(who, meeting.id, told.chair):
            stale.add(meeting.id)
        if told.statement_read:
            change.read_statement()
        keep_out(who, meeting, now)
        audit.record(
            who.account_id, who.area_id, "record.attendance", f"meeting/{meeting.id}", now,
            people=len(people), agencies=len(agencies), statement_read=told.statement_read,
            chair=told.chair is not None and told.chair.key != told.chair.was,
        )  # fmt: skip
        for row_id in apart:
            audit.record(who.account_id, who.area_id, "record.apart", f"attendee_apart/{row_id}", now)
        return frozenset(stale)


def _refuse_unfit(
    meeting: MeetingRow,
    people: Sequence[PersonTold],
    agencies: Sequence[AgencyTold],
    likenesses: Mapping[UUID, Sequence[Likeness]],
    now: datetime,
) -> None:
    today, found = local_day(now), dict[tuple[UUID, str], str]()
    for one in people:
        told = person_problems(one, meeting.sits_on, today)
        if problem := apart_problem(likenesses[one.key], one.apart):
            told["apart"] = problem
        found |= {(one.key, name): problem for name, problem in told.items()}
    for agency in agencies:
        told = agency_problems(agency, today)
        found |= {(agency.agency_id, name): problem for name, problem in told.items()}
    if found:
        raise Unfit(found)


class _Change:
    """One save of one meeting's record, which the caller holds."""

    def __init__(self, who: Principal, meeting: MeetingRow, now: datetime) -> None:
        self.who, self.meeting, self.now = who, meeting, now
        row = AttendeeRow
        there = db.session.scalars(
            select(row).where(recorded_at(who, row.meeting_id), row.meeting_id == meeting.id)
        ).all()
        self.rows = {one.account_id or one.id: one for one in there}
        self.agencies = {one.agency_id: one for one in store.said(who, meeting.id)}
        self.expected = {agency.id for agency in store.expected_agencies(meeting, self.agencies.keys())}
        self.accounts = {one.account_id: one for one in store.expected_people(self.expected)}

    def person(self, told: PersonTold) -> bool:
        """Writes one line; False where somebody else wrote there meanwhile."""
        row = self.rows.get(told.key)
        if row is not None and is_stale(told, coded(row), row.version):
            return False
        unsaid = not told.here and told.by_account if row is None else told.coded == coded(row)
        if unsaid:
            return True
        row = row or self._new(told)
        was_here = row.here
        if not told.by_account:
            row.name, row.title, row.organisation = (
                told.name.strip(), told.title.strip(), told.organisation.strip(),
            )  # fmt: skip
        if told.observer:
            row.confidential_at = (row.confidential_at or self.now) if told.signed else None
        row.here = told.here
        row.version, row.recorded_by, row.recorded_at = row.version + 1, self.who.account_id, self.now
        db.session.add(row)
        db.session.flush()
        if was_here != told.here:
            self._stay(row)
        return True

    def _new(self, told: PersonTold) -> AttendeeRow:
        row = AttendeeRow(
            id=uuid4() if told.by_account else told.key, area_id=self.who.area_id,
            meeting_id=self.meeting.id, name=told.name.strip(), title=told.title.strip(),
            organisation=told.organisation.strip(), observer=told.observer, here=False, version=0,
            agency_id=told.agency_id,
        )  # fmt: skip
        if told.by_account:
            known = self._account(told.key)
            row.account_id, row.name, row.title = known.account_id, known.name, known.role.label
            row.agency_id = known.agency_id
        elif not told.observer and told.agency_id not in self.expected:
            raise NotFound
        return row

    def _account(self, account_id: UUID) -> Expected:
        if account_id not in self.accounts:
            raise NotFound
        return self.accounts[account_id]

    def _stay(self, row: AttendeeRow) -> None:
        """Ticked: there from the beginning; once it has begun, who was taken back before is there from now.
        Taken back: their times end, and are kept (Rulebook R3)."""
        stay = AttendeeStayRow
        mine = select(stay).where(stays_of(self.who, stay.attendee_id), stay.attendee_id == row.id)
        kept = db.session.scalars(mine).all()
        if row.here:
            come(self.who, self.meeting, row, self.now if kept and self.meeting.began_at else None)
            return
        for one in kept:
            one.left_at = one.left_at or self.now
            db.session.flush()

    def agency(self, told: AgencyTold) -> bool:
        """Writes one agency's line; False where somebody else wrote there meanwhile."""
        row = self.agencies.get(told.agency_id)
        if row is not None and is_stale(told, coded_agency(row), row.version):
            return False
        if told.agency_id not in self.expected:
            raise NotFound
        row = row or AgencyAttendanceRow(
            meeting_id=self.meeting.id, agency_id=told.agency_id, area_id=self.who.area_id, version=0
        )
        row.apologies, row.information_sent, row.information_on = (
            told.apologies, told.information_sent, told.information_on,
        )  # fmt: skip
        row.version, row.recorded_by, row.recorded_at = row.version + 1, self.who.account_id, self.now
        db.session.add(row)
        db.session.flush()
        return True

    def read_statement(self) -> None:
        """Read out now: everybody who is there has been reminded of it."""
        settings = areas.settings_of(areas.by_id(self.who.area_id))
        db.session.add(
            StatementReadingRow(id=uuid4(), area_id=self.who.area_id, meeting_id=self.meeting.id,
                                text=settings.confidentiality_statement, read_at=self.now,
                                read_by=self.who.account_id)
        )  # fmt: skip
        self.meeting.began_at = self.meeting.began_at or self.now
        in_room = {one.id for one in store.attendees(self.who, self.meeting.id) if one.in_the_room}
        rows = select(AttendeeRow).where(
            recorded_at(self.who, AttendeeRow.meeting_id), AttendeeRow.id.in_(in_room)
        )
        for row in db.session.scalars(rows.where(AttendeeRow.confidential_at.is_(None))):
            row.confidential_at = self.now
        db.session.flush()


def coded(row: AttendeeRow) -> str:
    """What the record says of a person, as a line of the form does."""
    return told_of(row, row.version).coded


def told_of(row: AttendeeRow, seen: int) -> PersonTold:
    """The line of the form that says what the record does."""
    return PersonTold(
        row.account_id or row.id, row.name, row.here, row.title, row.agency_id, row.account_id is not None,
        row.organisation, row.observer, row.observer and row.confidential_at is not None, seen,
    )  # fmt: skip


def coded_agency(row: AgencyAttendanceRow) -> str:
    """What the record says of an agency, likewise."""
    return AgencyTold(row.agency_id, row.apologies, row.information_sent, row.information_on).coded
