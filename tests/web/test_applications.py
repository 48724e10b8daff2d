"""The pages of disclosure scheme applications and of protection orders, from clicking to what is kept."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from agenda.addresses import DetailOf
from agenda.meetings import MeetingState
from agenda.referral_entry import EntryKind
from agenda.rules import RuleBroken
from meetingsvc.models import (
    AccountRow,
    ApplicationRow,
    ApplicationStepRow,
    Base,
    CaseRow,
    EntryRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    OrderRow,
    OutboxRow,
    OutcomeRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import accounts, acting
from meetingsvc.usecases import disclosure_updates, outcome_meeting, staff_details
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved
from tests.an_application import CONTACT, application_and_order
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, within_monday
from tests.web.test_lists import text as words

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
APPLYING = {
    "scheme": "domestic violence", "right": "right to ask", "applied_at": "08:00", "agency": "",
    "applicant": "Bryony Sorrel", "applicant_is": "sister", "identity": "Passport seen", "contact": CONTACT,
    "at_risk_forename": "Isla", "at_risk_surname": "Sorrel", "subject_forename": "Dorian",
    "subject_surname": "Flint", "relationship": "partners", "risk": "standard", "why": "She worries.",
}  # fmt: skip
ORDER = {"kind": "DVPO", "made_time": "08:15", "terms": "Not to go near her home", "live_together": "no",
         "author": "PC Ash", "source": "court result"}  # fmt: skip
TELLING = {"by": "Sgt Elm", "where": "A surgery", "to": "person at risk", "whom": "Isla Sorrel",
           "safely": "Alone", "in_person": "yes", "warned": "yes", "signed": "yes"}  # fmt: skip


def text(answer: TestResponse) -> str:
    """The page as it reads."""
    return words(answer.text)


def days(**told: tuple[int, int, int]) -> dict[str, list[str]]:
    """Dates as their three boxes send them."""
    return {name: list(map(str, parts)) for name, parts in told.items()}


@pytest.fixture
def police(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE)


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


def rows(service: Flask, kind: type[Base]) -> list[Any]:
    """Everything that is kept of one kind."""
    with service.app_context(), acting.service():
        return list(db.session.scalars(select(kind)))


def applied(client: FlaskClient, **told: Any) -> str:
    """The address of a new application."""
    form = client.get("/applications/new")
    agency = re.search(r'name="agency" value="([^"]+)"', form.text)
    assert agency is not None
    sent = {**APPLYING, **days(applied_on=(23, 11, 2026)), "agency": agency[1]} | told
    answer = client.post("/applications/new", data=sent)
    assert (answer.status_code, answer.location) == (303, "/"), "whether or not it met a hidden case (M6)"
    (reference,) = re.findall("DSA-[0-9]+ is recorded", text(client.get("/")))
    index = client.get("/applications").text
    open_ones = re.findall(r'href="(/applications/[0-9a-f-]{36})">(DSA-[0-9]+)', index)
    return next(page for page, one in open_ones if reference.startswith(one))


def test_T9_Y1_an_application_from_the_form_to_the_disclosure(
    service: Flask, police: FlaskClient, coordinator: FlaskClient
) -> None:
    page = applied(police)
    shown = text(police.get(page))
    assert "Isla Sorrel" in shown and "Applied for." in shown and "The first one made after" in shown
    assert CONTACT not in shown, "sealed"
    assert police.post(f"{page}/checked", data={"reason": "Local systems"}).status_code == 303
    assert "Checked." in text(police.get(page))
    assert "1 open" in text(coordinator.get("/applications"))
    assert police.post(f"{page}/withdraw", data={"reason": "She asks no more"}).status_code == 303
    assert "Withdrawn." in text(police.get(page))
    assert rows(service, OutboxRow) == []


def test_Y1_a_step_that_is_refused_shows_why_and_everything_typed_again(police: FlaskClient) -> None:
    page = applied(police)
    told = {**TELLING, **days(on=(23, 11, 2026)), "confirmed": "1"}
    police.post(f"{page}/checked", data={"reason": "Local systems"})
    for path, sent, why, kept in (
        (
            "/disclosed",
            told,
            "cannot be done now",
            ("Sgt Elm", "A surgery", "Alone", '"2026"'),
        ),
        ("/withhold", {"reason": "He is in custody"}, "cannot be done now", ("He is in custody",)),
        ("/checked", {"reason": "Two forces"}, "cannot be done now", ("Two forces",)),
        ("/withdraw", {"reason": "   "}, "Say why the application is withdrawn", ()),
        ("/met", days(on=(24, 11, 2026)), "Enter a day from that of the application to today", ('"24"',)),
        ("/go-ahead", {"reason": "He moves in"}, "Nothing waits for the MARAC", ("He moves in",)),
        ("/weigh", {"reason": "It is older"}, "Nothing waits for the MARAC", ("It is older",)),
    ):
        answer = police.post(page + path, data=sent)
        assert answer.status_code == 409 and why in text(answer), path
        assert "There is a problem" in text(answer) and 'name="csrf_token"' in answer.text, "its form again"
        assert not [one for one in kept if one not in answer.text], path
    assert "Checked." in text(police.get(page))


def test_C4_what_an_agency_said_while_the_police_weighed_is_read_and_weighed_without_typing_it_again(
    police: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"{applied(police)}/weigh"

    def said_since(*told: object) -> None:
        raise RuleBroken(disclosure_updates.SAID_SINCE)

    monkeypatch.setattr(disclosure_updates, "weigh", said_since)
    answer = police.post(page, data={"reason": "It is older", "seen": "what was shown before"})
    assert answer.status_code == 409 and "An agency has said something since you looked" in text(answer)
    assert "It is older" in answer.text and "what was shown before" not in answer.text


def test_Y1_the_list_has_first_what_is_due_first(police: FlaskClient) -> None:
    older = applied(police, applied_on=["20", "11", "2026"])
    assert police.post(f"{older}/checked", data={"reason": "Local systems"}).status_code == 303
    assert police.post(f"{older}/met", data=days(on=(23, 11, 2026))).status_code == 303
    newer = applied(police, applicant="Rose Sorrel")
    shown = police.get("/applications").text
    assert "due first at the top" in shown and shown.index(newer) < shown.index(older)


def test_Y2_who_was_told_is_checked_before_it_is_kept(police: FlaskClient) -> None:
    page = f"{applied(police)}/disclosed"
    told = {**TELLING, **days(on=(23, 11, 2026))}
    check = text(police.post(page, data=told | {"whom": ""}))
    assert "Isla Sorrel (the person at risk)" in check and "cannot be changed" in check
    other = told | {"to": "person able to safeguard", "whom": "FLINT, Dorian"}
    for confirmed in ({}, {"confirmed": "1"}):
        refused = police.post(page, data=other | confirmed)
        assert refused.status_code == 422 and "who is never told of it" in text(refused)


def test_Y2_the_warning_and_what_is_signed_stand_before_the_questions(police: FlaskClient) -> None:
    shown = text(police.get(f"{applied(police)}/disclosed"))
    assert "legal proceedings may be brought against you" in shown
    assert "I will not pass it on, in words, in writing or on line." in shown


def test_C4_going_ahead_and_weighing_wait_for_a_decision_to_disclose(police: FlaskClient) -> None:
    page = applied(police)
    for path in ("/go-ahead", "/weigh"):
        assert police.get(page + path).status_code == 200
        answer = police.post(page + path, data={"reason": "He moves in on Friday"})
        assert answer.status_code == 409 and "Nothing waits for the MARAC" in text(answer), path


def test_Y2_of_a_risk_to_a_child_the_police_are_applied_to(police: FlaskClient) -> None:
    sent = {**APPLYING, **days(applied_on=(23, 11, 2026)), "agency": _agency(police),
            "scheme": "child sex offender", "right": "right to know"}  # fmt: skip
    answer = police.post("/applications/new", data=sent)
    assert answer.status_code == 422 and "Under this scheme somebody applies" in text(answer)


def test_M6_the_answer_is_the_same_where_it_names_somebody_its_maker_is_kept_from(
    service: Flask, police: FlaskClient
) -> None:
    with service.app_context():
        maker = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.REPRESENTATIVE)).one()
        who = accounts.principal(maker, NOW)
        assert who is not None
        staff_details.add(who, DetailOf.KNOWS, Told("Isla", "Sorrel", None, "", "", ""), NOW)
    sent = {**APPLYING, **days(applied_on=(23, 11, 2026)), "agency": _agency(police)}
    answer = police.post("/applications/new", data=sent)
    assert (answer.status_code, answer.location) == (303, "/")
    assert re.search("DSA-[0-9]+ is recorded, and is on the next daily list\\.", text(police.get("/")))
    index = police.get("/applications")
    (page,) = re.findall(r'"(/applications/[0-9a-f-]{36})"', index.text)
    shown = text(police.get(page))
    assert "1 open" in text(index) and "Isla Sorrel" in shown, "as typed"
    for said in ("The first one made after", "This is as far as you may read"):
        assert said in shown, "what stands on every application's page, and stays true"
    assert "Record the minimum checks" in shown and "/cases/" not in police.get(page).text
    answer = police.post(f"{page}/checked", data={"reason": "Local systems"})
    assert answer.status_code == 409 and "This cannot be done now." in text(answer)
    assert police.post(f"{page}/contact", data={"reason": "To arrange a meeting"}).status_code in (403, 409)


def test_M6_another_s_application_about_people_kept_from_one_is_not_there(
    service: Flask, police: FlaskClient, coordinator: FlaskClient
) -> None:
    page = applied(police)
    with service.app_context():
        account = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        who = accounts.principal(account, NOW)
        assert who is not None
        staff_details.add(who, DetailOf.KNOWS, Told("Isla", "Sorrel", None, "", "", ""), NOW)
    assert coordinator.get(page).status_code == 404
    assert "No application is open" in text(coordinator.get("/applications"))


def test_Y1_what_is_missing_stands_beside_its_field_and_nothing_typed_is_lost(
    service: Flask, police: FlaskClient
) -> None:
    answer = police.post("/applications/new", data=APPLYING | {"applicant": "", "contact": ""})
    assert answer.status_code == 422
    sent = {**APPLYING, **days(applied_on=(23, 11, 2026)), "contact": "", "subject_surname": "Sorrel",
            "subject_forename": "Isla", "agency": _agency(police)}  # fmt: skip
    answer = police.post("/applications/new", data=sent)
    shown = text(answer)
    assert answer.status_code == 422 and "Enter how the applicant can be contacted safely" in shown
    assert "also the name of the person at risk" in shown and "She worries." in answer.text
    assert rows(service, ApplicationRow) == []


def test_Y1_everything_that_is_wrong_is_said_at_once(police: FlaskClient) -> None:
    shown = text(police.post("/applications/new", data={}))
    for said in ("Choose the scheme", "Choose the risk", "Enter the day", "Enter the surname",
                  "Enter why it is asked"):  # fmt: skip
        assert said in shown, said
    asked = text(police.post("/applications/new", data={"right": "right to ask"}))
    assert "Enter the name of the applicant" in asked and "Choose the scheme" in asked


def test_Y1_a_month_may_be_written_in_words(police: FlaskClient) -> None:
    page = applied(police, applied_on=["20", "nov", "2026"])
    assert "20 November 2026" in text(police.get(page)) or "20 Nov" in text(police.get(page))
    wrong = text(police.post("/applications/new", data={**APPLYING, "applied_on": ["20", "Smarch", "2026"]}))
    assert "Enter a real date" in wrong


def _agency(client: FlaskClient) -> str:
    found = re.search(r'name="agency" value="([^"]+)"', client.get("/applications/new").text)
    assert found is not None
    return found[1]


def test_F4_the_contact_is_shown_once_for_a_reason(police: FlaskClient) -> None:
    page = f"{applied(police)}/contact"
    assert CONTACT not in police.get(page).text
    assert police.post(page, data={"reason": ""}).status_code == 422
    answer = police.post(page, data={"reason": "To arrange a meeting"})
    assert CONTACT in answer.text and "no-store" in answer.headers["Cache-Control"]


def test_Y1_only_the_police_and_coordinators_are_led_to_apply(signed_in: SignIn) -> None:
    housing = signed_in(Role.REPRESENTATIVE, agency="Haven Northtest")
    assert "made by the police" in text(housing.get("/applications/new"))
    assert housing.post("/applications/new", data=APPLYING).status_code == 403
    chair = signed_in(Role.CHAIR)
    assert chair.get("/applications/new").status_code == 403
    assert "Make an application" not in chair.get("/applications").text


def test_Y1_late_ones_show_on_the_first_page(police: FlaskClient, coordinator: FlaskClient) -> None:
    applied(police, applied_on=["20", "11", "2026"])
    assert "1 application open, 1 late ." in text(coordinator.get("/"))
    assert "Late" in text(coordinator.get("/applications"))


@pytest.fixture
@remembered
def case(service: Flask, coordinator: FlaskClient) -> str:
    """The address of a case on Monday's list."""
    feed(service, within_monday(**A))
    return built(coordinator)


