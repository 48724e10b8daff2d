"""The pages of cases that move between areas, through two areas' own sessions (M5, T8, M6, P1)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.addresses import DetailOf
from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.circulation import Group
from meetingsvc.models import (
    AccountRow,
    AreaRow,
    IncidentRow,
    ItemRow,
    MeetingRow,
    ProposalRow,
    TransferInRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, areas
from meetingsvc.usecases import accounts, agencies, staff_details
from meetingsvc.usecases import areas as area_usecase
from meetingsvc.usecases.staff_details import Told
from meetingsvc.usecases.transaction import saved
from tests.a_marac import decided, listed, people_rows, shared
from tests.a_transfer import the_arrival, the_transfer
from tests.second_factor import give_app, open_session
from tests.servers.remembered import remembered
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.pages import text

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
OUT = {"to": "outside", "area": "Westvale", "officer": "Ines Calloway",
       "email": "ines.calloway@westvale.gov.uk", "why": "She has moved there."}  # fmt: skip


SAID = "Ines Calloway rang on Monday."
Ask = Callable[[dict[str, str]], None]


@pytest.fixture
def here(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def chair(signed_in: SignIn) -> FlaskClient:
    return signed_in(Role.CHAIR)


@pytest.fixture
@remembered
def case(service: Flask, here: FlaskClient) -> UUID:
    """One that the daily meeting referred."""
    with service.app_context():
        mine = AccountRow.role == Role.COORDINATOR, AccountRow.agency_id == agency_named("Northtest Police")
        who_id = db.session.scalars(select(AccountRow.id).where(*mine)).one()
        who = account_store.principal(who_id, NOW)
        assert who is not None
        item = listed(who.area_id, people_rows(1, NOW.date()))[0]
        decided(who, item, Group.NEW_SAFEGUARDS)
        shared(who, item)
        return db.session.get_one(ItemRow, item).case_id


@pytest.fixture
def there(service: Flask) -> FlaskClient:
    """The coordinator of Southtest."""
    with service.app_context(), acting.service():
        area_id = area_usecase.create("southtest", date(2026, 11, 2), NOW, "South Test")
        with saved():
            council = agencies.create(area_id, "Southtest Council", AgencyKind.HOUSING, date(2026, 1, 5),
                                      "test", NOW)  # fmt: skip
            key = accounts.create(council, Role.COORDINATOR, "Dara Finch", "dara@southtest.example", PASSWORD,
                                  "test", NOW)  # fmt: skip
            give_app(key, NOW)
    service.config["WTF_CSRF_ENABLED"] = False
    return open_session(service, key, NOW)


@pytest.fixture
def ask(
    service: Flask, here: FlaskClient, chair: FlaskClient, case: UUID
) -> Callable[[dict[str, str]], None]:
    """Proposes a transfer by the pages, and has the chair approve it."""

    def through(told: dict[str, str]) -> None:
        page = here.post(f"/cases/{case}/transfer", data=told)
        assert page.status_code == 200 and "Check the transfer" in page.text
        assert here.post(f"/cases/{case}/transfer", data=told | {"confirmed": "1"}).status_code == 303
        with service.app_context():
            (waits,) = db.session.scalars(select(ProposalRow.id).where(ProposalRow.state == "open"))
        assert told.get("area", "South Test") in chair.get(f"/decisions/{waits}").text
        assert chair.post(f"/decisions/{waits}", data={"decision": "approve"}).status_code == 303

    return through


def the_area(service: Flask, name: str) -> str:
    with service.app_context():
        return str(db.session.scalars(select(AreaRow.id).where(AreaRow.name == name)).one())


def the_case(service: Flask, area: str) -> str:
    """The page of the one case that came to an area."""
    with service.app_context(), acting.service():
        rows = select(TransferInRow.case_id).join(AreaRow, AreaRow.id == TransferInRow.area_id)
        return f"/cases/{db.session.scalars(rows.where(AreaRow.name == area)).one()}"


def test_M5_T8_through_the_pages_from_one_area_to_the_other(
    service: Flask, here: FlaskClient, there: FlaskClient, case: UUID, ask: Ask
) -> None:
    assert "Transfer to another area" in here.get(f"/cases/{case}").text
    ask({"to": the_area(service, "southtest"), "why": "She moves there."})
    assert "1 case from another area to decide" in text(there.get("/"))
    with service.app_context():
        arrival, transfer = the_arrival(), the_transfer()
    listed_there = there.get("/transfers").text
    assert "A case from North Test" in listed_there and "Thistlewood" not in listed_there
    page = text(there.get(f"/arrivals/{arrival}"))
    assert "Thistlewood" in page and "Moss" in page and "throat" not in page and "She moves there" not in page
    for path in (f"/cases/{case}", f"/cases/{case}/transferred", f"/cases/{case}/addresses",
                 f"/cases/{case}/shared", f"/cases/{case}/transfer", f"/transfers/{transfer}",
                 f"/transfers/{transfer}/record", f"/transfers/{transfer}/withdraw"):  # fmt: skip
        assert there.get(path).status_code == 404, path
    assert here.get(f"/arrivals/{arrival}").status_code == 404
    ours = text(here.get(f"/transfers/{transfer}"))
    assert "South Test answers here" in ours and "What went with the case" not in ours
    assert here.get(f"/transfers/{transfer}/record").status_code == 404, "there is nothing to record"
    accepted = there.post(f"/arrivals/{arrival}/accept")
    assert accepted.status_code == 303 and accepted.location == "/", "whether or not the case is hidden"
    theirs = the_case(service, "southtest")
    mine = text(there.get(theirs))
    assert "Thistlewood" in mine and "in another area" not in mine
    record = text(there.get(f"{theirs}/transferred"))
    assert "Rent arrears since June." in record and "Northtest" in record and "Fit a new lock" in record
    assert there.get(f"/cases/{case}").status_code == 404
    assert here.get(theirs).status_code == 404
    ours = text(here.get(f"/cases/{case}"))
    for client, page in ((here, f"/cases/{case}"), (there, theirs)):
        assert "Moved from North Test to South Test" in client.get(f"{page}/timeline").text
    assert "Moved to South Test on Monday 23 November 2026" in ours and "Waits for a MARAC" not in ours
    assert "Accepted by South Test" in text(here.get(f"/transfers/{transfer}"))
    assert "Moved to South Test" in text(here.get("/lists/2026-11-23"))


def test_M5_outside_through_the_pages(
    service: Flask, here: FlaskClient, chair: FlaskClient, case: UUID, ask: Ask
) -> None:
    ask(OUT)
    assert "1 case to send to another area" in text(here.get("/"))
    with service.app_context():
        at = f"/transfers/{the_transfer()}"
    assert here.get(f"{at}/transfer.pdf").status_code == 404, "no file is made yet"
    made = here.post(f"{at}/file")
    assert (
        made.status_code == 200 and "app-passphrase" in made.text and "record that it was sent" in made.text
    )
    file = here.get(f"{at}/transfer.pdf")
    assert file.headers["Content-Disposition"] == 'attachment; filename="transfer.pdf"'
    assert file.data.startswith(b"%PDF") and b"Thistlewood" not in file.data
    assert "Not needed for having sent it" in here.get(f"{at}/record").text
    assert "What went with the case" not in here.get(at).text
    assert here.post(f"{at}/record", data={"step": "send"}).status_code == 303
    assert "What went with the case" in here.get(at).text
    assert "Not needed for having sent it" not in here.get(f"{at}/record").text
    assert "record that it was sent" not in here.post(f"{at}/file").text, "that is recorded"
    assert here.post(f"{at}/record", data={"step": "refuse"}).status_code == 422
    assert here.post(f"{at}/record", data={"step": "accept", "reason": SAID}).status_code == 422, (
        "not offered"
    )
    assert "Say who there told you" in here.post(f"{at}/record", data={"step": "receive"}).text
    assert "Record made for Westvale" in here.get(f"/cases/{case}/timeline").text, "it is ours until then"
    for step in ("receive", "accept"):
        assert here.post(f"{at}/record", data={"step": step, "reason": SAID}).status_code == 303
    timeline = here.get(f"/cases/{case}/timeline").text
    assert "Record made for" not in timeline and "to Westvale" in timeline
    assert SAID in text(chair.get(at)) and "Moved to Westvale" in text(chair.get("/"))
    with service.app_context():
        sits = db.session.scalars(select(MeetingRow.id).where(MeetingRow.kind == "MARAC")).one()
    assert "Moved to Westvale" in text(chair.get(f"/marac/{sits}"))
    assert "Moved to Westvale" in text(here.get(f"/cases/{case}"))
    assert here.get(f"{at}/transfer.pdf").status_code == 409


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, "Choose where the case goes"),
        (OUT | {"email": ""}, "Enter their e-mail address"),
        (OUT | {"email": "not one"}, "Enter an e-mail address"),
        (OUT | {"email": "pat@anybody.example"}, 'href="#email"'),
        (OUT | {"why": ""}, "Say why the case moves"),
    ],
)
def test_M5_what_is_missing_is_said_and_what_was_typed_stays(
    here: FlaskClient, case: UUID, told: dict[str, str], why: str
) -> None:
    page = here.post(f"/cases/{case}/transfer", data=told)
    assert page.status_code == 422 and why in page.text
    assert told.get("officer", "") in page.text


ARRIVAL = {
    "from_area": "Westvale", "their_reference": "WV/77", "heard_on": "4/6/2026", "victim_forename": "Wren",
    "victim_surname": "Harrow", "victim_dob": ["3", "4", "1990"], "perpetrator_surname": "Garnet",
    "risk": "high", "reason": "She has moved here.",
}  # fmt: skip


def test_T8_from_outside_through_the_page(service: Flask, here: FlaskClient) -> None:
    taken = here.post("/arrivals/new", data=ARRIVAL)
    assert taken.status_code == 303 and taken.location == "/", "whether or not the case is hidden (M6)"
    assert "Taken in as TRF-" in text(here.get("/"))
    case = the_case(service, "northtest")
    page = text(here.get(case))
    assert "Wren Harrow" in page and "in another area" in page
    assert "Westvale" in text(here.get(f"{case}/transferred"))
    assert here.post("/arrivals/new", data=ARRIVAL).status_code == 409


def test_T8_everything_that_is_wrong_is_said_at_once(here: FlaskClient) -> None:
    shown = text(here.post("/arrivals/new", data={"heard_on": "1 Smarch 2026"}))
    for words in ("Enter the area it comes from", "Enter the victim", "Choose the risk",
                  "Say why the case moves here", "Enter real dates"):  # fmt: skip
        assert words in shown, words


def kept_from_the_victim(service: Flask) -> None:
    """The coordinator here knows her."""
    with service.app_context():
        mine = AccountRow.role == Role.COORDINATOR, AccountRow.agency_id == agency_named("Northtest Police")
        who = account_store.principal(db.session.scalars(select(AccountRow.id).where(*mine)).one(), NOW)
        assert who is not None
        knows = Told("Wren", "Harrow", date(1990, 4, 3), "", "", "")
        staff_details.add(who, DetailOf.KNOWS, knows, NOW)


def test_M6_the_answer_is_the_same_where_it_names_somebody_its_coordinator_is_kept_from(
    service: Flask, here: FlaskClient
) -> None:
    kept_from_the_victim(service)
    taken = here.post("/arrivals/new", data=ARRIVAL)
    assert (taken.status_code, taken.location) == (303, "/")
    assert "Taken in as TRF-" in text(here.get("/"))
    assert here.get(the_case(service, "northtest")).status_code == 404
    assert here.post("/arrivals/new", data=ARRIVAL).status_code == 409, "as with one that is not hidden"


@pytest.mark.parametrize("hidden", [False, True])
def test_M6_what_one_has_typed_stays_in_the_list_whether_or_not_it_met_a_hidden_case(
    service: Flask, here: FlaskClient, hidden: bool
) -> None:
    if hidden:
        kept_from_the_victim(service)
    here.post("/arrivals/new", data=ARRIVAL)
    (path,) = re.findall(r'"(/arrivals/[0-9a-f-]{36})"', here.get("/transfers").text)
    page = text(here.get(path))
    assert "Wren Harrow" in page and "WV/77" in page and "TRF-" in page
    assert "/cases/" not in here.get(path).text and "C-0" not in page


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"heard_on": "31/2/2026"}, "Enter real dates"),
        ({"heard_on": "1/12/2027"}, "not days to come"),
        ({"victim_surname": ""}, "victim&#39;s surname"),
        ({"perpetrator_surname": "Harrow", "perpetrator_forename": "Wren",
          "perpetrator_dob": ["3", "4", "1990"]}, "same person"),
    ],
)  # fmt: skip
def test_T8_what_cannot_be_is_said_at_its_field(here: FlaskClient, told: dict[str, object], why: str) -> None:
    page = here.post("/arrivals/new", data=ARRIVAL | told)
    assert page.status_code == 422 and why in page.text and "Westvale" in page.text


def test_P1_clocks_through_the_pages(service: Flask, here: FlaskClient, case: UUID) -> None:
    assert "does not use these clocks" in here.get("/notifications").text
    with service.app_context(), saved():
        area = db.session.scalars(select(AreaRow).where(AreaRow.name == "northtest")).one()
        area.settings = areas.settings_json(replace(AreaSettings(), notify_from=date(2026, 11, 2)))
        number = db.session.scalars(select(IncidentRow.occurrence_number)).one()
    assert "1 incident of which an agency should have been told" in text(here.get("/"))
    assert "1 incident on this list" in text(here.get("/lists/2026-11-23"))
    assert "Health to be told by Saturday 21 November 2026, 12:00" in text(here.get(f"/cases/{case}"))
    assert number in text(here.get("/notifications"))
    assert here.post("/notifications/ask", data={"number": "NONE"}).status_code == 404
    assert "Health was told" in text(here.post("/notifications/ask", data={"number": number}))
    told = {"number": number, "on": ["21", "11", "2026"], "at": "9:00"}
    assert here.post("/notifications", data=told).status_code == 422
    everybody = ["health", "education", "children's social care"]
    assert here.post("/notifications", data=told | {"done": everybody}).status_code == 303
    assert "Everybody has been told" in text(here.get("/notifications"))
    assert "Not told in time" not in text(here.get("/"))
