"""The page of dates, and moving or cancelling from it."""

from datetime import date
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import MeetingMoveRow, MeetingRow, OutboxRow, db
from meetingsvc.permissions import Role
from tests.a_marac import MONDAY, a_person, referred
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named
from tests.web.test_marac import COORDINATOR, GROUPS, publish

MOVED = {"sits_on": ["4", "12", "2026"], "starts": "14:00", "reason": "Snow is forecast"}
pytestmark = pytest.mark.one_database


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


def day_of(service: Flask, meeting: str) -> date:
    with service.app_context():
        return db.session.scalars(select(MeetingRow.sits_on).where(MeetingRow.kind == "MARAC")).one()


def seen(page: str) -> str:
    """What the page's hidden field says of when the meeting was to start."""
    return page.split('name="seen" value="')[1].split('"')[0]


def test_M4_the_page_tells_every_date_and_what_is_next(
    coordinator: FlaskClient,
    meeting: str,
    signed_in: SignIn,
) -> None:
    page = coordinator.get("/dates").text
    assert "19 November" not in page, "nothing sat then"
    assert page.count("<tr") > 20 and "Fri 20 Nov 2026" in page and "Tue 8 Dec 2026" in page
    assert f'href="{meeting}"' in page and "Boxing Day" not in page
    assert "agenda out, for the MARAC of Thursday 3 December 2026." in page
    assert "No daily meeting: it is a bank holiday. The list of Tuesday 29 December 2026 covers it." in page
    rep = signed_in(Role.REPRESENTATIVE).get("/dates").text
    assert "Thursday 3 December 2026" in rep, "who attends knows when"
    assert meeting not in rep and "/move" not in rep, "and no more of what is not shared"
    assert "year 2027" in coordinator.get("/dates?year=2027").text
    for wrong in ("1999", "2060", "99999999999"):
        assert coordinator.get(f"/dates?year={wrong}").status_code == 404


def test_M4_moving_shows_first_what_moves_and_who_is_told(
    service: Flask,
    coordinator: FlaskClient,
    meeting: str,
    signed_in: SignIn,
) -> None:
    publish(coordinator, meeting)
    told = MOVED | {"seen": seen(coordinator.get(f"{meeting}/date").text)}
    check = coordinator.post(f"{meeting}/date", data=told)
    assert check.status_code == 200 and "count as heard on the new day" in check.text
    assert ": 3 cases; those" in check.text and "Friday 4 December 2026, 14:00" in check.text
    assert day_of(service, meeting) == date(2026, 12, 3), "nothing has changed yet"
    done = coordinator.post(f"{meeting}/date", data=told | {"do": "send"})
    assert done.status_code == 303 and day_of(service, meeting) == date(2026, 12, 4)
    again = coordinator.post(f"{meeting}/date", data=told | {"do": "send"})
    assert again.status_code == 409 and "Somebody else has moved this meeting" in again.text
    page = signed_in(Role.REPRESENTATIVE).get("/dates").text
    assert "From Thu 3 Dec 2026: Snow is forecast" in page and f'href="{meeting}"' in page
    with service.app_context():
        notices = list(db.session.scalars(select(OutboxRow.notice)))
        assert notices.count("meeting_changed") >= 1
        assert len(db.session.scalars(select(MeetingMoveRow)).all()) == 1


def test_M1_who_moves_a_marac_past_another_is_told_so(coordinator: FlaskClient, meeting: str) -> None:
    past = MOVED | {"sits_on": ["18", "12", "2026"]}
    for step in ({}, {"do": "send"}):
        refused = coordinator.post(f"{meeting}/date", data=past | step)
        assert refused.status_code == 409
        assert "A MARAC sits before that, on Thursday 17 December 2026, and cases" in refused.text
    assert "sits before that" not in coordinator.post(f"{meeting}/date", data=MOVED).text
    publish(coordinator, meeting)
    held = coordinator.post(f"{meeting}/date", data=past)
    assert held.status_code == 200, (
        "agencies hold it: cases on it go nowhere else until it is said not to sit"
    )
    assert "A MARAC sits before that, on Thursday 17 December 2026. Cases on this agenda" in held.text


