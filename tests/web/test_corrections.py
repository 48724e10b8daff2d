"""The pages on what agencies shared, on alarms and on printing, as people of each role meet them."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import AccountRow, AlarmRow, AreaRow, AuditRow, ItemRow, NoteRow, WallRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import acting, audit
from meetingsvc.usecases.transaction import saved
from tests.a_correction import note_request_and_alarm
from tests.a_marac import MONDAY, listed, people_rows
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.pages import text

POLICE, HAVEN = "Northtest Police", "Haven Northtest"
FORM = {
    "text": "No arrears.",
    "kind": "fact",
    "source": "ledger",
    "author": "Joan Akande",
    "reason": "Misread",
}


@pytest.fixture
def there(service: Flask, signed_in: SignIn) -> dict[str, UUID]:
    """A case on today's list, and what Haven Northtest shared about it."""
    signed_in(Role.REPRESENTATIVE, HAVEN)
    signed_in(Role.COORDINATOR, POLICE)
    with service.app_context(), acting.service():
        area = db.session.scalars(select(AreaRow.id).where(AreaRow.name == "northtest")).one()
        (item,) = listed(area, people_rows(1, MONDAY), MONDAY)
        case = db.session.get_one(ItemRow, item).case_id
        person = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        made = note_request_and_alarm(area, case, item, person, agency_named(HAVEN))
        return made | {"case_id": case, "area_id": area, "item_id": item, "meeting_id": meeting_of(item)}


def meeting_of(item: UUID) -> UUID:
    return db.session.get_one(ItemRow, item).meeting_id


def wall(service: Flask, there: dict[str, UUID], role: Role) -> None:
    with service.app_context(), acting.service(), saved():
        person = db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()
        db.session.add(WallRow(area_id=there["area_id"], case_id=there["case_id"], account_id=person,
                               ground="party", shared="name", state="stands", put_at=NOW))  # fmt: skip


def test_R2_the_supplier_corrects_and_the_old_text_is_struck_through(
    signed_in: SignIn, there: dict[str, UUID]
) -> None:
    client, page = signed_in(Role.REPRESENTATIVE, HAVEN), f"/cases/{there['case_id']}/shared"
    assert "Your agency" in text(client.get(page)) and "Correct" in text(client.get(page))
    form = f"{page}/{there['note_id']}/correct"
    assert "Rent arrears since June." in client.get(form).text
    assert client.post(form, data=FORM).status_code == 303
    after = client.get(page)
    assert "<s>Rent arrears since June.</s>" in after.text and "No arrears." in text(after)
    again = client.post(form, data=FORM | {"text": "Typed meanwhile"})
    assert again.status_code == 409 and "Typed meanwhile" in again.text and "No arrears." in again.text


def test_R2_another_agency_may_only_ask(signed_in: SignIn, there: dict[str, UUID]) -> None:
    client, page = signed_in(Role.REPRESENTATIVE, POLICE), f"/cases/{there['case_id']}/shared"
    form = f"{page}/{there['note_id']}"
    assert client.get(f"{form}/correct").status_code == client.post(f"{form}/correct", data=FORM).status_code
    assert client.post(f"{form}/correct", data=FORM).status_code == 403
    assert client.post(f"{form}/ask", data={"reason": ""}).status_code == 422
    assert client.post(f"{form}/ask", data={"reason": "The tenancy ended"}).status_code == 303
    owner = signed_in(Role.REPRESENTATIVE, HAVEN)
    assert "asked to correct" in text(owner.get("/"))
    decline = f"{page}/requests/{there['request_id']}/decline"
    assert client.get(decline).status_code == 403 and owner.get(decline).status_code == 200
    assert owner.post(decline, data={"reason": "It did not"}).status_code == 303
    assert "It did not" in text(client.get(page))


def test_R2_who_had_read_it_is_told_until_they_have_read_the_new_text(
    signed_in: SignIn, there: dict[str, UUID]
) -> None:
    reader, page = signed_in(Role.REPRESENTATIVE, POLICE), f"/cases/{there['case_id']}/shared"
    reader.get(page)
    signed_in(Role.REPRESENTATIVE, HAVEN).post(f"{page}/{there['note_id']}/correct", data=FORM)
    assert "1 correction to what you have read" in text(reader.get("/"))
    shown = reader.get("/corrections")
    assert "Misread" in text(shown)
    action = shown.text.split('action="/corrections/')[1].split('"')[0]
    assert reader.post(f"/corrections/{action}").status_code == 303
    assert "to what you have read" not in text(reader.get("/"))


LOG = "Opened a case"


