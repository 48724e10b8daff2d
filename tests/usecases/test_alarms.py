"""Browsing raises an alarm within its minute, and ordinary work raises none, on both databases."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import NotFound

from agenda.meetings import MeetingState
from agenda.need_to_know import MANY_CASES, MANY_REVEALS, MANY_WITHIN
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AlarmRow,
    AreaRow,
    AuditRow,
    CaseRow,
    EntryRow,
    ItemRow,
    MeetingRow,
    OutboxRow,
    PersonRow,
    TriageRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import alarms as store
from meetingsvc.store import audit, case_page, search
from meetingsvc.store.alarms import CASE_PAGES, AlarmKind
from meetingsvc.store.trail_words import ACTIONS, Sort
from meetingsvc.usecases import alarms, areas, reading
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, TUESDAY, a_person, an_agency, listed, people_rows
from tests.servers.remembered import remembered


@pytest.fixture
@remembered
def police(area_id: UUID) -> UUID:
    return an_agency(area_id, "Northmoor Police", daily=True)


@pytest.fixture
@remembered
def chair(police: UUID) -> Principal:
    return a_person(police, Role.CHAIR, "Ines Duarte")


@pytest.fixture
@remembered
def governance(police: UUID) -> Principal:
    return a_person(police, Role.INFORMATION_GOVERNANCE, "Tom Whitlock")


@pytest.fixture
@remembered
def coordinator(police: UUID) -> Principal:
    return a_person(police, Role.COORDINATOR, "Robin Ashgrove")


@pytest.fixture
@remembered
def browser(police: UUID) -> Principal:
    return a_person(police, Role.REPRESENTATIVE, "Sam Okoro")


def cases(area_id: UUID, number: int) -> list[UUID]:
    """Cases on no meeting."""
    made = [(uuid4(), uuid4()) for _ in range(number)]
    with saved():
        db.session.execute(insert(PersonRow), [
            {"id": person, "area_id": area_id, "forename": "Niamh", "surname": "Thistlewood"}
            for person, _ in made
        ])  # fmt: skip
        db.session.execute(insert(CaseRow), [
            {"id": case, "area_id": area_id, "number": 1000 + place, "victim_id": person}
            for place, (person, case) in enumerate(made)
        ])  # fmt: skip
    return [case for _, case in made]


def browse(who: Principal, opened: list[UUID], start: datetime = NOW, every: float = 1.0) -> datetime:
    """One case page after the other; gives back the time of the last."""
    for place, case in enumerate(opened):
        reading.opened(who, "case.read", f"case/{case}", start + timedelta(seconds=place * every))
    return start + timedelta(seconds=(len(opened) - 1) * every)


def raised(kind: AlarmKind | None = None) -> list[AlarmRow]:
    rows = select(AlarmRow).order_by(AlarmRow.raised_at)
    return list(db.session.scalars(rows if kind is None else rows.where(AlarmRow.kind == kind)))


def test_A5_a_browse_of_fifty_cases_alarms_within_a_minute_and_once(
    area_id: UUID, browser: Principal, chair: Principal, governance: Principal
) -> None:
    browse(browser, cases(area_id, 50))
    (alarm,) = raised()
    assert (alarm.account_id, alarm.kind, alarm.cases) == (browser.account_id, AlarmKind.MANY, 50)
    assert alarm.raised_at - NOW < timedelta(minutes=1)
    told = db.session.scalars(select(OutboxRow).where(OutboxRow.notice == "alarm")).all()
    assert {row.account_id for row in told} == {chair.account_id, governance.account_id} and len(told) == 2
    assert all(row.context["path"] == "/alarms" for row in told)


def test_A5_it_is_raised_in_the_transaction_of_the_trace(
    area_id: UUID, browser: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = cases(area_id, MANY_CASES)
    browse(browser, opened[:-1])
    monkeypatch.setattr(alarms.notices, "put", lambda *_, **__: 1 / 0)
    a_person(browser.agency_id, Role.CHAIR)
    with pytest.raises(ZeroDivisionError):
        reading.opened(browser, "case.read", f"case/{opened[-1]}", NOW + timedelta(minutes=1))
    assert raised() == []
    lines = select(func.count()).where(AuditRow.case_id == opened[-1])
    assert db.session.scalar(lines) == 0


def test_A5_one_case_fewer_raises_none(area_id: UUID, browser: Principal) -> None:
    opened = cases(area_id, MANY_CASES - 1)
    browse(browser, opened)
    browse(browser, opened)  # opened again, they are no more
    assert raised() == []


def test_A5_the_same_cases_over_a_day_raise_none(area_id: UUID, browser: Principal) -> None:
    each = MANY_WITHIN.total_seconds() / (MANY_CASES - 1)
    browse(browser, cases(area_id, 60), every=each)
    assert raised() == []


def test_A5_a_new_burst_is_a_new_alarm(area_id: UUID, browser: Principal) -> None:
    opened = cases(area_id, 30)
    last = browse(browser, opened)
    browse(browser, opened, start=last + MANY_WITHIN)
    assert len(raised()) == 2


def test_A5_two_people_are_not_counted_together(area_id: UUID, browser: Principal, chair: Principal) -> None:
    opened = cases(area_id, 30)
    browse(browser, opened[:15])
    browse(chair, opened[15:])
    assert raised() == []


def test_A5_recording_a_list_of_forty_in_its_hour_raises_none(area_id: UUID, coordinator: Principal) -> None:
    items = listed(area_id, people_rows(40, MONDAY), MONDAY)
    of = [db.session.get_one(ItemRow, item).case_id for item in items]
    browse(coordinator, of, every=10)
    assert raised() == []


def test_A5_who_runs_meetings_is_watched_on_every_other_case(area_id: UUID, coordinator: Principal) -> None:
    items = listed(area_id, people_rows(30, MONDAY), MONDAY)
    of = [db.session.get_one(ItemRow, item).case_id for item in items]
    with saved():
        db.session.execute(update(MeetingRow).values(state=MeetingState.CLOSED))
    browse(coordinator, of, NOW + timedelta(days=1))  # heard yesterday, and closed
    assert len(raised(AlarmKind.MANY)) == 1


@pytest.mark.parametrize("day, at", [(TUESDAY, NOW), (MONDAY, NOW + timedelta(days=1))])
def test_A5_who_works_through_a_list_ahead_or_one_still_open_raises_none(
    area_id: UUID, coordinator: Principal, day: date, at: datetime
) -> None:
    items = listed(area_id, people_rows(30, day), day)
    browse(coordinator, [db.session.get_one(ItemRow, item).case_id for item in items], at)
    assert raised() == []


def test_A5_a_representative_is_watched_on_todays_list_too(area_id: UUID, browser: Principal) -> None:
    items = listed(area_id, people_rows(30, MONDAY), MONDAY)
    browse(browser, [db.session.get_one(ItemRow, item).case_id for item in items])
    assert len(raised(AlarmKind.MANY)) == 1


def test_A5_a_pack_of_sixty_cases_is_one_thing_read(area_id: UUID, browser: Principal) -> None:
    for second in range(60):
        at = NOW + timedelta(seconds=second)
        reading.opened(browser, "pack.read", f"pack/{uuid4()}", at)
        reading.opened(browser, "marac.item_read", f"case/{uuid4()}", at)
    assert raised() == []


READS = ["address.read", "shared.read", "access.read", "trail.case_read", "case.printed", "incident.read"]


@pytest.mark.parametrize("action", READS)
def test_A5_whatever_shows_something_of_a_case_counts(area_id: UUID, browser: Principal, action: str) -> None:
    opened = cases(area_id, MANY_CASES)
    for place, case in enumerate(opened):
        reading.opened(browser, action, f"case/{case}", NOW + timedelta(seconds=place))
    (alarm,) = raised(AlarmKind.MANY)
    assert alarm.cases == MANY_CASES


def test_A5_every_word_of_the_trail_that_opens_a_case_counts() -> None:
    told = {action for sort in (Sort.CASES, Sort.SHARED, Sort.ADDRESSES, Sort.ACCESS)
            for action in ACTIONS[sort] if action.endswith((".read", ".case_read", ".revealed"))}  # fmt: skip
    of_no_case = {"need_to_know.read", "home.read"}
    assert told - of_no_case <= set(CASE_PAGES)


def show(who: Principal, opened: list[UUID], start: datetime = NOW) -> None:
    for place, case in enumerate(opened):
        with saved():
            at = start + timedelta(seconds=place)
            audit.record(who.account_id, who.area_id, "address.revealed", f"case/{case}", at)
            alarms.watch(who, case, "address.revealed", at)


def test_A5_masked_addresses_of_five_cases_in_ten_minutes_alarm(
    area_id: UUID, browser: Principal, coordinator: Principal, chair: Principal
) -> None:
    opened = cases(area_id, MANY_REVEALS)
    show(browser, opened[:-1] * 3)
    assert raised() == []
    show(browser, opened[-1:], NOW + timedelta(minutes=1))
    (alarm,) = raised(AlarmKind.REVEALS)
    assert (alarm.account_id, alarm.cases) == (browser.account_id, MANY_REVEALS)
    assert db.session.scalars(select(OutboxRow.account_id)).all() == [chair.account_id]
    show(coordinator, opened)
    assert len(raised(AlarmKind.REVEALS)) == 2, "who runs the meetings is watched as well"


def decoy(area_id: UUID) -> UUID:
    with saved():
        alarms.make_decoy(db.session.get_one(AreaRow, area_id), ("Oriel", "Quenby"), ("Denz", "Varrow"), NOW)
    return db.session.scalars(select(CaseRow.id).order_by(CaseRow.number.desc()).limit(1)).one()


@pytest.mark.parametrize("action", ["case.read", "shared.read", "case.printed"])
def test_A5_whoever_opens_a_decoy_raises_an_alarm(
    area_id: UUID, coordinator: Principal, chair: Principal, action: str
) -> None:
    case = decoy(area_id)
    reading.opened(coordinator, action, f"case/{case}", NOW)
    reading.opened(coordinator, action, f"case/{case}", NOW + timedelta(seconds=5))
    (alarm,) = raised()
    assert (alarm.kind, alarm.account_id) == (AlarmKind.DECOY, coordinator.account_id)
    assert [row.account_id for row in db.session.scalars(select(OutboxRow))] == [chair.account_id]


def test_A5_a_decoy_is_found_by_search_and_by_its_address(area_id: UUID, coordinator: Principal) -> None:
    case = decoy(area_id)
    for words in ("Quenby", "Varrow", "C-000001"):
        found = search.by_words(coordinator, words, NOW, lambda at: MONDAY)
        assert [one.id for one in found.cases] == [case], words
    assert case_page.case(coordinator, case) is not None


def test_A5_a_decoy_is_on_no_list_and_no_agenda_and_is_never_told_of(
    area_id: UUID, browser: Principal
) -> None:
    case = decoy(area_id)
    listed(area_id, people_rows(3, MONDAY), MONDAY)
    assert db.session.scalar(select(func.count()).where(ItemRow.case_id == case)) == 0
    assert case_page.case(browser, case) is None, "an agency learns of no case that is on no meeting"
    for table in (EntryRow, TriageRow, MeetingRow):
        assert str(case) not in str(db.session.execute(select(table.__table__)).all())
    made = db.session.scalars(select(AuditRow).where(AuditRow.action == "decoy.created")).one()
    assert made.case_id is None and str(case) not in (made.subject + str(made.detail))


def test_A5_a_decoy_is_never_joined_by_an_incident_of_the_same_name(
    area_id: UUID, coordinator: Principal
) -> None:
    case = decoy(area_id)
    rows = people_rows(1, MONDAY)
    rows[0] |= {"victim_forename": "Oriel", "victim_surname": "Quenby", "victim_nominal": "",
                "victim_dob": "",
                "perpetrator_forename": "Denz", "perpetrator_surname": "Varrow", "perpetrator_nominal": "",
                "perpetrator_dob": ""}  # fmt: skip
    (item,) = listed(area_id, rows, MONDAY)
    assert db.session.get_one(ItemRow, item).case_id != case


def test_B_the_person_it_is_about_never_sees_an_alarm(
    area_id: UUID, chair: Principal, governance: Principal
) -> None:
    browse(chair, cases(area_id, 30))
    assert store.count_open(chair) == store.count(chair) == 0 and store.page(chair, 1, 50) == []
    (alarm,) = store.page(governance, 1, 50)
    assert store.one(chair, alarm.id) is None and alarm.name == "Ines Duarte"
    with pytest.raises(NotFound):
        alarms.deal_with(chair, alarm.id, "It was me, all is well", NOW)
    with pytest.raises(IntegrityError), saved():
        db.session.execute(update(AlarmRow).values(dealt_with_by=chair.account_id))
    assert store.count_open(governance) == 1


def test_B_somebody_else_deals_with_it_and_says_what_they_found(
    area_id: UUID, browser: Principal, chair: Principal
) -> None:
    browse(browser, cases(area_id, 30))
    (alarm,) = store.page(chair, 1, 50)
    with pytest.raises(RuleBroken):
        alarms.deal_with(chair, alarm.id, "  ", NOW)
    alarms.deal_with(chair, alarm.id, "Asked by the area manager", NOW)
    assert store.count_open(chair) == 0 and store.count(chair) == 1
    with pytest.raises(RuleBroken):
        alarms.deal_with(chair, alarm.id, "twice", NOW)
    assert audit.verify()[1] is None


def test_an_alarm_of_another_area_is_not_there(area_id: UUID, browser: Principal) -> None:
    elsewhere = an_agency(areas.create("southmoor", date(2026, 11, 2), NOW), "Southmoor Police")
    stranger = a_person(elsewhere, Role.CHAIR)
    browse(browser, cases(area_id, 30))
    assert len(raised()) == 1
    assert store.count_open(stranger) == 0 and store.one(stranger, raised()[0].id) is None
    assert db.session.scalars(select(OutboxRow)).all() == []