def test_M1_a_case_that_waits_too_long_is_warned_of_until_it_does_not(
    coordinator: FlaskClient, meeting: str
) -> None:
    for page in ("/marac", "/"):
        assert "than from one MARAC to the next" not in coordinator.get(page).text
    publish(coordinator, meeting)
    far = MOVED | {"sits_on": ["20", "5", "2027"], "do": "send"}
    assert coordinator.post(f"{meeting}/date", data=far).status_code == 303
    assert "3</strong> cases on an agenda wait longer" in coordinator.get("/").text
    page = coordinator.get("/marac").text
    assert (
        "3 cases wait longer than from one MARAC to the next." in page
        and f'<a class="govuk-link" href="{meeting}">Thursday 20 May 2027' in page
    )
    back = MOVED | {"sits_on": ["3", "12", "2026"], "do": "send"}
    assert coordinator.post(f"{meeting}/date", data=back).status_code == 303
    for page in ("/marac", "/"):
        assert "than from one MARAC to the next" not in coordinator.get(page).text


def test_M4_a_closed_agenda_takes_no_referrals_wherever_it_is_moved(
    coordinator: FlaskClient, meeting: str, signed_in: SignIn
) -> None:
    rep = signed_in(Role.REPRESENTATIVE)
    assert "Closed Mon" not in rep.get("/dates").text
    coordinator.post(f"{meeting}/close")
    for who in (coordinator, rep):
        assert "Closed Mon 23 Nov 2026" in who.get("/dates").text, "nobody holds a referral back for it"
        assert "Out Mon" not in who.get("/dates").text
    assert "Referrals close" not in coordinator.post(f"{meeting}/date", data=MOVED).text
    assert coordinator.post(f"{meeting}/publish").status_code == 303
    coordinator.post(f"{meeting}/date", data=MOVED | {"sits_on": ["9", "12", "2026"], "do": "send"})
    for who in (coordinator, rep):
        page = who.get("/dates").text
        assert "Closed Mon 23 Nov 2026" in page and "Out Mon 23 Nov 2026" in page
        assert "referrals close, for the MARAC of Thursday 17 December 2026." in page, "not of this one"


def test_M4_deadlines_that_have_passed_are_marked_before_it_is_moved(
    coordinator: FlaskClient, meeting: str
) -> None:
    page = coordinator.post(f"{meeting}/date", data=MOVED | {"sits_on": ["24", "11", "2026"]}).text
    assert page.count("Already past") == 3 and "Agencies have no time for research" in page
    later = coordinator.post(f"{meeting}/date", data=MOVED | {"sits_on": ["9", "12", "2026"]}).text
    assert "Already past" not in later and "no time for research" not in later


@pytest.mark.parametrize(("starts", "status"), [("03:00", 409), ("06:59", 409), ("07:00", 200),
                                                ("20:00", 200), ("20:01", 409)])  # fmt: skip
def test_M4_a_marac_starts_by_day(coordinator: FlaskClient, meeting: str, starts: str, status: int) -> None:
    for there, day in ((f"{meeting}/date", "4"), ("/dates/2026-12-17/move", "18")):
        told = MOVED | {"starts": starts, "sits_on": [day, "12", "2026"]}
        answer = coordinator.post(there, data=told)
        assert answer.status_code == status, there
        assert ("A MARAC starts between 07:00 and 20:00" in answer.text) == (status == 409)


def test_M4_all_that_is_wrong_is_said_at_once_in_the_order_of_the_page(
    coordinator: FlaskClient, meeting: str
) -> None:
    for there in (f"{meeting}/date", "/dates/2026-12-17/move"):
        empty = coordinator.post(there, data={"sits_on": ["", "", ""], "starts": "", "reason": ""})
        summary = empty.text.split('<div class="govuk-error-summary"')[1].split("</ul>")[0]
        places = [summary.index(words) for words in ("Enter the day", "Enter a time", "Say why")]
        assert places == sorted(places)
        saturday = coordinator.post(there, data=MOVED | {"sits_on": ["5", "12", "2026"], "reason": ""})
        assert saturday.status_code == 422
        assert "Say why" in saturday.text and "The next working day is" in saturday.text