def given(service: Flask) -> dict[str, Any]:
    """An application and an order on that case, of the police."""
    with service.app_context(), acting.service():
        row = db.session.scalars(select(CaseRow)).one()
        who = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        return application_and_order(row.area_id, row.id, who, agency_named("Northtest Police"))


def test_C4_the_outcome_page_and_the_case_lead_to_the_application(
    service: Flask, coordinator: FlaskClient, signed_in: SignIn, case: str
) -> None:
    page = f"/applications/{given(service)['application_id']}"
    with service.app_context(), acting.service(), saved():
        db.session.execute(update(IncidentRow).values(kind=EntryKind.DISCLOSURE))
    shown = coordinator.get(page).text
    outcome = re.search(r"/items/[0-9a-f-]{36}/outcome", shown)
    assert outcome is not None and case in shown
    assert page in coordinator.get(outcome[0]).text and page in coordinator.get(case).text
    idva = signed_in(Role.IDVA, agency="Haven Northtest")
    assert page not in idva.get(case).text, "an agency that does not deal with it is led to no page of it"
    assert idva.get(page).status_code == 403


def test_C4_a_chair_is_led_to_a_decision_to_confirm_and_signs_it(
    service: Flask, police: FlaskClient, coordinator: FlaskClient, signed_in: SignIn, case: str
) -> None:
    key, chair = given(service)["application_id"], signed_in(Role.CHAIR)
    page = f"/applications/{key}"
    assert "Nothing waits for you to confirm." in text(chair.get(f"{page}/decision"))
    with service.app_context(), acting.service(), saved():
        row = db.session.get_one(ApplicationRow, key)
        entry = db.session.scalars(
            select(EntryRow).where(EntryRow.occurrence_number == row.reference)
        ).one()  # fmt: skip
        item = db.session.get_one(ItemRow, entry.item_id)
        by, area = row.made_by, row.area_id
        entry.disclose = True
        db.session.get_one(MeetingRow, item.meeting_id).state = MeetingState.CLOSED
        db.session.add(
            OutcomeRow(item_id=item.id, area_id=area, version=1, risk="standard", refer=True, notes="",
                       proposed_why="", group_reason="", recorded_by=by, recorded_at=NOW)
        )  # fmt: skip
        db.session.add(
            ApplicationStepRow(area_id=area, application_id=key, place=1, step="minimum checks done", at=NOW,
                               account_id=by, reason="")
        )  # fmt: skip
    line = "1 decision of a daily meeting for a chair to confirm"
    for who in (chair, coordinator, police):
        assert line in text(who.get("/")), "everybody reads what it waits for"
        assert "a chair confirms that the daily meeting" in text(who.get(page))
    assert f'"{page}/decision"' in chair.get("/").text and f'"{page}/decision"' in chair.get(page).text
    assert "/decision" not in coordinator.get(page).text
    for who in (coordinator, police):
        assert who.get(f"{page}/decision").status_code == who.post(f"{page}/decision").status_code == 403
    shown = chair.get(f"{page}/decision")
    assert "decided to disclose" in text(shown)
    for said in ("Person at risk", "About", "The whole application"):
        assert said in text(shown), "whom it is about, and what is due"
    reference = rows(service, ApplicationRow)[0].reference
    assert '"/lists/ask-to-add"' in shown.text and f'value="{reference}"' in shown.text
    again = chair.post("/lists/ask-to-add", data={"reference": reference})
    assert again.status_code == 200 and reference in text(again), "who disagrees has somewhere to go"
    assert chair.post(f"{page}/decision", data={"seen": "other"}).status_code == 409
    confirmed(chair, page)
    assert "To be disclosed." in text(chair.get(page)) and line not in text(chair.get("/"))


