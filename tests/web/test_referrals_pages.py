"""What a referral's pages say before and after it is sent (Rulebook T1, T7; field.md C)."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from meetingsvc.permissions import Role
from meetingsvc.usecases import next_list
from tests.web.a_public_form import HOME, asks, confirmed, sent_by
from tests.web.a_public_form import public as public
from tests.web.conftest import NOW, SignIn
from tests.web.pages import text
from tests.web.referral_steps import MONDAY, TUESDAY, area_of, build, filled, sent

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session")
BOTH = "visible high risk,professional judgement"
UNTICK = "Untick visible high risk, or"


@pytest.fixture
def referrer(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.REFERRER, "Northtest Homes")


def test_T7_a_reason_that_the_count_does_not_bear_out_is_said_where_it_is_put_right(
    referrer: FlaskClient,
) -> None:
    at = filled(referrer, reason__score="3", reason__reasons="visible high risk", reason__judgement="")
    for page in (f"{at}/sections/reason", f"{at}/check"):
        assert UNTICK in text(referrer.get(page)), page
    at = filled(referrer, reason__score="3", reason__reasons=BOTH, reason__judgement="She fears for her life")
    for page in (f"{at}/sections/reason", f"{at}/check"):
        assert UNTICK not in text(referrer.get(page)), page
    assert "It cannot be sent yet" not in text(referrer.get(f"{at}/check"))


def test_T7_after_it_was_sent_a_page_left_open_leads_to_where_it_stands(
    referrer: FlaskClient, signed_in: SignIn
) -> None:
    at = sent(referrer)
    for page in ("check", "risk", "sections/victim", "sections/perpetrators/1"):
        answer = referrer.get(f"{at}/{page}")
        assert (answer.status_code, answer.location) == (303, f"{at}/sent"), page
    assert referrer.post(f"{at}/check", data={"changes": "0"}).location == f"{at}/sent"
    assert signed_in(Role.COORDINATOR).get(f"{at}/check").status_code == 404


def test_T7_the_same_behind_a_link(public: Flask) -> None:
    client = confirmed(public)
    at = sent_by(public, client)
    assert client.get(f"{at}/check").location == f"{at}/sent"
    assert public.test_client().get(f"{at}/check").location != f"{at}/sent"


def test_T1_the_meeting_that_is_told_is_of_a_list_that_is_not_made_yet(service: Flask) -> None:
    early = NOW.replace(hour=6)  # before the cut-off
    with service.app_context():
        area_id = area_of("northtest")
        assert next_list.day(area_id, early) == MONDAY
        assert next_list.day(area_id, NOW.replace(hour=9)) == TUESDAY
    build(service, MONDAY)
    with service.app_context():
        assert next_list.day(area_id, early) == TUESDAY
        assert next_list.day(area_id, early + timedelta(days=4)).isoformat() == "2026-11-27"


def test_what_was_typed_is_still_there_on_going_back_but_on_the_public_form(
    referrer: FlaskClient, public: Flask
) -> None:
    """A session that has ended cannot keep it: the browser of somebody who signs in may (security.md F)."""
    page = referrer.get(f"{filled(referrer)}/sections/incident").text
    assert "<textarea" in page and "novalidate data-referral" in page
    assert not any('autocomplete="off"' in part.partition(">")[0] for part in page.split("<textarea")[1:])
    client = confirmed(public)
    from_link = client.post(f"{HOME}/mine").location
    assert 'novalidate autocomplete="off" data-referral' in client.get(f"{from_link}/sections/incident").text


def test_T7_who_waits_for_a_link_is_told_how_to_reach_the_coordinator(public: Flask) -> None:
    assert "01632 960 444" in text(asks(public).get(f"{HOME}/asked"))