ODD = (
    "\x00", "a\x00b", "²/³/2026", "٢٥/١١/٢٠٢٦", "1/2/3/4", "0/0/0000", "31/2/2026", "1/1/0001", "31/12/9999",
    "9999-12-31", "2059-12-31", "2001-01-01", "2026-W48-3", "31 December 2059", "9" * 5_000, "1e9",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
)  # fmt: skip


@pytest.mark.parametrize("texts", [ODD[::2], ODD[1::2]], ids=["one", "other"])
def test_pages_of_dates_answer_whatever_is_typed(
    coordinator: FlaskClient, meeting: str, texts: tuple[str, ...]
) -> None:
    forms, answers = (f"{meeting}/date", "/dates/2026-12-17/move", "/dates/2026-11-25/daily"), []
    for text in texts:
        typed = quote(text, safe="")
        answers += [coordinator.get(f"/dates/daily?day={typed}"), coordinator.get(f"/dates?year={typed}")]
        answers += [coordinator.get(f"/dates/{typed}/{page}") for page in ("move", "cancel", "daily")]
        for field in (
            {"sits_on": [text, "12", "2026"]}, {"sits_on": ["4", "12", text]},
            {"sits_on": text.split("/") * 3}, {"starts": text}, {"seen": text}, {"do": text},
        ):  # fmt: skip
            answers += [coordinator.post(page, data=MOVED | field) for page in forms]
    assert {one.status_code for one in answers} <= {200, 303, 308, 404, 409, 422}


@pytest.mark.parametrize("reason", ["a\x00b", "x" * 2_001])
def test_a_reason_is_kept_or_refused_with_words_and_never_an_error(
    coordinator: FlaskClient, meeting: str, reason: str
) -> None:
    """PostgreSQL keeps no NUL in a text."""
    for there in (
        "/dates/2026-12-17/move",
        "/dates/2026-11-25/daily",
        f"{meeting}/date",
        f"{meeting}/cancel",
    ):
        day = ["18" if "17" in there else "4", "12", "2026"]
        answer = coordinator.post(there, data=MOVED | {"sits_on": day, "reason": reason, "do": "send"})
        assert answer.status_code in (303, 422)
        assert answer.status_code == 303 or "cannot be kept" in answer.text or "2,000" in answer.text


@pytest.mark.parametrize("year", [2001, 2059])
def test_every_year_that_the_service_knows_has_its_page(
    coordinator: FlaskClient, meeting: str, year: int
) -> None:
    assert coordinator.get(f"/dates?year={year}").status_code == 200


def test_M4_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(
    coordinator: FlaskClient,
    meeting: str,
) -> None:
    assert coordinator.post(f"{meeting}/date").status_code == 422
    for field, words in (
        ({"sits_on": ["25", "12", "2026"]}, "is a bank holiday"),
        ({"sits_on": ["1", "1", "2020"]}, "has passed"),
        ({"sits_on": ["3", "12", "2026"], "starts": "09:30"}, "Nothing changed"),
    ):
        answer = coordinator.post(f"{meeting}/date", data=MOVED | field)
        assert answer.status_code == 409 and words in answer.text and "Snow is forecast" in answer.text
    late = coordinator.post(f"{meeting}/date", data=MOVED | {"starts": "25:00"})
    assert late.status_code == 422 and "Enter a time, like 09:30" in late.text
    assert 'value="4"' in coordinator.post(f"{meeting}/date", data=MOVED | {"do": "change"}).text


