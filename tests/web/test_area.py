"""The settings of an area."""

import json
import re
from dataclasses import fields
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.area import CONFIDENTIALITY, SECURE_DOMAINS, AreaSettings
from meetingsvc.models import AreaRow, AuditRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import SignIn
from tests.web.pages import text
from tests.web.second_person import approved, decide, waiting

NUMBERS = {one.name: str(one.default) for one in fields(AreaSettings) if type(one.default) is int}
AS_IT_IS: dict[str, Any] = {
    **NUMBERS,
    "cut_off": "08:00", "starts": "11:00", "monday_starts": "11:00", "repeat_months": "12",
    "marac_anchor": ["3", "12", "2026"], "marac_every_days": "14", "marac_starts": "09:30", "pack_days": "14",
    "closed_after_days": "28", "dash_high": "14", "dash_medium": "10", "escalation_events": "3",
    "escalation_months": "12", "returned_days": "1", "public_form": "off", "child_call": "",
    "coordinator_call": "", "confidentiality_statement": CONFIDENTIALITY,
    "disclosure_days": "28", "disclosure_checks_hours": "24", "disclosure_meet_days": "10",
    "disclosure_tells_marac": "on",
    "review_months": "12", "hold_child_cases": "on", "retention_answer_days": "20",
    "breach_dpo_hours": "24", "breach_heads_days": "1", "breach_partners_hours": "48",
    "breach_regulator_hours": "72", "complaint_heads_days": "1", "complaint_acknowledged_days": "30",
    "disagreement_days": "5", "conference_days": "5", "child_death_form_days": "21",
    "child_death_asked_days": "7", "child_death_letter_days": "14",
    "order_reminder_days": "7", "order_last_reminder_days": "2",
    "mail_packs": "off", "quiet_from": "19:00", "quiet_until": "07:00", "digest_at": "08:30",
    "secure_domains": "\n".join(SECURE_DOMAINS), "extra_holidays": "",
    "reason": "The protocol changed", "seen": json.dumps({"marac_anchor": "2026-12-03"}),
}  # fmt: skip


@pytest.fixture
def client(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.SYSTEM_ADMINISTRATOR)


def settings(service: Flask) -> AreaSettings:
    with service.app_context():
        return areas.settings_of(db.session.scalars(select(AreaRow)).one())


def test_every_setting_stands_there_with_its_rule(client: FlaskClient) -> None:
    page = text(client.get("/area"))
    for setting in fields(AreaSettings):
        assert setting.metadata["label"] in page
        assert f"Rulebook {setting.metadata['rule']}" in page


def test_what_is_shown_can_be_saved_as_it_is(service: Flask, client: FlaskClient) -> None:
    before = settings(service)
    answer = client.post("/area", data=AS_IT_IS)
    assert answer.status_code == 303
    assert "Nothing was changed" in text(client.get("/area"))
    assert settings(service) == before == AreaSettings(marac_anchor=date(2026, 12, 3))


CHANGED = AS_IT_IS | {"cut_off": "9.30", "repeat_months": "18", "extra_holidays": "24/12/2026\n2.1.2027\n"}


def test_a_change_waits_for_a_second_person_and_is_recorded_with_old_and_new(
    service: Flask, client: FlaskClient, signed_in: SignIn
) -> None:
    assert client.post("/area", data=CHANGED).status_code == 303
    assert settings(service).cut_off == time(8, 0), "nothing has happened yet"
    assert "waits for a second person" in text(client.get("/area"))
    second = signed_in(Role.INFORMATION_GOVERNANCE)
    (proposal_id,) = waiting(second)
    page = text(second.get(f"/decisions/{proposal_id}"))
    assert "Daily cut-off (rulebook T1) 08:00 09:30" in page
    assert "(rulebook T6) 12 18" in page and "None 24 December 2026, 2 January 2027" in page
    assert approved(second).status_code == 303
    now = settings(service)
    assert now.cut_off == time(9, 30) and now.repeat_months == 18
    assert now.extra_holidays == (date(2026, 12, 24), date(2027, 1, 2))
    with service.app_context():
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "area.set")).one()
        assert line.detail == {
            "cut_off": "08:00:00 to 09:30:00",
            "repeat_months": "12 to 18",
            "extra_holidays": " to 2026-12-24 2027-01-02",
        }


