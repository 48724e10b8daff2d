"""The outcome page while several people type into it, through the whole service."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from meetingsvc.models import ActionRow, AuditRow, CrimeRow, LiveFieldRow, OutcomeRow, SessionRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases.transaction import saved
from meetingsvc.web import live
from tests.a_crime import a_crime
from tests.a_meeting_record import somebody
from tests.web.browser_form import Sent, sent_by
from tests.web.conftest import NOW, agency_named
from tests.web.routes import body
from tests.web.test_outcomes import DECIDED, NOT_REFERRED, an_action, close, coordinator, pages

__all__ = ["coordinator", "pages"]
SignIn = Callable[..., FlaskClient]


@pytest.fixture
def other(signed_in: SignIn) -> FlaskClient:
    """Another scribe."""
    return signed_in(Role.COORDINATOR, "Haven Northtest")


def told(client: FlaskClient, page: str) -> dict[str, Any]:
    """What the page is given to type together with others."""
    found = re.search(r'data-live="([^"]*)"', client.get(page).text)
    assert found
    here: dict[str, Any] = json.loads(html.unescape(html.unescape(found[1])))
    return here


def send(client: FlaskClient, page: str, **fields: str) -> list[dict[str, Any]]:
    sent = [{"field": name, "value": value, "version": 0, "base": ""} for name, value in fields.items()]
    answer = client.post(page.replace("/outcome", "/live"), json={"page": "p", "fields": sent})
    assert answer.status_code == 200, answer.text
    answers: list[dict[str, Any]] = answer.json["answers"]
    return answers


def test_D3_what_one_types_the_other_is_told(
    pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    here = told(other, pages[0])
    assert send(coordinator, pages[0], notes="Agreed.") == [
        {"field": "notes", "value": "Agreed.", "version": 1, "landed": True}
    ]
    found = other.get(here["poll"], query_string={"after": here["after"]}).json
    (change,) = found["changes"]
    assert (change["field"], change["value"], change["by"], change["mine"]) == (
        "notes", "Agreed.", "Person 0", False,
    )  # fmt: skip
    again = other.get(here["poll"], query_string={"after": found["after"]}).json
    assert again["changes"] == [] and again["after"]


def test_D3_a_page_opened_later_has_what_was_typed(
    pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    key = uuid4()
    send(coordinator, pages[0], **{"notes": "Agreed.", f"action-{key}-what": "Change the locks"})
    text = other.get(pages[0]).text
    assert "Agreed." in text and "Change the locks" in text and f'name="action" value="{key}"' in text


def test_D3_saving_takes_what_both_typed(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    send(coordinator, pages[0], risk="high", in_place="no", refer="yes")
    action = {name: value for name, value in an_action(service, uuid4()).items() if name != "action"}
    send(other, pages[0], notes="Theirs", **action)
    answer = coordinator.post(pages[0], data={"version": "0", "step": "save", "live": "1", "notes": "stale"})
    assert answer.status_code == 303
    with service.app_context():
        row = db.session.scalars(select(OutcomeRow)).one()
        assert (row.notes, row.risk, row.group) == ("Theirs", "high", 2)  # C1: saving confirms the group
        assert db.session.scalars(select(ActionRow.what)).all() == ["Change the locks"]
        assert not [one for one in db.session.scalars(select(LiveFieldRow)) if not one.saved]
    assert "Something was typed after" not in coordinator.get(pages[0]).text


def test_D3_what_breaks_a_rule_is_shown_with_what_both_typed(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    send(other, pages[0], notes="Theirs")
    answer = coordinator.post(pages[0], data={"version": "0", "step": "save", "live": "1"})
    assert answer.status_code == 422 and "Theirs" in answer.text and 'href="#risk"' in answer.text
    assert "data-live=" in answer.text
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow)).all() == []


def test_A1_a_day_that_is_not_understood_leaves_the_due_date_empty(
    pages: list[str], coordinator: FlaskClient
) -> None:
    line = "police: check bail by 31/02/2027"
    found = coordinator.post(pages[0].replace("/outcome", "/typed"), data={"typed": line}).json
    assert found["due"] == "" and "“31/02/2027” is not understood" in " ".join(found["problems"])
    text = coordinator.post(pages[0], data=DECIDED | {"step": "typed", "typed": line}).text
    assert "Check bail by 31/02/2027" in text and "“31/02/2027” is not understood as a day" in text
    rows = re.findall(r'<input[^>]*name="action-(?!KEY)[^"]*-due"[^>]*>', text)
    assert rows and all('value=""' in row for row in rows), "the usual day does not take its place"


def test_D3_a_page_without_a_script_is_shown_what_is_being_typed(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    send(other, pages[0], notes="Theirs", risk="high")
    answer = coordinator.post(pages[0], data=NOT_REFERRED | {"notes": "Mine"})
    assert answer.status_code == 409 and "Somebody else typed into this case" in answer.text
    for shown in ("Theirs", "Mine", "High", "Medium"):
        assert shown in answer.text, shown
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow)).all() == []
    seen = re.search(r'name="seen" value="([^"]+)"', answer.text)
    assert seen
    over = coordinator.post(pages[0], data=NOT_REFERRED | {"notes": "Mine", "seen": seen[1]})
    assert over.status_code == 303


@pytest.mark.parametrize("role", [Role.CHAIR, Role.REPRESENTATIVE])
def test_nobody_but_who_records_reads_a_draft(
    pages: list[str], coordinator: FlaskClient, signed_in: SignIn, role: Role
) -> None:
    here = told(coordinator, pages[0])
    send(coordinator, pages[0], notes="Agreed.")
    reader = signed_in(role)
    assert reader.get(here["poll"], query_string={"after": here["after"]}).status_code == 403
    assert "Agreed." not in reader.get(pages[0]).text


def test_V5_a_cursor_is_one_persons_on_one_case_and_without_one_the_case_is_opened(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    here, elsewhere = told(coordinator, pages[0]), told(other, pages[1])
    send(coordinator, pages[0], notes="Agreed.")
    for after in ("", "x", here["after"], elsewhere["after"]):
        with service.app_context():
            before = db.session.scalar(select(func.count()).select_from(AuditRow)) or 0
        answer = other.get(here["poll"], query_string={"after": after})
        assert answer.json["changes"] == [] and "Agreed." not in answer.text
        assert other.get(here["stream"], query_string={"after": after}).status_code == 204
        with service.app_context():
            assert (db.session.scalar(select(func.count()).select_from(AuditRow)) or 0) == before + 1
    assert other.get(f"/items/{uuid4()}/live").status_code == 404


@pytest.mark.parametrize(
    "sent",
    [[], {"fields": "x"}, {"fields": [1]}, {"fields": [{"field": "notes"}]}, {"fields": [{}] * 61}],
)
def test_what_no_page_sends_is_refused(pages: list[str], coordinator: FlaskClient, sent: object) -> None:
    assert coordinator.post(pages[0].replace("/outcome", "/live"), json=sent).status_code == 400


def test_asking_keeps_nobodys_session_alive(
    service: Flask, pages: list[str], coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = told(coordinator, pages[0])
    with service.app_context():
        before = db.session.scalars(select(SessionRow.seen_at)).all()
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(minutes=10))
    assert coordinator.get(here["poll"], query_string={"after": here["after"]}).status_code == 200
    with service.app_context():
        assert db.session.scalars(select(SessionRow.seen_at)).all() == before


def test_a_stream_tells_what_changed_and_ends(
    pages: list[str], coordinator: FlaskClient, other: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY", 0.02)
    monkeypatch.setattr(live, "LASTS", 0.06)
    here = told(other, pages[0])
    send(coordinator, pages[0], notes="Agreed.")
    answer = other.get(here["stream"], query_string={"after": here["after"]})
    assert answer.mimetype == "text/event-stream"
    lines = answer.text.splitlines()
    answer.close()
    (found,) = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    assert found["changes"][0]["value"] == "Agreed." and "seq" not in found
    assert "event: still" in lines  # what else it says, so that its reader knows that it comes through


def test_a_stream_tells_nothing_once_the_session_is_over(
    service: Flask, pages: list[str], coordinator: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = told(coordinator, pages[0])
    send(coordinator, pages[0], notes="Agreed.")
    monkeypatch.setattr(live, "EVERY", 0.02)
    monkeypatch.setattr(live.Sessions, "is_open", lambda *_: False)
    answer = coordinator.get(here["stream"], query_string={"after": here["after"]})
    assert "Agreed." not in answer.text
    answer.close()


def test_there_are_fewer_streams_than_threads_and_who_gets_none_asks(
    pages: list[str], coordinator: FlaskClient
) -> None:
    here = told(coordinator, pages[0])
    taken = [live.STREAMS.acquire(blocking=False) for _ in range(9)]
    assert taken.count(True) == 3
    try:
        assert coordinator.get(here["stream"], query_string={"after": here["after"]}).status_code == 204
    finally:
        for _ in range(3):
            live.STREAMS.release()


def test_A1_a_line_is_understood_and_shown_to_be_confirmed(
    service: Flask, pages: list[str], coordinator: FlaskClient
) -> None:
    line = "police: check bail conditions by Friday"
    found = coordinator.post(pages[0].replace("/outcome", "/typed"), data={"typed": line}).json
    with service.app_context():
        owner = str(agency_named("Northtest Police"))
    assert found == {"owner_id": owner, "what": "Check bail conditions", "due": "27/11/2026",
                     "category": "perpetrator", "problems": []}  # fmt: skip
    text = coordinator.post(pages[0], data=DECIDED | {"step": "typed", "typed": line}).text
    assert "Check bail conditions" in text and 'value="27/11/2026"' in text
    kept = coordinator.post(pages[0], data=DECIDED | {"typed": line})
    assert kept.status_code == 200 and "Check bail conditions" in kept.text  # nothing typed is lost by saving
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow)).all() == []


def test_a_disclosed_crime_waits_on_the_first_page_of_its_police(
    service: Flask, pages: list[str], coordinator: FlaskClient, signed_in: SignIn
) -> None:
    key = uuid4()
    with service.app_context():
        haven, police = str(agency_named("Haven Northtest")), str(agency_named("Northtest Police"))
    crime = {"crime": str(key), f"crime-{key}-text": "He took her card.", f"crime-{key}-agency_id": haven}
    officer, outsider = signed_in(Role.REPRESENTATIVE), signed_in(Role.IDVA, "Haven Northtest")
    elsewhere = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    answer = coordinator.post(pages[0], data=NOT_REFERRED | crime | {f"crime-{key}-told_id": police})
    assert answer.status_code == 303
    assert "1 waits for your force to record" in officer.get("/").text
    assert "He took her card." in officer.get("/crimes").text
    assert "He took her card." in outsider.get(pages[0]).text  # it disclosed it
    assert "told to Northtest Police" in coordinator.get(pages[0]).text
    assert ", for Northtest Police" in outsider.get(pages[0]).text  # not who of them may open the case (M6)
    assert "He took her card." not in elsewhere.get("/crimes").text
    unknown, hidden = (elsewhere.post(f"/crimes/{one}/received") for one in (uuid4(), key))
    assert unknown.status_code == hidden.status_code == 404 and body(unknown) == body(hidden)
    assert officer.post(f"/crimes/{key}/received").status_code == 303
    assert "for your force to record" not in officer.get("/").text
    with service.app_context(), saved():
        assert db.session.get_one(CrimeRow, key).received_at == NOW


def test_a_disclosed_crime_says_since_how_many_days_it_waits(
    service: Flask, pages: list[str], signed_in: SignIn
) -> None:
    officer = signed_in(Role.REPRESENTATIVE)
    with service.app_context():
        who, item_id = somebody(Role.REPRESENTATIVE), UUID(pages[0].split("/")[2])
        police = agency_named("Northtest Police")
        key = a_crime(who.area_id, item_id, who.account_id, police)
    for told_on, words in ((23, "Told to you today"), (22, "1 day ago"), (16, "7 days ago")):
        with service.app_context(), saved():
            db.session.get_one(CrimeRow, key).told_at = NOW.replace(day=told_on)
        assert words in officer.get("/crimes").text
    assert officer.post(f"/crimes/{key}/received").status_code == 303
    assert "days ago" not in officer.get("/crimes").text, "it waits no more"


def test_D3_a_closed_page_shows_what_was_typed_and_not_saved_and_who_records_sets_it_aside(
    service: Flask, pages: list[str], coordinator: FlaskClient, signed_in: SignIn
) -> None:
    assert coordinator.post(pages[0], data=NOT_REFERRED).status_code == 303
    send(coordinator, pages[0], notes="Typed too late")
    close(service)
    shown = coordinator.get(pages[0]).text
    assert "Typed and not saved" in shown and "Typed too late" in shown
    for role in (Role.CHAIR, Role.REPRESENTATIVE):
        assert "Typed too late" not in signed_in(role, "Haven Northtest").get(pages[0]).text
    assert coordinator.post(pages[0], data={"step": "aside"}).status_code == 303
    after = coordinator.get(pages[0]).text
    assert "Typed and not saved" not in after and "Typed too late" in after and "set aside by" in after


def seen(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', client.get(page).text)
    assert found
    return html.unescape(found[1])


def test_D3_a_draft_that_another_typed_into_since_is_shown_and_not_set_aside(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    send(coordinator, pages[0], plan_review="An old scrap")
    had = seen(coordinator, pages[0])
    send(other, pages[0], notes="Police tonight.")
    for told in (had, ""):
        refused = coordinator.post(pages[0], data={"version": "0", "step": "aside", "seen": told})
        assert refused.status_code == 409 and "Somebody else typed into this case" in refused.text
        assert "Police tonight." in refused.text
    with service.app_context():
        assert db.session.scalar(select(func.count(LiveFieldRow.aside_at))) == 0
    had = seen(coordinator, pages[0])
    assert coordinator.post(pages[0], data={"step": "aside", "seen": had}).status_code == 303
    assert "Police tonight." not in coordinator.get(pages[0]).text


def test_D3_save_does_not_say_saved_without_what_was_set_aside_under_it(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    here, had = told(other, pages[0]), seen(other, pages[0])
    mine = {"risk": "medium", "in_place": "yes", "refer": "no", "notes": "Police tonight.",
            "not_referred": "She is in refuge."}  # fmt: skip
    send(other, pages[0], **mine)
    data = {"step": "aside", "seen": seen(coordinator, pages[0])}
    assert coordinator.post(pages[0], data=data).status_code == 303
    found = other.get(here["poll"], query_string={"after": here["after"]}).json
    assert {one["field"]: one["aside"] for one in found["changes"]} == dict.fromkeys(mine, "Person 0")
    whole = {"version": "0", "step": "save", **mine}
    refused = other.post(pages[0], data=whole | {"live": "1", "seen": had})
    assert refused.status_code == 409 and "set aside what was typed" in refused.text
    assert "Police tonight." in refused.text and "Save mine over theirs" in refused.text
    kept = re.search(r'name="seen" value="([^"]*)"', refused.text)
    assert kept and other.post(pages[0], data=whole | {"seen": kept[1]}).status_code == 303
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow.notes)).one() == "Police tonight."
        assert db.session.scalar(select(func.count(LiveFieldRow.aside_at))) == 0


def test_D3_the_page_that_closes_the_meeting_leads_to_what_was_typed_and_not_saved(
    pages: list[str], coordinator: FlaskClient
) -> None:
    assert coordinator.post(pages[0], data=NOT_REFERRED).status_code == 303
    send(coordinator, pages[0], notes="Typed too late")
    told = coordinator.get("/lists/2026-11-23/close").text
    assert "Typed and not saved: C-" in told and f'href="{pages[0]}">What was typed of C-' in told


def test_F1_F4_the_read_only_page_says_who_tells_the_victim_below_how_to_reach_her_safely(
    service: Flask, pages: list[str], coordinator: FlaskClient, signed_in: SignIn
) -> None:
    assert coordinator.post(pages[0], data=NOT_REFERRED).status_code == 303
    close(service)
    shown = coordinator.get(pages[0]).text
    assert "Who tells the victim" in shown and "Duty IDVA" in shown
    assert shown.index("Contacting the victim safely") < shown.index("Who tells the victim")
    rep = signed_in(Role.REPRESENTATIVE).get(pages[0])
    assert rep.status_code == 200 and "Who tells the victim" not in rep.text, "whose it is to tell alone"


ASIDE = 'name="step" value="aside"'


def form_of(page: str, **typed: str) -> Sent:
    return sent_by(page, "outcome-form", **typed)


def test_D3_a_draft_can_be_set_aside_as_soon_as_one_is_kept(
    pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    page = coordinator.get(pages[0]).text
    assert re.search(rf"<button[^>]*{ASIDE}[^>]* data-aside hidden>", page), "the script shows it"
    assert told(coordinator, pages[0])["unsaved"] == []
    send(other, pages[0], notes="Police tonight.")
    page = coordinator.get(pages[0]).text
    assert re.search(rf"<button[^>]*{ASIDE}[^>]* data-aside>", page)
    assert told(coordinator, pages[0])["unsaved"] == ["notes"]


def test_D3_each_step_without_the_script_keeps_what_is_typed_as_a_draft(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    page = coordinator.get(pages[0]).text
    typed = {"notes": "She has left.", "risk": "high", "typed": "police: check bail conditions by Friday"}
    page = coordinator.post(pages[0], data=form_of(page, **typed, step="typed")).text
    assert re.search(rf"<button[^>]*{ASIDE}[^>]* data-aside>", page), "there after the step"
    again = other.get(pages[0]).text
    for words in ("She has left.", "Check bail conditions"):
        assert words in page and words in again, "a fallen connection loses nothing"
    more = form_of(page, notes="She has left again.", step="add.note")
    page = coordinator.post(pages[0], data=more).text
    assert "She has left again." in other.get(pages[0]).text
    whole = form_of(page, in_place="yes", refer="no", not_referred="No.", step="save")
    answer = coordinator.post(pages[0], data=whole)
    assert answer.status_code == 303, "what one kept oneself is nobody else's"
    with service.app_context():
        assert db.session.scalars(select(OutcomeRow.notes)).one() == "She has left again."
        assert not [one for one in db.session.scalars(select(LiveFieldRow)) if one.is_draft]


def test_D3_a_row_taken_away_without_the_script_is_in_no_draft_any_more(
    pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    line = {"typed": "police: check bail conditions by Friday", "step": "typed"}
    page = coordinator.post(pages[0], data=form_of(coordinator.get(pages[0]).text, **line)).text
    (key,) = re.findall(r'value="remove.action.([0-9a-f-]{36})"', page)
    assert "Check bail conditions" in other.get(pages[0]).text
    page = coordinator.post(pages[0], data=form_of(page, step=f"remove.action.{key}")).text
    assert "Check bail conditions" not in page and "Check bail conditions" not in other.get(pages[0]).text


def test_D3_a_step_keeps_nothing_over_what_another_typed_since(
    service: Flask, pages: list[str], coordinator: FlaskClient, other: FlaskClient
) -> None:
    page = form_of(coordinator.get(pages[0]).text, notes="Mine", step="add.note")
    send(other, pages[0], notes="Theirs")
    mine = coordinator.post(pages[0], data=page)
    assert mine.status_code == 200 and "Mine" in mine.text
    with service.app_context():
        assert db.session.scalars(select(LiveFieldRow.value)).all() == ["Theirs"]
    whole = form_of(mine.text, risk="high", in_place="yes", refer="no", not_referred="No.", step="save")
    refused = coordinator.post(pages[0], data=whole)
    assert refused.status_code == 409 and "Theirs" in refused.text and "Mine" in refused.text
    assert ASIDE not in refused.text, "nobody's text is set aside unread"
