"""The case page: what has happened in a case, and to whom it is told."""

import re
from datetime import timedelta
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, event, select

from meetingsvc.models import AccountRow, CaseRow, EntryRow, OpeningRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import NOW, SignIn
from tests.web.test_lists import MONDAY, feed, text, within_monday

A = {"victim_nominal": "V-A", "perpetrator_nominal": "P-A"}
OLD = "2025-02-03T10:00:00+00:00"


def built(client: FlaskClient) -> str:
    """Builds Monday's list, and gives the address of its first case."""
    page = client.post(f"/lists/{MONDAY}/build", follow_redirects=True).text
    found = re.search(r"/cases/[0-9a-f-]{36}", page)
    assert found
    return found[0]


def test_a_case_tells_parties_and_incidents_but_no_address(service: Flask, signed_in: SignIn) -> None:
    feed(
        service,
        within_monday(**A, victim_address="9 Secret Lane", victim_postcode="ZZ1 1ZZ",
                      victim_phone="07700 900123", perpetrator_address="3 Other Road",
                      summary="First line\n<script>second</script>"),
    )  # fmt: skip
    client = signed_in(Role.COORDINATOR)
    page = client.get(built(client)).text
    assert "born Mon 4 Mar 1991" in text(page)
    assert "First line\n&lt;script&gt;second" in page
    for hidden in ("Secret Lane", "ZZ1 1ZZ", "07700", "Other Road"):
        assert hidden not in page


def test_history_and_what_was_left_out_stand_on_the_case(service: Flask, signed_in: SignIn) -> None:
    feed(
        service,
        within_monday(**A),
        within_monday(**A, occurrence_number="LEFT", risk="standard"),
        within_monday(**A, occurrence_number="OLD", recorded_at=OLD),
        within_monday(
            occurrence_number="OTHERS", victim_nominal="V-A", perpetrator_nominal="P-B", risk="standard"
        ),
    )
    client = signed_in(Role.COORDINATOR)
    page = text(client.get(built(client)).text)
    assert "3 incidents" in page
    assert "LEFT" in page and "Left out. Standard risk" in page and "OLD" in page
    assert "OTHERS" not in page, "another perpetrator is another case"


def test_versions_say_what_changed(service: Flask, signed_in: SignIn) -> None:
    row = within_monday(**A, risk="medium", children_present="Y", victim_phone="1")
    feed(service, row)
    feed(service, row | {"risk": "high", "offence": "Assault", "victim_phone": "2"})
    client = signed_in(Role.COORDINATOR)
    page = text(client.get(built(client)).text)
    assert "2 versions" in page
    assert "Risk medium high" in page
    assert "Offence not given Assault" in page
    assert "Victim's contact details not shown here not shown here" in page


def test_T12_a_number_that_comes_again_about_others_tells_nothing_of_them_on_the_first_ones_case(
    service: Flask, signed_in: SignIn
) -> None:
    row = within_monday(**A, victim_surname="Strangleby")
    others = {"victim_nominal": "", "victim_surname": "Lostby", "summary": "Another house."}
    feed(service, row)
    client = signed_in(Role.COORDINATOR)
    address = built(client)
    feed(service, row | {"summary": "More is known."}, row | others)
    for page in (address, f"{address}/in-full", f"{address}/timeline"):
        told = client.get(page).text
        assert "Lostby" not in told and "Another house" not in told, page
    assert "More is known" in text(client.get(f"{address}/in-full").text)
    both = text(client.post("/search", data={"words": row["occurrence_number"]}).text)
    assert "Strangleby" in both and "On the list of" in both and "Lostby" in both
    new = text(client.post("/search", data={"words": "Lostby"}).text)
    assert "Waits for the next list to be built" in new and "On the list of" not in new


def test_who_attends_daily_reads_only_what_a_list_told(service: Flask, signed_in: SignIn) -> None:
    feed(
        service,
        within_monday(**A, occurrence_number="LISTED"),
        within_monday(**A, occurrence_number="LEFT", risk="standard"),
        within_monday(**A, occurrence_number="OLD", recorded_at=OLD),
    )
    address = built(signed_in(Role.COORDINATOR))
    page = signed_in(Role.IDVA, agency="Haven Northtest").get(address)
    full = signed_in(Role.IDVA, agency="Haven Northtest").get(f"{address}/in-full")
    assert "LISTED" in page.text and "LISTED" in full.text
    for hidden in ("LEFT", "OLD"):
        assert hidden not in page.text and hidden not in full.text
    for told in (page, full):
        assert "There may be others: ring the coordinator" in text(told.text)
    assert "There may be others" not in signed_in(Role.COORDINATOR).get(address).text


def test_D3_whom_a_case_is_opened_to_is_not_told_that_it_has_no_incident(
    service: Flask, signed_in: SignIn
) -> None:
    feed(service, within_monday(**A, victim_address="9 Secret Lane"))
    case, governance = built(signed_in(Role.COORDINATOR)), signed_in(Role.INFORMATION_GOVERNANCE)
    opened_to(service, Role.INFORMATION_GOVERNANCE, UUID(case[7:]))
    page = governance.get(case).text
    assert "These are the incidents that were on a list you may read. There may be others" in text(page)
    assert "Mon 23 Nov 2026" in text(page) and 'href="/lists' not in page, "a list would answer 403"
    assert "An opening does not show safe addresses" in governance.get(f"{case}/addresses").text
    with service.app_context(), acting.service(), saved():
        db.session.execute(delete(EntryRow))
    for page in (case, f"{case}/in-full"):
        told = text(governance.get(page).text)
        assert "No incident of this case has been on a list you may read. There may be others" in told
        assert "No incident is kept" not in told


def opened_to(service: Flask, role: Role, case_id: UUID) -> None:
    with service.app_context(), acting.service(), saved():
        account_id = db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()
        area_id = db.session.get_one(CaseRow, case_id).area_id
        db.session.add(
            OpeningRow(case_id=case_id, area_id=area_id, account_id=account_id, kind="ticket",
                       reason="invented", asked_at=NOW, until=NOW + timedelta(hours=1))
        )  # fmt: skip


def test_a_case_that_is_hidden_is_missing(service: Flask, signed_in: SignIn) -> None:
    feed(service, within_monday(**A))
    address = built(signed_in(Role.COORDINATOR))
    client = signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")
    missing = "/cases/00000000-0000-4000-8000-000000000000"
    for page in ("", "/in-full"):
        hidden, gone = client.get(address + page), client.get(missing + page)
        assert hidden.status_code == gone.status_code == 404
        nonce = re.compile(r'nonce="[^"]*"|value="[^"]*"')
        assert nonce.sub("", hidden.text) == nonce.sub("", gone.text)


def test_queries_do_not_grow_with_the_incidents(service: Flask, signed_in: SignIn) -> None:
    feed(service, within_monday(**A))
    client = signed_in(Role.COORDINATOR)
    address = built(client)
    client.get("/")  # takes the message off the session
    few = [queries(service, client, page) for page in (address, f"/lists/{MONDAY}")]
    feed(service, *(within_monday(**A) for _ in range(40)), *(within_monday() for _ in range(40)))
    client.post("/lists/2026-11-24/build", data={"sure": "yes"}, follow_redirects=True)
    many = [queries(service, client, page) for page in (address, "/lists/2026-11-24")]
    assert few == many
    assert few[0] <= 31 and few[1] <= 29, (
        "five for research, one the telling, its time, whether it is restored"
    )


def queries(service: Flask, client: FlaskClient, address: str) -> int:
    """How many statements a page takes, the audit line's among them."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE")):
            seen.append(statement)

    with service.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    assert client.get(address).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)