@pytest.mark.parametrize(
    "first, second, may",
    [
        (Role.COORDINATOR, Role.INFORMATION_GOVERNANCE, True),
        (Role.SYSTEM_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, True),
        (Role.INFORMATION_GOVERNANCE, Role.COORDINATOR, True),
        (Role.INFORMATION_GOVERNANCE, Role.INFORMATION_GOVERNANCE, True),
        (Role.COORDINATOR, Role.COORDINATOR, False),
        (Role.SYSTEM_ADMINISTRATOR, Role.COORDINATOR, False),
        (Role.COORDINATOR, Role.CHAIR, False),
        (Role.COORDINATOR, Role.SYSTEM_ADMINISTRATOR, False),
        (Role.INFORMATION_GOVERNANCE, Role.SYSTEM_ADMINISTRATOR, False),
    ],
)
def test_information_governance_confirms_and_the_coordinator_only_what_it_proposed(
    service: Flask, signed_in: SignIn, first: Role, second: Role, may: bool
) -> None:
    proposer, other = signed_in(first), signed_in(second, "Northtest Homes")
    assert proposer.post("/area", data=AS_IT_IS | {"starts": "10:45"}).status_code == 303
    (proposal_id,) = waiting(proposer)
    assert decide(proposer, proposal_id).status_code in (404, 422), "who proposed it never approves it"
    assert waiting(other) == ([proposal_id] if may else [])
    assert decide(other, proposal_id).status_code == (303 if may else 404)
    assert settings(service).starts == (time(10, 45) if may else time(11, 0))


def test_a_change_proposed_on_what_has_changed_since_is_refused(
    service: Flask, client: FlaskClient, signed_in: SignIn
) -> None:
    client.post("/area", data=CHANGED)
    with service.app_context(), saved():
        row = db.session.scalars(select(AreaRow)).one()
        row.settings = areas.settings_json(AreaSettings(pack_days=7))
    answer = approved(signed_in(Role.INFORMATION_GOVERNANCE))
    assert answer.status_code == 422 and "have changed since" in text(answer)
    assert settings(service) == AreaSettings(pack_days=7)


def test_M1_the_marac_date_may_be_taken_away_and_the_page_says_what_is_next(
    service: Flask, client: FlaskClient, signed_in: SignIn
) -> None:
    assert client.post("/area", data=AS_IT_IS | {"marac_anchor": ["", "", ""]}).status_code == 303
    approved(signed_in(Role.INFORMATION_GOVERNANCE))
    assert settings(service).marac_anchor is None
    assert "No MARAC date is set" in text(client.get("/area"))


