"""Writing a referral: nothing typed is lost, nothing wrong is sent (Rulebook T7, E3)."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from meetingsvc.models import (
    AuditRow,
    DraftRow,
    EntryRow,
    IncidentRow,
    ReferralMoveRow,
    ReferralRow,
    db,
)
from meetingsvc.permissions import Role
from tests.a_referral import CHILD, PERPETRATOR, UNBORN
from tests.second_factor import open_session
from tests.web.conftest import NOW, SignIn
from tests.web.referral_steps import (
    TUESDAY,
    account_of,
    begun,
    build,
    errors,
    filled,
    mark,
    post,
    send,
    sent,
    typed,
)

#: About pages, not about what a database does.
pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def referrer(signed_in: SignIn) -> FlaskClient:
    """Of an agency that attends nothing."""
    return signed_in(Role.REFERRER, "Northtest Homes")


def test_T7_E3_before_it_is_begun_it_is_said_to_act_now_and_that_is_recorded(
    service: Flask, referrer: FlaskClient
) -> None:
    page = referrer.get("/referrals/new").text
    assert "call 999 now" in page and "A child at immediate risk must not wait" in page
    begun(referrer)
    with service.app_context():
        assert "999" in db.session.scalars(select(ReferralRow.warned)).one()
        assert db.session.scalar(select(func.count()).where(AuditRow.action == "referral.begun")) == 1


def test_T12_a_forgotten_one_is_put_before_the_coordinator_who_need_not_wait(
    service: Flask, referrer: FlaskClient, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = sent(referrer).rpartition("/")[2]
    coordinator = signed_in(Role.COORDINATOR)
    assert "1</strong> referral to look at" in coordinator.get("/").text
    coordinator.post(f"/referrals/sent/{key}/return", data={"reason": "Who is her brother?"})
    assert "not answered yet" not in coordinator.get("/").text
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(days=1))
    with service.app_context():
        coordinator_id = account_of(Role.COORDINATOR)
    coordinator = open_session(service, coordinator_id, NOW + timedelta(days=1))
    assert "1</strong> sent back, and not answered yet" in coordinator.get("/").text
    assert "No answer" in coordinator.get("/referrals").text
    assert coordinator.post(f"/referrals/sent/{key}/as-it-stands", data={"reason": ""}).status_code == 422
    done = coordinator.post(f"/referrals/sent/{key}/as-it-stands", data={"reason": "She may leave today"})
    assert done.status_code == 303
    with service.app_context():
        assert db.session.scalars(select(ReferralRow.state)).one() == "on a daily list"
        assert db.session.scalars(select(ReferralMoveRow.reason).order_by(ReferralMoveRow.id.desc())).first()


def test_T7_what_cannot_stand_is_kept_and_said_with_a_link_to_where_it_is_put_right(
    referrer: FlaskClient,
) -> None:
    at = begun(referrer)
    answer = post(referrer, f"{at}/sections/victim", {"surname": "Harrow", "dob": "31/2/1990"})
    assert answer.status_code == 422 and "Everything you typed is saved" in answer.text
    assert errors(answer.text) == [
        ("#victim-dob", "Victim&#39;s date of birth must be a real date, like 27/3/1984")
    ]
    page = referrer.get(f"{at}/sections/victim").text
    assert 'value="31/2/1990"' in page and 'id="victim-dob"' in page and "Still to answer" in page


@pytest.mark.parametrize("where, fields, told", [
    ("victim", {"dob": "1/1/2027"}, "must be today or in the past"),
    ("victim", {"surname": "x" * 101}, "must be 100 characters or fewer"),
    ("victim", {"phone": "x"}, "telephone number with its area code"),
    ("referrer", {"email": "nobody"}, "must be an e-mail address"),
    ("referrer", {"attend": "yes", "attend_on": "2026-11-28"}, "28 November 2026"),
    ("reason", {"score": "41"}, "whole number from 0 to 40"),
    ("contact", {"ways": "none,call"}, "Change one or the other"),
])  # fmt: skip
def test_T7_every_limit_is_an_error_of_the_page(
    referrer: FlaskClient, where: str, fields: dict[str, str], told: str
) -> None:
    answer = post(referrer, f"{begun(referrer)}/sections/{where}", fields)
    assert answer.status_code == 422
    ((href, why),) = errors(answer.text)
    assert told in why and f'id="{href[1:]}"' in answer.text


def test_T7_a_perpetrator_who_is_the_victim_and_children_that_contradict_are_errors(
    referrer: FlaskClient,
) -> None:
    at = begun(referrer)
    post(referrer, f"{at}/sections/victim", {"surname": "Harrow", "forename": "Wren"})
    post(referrer, f"{at}/sections/perpetrators", {"known": "yes"})
    same = {**PERPETRATOR, "surname": "Harrow", "forename": "Wren", "dob": ""}
    answer = post(referrer, f"{at}/sections/perpetrators/1", same)
    assert answer.status_code == 422 and errors(answer.text)[0][0] == "#perpetrators-1-surname"
    post(referrer, f"{at}/sections/children", {"any": "yes"})
    answer = post(referrer, f"{at}/sections/children/1", {**CHILD, "unborn": "yes", "due_on": "1/3/2027"})
    assert answer.status_code == 422 and errors(answer.text)[0][0] == "#children-1-unborn"
    post(referrer, f"{at}/sections/children/1", CHILD)
    answer = post(referrer, f"{at}/sections/children", {"any": "no"})
    assert answer.status_code == 422 and "entered 1 child" in answer.text


def test_T7_an_incomplete_one_is_not_sent_and_says_everything_that_is_missing(
    service: Flask, referrer: FlaskClient
) -> None:
    at = filled(referrer, incident__prompt="", asked__risky="")
    answer = send(referrer, at)
    assert answer.status_code == 422
    assert errors(answer.text) == [
        (f"{at}/sections/incident#incident-prompt", "Enter what prompted this referral"),
        (f"{at}/sections/asked#asked-risky", "Say whether some action could increase the risk"),
    ]
    with service.app_context():
        assert db.session.scalar(select(func.count()).select_from(IncidentRow)) == 0


def test_T7_another_tab_does_not_overwrite_unseen_and_both_texts_are_shown(referrer: FlaskClient) -> None:
    at = begun(referrer)
    path = f"{at}/sections/asked"
    was = mark(referrer, path)
    assert post(referrer, path, {"panel": "In the other tab"}).status_code == 303
    mine = post(referrer, path, {"panel": "In this tab"}, was=was)
    assert mine.status_code == 409 and "In the other tab" in mine.text and "In this tab" in mine.text
    assert "In the other tab" in referrer.get(path).text
    automatic = post(referrer, path, {"panel": "In this tab"}, was=was, autosave="1")
    assert automatic.status_code == 409 and automatic.json and not automatic.json["saved"]
    again = mine.text.split('name="was" value="')[1].split('"')[0]
    assert post(referrer, path, {"panel": "In this tab"}, was=again).status_code == 303
    assert "In this tab" in referrer.get(path).text
    # the same text twice, and another page of the same referral, are no conflict
    assert post(referrer, path, {"panel": "In this tab"}, was=was).status_code == 303
    assert post(referrer, f"{at}/sections/victim", {"surname": "Harrow"}).status_code == 303


def test_T7_what_is_typed_is_saved_as_it_is_typed_and_leaves_no_line_each_time(
    service: Flask, referrer: FlaskClient
) -> None:
    at = begun(referrer)
    path = f"{at}/sections/asked"
    answer = post(referrer, path, {"panel": "Half a sent"}, autosave="1")
    assert answer.json and answer.json["saved"]
    more = post(referrer, path, {"panel": "Half a sentence"}, was=answer.json["was"], autosave="1")
    assert more.status_code == 200 and "Half a sentence" in referrer.get(path).text
    with service.app_context():
        assert not db.session.scalars(select(AuditRow).where(AuditRow.action == "referral.saved")).all()


def test_T7_a_referral_is_sent_as_it_was_checked(referrer: FlaskClient) -> None:
    at = filled(referrer)
    answer = referrer.post(f"{at}/check", data={"changes": "0"})
    assert answer.status_code == 409 and "changed in another tab" in answer.text


def test_T7_one_of_several_is_added_and_taken_out_after_asking(referrer: FlaskClient) -> None:
    at = begun(referrer)
    first = post(referrer, f"{at}/sections/children", {"any": "yes"})
    assert first.location == f"{at}/sections/children/1"
    post(referrer, f"{at}/sections/children/1", CHILD)
    more = post(referrer, f"{at}/sections/children", {"any": "yes"}, step="add")
    assert more.location == f"{at}/sections/children/2"
    post(referrer, f"{at}/sections/children/2", UNBORN)
    assert "Unborn child" in referrer.get(f"{at}/sections/children").text
    page = referrer.get(f"{at}/sections/children/1/remove").text
    assert "Ash Harrow" in page and "cannot be undone" in page
    was = page.split('name="was" value="')[1].split('"')[0]
    assert referrer.post(f"{at}/sections/children/1/remove", data={"was": "other"}).status_code == 409
    assert referrer.post(f"{at}/sections/children/1/remove", data={"was": was}).status_code == 303
    page = referrer.get(f"{at}/sections/children").text
    assert "Ash Harrow" not in page and "Unborn child" in page
    assert referrer.get(f"{at}/sections/children/3").status_code == 404
    assert referrer.get(f"{at}/sections/victim/1").status_code == 404


def test_T7_a_file_is_refused_with_the_reason_and_what_was_typed_is_kept(referrer: FlaskClient) -> None:
    at = begun(referrer)
    path = f"{at}/sections/asked"
    file = (BytesIO(b"%PDF"), "statement.pdf")
    answer = post(referrer, path, {"panel": "A plan"}, file=file)
    assert answer.status_code == 422 and "Files cannot be attached" in answer.text
    assert "A plan" in referrer.get(path).text


def test_K1_judgement_raises_and_never_lowers_and_says_why(referrer: FlaskClient) -> None:
    at = begun(referrer)
    answer = referrer.post(f"{at}/risk", data={"tool": "dash", "was": mark(referrer, f"{at}/risk"),
                           "risk-injury": "yes", "risk-judged": "high"})  # fmt: skip
    assert answer.status_code == 422 and errors(answer.text)[0][0] == "#risk-reason"


def test_T7_a_draft_that_is_thrown_away_leaves_nothing_that_was_typed(
    service: Flask, referrer: FlaskClient
) -> None:
    at = filled(referrer)
    assert "cannot be undone" in referrer.get(f"{at}/throw-away").text
    assert referrer.post(f"{at}/throw-away").status_code == 303
    with service.app_context():
        row = db.session.scalars(select(ReferralRow)).one()
        assert (row.answers, row.sealed, row.risk, row.state) == ("{}", None, {}, "withdrawn")


def test_T7_one_that_was_sent_cannot_be_thrown_away_and_says_as_what(referrer: FlaskClient) -> None:
    at = sent(referrer)
    for ask in (referrer.get, referrer.post):
        answer = ask(f"{at}/throw-away")
        assert (answer.status_code, answer.location) == (303, f"{at}/sent")
        assert re.search(
            r"It was sent as REF-\d+, so it cannot be thrown away", referrer.get(f"{at}/sent").text
        )


def test_T7_what_is_proposed_to_a_referrer_tells_nothing_of_what_the_panel_knows(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    """Else anybody could ask whether somebody was heard at MARAC (security.md B)."""
    sent(referrer)
    at = filled(referrer)
    page = referrer.get(f"{at}/check").text
    assert "looks back on" not in page.partition("Risk assessment")[2].partition("Why you are")[0]
    key = sent(referrer).rpartition("/")[2]
    assert "Reasons that the facts bear out" in signed_in(Role.COORDINATOR).get(f"/referrals/sent/{key}").text


def test_T12_accepting_asks_nothing_more_of_the_referrer(
    service: Flask, referrer: FlaskClient, signed_in: SignIn
) -> None:
    key = sent(referrer).rpartition("/")[2]
    coordinator = signed_in(Role.COORDINATOR)
    seen = {"sendings": "1"}
    assert coordinator.post(f"/referrals/sent/{key}/accept", data=seen).status_code == 303
    assert coordinator.post(f"/referrals/sent/{key}/accept", data=seen).status_code == 409
    build(service, TUESDAY)
    with service.app_context():
        assert db.session.scalars(select(EntryRow.reasons)).one() == "T7"


def test_T7_what_is_typed_after_it_was_sent_stands_in_the_page_to_be_copied(referrer: FlaskClient) -> None:
    at = filled(referrer)
    was = mark(referrer, f"{at}/sections/asked")
    assert send(referrer, at).status_code == 303
    answer = post(referrer, f"{at}/sections/asked", {"panel": "One thing more"}, was=was)
    assert answer.status_code == 409 and "One thing more" in answer.text and "has been sent" in answer.text


def test_T7_what_is_too_long_to_keep_stands_in_the_page(referrer: FlaskClient) -> None:
    at = begun(referrer)
    answer = post(referrer, f"{at}/sections/asked", {"panel": "x" * 400_001})
    assert answer.status_code == 409 and "400,000 characters or fewer" in answer.text
    assert "x" * 400_001 in answer.text


def test_what_is_sent_from_a_page_that_slept_is_kept_and_opened_again(
    service: Flask, referrer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{begun(referrer)}/sections/asked"
    was = mark(referrer, path)
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(minutes=20))
    answer = post(referrer, path, {"panel": "A plan"}, was=was)
    assert answer.status_code == 303 and "/again?draft=" in answer.location
    with service.app_context():
        assert path in db.session.scalars(select(DraftRow.path)).all()


def test_every_page_takes_what_a_person_types(referrer: FlaskClient) -> None:
    at = typed(referrer)
    assert "It cannot be sent yet" not in referrer.get(f"{at}/check").text
    assert "11 of 11 sections are done" in referrer.get(at).text
