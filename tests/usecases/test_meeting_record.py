"""Who was at a meeting, who heard which case, how long it took, and how a MARAC ends (R3, M1, F1, M6)."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.exceptions import Forbidden, NotFound

from agenda.circulation import Group
from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AttendeeApartRow,
    AttendeeRow,
    AttendeeStayRow,
    AuditRow,
    CaseRow,
    FeedbackRow,
    HearingRow,
    ItemHearingRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PersonRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, meeting_record_cases, meeting_record_strip
from meetingsvc.store import meeting_record as store
from meetingsvc.store.meeting_record_alike import alike
from meetingsvc.store.meeting_record_closing import never_closed
from meetingsvc.usecases import list_changes, marac, marac_publishing
from meetingsvc.usecases import meeting_record as usecase
from meetingsvc.usecases import meeting_record_attendance as attendance
from meetingsvc.usecases import meeting_record_hearing as hearing
from meetingsvc.usecases import meeting_record_presence as presence
from meetingsvc.usecases.transaction import saved
from minutes.attendance import AgencyTold, Answer, PersonTold
from minutes.attendance_chair import ChairTold, who_chaired
from tests.a_marac import MONDAY, NOW, a_person, an_agency, line_of, listed, people_rows, referred
from tests.a_meeting_record import came, nothing_missing
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_marac import THURSDAY, set_marac_day, the_marac

AT = datetime(2026, 12, 3, 9, 30, tzinfo=NOW.tzinfo)
MINUTE = timedelta(minutes=1)
NEXT = THURSDAY + timedelta(days=14)


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    """The coordinator of an area whose MARAC sits on Thursday 3 December."""
    set_marac_day(area_id, THURSDAY)
    return a_person(an_agency(area_id, "Northmoor Council", daily=True), Role.COORDINATOR, "Morgan Ashdown")


@pytest.fixture
@remembered
def rep(who: Principal) -> Principal:
    return a_person(an_agency(who.area_id, daily=True), Role.REPRESENTATIVE, "Joan Akande")


def published(who: Principal, groups: int = 2) -> tuple[UUID, list[UUID]]:
    """A published MARAC, and its items."""
    items = referred(who, (Group.NEW_SAFEGUARDS,) * groups)
    meeting_id = the_marac(who.area_id)
    marac.close(who, meeting_id, NOW)
    marac_publishing.publish(who, meeting_id, NOW)
    return meeting_id, [line_of(item).id for item in items]


def outcomes(who: Principal, *items: UUID) -> None:
    """Each with its outcome."""
    with saved():
        for item_id in items:
            db.session.add(
                OutcomeRow(item_id=item_id, area_id=who.area_id, version=1, risk="high", refer=False,
                           proposed_why="", group_reason="", notes="", recorded_by=who.account_id,
                           recorded_at=AT)
            )  # fmt: skip


def decided(who: Principal, *items: UUID) -> None:
    """Their outcomes, and that telling the victim is unsafe."""
    outcomes(who, *items)
    nothing_missing(who, the_marac(who.area_id))


def line(told: Principal, here: bool = True, seen: int = 0, was: str = "00") -> PersonTold:
    return PersonTold(told.account_id, told.name, here, by_account=True, seen=seen, was=was)


def people(*told: PersonTold) -> attendance.Told:
    return attendance.Told(told, ())


def by_itself(who: Principal, table: str) -> int:
    """How many rows PostgreSQL answers past the scope and the fence; elsewhere, what it should."""
    if db.engine.dialect.name != "postgresql":
        return {"item_absence": 1, "item_hearing": 2}[table] - (not who.runs_meetings)
    with acting.acting(who):
        db.session.execute(text("SELECT 1"))  # tells the database who acts
        cursor = db.session.connection().connection.cursor()
        cursor.execute(f"SELECT count(*) FROM {table}")
        found: int = cursor.fetchone()[0]
        db.session.rollback()
    return found


def heard_by(who: Principal, item_id: UUID) -> set[str]:
    db.session.rollback()
    with acting.acting(who):
        return {one.attendee.name for one in store.present_for(who, item_id) or ()}


def attendee_of(who: Principal) -> UUID:
    """Their line on the record."""
    return db.session.scalars(select(AttendeeRow.id).where(AttendeeRow.account_id == who.account_id)).one()


def test_R3_who_chaired_is_chosen_among_who_is_here_and_kept(who: Principal, rep: Principal) -> None:
    meeting_id, _ = published(who)

    def choose(told: Principal, was: Principal | None) -> bool:
        chair = ChairTold(told.account_id, was.account_id if was else None)
        return meeting_id not in attendance.save(who, meeting_id, attendance.Told((), (), chair=chair), AT)

    def chaired() -> str | None:
        db.session.rollback()
        with acting.acting(who):
            found = who_chaired(store.attendees(who, meeting_id))
        return found.name if found else None

    came(who, meeting_id)
    assert chaired() is None and not choose(rep, None), "they are not here"
    came(rep, meeting_id)
    assert choose(rep, None) and chaired() == "Joan Akande"
    assert not choose(who, None) and chaired() == "Joan Akande", "somebody else had chosen meanwhile"
    assert choose(who, rep) and chaired() == "Morgan Ashdown", "one person chairs"


def test_R3_attendance_apologies_and_who_was_reminded_are_on_record(who: Principal, rep: Principal) -> None:
    meeting_id, _ = published(who)
    absent = an_agency(who.area_id, "Tarn School")
    told = attendance.Told(
        [
            line(who), line(rep),
            PersonTold(uuid4(), "Sam Reed", True, "duty officer", rep.agency_id, was="00|||"),
            PersonTold(uuid4(), "Ida Voss", True, "student", None, False, "Moor College", True, True,
                       was="00|||"),
        ],
        [AgencyTold(absent, True, True, date(2026, 12, 2), was="00")],
        statement_read=True,
    )  # fmt: skip
    assert attendance.save(who, meeting_id, told, AT) == frozenset()
    record = store.record(acting.Host(who.area_id), meeting_id)
    assert record is not None
    assert {one.name for one in record.came} == {"Morgan Ashdown", "Joan Akande", "Sam Reed", "Ida Voss"}
    assert record.not_reminded == ()
    school = next(one for one in record.agencies if one.agency_id == absent)
    assert (school.answer, school.information_on) == (Answer.APOLOGIES, date(2026, 12, 2))
    (reading,) = record.readings
    assert (reading.by, reading.at) == ("Morgan Ashdown", AT)
    assert "confidential" in reading.text


def test_R3_an_observer_signs_confidentiality_before_they_hear_a_case(who: Principal) -> None:
    meeting_id, _ = published(who)
    unsigned = PersonTold(uuid4(), "Ida Voss", True, "", None, False, "Moor College", True, was="00|||")
    with pytest.raises(attendance.Unfit) as refusal:
        attendance.save(who, meeting_id, people(unsigned), AT)
    assert [name for _, name in refusal.value.problems] == ["signed"]
    attendance.save(who, meeting_id, people(replace(unsigned, here=False)), AT)
    with pytest.raises(RuleBroken, match="signs confidentiality"):
        presence.joined(who, meeting_id, unsigned.key, AT)


def test_R3_nobody_is_there_before_the_day(who: Principal, rep: Principal) -> None:
    meeting_id, items = published(who)
    with pytest.raises(attendance.Unfit):
        attendance.save(who, meeting_id, people(line(rep)), NOW)
    for early in (
        lambda: presence.here(rep, meeting_id, NOW),
        lambda: hearing.hear(who, items[0], NOW),
        lambda: usecase.end(who, meeting_id, NOW),
    ):
        with pytest.raises(RuleBroken, match="sits on"):
            early()


def test_R3_two_who_write_different_lines_lose_nothing_and_the_same_line_is_shown(
    who: Principal, rep: Principal
) -> None:
    meeting_id, _ = published(who)
    other = a_person(rep.agency_id, Role.IDVA, "Elm Park")
    first = people(line(rep), line(other, here=False))
    second = people(line(rep, here=False), line(other))
    assert attendance.save(who, meeting_id, first, AT) == frozenset()
    assert attendance.save(who, meeting_id, second, AT) == frozenset()
    record = store.record(acting.Host(who.area_id), meeting_id)
    assert record is not None and {one.name for one in record.came} == {"Joan Akande", "Elm Park"}
    stale = line(rep, here=False, seen=0, was="10")
    assert attendance.save(who, meeting_id, people(stale), AT) == {rep.account_id}
    assert attendance.save(who, meeting_id, people(replace(stale, seen=1)), AT) == frozenset()


def test_R3_when_somebody_was_there_stays_on_record_where_their_tick_is_taken_back(
    who: Principal, rep: Principal
) -> None:
    meeting_id, items = published(who)
    hearing.hear(who, items[0], AT)
    presence.joined(who, meeting_id, rep.account_id, AT + 5 * MINUTE)
    attendance.save(who, meeting_id, people(line(rep, here=False, seen=1, was="10")), AT + 10 * MINUTE)
    assert heard_by(who, items[0]) == set(), "they were never there"
    assert stays(rep) == [(AT + 5 * MINUTE, AT + 10 * MINUTE)], "and what was kept of it stays"
    attendance.save(who, meeting_id, people(line(rep, seen=2)), AT + 12 * MINUTE)
    assert stays(rep) == [(AT + 5 * MINUTE, AT + 10 * MINUTE), (AT + 12 * MINUTE, None)]
    assert heard_by(who, items[0]) == {"Joan Akande"}


@pytest.mark.parametrize("how", ["ticked", "joined", "by themselves"])
def test_R3_who_was_ticked_by_mistake_before_it_began_and_came_late_is_not_there_from_the_beginning(
    who: Principal, rep: Principal, how: str
) -> None:
    meeting_id, items = published(who)
    attendance.save(who, meeting_id, people(line(rep)), AT)
    attendance.save(who, meeting_id, people(line(rep, here=False, seen=1, was="10")), AT + MINUTE)
    hearing.hear(who, items[0], AT + 5 * MINUTE)
    hearing.hear(who, items[1], AT + 15 * MINUTE)
    late = AT + 20 * MINUTE
    match how:
        case "ticked":
            attendance.save(who, meeting_id, people(line(rep, seen=2)), late)
        case "joined":
            presence.joined(who, meeting_id, rep.account_id, late)
        case _:
            presence.here(rep, meeting_id, late)
    assert stays(rep) == [(late, None)]
    assert (heard_by(who, items[0]), heard_by(who, items[1])) == (set(), {"Joan Akande"})


def stays(told: Principal) -> list[tuple[datetime | None, datetime | None]]:
    db.session.rollback()
    row = AttendeeStayRow
    rows = select(row.joined_at, row.left_at).where(row.attendee_id == attendee_of(told))
    return [(joined, left) for joined, left in db.session.execute(rows.order_by(row.joined_at))]


def test_R3_lines_written_at_once_all_land(core_app: Flask, who: Principal, rep: Principal) -> None:
    meeting_id, _ = published(who)
    crowd = [a_person(rep.agency_id, Role.REPRESENTATIVE, f"Person {n:02}") for n in range(12)]
    failed: list[BaseException] = []

    def write(one: Principal) -> None:
        with core_app.app_context():
            try:
                attendance.save(who, meeting_id, people(line(one)), AT)
            except BaseException as wrong:  # a thread's own failure is nobody's
                failed.append(wrong)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(one,)) for one in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert failed == []
    record = store.record(acting.Host(who.area_id), meeting_id)
    assert record is not None and {one.name for one in record.came} == {one.name for one in crowd}
    assert {one.version for one in record.came} == {1}


def test_R3_each_person_says_for_themselves_that_they_are_here(who: Principal, rep: Principal) -> None:
    meeting_id, _ = published(who)
    presence.here(rep, meeting_id, AT)
    presence.here(rep, meeting_id, AT + MINUTE)
    (row,) = db.session.scalars(select(AttendeeRow)).all()
    assert (row.account_id, row.here, row.confidential_at, row.recorded_by) == (
        rep.account_id, True, AT, rep.account_id,
    )  # fmt: skip
    stranger = a_person(an_agency(who.area_id, "Not there", marac=False), Role.REPRESENTATIVE)
    with pytest.raises(NotFound):
        presence.here(stranger, meeting_id, AT)
    with pytest.raises(Forbidden):
        attendance.save(rep, meeting_id, people(line(who)), AT)


def test_R3_who_heard_a_case_follows_from_when_they_were_there(who: Principal, rep: Principal) -> None:
    meeting_id, (first, second) = published(who)
    attendance.save(who, meeting_id, people(line(who)), AT)
    hearing.hear(who, first, AT)
    hearing.hear(who, second, AT + 12 * MINUTE)
    presence.joined(who, meeting_id, rep.account_id, AT + 15 * MINUTE)
    attendee = db.session.scalars(
        select(AttendeeRow.id).where(AttendeeRow.account_id == rep.account_id)
    ).one()
    hearing.hear(who, first, AT + 20 * MINUTE)
    presence.left(who, meeting_id, attendee, AT + 19 * MINUTE)
    hearing.pause(who, first, AT + 25 * MINUTE)
    assert heard_by(who, second) == {"Morgan Ashdown", "Joan Akande"}
    assert heard_by(who, first) == {"Morgan Ashdown"}
    whole = {one.attendee.name: one.whole for one in store.present_for(who, second) or ()}
    assert whole == {"Morgan Ashdown": True, "Joan Akande": False}


def test_C3_a_case_that_is_discussed_is_given_more_time_than_one_that_is_confirmed(who: Principal) -> None:
    _, (first, second) = published(who)
    with saved():
        db.session.get_one(ItemRow, first).moved_reason = "Homes: she has left the refuge"
    strip = meeting_record_strip.strip(who, first, AT)
    assert strip is not None and (strip.case.planned, strip.meeting.planned) == (12 * MINUTE, 15 * MINUTE)
    meeting = db.session.get_one(MeetingRow, strip.meeting_id)
    lines = {one.item_id: one.clock.planned for one in meeting_record_cases.cases(who, meeting, AT)}
    assert lines == {first: 12 * MINUTE, second: 3 * MINUTE}


def test_M1_the_clock_runs_for_one_case_at_a_time(who: Principal) -> None:
    meeting_id, (first, second) = published(who)
    hearing.hear(who, first, AT)
    hearing.hear(who, first, AT + MINUTE)
    hearing.hear(who, second, AT + 5 * MINUTE)
    hearing.hear(who, first, AT + 30 * MINUTE)
    strip = meeting_record_strip.strip(who, first, AT + 40 * MINUTE)
    assert strip is not None
    assert (strip.case.elapsed, strip.case.running, strip.case.is_over) == (15 * MINUTE, True, True)
    assert (strip.meeting.elapsed, strip.meeting.planned) == (40 * MINUTE, 6 * MINUTE)
    running = select(func.count()).select_from(ItemHearingRow).where(ItemHearingRow.ended_at.is_(None))
    assert db.session.scalar(running) == 1


def test_M6_whom_a_wall_keeps_from_a_case_is_out_of_the_room_for_it(who: Principal, rep: Principal) -> None:
    meeting_id, (first, second) = published(who)
    case_id = db.session.get_one(ItemRow, first).case_id
    a_wall(who.area_id, case_id, rep.account_id)
    attendance.save(who, meeting_id, people(line(who), line(rep)), AT)
    strip = meeting_record_strip.strip(who, first, AT)
    assert strip is not None and [one.name for one in strip.to_leave] == ["Joan Akande"]
    hearing.hear(who, first, AT)
    hearing.hear(who, second, AT + 12 * MINUTE)
    assert heard_by(who, first) == {"Morgan Ashdown"}
    assert heard_by(who, second) == {"Morgan Ashdown", "Joan Akande"}
    attendee = db.session.scalars(
        select(AttendeeRow.id).where(AttendeeRow.account_id == rep.account_id)
    ).one()
    with pytest.raises(RuleBroken, match="may not hear this case"):
        hearing.step_in(who, first, attendee, AT)
    with acting.acting(rep):
        assert store.present_for(rep, second) is None, "who is out tells whom a wall is about"
        assert store.absent(rep, second) == {}
    assert by_itself(who, "item_absence") == 1 and by_itself(rep, "item_absence") == 0
    assert by_itself(who, "item_hearing") == 2 and by_itself(rep, "item_hearing") == 1


def test_M6_who_comes_while_a_case_is_heard_that_they_may_not_hear_is_out_for_it(
    who: Principal, rep: Principal
) -> None:
    meeting_id, (first, _) = published(who)
    a_wall(who.area_id, db.session.get_one(ItemRow, first).case_id, rep.account_id)
    attendance.save(who, meeting_id, people(line(who)), AT)
    hearing.hear(who, first, AT)
    presence.joined(who, meeting_id, rep.account_id, AT + MINUTE)
    assert heard_by(who, first) == {"Morgan Ashdown"}


def test_M6_a_case_that_is_hidden_from_who_runs_the_meeting_leaves_no_trace_on_their_pages(
    who: Principal,
) -> None:
    chair = a_person(who.agency_id, Role.CHAIR, "Priya Raman")
    meeting_id, (first, second) = published(who)
    a_wall(who.area_id, db.session.get_one(ItemRow, first).case_id, who.account_id)
    hearing.hear(chair, first, AT)
    with acting.acting(who):
        record = store.record(who, meeting_id)
        strip = meeting_record_strip.strip(who, second, AT + MINUTE)
        assert record is not None and record.hearings == () and store.present_for(who, first) is None
        assert strip is not None and strip.meeting.planned == 3 * MINUTE, "planned for what they may see"
    for hidden in (hearing.hear, hearing.pause, usecase.reach):
        with pytest.raises(NotFound):
            hidden(who, first, AT)
    hearing.hear(who, second, AT + 2 * MINUTE)
    assert [one.ended_at for one in store.hearings(acting.Host(who.area_id), meeting_id)] == [
        AT + 2 * MINUTE, None,
    ]  # fmt: skip


def test_F1_a_marac_does_not_end_while_a_heard_case_lacks_its_outcome_or_who_tells_the_victim(
    who: Principal,
) -> None:
    meeting_id, (first, second) = published(who)
    with pytest.raises(RuleBroken, match="Nobody is recorded as present"):
        usecase.end(who, meeting_id, AT)
    came(who, meeting_id)
    with pytest.raises(RuleBroken, match="2 cases have no outcome"):
        usecase.end(who, meeting_id, AT)
    decided(who, first, second)
    with saved():
        mine = select(FeedbackRow).where(FeedbackRow.item_id == second)
        db.session.delete(db.session.scalars(mine).one())
    with pytest.raises(RuleBroken, match="1 case has nobody who tells the victim"):
        usecase.end(who, meeting_id, AT)
    nothing_missing(who)
    assert usecase.end(who, meeting_id, AT) == 0
    meeting = db.session.get_one(MeetingRow, meeting_id)
    assert (meeting.state, meeting.ended_at) == (MeetingState.HEARD, AT)


def test_M6_a_hidden_case_neither_keeps_a_marac_from_ending_nor_is_it_told_of(who: Principal) -> None:
    meeting_id, (first, second) = published(who)
    a_wall(who.area_id, db.session.get_one(ItemRow, first).case_id, who.account_id)
    decided(who, second)
    case_id = db.session.get_one(ItemRow, first).case_id
    assert usecase.end(who, meeting_id, AT) == 0
    rows = select(ItemRow).join(MeetingRow).where(ItemRow.case_id == case_id, MeetingRow.sits_on == NEXT)
    assert db.session.scalars(rows).one().came_back == 1, "nor does it stay behind (M1)"


def test_M1_a_case_that_was_not_reached_comes_back_on_the_next_marac(who: Principal) -> None:
    meeting_id, (first, second) = published(who)
    hearing.hear(who, first, AT)
    usecase.not_reach(who, first, "No time was left", AT + MINUTE)
    decided(who, second)
    with pytest.raises(RuleBroken, match="has its outcome"):
        usecase.not_reach(who, second, "No time was left", AT)
    assert usecase.end(who, meeting_id, AT + 30 * MINUTE) == 1
    case_id = db.session.get_one(ItemRow, first).case_id
    rows = select(ItemRow).join(MeetingRow).where(ItemRow.case_id == case_id, MeetingRow.sits_on == NEXT)
    back = db.session.scalars(rows).one()
    assert (back.came_back, back.not_reached) == (1, "")
    assert db.session.get_one(ItemRow, first).not_reached == "No time was left", "it stays on the record"
    heard = select(HearingRow.heard_on).where(HearingRow.case_id == case_id)
    assert db.session.scalars(heard).all() == [THURSDAY], "on the agenda of a MARAC that sat (T6)"
    assert db.session.scalars(select(ItemHearingRow.ended_at)).all() == [AT + MINUTE]


def test_R3_a_closed_record_changes_no_more(who: Principal, rep: Principal) -> None:
    meeting_id, items = published(who)
    decided(who, *items)
    usecase.end(who, meeting_id, AT)
    changes: list[Callable[[], object]] = [
        lambda: attendance.save(who, meeting_id, people(line(rep)), AT),
        lambda: presence.here(rep, meeting_id, AT),
        lambda: hearing.hear(who, items[0], AT),
        lambda: usecase.not_reach(who, items[0], "No time", AT),
        lambda: usecase.end(who, meeting_id, AT),
        lambda: marac_publishing.did_not_sit(who, meeting_id, "Snow", AT),
    ]
    for change in changes:
        with pytest.raises(RuleBroken, match="closed"):
            change()


def test_R3_a_marac_whose_day_passed_and_whose_record_nobody_closed_is_shown(who: Principal) -> None:
    meeting_id, items = published(who)
    assert never_closed(who, THURSDAY) == []
    assert never_closed(who, THURSDAY + timedelta(days=1)) == [(meeting_id, THURSDAY)]
    decided(who, *items)
    usecase.end(who, meeting_id, AT + timedelta(days=1))
    assert never_closed(who, THURSDAY + timedelta(days=1)) == []


def test_R3_a_daily_meeting_is_not_closed_while_nobody_came(who: Principal) -> None:
    (item,) = listed(who.area_id, people_rows(1, MONDAY))
    meeting_id = db.session.get_one(ItemRow, item).meeting_id
    outcomes(who, item)
    with pytest.raises(RuleBroken, match="Nobody is recorded as present.*who tells the victim"):
        list_changes.close(who, MONDAY, NOW)
    nothing_missing(who, meeting_id)
    list_changes.close(who, MONDAY, NOW)
    with pytest.raises(RuleBroken, match="closed"):
        hearing.hear(who, item, NOW)


def test_M6_a_wall_lifted_before_the_case_is_heard_keeps_nobody_out(who: Principal, rep: Principal) -> None:
    meeting_id, (first, _) = published(who)
    wall = a_wall(who.area_id, db.session.get_one(ItemRow, first).case_id, rep.account_id)
    with saved():
        db.session.get_one(WallRow, wall).state = "lifted"
    attendance.save(who, meeting_id, people(line(who), line(rep)), AT)
    hearing.hear(who, first, AT)
    assert heard_by(who, first) == {"Morgan Ashdown", "Joan Akande"}


def typed(name: str, who: Principal, key: UUID | None = None, apart: str = "") -> PersonTold:
    """Somebody of an agency, by the name that was typed."""
    return PersonTold(key or uuid4(), name, True, "", who.agency_id, was="00|||", apart=apart)


def perpetrator(item_id: UUID) -> str:
    """The name of the perpetrator on a case, which nobody else's is like."""
    case = db.session.get_one(CaseRow, db.session.get_one(ItemRow, item_id).case_id)
    with saved():
        person = db.session.get_one(PersonRow, case.perpetrator_id)
        person.forename, person.surname = "Osric", "Fensome"
    return "Osric Fensome"