def confirmed(chair: FlaskClient, page: str) -> None:
    """What the meeting decided, as a chair is shown it."""
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', chair.get(f"{page}/decision").text)
    assert chair.post(f"{page}/decision", data={"seen": html.unescape(seen)}).status_code == 303


def close(service: Flask) -> None:
    """Every meeting there is."""
    with service.app_context(), acting.service(), saved():
        db.session.execute(update(MeetingRow).values(state=MeetingState.CLOSED))


def test_T10_an_order_is_recorded_on_its_case_corrected_and_breached(
    service: Flask, police: FlaskClient, coordinator: FlaskClient, case: str
) -> None:
    sent = ORDER | days(made_on=(23, 11, 2026), ends_on=(21, 12, 2026))
    answer = police.post(f"{case}/orders/new", data=sent)
    assert answer.status_code == 303, text(answer)
    page = str(answer.location)
    assert "Announced on the next list" in text(police.get(page))
    assert "Not to go near her home" in text(coordinator.get(case))
    assert "1 order holds" in text(coordinator.get("/orders"))
    changed = police.post(f"{page}/correct", data=sent | {"terms": "Nor to ring her"})
    shown = text(police.get(str(changed.location)))
    assert "Nor to ring her" in shown and "What was told before" in shown
    assert coordinator.get(f"{page}/correct").status_code == 200, "of the same agency"
    breach = {"at": "08:20", "risk": "high", "summary": "He came to her door."} | days(on=(23, 11, 2026))
    answer = coordinator.post(f"{page}/breach", data=breach)
    assert answer.status_code == 303, text(answer)
    assert "Recorded. The next daily list considers it." in text(coordinator.get(str(answer.location)))
    assert rows(service, IncidentRow)[-1].kind == "police_incident"


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (days(ends_on=(22, 12, 2026)), "ends on Monday 21 December 2026 at the latest"),
        ({"terms": ""}, "Enter the terms of the order"),
        ({"ends_time": "25:00"}, "Enter a time, like 09:30"),
        (days(made_on=(24, 11, 2026)), "must be today or in the past"),
    ],
)
def test_T10_what_is_wrong_with_an_order_stands_beside_its_field(
    service: Flask, police: FlaskClient, case: str, told: dict[str, Any], says: str
) -> None:
    sent = ORDER | days(made_on=(23, 11, 2026), ends_on=(21, 12, 2026)) | told
    answer = police.post(f"{case}/orders/new", data=sent)
    assert answer.status_code == 422 and says in text(answer)
    assert rows(service, OrderRow) == []


