"""Notes of exploitation meetings reach who attended and contributed: the SQL is the rule (Rulebook E4)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from agenda import calendar
from agenda.agencies import AgencyKind
from agenda.panel_kept import of_meeting
from agenda.panels import DREAM, MACE, Family
from meetingsvc.models import (
    AccountFamilyRow,
    AccountRow,
    AgencyRow,
    AttendeeRow,
    ItemAbsenceRow,
    ItemRow,
    MeetingRow,
    MinutesCaseRow,
    MinutesRow,
    NoteRow,
    OutcomeRow,
    ResearchAnswerRow,
    ResearchNamedRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, acting, outcomes, research_named
from meetingsvc.store.scope_contributed import answers_of, contributed, notes_of, reaches
from meetingsvc.store.scope_minutes import minutes_cases_of, minutes_of
from meetingsvc.usecases import agencies, areas
from meetingsvc.usecases.transaction import saved
from minutes.contributed import Attended, Contribution, Meeting, refused
from minutes.minutes import Attendance, CaseMinutes, kept
from tests.a_care_document import put_child
from tests.a_marac import NOW
from tests.builders import BEFORE_ALL

DAY = date(2026, 11, 2)
MEETINGS, HOUR = 24, timedelta(hours=1)
#: From the end of the day on: as some meetings are closed, before and after it, and around midnight.
BROUGHT = (-10 * HOUR, -9 * HOUR, -8 * HOUR, timedelta(seconds=-1), timedelta(), HOUR)
NOTED = "as the meeting noted it"
WHO = tuple[UUID, UUID]  # account and agency
Seen = tuple[set[UUID], set[UUID], set[UUID], set[UUID]]


class Ground:
    """Meetings drawn by lot: who was there, who was out, which agency brought what, and when it ended."""

    def __init__(self) -> None:
        self.lot = Random(4)
        self.area_id = areas.create("northcontributed", DAY, BEFORE_ALL)
        self.meetings: dict[UUID, Meeting] = {}
        self.items: dict[UUID, UUID] = {}  # item to meeting
        self.notes: dict[UUID, tuple[UUID, UUID]] = {}  # note to item and agency
        self.answers: dict[UUID, tuple[UUID, UUID]] = {}  # the same of what was answered
        with saved():
            self.agencies = [self._agency(n) for n in range(3)]
            twice = sorted(self.agencies * 2)
            self.people = [self._account(agency, Role.REPRESENTATIVE) for agency in twice]
            self.runner = self._account(self.agencies[0], Role.COORDINATOR)
            self.children = [put_child(self.area_id, 500_000_100 + n, f"Child{n}") for n in range(2)]
            for number in range(MEETINGS):
                self._meeting(number)
        db.session.remove()

    def _agency(self, number: int) -> UUID:
        since = date(2026, 1, 5)
        key = agencies.create(self.area_id, f"Agency {number}", AgencyKind.HEALTH, since, "test", NOW)
        db.session.get_one(AgencyRow, key).attends |= {MACE.code, DREAM.code}
        db.session.flush()
        return key

    def _account(self, agency: UUID, role: Role) -> WHO:
        row = AccountRow(id=uuid4(), agency_id=agency, role=role, name="-", password_hash="-",
                         email=f"{uuid4()}@northtest.example", created_at=NOW)  # fmt: skip
        db.session.add(row)
        db.session.flush()
        if role is Role.COORDINATOR:
            row.families = {AccountFamilyRow(family=one, granted_at=NOW) for one in Family}
            db.session.flush()
        return row.id, agency

    def _meeting(self, number: int) -> None:
        lot, panel = self.lot, (MACE, DREAM)[number % 2]
        day = DAY + timedelta(number * 16)  # in summer and in winter time
        over = calendar.day_end(day)
        ended = lot.choice((over - 9 * HOUR, over - 9 * HOUR, over + HOUR, None))
        row = MeetingRow(id=uuid4(), area_id=self.area_id, sits_on=day, starts_at=over - 12 * HOUR,
                         built_at=NOW, supplements=0, state="heard" if panel is MACE else "closed",
                         **of_meeting(panel))  # fmt: skip
        # An agenda is closed long before it is heard: that ends no contribution.
        row.ended_at, row.closed_at = (ended, over - 18 * HOUR) if panel is MACE else (None, ended)
        self._add(row)
        items = [self._item(row, case, place) for place, case in enumerate(self.children)]
        there, brought = self._there(row.id, items), self._brought(items, over)
        self.meetings[row.id] = Meeting(tuple(there), tuple(brought), day, ended)
        self._minutes(row.id, items)
        for item in items:
            self._add(OutcomeRow(item_id=item, area_id=self.area_id, version=1, risk="high", refer=False,
                                 proposed_why="", notes=NOTED, group_reason="", recorded_by=self.runner[0],
                                 recorded_at=NOW))  # fmt: skip

    def _add(self, row: object) -> None:
        db.session.add(row)
        db.session.flush()

    def _item(self, meeting: MeetingRow, case: UUID, place: int) -> UUID:
        key = uuid4()
        self._add(ItemRow(id=key, area_id=self.area_id, meeting_id=meeting.id, case_id=case, position=place,
                          risk="high", repeat=False, victim_known=True))  # fmt: skip
        self.items[key] = meeting.id
        return key

    def _there(self, meeting_id: UUID, items: list[UUID]) -> list[Attended]:
        found = []
        for account, agency in self.lot.sample(self.people, 4):
            came_for = agency if self.lot.random() < 0.8 else self.lot.choice(self.agencies)
            row = AttendeeRow(id=uuid4(), area_id=self.area_id, meeting_id=meeting_id, agency_id=came_for,
                              account_id=account, name="-", title="", organisation="", observer=False,
                              here=self.lot.random() < 0.8, version=1, recorded_by=account,
                              recorded_at=NOW)  # fmt: skip
            self._add(row)
            out = {one for one in items if self.lot.random() < 0.2}
            for one in out:
                self._add(ItemAbsenceRow(item_id=one, attendee_id=row.id, area_id=self.area_id, kept=False,
                                         recorded_by=account, recorded_at=NOW))  # fmt: skip
            if row.here:
                found.append(Attended(account, came_for, frozenset(out)))
        return found

    def _brought(self, items: list[UUID], over: datetime) -> list[Contribution]:
        found = []
        for item in items:
            for agency in self.agencies:
                by = next(account for account, of in self.people if of == agency)
                at = over + self.lot.choice(BROUGHT)
                if self.lot.random() < 0.4:
                    key = uuid4()
                    self._add(NoteRow(id=key, area_id=self.area_id, item_id=item, agency_id=agency,
                                      kind="fact", text="-", author="-", source="-", recorded_by=by,
                                      recorded_at=at))  # fmt: skip
                    self.notes[key] = item, agency
                    found.append(Contribution(agency, item, at))
                if self.lot.random() < 0.4:
                    said, key = self.lot.choice(("held", "nothing held")), uuid4()
                    self.answers[key] = item, agency
                    self._add(ResearchAnswerRow(id=key, area_id=self.area_id, item_id=item,
                                                box_id=item, agency_id=agency, said=said, sent_by=by,
                                                sent_at=at, late=False))  # fmt: skip
                    found += [Contribution(agency, item, at)] if said == "held" else []
        return found

    def _minutes(self, meeting_id: UUID, items: list[UUID]) -> None:
        by, _ = self.runner
        other, _ = self.people[0]
        row = MinutesRow(id=uuid4(), area_id=self.area_id, meeting_id=meeting_id, version=1,
                         head=kept(Attendance("", "", "")), drafted_by=by, drafted_at=NOW, sends=0,
                         sent_back="", approved_by=other, approved_at=NOW)  # fmt: skip
        self._add(row)
        for item in items:
            self._add(MinutesCaseRow(minutes_id=row.id, item_id=item, area_id=self.area_id, said="",
                                     version=0, told=kept(CaseMinutes(case="-", notes="-"))))  # fmt: skip

    def may(self, who: Principal, item: UUID) -> bool:
        meeting = self.meetings[self.items[item]]
        runs = who.runs_exploitation
        return refused(meeting, who.account_id, who.agency_id, item, may_open=True, runs_panel=runs) is None

    def expected(self, who: Principal) -> Seen:
        """The notes, the items and the meetings whose minutes, and the answers that go to somebody."""
        notes, answers = (
            {key for key, (item, of) in there.items() if of == who.agency_id or self.may(who, item)}
            for there in (self.notes, self.answers)
        )
        items = {item for item in self.items if self.may(who, item)}
        return notes, items, {self.items[item] for item in items}, answers


@pytest.fixture
def ground(core_app: Flask) -> Ground:
    return Ground()


def seen_by(who: Principal) -> Seen:
    """By the scope; on PostgreSQL by its policies as well."""
    with acting.acting(who):
        notes = set(db.session.scalars(select(NoteRow.id).where(notes_of(who))))
        items = set(db.session.scalars(select(MinutesCaseRow.item_id).where(minutes_cases_of(who))))
        meetings = set(db.session.scalars(select(MinutesRow.meeting_id).where(minutes_of(who))))
        answers = set(db.session.scalars(select(ResearchAnswerRow.id).where(answers_of(who))))
        db.session.rollback()
    return notes, items, meetings, answers


def answered_by_itself(who: Principal) -> Seen:
    """By the database alone, past the scope and the fence."""
    asked = ("id FROM note", "item_id FROM minutes_case", "meeting_id FROM meeting_minutes",
             "id FROM research_answer")  # fmt: skip
    found = []
    with acting.acting(who):
        db.session.scalar(select(1))  # it is told who asks with the first statement
        cursor = db.session.connection().connection.cursor()
        for one in asked:
            cursor.execute(f"SELECT {one}")
            found.append({row[0] for row in cursor.fetchall()})
        db.session.rollback()
    notes, items, meetings, answers = found
    return notes, items, meetings, answers


def test_E4_notes_and_minutes_reach_exactly_who_the_rule_lets_read_them(ground: Ground) -> None:
    postgresql = db.engine.dialect.name == "postgresql"
    some, none = 0, 0
    for account, _ in (*ground.people, ground.runner):
        who = accounts.principal(account, NOW)
        assert who is not None
        due = ground.expected(who)
        assert seen_by(who) == due, who.role
        if postgresql:
            assert answered_by_itself(who) == due, who.role
        some, none = some + len(due[1]), none + len(ground.items) - len(due[1])
    assert some > 40 and none > 40, "the lot decides about both"


def test_E4_a_representative_who_did_not_contribute_finds_nothing(ground: Ground) -> None:
    """Nor does whoever is told afterwards to sit for an agency that did."""
    account, agency = ground.people[0]
    with acting.service(), saved():
        for row in db.session.scalars(select(AttendeeRow).where(AttendeeRow.account_id == account)):
            row.here = False
    db.session.remove()
    who = accounts.principal(account, NOW)
    assert who is not None
    own = {key for key, (_, of) in ground.notes.items() if of == agency}
    answers = {key for key, (_, of) in ground.answers.items() if of == agency}
    assert own and answers and seen_by(who) == (own, set(), set(), answers)


def test_E4_what_the_meeting_noted_goes_with_the_notes_and_what_it_decided_does_not(ground: Ground) -> None:
    for account, _ in (*ground.people, ground.runner):
        who = accounts.principal(account, NOW)
        assert who is not None
        with acting.acting(who):
            told = {item: outcomes.recorded(who, item) for item in list(ground.items)[:12]}
            db.session.rollback()
        for item, one in told.items():
            assert one is not None and one.outcome.risk == "high"
            assert (one.outcome.notes == NOTED) == ground.may(who, item)


def test_E4_M2_whom_to_look_for_goes_to_every_agency_and_who_said_why_where_notes_go(ground: Ground) -> None:
    by, agency = ground.people[0]
    items = list(ground.items)[:12]
    with saved():
        for item in items:
            db.session.add(
                ResearchNamedRow(item_id=item, area_id=ground.area_id, agency_id=agency, author="-",
                                 recorded_by=by, recorded_at=NOW, kind="child", name="Wren Moss", dob=DAY,
                                 relation="her sister", why="Is driven there")
            )  # fmt: skip
    db.session.remove()
    seen = set()
    for account, of in (*ground.people, ground.runner):
        who = accounts.principal(account, NOW)
        assert who is not None
        with acting.acting(who):
            told = {one.item_id: one for one in research_named.named_under(who, items).values()}
            db.session.rollback()
        assert set(told) == set(items), "every agency is asked to look for her"
        for item, one in told.items():
            assert (one.named.name, one.named.dob) == ("Wren Moss", DAY)
            reads = of == agency or ground.may(who, item)
            due = (
                ("Is driven there", "her sister", f"Agency {ground.agencies.index(agency)}", agency, "-")
                if reads
                else ("", "", "", None, "")
            )
            assert (one.named.why, one.named.relation, one.agency, one.agency_id, one.author) == due
            seen.add(reads)
    assert seen == {True, False}


def test_E4_nobody_is_told_of_minutes_who_finds_nothing_in_them(ground: Ground) -> None:
    for account, _ in (*ground.people, ground.runner):
        who = accounts.principal(account, NOW)
        assert who is not None
        for meeting in ground.meetings:
            due = any(its == meeting and ground.may(who, item) for item, its in ground.items.items())
            with acting.whole_area(ground.area_id):
                assert reaches(who, meeting) == due


def test_E4_who_is_on_no_panel_of_exploitation_is_asked_nothing_more(ground: Ground) -> None:
    """What is of domestic abuse stays as it was: the same statement, and no further question."""
    who = accounts.principal(ground.people[0][0], NOW)
    assert who is not None
    abuse = replace(who, families=frozenset({Family.ABUSE}))
    assert "attendee" not in str(select(NoteRow.id).where(notes_of(abuse)))
    assert "contributed" not in str(select(NoteRow.id).where(notes_of(abuse)))
    assert str(contributed(who))