def test_B_each_role_reads_its_own_part_of_the_log(
    service: Flask, signed_in: SignIn, there: dict[str, UUID]
) -> None:
    people = {
        Role.CHAIR: POLICE, Role.REPRESENTATIVE: HAVEN, Role.IDVA: HAVEN, Role.AGENCY_ADMINISTRATOR: HAVEN,
        Role.INFORMATION_GOVERNANCE: POLICE,
    }  # fmt: skip
    clients = {role: signed_in(role, agency) for role, agency in people.items()}
    signed_in(Role.COORDINATOR).get(f"/cases/{there['case_id']}")
    seen = {role: LOG in table(client.get("/audit?sort=cases").text) for role, client in clients.items()}
    assert seen == {
        Role.CHAIR: True, Role.REPRESENTATIVE: False, Role.IDVA: False, Role.AGENCY_ADMINISTRATOR: False,
        Role.INFORMATION_GOVERNANCE: True,
    }  # fmt: skip
    clients[Role.REPRESENTATIVE].get(f"/cases/{there['case_id']}")
    mine, staff = (clients[role].get("/audit?sort=cases").text for role in (
        Role.REPRESENTATIVE, Role.AGENCY_ADMINISTRATOR))  # fmt: skip
    assert LOG in table(mine) and LOG in table(staff)
    assert LOG not in table(clients[Role.IDVA].get("/audit?sort=cases").text)
    assert "C-000001" in table(mine) and "C-000001" not in table(staff)


def table(page: str) -> str:
    return page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""


@pytest.mark.parametrize("role", [Role.CHAIR, Role.INFORMATION_GOVERNANCE, Role.REPRESENTATIVE])
def test_M6_a_walled_reader_finds_no_line_about_the_case(
    service: Flask, signed_in: SignIn, there: dict[str, UUID], role: Role
) -> None:
    client = signed_in(role, HAVEN)
    if role is Role.REPRESENTATIVE:
        client.get(f"/cases/{there['case_id']}")
    signed_in(Role.COORDINATOR).get(f"/cases/{there['case_id']}")
    assert LOG in table(client.get("/audit?sort=cases").text)
    wall_one(service, there, client)
    assert table(client.get("/audit?sort=cases").text) == ""
    assert table(client.get(f"/audit?case={there['case_id']}").text) == ""
    hidden, unknown = (
        client.get(f"/cases/{there['case_id']}/opened"),
        client.get(f"/cases/{UUID(int=1)}/opened"),
    )
    assert hidden.status_code == unknown.status_code


def wall_one(service: Flask, there: dict[str, UUID], client: object) -> None:
    """The last person who looked at the log."""
    with service.app_context(), acting.service(), saved():
        line = select(AuditRow.actor).where(AuditRow.action == "audit.read").order_by(AuditRow.id.desc())
        db.session.add(WallRow(area_id=there["area_id"], case_id=there["case_id"], ground="party",
                               account_id=UUID(db.session.scalars(line.limit(1)).one()), shared="name",
                               state="stands", put_at=NOW))  # fmt: skip


def test_B_the_log_is_asked_by_reference_person_day_and_sort_without_naming_in_the_address(
    signed_in: SignIn, there: dict[str, UUID]
) -> None:
    client = signed_in(Role.COORDINATOR)
    client.get(f"/cases/{there['case_id']}")
    answer = client.post("/audit", data={"reference": "c-1", "day": "2026-11-23", "sort": "cases"})
    assert answer.status_code == 303 and f"case={there['case_id']}" in answer.location
    assert "C-0" not in answer.location and LOG in table(client.get(answer.location).text)
    assert table(client.get("/audit?day=2026-11-22").text) == ""
    kept = client.get(answer.location).text
    assert 'name="reference" value="C-000001"' in kept, "seen, and sent again with the next filter"
    unknown = client.post("/audit", data={"reference": "C-000099"})
    assert unknown.status_code == 422 and 'value="C-000099"' in unknown.text
    assert LOG in table(client.get(f"/cases/{there['case_id']}/opened").text)


@pytest.mark.parametrize("what", ["case", "meeting"])
def test_V5_printing_leaves_a_line(
    service: Flask, signed_in: SignIn, there: dict[str, UUID], what: str
) -> None:
    client = signed_in(Role.REPRESENTATIVE, HAVEN)
    key = there[f"{what}_id"]
    assert client.post("/prints", data={"what": what, "key": key}).status_code == 303
    assert client.post("/prints", data={"what": what, "key": key, "script": "1"}).status_code == 204
    for hidden in ({"what": what, "key": UUID(int=1)}, {"what": "agency", "key": key}, {}):
        assert client.post("/prints", data=hidden).status_code == 404
    with service.app_context(), acting.service():
        printed = select(AuditRow.action).where(AuditRow.action.in_(("case.printed", "list.printed")))
        assert len(db.session.scalars(printed).all()) == 2
        assert audit.verify()[1] is None


def test_B_alarms_are_read_and_dealt_with_by_another(
    service: Flask, signed_in: SignIn, there: dict[str, UUID]
) -> None:
    client = signed_in(Role.CHAIR)
    assert "1 alarm that nobody has dealt with" in text(client.get("/"))
    page = f"/alarms/{there['alarm_id']}"
    assert "decoy" in text(client.get(page)) and "To deal with" in text(client.get("/alarms"))
    assert client.post(page, data={"reason": ""}).status_code == 422
    assert client.post(page, data={"reason": "Spoke with them"}).status_code == 303
    with service.app_context(), acting.service():
        assert db.session.scalars(select(AlarmRow.note)).one() == "Spoke with them"
        assert db.session.scalars(select(NoteRow.text)).one() == "Rent arrears since June."