def test_T10_what_is_missing_is_listed_in_the_order_of_the_page(police: FlaskClient, case: str) -> None:
    page = police.post(f"{case}/orders/new", data={}).text
    summary = re.findall(r'<a href="#([a-z_-]+)"', page)
    assert summary[1].startswith("kind") and summary[-2:] == ["author", "source"], "after the skip link"
    asked = police.post(f"{case}/consent/new", data={}).text
    assert asked.index('href="#answer"') < asked.index('href="#author"')


def test_T10_an_unusual_length_warns(police: FlaskClient, case: str) -> None:
    sent = ORDER | days(made_on=(23, 11, 2026), ends_on=(27, 11, 2026))
    answer = police.post(f"{case}/orders/new", data=sent, follow_redirects=True)
    assert "unusual length for a DVPO" in text(answer)


def test_T10_orders_that_end_this_week_stand_on_the_first_page(
    police: FlaskClient, coordinator: FlaskClient, case: str
) -> None:
    assert "this week" not in text(coordinator.get("/"))
    police.post(f"{case}/orders/new", data=ORDER | days(made_on=(23, 11, 2026), ends_on=(27, 11, 2026)))
    assert "1 order ends this week." in text(coordinator.get("/"))


def outcome_page(service: Flask) -> str:
    """The address of the one case of Monday's list."""
    return f"/items/{rows(service, ItemRow)[0].id}/outcome"


