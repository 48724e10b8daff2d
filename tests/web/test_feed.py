"""The police feed's pages: a file sent is taken in, or refused with one clear line; no row is lost."""

import io
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from meetingsvc.models import AccountRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import home
from meetingsvc.store import uploads as store
from meetingsvc.usecases.transaction import saved
from tests.builders import a_hearing, a_row, feed_csv
from tests.web.conftest import SignIn
from tests.web.test_lists import text


def send(client: FlaskClient, content: bytes, filename: str = "feed.csv", to: str = "/feed") -> TestResponse:
    """Sends a file, and follows to the page that says what became of it."""
    return client.post(to, data={"file": (io.BytesIO(content), filename)}, follow_redirects=True)


def test_a_file_is_taken_in_and_its_figures_are_shown(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    page = text(send(client, feed_csv(a_row(), a_row())).text)
    assert "Rows 2 New 2 Updated 0 Unchanged 0 Rejected 0" in page
    assert "Person 0" in page
    listed = text(client.get("/feed").text)
    assert "feed.csv" in listed and "Taken in" in listed


def test_a_file_sent_again_changes_nothing(service: Flask, signed_in: SignIn) -> None:
    client, content = signed_in(Role.COORDINATOR), feed_csv(a_row())
    send(client, content)
    assert "Rows 1 New 0 Updated 0 Unchanged 1" in text(send(client, content).text)


def test_rejected_rows_are_shown_can_be_downloaded_and_marked(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    bad = a_row(victim_dob="31/02/1990", offence="=1+1")
    answer = send(client, feed_csv(a_row(), bad))
    page = text(answer.text)
    assert "Rejected 1" in page and "victim_dob" in page and "31/02/1990" in page
    here = answer.request.path
    got = client.get(f"{here}/rejected-rows.csv")
    assert got.data.startswith(b"\xef\xbb\xbf"), "a spreadsheet reads it as UTF-8"
    assert got.mimetype == "text/csv" and bad["occurrence_number"] in got.text
    assert "'=1+1" in got.text, "a formula is neutralised"
    assert "Rows to mend" in text(client.get("/feed").text)
    assert "1 rejected occurrence number has not come in since: it is on no list." in page
    refused = client.post(f"{here}/dealt-with", data={"reason": " "})
    assert refused.status_code == 422 and "Say why they do not have to come in" in text(refused.text)
    assert "Rows to mend" in text(client.get("/feed").text)
    done = client.post(f"{here}/dealt-with", data={"reason": "Taken back <b>"}, follow_redirects=True)
    assert "Marked as dealt with." in text(done.text) and "Taken back &lt;b&gt;" in done.text
    assert "Rows to mend" not in text(client.get("/feed").text)


def test_rejected_rows_that_came_in_since_are_marked_without_a_reason(
    service: Flask, signed_in: SignIn
) -> None:
    client, row = signed_in(Role.COORDINATOR), a_row()
    here = send(client, feed_csv(row | {"victim_dob": "31/02/1990"})).request.path
    send(client, feed_csv(row))
    assert "Every rejected occurrence number has come in since." in text(client.get(here).text)
    assert "Marked as dealt with." in text(client.post(f"{here}/dealt-with", follow_redirects=True).text)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04workbook", "The file is a workbook or an archive, not CSV"),
        (b"a,\0b", "The file is not text"),
        (b"one,two\n1,2\n", "was refused, and nothing of it was stored"),
    ],
)
def test_what_is_no_feed_is_refused_whole(
    service: Flask, signed_in: SignIn, content: bytes, said: str
) -> None:
    client = signed_in(Role.COORDINATOR)
    page = text(send(client, content).text)
    assert said in page
    assert "was refused, and nothing of it was stored" in page
    assert "Refused" in text(client.get("/feed").text)


