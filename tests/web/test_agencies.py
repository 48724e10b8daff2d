"""Agencies: what they attend, their signing, and their withdrawal with effect at once."""

import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import AgencyRow, AuditRow, db
from meetingsvc.permissions import Role
from tests.web.conftest import SignIn, agency_named
from tests.web.pages import text

MANAGERS = (Role.SYSTEM_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE)
SEEN = "2026-01-05 0 1"  # how Northtest Homes stands at first
SIGNED = {"signed_on": ["5", "1", "2026"]}


def homes(service: Flask) -> AgencyRow:
    with service.app_context():
        found = db.session.get_one(AgencyRow, agency_named("Northtest Homes"))
        db.session.expunge(found)
        return found


def actions(service: Flask, agency_id: UUID) -> list[str]:
    with service.app_context():
        return list(
            db.session.scalars(select(AuditRow.action).where(AuditRow.subject == f"agency/{agency_id}"))
        )


@pytest.mark.parametrize("role", MANAGERS)
def test_an_agency_is_added(service: Flask, signed_in: SignIn, role: Role) -> None:
    client = signed_in(role)
    data = {"name": "Calder Bridge Clinic", "kind": "health", "attends": ["daily", "marac"]} | SIGNED
    assert client.post("/agencies/new", data=data).status_code == 303
    assert "Calder Bridge Clinic" in text(client.get("/agencies"))
    twice = client.post("/agencies/new", data=data | {"name": " calder  bridge CLINIC"})
    assert twice.status_code == 422 and "There is an agency" in text(twice)


@pytest.mark.parametrize(
    "told, said",
    [
        ({"name": ""}, "Enter the agency&#39;s name"),
        ({"kind": ""}, "Choose a kind of agency"),
        ({"signed_on": ["31", "2", "2026"]}, "Enter a real date"),
        ({"signed_on": ["", "2", "2026"]}, "Enter a real date"),
        ({"signed_on": ["5"]}, "Enter a real date"),
        ({"signed_on": ["5", "1", "2026", "7"]}, "Enter a real date"),
        ({"signed_on": ["٥", "1", "2026"]}, "Enter a real date"),
        ({"attends": ["weekly"]}, "not a valid choice"),
    ],
)
def test_what_is_wrong_is_said(signed_in: SignIn, told: dict[str, object], said: str) -> None:
    data = {"name": "Calder Bridge Clinic", "kind": "health", **SIGNED} | told
    answer = signed_in(Role.SYSTEM_ADMINISTRATOR).post("/agencies/new", data=data)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_S3_what_it_attends_is_set_and_recorded(service: Flask, signed_in: SignIn) -> None:
    client, agency = signed_in(Role.SYSTEM_ADMINISTRATOR), homes(service)
    data = {"attends": ["daily"], "seen": SEEN} | SIGNED
    assert client.post(f"/agencies/{agency.id}", data=data).status_code == 303
    now = homes(service)
    assert (now.attends_daily, now.attends_marac) == (True, False)
    with service.app_context():
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "agency.changed")).one()
        assert line.detail == {"old": SEEN, "new": "2026-01-05 1 0"}


def test_what_somebody_else_has_changed_is_shown_and_not_overwritten(
    service: Flask, signed_in: SignIn
) -> None:
    client, agency = signed_in(Role.SYSTEM_ADMINISTRATOR), homes(service)
    client.post(f"/agencies/{agency.id}", data={"attends": ["daily"], "seen": SEEN} | SIGNED)
    late = client.post(f"/agencies/{agency.id}", data={"attends": ["marac"], "seen": SEEN} | SIGNED)
    assert late.status_code == 422
    assert "It now says: signed on 05 January 2026; attends daily." in text(late)
    assert homes(service).attends_daily is True
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', late.get_data(as_text=True))
    assert seen
    again = client.post(f"/agencies/{agency.id}", data={"attends": ["marac"], "seen": seen[1]} | SIGNED)
    assert again.status_code == 303 and homes(service).attends_daily is False


def test_V1_a_withdrawal_takes_effect_with_the_next_request(service: Flask, signed_in: SignIn) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    assert client.get(f"/agencies/{agency.id}/withdraw").status_code == 200
    assert homes(service).withdrawn_on is None, "asking changes nothing"
    assert client.post(f"/agencies/{agency.id}/withdraw").status_code == 303
    assert client.post(f"/agencies/{agency.id}/withdraw").status_code == 303, "a second time changes nothing"
    assert homes(service).withdrawn_on == date(2026, 11, 23)
    assert actions(service, agency.id) == ["agency.created", "agency.withdrawn"]
    assert "Withdrawn" in text(client.get("/agencies"))


@pytest.mark.parametrize("signed, back", [(["22", "11", "2026"], False), (["23", "11", "2026"], True)])
def test_V1_only_signing_again_brings_an_agency_back(
    service: Flask, signed_in: SignIn, signed: list[str], back: bool
) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    client.post(f"/agencies/{agency.id}/withdraw")
    answer = client.post(
        f"/agencies/{agency.id}", data={"attends": ["marac"], "seen": SEEN, "signed_on": signed}
    )
    assert answer.status_code == 303
    assert (homes(service).withdrawn_on is None) == back
