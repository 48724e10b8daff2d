"""The pages on which missing episodes are told, read and sent (Rulebook E1, E3, E4)."""

from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from meetingsvc.models import AccountRow, AreaRow, ImmediateAskedRow, MissingEpisodeRow, db
from meetingsvc.permissions import Role
from tests.a_wall import a_wall
from tests.an_episode import BACK, ROW, TYPED, a_file, sent
from tests.an_exploitation_referral import runs_exploitation
from tests.web.conftest import NOW, SignIn
from tests.web.routes import body

#: About pages, not about what a database does.
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
RUNG = {"before-answer": "yes", "before-done": "Rang the front door, spoke to Ms Fell"}


@pytest.fixture
def runner(service: Flask, signed_in: SignIn) -> FlaskClient:
    """A coordinator who runs the panels of exploitation as well."""
    client = signed_in(Role.COORDINATOR)
    with service.app_context():
        runs_exploitation(_coordinator(), NOW)
    return client


def _coordinator() -> UUID:
    row = AccountRow
    return db.session.scalars(select(row.id).where(row.role == Role.COORDINATOR)).one()


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def first(client: FlaskClient, **told: str) -> TestResponse:
    data = {"read": hidden(client.get("/episodes/add").text, "read"), "step": "first"} | told
    return client.post("/episodes/add", data=data)


def added(client: FlaskClient, **told: str) -> TestResponse:
    page = first(client, **RUNG).text
    data = {"read": hidden(page, "read"), "step": "rest"} | RUNG | TYPED | told
    return client.post("/episodes/add", data=data)


def count(service: Flask, row: type) -> int:
    with service.app_context():
        return db.session.scalar(select(func.count()).select_from(row)) or 0


def address(service: Flask) -> str:
    with service.app_context():
        row = MissingEpisodeRow
        return f"/episodes/{db.session.scalars(select(row.id).where(row.current)).one()}"


def test_E3_before_anything_else_the_page_says_whom_to_call_and_asks(runner: FlaskClient) -> None:
    page = runner.get("/episodes/add").text
    assert "the child must not wait for one" in page and "Call 999" in page
    assert page.index("Call 999") < page.index("before-answer")
    assert "child_surname" not in page, "nothing else is asked yet"


@pytest.mark.parametrize(("told", "says"), [
    ({}, "Say whether the child is at immediate risk"),
    ({"before-answer": "yes"}, "Enter what has been done about the immediate risk"),
])  # fmt: skip
def test_E3_it_goes_on_only_once_that_is_answered(
    service: Flask, runner: FlaskClient, told: dict[str, str], says: str
) -> None:
    answer = first(runner, **told)
    assert answer.status_code == 422 and says in answer.text and "child_surname" not in answer.text
    whole = runner.post("/episodes/add", data={"step": "rest", **TYPED, **told})
    assert whole.status_code == 422 and "Valewright" in whole.text, "what was typed stands"
    assert count(service, MissingEpisodeRow) == 0


def test_E1_an_episode_is_kept_and_the_child_is_missing_until_said_to_be_back(
    service: Flask, runner: FlaskClient
) -> None:
    assert added(runner).status_code == 303
    assert "still missing" in runner.get("/").text
    page = runner.get("/episodes").text
    assert "Kit Valewright" in page and "Still missing" in page and "Call 999" in page
    at = address(service)
    shown = runner.get(at).text
    assert "Call 999" in shown and RUNG["before-done"] in shown and "MIS-000001" in shown
    data = {"was": hidden(shown, "was"), "read": hidden(shown, "read"), "missing_from": "22/11/2026 17:30",
            "reported_at": "22/11/2026 19:10", "returned_at": "23/11/2026 06:15"}  # fmt: skip
    assert runner.post(at, data=data).status_code == 303
    late = runner.post(at, data=data)
    assert late.status_code == 409 and "23/11/2026 06:15" in late.text, "nothing typed is lost"
    page = runner.get("/episodes").text
    assert "Due by" in page and "No child is missing" in page
    assert "return interview is due" in runner.get("/").text


def test_E1_what_is_wrong_is_named_and_what_was_typed_stands(service: Flask, runner: FlaskClient) -> None:
    answer = added(runner, missing_from="31/2/2026 10:00", child_surname="", from_where="1 Fell Lane")
    assert answer.status_code == 422 and "Enter the child&#39;s surname" in answer.text
    assert "31/2/2026 10:00" in answer.text and "1 Fell Lane" in answer.text
    assert count(service, MissingEpisodeRow) == 0
    assert count(service, ImmediateAskedRow) == 0


