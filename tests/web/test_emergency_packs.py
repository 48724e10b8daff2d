"""The page of one's offline packs, and the passphrase that is shown once (security.md A19)."""

import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from agenda.circulation import Group
from meetingsvc.models import MeetingRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases import emergency_pack_making as making
from meetingsvc.usecases.transaction import saved
from tests.a_marac import referred
from tests.a_meeting_record import somebody
from tests.web.conftest import SignIn
from tests.web.pages import text

PHRASE = re.compile(r"[a-z]{3}(-[a-z]{3}){5}")


@pytest.mark.one_database
def test_A19_a_coordinator_gets_a_passphrase_once_and_then_the_pack(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.COORDINATOR)
    assert "You have no passphrase for it yet" in text(client.get("/"))
    assert "Get my passphrase" in text(client.get("/packs/offline"))
    shown = client.post("/packs/offline/passphrase")
    phrase = PHRASE.search(shown.text)
    assert phrase and phrase.group() not in client.get("/packs/offline").text
    meeting_id = made(service)
    page = text(client.get("/packs/offline"))
    assert "Copy 1, made" in page and "You have not downloaded it yet." in page
    assert "1 to download before the meeting begins" in text(client.get("/"))
    file = client.get(f"/packs/offline/{meeting_id}/pack.pdf")
    assert file.mimetype == "application/pdf" and file.data.startswith(b"%PDF")
    assert file.headers["Content-Disposition"] == 'attachment; filename="pack.pdf"'
    assert "You have downloaded it." in text(client.get("/packs/offline"))


@pytest.mark.one_database
def test_A19_who_has_none_is_told_and_another_meeting_is_not_there(service: Flask, signed_in: SignIn) -> None:
    signed_in(Role.COORDINATOR).post("/packs/offline/passphrase")
    meeting_id = made(service)
    chair = signed_in(Role.CHAIR)
    assert "There is no offline pack of that meeting" in text(
        chair.get(f"/packs/offline/{meeting_id}/pack.pdf")
    )
    assert chair.get(f"/packs/offline/{UUID(int=1)}/pack.pdf").status_code == 404
    assert signed_in(Role.REPRESENTATIVE).get(f"/packs/offline/{meeting_id}/pack.pdf").status_code == 403


def made(service: Flask) -> UUID:
    """The daily list of today, its meeting within the hour, and the offline packs of it."""
    with service.app_context(), acting.service():
        referred(somebody(Role.COORDINATOR), (Group.NEW_SAFEGUARDS,))
        with saved():
            daily = update(MeetingRow).where(MeetingRow.kind == "DRAMM")
            db.session.execute(daily.values(starts_at=datetime(2026, 11, 23, 11, tzinfo=UTC)))
        assert making.make_due(datetime(2026, 11, 23, 10, 30, tzinfo=UTC)) == 1
        return db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "DRAMM")).one()
