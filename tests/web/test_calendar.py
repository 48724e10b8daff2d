"""The pages of one's calendar, and the private link that needs no sign-in (M4, S2, S3, F3, V1)."""

import re
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import delete, select

from agenda.circulation import Group
from agenda.dates import worked_back
from agenda.emergency import Soon
from meetingsvc import holidays
from meetingsvc.models import (
    AccountRow,
    AgencyPanelRow,
    AgencyRow,
    AuditRow,
    CalendarFeedRow,
    ItemRow,
    MeetingRow,
    db,
)
from meetingsvc.permissions import Principal, Role
from meetingsvc.store import accounts, areas, invitations
from meetingsvc.usecases import emergency, marac, meeting_moves_planned
from meetingsvc.usecases.transaction import saved
from notifications.answers import Answer
from notifications.invites import PLACE, SUMMARY, SUMMARY_DAY
from tests.a_marac import a_person, an_agency, listed, people_rows, referred, to_day
from tests.a_wall import a_wall
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.routes import body

THURSDAY, FRIDAY = date(2026, 12, 3), date(2026, 12, 4)


def person(role: Role) -> Principal:
    account_id = db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).first()
    found = account_id and accounts.principal(account_id, NOW)
    assert found
    return found


def planned(service: Flask, day: date = THURSDAY) -> UUID:
    with service.app_context():
        return marac.plan(person(Role.COORDINATOR), day, NOW)


def make_link(client: FlaskClient) -> str:
    """The path of one's link, from the one page that shows it."""
    page = client.post("/calendar/link").text
    found = re.search(r"/calendar/feed/[\w-]{43}\.ics", page)
    assert found, page
    return found[0]


def entries(answer: bytes) -> list[Calendar]:
    """The meetings of a calendar: what has an hour."""
    return [one for one in Calendar.from_ical(answer).walk("VEVENT") if not _is_day(one)]


def days(answer: bytes) -> dict[str, date]:
    """The days by which something is done, by their identifiers."""
    found = [one for one in Calendar.from_ical(answer).walk("VEVENT") if _is_day(one)]
    assert {str(one["summary"]) for one in found} <= {SUMMARY_DAY}
    return {str(one["uid"]): one["dtstart"].dt for one in found}


def _is_day(one: Calendar) -> bool:
    return not isinstance(one["dtstart"].dt, datetime)


@pytest.fixture
def people(signed_in: SignIn) -> dict[str, FlaskClient]:
    return {
        "coordinator": signed_in(Role.COORDINATOR),
        "rep": signed_in(Role.REPRESENTATIVE, "Northtest Homes"),
    }


def test_S2_F3_the_feed_says_when_and_nothing_else(service: Flask, people: dict[str, FlaskClient]) -> None:
    with service.app_context():
        referred(person(Role.COORDINATOR), (Group.REPEAT_NO_SAFEGUARDS,))
    answer = service.test_client().get(make_link(people["rep"]))
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    found = entries(answer.data)
    assert found and {str(one["summary"]) for one in found} == {SUMMARY}
    assert {str(one["location"]) for one in found} == {PLACE}
    assert not any(one.get("attendee") or one.get("organizer") or one.get("description") for one in found)
    for word in ("MARAC", "DRAMM", "northtest", "Northtest", "Thistlewood", "Person", "METHOD"):
        assert word not in answer.text, word
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers


def test_M4_T14_whoever_attends_daily_meetings_has_them_too(service: Flask, signed_in: SignIn) -> None:
    police, homes = signed_in(Role.REPRESENTATIVE), signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    rules = [
        [one for one in entries(service.test_client().get(make_link(client)).data) if "rrule" in one]
        for client in (police, homes)
    ]  # fmt: skip
    assert len(rules[0]) == 3 and len(rules[1]) == 1, "Monday, the other days, and the MARAC"