def test_a_file_over_the_limit_is_refused_before_it_is_kept(
    service: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetingsvc.usecases.uploads.BLOCK", 1000)
    small = service.config["SETTINGS"]
    service.config["SETTINGS"] = type(small)(
        small.database_url, small.data_dir, secret_key="x" * 32, feed_limit=2000
    )
    client = signed_in(Role.COORDINATOR)
    answer = send(client, feed_csv(*(a_row() for _ in range(50))))
    assert answer.status_code == 422 and "larger than 2,000 bytes" in text(answer.text)
    assert not list(store.folder(small).glob("*"))


def test_no_file_chosen_is_said_beside_the_field(service: Flask, signed_in: SignIn) -> None:
    answer = signed_in(Role.COORDINATOR).post("/feed", data={})
    assert answer.status_code == 422 and "Choose the CSV file to send" in answer.text


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:/x/../feed\u202e\x07.csv", "<b>feed</b>.csv", "/"])
def test_the_senders_file_name_is_never_a_path(service: Flask, signed_in: SignIn, name: str) -> None:
    client = signed_in(Role.COORDINATOR)
    page = send(client, feed_csv(a_row()), filename=name)
    assert page.status_code == 200 and "Rows 1 New 1" in text(page.text)
    for part in ("..", "\u202e", "\x07", "C:", "<b>feed"):
        assert part not in page.text
    assert not list(store.folder(service.config["SETTINGS"]).glob("*")), "what is done leaves no file"


def test_windows_1252_is_taken_and_said(service: Flask, signed_in: SignIn) -> None:
    content = feed_csv(a_row(victim_surname="Núñez")).decode().encode("cp1252")
    page = text(send(signed_in(Role.COORDINATOR), content).text)
    assert "New 1" in page and "Windows-1252" in page


def test_a_file_without_rows_is_said_to_hold_none(service: Flask, signed_in: SignIn) -> None:
    header = feed_csv(a_row()).splitlines(keepends=True)[0]
    page = text(send(signed_in(Role.COORDINATOR), header).text)
    assert "Import result" in page and "It held no rows." in page and "What is next" not in page


def test_history_is_taken_in_by_its_own_page(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    page = text(send(client, feed_csv(a_hearing()), "history.csv", "/feed/history").text)
    assert "Rows 1 New 1" in page
    assert "(MARAC history)" in text(client.get("/feed").text)


def test_an_import_of_another_area_is_not_there(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.COORDINATOR)
    nowhere = UUID(int=7)
    for page in ("", "/progress", "/rejected-rows.csv"):
        assert client.get(f"/feed/imports/{nowhere}{page}").status_code == 404
    assert client.post(f"/feed/imports/{nowhere}/dealt-with").status_code == 404


def test_the_feed_is_for_who_may_import(service: Flask, signed_in: SignIn) -> None:
    for role in (Role.CHAIR, Role.REPRESENTATIVE, Role.SYSTEM_ADMINISTRATOR):
        assert signed_in(role).get("/feed").status_code == 403


def test_M6_a_rejected_row_that_may_tell_of_the_reader_is_neither_shown_nor_counted(
    service: Flask, signed_in: SignIn
) -> None:
    client, other = signed_in(Role.COORDINATOR), signed_in(Role.COORDINATOR, "Haven Northtest")
    with service.app_context(), saved():
        db.session.execute(
            update(AccountRow).where(AccountRow.name == "Person 0").values(name="Gareth Quillfeather")
        )
    bad = {"victim_dob": "31/02/1990"}
    about = a_row(perpetrator_forename="QUILLFEATHER", perpetrator_surname="Gareth", **bad)
    reached = a_row(victim_phone="person0@northtest.example", **bad)  # the cells of a row may have slipped
    answer = send(other, feed_csv(a_row(), about, reached, a_row(**bad)))
    here, home = answer.request.path, "rejected row"
    assert "Rows 4 New 1 Updated 0 Unchanged 0 Rejected 3" in text(answer.text)
    assert "3 " + home in text(other.get("/").text) and "1 " + home in text(client.get("/").text)
    mine = text(client.get(here).text)
    assert "Rows 2 New 1 Updated 0 Unchanged 0 Rejected 1" in mine
    assert "1 rejected occurrence number has not come in since" in mine
    rows = client.get(f"{here}/rejected-rows.csv").text
    assert about["occurrence_number"] not in rows and reached["occurrence_number"] not in rows
    assert len(rows.splitlines()) == 2 and len(other.get(f"{here}/rejected-rows.csv").text.splitlines()) == 4


def test_the_list_of_imports_and_home_say_or_more_where_they_stop_counting(
    service: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "MANY", 2)
    monkeypatch.setattr(store, "FEW", 2)
    client = signed_in(Role.COORDINATOR)
    answer = send(client, feed_csv(a_row(), *(a_row(victim_dob="31/02/1990") for _ in range(3))))
    assert "Rows 4 New 1 Updated 0 Unchanged 0 Rejected 3" in text(answer.text)
    assert "3 or more 1 0 0 2 or more" in text(client.get("/feed").text)
    assert "2 or more rejected rows" in text(client.get("/").text)