def test_M1_cancelling_takes_its_cases_to_the_next(
    service: Flask,
    coordinator: FlaskClient,
    meeting: str,
) -> None:
    assert (
        "its cases, 3 of them, go on the agenda of the next MARAC"
        in coordinator.get(f"{meeting}/cancel").text
    )
    assert coordinator.post(f"{meeting}/cancel", data={"reason": " "}).status_code == 422
    page = coordinator.post(f"{meeting}/cancel", data={"reason": "No room"}, follow_redirects=True).text
    assert "is cancelled. Its cases are on the agenda of the next one." in page and "No room" in page
    assert coordinator.post(f"{meeting}/cancel", data={"reason": "No room"}).status_code == 409
    assert "cancelled already" in coordinator.get(f"{meeting}/cancel").text
    assert "Cancelled" in coordinator.get("/dates").text


def test_M4_a_published_one_is_not_cancelled_here(coordinator: FlaskClient, meeting: str) -> None:
    publish(coordinator, meeting)
    page = coordinator.get(f"{meeting}/cancel").text
    assert "Agencies hold the agenda" in page and f'href="{meeting}/not-sat"' in page
    assert coordinator.post(f"{meeting}/cancel", data={"reason": "Snow"}).status_code == 409


def test_M4_a_planned_one_moves_is_cancelled_and_put_back(
    service: Flask,
    coordinator: FlaskClient,
    meeting: str,
) -> None:
    there, day = "/dates/2026-12-17", {"sits_on": ["18", "12", "2026"], "starts": "09:30", "reason": "Room"}
    assert "Move a planned MARAC?" in coordinator.post(f"{there}/move", data=day).text
    page = coordinator.post(f"{there}/move", data=day | {"do": "send"}, follow_redirects=True).text
    assert "From Thu 17 Dec 2026: Room" in page
    assert coordinator.get(f"{there}/cancel").status_code == 200
    assert (
        "Friday 18 December 2026"
        in coordinator.post(f"{there}/cancel", data={"reason": "No room"}, follow_redirects=True).text
    )
    assert f'{there}/move">Put back' in coordinator.get("/dates").text
    back = day | {"sits_on": ["17", "12", "2026"], "do": "send"}
    assert coordinator.post(f"{there}/move", data=back).status_code == 303
    assert f"{there}/cancel" in coordinator.get("/dates").text
    assert "is there by now" in coordinator.get("/dates/2026-12-03/move").text
    for wrong in ("2026-12-16", "9999-12-31", "x", "2026-1-1"):
        assert coordinator.get(f"/dates/{wrong}/move").status_code == 404


def test_T14_one_daily_meeting_starts_at_another_hour(coordinator: FlaskClient) -> None:
    there, told = "/dates/2026-11-25/daily", {"starts": "09:45", "reason": "Training"}
    assert coordinator.get("/dates/daily?day=25/11/2026").location == there
    assert "It starts at 11:00 now" in coordinator.get(there).text
    page = coordinator.post(there, data=told, follow_redirects=True).text
    assert "It starts at 09:45: Training" in page
    early = coordinator.post(there, data=told | {"starts": "07:59"})
    assert early.status_code == 409 and "The list is made at 08:00" in early.text
    assert coordinator.get("/dates/2026-11-28/daily").status_code == 404, "a Saturday"
    weekend = coordinator.get("/dates/daily?day=28/11/2026", follow_redirects=True)
    assert "Saturday 28 November 2026 has no list" in weekend.text
    for wrong in ("?day=x", "?day=1/1/1999", ""):
        asked = coordinator.get(f"/dates/daily{wrong}", follow_redirects=True)
        assert asked.status_code == 200 and ("Enter a real date" in asked.text or "these years" in asked.text)


def test_S3_who_attends_nothing_has_no_dates_and_a_hidden_meeting_is_missing(
    coordinator: FlaskClient,
    signed_in: SignIn,
) -> None:
    for page in ("date", "cancel"):
        assert coordinator.get(f"/marac/{uuid4()}/{page}").status_code == 404
        assert coordinator.post(f"/marac/{uuid4()}/{page}", data=MOVED).status_code == 404
    assert signed_in(Role.AGENCY_ADMINISTRATOR).get("/dates").status_code == 403