def test_E1_days_and_times_are_taken_as_people_type_them(service: Flask, runner: FlaskClient) -> None:
    told = {"child_dob": "1/7/2011", "missing_from": "22/11/2026 7:05", "reported_at": "22/11/2026, 7.45"}
    assert added(runner, **told).status_code == 303
    assert "22 Nov 2026, 07:05" in runner.get("/episodes").text


def test_A5_E3_who_opens_a_child_who_was_just_told_of_is_not_asked_why(
    service: Flask, runner: FlaskClient
) -> None:
    added(runner)
    with service.app_context():
        child = db.session.scalars(select(MissingEpisodeRow.case_id)).one()
    assert runner.get(f"/children/{child}").status_code == 200, "no meeting has heard them yet"


def test_E3_a_file_is_sent_and_its_page_says_whom_to_call(service: Flask, runner: FlaskClient) -> None:
    assert "Call 999" in runner.get("/feed/episodes").text
    file = a_file(ROW, ROW | {"reference": "MP/2", "missing_from": "yesterday"})
    answer = runner.post("/feed/episodes", data={"file": (BytesIO(file.read()), "missing.csv")})
    assert answer.status_code == 303
    page = runner.get(answer.location).text
    assert "missing_from" in page and "not a time" in page and "reference" in page
    assert count(service, MissingEpisodeRow) == 1
    at = address(service)
    shown = runner.get(at).text
    assert "Nobody has said here what is done" in shown and "before-answer" in shown
    data = {"was": "1", "read": hidden(shown, "read"), "missing_from": "22/11/2026 17:30",
            "reported_at": "22/11/2026 19:10", "from_where": ROW["from_where"]}  # fmt: skip
    assert runner.post(at, data=data).status_code == 422
    assert runner.post(at, data=data | RUNG).status_code == 303
    assert count(service, MissingEpisodeRow) == 1 and count(service, ImmediateAskedRow) == 1
    again = a_file(ROW | BACK | {"updated_at": "2026-11-23T06:30"})
    runner.post("/feed/episodes", data={"file": (again, "missing.csv")})
    assert "No child is missing" in runner.get("/episodes").text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE])
def test_E4_who_runs_no_panel_of_exploitation_finds_no_such_page(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    client, key = signed_in(role), uuid4()
    for path in ("", "/add", f"/{key}"):
        assert client.get(f"/episodes{path}").status_code == 404
    for path in ("/add", f"/{key}"):
        assert client.post(f"/episodes{path}").status_code == 404
    if role is Role.COORDINATOR:
        assert client.get("/feed/episodes").status_code == 404
        assert client.post("/feed/episodes").status_code == 404
    assert "missing" not in client.get("/").text


def test_M6_who_told_of_a_child_kept_from_them_reads_what_they_typed_and_is_led_to_no_child(
    service: Flask, runner: FlaskClient
) -> None:
    added(runner)
    at = address(service)
    with service.app_context():
        row = db.session.scalars(select(MissingEpisodeRow)).one()
        case_id = str(row.case_id)
        assert case_id in runner.get(at).text
        a_wall(row.area_id, row.case_id, _coordinator())
    page = runner.get(at)
    assert page.status_code == 200 and TYPED["from_where"] in page.text and case_id not in page.text
    assert at in runner.get("/episodes").text


def test_M6_a_child_who_is_kept_from_who_asks_is_missing(service: Flask, runner: FlaskClient) -> None:
    with service.app_context():
        sent(db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one(), ROW)
    at = address(service)
    with service.app_context():
        row = db.session.scalars(select(MissingEpisodeRow)).one()
        a_wall(row.area_id, row.case_id, _coordinator())
    assert runner.get(at).status_code == 404
    other = f"/episodes/{uuid4()}"
    never, kept = runner.post(other, data={"was": "99"}), runner.post(at, data={"was": "99"})
    assert kept.status_code == never.status_code == 404
    assert body(kept).replace(at, "") == body(never).replace(other, ""), "404 before any 409"
    assert "Valewright" not in runner.get("/episodes").text
    assert "still missing" not in runner.get("/").text
