"""The page of open actions, and the form that settles one."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.circulation import Group
from meetingsvc.models import ActionRow, AuditRow, ItemRow, PersonRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import actions as store
from meetingsvc.usecases.transaction import saved
from tests.a_marac import a_person, referred
from tests.servers.remembered import remembered
from tests.web.conftest import SignIn, agency_named
from tests.web.routes import statements

POLICE, HAVEN = "Northtest Police", "Haven Northtest"


@pytest.fixture
@remembered
def ids(service: Flask) -> dict[str, UUID]:
    """An overdue action of Haven, and one of the police that is not due yet, on one case each."""
    with service.app_context():
        referred(a_person(agency_named(POLICE), Role.COORDINATOR), [Group.NEW_NO_SAFEGUARDS] * 2)
        with saved():
            first, second = db.session.scalars(select(ActionRow))
            first.agency_id, first.what, first.due = (
                agency_named(HAVEN),
                "Ring the refuge",
                date(2026, 11, 20),
            )
            second.agency_id, second.what = agency_named(POLICE), "Fit a camera"
            found = {"haven": first.id, "police": second.id}
        db.session.remove()
        return found


def settled(client: FlaskClient, action_id: UUID, status: str, reason: str = "Seen") -> int:
    return client.post(f"/actions/{action_id}", data={"status": status, "reason": reason}).status_code


def test_A1_the_home_page_leads_to_the_actions_it_counts(signed_in: SignIn, ids: dict[str, UUID]) -> None:
    client = signed_in(Role.COORDINATOR)
    home = client.get("/").text
    assert "2 open, <strong>1 overdue</strong>" in home and 'href="/actions">See the actions' in home
    page = client.get("/actions").text
    assert "2 open actions" in page and page.index("Ring the refuge") < page.index("Fit a camera")
    assert page.count("app-badge--late") == 1 and 'href="/cases/' in page


def test_A1_an_agency_sees_and_settles_its_own_actions_only(signed_in: SignIn, ids: dict[str, UUID]) -> None:
    idva = signed_in(Role.IDVA, HAVEN)
    page = idva.get("/actions").text
    assert "Ring the refuge" in page and "Fit a camera" not in page and "All agencies" not in page
    for hidden in (ids["police"], uuid4()):
        assert idva.get(f"/actions/{hidden}").status_code == settled(idva, hidden, "done") == 404
    assert settled(idva, ids["haven"], "done") == 303
    assert "No action is open." in idva.get("/actions").text


def test_A1_the_reason_is_asked_for_beside_the_field_and_what_was_typed_stays(
    signed_in: SignIn, ids: dict[str, UUID]
) -> None:
    client, there = signed_in(Role.CHAIR), f"/actions/{ids['haven']}"
    assert "Choose what became of the action" in client.post(there, data={}).text
    assert settled(client, ids["haven"], "open") == settled(client, ids["haven"], "forged") == 422
    answer = client.post(there, data={"status": "not done", "reason": " "})
    assert answer.status_code == 422 and "Say why the action was not done" in answer.text
    assert 'value="not done" checked' in answer.text
    long = client.post(there, data={"status": "done", "reason": "x" * 501})
    assert long.status_code == 422 and "500 characters or fewer" in long.text


def test_A1_an_action_settled_meanwhile_says_so(signed_in: SignIn, ids: dict[str, UUID]) -> None:
    client = signed_in(Role.COORDINATOR)
    assert settled(client, ids["haven"], "not possible", "She moved away") == 303
    page = client.get(f"/actions/{ids['haven']}").text
    assert "already that this action was not possible" in page and "She moved away" in page
    assert "Record</button>" not in page
    assert settled(client, ids["haven"], "done") == 409


def test_A1_who_runs_meetings_narrows_the_list_to_one_agency_page_by_page(
    service: Flask, signed_in: SignIn, ids: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    with service.app_context():
        haven = agency_named(HAVEN)
        with saved():
            db.session.get_one(ActionRow, ids["police"]).agency_id = haven
    monkeypatch.setattr(store, "PAGE", 1)
    client = signed_in(Role.COORDINATOR)
    first = client.get(f"/actions?agency={haven}").text
    assert "Ring the refuge" in first and "Fit a camera" not in first
    assert f"agency={haven}" in first[first.index("govuk-pagination__next") :], "the next page keeps it"
    assert "Fit a camera" in client.get(f"/actions?agency={haven}&page=2").text
    with service.app_context():
        police = agency_named(POLICE)
    assert "No action is open." in client.get(f"/actions?agency={police}").text
    assert "2 open actions" in client.get("/actions?agency=forged").text
    assert "There is no such page." in client.get("/actions?page=9").text


def test_V5_who_opens_actions_leaves_a_trace_and_the_page_asks_little(
    service: Flask, signed_in: SignIn, ids: dict[str, UUID]
) -> None:
    client = signed_in(Role.COORDINATOR)
    client.get("/")
    with statements(service) as two:
        client.get("/actions")
    assert settled(client, ids["haven"], "done") == 303
    client.get("/")
    with statements(service) as one:
        client.get("/actions")
    assert len(one) == len(two), "as many statements for one action as for two"
    client.get(f"/actions/{ids['police']}")
    with service.app_context():
        said = db.session.scalars(
            select(AuditRow.action).where(AuditRow.action.like("action.%")).order_by(AuditRow.id)
        )
        assert list(said) == [
            *("action.list_read", "action.read", "action.settled", "action.list_read", "action.read")
        ]


def test_A1_several_at_once_with_nothing_lost_where_one_is_wrong(
    service: Flask, signed_in: SignIn, ids: dict[str, UUID]
) -> None:
    client = signed_in(Role.COORDINATOR)
    haven, police = ids["haven"], ids["police"]
    told = {"action": [str(haven), str(police), "forged"], f"status-{haven}": "done",
            f"said-{haven}": "Rang them", f"status-{police}": "not done"}  # fmt: skip
    answer = client.post("/actions", data=told)
    assert answer.status_code == 422 and "Say why the action was not done" in answer.text
    assert 'value="Rang them"' in answer.text and 'value="not done" selected' in answer.text
    assert client.post("/actions", data=told | {"said-all": "No camera left"}).status_code == 303
    assert "No action is open." in client.get("/actions").text
    page = client.get("/actions?show=settled").text
    assert "Rang them" in page and "No camera left" in page
    assert client.post("/actions", data={}).status_code == 303, "nothing was chosen"
    assert (
        signed_in(Role.IDVA, HAVEN).post("/actions", data=told | {"action": [str(police)]}).status_code == 404
    )


def test_A1_a_settled_action_is_set_again_and_the_chair_hears_of_the_second_time(
    service: Flask, signed_in: SignIn, ids: dict[str, UUID]
) -> None:
    coordinator, chair, there = signed_in(Role.COORDINATOR), signed_in(Role.CHAIR), f"/actions/{ids['haven']}"
    for _ in range(2):
        assert settled(coordinator, ids["haven"], "not done", "Nobody was free") == 303
        assert "action not done twice" not in chair.get("/actions").text or _
        assert coordinator.post(f"{there}/reopen", data={"said": " "}).status_code == 422
        if not _:
            assert coordinator.post(f"{there}/reopen", data={"said": "Still needed"}).status_code == 303
    assert "1</strong> action not done twice" in chair.get("/actions").text
    assert "Nobody was free" in chair.get("/actions/twice").text
    assert coordinator.get("/actions/twice").status_code == 403
    assert chair.post(f"{there}/looked", data={"said": "Rang their manager"}).status_code == 303
    assert "No action was not done twice" in chair.get("/actions/twice").text
    with service.app_context():
        case_id = db.session.scalars(
            select(ItemRow.case_id)
            .join(ActionRow, ActionRow.item_id == ItemRow.id)
            .where(ActionRow.id == ids["haven"])
        ).one()
    plan = coordinator.get(f"/cases/{case_id}/plan").text
    for said in ("Ring the refuge", "Nobody was free", "Still needed", "Rang their manager"):
        assert said in plan


def test_the_list_as_a_file_holds_no_formula_and_no_name_of_a_party(
    service: Flask, signed_in: SignIn, ids: dict[str, UUID]
) -> None:
    client = signed_in(Role.COORDINATOR)
    settled(client, ids["haven"], "done", "=1+1")
    answer = client.get("/actions/list.csv?show=settled")
    assert answer.mimetype == "text/csv" and "'=1+1" in answer.text and "Ring the refuge" in answer.text
    assert "Fit a camera" not in answer.text and "C-0000" in answer.text
    with service.app_context():
        for name in db.session.scalars(select(PersonRow.surname)):
            assert name not in answer.text


def test_V3_the_list_of_actions_says_which_cases_it_told_of(
    service: Flask, signed_in: SignIn, ids: dict[str, UUID]
) -> None:
    signed_in(Role.IDVA, HAVEN).get("/actions")
    with service.app_context():
        (detail,) = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "action.list_read"))
        item = db.session.get_one(ActionRow, ids["haven"]).item_id
        assert detail["cases"] == str(db.session.get_one(ItemRow, item).case_id)
