"""The pages of addresses: masked for everybody, shown once for a reason, and of nobody else's business."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc import clock
from meetingsvc.models import (
    AccountRow,
    AddressRow,
    AgencyRow,
    AreaRow,
    CaseRow,
    ContactRow,
    OpeningRow,
    WallRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.an_address import SAFE, TOKEN, WHY, one_of_each
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, SignIn
from tests.web.routes import body, doors
from tests.web.test_cases import A, built
from tests.web.test_lists import feed, text, within_monday

SENT = {"victim_address": "9 Secret Lane", "victim_postcode": "ZZ1 1ZZ", "victim_phone": "07700 900123",
        "perpetrator_address": "3 Other Road", "perpetrator_phone": "07700 900999"}  # fmt: skip
TOLD = {"author": "Priya Raman", "source": "told by the victim"}
ADDRESS = {
    "kind": "temporary",
    "text": SAFE,
    "knows": "no",
    "known_to": "her sister",
    "confidential": "yes",
    **TOLD,
}


@pytest.fixture
def coordinator(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
@remembered
def case(service: Flask, coordinator: FlaskClient) -> str:
    """The address of a case on Monday's list."""
    feed(service, within_monday(**A, **SENT))
    return built(coordinator)


@pytest.fixture
def rep(signed_in: SignIn, case: str) -> FlaskClient:
    return signed_in(Role.REPRESENTATIVE, agency="Haven Northtest")


def person(service: Flask, case: str, which: str = "victim_id") -> UUID:
    with service.app_context(), acting.service():
        return db.session.scalars(select(getattr(CaseRow, which)).where(CaseRow.id == UUID(case[7:]))).one()


def told(service: Flask, client: FlaskClient, case: str, **fields: str) -> str:
    """Tells an address of the victim, and gives its page's address."""
    page = f"{case}/people/{person(service, case)}/address"
    answer = client.post(page, data=ADDRESS | fields)
    assert answer.status_code == 303, text(answer.text)
    with service.app_context(), acting.service():
        newest = select(AddressRow.id).order_by(AddressRow.recorded_at.desc(), AddressRow.id)
        replaced = select(AddressRow.replaces_id).where(AddressRow.replaces_id.is_not(None))
        return f"{case}/addresses/{db.session.scalars(newest.where(AddressRow.id.not_in(replaced))).first()}"


def test_A1_a_victims_address_is_masked_and_shown_once_for_a_reason(
    service: Flask, rep: FlaskClient, coordinator: FlaskClient, case: str
) -> None:
    address = told(service, rep, case)
    for client in (rep, coordinator):
        page = client.get(f"{case}/addresses")
        assert TOKEN not in page.text and "Confidential address: held" in page.text
        assert "does not know this address" in page.text and "her sister" in page.text
        assert TOKEN not in client.get(f"{address}/reveal").text
    refused = coordinator.post(f"{address}/reveal", data={"reason": "no"})
    assert refused.status_code == 422 and TOKEN not in refused.text and "Say why" in refused.text
    shown = coordinator.post(f"{address}/reveal", data={"reason": WHY})
    assert shown.status_code == 200 and TOKEN in shown.text and shown.headers["Cache-Control"] == "no-store"
    after = coordinator.get(f"{case}/addresses").text
    assert TOKEN not in after and WHY in after, "who runs the meetings sees who was shown what, and why"
    assert WHY not in rep.get(f"{case}/addresses").text


def test_A1_what_the_police_sent_of_the_victim_is_masked_and_the_perpetrators_shown(
    rep: FlaskClient, case: str
) -> None:
    page = rep.get(f"{case}/addresses").text
    assert "3 Other Road" in page and "07700 900999" in page
    for hidden in ("Secret Lane", "ZZ1 1ZZ", "07700 900123"):
        assert hidden not in page
    shown = rep.post(f"{case}/addresses/police/reveal", data={"reason": WHY}).text
    assert "9 Secret Lane, ZZ1 1ZZ" in shown and "07700 900123" in shown


