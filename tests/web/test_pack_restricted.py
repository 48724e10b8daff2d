"""What the pages say of restricted cases in a pack: to who may open them, and to nobody else (M6)."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from agenda.circulation import Group
from meetingsvc.models import AccountRow, MeetingRow, NamedRow, ProposalRow, RestrictionRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases import marac
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, a_person, line_of, referred
from tests.web.conftest import SignIn, agency_named


@pytest.fixture
def case_id(service: Flask, signed_in: SignIn) -> UUID:
    """A closed MARAC with two cases; the first is restricted, and the coordinator is named on it."""
    signed_in(Role.COORDINATOR)
    with service.app_context(), acting.service():
        named = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR, "Morgan Ashdown")
        items = referred(who, (Group.REPEAT_NO_SAFEGUARDS, Group.NEW_SAFEGUARDS))
        case_id = line_of(items[0]).case_id
        marac.close(who, the_marac(), NOW)
        with saved():
            db.session.add(RestrictionRow(area_id=who.area_id, case_id=case_id, state="restricted",
                                          hides="unnamed", reason="staff", put_at=NOW))  # fmt: skip
            db.session.add(NamedRow(area_id=who.area_id, case_id=case_id, account_id=named,
                                    named_by=who.account_id, named_at=NOW))  # fmt: skip
        return case_id


def the_marac() -> UUID:
    return db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()


def test_M6_publishing_a_restricted_case_says_that_a_second_person_confirms_and_to_nobody_else(
    service: Flask, signed_in: SignIn, case_id: UUID
) -> None:
    coordinator, chair = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR)
    with service.app_context(), acting.service():
        here = f"/marac/{the_marac()}"
    assert "1 case is restricted" in coordinator.get(f"{here}/publish").text
    assert "restricted" not in chair.get(f"{here}/publish").text
    assert coordinator.post(f"{here}/publish").status_code == 303
    register = coordinator.get(f"{here}/copies").text
    assert "C-000001" in register and "is asked to confirm" in register
    assert "C-000001" not in chair.get(f"{here}/copies").text
    assert "Put a restricted case into the pack" in coordinator.get("/decisions").text
    with service.app_context(), acting.service():
        proposal = db.session.scalars(select(ProposalRow.id)).one()
    assert "C-000001 in the pack of the MARAC" in coordinator.get(f"/decisions/{proposal}").text
    assert chair.get(f"/decisions/{proposal}").status_code == 404
    again = f"{here}/restricted/{case_id}"
    assert chair.get(again).status_code == chair.post(again, data={"reason": "x"}).status_code == 404
    assert coordinator.post(again, data={"reason": "Still needed."}).status_code == 409, "it waits already"
    with service.app_context(), acting.service(), saved():
        db.session.execute(update(ProposalRow).values(expires_at=NOW))
    assert "nobody confirmed in time" in coordinator.get(f"{here}/copies").text
    assert "Ask a second person again" in coordinator.get(again).text
    assert coordinator.post(again, data={"reason": ""}).status_code == 422
    assert coordinator.post(again, data={"reason": "Still needed."}).status_code == 303
    assert "is asked to confirm" in coordinator.get(f"{here}/copies").text