def test_C4_Y1_the_meeting_decides_on_each_application_of_a_case_by_itself(
    service: Flask, police: FlaskClient, coordinator: FlaskClient, signed_in: SignIn
) -> None:
    born = days(at_risk_dob=(6, 5, 1994), subject_dob=(8, 7, 1988))  # so both are of one case
    one, other = applied(police, **born), applied(police, **born, applicant="Rose Sorrel")
    coordinator.post("/lists/2026-11-24/build", data={"sure": "1"})
    page = outcome_page(service)
    shown = text(coordinator.get(page))
    assert "Disclose on application DSA-000001?" in shown and "Disclose on application DSA-000002?" in shown
    saved_once = {"version": "0", "risk": "standard", "refer": "yes", "in_place": "no", "step": "save"}
    answer = coordinator.post(page, data=saved_once | {"disclose-DSA-000001-decision": "yes"})
    assert answer.status_code == 422
    assert "Say whether the meeting decided to disclose on application DSA-000002" in text(answer)
    no = {"disclose-DSA-000002-decision": "no", "disclose-DSA-000002-why": "She was told in May."}
    yes = {"disclose-DSA-000001-decision": "yes"} | no
    answer = coordinator.post(page, data=saved_once | yes | {"refer": "no"})
    assert answer.status_code == 422 and "The MARAC is told of every disclosure" in text(answer)
    assert coordinator.post(page, data=saved_once | yes).status_code == 303
    again = coordinator.get(page).text
    assert "She was told in May." in again
    assert again.count(' value="yes" checked') == 2, "one of the two, and that it is referred"
    for path in (one, other):
        assert police.post(f"{path}/checked", data={"reason": "Local systems"}).status_code == 303
    close(service)
    chair = signed_in(Role.CHAIR)
    for path in (one, other):
        confirmed(chair, path)
    stages = sorted(text(police.get(path)).count("To be disclosed.") for path in (one, other))
    assert stages == [0, 1], "the other one is not to be disclosed"


