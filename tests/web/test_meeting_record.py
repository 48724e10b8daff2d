"""The page of who is here, the strip above a case, and one's own confirmation, as people use them."""

import re
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from agenda.circulation import Group
from meetingsvc.models import AttendeeRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Principal, Role
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests.a_marac import line_of, referred
from tests.a_meeting_record import nothing_missing, somebody
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.routes import statements


class Meeting:
    """A published MARAC with two cases, on its day; and the day's daily list, as it was then."""

    def __init__(self, service: Flask) -> None:
        with service.app_context():
            self.who: Principal = somebody(Role.COORDINATOR)
            daily = referred(self.who, (Group.NEW_SAFEGUARDS,) * 2)
            self.items = [line_of(item).id for item in daily]
            self.id: UUID = db.session.get_one(ItemRow, self.items[0]).meeting_id
            marac.close(self.who, self.id, NOW)
            marac_publishing.publish(self.who, self.id, NOW)
            self.day: UUID = db.session.get_one(ItemRow, daily[0]).meeting_id
            self.case = db.session.get_one(ItemRow, self.items[0]).case_id

    @property
    def page(self) -> str:
        return f"/meetings/{self.id}/record"


@pytest.fixture
def client(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def meeting(service: Flask, client: FlaskClient) -> Meeting:
    return Meeting(service)


def fields(page: str) -> dict[str, str]:
    """What the form carries of itself, as a browser would send it back with nothing ticked."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: value for name, value in hidden if name != "csrf_token"}


def test_R3_a_daily_meetings_attendance_is_recorded_in_one_go(
    service: Flask, client: FlaskClient, meeting: Meeting
) -> None:
    page = client.get(f"/meetings/{meeting.day}/record").text
    assert "Person 0" in page and "What is said and shared here is confidential" in page
    me = f"p-{meeting.who.account_id}-here"
    sent = client.post(f"/meetings/{meeting.day}/record", data=fields(page) | {me: "1", "statement": "1"})
    assert sent.status_code == 303
    after = client.get(f"/meetings/{meeting.day}/record").text
    assert "Saved: 1 person here." in text_of(after)
    assert "Read out Monday 23 November 2026, 08:30 by Person 0." in text_of(after)
    assert re.search(rf'id="{me}"[^>]* checked', after)


def test_R3_who_chaired_is_chosen_on_who_is_here_and_its_absence_is_warned_of(
    service: Flask, client: FlaskClient, meeting: Meeting
) -> None:
    with service.app_context():
        db.session.get_one(MeetingRow, meeting.id).sits_on = NOW.date()  # its day has come
        db.session.commit()
    assert "then say here who of them chaired" in client.get(meeting.page).text
    for item in meeting.items:
        client.post(f"/items/{item}/not-reached", data={"reason": "No time was left"})
    me = str(meeting.who.account_id)
    client.post(meeting.page, data=fields(client.get(meeting.page).text) | {f"p-{me}-here": "1"})
    assert "It is not recorded who chaired" in client.get(f"/meetings/{meeting.id}/end").text
    page = client.get(meeting.page).text
    assert '<option value="">Not recorded</option>' in page
    sent = fields(page) | {f"p-{me}-here": "1", "chair": me}
    assert client.post(meeting.page, data=sent).status_code == 303
    assert f'<option value="{me}" selected>' in client.get(meeting.page).text
    assert "It is not recorded who chaired" not in client.get(f"/meetings/{meeting.id}/end").text


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_R3_what_another_person_wrote_meanwhile_stands_beside_what_was_typed(
    client: FlaskClient, meeting: Meeting
) -> None:
    here = f"/meetings/{meeting.day}/record"
    seen = fields(client.get(here).text)
    me = f"p-{meeting.who.account_id}"
    assert client.post(here, data=seen | {f"{me}-here": "1"}).status_code == 303
    assert client.post(here, data=fields(client.get(here).text)).status_code == 303, "taken back"
    newer = fields(client.get(here).text)
    assert client.post(here, data=newer | {f"{me}-here": "1"}).status_code == 303
    stale = client.post(here, data=newer | {f"{me}-was": "10"})
    assert stale.status_code == 409 and "Somebody else saved: Person 0: here" in text(stale)
    assert client.post(here, data=fields(stale.text)).status_code == 303, "saved again, mine stands"
    assert not re.search(rf'id="{me}-here"[^>]* checked', client.get(here).text)


def test_R3_what_is_wrong_is_said_beside_its_line_and_nothing_typed_is_lost(
    client: FlaskClient, meeting: Meeting
) -> None:
    here = f"/meetings/{meeting.day}/record"
    page = client.get(here).text
    (key,) = re.findall(r'name="typed-observer" value="([^"]+)"', page)
    typed = {f"p-{key}-name": "Ida Voss", f"p-{key}-here": "1"}
    answer = client.post(here, data=fields(page) | typed)
    assert answer.status_code == 422 and 'value="Ida Voss"' in answer.text
    assert "An observer signs confidentiality before they hear a case" in answer.text
    agency = re.findall(r'name="(a-[^"]+)-on"', page)[0]
    unread = client.post(here, data=fields(page) | {f"{agency}-on": "soon"})
    assert unread.status_code == 422 and 'value="soon"' in unread.text


def test_M1_the_clock_of_a_case_is_begun_and_stopped_above_it(client: FlaskClient, meeting: Meeting) -> None:
    daily = re.findall(r'href="/items/([^"]+)/outcome"', client.get(f"/meetings/{meeting.day}/record").text)
    page = f"/items/{daily[0]}"
    assert "Hear this case" in client.get(f"{page}/outcome").text
    assert client.post(f"{page}/hear").status_code == 303
    assert "Stop the clock" in client.get(f"{page}/outcome").text
    strip = client.post(f"{page}/pause", headers={"X-Strip": "1"})
    assert strip.status_code == 200 and "<html" not in strip.text and "Hear this case" in strip.text
    early = client.post(f"/items/{meeting.items[0]}/hear", headers={"X-Strip": "1"})
    assert early.status_code == 409 and "has not begun" in early.text and "data-strip" in early.text
    assert client.post(f"/items/{meeting.items[0]}/hear").status_code == 409


def test_M6_the_page_of_a_case_tells_who_runs_the_meeting_and_nobody_else_who_must_leave(
    service: Flask, signed_in: SignIn, client: FlaskClient, meeting: Meeting
) -> None:
    idva, rep = signed_in(Role.IDVA, "Haven Northtest"), signed_in(Role.REPRESENTATIVE, "Haven Northtest")
    with service.app_context():
        daily = db.session.scalars(select(ItemRow).where(ItemRow.meeting_id == meeting.day)).all()
        a_wall(meeting.who.area_id, daily[0].case_id, somebody(Role.IDVA).account_id)
        page = f"/items/{daily[0].id}/outcome"
    for each in (idva, rep):
        assert each.post(f"/meetings/{meeting.day}/here").status_code == 303
    told = text(client.get(page))
    assert "Ask to leave the room first: Person 1." in told
    client.post(page.replace("outcome", "hear"))
    assert "Out of the room for this case: Person 1" in text(client.get(page))
    for words in ("leave the room", "Out of the room", "may not hear"):
        assert words not in text(rep.get(page))
    assert idva.get(page).status_code == 404


def test_R3_each_person_says_on_the_day_that_they_are_there(
    service: Flask, signed_in: SignIn, meeting: Meeting
) -> None:
    rep = signed_in(Role.REPRESENTATIVE, "Haven Northtest")
    assert "The daily meeting is today" in text(rep.get("/"))
    own = f"/meetings/{meeting.day}/here"
    assert "I am here, and have read the confidentiality statement" in rep.get(own).text
    assert rep.post(own).status_code == 303
    assert "You are on the record as here" in text(rep.get(own))
    assert "The daily meeting is today" not in text(rep.get("/"))
    assert "on the day of the meeting" in text(rep.get(f"/meetings/{meeting.id}/here"))
    assert rep.post(f"/meetings/{meeting.id}/here").status_code == 409
    with service.app_context():
        (row,) = db.session.scalars(select(AttendeeRow)).all()
        assert row.confidential_at == NOW and row.recorded_by == row.account_id


def test_M4_meetings_of_one_day_are_told_apart_by_their_time_and_kind(
    service: Flask, signed_in: SignIn, meeting: Meeting
) -> None:
    rep = signed_in(Role.REPRESENTATIVE, "Haven Northtest")
    with service.app_context():
        first = db.session.get_one(MeetingRow, meeting.id)
        first.sits_on, first.starts_at = NOW.date(), NOW.replace(hour=9, minute=30)
        other = {"sits_on": NOW.date(), "kind": "MARAC", "state": "published", "area_id": first.area_id,
                 "built_at": NOW, "published_at": NOW}  # fmt: skip
        called = MeetingRow(
            starts_at=NOW.replace(hour=14, minute=0), emergency=1, case_id=meeting.case, **other
        )
        db.session.add(called)
        db.session.commit()
    page = text(rep.get("/"))
    assert "The MARAC is today at 09:30" in page and "The emergency MARAC is today at 14:00" in page
    assert "I am here : The emergency MARAC at 14:00" in page


def test_M1_a_marac_is_ended_by_a_page_that_says_what_is_missing(
    service: Flask, client: FlaskClient, meeting: Meeting
) -> None:
    with service.app_context():
        db.session.get_one(MeetingRow, meeting.id).sits_on = NOW.date()  # its day has come
        db.session.commit()
    end = f"/meetings/{meeting.id}/end"
    told = text(client.get(end))
    assert "cannot be ended yet" in told and "Nobody is recorded as present" in told
    assert "2 cases have no outcome" in told and client.post(end).status_code == 409
    for item in meeting.items:
        page = f"/items/{item}/not-reached"
        assert client.get(page).status_code == 200 and client.post(page, data={}).status_code == 422
        assert client.post(page, data={"reason": "No time was left"}).status_code == 303
    assert "Not reached No time was left" in text(client.get(meeting.page))
    client.post(f"/items/{meeting.items[0]}/reached")
    client.post(f"/items/{meeting.items[0]}/not-reached", data={"reason": "No time was left"})
    with service.app_context():
        nothing_missing(meeting.who, meeting.id)
        with saved():
            db.session.execute(update(AttendeeRow).values(confidential_at=None))
    page = text(client.get(end))
    assert f"Not reminded of it: {meeting.who.name}." in page
    assert "Why was it not read out?" in page and client.post(end).status_code == 409
    with service.app_context(), saved():
        db.session.execute(update(AttendeeRow).values(confidential_at=NOW))
    assert "Why was it not read out?" not in text(client.get(end))
    assert "2 cases that were not reached go on the next MARAC, first" in text(client.get(end))
    done = client.post(end, follow_redirects=True)
    assert "2 not reached: on the next MARAC, first." in text(done)
    assert "This MARAC ended" in text(client.get(end))
    assert "The record is closed" in text(client.get(meeting.page))


def test_M1_a_daily_meeting_has_no_page_on_which_to_end_a_marac(
    client: FlaskClient, meeting: Meeting
) -> None:
    assert client.get(f"/meetings/{meeting.id}/end").status_code == 200
    for answer in (client.get(f"/meetings/{meeting.day}/end"), client.post(f"/meetings/{meeting.day}/end")):
        assert answer.status_code == 404


def test_R3_a_marac_whose_record_nobody_closed_stands_on_the_first_page(
    service: Flask, signed_in: SignIn, client: FlaskClient, meeting: Meeting
) -> None:
    with service.app_context():
        db.session.get_one(MeetingRow, meeting.id).sits_on = NOW.date().replace(day=20)
        db.session.commit()
    assert "Record not closed MARAC of Friday 20 November 2026" in text(client.get("/"))
    assert "Record not closed" not in text(signed_in(Role.IDVA, "Haven Northtest").get("/"))


def test_V5_the_page_asks_the_database_as_often_however_many_came(
    service: Flask, client: FlaskClient, meeting: Meeting, signed_in: SignIn
) -> None:
    with statements(service) as few:
        client.get(f"/meetings/{meeting.day}/record")
    for role in (Role.IDVA, Role.REPRESENTATIVE):
        signed_in(role, "Haven Northtest").post(f"/meetings/{meeting.day}/here")
    with statements(service) as many:
        client.get(f"/meetings/{meeting.day}/record")
    assert len(many) <= len(few) <= 32


def daily_case(client: FlaskClient, meeting: Meeting) -> str:
    """The address of a case of the daily meeting, which is under way."""
    found = re.findall(r'href="/items/([^"]+)/outcome"', client.get(f"/meetings/{meeting.day}/record").text)
    return f"/items/{found[0]}/outcome"


def test_M1_its_buttons_lose_nothing_that_is_typed_below_without_a_script(
    client: FlaskClient, meeting: Meeting
) -> None:
    page = daily_case(client, meeting)
    shown = client.get(page).text
    assert 'form="outcome-form" formnovalidate name="step" value="strip.hear"' in shown
    assert shown.index('name="step" value="save"') < shown.index('value="strip.hear"'), "Enter saves"
    sent = {"version": "0", "notes": "Half a sentence", "risk": "high", "step": "strip.hear"}
    answer = client.post(page, data=sent)
    assert answer.status_code == 200 and "Half a sentence" in answer.text and "Stop the clock" in answer.text
    again = client.post(page, data=sent | {"step": f"strip.left.{UUID(int=7)}"})
    assert again.status_code == 409 and "Half a sentence" in again.text
    assert "is not on the record of this meeting" in again.text
    assert client.post(page, data=sent | {"step": "strip.nothing"}).status_code == 404


def test_M1_the_strip_is_fetched_alone_and_as_often_as_it_changes(
    client: FlaskClient, meeting: Meeting
) -> None:
    page = daily_case(client, meeting)
    live = page.replace("outcome", "live")
    before = client.get(live).json["strip"]
    client.post(page.replace("outcome", "hear"))
    assert client.get(live).json["strip"] != before
    alone = client.get(page, headers={"X-Strip": "form"}).text
    assert "<html" not in alone and "Stop the clock" in alone and 'form="outcome-form"' in alone
    assert 'form="outcome-form"' not in client.get(page, headers={"X-Strip": "1"}).text
    assert client.get(f"/items/{UUID(int=7)}/outcome", headers={"X-Strip": "1"}).status_code == 404


def test_F3_M6_a_name_that_reads_like_somebodys_on_a_case_is_asked_about_beside_its_line(
    client: FlaskClient, meeting: Meeting
) -> None:
    here = f"/meetings/{meeting.day}/record"
    page = client.get(here).text
    (key,) = re.findall(r'name="typed-observer" value="([^"]+)"', page)
    typed = {f"p-{key}-name": "Gareth Moss", f"p-{key}-here": "1", f"p-{key}-signed": "1",
             f"p-{key}-organisation": "Moor College"}  # fmt: skip
    answer = client.post(here, data=fields(page) | typed)
    assert answer.status_code == 422 and "This name reads like that of the perpetrator of C-" in answer.text
    assert f'id="p-{key}-apart"' in answer.text and 'value="Gareth Moss"' in answer.text
    taken = client.post(here, data=fields(page) | typed | {f"p-{key}-apart": "A lecturer we all know."})
    assert taken.status_code == 303
    assert "Not the person on a case: A lecturer we all know." in text(client.get(here))


def test_R3_a_button_beside_the_form_loses_nothing_that_is_ticked_or_typed_there(
    service: Flask, client: FlaskClient, meeting: Meeting
) -> None:
    here, me = f"/meetings/{meeting.day}/record", f"p-{meeting.who.account_id}"
    assert client.post(here, data=fields(client.get(here).text) | {f"{me}-here": "1"}).status_code == 303
    page = client.get(here).text
    (whom,) = re.findall(rf'formaction="/meetings/{meeting.day}/left"[^>]* value="([^"]+)"', page)
    assert 'form="attendance-form" formaction=' in page, "what is ticked above goes with it"
    (key,) = re.findall(r'name="typed-observer" value="([^"]+)"', page)
    agency = re.findall(r'name="(a-[^"]+)-on"', page)[0]
    typed = {
        f"p-{key}-name": "Ida Voss",
        f"{agency}-apologies": "1",
        f"{agency}-on": "soon",
        "statement": "1",
    }
    stands = fields(page) | {f"{me}-here": "1"}
    went = client.post(here.replace("record", "left"), data=stands | typed | {"whom": whom})
    assert went.status_code == 200 and "is not saved yet" in went.text and 'data-guard="unsaved"' in went.text
    assert 'value="Ida Voss"' in went.text and 'value="soon"' in went.text and "left 08:30" in text(went)
    for ticked in (f"{agency}-apologies", "statement", f"{me}-here"):
        assert re.search(rf'id="{ticked}"[^>]* checked', went.text), ticked
    with service.app_context():
        (row,) = db.session.scalars(select(AttendeeRow)).all()
        assert row.here, "nothing of the form was saved by it"
    kept = fields(went.text) | {f"{me}-here": "1"} | typed | {f"{agency}-on": "20/11/2026"}
    case = re.findall(r'formaction="/items/([^"]+)/hear"', went.text)[0]
    heard = client.post(f"/items/{case}/hear", data=kept)
    assert heard.status_code == 200 and 'value="Ida Voss"' in heard.text
    assert f"/items/{case}/pause" in heard.text
    unknown = client.post(here.replace("record", "joined"), data=kept | {"whom": str(UUID(int=7))})
    assert unknown.status_code == 409 and 'value="Ida Voss"' in unknown.text
    assert "is not on the record of this meeting" in unknown.text
    kept |= {f"p-{key}-organisation": "Moor College", f"p-{key}-signed": "1"}
    assert client.post(here, data=kept).status_code == 303
    after = client.get(here).text
    assert 'value="Ida Voss"' in after and "left 08:30" in text_of(after), "and who had left stays gone"


def test_R3_where_nothing_is_typed_a_button_beside_the_form_leads_on(
    client: FlaskClient, meeting: Meeting
) -> None:
    here, me = f"/meetings/{meeting.day}/record", f"p-{meeting.who.account_id}"
    joins = fields(client.get(here).text) | {"whom": "", "joins": str(meeting.who.account_id)}
    assert client.post(here.replace("record", "joined"), data=joins).location == here
    page = client.get(here).text
    assert re.search(rf'id="{me}-here"[^>]* checked', page) and "came 08:30" in text_of(page)
    case = re.findall(r'formaction="/items/([^"]+)/hear"', page)[0]
    told = fields(page) | {f"{me}-here": "1"}
    assert client.post(f"/items/{case}/hear", data=told).location == f"/items/{case}/outcome"
