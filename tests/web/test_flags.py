"""Each agency's list of flags, and the file of it (Rulebook G1 to G3)."""

import csv
import io
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from agenda.circulation import Group
from meetingsvc.models import (
    AuditRow,
    CaseRow,
    ClarificationRow,
    FlagRow,
    ItemRow,
    MeetingRow,
    PersonRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.usecases import flags, marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests.a_marac import NOW, SECRET, a_person, line_of, referred
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named
from tests.web.pages import text
from tests.web.routes import statements

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
HOMES = "Northtest Homes"
AFTER = datetime(2026, 12, 4, 2, 0, tzinfo=UTC)
VICTIM, OTHER = "Canaryvictim", "Canaryother"


@pytest.fixture
@remembered
def ids(service: Flask) -> list[UUID]:
    """Two flags of the housing agency to add, after a MARAC of two cases, with a child on the first."""
    with service.app_context():
        who = a_person(agency_named("Northtest Police"), Role.COORDINATOR)
        items = referred(who, [Group.NEW_NO_SAFEGUARDS] * 2)
        meeting = line_of(items[0]).meeting_id
        marac.close(who, meeting, NOW)
        marac_publishing.publish(who, meeting, NOW)
        with saved():
            db.session.get_one(MeetingRow, meeting).state = "heard"
            item = db.session.get_one(ItemRow, items[0])
            case = db.session.get_one(CaseRow, item.case_id)
            db.session.get_one(PersonRow, case.victim_id).surname = VICTIM
            victim = db.session.get_one(PersonRow, case.victim_id)
            victim.forename = "=cmd"
            db.session.get_one(PersonRow, case.perpetrator_id).surname = OTHER
            db.session.add(
                ClarificationRow(area_id=item.area_id, item_id=item.id, case_id=item.case_id, about="child",
                                 name="Wren Moss", dob=None, text="", recorded_at=NOW,
                                 recorded_by=who.account_id)
            )  # fmt: skip
        flags.follow_all(AFTER)
        mine = select(FlagRow).join(CaseRow, CaseRow.id == FlagRow.case_id).order_by(CaseRow.number)
        found = db.session.scalars(mine.where(FlagRow.agency_id == agency_named(HOMES))).all()
        keys = [row.id for row in found if row.case_id == case.id]
        keys += [row.id for row in found if row.case_id != case.id]
        db.session.remove()
        return keys


def states(service: Flask, ids: list[UUID]) -> list[str]:
    with service.app_context():
        found = [db.session.get_one(FlagRow, key).state for key in ids]
        db.session.remove()
        return found


def test_G1_one_click_for_each_and_one_for_all(service: Flask, signed_in: SignIn, ids: list[UUID]) -> None:
    client = signed_in(Role.REPRESENTATIVE, HOMES)
    assert "<strong>2</strong> to add" in client.get("/").text
    page = client.get("/flags").text
    assert "To add (2)" in page and "Subject to MARAC on 3 December 2026. Contact Haven Northtest." in page
    assert client.post("/flags", data={"step": f"{ids[0]}.to_add.not_held"}).status_code == 303
    assert client.post("/flags", data={"step": f"{ids[0]}.to_add.not_held"}).status_code == 409
    told = {"step": "all.to_add", "flag-to_add": [str(key) for key in ids]}
    check = client.post("/flags", data=told)
    assert check.status_code == 200 and "Check: 1 added" in check.text and str(ids[1]) in check.text
    assert str(ids[0]) not in check.text and states(service, ids) == ["not held", "to add"]
    assert client.post("/flags", data=told | {"step": "sure.to_add"}).status_code == 303
    assert states(service, ids) == ["not held", "added"]
    page = client.get("/flags").text
    assert "Nothing is to be added" in page
    assert "In your records (1)" in page and "Not held here (1)" in page.split("In your records (1)")[1]
    for wrong, status in (("x.to_add.done", 404), (f"{ids[0]}.to_add.x", 400), ("nonsense", 400)):
        assert client.post("/flags", data={"step": wrong}).status_code == status


def test_G1_until_when_to_add_and_what_is_overdue_stand_on_the_pages(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    client, coordinator = signed_in(Role.REPRESENTATIVE, HOMES), signed_in(Role.COORDINATOR)
    page = client.get("/flags").text
    assert (
        "Add by" in page
        and "8 Dec" in page
        and "Overdue" not in page
        and "overdue" not in client.get("/").text
    )
    with service.app_context(), saved():
        db.session.execute(update(FlagRow).where(FlagRow.id == ids[0]).values(heard_on=date(2026, 11, 5)))
    assert (
        client.get("/flags").text.count("Overdue") == 1 and "Overdue" in client.get(f"/flags/{ids[0]}").text
    )
    assert "<strong>1 overdue.</strong>" in client.get("/").text
    row = coordinator.get("/flags").text.split(f">{HOMES}</th>")[1].split("</tr>")[0]
    assert '<td data-label="Overdue"><strong>1</strong></td>' in row


def test_G1_a_mistake_is_taken_back_on_the_page_of_the_flag(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    client, here = signed_in(Role.REPRESENTATIVE, HOMES), f"/flags/{ids[0]}"
    assert "That was a mistake" not in client.get(here).text
    client.post("/flags", data={"step": f"{ids[0]}.to_add.not_held"})
    assert f'value="{ids[0]}.not_held.mistake"' in client.get(here).text
    assert client.post("/flags", data={"step": f"{ids[0]}.not_held.mistake"}).status_code == 303
    assert states(service, ids) == ["to add", "to add"] and "That was a mistake" not in client.get(here).text
    assert "That was a mistake" not in signed_in(Role.COORDINATOR).get(here).text


def test_G2_the_file_holds_whom_to_find_the_fixed_text_and_nothing_else(
    signed_in: SignIn, service: Flask, ids: list[UUID]
) -> None:
    client = signed_in(Role.REPRESENTATIVE, HOMES)
    answer = client.get("/flags/list.csv")
    assert answer.mimetype == "text/csv" and "flags.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["What to do", "Name", "Date of birth", "Text", "Add by", "Take off on"]
    (line,) = [row for row in rows if VICTIM in row[1]]
    assert line == ["Add", f"'=cmd {VICTIM}", "04/03/1991",
                    "Subject to MARAC on 3 December 2026. Contact Haven Northtest.", "08/12/2026",
                    "20/11/2027"]  # fmt: skip
    texts = " ".join(row[3] for row in rows[1:])
    for canary in (VICTIM, OTHER, SECRET, "07700", "high", "throat", "C-0"):
        assert canary not in texts
    for canary in (OTHER, SECRET, "07700", "high", "throat", "C-0"):
        assert canary not in answer.text
    with service.app_context():
        (row,) = db.session.scalars(select(AuditRow).where(AuditRow.action == "flag.list_exported"))
        assert "flags" not in row.detail, "no count of cases that others may not open"


def test_G1_a_child_is_flagged_by_a_tick_of_the_agency(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    client, there = signed_in(Role.REPRESENTATIVE, HOMES), f"/flags/{ids[0]}"
    assert "Wren Moss" in client.get(there).text
    assert client.post(f"{there}/children", data={"child": "7"}).status_code == 409
    assert client.post(f"{there}/children", data={"child": "0"}).status_code == 303
    assert "Wren Moss (child)" in " ".join(plain(client.get("/flags").text))
    assert "Flagged too" not in client.get(there).text


def plain(text: str) -> list[str]:
    return text.replace("</a>", "").split()


def test_G3_a_perpetrators_file_needs_both_statements(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    client, there = signed_in(Role.REPRESENTATIVE, HOMES), f"/flags/{ids[0]}"
    refused = client.post(f"{there}/perpetrator", data={"necessary": "Visits by two"})
    assert refused.status_code == 422 and 'href="#cannot_reach"' in refused.text
    assert "Visits by two" in refused.text
    told = {"necessary": "Visits by two", "cannot_reach": "Staff-only file"}
    made = client.post(f"{there}/perpetrator", data=told)
    assert made.status_code == 303
    page = client.get(made.location).text
    assert "Visits by two" in page and "Staff-only file" in page and "Stated by" in page
    again = client.post(f"{there}/perpetrator", data=told)
    assert again.status_code == 409 and "already" in again.text


def test_the_coordinator_sees_what_each_agency_has_to_do(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    client = signed_in(Role.COORDINATOR)
    page = client.get("/flags").text
    assert "What each agency has still to do" in page and HOMES in page and VICTIM not in page
    assert client.get(f"/flags/{ids[0]}").status_code == 200
    assert client.post("/flags", data={"step": f"{ids[0]}.to_add.done"}).status_code == 403


def test_another_agencys_flag_is_missing(signed_in: SignIn, ids: list[UUID]) -> None:
    client = signed_in(Role.REPRESENTATIVE)
    for hidden in (ids[0], uuid4()):
        assert client.get(f"/flags/{hidden}").status_code == 404
        for page in ("children", "perpetrator"):
            assert client.post(f"/flags/{hidden}/{page}", data={"child": "0"}).status_code == 404
        assert client.post("/flags", data={"step": f"{hidden}.to_add.done"}).status_code == 404


def test_the_list_asks_the_database_little(service: Flask, signed_in: SignIn, ids: list[UUID]) -> None:
    client = signed_in(Role.REPRESENTATIVE, HOMES)
    client.get("/flags")
    with statements(service) as said:
        assert client.get("/flags").status_code == 200
    assert len(said) <= 14, len(said)


def test_G1_what_was_removed_shows_when_and_by_whom(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    client = signed_in(Role.REPRESENTATIVE, HOMES)
    with service.app_context():
        with saved():
            db.session.execute(update(FlagRow).where(FlagRow.id == ids[0]).values(state="to remove"))
        db.session.remove()
    assert client.post("/flags", data={"step": f"{ids[0]}.to_remove.done"}).status_code == 303
    page = client.get(f"/flags/{ids[0]}").text
    assert "Monday 23 November 2026, 08:30: removed" in page and "Person 0" in page


def test_G1_more_than_a_page_holds_are_counted_and_all_in_the_file(
    signed_in: SignIn, ids: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetingsvc.store.flags.MOST", 1)
    client = signed_in(Role.REPRESENTATIVE, HOMES)
    assert "<strong>1</strong> more stand here once these are done" in client.get("/flags").text
    assert len(list(csv.reader(io.StringIO(client.get("/flags/list.csv").text)))) == 1 + len(ids)


def test_G1_what_stands_in_the_records_is_paged(
    service: Flask, signed_in: SignIn, ids: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with service.app_context(), saved():
        db.session.execute(update(FlagRow).where(FlagRow.id.in_(ids)).values(state="added"))
    monkeypatch.setattr("meetingsvc.store.flags.PAGE", 1)
    client = signed_in(Role.REPRESENTATIVE, HOMES)
    pages = [client.get(f"/flags?page={n}").text for n in (1, 2)]
    assert all("In your records (2)" in page for page in pages)
    assert all(sum(str(key) in page for page in pages) == 1 for key in ids)


def test_V3_the_lists_of_flags_say_which_cases_they_told_of(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    client = signed_in(Role.REPRESENTATIVE, HOMES)
    client.get("/flags")
    client.post("/flags", data={"step": "all.to_add", "flag-to_add": [str(ids[1])]})
    with service.app_context():
        rows = select(AuditRow.detail).where(AuditRow.action == "flag.list_read").order_by(AuditRow.id)
        every, one = (set(detail["cases"].split()) for detail in db.session.scalars(rows))
        cases = {key: str(db.session.get_one(FlagRow, key).case_id) for key in ids}
    assert every == set(cases.values()) and one == {cases[ids[1]]}


def test_G1_who_runs_the_meetings_sees_which_agency_is_overdue_on_the_first_page_and_the_list(
    service: Flask, signed_in: SignIn, ids: list[UUID]
) -> None:
    coordinator, rep = signed_in(Role.COORDINATOR), signed_in(Role.REPRESENTATIVE, HOMES)
    assert "Overdue flags" not in coordinator.get("/").text
    with service.app_context(), saved():
        told = {"state": "to remove", "until": date(2026, 11, 5)}
        db.session.execute(update(FlagRow).where(FlagRow.id == ids[0]).values(told))
    home = text(coordinator.get("/"))
    assert "Overdue flags" in home and f"{HOMES}: 1 not added or taken off in time" in home
    assert "Overdue flags" not in rep.get("/").text
    assert (
        f"{HOMES}" in coordinator.get("/flags").text
        and "<strong>1</strong>" in coordinator.get("/flags").text
    )
