"""Accounts: who makes, changes and disables whose."""

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from meetingsvc.models import AccountRow, AuditRow, db
from meetingsvc.permissions import Role
from meetingsvc.usecases import accounts
from meetingsvc.usecases.transaction import saved
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.pages import text
from tests.web.routes import statements

AGENCIES = ("Northtest Police", "Northtest Homes")


@pytest.fixture
def people(service: Flask) -> dict[tuple[Role, str], UUID]:
    """Somebody of every role in two agencies."""
    made = {}
    with service.app_context(), saved():
        for agency in AGENCIES:
            for role in Role:
                name = f"{role.label} of {agency}"
                email = re.sub(r"\W+", ".", name.lower()) + "@northtest.example"
                made[role, agency] = accounts.create(
                    agency_named(agency), role, name, email, PASSWORD, "test", NOW
                )
    return made


def row(service: Flask, account_id: UUID) -> AccountRow:
    with service.app_context():
        found = db.session.get_one(AccountRow, account_id)
        db.session.expunge(found)
        return found


def form(service: Flask, role: Role, at: str = "Northtest Homes", **told: str) -> dict[str, str]:
    with service.app_context():
        agency = str(agency_named(at))
    usual = {"name": "Tamsin Orme", "email": "tamsin@homes.example", "agency": agency, "role": role.value}
    return usual | told


def test_the_system_administrator_makes_an_account_and_sees_its_password_once(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(Role.SYSTEM_ADMINISTRATOR)
    answer = client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE))
    shown = re.search(r"<code>([\w-]+)</code>", answer.get_data(as_text=True))
    assert answer.status_code == 200 and shown
    person = service.test_client()
    told = {"email": "tamsin@homes.example", "password": shown[1]}
    assert person.post("/sign-in", data=told).status_code == 302
    assert person.get("/").location == "/password"
    for path in ("/accounts", "/audit"):
        assert shown[1] not in client.get(path).get_data(as_text=True)
    with service.app_context():
        details = [str(detail) for detail in db.session.scalars(select(AuditRow.detail))]
    assert not any(shown[1] in detail or "tamsin" in detail.lower() for detail in details)


def test_an_agencys_administrator_sees_only_its_own_representatives_and_idvas(
    signed_in: SignIn, people: dict[tuple[Role, str], UUID]
) -> None:
    client = signed_in(Role.AGENCY_ADMINISTRATOR, "Northtest Homes")
    page = client.get("/accounts").get_data(as_text=True)
    mine = {people[role, "Northtest Homes"] for role in (Role.REPRESENTATIVE, Role.IDVA)}
    assert {UUID(found) for found in re.findall(r"/accounts/([0-9a-f-]{36})", page)} == mine
    for account_id in people.values():
        seen = client.get(f"/accounts/{account_id}").status_code
        assert seen == (200 if account_id in mine else 404)
        for what in ("role", "disable", "enable", "password"):
            if account_id not in mine:
                assert client.post(f"/accounts/{account_id}/{what}").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.REPRESENTATIVE, Role.IDVA)])
def test_an_agencys_administrator_gives_no_other_role(
    service: Flask, signed_in: SignIn, people: dict[tuple[Role, str], UUID], role: Role
) -> None:
    client = signed_in(Role.AGENCY_ADMINISTRATOR, "Northtest Homes")
    assert client.post("/accounts/new", data=form(service, role)).status_code == 422
    mine = people[Role.REPRESENTATIVE, "Northtest Homes"]
    answer = client.post(f"/accounts/{mine}/role", data={"role": role.value, "seen": "representative"})
    assert answer.status_code == 422
    assert row(service, mine).role == Role.REPRESENTATIVE


def test_an_agencys_administrator_makes_nobody_for_another_agency(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.AGENCY_ADMINISTRATOR, "Northtest Homes")
    other = form(service, Role.REPRESENTATIVE, "Northtest Police")
    assert client.post("/accounts/new", data=other).status_code == 422
    assert client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE)).status_code == 200