@pytest.mark.parametrize(
    "told, said",
    [
        ({"cut_off": "24:00"}, "Enter a time, like 09:30"),
        ({"cut_off": ""}, "Enter a time, like 09:30"),
        ({"repeat_months": "0"}, "Enter a number from 1 to 60"),
        ({"repeat_months": "a year"}, "Enter a number from 1 to 60"),
        ({"reason": ""}, "Say why"),
        ({"pack_days": "91"}, "Enter a number from 1 to 90"),
        ({"marac_anchor": ["31", "11", "2026"]}, "Enter a real date"),
        ({"secure_domains": "gov.uk\ng\u043ev.uk"}, "g\u043ev.uk is not a domain in plain letters"),
        ({"secure_domains": "uk"}, "uk is not a domain"),
        ({"secure_domains": "xn--gv-uli.uk"}, "stands for a domain in other letters"),
        ({"secure_domains": "co.uk"}, "co.uk is open to anybody"),
        ({"secure_domains": "\n".join(f"a{one}.example" for one in range(61))}, "60 domains at most"),
        ({"extra_holidays": "24/12/2026\nBoxing Day"}, "not Boxing Day"),
        ({"extra_holidays": "\n".join(f"1/1/{year}" for year in range(2000, 2061))}, "60 days at most"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    service: Flask, client: FlaskClient, told: dict[str, Any], said: str
) -> None:
    before = settings(service)
    answer = client.post("/area", data=AS_IT_IS | {"starts": "10:45"} | told)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert "10:45" in answer.get_data(as_text=True)
    assert settings(service) == before


def test_S1_the_secure_domains_change_once_a_second_person_agrees(
    service: Flask, client: FlaskClient, signed_in: SignIn
) -> None:
    page = client.get("/area").get_data(as_text=True)
    assert "\n".join(SECURE_DOMAINS) in page.replace("\r", ""), "one a line"
    told = [*(domain for domain in SECURE_DOMAINS if domain != "nhs.net"), " .Refuge.Example ", "", "gov.uk"]
    assert client.post("/area", data=AS_IT_IS | {"secure_domains": "\r\n".join(told)}).status_code == 303
    assert settings(service).secure_domains == SECURE_DOMAINS, "nothing has happened yet"
    second = signed_in(Role.INFORMATION_GOVERNANCE)
    (proposal_id,) = waiting(second)
    assert "refuge.example" in text(second.get(f"/decisions/{proposal_id}"))
    assert approved(second).status_code == 303
    wanted = {*SECURE_DOMAINS, "refuge.example"} - {"nhs.net"}
    assert settings(service).secure_domains == tuple(sorted(wanted))


def test_what_somebody_else_has_set_is_shown_and_not_overwritten(
    service: Flask, client: FlaskClient, signed_in: SignIn
) -> None:
    client.post("/area", data=AS_IT_IS | {"starts": "10:45"})
    approved(signed_in(Role.INFORMATION_GOVERNANCE))
    late = client.post("/area", data=AS_IT_IS | {"cut_off": "07:00"})
    assert late.status_code == 422
    assert "Daily meeting starts is now 10:45" in text(late)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', late.get_data(as_text=True))
    assert seen
    told = AS_IT_IS | {"cut_off": "07:00", "starts": "10:45", "seen": seen[1].replace("&#34;", '"')}
    assert client.post("/area", data=told).status_code == 303
    approved(signed_in(Role.INFORMATION_GOVERNANCE))
    assert settings(service).starts == time(10, 45) and settings(service).cut_off == time(7, 0)


@pytest.mark.parametrize(
    "seen", ["", "[]", "null", '{"cut_off": "soon"}', '{"extra_holidays": 7}', '{"secure_domains": 7}']
)
def test_a_forged_page_is_refused(service: Flask, client: FlaskClient, seen: str) -> None:
    assert client.post("/area", data=AS_IT_IS | {"cut_off": "07:00", "seen": seen}).status_code in (409, 422)
    assert settings(service).cut_off == time(8, 0)


def test_T7_E3_the_form_without_an_account_is_set_on_and_whom_to_call_is_kept(
    service: Flask, client: FlaskClient, signed_in: SignIn
) -> None:
    sent = {"public_form": "on", "child_call": "  Front Door,  01632 960 300 ", "dash_high": "15"}
    assert client.post("/area", data=AS_IT_IS | sent).status_code == 303
    approved(signed_in(Role.INFORMATION_GOVERNANCE))
    now = settings(service)
    shown = client.get("/area").text
    inputs = re.findall(r'<input[^>]*name="public_form"[^>]*>', shown)
    ticked = [one for one in inputs if "checked" in one]
    assert len(ticked) == 1 and 'value="on"' in ticked[0]
    assert (now.public_form, now.child_call, now.dash_high) == (True, "Front Door, 01632 960 300", 15)


def test_field_C_medium_never_starts_above_high(client: FlaskClient) -> None:
    answer = client.post("/area", data=AS_IT_IS | {"dash_medium": "15"})
    assert answer.status_code == 422 and "Medium risk starts at no more than high risk does" in text(answer)
    answer = client.post("/area", data=AS_IT_IS | {"public_form": "perhaps"})
    assert answer.status_code == 422
