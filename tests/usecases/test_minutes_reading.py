"""Reading minutes leaves a line on each case that they show, and browsing old ones alarms (V5, R2, A5)."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from agenda.need_to_know import MANY_CASES
from meetingsvc.models import AuditRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting, audit
from meetingsvc.store.alarms import AlarmKind
from meetingsvc.store.corrections import SHOWS_NOTES
from meetingsvc.store.minutes import CaseLine, Version
from meetingsvc.usecases import minutes_reading
from minutes.minutes import NEW_FOR, Attendance, CaseMinutes
from tests.a_marac import NOW
from tests.usecases.test_alarms import browser, cases, chair, police, raised

__all__ = ["browser", "chair", "police"]


def a_version(approved_at: datetime | None) -> Version:
    head = Attendance("", "", "")
    return Version(uuid4(), 1, "", "", head, uuid4(), "-", NOW, NOW, 1, "", "-", approved_at)


def lines(case_ids: list[UUID], asks_why: bool = False) -> list[CaseLine]:
    return [CaseLine(uuid4(), one, "1", CaseMinutes("-"), "", 0, (), asks_why) for one in case_ids]


def told(action: str) -> list[AuditRow]:
    db.session.rollback()
    with acting.service():
        return list(db.session.scalars(select(AuditRow).where(AuditRow.action == action)))


def test_V5_each_case_that_was_shown_has_its_line_and_the_chain_holds(
    area_id: UUID, browser: Principal
) -> None:
    *shown, closed = cases(area_id, 3)
    minutes_reading.opened(browser, uuid4(), a_version(NOW), lines(shown) + lines([closed], True), NOW)
    assert [line.case_id for line in told(minutes_reading.CASE)] == shown
    assert len(told("minutes.read")) == 1
    with acting.service():
        assert audit.verify()[1] is None
    assert minutes_reading.CASE in SHOWS_NOTES, "a correction reaches them"


def test_V5_a_closed_case_that_stood_by_its_number_alone_has_no_line(
    area_id: UUID, browser: Principal
) -> None:
    minutes_reading.opened(browser, uuid4(), a_version(NOW), lines(cases(area_id, 1), True), NOW)
    assert told(minutes_reading.CASE) == []


def test_A5_minutes_that_were_just_issued_are_one_thing_read(area_id: UUID, browser: Principal) -> None:
    many = lines(cases(area_id, MANY_CASES + 15))
    for issued in (None, NOW, NOW - NEW_FOR + timedelta(seconds=1)):
        minutes_reading.opened(browser, uuid4(), a_version(issued), many, NOW)
    assert raised() == []


def test_A5_browsing_older_minutes_counts_each_case(
    area_id: UUID, browser: Principal, chair: Principal
) -> None:
    many = cases(area_id, MANY_CASES)
    old = a_version(NOW - NEW_FOR)
    minutes_reading.opened(browser, uuid4(), old, lines(many[:-1]), NOW)
    assert raised() == []
    minutes_reading.opened(browser, uuid4(), old, lines(many[-1:]), NOW + timedelta(seconds=9))
    (alarm,) = raised(AlarmKind.MANY)
    assert (alarm.account_id, alarm.cases) == (browser.account_id, MANY_CASES)