def refused(who: Principal, meeting_id: UUID, told: PersonTold) -> str:
    """What is said of their name."""
    with pytest.raises(attendance.Unfit) as refusal:
        attendance.save(who, meeting_id, people(told), AT)
    return refusal.value.problems[told.key, "apart"]


def test_F3_M6_whose_typed_name_reads_like_somebodys_on_a_case_is_taken_only_with_a_reason(
    who: Principal,
) -> None:
    meeting_id, (first, _) = published(who)
    attendance.save(who, meeting_id, people(typed("Ida Voss", who)), AT)
    sounds = typed(perpetrator(first).replace("Fensome", "Fensom"), who)
    said = refused(who, meeting_id, sounds)
    assert "the perpetrator of C-" in said and "If it is the same person" in said
    observer = replace(sounds, observer=True, signed=True, organisation="Moor College", was="00|||")
    assert "the perpetrator of" in refused(who, meeting_id, observer)
    assert sounds.name not in {one.name for one in store.attendees(who, meeting_id)}
    attendance.save(who, meeting_id, people(replace(sounds, apart="She is a probation officer.")), AT)
    row = db.session.scalars(select(AttendeeApartRow)).one()
    assert (row.item_id, row.part, row.reason) == (first, "perpetrator", "She is a probation officer.")
    (line_,) = db.session.scalars(select(AuditRow).where(AuditRow.action == "record.apart")).all()
    assert line_.subject == f"attendee_apart/{row.id}" and "probation" not in str(line_.detail)
    assert alike(who, meeting_id, {sounds.key: sounds.name}) == [], "nobody is asked twice"