def test_C4_a_disclosure_that_was_sent_to_no_MARAC_is_counted_and_led_to_the_next_list(
    service: Flask,
    police: FlaskClient,
    coordinator: FlaskClient,
    signed_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = applied(police)
    police.post(f"{page}/checked", data={"reason": "Local systems"})
    coordinator.post("/lists/2026-11-24/build", data={"sure": "1"})
    told = {
        "version": "0",
        "risk": "standard",
        "refer": "no",
        "step": "save",
        "disclose-DSA-000001-decision": "yes",
    }
    with monkeypatch.context() as before:
        before.setattr(outcome_meeting, "untold", lambda *told: {})  # as outcomes were saved then
        answer = coordinator.post(outcome_page(service), data=told)
    assert answer.status_code == 303, text(answer)
    assert "sent to no MARAC" not in text(coordinator.get("/")), "its meeting may still refer it"
    close(service)
    assert "sent to no MARAC" not in text(coordinator.get("/")), "a chair confirms it first"
    confirmed(signed_in(Role.CHAIR), page)
    home = coordinator.get("/")
    assert "1 to be disclosed, and sent to no MARAC" in text(home) and page in home.text
    assert "/lists/ask-to-add" in coordinator.get(page).text
    form = coordinator.post("/lists/ask-to-add", data={"reference": "DSA-000001"})
    assert form.status_code == 200 and "DSA-000001" in text(form)
    for path in ("/", page):
        assert "sent to no MARAC" not in text(police.get(path)), "who keeps the agenda sees to it"
        assert "/lists/ask-to-add" not in police.get(path).text


def test_Y1_a_withdrawn_application_leaves_the_list_which_says_so(
    service: Flask, police: FlaskClient, coordinator: FlaskClient
) -> None:
    page = applied(police)
    coordinator.post("/lists/2026-11-24/build", data={"sure": "1"})
    assert "Record outcome of" in text(coordinator.get("/lists/2026-11-24"))
    assert police.post(f"{page}/withdraw", data={"reason": "She asks no more"}).status_code == 303
    shown = text(coordinator.get("/lists/2026-11-24"))
    assert "Record outcome of" not in shown and "DSA-000001 withdrawn Monday 23 November 2026" in shown
    assert "She asks no more" not in shown and "No case is on this list." in shown
    assert "She asks no more" in text(coordinator.get(page)), "why is kept with the application"
    assert "has no outcome" not in text(coordinator.get("/lists/2026-11-24/close"))
    assert "Withdrawn" in text(coordinator.get(outcome_page(service)))
