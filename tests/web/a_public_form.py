"""Referring without an account, as tests do it: asking, opening the link, filling and sending."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from agenda.spelling import email_key
from meetingsvc import clock
from meetingsvc.mail import ClearedLink
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    CaseRow,
    ContactRow,
    ReferralRow,
    db,
)
from meetingsvc.store import acting, referral_texts
from meetingsvc.usecases import public_referrers as usecase
from meetingsvc.usecases.transaction import saved
from tests.a_referral import a_draft
from tests.web.conftest import NOW, agency_named

WHO = {"agency": "Tarn Surgery", "name": "Bea Larch", "email": "Bea.Larch@tarn.example"}
HOME = "/refer/northtest"


@pytest.fixture
def public(service: Flask) -> Flask:
    """The area has set the form on."""
    service.config["WTF_CSRF_ENABLED"] = False
    with service.app_context(), saved():
        db.session.execute(
            update(AreaRow).values(
                settings={
                    "public_form": True,
                    "child_call": "01632 960 555",
                    "coordinator_call": "01632 960 444",
                }
            )
        )
    return service


def later(monkeypatch: pytest.MonkeyPatch, pause: timedelta) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW + pause)


def sent(service: Flask) -> list[tuple[str, str]]:
    """Every link that leaves now: to which address, and its key."""
    out: list[tuple[str, str]] = []

    def carry(cleared: ClearedLink, key: str, now: datetime) -> None:
        out.append((cleared.email, key))

    with service.app_context():
        usecase.send_waiting(carry, clock.now)
    return out


def asks(service: Flask, **told: str) -> FlaskClient:
    client = service.test_client()
    assert client.post(HOME, data=WHO | told).location == f"{HOME}/asked"
    return client


def confirmed(service: Flask, **told: str) -> FlaskClient:
    """Somebody whose browser has opened their link."""
    client = asks(service, **told)
    key = dict(sent(service))[(WHO | told)["email"].lower()]
    assert client.post(f"{HOME}/link", data={"key": key}).location == f"{HOME}/mine"
    return client


def begun(client: FlaskClient) -> str:
    answer = client.post(f"{HOME}/mine")
    assert answer.status_code == 303
    return str(answer.location)


def filled(service: Flask, address: str, **told: str) -> None:
    """Puts a whole referral into the draft, as saving page after page does."""
    with service.app_context(), saved(), acting.service():
        row = db.session.get_one(ReferralRow, UUID(address.rpartition("/")[2]))
        mine = {"referrer__email": "bea.larch@tarn.example", "referrer__name": "Bea Larch",
                "referrer__agency": "Tarn Surgery"}  # fmt: skip
        referral_texts.write(row, a_draft(**mine | told), NOW)


def sent_by(service: Flask, client: FlaskClient) -> str:
    """The address of one that was filled and sent."""
    address = begun(client)
    filled(service, address)
    found = re.search(r'name="changes" value="(\d+)"', client.get(f"{address}/check").text)
    assert found and client.post(f"{address}/check", data={"changes": found[1]}).status_code == 303
    return address


MOSS = "G.Moss@moss-roofing.example"


def reached_at(service: Flask, case_id: UUID, value: str) -> UUID:
    """The perpetrator of a case has that e-mail address; gives the area."""
    with service.app_context(), saved():
        case = db.session.get_one(CaseRow, case_id)
        db.session.add(
            ContactRow(id=uuid4(), area_id=case.area_id, case_id=case_id, person_id=case.perpetrator_id,
                       kind="e-mail", value=value, key=email_key(value), author="x", source="x",
                       agency_id=agency_named("Northtest Police"), recorded_at=NOW,
                       recorded_by=db.session.scalars(select(AccountRow.id)).first())
        )  # fmt: skip
        return case.area_id