def test_F3_M6_of_a_hidden_case_a_typed_name_tells_nothing_and_whoever_may_open_it_is_told(
    who: Principal,
) -> None:
    chair = a_person(who.agency_id, Role.CHAIR, "Priya Raman")
    meeting_id, (first, second) = published(who)
    a_wall(who.area_id, db.session.get_one(ItemRow, first).case_id, who.account_id)
    told = typed(perpetrator(first), who)
    attendance.save(who, meeting_id, people(line(chair), told), AT)
    assert alike(who, meeting_id, {told.key: told.name}) == []
    with acting.acting(chair):
        strip = meeting_record_strip.strip(chair, first, AT)
        assert strip is not None and [one.name for one in strip.to_leave] == [told.name]
        (asked,) = alike(chair, meeting_id, {told.key: told.name})
    assert asked.item_id == first
    hearing.hear(chair, first, AT)
    assert heard_by(chair, first) == {"Priya Raman"}, "until it is said that they are somebody else"
    hearing.hear(chair, second, AT + 5 * MINUTE)
    assert heard_by(chair, second) == {"Priya Raman", told.name}
    again = replace(told, seen=1, was=f"10|{told.name}||", apart="I have known her for ten years.")
    attendance.save(chair, meeting_id, people(again), AT + 6 * MINUTE)
    assert heard_by(chair, first) == {"Priya Raman", told.name}


