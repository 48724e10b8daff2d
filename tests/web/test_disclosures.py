"""The pages of third parties' requests, from clicking to what is kept and what leaves (Rulebook X1 to X6)."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from meetingsvc.models import (
    AccountRow,
    AreaRow,
    CaseRow,
    DisclosureAskedRow,
    DisclosureReleaseRow,
    DisclosureRow,
    ItemRow,
    NoteRow,
    PersonRow,
    RefusalRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting, disclosure_people
from meetingsvc.usecases.disclosure_checking import ANOTHER_TAKES_IT
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, RECORDED, TUESDAY, listed, people_rows
from tests.a_wall import a_wall
from tests.builders import a_row
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.test_lists import text as words

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
HAVEN = "Haven Northtest"
LOGGED = {
    "kind": "subject access", "name": "Wilma Grove", "organisation": "", "purpose": "Her own information",
    "received_on": ["23", "11", "2026"], "received_time": "08:00",
}  # fmt: skip
SAID = {"Northtest Police": "CANARYPOLICE came twice.", HAVEN: "CANARYHAVEN supports her, CANARYOUT."}


def text(answer: TestResponse) -> str:
    """The page as it reads."""
    return words(answer.text)


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def case(service: Flask, coordinator: FlaskClient) -> UUID:
    """A case with a note of each of two agencies."""
    with service.app_context(), acting.service():
        by = db.session.scalars(select(AccountRow.id)).first()
        area_id = db.session.scalars(select(AreaRow.id)).one()
        (item_id,) = listed(area_id, people_rows(1, MONDAY))
        with saved():
            for name, said in SAID.items():
                db.session.add(
                    NoteRow(id=uuid4(), area_id=area_id, item_id=item_id, agency_id=agency_named(name),
                            author="Priya Raman", recorded_by=by, recorded_at=NOW, kind="fact",
                            source="own file", text=said)
                )  # fmt: skip
        return db.session.get_one(ItemRow, item_id).case_id


def victim(service: Flask) -> str:
    with service.app_context(), acting.service():
        return str(db.session.scalars(select(CaseRow.victim_id)).one())


def logged(service: Flask, client: FlaskClient, case: UUID, **told: object) -> str:
    """The address of a new request."""
    form = {**LOGGED, "about": victim(service), **told}
    answer = client.post(f"/cases/{case}/requests/new", data=form)
    assert answer.status_code == 303, text(answer)
    return str(answer.location)


def step(client: FlaskClient, page: str, name: str, reason: str = "Passport seen") -> TestResponse:
    return client.post(f"{page}/step", data={"step": name, "reason": reason})


def asked(service: Flask, client: FlaskClient, case: UUID) -> str:
    page = logged(service, client, case)
    for name in ("check", "ask"):
        assert step(client, page, name).status_code == 303
    return page


def answer(client: FlaskClient, page: str, **told: str) -> None:
    """An agency answers alike for all that it supplied."""
    for item in re.findall(r"answers\?item=([0-9a-f-]{36})", client.get(f"{page}/answers").text):
        form = client.get(f"{page}/answers?item={item}").text
        (version,) = re.findall(r'name="version" value="([0-9a-f]{64})"', form)
        sent = client.post(f"{page}/answers", data={"item": item, "version": version, **told})
        assert sent.status_code == 303, text(sent)


def seen_in(page: TestResponse) -> str:
    """What a page says that it showed."""
    (seen,) = re.findall(r'name="seen" value="([0-9a-f.-]+)"', page.text)
    return str(seen)


def test_X1_X6_a_request_from_the_form_to_the_file(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    assert "Log a third party" in text(coordinator.get(f"/cases/{case}"))
    page = asked(service, coordinator, case)
    police, haven = signed_in(Role.REPRESENTATIVE), signed_in(Role.REPRESENTATIVE, HAVEN)
    home = text(haven.get("/"))
    assert "waits for your agency’s answer, due Monday 30 November 2026, 5 working days" in home
    assert "CANARYPOLICE" not in text(haven.get(page)) and "CANARYHAVEN" in text(haven.get(page))
    answer(police, page, says="consent")
    answer(haven, page, says="consent with redaction", passages="CANARYOUT")
    chair = signed_in(Role.CHAIR)
    assert "waits for your decision" in text(chair.get("/"))
    decision = chair.get(f"{page}/decision")
    assert "Consented with redaction" in text(decision) and "Left out: CANARYOUT" in text(decision)
    assert "Due by Wednesday 23 December 2026." in text(decision)
    assert re.search(r"About whom: .{3,60}\(the victim, ", text(decision)), "the chair signs no less"
    items = re.findall(r'name="items"[^>]*value="([0-9a-f-]{36})"', decision.text)
    refused = chair.post(f"{page}/decision", data={"items": items})
    assert refused.status_code == 422 and "Choose what you decide" in text(refused)
    told = {"step": "approved", "items": items, "reason": "Hers"}
    stale = chair.post(f"{page}/decision", data={**told, "seen": "0" * 64})
    assert stale.status_code == 409 and "Nothing was signed" in text(stale)
    signed = chair.post(f"{page}/decision", data={**told, "seen": seen_in(decision)})
    assert signed.status_code == 303, text(signed)
    built = coordinator.post(f"{page}/prepare", data={"recipient": "Wilma Grove", "purpose": "Her own"})
    assert built.status_code == 303, text(built)
    assert "a second person releases it" in text(coordinator.get(f"{page}/release"))
    second = signed_in(Role.COORDINATOR, HAVEN)
    assert "waits for a second person to release it" in text(second.get("/"))
    look = second.get(f"{page}/release").text
    assert "CANARYHAVEN supports her, [left out]." in words(look)
    (seen,) = re.findall(r'name="seen" value="([0-9a-f.-]+)"', look)
    assert coordinator.post(f"{page}/release", data={"seen": seen}).status_code == 409
    released = second.post(f"{page}/release", data={"seen": seen})
    (phrase,) = re.findall(r"<strong>([a-z]{3}(?:-[a-z]{3}){5})</strong>", released.text)
    (path,) = re.findall(r'href="(/releases/[0-9a-f-]{36}/release.pdf)"', released.text)
    file = second.get(path)
    assert file.mimetype == "application/pdf" and "Grove" not in str(file.headers)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(file.data))
    pages = [one.extract_text() for one in PdfReader(BytesIO(file.data), password=phrase).pages]
    said = " ".join(" ".join(pages).split())
    assert "CANARYPOLICE" in said and "CANARYHAVEN" in said and "CANARYOUT" not in said
    assert all("Copy 1 · Wilma Grove" in one for one in pages)
    register = text(chair.get("/releases"))
    assert "Wilma Grove, copy 1" in register and "CANARY" not in register
    assert "Released." in text(coordinator.get(page))


def test_X1_what_is_missing_stands_beside_its_field(
    service: Flask, coordinator: FlaskClient, case: UUID
) -> None:
    sent = coordinator.post(f"/cases/{case}/requests/new", data={**LOGGED, "kind": "court", "name": ""})
    assert sent.status_code == 422
    for said in ("Enter who asks", "Enter which court", "Enter the day and time of the hearing"):
        assert said in text(sent), said
    with service.app_context(), acting.service():
        assert db.session.scalars(select(DisclosureRow)).all() == []


def test_X6_what_would_still_tell_of_somebody_else_is_said_and_not_built(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    with service.app_context(), acting.service(), saved():
        row = db.session.scalars(select(NoteRow).where(NoteRow.text.contains("CANARYPOLICE"))).one()
        key, area, item, agency, by = row.id, row.area_id, row.item_id, row.agency_id, row.recorded_by
        db.session.add(NoteRow(id=uuid4(), area_id=area, item_id=item, agency_id=agency, author="P",
                               recorded_by=by, recorded_at=NOW, kind="fact", source="file", corrects=key,
                               text="CANARYPOLICE saw Gareth there.", why="His name"))  # fmt: skip
    page = asked(service, coordinator, case)
    for client in (signed_in(Role.REPRESENTATIVE), signed_in(Role.REPRESENTATIVE, HAVEN)):
        answer(client, page, says="consent")
    chair = signed_in(Role.CHAIR)
    decision = chair.get(f"{page}/decision")
    items = re.findall(r'name="items"[^>]*value="([0-9a-f-]{36})"', decision.text)
    signed = {"step": "approved", "items": items, "reason": "Hers", "seen": seen_in(decision)}
    assert chair.post(f"{page}/decision", data=signed).status_code == 303
    told = {"recipient": "Wilma Grove", "purpose": "Her own"}
    refused = coordinator.post(f"{page}/prepare", data=told)
    assert refused.status_code == 422 and "It still tells the name of Gareth" in text(refused)
    (field,) = re.findall(r'name="(out-[0-9a-f-]{36})"', refused.text.split("Gareth there")[1])[:1]
    wrong = coordinator.post(f"{page}/prepare", data={**told, field: "nowhere in it"})
    assert wrong.status_code == 422 and "does not stand in the text" in text(wrong)
    assert coordinator.post(f"{page}/prepare", data={**told, field: "Gareth"}).status_code == 303
    with service.app_context(), acting.service():
        assert db.session.scalars(select(DisclosureReleaseRow)).one().content is None


def test_X2_what_is_due_today_says_so_on_the_first_page(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    asked(service, coordinator, case)
    with service.app_context(), acting.service(), saved():
        for one in db.session.scalars(select(DisclosureAskedRow)).all():
            one.due_at = NOW + timedelta(hours=3)
            db.session.flush()
    home = text(signed_in(Role.REPRESENTATIVE, HAVEN).get("/"))
    assert "waits for your agency’s answer, due Monday 23 November 2026, today" in home


def test_X2_late_agencies_and_more_than_five_requests_stand_on_the_first_page(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    asked(service, coordinator, case)
    with service.app_context(), acting.service(), saved():
        for one in db.session.scalars(select(DisclosureAskedRow)).all():
            one.due_at = NOW - timedelta(days=1)
            db.session.flush()
    for client in (coordinator, signed_in(Role.CHAIR)):
        said = text(client.get("/"))
        assert "agencies that are late" in said or "an agency that cannot answer here" in said
    for _ in range(6):
        logged(service, coordinator, case)
    assert "And 2 more." in text(coordinator.get("/"))


def test_X5_the_media_are_for_the_chair(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    page = logged(service, coordinator, case, kind="media", organisation="Moor Gazette", about=[],
                  wanted_on=["4", "12", "2026"])  # fmt: skip
    other, chair = signed_in(Role.COORDINATOR, HAVEN), signed_in(Role.CHAIR)
    assert other.get(page).status_code == 404 and "No request is open" in text(other.get("/requests"))
    assert "Due by Friday 4 December 2026" in text(coordinator.get(page))
    assert page not in other.get(f"/cases/{case}/opened").text
    logged_it = "Logged a third party's request"
    assert logged_it not in text(other.get(f"/cases/{case}/opened"))
    assert logged_it in text(chair.get(f"/cases/{case}/opened"))
    home = text(chair.get("/"))
    assert "waits for a check of who asks" in home and "your decision" not in home
    step(coordinator, page, "check")
    assert "waits for your decision" in text(chair.get("/"))
    told = {"step": "answered by the chair", "reason": "No comment on any case"}
    assert chair.post(f"{page}/decision", data=told).status_code == 303
    assert "Answered by the chair." in text(chair.get(page))


def test_X3_a_chair_who_recorded_the_order_reads_that_another_follows_it(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    court = {"kind": "court", "organisation": "County Court", "court": "County Court, 26/114",
             "hearing_on": ["14", "12", "2026"], "hearing_time": "10:00"}  # fmt: skip
    page, chair = logged(service, coordinator, case, **court), signed_in(Role.CHAIR)
    step(coordinator, page, "check")
    items = re.findall(r'name="items"[^>]*value="([0-9a-f-]{36})"', chair.get(f"{page}/order").text)
    told = {"court": "County Court", "reference": "26/114", "made_on": ["23", "11", "2026"],
            "made_time": "08:15", "items": items, "reason": "All of it"}  # fmt: skip
    assert chair.post(f"{page}/order", data=told).status_code == 303
    assert "waits for another chair to follow the order" in text(chair.get("/"))
    assert "There is nothing for you to decide now." in text(chair.get(f"{page}/decision"))
    assert coordinator.post(f"{page}/order", data=told).status_code == 303
    assert "waits for your decision" in text(chair.get("/"))


def test_X1_what_no_law_gives_a_time_may_have_no_day(
    service: Flask, coordinator: FlaskClient, case: UUID
) -> None:
    form = {**LOGGED, "kind": "report for court", "organisation": "A court", "about": victim(service)}
    page = logged(service, coordinator, case, **form)
    said = text(coordinator.get(page))
    assert "Wanted by No day given" in said and "Due" not in said
    line = "No day given, and nothing was done for long"
    assert line not in text(coordinator.get("/"))
    with service.app_context(), acting.service(), saved():
        db.session.scalars(select(DisclosureRow)).one().logged_at = NOW - timedelta(days=40)
    assert line in text(coordinator.get("/"))
    assert "Nothing was done for long" in text(coordinator.get("/requests"))
    page = logged(service, coordinator, case, **{**form, "wanted_on": ["4", "12", "2026"]})
    assert "Wanted by Friday 4 December 2026" in text(coordinator.get(page))


def test_X1_two_children_of_one_name_are_told_apart_where_a_request_is_logged(
    service: Flask, coordinator: FlaskClient
) -> None:
    (row,) = people_rows(1, MONDAY)
    alike = "Milo Ash|2015-05-04|Y|victim;Milo Ash|2018-05-04|N|both;Milo Ash|||"
    with service.app_context(), acting.service():
        area_id = db.session.scalars(select(AreaRow.id)).one()
        (item_id,) = listed(area_id, [{**row, "children": alike}])
        case_id = db.session.get_one(ItemRow, item_id).case_id
    page = coordinator.get(f"/cases/{case_id}/requests/new")
    said = text(page)
    assert "Milo Ash (a child linked to the victim, born in 2015)" in said
    assert "Milo Ash (a child linked to the victim and to the perpetrator, born in 2018)" in said
    assert "Milo Ash (a child, date of birth not known)" in said and "(the victim, " in said
    assert row["victim_address"] not in page.text
    offered = re.findall(r'name="about"[^>]*value="([0-9a-f-]{36})"', page.text)
    assert len(offered) == len(set(offered)) == 5


def test_X3_an_agency_told_to_take_legal_advice_reads_so_where_it_answers(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    court = {"kind": "court", "organisation": "County Court", "court": "County Court, 26/114",
             "hearing_on": ["14", "12", "2026"], "hearing_time": "10:00"}  # fmt: skip
    page = logged(service, coordinator, case, **court)
    for name in ("check", "ask"):
        assert step(coordinator, page, name).status_code == 303
    haven, said = signed_in(Role.REPRESENTATIVE, HAVEN), "Take your agency’s own legal advice"
    assert said not in text(haven.get(f"{page}/answers"))
    assert step(coordinator, page, "advise", "").status_code == 303
    done = text(coordinator.get(page)).split("What was done")[1]
    assert re.search(f"Told to take legal advice, Mon 23 Nov 2026, 08:30, by .* {HAVEN}", done)
    chair = signed_in(Role.CHAIR)
    assert "The hearing is on Mon 14 Dec 2026, 10:00." in text(chair.get(f"{page}/decision"))
    answers = haven.get(f"{page}/answers")
    assert said in text(answers)
    (item,) = re.findall(r"answers\?item=([0-9a-f-]{36})", answers.text)
    assert said in text(haven.get(f"{page}/answers?item={item}"))


def test_X3_an_agency_that_no_message_reaches_is_named_and_told_otherwise(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    court = {"kind": "court", "organisation": "County Court", "court": "County Court, 26/114",
             "hearing_on": ["14", "12", "2026"], "hearing_time": "10:00"}  # fmt: skip
    page, said = logged(service, coordinator, case, **court), "Agencies that no message reaches"
    for name in ("check", "ask"):
        assert step(coordinator, page, name).status_code == 303
    signed_in(Role.REPRESENTATIVE, HAVEN)
    step(coordinator, page, "advise", "")
    shown = text(coordinator.get(page))
    assert "Tell them yourself, then record it: Northtest Police." in shown
    assert shown.count("Told to seek it") == 1
    form = coordinator.get(f"{page}/step")
    (police,) = re.findall(r'name="agencies"[^>]*value="([0-9a-f-]{36})"', form.text)
    assert said in text(form)
    told = {"step": "advised", "agencies": police, "reason": "By telephone, its duty sergeant"}
    assert coordinator.post(f"{page}/step", data=told).status_code == 303
    shown = text(coordinator.get(page))
    assert "By telephone, its duty sergeant Northtest Police" in shown
    assert shown.count("Told to seek it") == 2 and said not in text(coordinator.get(f"{page}/step"))


def test_F3_a_recipient_is_told_apart_on_the_page_of_steps(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    page = asked(service, coordinator, case)
    assert "A recipient is somebody else" not in text(coordinator.get(f"{page}/step"))
    for client in (signed_in(Role.REPRESENTATIVE), signed_in(Role.REPRESENTATIVE, HAVEN)):
        answer(client, page, says="consent")
    chair = signed_in(Role.CHAIR)
    decision = chair.get(f"{page}/decision")
    items = re.findall(r'name="items"[^>]*value="([0-9a-f-]{36})"', decision.text)
    signed = {"step": "approved", "items": items, "reason": "Hers", "seen": seen_in(decision)}
    assert chair.post(f"{page}/decision", data=signed).status_code == 303
    with service.app_context(), acting.service():
        him = db.session.scalars(
            select(PersonRow).join(CaseRow, CaseRow.perpetrator_id == PersonRow.id)
        ).one()  # fmt: skip
        name = f"{him.forename} {him.surname}"
    built = {"recipient": name, "purpose": "Her own"}
    form = coordinator.get(f"{page}/prepare").text.split("CANARYPOLICE")[1]
    (field, *_) = re.findall(r'name="(out-[0-9a-f-]{36})"', form)
    refused = coordinator.post(f"{page}/prepare", data={**built, field: "came twice"})
    assert refused.status_code == 409 and "does not build the release" in text(refused)
    assert ">came twice</textarea>" in refused.text and f'value="{name}"' in refused.text
    assert "A recipient is somebody else" in text(chair.get(f"{page}/step"))
    told = {"step": "recipient", "recipient": name, "another": "Her solicitor, seen in person"}
    assert chair.post(f"{page}/step", data=told).status_code == 303
    assert f"{name}: Her solicitor" in text(chair.get(page))
    assert coordinator.post(f"{page}/prepare", data=built).status_code == 303
    assert "Her solicitor, seen in person" in text(chair.get(f"{page}/release"))


def test_X2_what_was_typed_stays_when_an_answer_or_a_step_is_refused(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    page, haven = asked(service, coordinator, case), signed_in(Role.REPRESENTATIVE, HAVEN)
    (item,) = re.findall(r"answers\?item=([0-9a-f-]{36})", haven.get(f"{page}/answers").text)
    version = re.findall(
        r'name="version" value="([0-9a-f]{64})"', haven.get(f"{page}/answers?item={item}").text
    )
    told = {"item": item, "says": "refuse", "words": "MYREASON"}
    late = haven.post(f"{page}/answers", data={**told, "version": "0" * 64})
    assert late.status_code == 409 and "changed while you read it" in text(late)
    assert "MYREASON</textarea>" in late.text and version[0] in late.text
    assert haven.post(f"{page}/answers", data={**told, "version": version[0]}).status_code == 303
    refused = coordinator.post(f"{page}/step", data={"step": "put", "another": "MYWORDS"})
    assert refused.status_code == 409 and "MYWORDS</textarea>" in refused.text


def test_X1_X3_the_chair_is_asked_which_items_only_where_a_decision_releases_some(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    page, chair = asked(service, coordinator, case), signed_in(Role.CHAIR)
    answer(signed_in(Role.REPRESENTATIVE), page, says="consent")
    assert "Which items?" not in text(chair.get(f"{page}/decision"))  # nothing but to refuse it is open
    answer(signed_in(Role.REPRESENTATIVE, HAVEN), page, says="consent")
    assert "Which items?" in text(chair.get(f"{page}/decision"))


def test_X3_a_court_s_order_is_recorded_of_a_court_s_request_alone(
    service: Flask, coordinator: FlaskClient, case: UUID
) -> None:
    paper = logged(service, coordinator, case, kind="media", organisation="Moor Gazette", about=[])
    step(coordinator, paper, "check")
    for answered in (coordinator.get(f"{paper}/order"), coordinator.post(f"{paper}/order")):
        assert answered.status_code == 409 and "Only of a court" in text(answered)
    court = {"kind": "court", "organisation": "County Court", "court": "County Court, 26/114",
             "hearing_on": ["14", "12", "2026"], "hearing_time": "10:00"}  # fmt: skip
    page = logged(service, coordinator, case, **court)
    step(coordinator, page, "check")
    assert coordinator.get(f"{page}/order").status_code == 200


def test_X2_the_clock_stops_and_a_withdrawal_is_asked_about_once_more(
    service: Flask, coordinator: FlaskClient, case: UUID
) -> None:
    page = logged(service, coordinator, case)
    assert "Due by Wednesday 23 December 2026" in text(coordinator.get(page))
    step(coordinator, page, "identity")
    assert "the clock stands" in text(coordinator.get(page))
    ask = step(coordinator, page, "withdraw", "By letter")
    assert ask.status_code == 200 and "cannot be taken back" in text(ask)
    told = {"step": "withdraw", "reason": "By letter", "confirmed": "1"}
    assert coordinator.post(f"{page}/step", data=told).status_code == 303
    assert "Withdrawn." in text(coordinator.get(page))
    assert "Nothing is to be recorded now" in text(coordinator.get(f"{page}/step"))


def test_pages_with_nothing_to_do_say_so(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    page, chair = logged(service, coordinator, case), signed_in(Role.CHAIR)
    assert "Nothing has been released" in text(chair.get("/releases"))
    assert "No decision of the chair" in text(coordinator.get(f"{page}/prepare"))
    assert "Nothing that is built waits" in text(coordinator.get(f"{page}/release"))
    assert "nothing for you to decide now" in text(chair.get(f"{page}/decision"))
    assert "No agency has been asked yet" in text(chair.get(f"{page}/agreed"))


def test_V5_signing_wants_a_second_factor_that_was_just_proven(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, chair = asked(service, coordinator, case), signed_in(Role.CHAIR)
    later = NOW.replace(hour=8, minute=42)
    monkeypatch.setattr("meetingsvc.clock.now", lambda: later)
    for path in ("decision", "release"):
        answer = chair.post(f"{page}/{path}", data={"step": "refused", "reason": "x"})
        assert answer.status_code == 303 and answer.location.startswith("/again"), path


def test_X2_who_logged_a_request_keeps_its_clock_though_the_case_is_closed_to_them(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    page, governance = logged(service, coordinator, case), signed_in(Role.INFORMATION_GOVERNANCE)
    assert governance.get(page).status_code == 404
    with service.app_context(), acting.service(), saved():
        row = db.session.scalars(select(DisclosureRow)).one()
        row.logged_by = db.session.scalars(
            select(AccountRow.id).where(AccountRow.role == Role.INFORMATION_GOVERNANCE)
        ).one()  # fmt: skip
        number = row.reference
    home = text(governance.get("/"))
    assert f"{number} waits for a check of who asks, due Wednesday 23 December 2026" in home
    assert number in text(governance.get("/requests"))
    shown = text(governance.get(page))
    assert "Due by Wednesday 23 December 2026" in shown and "Its case is not open to you now" in shown
    for word in ("Wilma Grove", "Her own information", "CANARY", "About whom", "C-0"):
        assert word not in shown and word not in text(governance.get("/requests")), word
    form = text(governance.get(f"{page}/step"))
    assert "Its clock stops" in form and "Withdrawn" not in form and "Requester checked" not in form
    assert step(governance, page, "withdraw").status_code == 422
    assert step(governance, page, "identity").status_code == 303
    assert "the clock stands" in text(governance.get(page))


def test_F3_what_is_held_of_a_child_says_so_until_somebody_has_looked(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    with service.app_context(), acting.service(), saved():
        db.session.get_one(PersonRow, UUID(victim(service))).dob = date(2012, 3, 4)
    page, chair = asked(service, coordinator, case), signed_in(Role.CHAIR)
    why, offered = "It is about a child. Whoever asks may be", "It is neither by nor for the perpetrator"
    assert why in text(coordinator.get(page)) and why in text(chair.get(page))
    assert offered not in text(coordinator.get(f"{page}/step")), "who logged it does not say it"
    assert offered in text(chair.get(f"{page}/step"))
    told = {"step": "apart", "another": "For her foster carer, rung back"}
    assert chair.post(f"{page}/step", data=told).status_code == 303
    shown = text(chair.get(page))
    assert why not in shown and "Whoever asks may ask for the perpetrator" in shown
    assert "as somebody who looked says: For her foster carer, rung back" in shown


def count_checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the people to check who asks against are read, as one number."""
    found, parties = list[int](), disclosure_people.parties

    def counted(*told: Any) -> Any:
        found[:] = [sum(found) + 1]
        return parties(*told)

    monkeypatch.setattr(disclosure_people, "parties", counted)
    return found


