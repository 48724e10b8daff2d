"""The page of the minutes, as who drafts, approves and reads them uses it (R1, R3, M6)."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from meetingsvc.models import ActionRow, AuditRow, ItemRow, MeetingRow, MinutesCaseRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases import list_changes
from meetingsvc.usecases.transaction import saved
from tests.a_marac import listed, people_rows, shared
from tests.a_meeting_record import nothing_missing, somebody
from tests.a_wall import a_wall
from tests.servers.remembered import remembered
from tests.usecases.test_meeting_record import outcomes
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.routes import statements

CANARY = "Rent arrears since June."


@pytest.fixture
def client(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def meeting(service: Flask, client: FlaskClient) -> UUID:
    """A daily meeting of two cases that is closed; something was shared of the first."""
    with service.app_context():
        who = somebody(Role.COORDINATOR)
        items = listed(who.area_id, people_rows(2, NOW.date()), NOW.date())
        outcomes(who, *items)
        shared(who, items[0], CANARY)
        row = db.session.get_one(ItemRow, items[0])
        nothing_missing(who, row.meeting_id)
        day = db.session.get_one(MeetingRow, row.meeting_id).sits_on
        list_changes.close(who, day, NOW)
        return row.meeting_id


def test_R1_a_long_action_of_the_plan_leaves_the_other_columns_their_room(
    client: FlaskClient, meeting: UUID
) -> None:
    client.post(f"/minutes/{meeting}/draft")
    (cell,) = re.findall(r"<th [^>]*>Fit a new lock", client.get(f"/minutes/{meeting}").text)
    assert 'class="app-wrap"' in cell, "a row’s heading stays on one line without it"


def test_R1_minutes_are_drafted_written_sent_approved_and_read(
    service: Flask, signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    here = f"/minutes/{meeting}"
    assert "Draft the minutes" in client.get(here).text
    assert f'href="{here}"' in client.get(f"/lists/{NOW.date()}").text
    assert client.post(f"{here}/draft").status_code == 303
    page = client.get(here).text
    assert CANARY in page and "Attendance and apologies" in page and "Fit a new lock" in page
    boxes = re.findall(r'name="said-([^"]+)"', page)
    assert len(boxes) == 2
    typed = {f"said-{key}": "She said so." for key in boxes} | {f"seen-{key}": "0" for key in boxes}
    assert client.post(f"{here}/said", data=typed | {"send": "1"}).status_code == 303
    assert "With the chair" in client.get(here).text
    rep = signed_in(Role.REPRESENTATIVE)
    assert "not issued yet" in rep.get(here).text and CANARY not in rep.get(here).text
    chair = signed_in(Role.CHAIR)
    assert "Approve, or send back" in chair.get(here).text
    assert chair.post(f"{here}/back", data={"seen": "1", "why": " "}).status_code == 422
    asked = chair.get(f"{here}/approve").text
    assert "Approve and issue" in asked and "It is not recorded who chaired" in asked
    assert chair.post(f"{here}/approve", data={"seen": "0"}).status_code == 409
    assert chair.post(f"{here}/approve", data={"seen": "1"}).status_code == 303
    issued = rep.get(here).text
    assert CANARY in issued and "She said so." in issued and "Person 0" in issued
    assert "Chair: not recorded." in issued
    assert "Heard by" not in issued and "He reads her post" not in issued
    assert "Heard by" in client.get(here).text


def test_R1_what_two_wrote_of_one_case_stands_side_by_side(client: FlaskClient, meeting: UUID) -> None:
    here = f"/minutes/{meeting}"
    client.post(f"{here}/draft")
    key = re.findall(r'name="said-([^"]+)"', client.get(here).text)[0]
    client.post(f"{here}/said", data={f"said-{key}": "Mine.", f"seen-{key}": "0"})
    stale = client.post(f"{here}/said", data={f"said-{key}": "Theirs.", f"seen-{key}": "0"})
    assert stale.status_code == 409 and "Somebody else wrote: Mine." in text(stale)
    assert ">Theirs.</textarea>" in stale.text


def test_R1_a_correction_asks_what_and_why_and_keeps_what_was_typed(
    signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    here = f"/minutes/{meeting}"
    client.post(f"{here}/draft")
    client.post(f"{here}/said", data={"send": "1"})
    chair = signed_in(Role.CHAIR)
    chair.post(f"{here}/approve", data={"seen": "1"})
    assert f'href="{here}/correct"' in client.get(here).text
    refused = client.post(f"{here}/correct", data={"what": "A name."})
    assert refused.status_code == 422 and ">A name.</textarea>" in refused.text
    typed = {"what": "A name.", "why": "Misheard."}
    assert client.post(f"{here}/correct", data=typed).status_code == 303
    client.post(f"{here}/said", data={"send": "1"})
    assert chair.post(f"{here}/approve", data={"seen": "1"}).status_code == 303
    page = signed_in(Role.REPRESENTATIVE).get(here)
    assert "Corrected: A name." in text(page) and f"{here}?version=1" in page.text


def test_A5_a_closed_case_stands_by_its_number_alone_until_the_reader_says_why(
    service: Flask, signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    here = f"/minutes/{meeting}"
    client.post(f"{here}/draft")
    client.post(f"{here}/said", data={"send": "1"})
    signed_in(Role.CHAIR).post(f"{here}/approve", data={"seen": "1"})
    rep = signed_in(Role.REPRESENTATIVE)
    assert "A closed case" not in rep.get(here).text
    with service.app_context(), saved():
        db.session.execute(update(MeetingRow).values(sits_on=NOW.date() - timedelta(days=29)))
        db.session.execute(update(ActionRow).values(status="done"))
    page = rep.get(here).text
    assert page.count("A closed case") == 2 and CANARY not in page and "C-0000" not in page
    assert "Fit a new lock" not in page and "no case" not in rep.get(f"{here}/copy").text
    assert "There is nothing to take away" in rep.get(f"{here}/copy").text
    why = unescape(re.findall(r'href="(/cases/[^"]+/why[^"]+)"', page)[0])
    given = rep.post(why, data={"reason": "Her sister rang about the injunction", "next": here})
    assert given.location == here
    assert CANARY in (after := rep.get(here).text) and after.count("A closed case") == 1


def test_V5_reading_the_minutes_leaves_a_line_on_each_case(
    service: Flask, client: FlaskClient, meeting: UUID
) -> None:
    client.post(f"/minutes/{meeting}/draft")
    client.get(f"/minutes/{meeting}")
    with service.app_context():
        lines = db.session.scalars(select(AuditRow).where(AuditRow.action == "minutes.case_read")).all()
        with acting.service():
            assert {line.case_id for line in lines} == set(db.session.scalars(select(ItemRow.case_id)))


def test_S3_a_reader_makes_downloads_and_replaces_their_own_copy(
    signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    here = f"/minutes/{meeting}"
    rep = signed_in(Role.REPRESENTATIVE)
    assert "not issued yet" in rep.get(f"{here}/copy").text
    assert rep.post(f"{here}/copy").status_code == 409
    client.post(f"{here}/draft")
    client.post(f"{here}/said", data={"send": "1"})
    signed_in(Role.CHAIR).post(f"{here}/approve", data={"seen": "1"})
    assert f'href="{here}/copy"' in rep.get(here).text
    assert "Make my copy" in rep.get(f"{here}/minutes.pdf").text, "who has none is asked"
    made = rep.post(f"{here}/copy", data={"replaces": "0"})
    assert made.status_code == 200 and re.search(r">[a-z]{3}(-[a-z]{3}){5}</code>", made.text)
    file = rep.get(f"{here}/minutes.pdf")
    assert file.mimetype == "application/pdf" and file.data.startswith(b"%PDF")
    assert file.headers["Content-Disposition"] == 'attachment; filename="minutes.pdf"'
    assert rep.post(f"{here}/copy", data={"replaces": "0"}).status_code == 409, "asked about none"
    assert "Copy 2" not in rep.get(f"{here}/copy").text and "Download copy 1" in rep.get(f"{here}/copy").text
    register = text(client.get(f"{here}/copies"))
    assert "Version 1, copy 1" in register and rep.get(f"{here}/copies").status_code == 403


def test_R1_the_list_of_minutes_says_what_there_is_and_what_is_late(
    signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    rep = signed_in(Role.REPRESENTATIVE)
    assert "There are no minutes yet" in rep.get("/minutes").text
    page = text(client.get("/minutes"))
    assert "Not drafted" in page and "Due" in page
    client.post(f"/minutes/{meeting}/draft")
    client.post(f"/minutes/{meeting}/said", data={"send": "1"})
    signed_in(Role.CHAIR).post(f"/minutes/{meeting}/approve", data={"seen": "1"})
    answer = rep.get("/minutes")
    assert f'href="/minutes/{meeting}"' in answer.text and "Issued" in text(answer)
    assert "Due" not in text(answer)
    assert "There is no such page" in rep.get("/minutes?page=2").text
    assert 'href="/minutes"' in rep.get("/more").text


def test_M6_a_walled_readers_page_holds_nothing_of_the_case(
    service: Flask, signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    here = f"/minutes/{meeting}"
    client.post(f"{here}/draft")
    boxes = re.findall(r'name="said-([^"]+)"', client.get(here).text)
    typed = {f"said-{boxes[0]}": "Canarywood", f"seen-{boxes[0]}": "0", "send": "1"}
    client.post(f"{here}/said", data=typed)
    signed_in(Role.CHAIR).post(f"{here}/approve", data={"seen": "1"})
    rep = signed_in(Role.REPRESENTATIVE)
    before = rep.get(here).text
    assert "Canarywood" in before and CANARY in before
    with service.app_context():
        who = somebody(Role.REPRESENTATIVE)
        case_id = db.session.get_one(ItemRow, UUID(boxes[0])).case_id
        a_wall(who.area_id, case_id, who.account_id)
    after = rep.get(here).text
    assert "Canarywood" not in after and CANARY not in after and str(case_id) not in after
    assert boxes[0] not in after and "Fit a new lock" not in after
    assert len(re.findall(r'aria-labelledby="case-', after)) == 1 and ">1. <a" in after


def test_R1_the_page_asks_as_much_for_many_cases_as_for_few(
    service: Flask, client: FlaskClient, meeting: UUID
) -> None:
    here = f"/minutes/{meeting}"
    client.post(f"{here}/draft")
    with service.app_context(), saved():
        rows = db.session.scalars(select(MinutesCaseRow)).all()
        assert len(rows) == 2
        db.session.execute(update(MinutesCaseRow).values(said="x"))
    with statements(service) as said:
        assert client.get(here).status_code == 200
    assert len(said) <= 30


def test_B_a_second_coordinator_confirms_what_was_said(
    signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    here, confirms = f"/minutes/{meeting}", "I have read this, and it is right"
    client.post(f"{here}/draft")
    key = re.findall(r'name="said-([^"]+)"', client.get(here).text)[0]
    client.post(f"{here}/said", data={f"said-{key}": "She said so.", f"seen-{key}": "0", "send": "1"})
    mine = client.get(here).text
    assert "Another coordinator may confirm it" in mine and confirms not in mine
    second = signed_in(Role.COORDINATOR, agency="Northtest Homes")
    assert confirms in second.get(here).text
    there = f"{here}/cases/{key}/confirm"
    assert second.post(there, data={"seen": "0"}).status_code == 409
    assert second.post(there, data={"seen": "1"}).status_code == 303
    assert "A second person has confirmed this" in second.get(here).text


def test_M4_the_first_page_keeps_those_that_lie_with_the_chair_apart_from_those_that_are_late(
    service: Flask, signed_in: SignIn, client: FlaskClient, meeting: UUID
) -> None:
    late, with_them = "Late minutes that nobody has sent you yet", "Minutes to approve"
    with service.app_context(), saved():
        db.session.execute(
            update(MeetingRow).where(MeetingRow.id == meeting).values(sits_on=NOW.date() - timedelta(days=90))
        )
    chair = signed_in(Role.CHAIR)
    page = chair.get("/").text
    assert late in page and with_them not in page and f'href="/minutes/{meeting}"' in page
    client.post(f"/minutes/{meeting}/draft")
    client.post(f"/minutes/{meeting}/said", data={"send": "1"})
    page = chair.get("/").text
    assert with_them in page and late not in page
