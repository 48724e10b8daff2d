"""Agencies: what they attend, their signing, and their withdrawal with effect at once."""

import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import AccountRow, AgencyRow, AuditRow, OutboxRow, WithdrawalRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import accounts, audit, outbox
from meetingsvc.usecases.accounts import create as new_account
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.pages import text

MANAGERS = (Role.SYSTEM_ADMINISTRATOR, Role.INFORMATION_GOVERNANCE)
SEEN = "MARAC"  # how Northtest Homes stands at first
NOTICE = {"why": "It is merged into another", "notice_on": ["20", "11", "2026"], "leaves": "at once"}


def homes(service: Flask) -> AgencyRow:
    with service.app_context():
        found = db.session.get_one(AgencyRow, agency_named("Northtest Homes"))
        db.session.expunge(found)
        return found


def actions(service: Flask, agency_id: UUID) -> list[str]:
    with service.app_context():
        return list(
            db.session.scalars(select(AuditRow.action).where(AuditRow.subject == f"agency/{agency_id}"))
        )


@pytest.mark.parametrize("role", MANAGERS)
def test_an_agency_is_added(service: Flask, signed_in: SignIn, role: Role) -> None:
    client = signed_in(role)
    data = {"name": "Calder Bridge Clinic", "kind": "health", "attends": ["DRAMM", "MARAC"]}
    assert client.post("/agencies/new", data=data).status_code == 303
    assert "Calder Bridge Clinic Health Not signed" in text(client.get("/agencies"))
    twice = client.post("/agencies/new", data=data | {"name": " calder  bridge CLINIC"})
    assert twice.status_code == 422 and "There is an agency" in text(twice)


@pytest.mark.parametrize(
    "told, said",
    [
        ({"name": ""}, "Enter the agency&#39;s name"),
        ({"kind": ""}, "Choose a kind of agency"),
        ({"attends": ["weekly"]}, "not a valid choice"),
    ],
)
def test_what_is_wrong_is_said(signed_in: SignIn, told: dict[str, object], said: str) -> None:
    data = {"name": "Calder Bridge Clinic", "kind": "health"} | told
    answer = signed_in(Role.SYSTEM_ADMINISTRATOR).post("/agencies/new", data=data)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_S3_what_it_attends_is_set_and_recorded(service: Flask, signed_in: SignIn) -> None:
    client, agency = signed_in(Role.SYSTEM_ADMINISTRATOR), homes(service)
    data = {"attends": ["DRAMM"], "seen": SEEN}
    assert client.post(f"/agencies/{agency.id}", data=data).status_code == 303
    now = homes(service)
    assert now.attends == {"DRAMM"}
    with service.app_context():
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "agency.changed")).one()
        assert line.detail == {"old": SEEN, "new": "DRAMM"}


def test_what_somebody_else_has_changed_is_shown_and_not_overwritten(
    service: Flask, signed_in: SignIn
) -> None:
    client, agency = signed_in(Role.SYSTEM_ADMINISTRATOR), homes(service)
    client.post(f"/agencies/{agency.id}", data={"attends": ["DRAMM"], "seen": SEEN})
    late = client.post(f"/agencies/{agency.id}", data={"attends": ["MARAC"], "seen": SEEN})
    assert late.status_code == 422
    assert "It now attends daily." in text(late)
    assert homes(service).attends == {"DRAMM"}
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', late.get_data(as_text=True))
    assert seen
    again = client.post(f"/agencies/{agency.id}", data={"attends": ["MARAC"], "seen": seen[1]})
    assert again.status_code == 303 and homes(service).attends == {"MARAC"}


AGREEMENTS = ("sign", "review", "withdraw", "cleared", "stay", "told")
SIGNS = {"by": "A. Head", "post": "Head of service", "version": "2026"}


@pytest.mark.parametrize("what", AGREEMENTS)
def test_V1_information_governance_alone_keeps_the_register(
    service: Flask, signed_in: SignIn, what: str
) -> None:
    path = f"/agencies/{homes(service).id}/{what}"
    assert signed_in(Role.INFORMATION_GOVERNANCE).get(path).status_code == 200
    for role in set(Role) - {Role.INFORMATION_GOVERNANCE}:
        assert signed_in(role).get(path).status_code == 403, role
        assert signed_in(role).post(path).status_code == 403, role