def test_M1_the_strip_is_another_whenever_anything_of_it_changes(who: Principal, rep: Principal) -> None:
    meeting_id, (first, second) = published(who)
    seen = []
    for step in (
        lambda: attendance.save(who, meeting_id, people(line(who), line(rep)), AT),
        lambda: hearing.hear(who, first, AT),
        lambda: hearing.step_out(who, first, attendee_of(rep), AT),
        lambda: presence.left(who, meeting_id, attendee_of(rep), AT),
        lambda: hearing.pause(who, first, AT + MINUTE),
        lambda: usecase.not_reach(who, first, "No time", AT),
    ):
        step()
        db.session.rollback()
        strip = meeting_record_strip.strip(who, first, AT)
        assert strip is not None and strip.stamp == meeting_record_strip.stamp(who, first)
        seen.append(strip.stamp)
    assert len(set(seen)) == len(seen)
    with acting.acting(rep):
        theirs = meeting_record_strip.strip(rep, second, AT)
        assert theirs is not None and theirs.stamp == meeting_record_strip.stamp(rep, second)


def test_R3_a_record_is_shown_until_somebody_closes_it_however_long_ago_it_was(who: Principal) -> None:
    meeting_id, _ = published(who)
    assert never_closed(who, THURSDAY + timedelta(days=400)) == [(meeting_id, THURSDAY)]