def test_nobody_changes_their_own_account(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(Role.SYSTEM_ADMINISTRATOR)
    with service.app_context():
        own = db.session.scalars(select(AccountRow.id)).one()
    data = {"role": "coordinator", "seen": Role.SYSTEM_ADMINISTRATOR.value}
    for what in ("role", "disable", "enable", "password"):
        assert client.post(f"/accounts/{own}/{what}", data=data).status_code == 409
    assert row(service, own).role == Role.SYSTEM_ADMINISTRATOR
    assert row(service, own).disabled_at is None
    assert "your own account" in text(client.get(f"/accounts/{own}"))


def test_a_new_role_takes_effect_at_once_and_is_recorded(
    service: Flask, signed_in: SignIn, people: dict[tuple[Role, str], UUID]
) -> None:
    client, person = signed_in(Role.SYSTEM_ADMINISTRATOR), people[Role.REPRESENTATIVE, "Northtest Police"]
    theirs = service.test_client()
    theirs.post("/sign-in", data={"email": row(service, person).email, "password": PASSWORD})
    assert theirs.get("/").status_code == 200
    data = {"role": "coordinator", "seen": "representative"}
    assert client.post(f"/accounts/{person}/role", data=data).status_code == 303
    assert row(service, person).role == Role.COORDINATOR
    assert theirs.get("/").status_code == 302, "signed out"
    with service.app_context():
        lines = db.session.scalars(select(AuditRow).where(AuditRow.action == "role.changed")).all()
        assert [line.detail for line in lines] == [{"old": "representative", "new": "coordinator"}]


def test_a_role_that_somebody_else_has_changed_is_not_overwritten(
    service: Flask, signed_in: SignIn, people: dict[tuple[Role, str], UUID]
) -> None:
    client, person = signed_in(Role.SYSTEM_ADMINISTRATOR), people[Role.REPRESENTATIVE, "Northtest Police"]
    client.post(f"/accounts/{person}/role", data={"role": "idva", "seen": "representative"})
    late = client.post(f"/accounts/{person}/role", data={"role": "chair", "seen": "representative"})
    assert late.status_code == 409 and "IDVA" in text(late)
    assert row(service, person).role == Role.IDVA


def test_disabling_signs_out_at_once_and_enabling_lets_in_again(
    service: Flask, signed_in: SignIn, people: dict[tuple[Role, str], UUID]
) -> None:
    client, person = signed_in(Role.SYSTEM_ADMINISTRATOR), people[Role.CHAIR, "Northtest Homes"]
    theirs, data = service.test_client(), {"email": row(service, person).email, "password": PASSWORD}
    theirs.post("/sign-in", data=data)
    assert client.get(f"/accounts/{person}/disable").status_code == 200
    assert row(service, person).disabled_at is None, "asking changes nothing"
    assert client.post(f"/accounts/{person}/disable").status_code == 303
    assert theirs.get("/").status_code == 302
    assert theirs.post("/sign-in", data=data).status_code == 422
    assert client.post(f"/accounts/{person}/enable").status_code == 303
    assert theirs.post("/sign-in", data=data).status_code == 302


def test_a_reset_password_is_shown_once_and_ends_the_old_one(
    service: Flask, signed_in: SignIn, people: dict[tuple[Role, str], UUID]
) -> None:
    client = signed_in(Role.AGENCY_ADMINISTRATOR, "Northtest Homes")
    person = people[Role.IDVA, "Northtest Homes"]
    theirs, data = service.test_client(), {"email": row(service, person).email, "password": PASSWORD}
    theirs.post("/sign-in", data=data)
    answer = client.post(f"/accounts/{person}/password")
    shown = re.search(r"<code>([\w-]+)</code>", answer.get_data(as_text=True))
    assert shown and theirs.get("/").status_code == 302
    assert theirs.post("/sign-in", data=data).status_code == 422
    assert theirs.post("/sign-in", data=data | {"password": shown[1]}).status_code == 302
    assert theirs.get("/").location == "/password"


@pytest.mark.parametrize(
    "told, said",
    [
        ({"name": ""}, "Enter the person's name"),
        ({"name": " "}, "Give the person's name"),
        ({"email": "tamsin"}, "Give an e-mail address"),
        ({"email": "tamsin@homes.example, x@y.example"}, "Give an e-mail address"),
        ({"agency": ""}, "Choose their agency"),
        ({"role": "king"}, "Not a valid choice"),
        ({"email": "person0@northtest.example"}, "There is an account with this e-mail address already"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    service: Flask, signed_in: SignIn, told: dict[str, str], said: str
) -> None:
    client = signed_in(Role.SYSTEM_ADMINISTRATOR)
    answer = client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE) | told)
    assert answer.status_code == 422
    assert said in text(answer).replace("&#39;", "'")
    assert "name" in told or "Tamsin Orme" in answer.get_data(as_text=True)


def test_the_list_takes_the_same_number_of_queries_however_long(
    service: Flask, signed_in: SignIn, people: dict[tuple[Role, str], UUID]
) -> None:
    client = signed_in(Role.SYSTEM_ADMINISTRATOR)
    with statements(service) as said:
        client.get("/accounts")
    assert len([statement for statement in said if statement.startswith("SELECT")]) <= 4