def test_A8_the_form_chooses_for_nobody_whether_the_perpetrator_knows(
    service: Flask, rep: FlaskClient, case: str
) -> None:
    page = f"{case}/people/{person(service, case)}/address"
    boxes = re.findall(r'<input[^>]*name="knows"[^>]*>', rep.get(page).text)
    assert len(boxes) == 3 and not any("checked" in box for box in boxes)
    answer = rep.post(page, data=ADDRESS | {"knows": ""})
    assert answer.status_code == 422 and "Choose whether the perpetrator knows" in answer.text
    opened = rep.post(page, data=ADDRESS | {"confidential": "no"})
    assert opened.status_code == 422 and "why it need not be confidential" in text(opened.text)
    assert rep.post(page, data=ADDRESS | {"author": ""}).status_code == 422


def test_R2_ones_own_agencys_is_corrected_and_anothers_is_not(
    service: Flask, rep: FlaskClient, coordinator: FlaskClient, case: str
) -> None:
    address = told(service, rep, case)
    assert f"{address}/correct" in rep.get(f"{case}/addresses").text
    assert f"{address}/correct" not in coordinator.get(f"{case}/addresses").text
    assert TOKEN not in rep.get(f"{address}/correct").text
    change = ADDRESS | {"text": "", "kind": "previous"}
    assert coordinator.get(f"{address}/correct").status_code == 403
    assert coordinator.post(f"{address}/correct", data=change).status_code == 403
    assert rep.post(f"{address}/correct", data=change).status_code == 303
    page = text(rep.get(f"{case}/addresses").text)
    assert "Previous address" in page and "1 before it" in page
    assert rep.post(f"{address}/correct", data=change).status_code == 404, "it stands no more"


def test_contacts_and_associates_are_told(service: Flask, rep: FlaskClient, case: str) -> None:
    number = {"kind": "phone", "value": "01632 960 471", "ended": "yes", **TOLD}
    page = f"{case}/people/{person(service, case)}/contact"
    assert rep.post(page, data=number | {"value": "none"}).status_code == 422
    assert rep.post(page, data=number).status_code == 303
    assert "960 471" not in rep.get(f"{case}/addresses").text
    with service.app_context(), acting.service():
        key = db.session.scalars(select(ContactRow.id)).one()
    assert "960 471" not in rep.get(f"{case}/contacts/{key}/correct").text
    assert "960 471" in rep.post(f"{case}/contacts/{key}/reveal", data={"reason": WHY}).text
    assert (
        rep.post(f"{case}/contacts/{key}/correct", data=number | {"value": "", "ended": "no"}).status_code
        == 303
    )
    assert "No longer in use" in rep.get(f"{case}/addresses").text
    associate = {"forename": "Ash", "surname": "Quill", "relation": "brother", **TOLD}
    assert rep.post(f"{case}/associates/new", data=associate | {"surname": ""}).status_code == 422
    assert rep.post(f"{case}/associates/new", data=associate).status_code == 303
    page = text(rep.get(f"{case}/addresses").text)
    assert "Known associate of the perpetrator: brother Ash Quill" in page


def test_B_an_idva_to_whom_the_case_is_not_allocated_is_told_whom_to_ask(
    service: Flask, signed_in: SignIn, rep: FlaskClient, case: str
) -> None:
    idva = signed_in(Role.IDVA, agency="Haven Northtest")
    address = told(service, rep, case)
    page = idva.get(f"{case}/addresses").text
    assert "/reveal" not in page and f'action="{case}/ask-for-it"' in page and "allocate it to you" in page
    answer = idva.post(f"{address}/reveal", data={"reason": WHY})
    assert answer.status_code == 409 and TOKEN not in answer.text and "allocate" in answer.text


def test_B_whom_break_glass_opened_a_case_to_is_told_to_ask(
    service: Flask, signed_in: SignIn, rep: FlaskClient, case: str
) -> None:
    address = told(service, rep, case)
    outsider = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    with service.app_context(), acting.service(), saved():
        agency = db.session.scalars(select(AgencyRow).where(AgencyRow.name == "Northtest Homes")).one()
        agency.attends = frozenset()
        account = db.session.scalars(select(AccountRow).where(AccountRow.agency_id == agency.id)).one()
        db.session.add(
            OpeningRow(id=uuid4(), area_id=agency.area_id, case_id=UUID(case[-36:]), account_id=account.id,
                       kind="break-glass", reason=WHY, asked_at=NOW, until=NOW + timedelta(hours=4))
        )  # fmt: skip
    page = outsider.get(f"{case}/addresses").text
    assert "Break-glass does not show safe addresses; ask the coordinator" in page and "/reveal" not in page
    answer = outsider.post(f"{address}/reveal", data={"reason": WHY})
    assert answer.status_code == 409 and TOKEN not in answer.text and "ask the coordinator" in answer.text
    assert "/reveal" in rep.get(f"{case}/addresses").text


