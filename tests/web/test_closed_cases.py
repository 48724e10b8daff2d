"""A closed case asks why before any of its pages opens (security.md A, scenario 5)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from meetingsvc.models import (
    AccountRow,
    ActionRow,
    AlarmRow,
    AuditRow,
    ClosedReasonRow,
    DecoyRow,
    DraftRow,
    ItemRow,
    MeetingRow,
    OpeningRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import areas
from meetingsvc.store.alarms import AlarmKind
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, listed, people_rows
from tests.a_wall import a_wall
from tests.web.conftest import NOW, SignIn, agency_named
from tests.web.routes import body, doors

WHY = "Her sister rang about the injunction"
LONG_AGO = NOW.date() - timedelta(days=29)


@pytest.fixture
def case(service: Flask, signed_in: SignIn) -> dict[str, UUID]:
    """A case whose only meeting was 29 days ago, with an action that is done."""
    signed_in(Role.COORDINATOR)
    with service.app_context():
        area, who = areas.by_name("northtest"), a_person(Role.COORDINATOR)
        assert area is not None
        (item_id,) = listed(area.id, people_rows(1, MONDAY), MONDAY)
        case_id, action_id = db.session.get_one(ItemRow, item_id).case_id, uuid4()
        with saved():
            db.session.execute(update(MeetingRow).values(sits_on=LONG_AGO))
            db.session.add(ActionRow(id=action_id, area_id=area.id, item_id=item_id, category="victim",
                                     agency_id=agency_named("Northtest Police"), what="Fit a lock",
                                     due=NOW.date(), status="done", set_by=who, set_at=NOW))  # fmt: skip
        return {"case_id": case_id, "item_id": item_id, "action_id": action_id, "area_id": area.id}


def a_person(role: Role) -> UUID:
    return db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()


def test_A5_every_page_of_a_closed_case_asks_why_first(
    service: Flask, signed_in: SignIn, case: dict[str, UUID]
) -> None:
    asked = 0
    clients = {role: signed_in(role) for role in (Role.COORDINATOR, Role.CHAIR, Role.REPRESENTATIVE)}
    for door in doors(service):
        for role, client in clients.items():
            if role not in door.roles or not set(door.ids) & case.keys() or str(door.rule).endswith("/why"):
                continue
            answer = door.knock(client, lambda name: case.get(name) or uuid4())
            assert answer.status_code in (302, 303), (str(door), role)
            assert answer.location.startswith((f"/cases/{case['case_id']}/why?next=", "/again")), str(door)
            asked += 1
    assert asked > 100


def test_A5_the_reason_is_asked_once_an_hour_and_the_page_asked_for_follows(
    service: Flask, signed_in: SignIn, case: dict[str, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, page = signed_in(Role.COORDINATOR), f"/cases/{case['case_id']}/in-full?page=1"
    asks = client.get(page)
    shown = client.get(asks.location)
    assert shown.status_code == 200 and "This case is closed" in shown.text
    assert "Thistlewood" not in shown.text and "C-000001" not in shown.text
    assert client.post(asks.location, data={"next": page, "reason": "because"}).status_code == 422
    assert client.get(page).status_code == 303, "nothing was kept"
    said = client.post(asks.location, data={"next": page, "reason": WHY})
    assert (said.status_code, said.location) == (303, page)
    assert client.get(page).status_code == 200
    assert client.get(f"/items/{case['item_id']}/outcome").status_code == 200, "once for the whole case"
    assert signed_in(Role.CHAIR).get(page).status_code == 303, "for this person alone"
    with service.app_context(), saved():  # an hour is over; the session lives on
        db.session.execute(update(ClosedReasonRow).values(until=NOW))
    assert client.get(page).status_code == 303


def test_A5_the_chair_reads_why_in_the_access_log_and_the_trail_has_no_words(
    service: Flask, signed_in: SignIn, case: dict[str, UUID]
) -> None:
    here = f"/cases/{case['case_id']}"
    for role in (Role.COORDINATOR, Role.CHAIR):
        signed_in(role).post(f"{here}/why", data={"reason": f"{WHY} {role}"})
    told = signed_in(Role.CHAIR).get(f"{here}/opened").text
    assert f"{WHY} coordinator" in told and "Said why they read a closed case" in told
    with service.app_context():
        lines = db.session.scalars(select(AuditRow).where(AuditRow.action == "case.reason_given")).all()
        kept = {str(row.id) for row in db.session.scalars(select(ClosedReasonRow))}
        assert {line.detail["closed"] for line in lines} == kept
        assert all(line.case_id == case["case_id"] and WHY not in str(line.detail) for line in lines)


def test_A5_who_turns_back_at_the_question_has_come_to_the_case_all_the_same(
    service: Flask, signed_in: SignIn, case: dict[str, UUID]
) -> None:
    client = signed_in(Role.COORDINATOR)
    with service.app_context(), saved():
        db.session.add(DecoyRow(case_id=case["case_id"], area_id=case["area_id"], made_at=NOW))
    client.get(client.get(f"/cases/{case['case_id']}").location)
    with service.app_context():
        lines = db.session.scalars(select(AuditRow.case_id).where(AuditRow.action == "case.asked_why")).all()
        assert lines == [case["case_id"]]
        assert [row.kind for row in db.session.scalars(select(AlarmRow))] == [AlarmKind.DECOY]


def test_A5_M6_a_hidden_case_asks_nobody(service: Flask, signed_in: SignIn, case: dict[str, UUID]) -> None:
    client = signed_in(Role.COORDINATOR)
    with service.app_context():
        a_wall(case["area_id"], case["case_id"], a_person(Role.COORDINATOR))
    for rule in ("/cases/{case_id}", "/cases/{case_id}/why", "/cases/{case_id}/in-full",
                 "/items/{item_id}/outcome", "/actions/{action_id}"):  # fmt: skip
        theirs, none = (
            client.get(rule.format(**ids)) for ids in (case, dict.fromkeys(case, uuid4()))
        )  # the address of an unknown one
        assert theirs.status_code == none.status_code == 404 and body(theirs) == body(none), rule
    assert client.post(f"/cases/{case['case_id']}/why", data={"reason": WHY}).status_code == 404


def test_A5_what_was_sent_is_kept_and_sent_again_after_the_reason(
    service: Flask, signed_in: SignIn, case: dict[str, UUID]
) -> None:
    client, path = signed_in(Role.REPRESENTATIVE), f"/cases/{case['case_id']}/ask-for-restriction"
    asks = client.post(path, data={"reason": "typed before"})
    draft = asks.location.partition("next=")[2].replace("%2F", "/")
    assert draft.startswith("/again/drafts/")
    assert "It is kept" in client.get(asks.location).text
    assert client.post(asks.location, data={"next": draft, "reason": WHY}).location == draft
    assert "typed before" in client.get(draft).text
    with service.app_context():
        assert db.session.scalars(select(DraftRow.path)).one() == path


@pytest.mark.parametrize("what", ["a meeting of late", "a meeting ahead", "an open action", "a setting"])
def test_A5_a_current_case_asks_nobody(
    service: Flask, signed_in: SignIn, case: dict[str, UUID], what: str
) -> None:
    client, page = signed_in(Role.COORDINATOR), f"/cases/{case['case_id']}"
    assert client.get(page).status_code == 303
    with service.app_context(), saved():
        if what == "an open action":
            db.session.execute(update(ActionRow).values(status="open"))
        elif what == "a setting":
            areas.by_id(case["area_id"]).settings = {"closed_after_days": 29}
        else:
            day = LONG_AGO + timedelta(days=1) if what == "a meeting of late" else date(2026, 12, 24)
            db.session.execute(update(MeetingRow).values(sits_on=day))
    assert client.get(page).status_code == 200


def test_A5_who_broke_the_glass_or_has_a_ticket_has_said_why(
    service: Flask, signed_in: SignIn, case: dict[str, UUID]
) -> None:
    client, page = signed_in(Role.INFORMATION_GOVERNANCE), f"/cases/{case['case_id']}"
    assert client.get(page).status_code == 404
    with service.app_context(), saved():
        db.session.add(OpeningRow(area_id=case["area_id"], case_id=case["case_id"], kind="ticket", reason=WHY,
                                  account_id=a_person(Role.INFORMATION_GOVERNANCE), asked_at=NOW,
                                  until=NOW + timedelta(hours=1)))  # fmt: skip
    assert client.get(page).status_code == 200


def test_A5_nobody_is_sent_elsewhere_by_what_follows(signed_in: SignIn, case: dict[str, UUID]) -> None:
    client, here = signed_in(Role.COORDINATOR), f"/cases/{case['case_id']}"
    said = client.post(f"{here}/why", data={"next": "//elsewhere.example", "reason": WHY})
    assert said.location == here
