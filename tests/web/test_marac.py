"""The pages of a MARAC: what they show, whom they refuse, what they leave behind."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from agenda.circulation import Group
from meetingsvc.models import AuditRow, HearingRow, MeetingRow, PackRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import areas, marac
from tests.a_marac import MONDAY, TUESDAY, a_person, referred
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named

COORDINATOR = "Northtest Police"
GROUPS = (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS, Group.NEW_SAFEGUARDS)


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def meeting(service: Flask) -> str:
    """The page of a MARAC with three cases, which takes referrals."""
    with service.app_context():
        who = a_person(agency_named(COORDINATOR), Role.COORDINATOR, "Morgan Ashdown")
        referred(who, GROUPS, MONDAY)
        return f"/marac/{db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == 'MARAC')).one()}"


def publish(client: FlaskClient, meeting: str) -> None:
    for step in ("close", "publish"):
        assert client.get(f"{meeting}/{step}").status_code == 200
        assert client.post(f"{meeting}/{step}").status_code == 303


def count(service: Flask, of: type) -> int:
    with service.app_context():
        return db.session.scalar(select(func.count()).select_from(of)) or 0


def test_M1_the_agenda_shows_five_groups_in_order_and_what_is_next(
    coordinator: FlaskClient, meeting: str
) -> None:
    page = coordinator.get(meeting).text
    places = [page.index(f"Group {group.value}: ") for group in Group]
    assert places == sorted(places)
    assert "Update only: agencies confirm that safeguards are still in place" in page
    assert "No case in this group." in page and "close the agenda" in page


def test_M4_an_agenda_that_is_due_or_late_says_so_on_its_page_among_maracs_and_on_the_first_page(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn, meeting: str
) -> None:
    """The MARAC sits on Thursday 3 December; today is Monday 23 November."""
    step = "By Friday 20 November 2026, when referrals close."
    page = coordinator.get(meeting).text
    assert step in page and "That day has passed: close it as soon as you can" in page
    for page in ("/", "/marac"):
        told = coordinator.get(page).text.lower()
        assert "should have closed on fri" in told and "late</span>" in told, page
    coordinator.post(f"{meeting}/close")
    page = coordinator.get(meeting).text
    assert "By Monday 23 November 2026, when agendas go out" in page and "has passed" not in page
    for page in ("/", "/marac"):
        told = coordinator.get(page).text.lower()
        assert "goes out on mon" in told and "should have" not in told and "late</span>" not in told, page
    coordinator.post(f"{meeting}/publish")
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    for page in (coordinator.get("/"), coordinator.get("/marac"), rep.get("/"), rep.get("/marac")):
        assert page.status_code == 200 and "oes out on" not in page.text


def test_M1_a_marac_without_a_date_is_an_error_beside_the_date(coordinator: FlaskClient) -> None:
    for data in ({}, {"sits_on": ["", "", ""]}):
        answer = coordinator.post("/marac/plan", data=data)
        assert answer.status_code == 422 and "Enter the date of the MARAC" in answer.text
    forged = coordinator.post("/marac/plan", data={"sits_on": ["1", "2"]})
    assert forged.status_code == 422 and "Enter a real date" in forged.text
    holiday = coordinator.post("/marac/plan", data={"sits_on": ["25", "12", "2026"]})
    assert holiday.status_code == 422
    assert "The next working day is Tuesday 29 December 2026" in holiday.text
    assert 'value="25"' in holiday.text, "what was typed stays"
    mistyped = coordinator.post("/marac/plan", data={"sits_on": ["3", "12", "2027"]})
    assert mistyped.status_code == 422 and "is more than six months ahead. Check the year." in mistyped.text
    assert coordinator.post("/marac/plan", data={"sits_on": ["9", "12", "2026"]}).status_code == 303


def test_M1_publishing_twice_says_so_and_an_empty_agenda_says_what_to_do(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    early = coordinator.post(f"{meeting}/publish")
    assert early.status_code == 409 and "Close it, then publish it" in early.text
    coordinator.post(f"{meeting}/close")
    asked = coordinator.get(f"{meeting}/publish").text
    assert "The order can no longer change" in asked and "date can no longer" not in asked, "it can be moved"
    assert coordinator.post(f"{meeting}/publish").status_code == 303
    again = coordinator.post(f"{meeting}/publish", follow_redirects=True)
    assert again.status_code == 200 and "Nothing changed." in again.text
    assert "was published on" in coordinator.get(f"{meeting}/publish").text
    assert (count(service, PackRow), count(service, HearingRow)) == (1, 3)
    empty = coordinator.post("/marac/plan", data={"sits_on": ["9", "12", "2026"]}).location
    assert "There is nothing on this agenda." in coordinator.get(empty).text
    for step in ("close", "publish"):
        assert "There is nothing on this agenda" in coordinator.get(f"{empty}/{step}").text
        assert coordinator.post(f"{empty}/{step}").status_code == 409


def test_M1_a_case_moves_up_and_down_by_button(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    with service.app_context():
        _, first, second = marac.lines(UUID(meeting[7:]))
    answer = coordinator.post(f"{meeting}/order", data={"item_id": second.item_id, "place": 3, "to": 2})
    assert answer.status_code == 303 and answer.location.endswith(f"#case-{second.item_id}")
    page = coordinator.get(answer.location).text
    assert page.index(second.case) < page.index(first.case)
    stale = coordinator.post(f"{meeting}/order", data={"item_id": second.item_id, "place": 3, "to": 2})
    assert stale.status_code == 409 and "Somebody else has changed the order" in stale.text
    for wrong in ({}, {"item_id": "x", "place": 1, "to": 2}):
        assert coordinator.post(f"{meeting}/order", data=wrong).status_code == 400


def test_C3_an_update_only_case_is_moved_to_discussion_with_a_reason(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    coordinator.post(f"{meeting}/close")
    with service.app_context():
        item = marac.lines(UUID(meeting[7:]))[1].item_id
    there = f"{meeting}/cases/{item}/discuss"
    assert coordinator.get(there).status_code == 200
    assert coordinator.post(there, data={"reason": " "}).status_code == 422
    page = coordinator.post(there, data={"reason": "Homes: left the refuge"}, follow_redirects=True).text
    assert "Not confirmed, so for discussion: Homes: left the refuge" in page
    assert coordinator.get(f"{meeting}/cases/{uuid4()}/discuss").status_code == 404


def test_M1_a_late_case_is_published_on_a_supplementary_list(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn, meeting: str
) -> None:
    publish(coordinator, meeting)
    with service.app_context():
        who = a_person(agency_named(COORDINATOR), Role.COORDINATOR, "Somebody")
        (late,) = referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    assert coordinator.post(f"{meeting}/late", data={"reason": "Danger"}).status_code == 422
    kept = coordinator.post(f"{meeting}/late", data={"cases": [str(uuid4())], "reason": "Danger now"})
    assert kept.status_code == 422 and "Danger now" in kept.text
    assert (
        coordinator.post(f"{meeting}/late", data={"cases": [str(late)], "reason": "Danger"}).status_code
        == 303
    )
    page = coordinator.get(meeting).text
    assert "Not published yet" in page and "the MARAC does not hear what is not published" in page
    assert "Supplementary list" not in rep.get(meeting).text
    assert coordinator.get(f"{meeting}/supplement").status_code == 200
    for words in ("is published, with a pack of its own", "has been published already. Nothing changed."):
        assert words in coordinator.post(f"{meeting}/supplement/1", follow_redirects=True).text
    assert "Supplementary list 1" in rep.get(meeting).text
    assert count(service, PackRow) == 2


def test_S3_an_agency_sees_a_marac_only_once_it_is_published(
    coordinator: FlaskClient, signed_in: SignIn, meeting: str
) -> None:
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    unknown = rep.get(f"/marac/{uuid4()}")
    hidden = rep.get(meeting)
    assert hidden.status_code == unknown.status_code == 404
    assert strip(hidden.text) == strip(unknown.text)
    assert "No agenda has been published" in rep.get("/marac").text
    publish(coordinator, meeting)
    page = rep.get(meeting).text
    assert "C-000001" in page and "Close the agenda" not in page and ">Up<" not in page
    for path in ("close", "publish", "late", "supplement", "copies", "date"):
        assert rep.get(f"{meeting}/{path}").status_code == 403


def strip(page: str) -> list[str]:
    return [line for line in page.splitlines() if "nonce" not in line and "csrf" not in line]


def test_M1_without_a_marac_date_the_page_says_what_waits_and_what_to_do(
    service: Flask, coordinator: FlaskClient
) -> None:
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        area.settings = {}
        db.session.commit()
        referred(a_person(agency_named(COORDINATOR), Role.COORDINATOR), GROUPS[:1])
    page = coordinator.get("/marac").text
    assert "No MARAC date is set." in page and "1 case waits" in page and "C-000001" in page


def test_V5_who_opens_an_agenda_leaves_a_trace(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    coordinator.get(meeting)
    with service.app_context():
        subjects = db.session.scalars(select(AuditRow.subject).where(AuditRow.action == "marac.read")).all()
    assert subjects == [f"meeting/{meeting[7:]}"]


def test_M1_a_marac_whose_day_has_passed_unpublished_is_given_a_new_date(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    with service.app_context():
        row = db.session.get_one(MeetingRow, UUID(meeting[7:]))
        row.sits_on = date(2026, 11, 19)
        db.session.commit()
    assert "the day of this MARAC has passed" in coordinator.get(meeting).text
    told = {"sits_on": ["2", "12", "2026"], "starts": "09:30", "reason": "It was missed", "do": "send"}
    moved = coordinator.post(f"{meeting}/date", data=told, follow_redirects=True)
    assert "MARAC of Wednesday 2 December 2026" in moved.text


def sat(service: Flask, meeting: str) -> None:
    """Makes its day go by."""
    with service.app_context():
        db.session.get_one(MeetingRow, UUID(meeting[7:])).sits_on = date(2026, 11, 19)
        db.session.commit()


def test_M1_a_marac_that_did_not_sit_is_recorded_with_the_reason_and_agencies_see_it(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn, meeting: str
) -> None:
    early = coordinator.get(f"{meeting}/not-sat").text
    assert "has not been published" in early and "cannot be undone" not in early
    publish(coordinator, meeting)
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    assert rep.get(f"{meeting}/not-sat").status_code == rep.post(f"{meeting}/not-sat").status_code == 403
    sat(service, meeting)
    assert f"{meeting}/not-sat" in coordinator.get(meeting).text
    asks = coordinator.get(f"{meeting}/not-sat").text
    assert "no case on it counts as heard" in asks and "3 cases" in asks
    empty = coordinator.post(f"{meeting}/not-sat", data={"reason": " "})
    assert empty.status_code == 422 and "Say why" in empty.text
    assert count(service, HearingRow) == 3
    done = coordinator.post(f"{meeting}/not-sat", data={"reason": "Snow"}, follow_redirects=True).text
    assert "Its cases are on the agenda of the next one." in done and count(service, HearingRow) == 0
    for client in (coordinator, rep):
        page = client.get(meeting).text
        assert "This MARAC did not sit:</strong> Snow" in page and "C-000001" in page
        assert "read the pack" in page, "packs stay until they expire"
        assert "did not sit" in client.get("/marac").text
    again = coordinator.post(f"{meeting}/not-sat", data={"reason": "Snow"})
    assert again.status_code == 409 and "Nothing changed." in again.text
    for step in ("late", "publish", "supplement", "copies"):
        assert coordinator.get(f"{meeting}/{step}").status_code == 200


def test_M1_the_page_says_when_a_supplementary_list_was_never_published(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    publish(coordinator, meeting)
    with service.app_context():
        who = a_person(agency_named(COORDINATOR), Role.COORDINATOR, "Somebody")
        (late,) = referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    coordinator.post(f"{meeting}/late", data={"cases": [str(late)], "reason": "Danger"})
    sat(service, meeting)
    assert "was never published, so its cases were not heard" in coordinator.get(meeting).text


def test_M1_the_page_says_when_it_was_closed_and_published_and_not_that_it_sat_then(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    coordinator.post(f"{meeting}/close")
    assert "Closed on Monday 23 November 2026, 08:30. Not published yet." in coordinator.get(meeting).text
    coordinator.post(f"{meeting}/publish")
    assert "Published on Monday 23 November 2026, 08:30. 3 cases." in coordinator.get(meeting).text
    sat(service, meeting)
    page = coordinator.get(meeting).text
    assert "Has sat. Published on Monday 23 November 2026, 08:30." in page


def test_M1_the_agenda_the_list_of_maracs_and_the_home_page_count_the_same_cases(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn, meeting: str
) -> None:
    publish(coordinator, meeting)
    with service.app_context():
        who = a_person(agency_named(COORDINATOR), Role.COORDINATOR, "Somebody")
        (late,) = referred(who, (Group.NEW_NO_SAFEGUARDS,), TUESDAY)
    coordinator.post(f"{meeting}/late", data={"cases": [str(late)], "reason": "Danger"})
    rep = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    for client, cases in ((coordinator, 4), (rep, 3)):
        assert f" {cases} cases" in client.get(meeting).text
        assert f" {cases} cases" in client.get("/").text
        assert f'app-table__number">{cases}</td>' in client.get("/marac").text
    assert "1 of them on a list not published yet" in coordinator.get(meeting).text
    coordinator.post(f"{meeting}/supplement/1")
    assert " 4 cases." in rep.get(meeting).text and " 4 cases." in rep.get("/").text


def test_M4_a_date_that_can_no_longer_change_is_said_before_the_form(
    service: Flask, coordinator: FlaskClient, meeting: str
) -> None:
    assert '<form method="post" action' in coordinator.get(f"{meeting}/date").text
    publish(coordinator, meeting)
    sat(service, meeting)
    page = coordinator.get(f"{meeting}/date").text
    assert "This MARAC has sat. Its date can no longer change." in page
    assert '<form method="post" action="/marac' not in page
    told = {"sits_on": ["9", "12", "2026"], "starts": "09:30", "reason": "Snow", "do": "send"}
    late = coordinator.post(f"{meeting}/date", data=told)
    assert late.status_code == 409 and "Its date can no longer change" in late.text