def test_B_each_third_reveal_needs_a_second_factor_of_its_own(
    service: Flask, rep: FlaskClient, coordinator: FlaskClient, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = told(service, rep, case)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    for _ in range(2):
        assert TOKEN in coordinator.post(f"{address}/reveal", data={"reason": WHY}).text
    third = coordinator.post(f"{address}/reveal", data={"reason": WHY})
    assert third.status_code == 303 and third.location.startswith("/again") and TOKEN not in third.text
    assert TOKEN in rep.post(f"{address}/reveal", data={"reason": WHY}).text, "each has their own"


def test_A8_the_form_says_that_a_safe_address_stays_confidential(
    service: Flask, rep: FlaskClient, case: str
) -> None:
    told(service, rep, case)
    again = told(service, rep, case, confidential="no", knows="yes")
    page = rep.get(f"{case}/addresses")
    assert TOKEN not in page.text and "held as confidential already" in page.text
    assert TOKEN in rep.post(f"{again}/reveal", data={"reason": WHY}).text


def test_B_there_is_nothing_to_share_where_no_marac_is_to_come(
    service: Flask, coordinator: FlaskClient, rep: FlaskClient, case: str
) -> None:
    address = told(service, rep, case)
    assert "no MARAC to come" in text(coordinator.get(f"{address}/share").text)
    assert rep.get(f"{address}/share").status_code == 403


def test_M_for_who_may_not_open_the_case_every_page_of_it_answers_as_an_unknown_one(
    service: Flask, signed_in: SignIn, coordinator: FlaskClient, case: str
) -> None:
    walled = signed_in(Role.REPRESENTATIVE)
    with service.app_context(), acting.service():
        who = db.session.scalars(select(AccountRow).where(AccountRow.role == Role.REPRESENTATIVE)).one()
        area_id = db.session.scalars(select(AreaRow.id)).one()
        db.session.rollback()
        told = one_of_each(area_id, UUID(case[7:]), who.id, who.agency_id)
    assert walled.post("/me/details", data={"of_whom": "self", "address": "3 Other Road"}).status_code == 303
    assert walled.get("/me/details").status_code == 200  # says once that it is recorded
    outsider = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    ids = told | {"case_id": UUID(case[7:])}
    ours = [door for door in doors(service) if str(door.rule.endpoint).startswith("address")]
    assert len(ours) > 15
    for door in ours:
        for client in (walled, outsider):
            hidden, none = door.knock(client, ids.__getitem__), door.knock(client)
            assert hidden.status_code == none.status_code and none.status_code in (403, 404), door
            assert body(hidden) == body(none), door


def test_M6_my_details_are_mine_and_keep_me_from_cases_at_once(
    service: Flask, signed_in: SignIn, rep: FlaskClient, coordinator: FlaskClient, case: str
) -> None:
    other = signed_in(Role.REPRESENTATIVE)
    assert other.get(f"{case}/addresses").status_code == 200
    mine = {"of_whom": "knows", "address": "3, Other Rd", "phone": "(07700) 900 999"}
    assert other.post("/me/details", data=mine | {"of_whom": ""}).status_code == 422
    assert other.post("/me/details", data={"of_whom": "self", "surname": "Quill"}).status_code == 422
    assert other.post("/me/details", data=mine).status_code == 303
    assert "900 999" in other.get("/me/details").text
    for client in (rep, coordinator, signed_in(Role.SYSTEM_ADMINISTRATOR)):
        assert "900 999" not in client.get("/me/details").text
    assert other.get(f"{case}/addresses").status_code == 404 and other.get(case).status_code == 404
    with service.app_context(), acting.service():
        assert len(db.session.scalars(select(WallRow)).all()) == 1
    link = re.search(r"/me/details/[0-9a-f-]+/take-away", other.get("/me/details").text)
    assert link and rep.get(link[0]).status_code == 404 and rep.post(link[0]).status_code == 404
    assert other.post(link[0]).status_code == 303 and other.get(case).status_code == 404
