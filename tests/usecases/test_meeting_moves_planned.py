"""One daily meeting's other hour, and what a move never tells of a hidden emergency MARAC."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from werkzeug.exceptions import Forbidden, NotFound

from agenda.calendar import to_utc
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AreaRow,
    AuditRow,
    HearingRow,
    MeetingMoveRow,
    MeetingRow,
    OutboxRow,
    ResearchRequestRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import acting, meeting_year
from meetingsvc.store.scope import audit_of
from meetingsvc.usecases import emergency, lists, meeting_moves, research_asking
from meetingsvc.usecases import meeting_moves_planned as planned
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, TUESDAY, a_person, an_agency, listed, people_rows
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_emergency import AT, Panel, panel

__all__ = ["panel"]


@pytest.fixture
@remembered
def who(area_id: UUID) -> Principal:
    return a_person(an_agency(area_id, "Council"), Role.COORDINATOR, "Morgan")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return to_utc(datetime.combine(day, time(hour, minute)))


def told() -> list[UUID]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow.account_id).where(OutboxRow.notice == "meeting_changed")))


def test_T14_one_day_starts_at_another_hour_and_its_research_is_due_then(who: Principal) -> None:
    rep = a_person(an_agency(who.area_id, "School", marac=False, daily=True), name="Wren")
    a_person(an_agency(who.area_id, "Homes"), name="Joan Akande")
    listed(who.area_id, people_rows(1, MONDAY))
    row = MeetingRow
    with saved():
        meeting_id = db.session.scalars(select(row.id)).one()
        research_asking.ask(who.area_id, meeting_id, "test", NOW)
    before = db.session.execute(select(row.window_start, row.window_end)).one()
    assert planned.change_daily_start(who, MONDAY, time(14, 15), "Training", NOW).told == 1
    db.session.rollback()
    assert db.session.scalars(select(row.starts_at)).one() == at(MONDAY, 14, 15)
    assert set(db.session.scalars(select(ResearchRequestRow.due_at))) == {at(MONDAY, 14, 15)}
    assert db.session.execute(select(row.window_start, row.window_end)).one() == before, "T1 stands"
    assert told() == [rep.account_id], "who attends daily meetings, once"


def test_T14_a_day_whose_list_is_not_made_yet_starts_when_it_was_set_to(who: Principal) -> None:
    planned.change_daily_start(who, TUESDAY, time(9, 30), "Training", NOW)
    with saved():
        area = db.session.get_one(AreaRow, who.area_id)
        lists.build(area, TUESDAY, "test", NOW + timedelta(days=1))
    meeting = db.session.scalars(select(MeetingRow)).one()
    assert meeting.starts_at == at(TUESDAY, 9, 30)
    assert meeting.window_end == at(TUESDAY, 8)
    (other,) = meeting_year.daily_days(who, TUESDAY, TUESDAY + timedelta(days=6))
    assert (other.day, other.starts_at, other.reason) == (TUESDAY, at(TUESDAY, 9, 30), "Training")


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [
        (date(2026, 11, 28), 11, "is a weekend"),
        (date(2026, 12, 25), 11, "is a bank holiday"),
        (MONDAY - timedelta(days=3), 12, "has passed"),
        (TUESDAY, 8, "The list is made at 08:00"),
        (TUESDAY, 11, "Nothing changed"),
    ],
)
def test_T14_T1_an_unfit_hour_is_refused_and_the_list_stays(
    who: Principal, day: date, hour: int, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words):
        planned.change_daily_start(who, day, time(hour), "Training", NOW)
    with pytest.raises(RuleBroken, match="Somebody else"):
        seen = datetime(2026, 11, 24, 10, tzinfo=UTC)
        planned.change_daily_start(who, TUESDAY, time(12), "Training", NOW, seen)
    assert db.session.scalars(select(MeetingMoveRow)).all() == [] and told() == []


def test_M4_who_does_not_run_the_meetings_moves_none(who: Principal) -> None:
    rep = a_person(an_agency(who.area_id, "Homes"))
    for act in (
        lambda: planned.change_daily_start(rep, TUESDAY, time(12), "x", NOW),
        lambda: planned.cancel_planned(rep, TUESDAY, "x", NOW),
        lambda: meeting_moves.cancel(rep, UUID(int=1), "x", NOW),
    ):
        with pytest.raises(Forbidden):
            act()


def moves_by_itself(who: Principal) -> int:
    """How many moves PostgreSQL answers past scope and fence; elsewhere, what it should."""
    if db.engine.dialect.name != "postgresql":
        return int(who.role is Role.CHAIR)
    with acting.acting(who):
        db.session.execute(text("SELECT 1"))  # tells the database who acts
        cursor = db.session.connection().connection.cursor()
        cursor.execute("SELECT count(*) FROM meeting_move")
        (found,) = cursor.fetchone() or (0,)
        db.session.rollback()
    return int(found)


def test_M4_M6_that_a_hidden_emergency_marac_moved_reaches_nobody_it_is_hidden_from(
    panel: Panel, area_id: UUID
) -> None:
    a_wall(area_id, panel.case_id, panel.coordinator.account_id)
    made = emergency.accept(panel.chair, panel.ask(), AT, NOW)
    later = AT + timedelta(hours=2)
    assert meeting_moves.move(panel.chair, made, later, "The victim’s worker comes", NOW).told == 1
    assert told() == [panel.homes.account_id]
    with pytest.raises(NotFound):
        meeting_moves.move(panel.coordinator, made, AT, "x", NOW)
    first, last = MONDAY, MONDAY + timedelta(days=30)
    assert [one.emergency for one in meeting_year.year(panel.chair, first, last)].count(True) == 1
    assert [one.emergency for one in meeting_year.year(panel.coordinator, first, last)].count(True) == 0
    assert (moves_by_itself(panel.chair), moves_by_itself(panel.coordinator)) == (1, 0)
    with acting.acting(panel.coordinator):
        seen = select(AuditRow.id).where(audit_of(panel.coordinator), AuditRow.action == "marac.moved")
        assert db.session.scalars(seen).all() == []


def test_M4_an_emergency_marac_moves_to_tomorrow_at_the_latest_and_its_hearing_with_it(panel: Panel) -> None:
    made = emergency.accept(panel.chair, panel.ask(), AT, NOW)
    with pytest.raises(RuleBroken, match="today or tomorrow"):
        meeting_moves.move(panel.chair, made, AT + timedelta(days=2), "x", NOW)
    meeting_moves.move(panel.chair, made, AT + timedelta(days=1), "x", NOW)
    db.session.rollback()
    assert db.session.scalars(select(HearingRow.heard_on)).all() == [TUESDAY]
    assert db.session.get_one(MeetingRow, made).starts_at == AT + timedelta(days=1)
