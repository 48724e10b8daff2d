"""The page of what was refused."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import AccountRow, MeetingRow, PackRow, RefusalRow, WallRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, line_of, referred
from tests.web.conftest import SignIn, agency_named


@pytest.fixture
def pack(service: Flask, signed_in: SignIn) -> str:
    """The address of a pack whose one case a wall keeps from the representative of Northtest Homes."""
    signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    with service.app_context(), acting.service():
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR, "Morgan Ashdown")
        (item,) = referred(who, (Group.REPEAT_NO_SAFEGUARDS,))
        line = line_of(item)
        case_id = line.case_id
        meeting = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
        marac.close(who, meeting, NOW)
        marac_publishing.publish(who, meeting, NOW)
        homes = agency_named("Northtest Homes")
        person = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == homes)).one()
        with saved():
            db.session.add(WallRow(area_id=who.area_id, case_id=case_id, account_id=person, shared="",
                                   ground="declared", state="stands", put_at=NOW))  # fmt: skip
        return f"/packs/{db.session.scalars(select(PackRow.id)).one()}"


def test_M6_a_walled_person_finds_no_pack_and_who_runs_meetings_sees_that_it_was_refused(
    service: Flask, signed_in: SignIn, pack: str
) -> None:
    walled = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    unknown = f"/packs/{UUID(int=1)}"
    for path in ("/read", "/copy"):
        theirs, none = walled.get(pack + path), walled.get(unknown + path)
        assert theirs.status_code == none.status_code == 404
    assert walled.post(f"{pack}/copy").status_code == 404
    assert "You have no packs" in walled.get("/packs").text and "No pack waits" in walled.get("/").text
    coordinator = signed_in(Role.COORDINATOR)
    page = coordinator.get("/refusals").text
    assert "A copy of the pack" in page and "may know somebody this is about" in page and "C-000001" in page
    assert "did not send or hand over" in coordinator.get("/").text
    assert walled.get("/refusals").status_code == 403


def test_a_refusal_is_looked_at_with_a_note(service: Flask, signed_in: SignIn, pack: str) -> None:
    signed_in(Role.REPRESENTATIVE, "Northtest Homes").get(f"{pack}/read")
    with service.app_context(), acting.service():
        found = db.session.scalars(select(RefusalRow.id)).first()
    chair = signed_in(Role.CHAIR)
    assert "What did you do about it?" in chair.get(f"/refusals/{found}").text
    empty = chair.post(f"/refusals/{found}", data={"note": ""})
    assert empty.status_code == 422 and "Enter what you did about it" in empty.text
    assert chair.post(f"/refusals/{found}", data={"note": "Right as it is."}).status_code == 303
    assert "Right as it is." in chair.get("/refusals").text
    again = chair.post(f"/refusals/{found}", data={"note": "Twice."})
    assert again.status_code == 409 and "already" in again.text
    assert chair.get(f"/refusals/{UUID(int=7)}").status_code == 404


def test_nothing_refused_says_so(signed_in: SignIn) -> None:
    assert "Nothing has been refused" in signed_in(Role.COORDINATOR).get("/refusals").text