def test_M4_what_is_moved_or_cancelled_is_an_exception_of_the_series(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    link, made = make_link(people["rep"]), planned(service)
    with service.app_context():
        to_day(person(Role.COORDINATOR), made, FRIDAY)
        kept = invitations.latest(made)
        assert kept
    found = entries(service.test_client().get(link).data)
    moved = [one for one in found if "recurrence-id" in one and one["dtstart"].dt.date() == FRIDAY]
    assert len(moved) == 1 and moved[0]["recurrence-id"].dt.date() == THURSDAY
    assert str(moved[0]["uid"]) == kept.uid and moved[0]["sequence"] == kept.sequence == 1, (
        "as the mail has it"
    )
    holiday = [one for one in found if "recurrence-id" in one and one["recurrence-id"].dt.date() > FRIDAY]
    assert all(one["dtstart"].dt.weekday() < 5 for one in holiday)


def test_M4_what_moves_onto_a_cancelled_day_is_not_shown_as_cancelled(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    link, made, gone = make_link(people["rep"]), planned(service), THURSDAY + timedelta(days=14)
    with service.app_context():
        meeting_moves_planned.cancel_planned(person(Role.COORDINATOR), gone, "No venue", NOW)
        to_day(person(Role.COORDINATOR), made, gone)
        kept = invitations.latest(made)
        assert kept
    found = [one for one in entries(service.test_client().get(link).data) if one["dtstart"].dt.date() == gone]
    sits = [one for one in found if one.get("status") != "CANCELLED"]
    assert [(str(one["uid"]), one["sequence"]) for one in sits] == [(kept.uid, kept.sequence)]


def test_V1_a_link_opens_nothing_for_who_has_left_and_none_is_told_from_another(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    link, anybody = make_link(people["rep"]), service.test_client()
    unknown = anybody.get(f"/calendar/feed/{'x' * 43}.ics")
    assert unknown.status_code == 404 and anybody.get(link).status_code == 200
    with service.app_context(), saved():
        agency = db.session.get_one(AgencyRow, agency_named("Northtest Homes"))
        agency.withdrawn_on = NOW.date()
    gone = anybody.get(link)
    assert (gone.status_code, body(gone)) == (404, body(unknown))
    with service.app_context(), saved():
        agency = db.session.get_one(AgencyRow, agency_named("Northtest Homes"))
        agency.withdrawn_on = None
        row = db.session.get_one(AccountRow, person(Role.REPRESENTATIVE).account_id)
        row.disabled_at = NOW
    assert anybody.get(link).status_code == 404


def test_a_link_is_kept_as_a_digest_made_anew_and_revoked(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    client, anybody = people["rep"], service.test_client()
    first = make_link(client)
    second = make_link(client)
    assert anybody.get(first).status_code == 404 and anybody.get(second).status_code == 200
    key = second.split("/")[-1].removesuffix(".ics")
    with service.app_context():
        row = db.session.scalars(select(CalendarFeedRow)).one()
        assert key.encode() not in row.digest and len(row.digest) == 32
        trail = str(
            [(line.action, line.subject, line.detail) for line in db.session.scalars(select(AuditRow))]
        )
        assert key not in trail and "calendar.link_made" in trail
    assert key not in client.get("/calendar").text, "shown once"
    assert "cannot be undone" in client.get("/calendar/link/revoke").text
    assert client.post("/calendar/link/revoke").status_code == 303
    assert anybody.get(second).status_code == 404
    assert client.post("/calendar/link/revoke").status_code == 303, "safe to press twice"


def test_a_calendar_that_has_it_already_is_sent_nothing(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    link, anybody = make_link(people["rep"]), service.test_client()
    first = anybody.get(link)
    again = anybody.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and again.data == b""
    planned(service)
    made = planned(service, date(2026, 12, 9))
    with service.app_context():
        to_day(person(Role.COORDINATOR), made, date(2026, 12, 10))
    changed = anybody.get(link, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200 and changed.headers["ETag"] != first.headers["ETag"]


def test_A18_guessing_is_throttled_and_a_good_link_is_not_shut_out(
    service: Flask, people: dict[str, FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    link, anybody = make_link(people["rep"]), service.test_client()
    said = [anybody.get(f"/calendar/feed/{number}.ics").status_code for number in range(22)]
    assert said == [404] * 20 + [429] * 2
    assert anybody.get(link).status_code == 200
    assert [anybody.get(link).status_code for _ in range(12)] == [200] * 11 + [429]
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(minutes=1))
    assert anybody.get(link).status_code == 200


def test_M6_the_feed_never_tells_of_an_emergency_marac_whose_case_is_hidden(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    link = make_link(people["rep"])
    before = len(entries(service.test_client().get(link).data))
    with service.app_context():
        who = person(Role.COORDINATOR)
        items = listed(who.area_id, people_rows(2, NOW.date()))
        chair = a_person(an_agency(who.area_id, "Court"), Role.CHAIR, "Ansel")
        cases = [db.session.get_one(ItemRow, item).case_id for item in items]
        a_wall(who.area_id, cases[0], person(Role.REPRESENTATIVE).account_id)
        for number, case_id in enumerate(cases, 3):
            ask = emergency.ask(who, case_id, "He is released tonight.", Soon.TODAY, NOW)
            emergency.accept(chair, ask, NOW + timedelta(hours=number), NOW)
    found = entries(service.test_client().get(link).data)
    assert len(found) == before + 1
    assert [one["dtstart"].dt.hour for one in found if one["dtstart"].dt.date() == NOW.date()] == [12]
    page = people["rep"].get("/calendar").text
    assert "12:30" in page and "11:30" not in page


def test_M4_one_sees_what_one_is_invited_to_and_answers(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    made = planned(service)
    page = people["rep"].get("/calendar").text
    assert "3 December 2026" in page and "None yet" in page
    told = people["rep"].post("/calendar", data={"meeting": str(made), "answer": "accepted"})
    assert told.status_code == 303
    assert "Comes" in people["rep"].get("/calendar").text
    assert people["rep"].post("/calendar", data={"meeting": "x", "answer": "accepted"}).status_code == 409
    with service.app_context():
        (mine,) = [one for one in invitations.who_comes(person(Role.COORDINATOR), made) if one.answer]
        assert mine.answer is Answer.ACCEPTED


@pytest.mark.one_database
def test_M4_the_days_of_each_marac_are_in_the_feed_and_move_with_it(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    link, made = make_link(people["rep"]), planned(service)
    before = days(service.test_client().get(link).data)
    with service.app_context():
        area = areas.by_id(person(Role.COORDINATOR).area_id)
        told = worked_back(THURSDAY, areas.settings_of(area), holidays.known())
        after = worked_back(FRIDAY, areas.settings_of(area), holidays.known())
    uids = {day: key for key, day in before.items()}
    assert {told.closes, told.agenda_out, told.research_in, told.minutes_out} <= uids.keys()
    with service.app_context():
        to_day(person(Role.COORDINATOR), made, FRIDAY)
    moved = days(service.test_client().get(link).data)
    assert moved.keys() == before.keys(), "each stays the one it was"
    assert moved[uids[told.minutes_out]] == after.minutes_out != told.minutes_out


@pytest.mark.one_database
def test_M4_who_attends_no_marac_has_none_of_its_days(service: Flask, signed_in: SignIn) -> None:
    daily = signed_in(Role.REPRESENTATIVE)
    with service.app_context(), saved():
        db.session.execute(delete(AgencyPanelRow).where(AgencyPanelRow.code == "MARAC"))
    found = service.test_client().get(make_link(daily)).data
    assert entries(found) and days(found) == {}


@pytest.mark.one_database
def test_T14_only_who_attends_daily_meetings_is_promised_them(signed_in: SignIn) -> None:
    words = "which has the daily meetings too"
    assert words not in signed_in(Role.REPRESENTATIVE, "Northtest Homes").get("/calendar").text
    for who in (signed_in(Role.REPRESENTATIVE), signed_in(Role.COORDINATOR)):
        assert words in who.get("/calendar").text


@pytest.mark.one_database
def test_M4_the_page_counts_every_answer_and_says_who_reads_the_mailbox(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    made = planned(service)
    people["rep"].post("/calendar", data={"meeting": str(made), "answer": "declined"})
    page = people["coordinator"].get(f"/marac/{made}/answers").text
    assert "0 come, 1 does not, 1 has not answered." in page
    assert "meetingsvc calendar replies" in page and "service’s mailbox" not in page


def test_M4_who_runs_the_meeting_sees_who_comes_and_pastes_an_answer(
    service: Flask, people: dict[str, FlaskClient]
) -> None:
    made = planned(service)
    where = f"/marac/{made}/answers"
    people["rep"].post("/calendar", data={"meeting": str(made), "answer": "declined"})
    page = people["coordinator"].get(where).text
    assert "Northtest Homes" in page and "Does not come" in page and "No answer yet" in page
    assert people["rep"].get(where).status_code == 403
    broken = people["coordinator"].post(where, data={"answer": "<script>alert(1)</script>"})
    assert (
        broken.status_code == 422 and "Nothing changed" in broken.text and "<script>alert" not in broken.text
    )
    with service.app_context():
        entry = invitations.latest(made)
        address = person(Role.COORDINATOR)
        mail = db.session.scalar(select(AccountRow.email).where(AccountRow.id == address.account_id))
        assert entry and entry.replaces and db.session.get_one(MeetingRow, made)
        answer = (
            f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{entry.uid}\n"
            f"RECURRENCE-ID:{entry.replaces:%Y%m%dT%H%M%SZ}\nDTSTAMP:20261123T083000Z\nSEQUENCE:0\n"
            f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{mail}\nEND:VEVENT\nEND:VCALENDAR\n"
        )
    assert people["coordinator"].post(where, data={"answer": answer}).status_code == 303
    assert "May come" in people["coordinator"].get(where).text