def test_X1_M6_one_that_nobody_can_take_further_says_so_in_the_same_words_whatever_keeps_it(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID
) -> None:
    page, governance = asked(service, coordinator, case), signed_in(Role.INFORMATION_GOVERNANCE)
    put = {"step": "put", "reason": "They cannot be waited for"}
    assert coordinator.post(f"{page}/step", data=put).status_code == 303
    said = "named on every restricted case that they need"
    assert said in text(coordinator.get("/")) and said in text(governance.get("/"))
    signed_in(Role.CHAIR)
    assert said not in text(coordinator.get("/")) and said not in text(governance.get("/"))


def test_F3_M6_to_whom_his_case_is_closed_a_page_says_nothing_of_it_and_no_act_is_done(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    his = logged(service, coordinator, case, name="Ivor Quillfeather", dob=["3", "2", "1985"])
    hers, chair, blind = (
        logged(service, coordinator, case), signed_in(Role.CHAIR), signed_in(Role.CHAIR, HAVEN)
    )  # fmt: skip
    with service.app_context(), acting.service():
        area_id, her = db.session.scalars(select(AreaRow.id)).one(), UUID(victim(service))
        him = {"perpetrator_forename": "Ivor", "perpetrator_surname": "Quillfeather",
               "perpetrator_dob": "1985-02-03"}  # fmt: skip
        (item,) = listed(area_id, [a_row(recorded_at=RECORDED[TUESDAY], **him)], TUESDAY)
        other = db.session.get_one(ItemRow, item).case_id
        rows = select(AccountRow.id).where(
            (AccountRow.role == Role.COORDINATOR) | (AccountRow.agency_id == agency_named(HAVEN))
        )
        kept_from = list(db.session.scalars(rows))
        with saved():
            db.session.get_one(CaseRow, other).victim_id = her
        for account_id in kept_from:
            a_wall(area_id, other, account_id)
    for client, page in (
        (coordinator, his), (coordinator, hers), (blind, f"{his}/decision"), (blind, f"{hers}/decision"),
    ):  # fmt: skip
        shown = text(client.get(page))
        assert "Checked against the people of the case: nobody on the case" in shown
        assert ANOTHER_TAKES_IT not in shown and "Nothing can be released" not in shown
    apart = {"step": "check", "reason": "Seen", "another": "Born in 1950"}
    refused = coordinator.post(f"{his}/step", data=apart)
    assert refused.status_code == 409 and ANOTHER_TAKES_IT in text(refused)
    with service.app_context(), acting.service():
        assert db.session.scalars(select(RefusalRow.case_id)).all() == [other]
    read = count_checks(monkeypatch)
    assert "Nothing can be released to them here" in text(chair.get(his)) and read.pop() == 1 and not read
    assert "Checked against the people of the case: nobody on the case" in text(chair.get(hers))