def test_S3_an_agency_that_was_added_reads_nothing_until_it_has_signed(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    client.post(
        "/agencies/new", data={"name": "Calder Bridge Clinic", "kind": "health", "attends": ["DRAMM"]}
    )
    with service.app_context():
        clinic = db.session.scalars(select(AgencyRow).where(AgencyRow.name == "Calder Bridge Clinic")).one()
        assert clinic.signed_on is None
    future = client.post(f"/agencies/{clinic.id}/sign", data=SIGNS | {"signed_on": ["24", "11", "2026"]})
    assert future.status_code == 422 and "in the future" in text(future)
    signed = client.post(f"/agencies/{clinic.id}/sign", data=SIGNS | {"signed_on": ["23", "11", "2026"]})
    assert signed.status_code == 303
    assert actions(service, clinic.id) == ["agency.created", "agreement.signed"]


@pytest.mark.parametrize(
    "signed_on, said",
    [
        (["31", "2", "2026"], "Enter a real date"),
        (["", "2", "2026"], "Enter the day on which it signed"),
        (["5"], "Enter a real date"),
        (["5", "1", "2026", "7"], "Enter a real date"),
        (["٥", "1", "2026"], "Enter a real date"),
        ([], "Enter the day on which it signed"),
    ],
)
def test_a_day_that_is_none_is_refused(
    service: Flask, signed_in: SignIn, signed_on: list[str], said: str
) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    answer = client.post(f"/agencies/{homes(service).id}/sign", data=SIGNS | {"signed_on": signed_on})
    assert answer.status_code == 422 and said in answer.get_data(as_text=True)
    assert homes(service).signed_on == date(2026, 1, 5)


def test_V1_a_withdrawal_takes_effect_with_the_next_request_and_takes_back_messages(
    service: Flask, signed_in: SignIn
) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    person = signed_in(Role.REPRESENTATIVE, "Northtest Homes")
    with service.app_context(), saved():
        theirs = db.session.scalars(select(AccountRow.id).where(AccountRow.agency_id == agency.id)).one()
        context = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/marac"}
        outbox.put(agency.area_id, theirs, Notice.AGENDA_PUBLISHED, context, NOW)
    assert "No agenda has been shared" in text(person.get("/"))
    assert client.get(f"/agencies/{agency.id}/withdraw").status_code == 200
    assert homes(service).withdrawn_on is None, "asking changes nothing"
    assert client.post(f"/agencies/{agency.id}/withdraw", data=NOTICE).status_code == 303
    assert client.post(f"/agencies/{agency.id}/withdraw", data=NOTICE).status_code == 303, "changes nothing"
    assert homes(service).withdrawn_on == date(2026, 11, 23)
    assert actions(service, agency.id) == ["agency.created", "agency.withdrawn"]
    assert "Withdrawn" in text(client.get("/agencies"))
    with service.app_context():
        who = accounts.principal(theirs, NOW)
        assert who is not None and not who.is_signatory
        assert db.session.scalars(select(OutboxRow.state)).all() == ["refused"]


def test_V1_a_withdrawal_after_four_weeks_notice_waits_and_can_be_brought_forward(
    service: Flask, signed_in: SignIn
) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    path = f"/agencies/{agency.id}/withdraw"
    assert client.post(path, data=NOTICE | {"leaves": "after notice"}).status_code == 303
    assert homes(service).withdrawn_on == date(2026, 12, 18)
    assert "Leaves on Friday 18 December 2026" in text(client.get(f"/agencies/{agency.id}"))
    assert "has not confirmed" not in text(client.get("/"))
    assert client.post(path, data=NOTICE).status_code == 303
    assert homes(service).withdrawn_on == date(2026, 11, 23)
    with service.app_context():
        assert db.session.scalars(select(WithdrawalRow.withdrawn_on)).all() == [date(2026, 11, 23)]
    ahead = client.post(path, data=NOTICE | {"notice_on": ["24", "11", "2026"]})
    assert ahead.status_code == 422 and "cannot be in the future" in text(ahead)


def test_V1_who_withdrew_is_chased_until_it_confirms_what_it_did_with_what_it_held(
    service: Flask, signed_in: SignIn
) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    client.post(f"/agencies/{agency.id}/withdraw", data=NOTICE)
    assert "Northtest Homes : left on Monday 23 November 2026 and has not confirmed" in text(client.get("/"))
    assert "has not confirmed" not in text(signed_in(Role.SYSTEM_ADMINISTRATOR).get("/"))
    told = {"how": "destroyed", "on": ["23", "11", "2026"], "by": "Robin Ashgrove, records"}
    path = f"/agencies/{agency.id}/cleared"
    assert client.post(path, data=told | {"by": ""}).status_code == 422
    assert client.post(path, data=told).status_code == 303
    assert "has not confirmed" not in text(client.get("/"))
    page = text(client.get(f"/agencies/{agency.id}"))
    assert "destroyed on Monday 23 November 2026, confirmed by Robin Ashgrove, records" in page
    with service.app_context():
        line = db.session.scalars(select(AuditRow).where(AuditRow.action == "withdrawal.cleared")).one()
        assert line.detail == {"how": "destroyed"}
    assert client.post(path, data=told).status_code == 422, "nothing waits any more"


@pytest.mark.parametrize("signed, back", [(["22", "11", "2026"], False), (["23", "11", "2026"], True)])
def test_V1_only_signing_again_brings_an_agency_back(
    service: Flask, signed_in: SignIn, signed: list[str], back: bool
) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    client.post(f"/agencies/{agency.id}/withdraw", data=NOTICE)
    client.post(f"/agencies/{agency.id}", data={"attends": ["DRAMM"], "seen": SEEN})
    assert homes(service).withdrawn_on is not None, "attending is not signing"
    answer = client.post(f"/agencies/{agency.id}/sign", data=SIGNS | {"signed_on": signed})
    assert answer.status_code == (303 if back else 422)
    assert (homes(service).withdrawn_on is None) == back


def test_V1_a_review_that_is_overdue_stands_on_the_first_page_until_it_was_had(
    service: Flask, signed_in: SignIn
) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    assert "yearly review" not in text(client.get("/")), "signed this January"
    with service.app_context(), saved():
        db.session.get_one(AgencyRow, agency.id).signed_on = date(2025, 11, 22)
    assert "Northtest Homes : the yearly review was due on Sunday 22 November 2026" in text(client.get("/"))
    assert "Overdue" in text(client.get(f"/agencies/{agency.id}"))
    early = client.post(f"/agencies/{agency.id}/review", data={"reviewed_on": ["1", "1", "2025"]})
    assert early.status_code == 422, "before it was signed"
    told = {"reviewed_on": ["20", "11", "2026"]}
    assert client.post(f"/agencies/{agency.id}/review", data=told).status_code == 303
    assert "yearly review" not in text(client.get("/"))
    assert "by Saturday 20 November 2027" in text(client.get(f"/agencies/{agency.id}"))


def test_accounts_made_at_the_host_stand_on_the_first_page_of_information_governance(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.INFORMATION_GOVERNANCE)
    assert "by command line" not in text(client.get("/"))
    with service.app_context(), saved():
        agency = agency_named("Northtest Homes")
        new_account(agency, Role.CHAIR, "Wren", "w@homes.example", PASSWORD, audit.COMMAND_LINE, NOW)
    assert "1 account made by command line" in text(client.get("/"))
    assert "by command line" not in text(signed_in(Role.SYSTEM_ADMINISTRATOR).get("/"))


def test_V1_a_signature_says_who_signed_as_what_and_which_version(service: Flask, signed_in: SignIn) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    path, day = f"/agencies/{agency.id}/sign", {"signed_on": ["23", "11", "2026"]}
    for name in SIGNS:
        assert client.post(path, data=SIGNS | day | {name: " "}).status_code == 422, name
    assert client.post(path, data=SIGNS | day).status_code == 303
    assert "by A. Head, Head of service, version 2026" in text(client.get(f"/agencies/{agency.id}"))
    register = text(client.get("/agreements"))
    assert "Northtest Homes Signed" in register and "Tuesday 23 November 2027" in register


def test_V1_a_notice_is_taken_back_on_its_own_page(service: Flask, signed_in: SignIn) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    page = f"/agencies/{agency.id}"
    assert client.post(f"{page}/withdraw", data=NOTICE | {"why": " "}).status_code == 422
    assert client.post(f"{page}/withdraw", data=NOTICE | {"leaves": "after notice"}).status_code == 303
    assert "takes its notice back" in text(client.get(page))
    assert "with its notice running" in text(client.get("/agreements"))
    assert client.post(f"{page}/stay", data={"why": "It was won back"}).status_code == 303
    assert homes(service).withdrawn_on is None
    assert "Taken back on Monday 23 November 2026: It was won back" in text(client.get(page))
    assert client.post(f"{page}/stay", data={"why": "Again"}).status_code == 422


def test_V1_who_was_told_of_a_withdrawal_is_kept_and_who_was_not_stands_there(
    service: Flask, signed_in: SignIn
) -> None:
    client, agency = signed_in(Role.INFORMATION_GOVERNANCE), homes(service)
    page, day = f"/agencies/{agency.id}", ["23", "11", "2026"]
    client.post(f"{page}/withdraw", data=NOTICE)
    shown = text(client.get(page))
    assert "Not told yet: The chair" in shown and "Ask again on Monday 30 November 2026" in shown
    assert "not everybody who has to know was told" in text(client.get("/"))
    for whom in ("chair", "partnership", "partners"):
        assert client.post(f"{page}/told", data={"whom": whom, "on": day}).status_code == 303
    assert "Not told yet" not in text(client.get(page))
    assert "not everybody who has to know" not in text(client.get("/"))
