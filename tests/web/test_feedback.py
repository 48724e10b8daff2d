"""The pages of telling victims what was decided (Rulebook F1 to F5)."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from meetingsvc.models import (
    AccountRow,
    AgencyRow,
    AllocationRow,
    AuditRow,
    FeedbackRow,
    FeedbackTryRow,
    ItemRow,
    MeetingRow,
    NamedRow,
    ReferralToldRow,
    RestrictionRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, listed, people_rows
from tests.a_sent_referral import a_sent_row
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named
from tests.web.routes import statements

pytestmark = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
HAVEN = "Haven Northtest"
OUTCOME = {"version": "0", "risk": "medium", "refer": "no", "step": "save",
           "not_referred": "She is in refuge."}  # fmt: skip


@pytest.fixture
@remembered
def item(service: Flask) -> UUID:
    """A case on the list of Monday."""
    with service.app_context():
        from meetingsvc.store import areas

        area = areas.by_name("northtest")
        assert area is not None
        (found,) = listed(area.id, people_rows(1, MONDAY))
        db.session.remove()
        return found


def kept(service: Flask) -> list[FeedbackRow]:
    with service.app_context():
        found = list(db.session.scalars(select(FeedbackRow).order_by(FeedbackRow.version)))
        db.session.expunge_all()
        db.session.remove()
        return found


def over(service: Flask) -> None:
    with service.app_context():
        with saved():
            for meeting in db.session.scalars(select(MeetingRow)):
                meeting.state = "closed"
        db.session.remove()


def record(client: FlaskClient, item: UUID, **told: str) -> int:
    return client.post(f"/items/{item}/outcome", data=OUTCOME | told).status_code


def test_F2_the_outcome_form_has_the_idva_and_the_day_filled_in(
    service: Flask, signed_in: SignIn, item: UUID
) -> None:
    client = signed_in(Role.COORDINATOR)
    page = client.get(f"/items/{item}/outcome").text
    haven = agency_id(service)
    assert f'value="agency-{haven}" checked' in page and "Duty IDVA, Haven Northtest" in page
    assert 'name="telling-due"' in page and 'value="24/11/2026"' in page
    told = {"telling-choice": f"agency-{haven}", "telling-due": "25/11/2026"}
    assert record(client, item, **told) == 303
    (row,) = kept(service)
    assert (row.agency_id, row.name, row.due) == (haven, "Duty IDVA", date(2026, 11, 25))


def agency_id(service: Flask, name: str = HAVEN) -> UUID:
    with service.app_context():
        return agency_named(name)


def test_F2_M6_where_no_idva_may_open_the_case_the_form_says_whom_to_name(
    service: Flask, signed_in: SignIn, item: UUID
) -> None:
    client, _, there = signed_in(Role.COORDINATOR), signed_in(Role.IDVA, HAVEN), f"/items/{item}/outcome"
    assert "No IDVA may open this case" not in client.get(there).text
    with service.app_context(), acting.service(), saved():
        row = db.session.get_one(ItemRow, item)
        of = {"case_id": row.case_id, "area_id": row.area_id}
        runs = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)).one()
        named = NamedRow(**of, account_id=runs, named_by=runs, named_at=NOW)
        db.session.add(RestrictionRow(**of, state="restricted", hides="unnamed", reason="", put_at=NOW))
        db.session.add(named)
        access = f"/cases/{row.case_id}/access"
    page = client.get(there).text
    assert "Duty IDVA" not in page and "No IDVA may open this case" in page and access in page
    assert client.get(access).status_code == 200


def test_F1_what_is_missing_is_asked_for_beside_its_field_and_what_was_typed_stays(
    service: Flask, signed_in: SignIn, item: UUID
) -> None:
    client = signed_in(Role.COORDINATOR)
    answer = client.post(f"/items/{item}/outcome", data=OUTCOME | {"telling-choice": "unsafe"})
    assert answer.status_code == 422 and 'href="#telling-unsafe"' in answer.text
    told = {"telling-choice": "other", "telling-name": "Bo Lindqvist", "telling-due": "31/2/2026"}
    answer = client.post(f"/items/{item}/outcome", data=OUTCOME | told)
    assert answer.status_code == 422 and "By must be a real date" in answer.text
    assert 'value="Bo Lindqvist"' in answer.text and 'value="31/2/2026"' in answer.text
    assert kept(service) == []
    assert record(client, item, **{"telling-choice": "unsafe", "telling-unsafe": "He opens her post"}) == 303
    page = client.get(f"/items/{item}/outcome").text
    assert 'value="unsafe" checked' in page and "He opens her post" in page


def test_F4_how_to_make_contact_safely_stands_above_everything(
    service: Flask, signed_in: SignIn, item: UUID
) -> None:
    record(signed_in(Role.COORDINATOR), item)
    over(service)
    client = signed_in(Role.IDVA, HAVEN)
    page = client.get(f"/items/{item}/feedback").text
    assert "No safe way of contact is recorded: ask before you call." in page
    assert "no way in this service to write to a perpetrator" in page
    with service.app_context():
        with saved():
            case = db.session.get_one(ItemRow, item)
            sent = a_sent_row(case.area_id, case.case_id, kept_by(), agency_named(HAVEN), "x")
            db.session.add(
                ReferralToldRow(area_id=case.area_id, case_id=case.case_id, referral_id=sent.id, at=NOW,
                                sight="contact", label="Safe times", text="Weekday mornings", author="J. A.")
            )  # fmt: skip
        db.session.remove()
    page = client.get(f"/items/{item}/feedback").text
    body = page[page.index("<h1") :]
    assert body.index("Weekday mornings") < body.index("There is no way") < body.index("Who tells the victim")
    assert "No safe way of contact" not in page


def kept_by() -> UUID:
    return db.session.scalars(select(FeedbackRow.decided_by)).one()


def test_F5_the_idva_records_what_became_of_it(service: Flask, signed_in: SignIn, item: UUID) -> None:
    record(signed_in(Role.COORDINATOR), item)
    client, there = signed_in(Role.IDVA, HAVEN), f"/items/{item}/feedback"
    assert "not over yet" in client.get(there).text
    told = {"version": "1", "result": "not reached", "on": "23/11/2026", "by": "Una", "how": "Rang twice"}
    assert client.post(there, data=told).status_code == 409
    over(service)
    assert "1 to tell" in client.get("/").text and "Duty IDVA" in client.get("/feedback").text
    wrong = client.post(there, data=told)
    assert wrong.status_code == 422 and "Enter the day on which it is tried again" in wrong.text
    assert "Rang twice" in wrong.text
    unreadable = client.post(there, data=told | {"again_on": "soon"})
    assert unreadable.status_code == 422 and "Next try on must be a real date" in unreadable.text
    assert client.post(there, data=told | {"again_on": "26/11/2026"}).status_code == 303
    page = client.get(there).text
    assert "Could not be reached" in page and "Thursday 26 November 2026" in page
    done = told | {"result": "told", "how": "In person", "again_on": ""}
    assert client.post(there, data=done).status_code == 303
    assert client.post(there, data=done).status_code == 409
    assert "Nobody is to be told." in client.get("/feedback").text
    assert "The victim was told" in client.get(f"/cases/{case_of(service, item)}").text
    chair = signed_in(Role.CHAIR)
    assert (
        "not told after all" not in client.get(there).text and "not told after all" in chair.get(there).text
    )
    back = {"version": "1", "why": "", "again_on": "soon"}
    wrong = chair.post(f"{there}/who", data=back)
    assert wrong.status_code == 422 and "To be told by must be a real date" in wrong.text
    wrong = chair.post(f"{there}/who", data=back | {"again_on": "26/11/2026"})
    assert wrong.status_code == 422 and "Say why the victim is still to be told" in wrong.text
    back |= {"why": "It was her sister", "again_on": "26/11/2026"}
    assert client.post(f"{there}/who", data=back).status_code == 403
    assert chair.post(f"{there}/who", data=back).status_code == 303
    page = client.get(there).text
    assert "In person" in page and "Not told after all: It was her sister" in page
    assert "Record an attempt" in page


def case_of(service: Flask, item: UUID) -> UUID:
    with service.app_context():
        found = db.session.get_one(ItemRow, item).case_id
        db.session.remove()
        return found


def test_F1_who_runs_the_meetings_names_another(service: Flask, signed_in: SignIn, item: UUID) -> None:
    chair, there = signed_in(Role.CHAIR), f"/items/{item}/feedback"
    record(signed_in(Role.COORDINATOR), item)
    over(service)
    page = chair.get(there).text
    assert "Name another professional" in page and 'name="result"' not in page
    assert chair.post(f"{there}/who", data={"version": "1"}).status_code == 422
    homes = agency_id(service, "Northtest Homes")
    told = {"version": "1", "telling-choice": "other", "telling-agency_id": str(homes),
            "telling-name": "Bo Lindqvist", "telling-due": "26/11/2026"}  # fmt: skip
    refused = chair.post(f"{there}/who", data=told)
    assert refused.status_code == 422 and "more appropriate than an IDVA" in refused.text
    told["telling-instead_of_idva"] = "Her tenancy worker"
    assert chair.post(f"{there}/who", data=told).status_code == 303
    assert [row.name for row in kept(service)] == ["Duty IDVA", "Bo Lindqvist"]
    assert chair.post(f"{there}/who", data=told).status_code == 409
    page = chair.get(there).text
    assert page.index("Bo Lindqvist") < page.index("Before</h2>") < page.rindex("Duty IDVA")


def test_F1_who_runs_the_meetings_is_told_of_a_service_that_does_not_sit_in_the_meeting(
    service: Flask, signed_in: SignIn, item: UUID
) -> None:
    client, _ = signed_in(Role.COORDINATOR), signed_in(Role.IDVA, HAVEN)
    with service.app_context():
        with saved():
            db.session.get_one(AgencyRow, agency_named(HAVEN)).attends -= {"DRAMM"}
        db.session.remove()
    assert record(client, item) == 303 and [row.name for row in kept(service)] == ["Duty IDVA"]
    over(service)
    page = client.get("/feedback").text
    assert "make sure that they know" in page and "Cannot do it any more" not in page


def test_nobody_else_finds_the_page(service: Flask, signed_in: SignIn, item: UUID) -> None:
    record(signed_in(Role.COORDINATOR), item)
    over(service)
    for client in (signed_in(Role.REPRESENTATIVE), signed_in(Role.IDVA)):
        for hidden in (item, uuid4()):
            there = f"/items/{hidden}/feedback"
            assert client.get(there).status_code == client.post(there, data={}).status_code == 404
        assert "Nobody is to be told." in client.get("/feedback").text
    with service.app_context():
        assert db.session.query(FeedbackTryRow).count() == 0


def test_B_who_sits_in_no_meeting_opens_the_case_given_to_them_and_tells_of_it(
    service: Flask, signed_in: SignIn, item: UUID
) -> None:
    record(signed_in(Role.COORDINATOR), item)
    over(service)
    client, there = signed_in(Role.IDVA, HAVEN), f"/items/{item}/feedback"
    with service.app_context():
        with saved():
            haven = db.session.get_one(AgencyRow, agency_named(HAVEN))
            haven.attends = frozenset()
            row = db.session.get_one(ItemRow, item)
            who = db.session.scalars(select(AccountRow.id).where(AccountRow.role == Role.IDVA)).one()
            case = f"/cases/{row.case_id}"
            given = AllocationRow(case_id=row.case_id, account_id=who, area_id=row.area_id,
                                  allocated_by=who, allocated_at=NOW)  # fmt: skip
        db.session.remove()
    assert client.get(there).status_code == client.get(case).status_code == 404
    with service.app_context(), saved():
        db.session.add(given)
    page = client.get(there).text
    assert "Record an attempt" in page and f'href="{case}"' in page
    assert f"/items/{item}/outcome" not in page  # that page is the meeting's
    told = client.get(case).text
    assert "This case is given to you" in told
    assert "Daily list, Mon 23 Nov 2026" in told and 'href="/lists/' not in told, "that list is not theirs"
    assert client.get(f"/items/{item}/outcome").status_code == 404


def test_the_pages_ask_the_database_little(service: Flask, signed_in: SignIn, item: UUID) -> None:
    client = signed_in(Role.COORDINATOR)
    record(client, item)
    over(service)
    for there, most in (("/feedback", 14), (f"/items/{item}/feedback", 46)):
        client.get(there)
        with statements(service) as said:
            assert client.get(there).status_code == 200
        assert len(said) <= most, (there, len(said))


def test_V3_the_list_of_those_to_tell_says_which_cases_it_told_of(
    service: Flask, signed_in: SignIn, item: UUID
) -> None:
    client = signed_in(Role.COORDINATOR)
    record(client, item)
    over(service)
    client.get("/feedback")
    with service.app_context():
        (detail,) = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "feedback.list_read"))
        assert detail["cases"] == str(db.session.get_one(ItemRow, item).case_id)
