"""Accounts: who makes, changes, disables and lets in whose, alone or with a second person (security.md B)."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.rules import RuleBroken
from meetingsvc import clock
from meetingsvc.models import AccountRow, AgencyRow, AuditRow, OutboxRow, ProposalRow, db
from meetingsvc.permissions import GRANTED, Role
from meetingsvc.seal import seal
from meetingsvc.store import accounts as account_store
from meetingsvc.store import areas as area_store
from meetingsvc.store import outbox
from meetingsvc.usecases import accounts, agencies, areas, halves, password, walls
from meetingsvc.usecases.transaction import saved
from notifications.messages import Notice
from tests.second_factor import give_app, open_session
from tests.test_permissions import allowed
from tests.web.conftest import NOW, PASSWORD, SignIn, agency_named
from tests.web.pages import text
from tests.web.routes import statements
from tests.web.second_person import approved, decide, waiting

POLICE, HOMES = AGENCIES = ("Northtest Police", "Northtest Homes")
People = dict[tuple[Role, str], UUID]
WHY = {"reason": "They start on Monday"}
SYSTEM, GOVERNS, KEEPS = (
    Role.SYSTEM_ADMINISTRATOR,
    Role.INFORMATION_GOVERNANCE,
    Role.AGENCY_ADMINISTRATOR,
)


@pytest.fixture
def people(service: Flask) -> People:
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
                give_app(made[role, agency], NOW)
    return made


def row(service: Flask, account_id: UUID) -> AccountRow:
    with service.app_context():
        found = db.session.get_one(AccountRow, account_id)
        db.session.expunge(found)
        return found


def own(service: Flask, role: Role) -> UUID:
    with service.app_context():
        return db.session.scalars(select(AccountRow.id).where(AccountRow.role == role)).one()


def form(service: Flask, role: Role, at: str = HOMES, **told: str) -> dict[str, str]:
    with service.app_context():
        agency = str(agency_named(at))
    usual = {"name": "Tamsin Orme", "email": "tamsin@homes.example", "agency": agency, "role": role.value}
    return usual | WHY | told


def called(service: Flask, email: str) -> AccountRow | None:
    with service.app_context():
        return db.session.scalars(select(AccountRow).where(AccountRow.email == email)).one_or_none()


def password_in(page: str) -> str:
    shown = re.search(r"<code>([\w-]+)</code>", page)
    assert shown
    return shown[1]


def said(service: Flask, action: str) -> list[dict[str, object]]:
    with service.app_context():
        return list(db.session.scalars(select(AuditRow.detail).where(AuditRow.action == action)))


def test_an_agencys_administrator_alone_makes_an_account_and_sees_its_password_once(
    service: Flask, signed_in: SignIn
) -> None:
    client = signed_in(KEEPS, HOMES)
    answer = client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE))
    password = password_in(answer.get_data(as_text=True))
    made = called(service, "tamsin@homes.example")
    assert made and made.password_hash.endswith(password) and made.must_change_password
    person = service.test_client()
    told = {"email": "tamsin@homes.example", "password": password}
    assert person.post("/sign-in", data=told).status_code == 302
    assert password not in client.get("/accounts").get_data(as_text=True)
    with service.app_context():
        details = [str(detail) for detail in db.session.scalars(select(AuditRow.detail))]
    assert not any(password in detail or "tamsin" in detail.lower() for detail in details)


@pytest.mark.parametrize("second", [Role.COORDINATOR, Role.CHAIR, GOVERNS, SYSTEM, KEEPS])
def test_the_system_administrators_invitation_needs_a_second_person(
    service: Flask, signed_in: SignIn, second: Role
) -> None:
    client, other = signed_in(SYSTEM), signed_in(second, HOMES)
    answer = client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE))
    assert answer.status_code == 303
    assert called(service, "tamsin@homes.example") is None, "nothing has happened yet"
    (proposal_id,) = waiting(client)
    assert decide(client, proposal_id).status_code == 422, "who proposed it never approves it"
    assert called(service, "tamsin@homes.example") is None
    page = other.get(f"/decisions/{proposal_id}")
    assert "Tamsin Orme, tamsin@homes.example" in text(page) and "Representative" in text(page)
    second_half = password_in(approved(other).get_data(as_text=True))
    assert "tamsin" not in client.get(f"/decisions/{proposal_id}").get_data(as_text=True).lower()
    page = client.post(f"/decisions/{proposal_id}/half").get_data(as_text=True)
    assert "Tamsin Orme" in page and second_half not in page
    made = called(service, "tamsin@homes.example")
    assert made and made.password_hash == f"test:{password_in(page)}-{second_half}"
    assert made.must_change_password and made.password_until == NOW + timedelta(hours=24)
    assert "tamsin" not in other.get(f"/decisions/{proposal_id}").get_data(as_text=True).lower()


@pytest.mark.parametrize("role", sorted(GRANTED))
def test_whoever_runs_governs_or_administers_is_invited_by_two_who_grant_roles(
    service: Flask, signed_in: SignIn, role: Role
) -> None:
    signed_in(SYSTEM).post("/accounts/new", data=form(service, role))
    for weaker in (Role.COORDINATOR, Role.CHAIR, KEEPS):
        assert not waiting(signed_in(weaker, HOMES)), weaker
    assert approved(signed_in(GOVERNS)).status_code == 200
    made = called(service, "tamsin@homes.example")
    assert made and made.role == role


def test_an_agencys_administrator_confirms_only_for_their_own_agency(
    service: Flask, signed_in: SignIn
) -> None:
    signed_in(SYSTEM).post("/accounts/new", data=form(service, Role.IDVA, POLICE))
    other = signed_in(KEEPS, HOMES)
    assert not waiting(other)
    (proposal_id,) = waiting(signed_in(KEEPS, POLICE))
    assert other.get(f"/decisions/{proposal_id}").status_code == 404
    assert decide(other, proposal_id).status_code == 404


def test_an_agencys_administrator_sees_only_its_own_representatives_and_idvas(
    signed_in: SignIn, people: People
) -> None:
    client = signed_in(KEEPS, HOMES)
    page = client.get("/accounts").get_data(as_text=True)
    mine = {people[role, HOMES] for role in (Role.REPRESENTATIVE, Role.IDVA)}
    assert {UUID(found) for found in re.findall(r"/accounts/([0-9a-f-]{36})", page)} == mine
    for account_id in people.values():
        seen = client.get(f"/accounts/{account_id}").status_code
        assert seen == (200 if account_id in mine else 404)
        for what in ("role", "disable", "enable", "recovery", "details"):
            if account_id not in mine:
                assert client.post(f"/accounts/{account_id}/{what}", data=WHY).status_code == 404


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR, GOVERNS])
def test_who_only_disables_sees_names_and_roles_and_no_address(
    signed_in: SignIn, people: People, role: Role
) -> None:
    client = signed_in(role)
    page = client.get("/accounts").get_data(as_text=True)
    assert "Chair of Northtest Homes" in page and "@" not in page
    assert "@" not in client.get(f"/accounts/{people[Role.IDVA, HOMES]}").get_data(as_text=True)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.REPRESENTATIVE, Role.IDVA)])
def test_an_agencys_administrator_gives_no_other_role(
    service: Flask, signed_in: SignIn, people: People, role: Role
) -> None:
    client = signed_in(KEEPS, HOMES)
    assert client.post("/accounts/new", data=form(service, role)).status_code == 422
    mine = people[Role.REPRESENTATIVE, HOMES]
    answer = client.post(f"/accounts/{mine}/role", data={"role": role.value, "seen": "representative"})
    assert answer.status_code == 422
    assert row(service, mine).role == Role.REPRESENTATIVE


def test_an_agencys_administrator_makes_nobody_for_another_agency(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(KEEPS, HOMES)
    other = form(service, Role.REPRESENTATIVE, POLICE)
    assert client.post("/accounts/new", data=other).status_code == 422
    assert client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE)).status_code == 200


def test_nobody_changes_their_own_account(service: Flask, signed_in: SignIn) -> None:
    client = signed_in(SYSTEM)
    me = own(service, SYSTEM)
    data = {"role": "coordinator", "seen": SYSTEM.value, **WHY}
    details = {"name": "Me", "email": "me@homes.example"}
    for what in ("grant", "disable", "enable", "recovery", "details"):
        answer = client.post(f"/accounts/{me}/{what}", data=data | details)
        assert answer.status_code in (409, 422), what
        assert "their own account" in text(answer), what
    assert row(service, me).role == SYSTEM
    assert row(service, me).disabled_at is None
    assert "your own account" in text(client.get(f"/accounts/{me}"))


def test_an_agencys_administrator_alone_makes_a_representative_an_idva(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    client, person = signed_in(KEEPS, HOMES), people[Role.REPRESENTATIVE, HOMES]
    theirs = open_session(service, person, NOW)
    data = {"role": "idva", "seen": "representative"}
    assert client.post(f"/accounts/{person}/role", data=data).status_code == 303
    assert row(service, person).role == Role.IDVA
    assert theirs.get("/").status_code == 302, "signed out"
    assert said(service, "role.changed") == [{"old": "representative", "new": "idva"}]
    same = client.post(f"/accounts/{person}/role", data={"role": "idva", "seen": "idva"})
    assert same.status_code == 409 and "That is their role already" in text(same)
    late = client.post(f"/accounts/{person}/role", data=data)
    assert late.status_code == 409 and "IDVA" in text(late)


def grant(client: FlaskClient, person: UUID, role: Role, seen: Role) -> int:
    data = {"role": role.value, "seen": seen.value, **WHY}
    return client.post(f"/accounts/{person}/grant", data=data).status_code


@pytest.mark.parametrize(
    "role, first, second",
    [
        (Role.COORDINATOR, SYSTEM, GOVERNS),
        (Role.CHAIR, GOVERNS, SYSTEM),
        (SYSTEM, SYSTEM, SYSTEM),
        (GOVERNS, GOVERNS, GOVERNS),
    ],
)
def test_a_role_that_counts_takes_two_who_grant_roles(
    service: Flask, signed_in: SignIn, people: People, role: Role, first: Role, second: Role
) -> None:
    person = people[Role.REPRESENTATIVE, POLICE]
    theirs = open_session(service, person, NOW)
    assert grant(signed_in(first), person, role, Role.REPRESENTATIVE) == 303
    assert row(service, person).role == Role.REPRESENTATIVE, "nothing has happened yet"
    for weaker in (Role.COORDINATOR, Role.CHAIR, KEEPS):
        assert not waiting(signed_in(weaker)), weaker
    assert approved(signed_in(second, HOMES)).status_code == 303
    assert row(service, person).role == role
    assert theirs.get("/").status_code == 302, "signed out"
    assert said(service, "role.changed") == [{"old": "representative", "new": role.value}]


def test_information_governance_gives_only_what_counts(signed_in: SignIn, people: People) -> None:
    person = people[Role.REPRESENTATIVE, POLICE]
    assert grant(signed_in(GOVERNS), person, Role.IDVA, Role.REPRESENTATIVE) == 422
    assert grant(signed_in(SYSTEM), person, Role.IDVA, Role.REPRESENTATIVE) == 303


def test_nobody_approves_a_role_for_themselves(service: Flask, signed_in: SignIn, people: People) -> None:
    """Two who grant roles cannot promote each other by themselves: the one it is about never decides."""
    governs = signed_in(GOVERNS)
    me = own_named(service, "Person 0")
    assert grant(signed_in(SYSTEM), me, Role.CHAIR, GOVERNS) == 303
    (proposal_id,) = waiting(signed_in(SYSTEM))
    assert not waiting(governs)
    assert governs.get(f"/decisions/{proposal_id}").status_code == 404
    assert decide(governs, proposal_id).status_code == 404
    assert row(service, me).role == GOVERNS


def own_named(service: Flask, name: str) -> UUID:
    with service.app_context():
        return db.session.scalars(select(AccountRow.id).where(AccountRow.name == name)).one()


def test_a_role_that_has_changed_since_is_not_overwritten(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    client, person = signed_in(SYSTEM), people[Role.REPRESENTATIVE, HOMES]
    assert grant(client, person, Role.CHAIR, Role.REPRESENTATIVE) == 303
    assert grant(client, person, Role.COORDINATOR, Role.REPRESENTATIVE) == 409, "one waits already"
    signed_in(KEEPS, HOMES).post(f"/accounts/{person}/role", data={"role": "idva", "seen": "representative"})
    answer = approved(signed_in(GOVERNS))
    assert answer.status_code == 422 and "has changed since" in text(answer)
    assert row(service, person).role == Role.IDVA


@pytest.mark.parametrize("role", [role for role in Role if allowed(role, "account:disable")])
def test_whoever_may_disables_at_once_and_nothing_more_is_sent(
    service: Flask, signed_in: SignIn, people: People, role: Role
) -> None:
    client, person = signed_in(role, HOMES), people[Role.REPRESENTATIVE, HOMES]
    with service.app_context(), saved():
        area = area_store.by_name("northtest")
        assert area is not None
        context = {"panel": "MARAC", "sits_on": "2026-12-03", "path": "/marac"}
        outbox.put(area.id, person, Notice.AGENDA_PUBLISHED, context, NOW)
    theirs = open_session(service, person, NOW)
    assert client.get(f"/accounts/{person}/disable").status_code == 200
    assert row(service, person).disabled_at is None, "asking changes nothing"
    assert client.post(f"/accounts/{person}/disable").status_code == 303
    assert theirs.get("/").status_code == 302
    with service.app_context():
        assert db.session.scalars(select(OutboxRow.state)).all() == ["refused"]
    data = {"email": row(service, person).email, "password": PASSWORD}
    assert service.test_client().post("/sign-in", data=data).status_code == 422


@pytest.mark.parametrize("role", sorted(GRANTED))
def test_the_last_who_can_undo_what_went_wrong_stays(service: Flask, signed_in: SignIn, role: Role) -> None:
    signed_in(role)
    last = own(service, role)
    client = signed_in(GOVERNS if role is not GOVERNS else SYSTEM)
    answer = client.post(f"/accounts/{last}/disable")
    assert answer.status_code == 409 and "last" in text(answer)
    assert row(service, last).disabled_at is None
    grant(client, last, Role.REPRESENTATIVE, role)
    second = signed_in(SYSTEM if role is not SYSTEM else GOVERNS, HOMES)
    answer = approved(second) if role not in (GOVERNS, SYSTEM) else approved(signed_in(role, HOMES))
    if role in (GOVERNS, SYSTEM):
        assert answer.status_code == 303, "there is another now"
    else:
        assert answer.status_code == 422 and "last" in text(answer)
        assert row(service, last).role == role


def test_a_chair_may_go_while_a_coordinator_stays(service: Flask, signed_in: SignIn) -> None:
    signed_in(Role.CHAIR)
    signed_in(Role.COORDINATOR)
    chair, governance = own(service, Role.CHAIR), signed_in(GOVERNS)
    assert governance.post(f"/accounts/{chair}/disable").status_code == 303


@pytest.mark.parametrize("role, other", [(Role.CHAIR, Role.COORDINATOR), (Role.COORDINATOR, Role.CHAIR)])
def test_B_who_runs_the_meetings_does_not_disable_the_last_who_watches_them(
    service: Flask, signed_in: SignIn, role: Role, other: Role
) -> None:
    client = signed_in(role)
    signed_in(other)
    last = own(service, other)
    answer = client.post(f"/accounts/{last}/disable")
    assert answer.status_code == 409 and "Ask information governance" in text(answer)
    assert row(service, last).disabled_at is None
    signed_in(other, HOMES)
    assert client.post(f"/accounts/{last}/disable").status_code == 303, "there is another now"


def test_B_disabling_needs_a_second_factor_just_now(
    service: Flask, signed_in: SignIn, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, person = signed_in(GOVERNS), people[Role.REPRESENTATIVE, HOMES]
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=11))
    assert client.post(f"/accounts/{person}/disable").location.startswith("/again")
    assert row(service, person).disabled_at is None


def test_B_who_runs_the_meetings_sees_who_is_new_and_who_made_them(
    service: Flask, signed_in: SignIn, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator, coordinator = signed_in(Role.AGENCY_ADMINISTRATOR, HOMES), signed_in(Role.COORDINATOR)
    before = int(re.findall(r"(\d+) new p", text(coordinator.get("/")))[0])
    administrator.post("/accounts/new", data=form(service, Role.REPRESENTATIVE, email="sock@homes.example"))
    home = text(coordinator.get("/"))
    assert f"{before + 1} new people can sign in" in home and 'href="/accounts"' in coordinator.get("/").text
    assert "new people" not in text(administrator.get("/"))
    assert "State" in text(coordinator.get("/accounts")) and ", by Person 0" in text(
        coordinator.get("/accounts")
    )


def test_B_information_governance_and_the_other_chairs_see_who_was_disabled(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    governance, chair = signed_in(GOVERNS), signed_in(Role.CHAIR)
    coordinator = signed_in(Role.COORDINATOR)
    signed_in(Role.CHAIR, HOMES)
    assert "disabled in the last 7 days" not in text(governance.get("/")) + text(chair.get("/"))
    coordinator.post(f"/accounts/{people[Role.REPRESENTATIVE, HOMES]}/disable")
    assert "1 account was disabled in the last 7 days" in text(governance.get("/"))
    assert "disabled in the last 7 days" not in text(chair.get("/"))
    with service.app_context():
        rows = select(AccountRow.id).join(AgencyRow, AgencyRow.id == AccountRow.agency_id)
        homes = rows.where(AccountRow.role == Role.CHAIR, AgencyRow.name == HOMES)
        other = db.session.scalars(homes).first()
    assert governance.post(f"/accounts/{other}/disable").status_code == 303
    assert "1 account was disabled in the last 7 days" in text(chair.get("/"))


def test_an_agencys_administrator_lets_in_again_whom_one_disabled(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    client, person = signed_in(KEEPS, HOMES), people[Role.IDVA, HOMES]
    client.post(f"/accounts/{person}/disable")
    assert client.get(f"/accounts/{person}/enable").status_code == 200
    assert client.post(f"/accounts/{person}/enable").status_code == 303
    assert row(service, person).disabled_at is None
    data = {"email": row(service, person).email, "password": PASSWORD}
    assert service.test_client().post("/sign-in", data=data).status_code == 302


@pytest.mark.parametrize("role", [SYSTEM, Role.COORDINATOR, Role.CHAIR, GOVERNS])
def test_nobody_undoes_alone_what_another_role_did(
    service: Flask, signed_in: SignIn, people: People, role: Role
) -> None:
    client, person = signed_in(KEEPS, HOMES), people[Role.IDVA, HOMES]
    signed_in(role).post(f"/accounts/{person}/disable")
    assert client.post(f"/accounts/{person}/enable").status_code == 422, "a reason is needed"
    assert client.post(f"/accounts/{person}/enable", data=WHY).status_code == 303
    assert row(service, person).disabled_at is not None
    assert approved(signed_in(role)).status_code == 303
    assert row(service, person).disabled_at is None


def test_letting_in_lapses_where_the_account_was_disabled_again_meanwhile(
    service: Flask, signed_in: SignIn, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, person = signed_in(SYSTEM), people[Role.CHAIR, HOMES]
    client.post(f"/accounts/{person}/disable")
    client.post(f"/accounts/{person}/enable", data=WHY)
    (proposal_id,) = waiting(client)
    with service.app_context(), saved():
        db.session.get_one(AccountRow, person).disabled_at = NOW.replace(minute=31)
    answer = decide(signed_in(GOVERNS), proposal_id)
    assert answer.status_code == 422 and row(service, person).disabled_at is not None


@pytest.mark.parametrize(
    "first, second, role",
    [
        (KEEPS, Role.CHAIR, Role.IDVA),
        (KEEPS, SYSTEM, Role.REPRESENTATIVE),
        (SYSTEM, KEEPS, Role.IDVA),
        (SYSTEM, Role.COORDINATOR, Role.CHAIR),
        (SYSTEM, GOVERNS, SYSTEM),
    ],
)
def test_recovery_takes_two_and_leaves_neither_password_nor_factor_nor_session(
    service: Flask, signed_in: SignIn, people: People, first: Role, second: Role, role: Role
) -> None:
    client, person = signed_in(first, HOMES), people[role, HOMES]
    theirs, data = open_session(service, person, NOW), {"email": row(service, person).email}
    assert client.post(f"/accounts/{person}/recovery", data=WHY).status_code == 303
    assert theirs.get("/").status_code == 200, "nothing has happened yet"
    (proposal_id,) = waiting(client)
    assert decide(client, proposal_id).status_code == 422
    last = password_in(decide(signed_in(second, HOMES), proposal_id).get_data(as_text=True))
    assert theirs.get("/").status_code == 302
    first_half = password_in(client.post(f"/decisions/{proposal_id}/half").get_data(as_text=True))
    password = f"{first_half}-{last}"
    sign_in = service.test_client().post
    for wrong in (PASSWORD, first_half, last, f"{last}-{first_half}"):
        assert sign_in("/sign-in", data=data | {"password": wrong}).status_code == 422, wrong
    again = service.test_client()
    assert again.post("/sign-in", data=data | {"password": password}).status_code == 302
    assert again.get("/").status_code == 302, "a password to change and a factor to set up come first"


def recovered(first: FlaskClient, second: FlaskClient, person: UUID) -> tuple[UUID, str]:
    """The proposal, and what the second person was shown."""
    first.post(f"/accounts/{person}/recovery", data=WHY)
    (proposal_id,) = waiting(first)
    return proposal_id, password_in(decide(second, proposal_id).get_data(as_text=True))


def test_each_half_is_shown_once_and_only_to_the_one_it_is_for(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    first, second, person = signed_in(SYSTEM), signed_in(GOVERNS), people[Role.IDVA, HOMES]
    proposal_id, _ = recovered(first, second, person)
    assert "fetch the first half" in text(first.get("/decisions"))
    for path in ("/decisions", f"/decisions/{proposal_id}"):
        assert "<code>" not in first.get(path).get_data(as_text=True), "looking is not fetching"
    assert second.post(f"/decisions/{proposal_id}/half").status_code == 403
    for other in (signed_in(SYSTEM, HOMES), signed_in(KEEPS, HOMES)):
        assert other.post(f"/decisions/{proposal_id}/half").status_code == 404
    with service.app_context():
        kept = db.session.get_one(ProposalRow, proposal_id).half
        assert kept and row(service, person).email.encode() not in kept
    half = password_in(first.post(f"/decisions/{proposal_id}/half").get_data(as_text=True))
    again = first.post(f"/decisions/{proposal_id}/half")
    assert again.status_code == 409 and half not in again.get_data(as_text=True)
    assert "half" not in text(first.get(f"/decisions/{proposal_id}"))
    with service.app_context():
        assert db.session.get_one(ProposalRow, proposal_id).half is None, "kept nowhere"
    assert said(service, "proposal.half_shown") == [{"proposal": str(proposal_id)}]


def test_a_half_sealed_for_another_proposal_does_not_open(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    first, second = signed_in(SYSTEM), signed_in(GOVERNS)
    proposal_id, _ = recovered(first, second, people[Role.IDVA, HOMES])
    with service.app_context(), saved():
        kept = db.session.get_one(ProposalRow, proposal_id)
        kept.half = seal("password half", b"{}", f"proposal/{UUID(int=1)}")
    assert first.post(f"/decisions/{proposal_id}/half").status_code == 409


def test_showing_a_half_needs_a_second_factor_just_now(
    service: Flask, signed_in: SignIn, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = signed_in(SYSTEM), signed_in(GOVERNS)
    proposal_id, _ = recovered(first, second, people[Role.IDVA, HOMES])
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(minutes=11))
    assert "<code>" not in first.post(f"/decisions/{proposal_id}/half").get_data(as_text=True)
    with service.app_context():
        assert db.session.get_one(ProposalRow, proposal_id).half is not None, "it still waits"


def test_6_4_1_a_half_nobody_came_for_is_over_with_the_password(
    service: Flask, signed_in: SignIn, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = signed_in(SYSTEM), signed_in(GOVERNS)
    proposal_id, _ = recovered(first, second, people[Role.IDVA, HOMES])
    over = NOW + timedelta(hours=24)
    with service.app_context():
        me = account_store.principal(db.session.get_one(ProposalRow, proposal_id).proposed_by, over)
        assert me
        with pytest.raises(RuleBroken, match="its time is over"):
            halves.show(me, proposal_id, over)
        for now, kept in ((over - timedelta(seconds=1), True), (over, False)):
            with saved():
                halves.forget(now)
            assert (db.session.get_one(ProposalRow, proposal_id).half is not None) is kept


def test_6_4_1_a_one_time_password_works_for_a_day_and_then_fails_like_a_wrong_one(
    service: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(KEEPS, HOMES)
    page = client.post("/accounts/new", data=form(service, Role.IDVA)).get_data(as_text=True)
    made = called(service, "tamsin@homes.example")
    assert made and "24 hours" in page
    right = {"email": "tamsin@homes.example", "password": password_in(page)}

    def answer(data: dict[str, str], after: timedelta) -> tuple[int, str]:
        monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + after)
        got = service.test_client().post("/sign-in", data=data)
        return got.status_code, text(got)

    day = timedelta(hours=24)
    assert "It works until" in text(client.get(f"/accounts/{made.id}"))
    assert answer(right, day - timedelta(seconds=1))[0] == 302
    assert answer(right, day) == answer(right | {"password": "wrong"}, day)
    assert answer(right, day)[0] == 422
    assert said(service, "sign-in refused") == [{}, {}, {}]
    with service.app_context():
        refused = select(AuditRow.subject).where(AuditRow.action == "sign-in refused")
        assert set(db.session.scalars(refused)) == {f"account/{made.id}"}
    page = text(open_session(service, own(service, KEEPS), NOW + day).get(f"/accounts/{made.id}"))
    assert "one-time password expired on" in page and "Recover the account" in page


def test_6_4_1_a_password_somebody_chose_has_no_such_day(
    service: Flask, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, person = signed_in(KEEPS, HOMES), service.test_client()
    page = client.post("/accounts/new", data=form(service, Role.IDVA)).get_data(as_text=True)
    right = {"email": "tamsin@homes.example", "password": password_in(page)}
    person.post("/sign-in", data=right)
    new = "seven grey herons wade"
    told = {"present": right["password"], "new": new, "again": new}
    assert person.post("/password", data=told).status_code == 303
    made = called(service, "tamsin@homes.example")
    assert made and made.password_until is None
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(days=30))
    again = service.test_client().post("/sign-in", data=right | {"password": new})
    assert again.status_code == 302


def test_6_4_1_after_its_day_a_one_time_password_opens_no_new_one(service: Flask, signed_in: SignIn) -> None:
    signed_in(KEEPS, HOMES).post("/accounts/new", data=form(service, Role.IDVA))
    made = called(service, "tamsin@homes.example")
    assert made
    over = NOW + timedelta(hours=24)
    with service.app_context():
        who = account_store.principal(made.id, over)
        assert who
        with pytest.raises(password.WrongPassword):
            present = made.password_hash.removeprefix("test:")
            password.change(who, present, "seven grey herons wade", over)


@pytest.mark.parametrize("role", [GOVERNS, SYSTEM])
def test_who_grants_roles_is_recovered_only_by_their_like(
    signed_in: SignIn, people: People, role: Role
) -> None:
    signed_in(SYSTEM).post(f"/accounts/{people[role, HOMES]}/recovery", data=WHY)
    for weaker in (Role.COORDINATOR, Role.CHAIR, KEEPS):
        assert not waiting(signed_in(weaker, HOMES)), weaker
    assert waiting(signed_in(GOVERNS))


def test_nobody_recovers_an_account_alone(service: Flask, signed_in: SignIn, people: People) -> None:
    person = people[Role.IDVA, HOMES]
    client = signed_in(SYSTEM)
    assert client.post(f"/accounts/{person}/password").status_code == 404
    before = row(service, person).password_hash
    client.post(f"/accounts/{person}/recovery", data=WHY)
    assert row(service, person).password_hash == before


def test_details_are_corrected_and_the_trail_names_nobody(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    client, person = signed_in(KEEPS, HOMES), people[Role.IDVA, HOMES]
    old = row(service, person)
    seen = accounts.details_seen(old.name, old.email)
    data = {"name": "Tamsin Orme", "email": "Tamsin@Homes.example", "seen": seen}
    assert client.get(f"/accounts/{person}/details").status_code == 200
    assert client.post(f"/accounts/{person}/details", data=data).status_code == 303
    assert (row(service, person).name, row(service, person).email) == ("Tamsin Orme", "tamsin@homes.example")
    assert said(service, "account.changed") == [{"name": True, "email": True}]
    late = client.post(f"/accounts/{person}/details", data=data | {"name": "Somebody"})
    assert late.status_code == 422 and "Somebody else" in text(late)


def test_M6_staff_are_checked_against_parties_whenever_what_is_known_of_them_changes(
    service: Flask, signed_in: SignIn, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, person, checked = signed_in(KEEPS, HOMES), people[Role.IDVA, HOMES], list[UUID]()
    monkeypatch.setattr(walls, "check_staff", lambda account_id, now: checked.append(account_id))
    client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE))
    made = called(service, "tamsin@homes.example")
    assert made and checked == [made.id]
    seen = accounts.details_seen(row(service, person).name, row(service, person).email)
    data = {"name": "Rowan Fell", "email": "rowan@homes.example", "seen": seen}
    client.post(f"/accounts/{person}/details", data=data)
    assert checked == [made.id, person]
    client.post(f"/accounts/{person}/disable")
    assert checked == [made.id, person]
    client.post(f"/accounts/{person}/enable")
    assert checked == [made.id, person, person]


def elsewhere(service: Flask) -> str:
    """An address that is in use in another area."""
    with service.app_context():
        area_id = areas.create("elsewhere", NOW.date(), NOW)
        with saved():
            agency = agencies.create(area_id, "Police", AgencyKind.POLICE, NOW.date(), "test", NOW)
            accounts.create(agency, Role.CHAIR, "Wren", "wren@police.example", PASSWORD, "test", NOW)
    return "wren@police.example"


def test_an_address_in_use_where_one_may_not_look_is_told_to_nobody(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    """The same words for another area's as for one's own area's that one does not see."""
    client, far = signed_in(KEEPS, HOMES), elsewhere(service)
    near = row(service, people[Role.CHAIR, HOMES]).email
    answers = {
        text(client.post("/accounts/new", data=form(service, Role.IDVA, email=email))).replace(email, "")
        for email in (far, near)
    }
    assert len(answers) == 1 and "cannot be made here" in answers.pop()
    person = people[Role.IDVA, HOMES]
    seen = accounts.details_seen(row(service, person).name, row(service, person).email)
    for email in (far, near):
        data = {"name": "Tamsin Orme", "email": email, "seen": seen}
        assert "cannot be made here" in text(client.post(f"/accounts/{person}/details", data=data))


@pytest.mark.parametrize(
    "told, said",
    [
        ({"name": ""}, "Enter the person's name"),
        ({"name": " "}, "Give the person's name"),
        ({"email": "tamsin"}, "Give an e-mail address"),
        ({"email": "tamsin@homes.example, x@y.example"}, "Give an e-mail address"),
        ({"agency": ""}, "Choose their agency"),
        ({"role": "king"}, "Not a valid choice"),
        ({"reason": " "}, "Say why"),
        ({"email": "person0@northtest.example"}, "There is an account with this e-mail address already"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    service: Flask, signed_in: SignIn, told: dict[str, str], said: str
) -> None:
    client = signed_in(SYSTEM)
    answer = client.post("/accounts/new", data=form(service, Role.REPRESENTATIVE) | told)
    assert answer.status_code == 422
    assert said in text(answer).replace("&#39;", "'")
    assert "name" in told or "Tamsin Orme" in answer.get_data(as_text=True)


def test_the_list_takes_the_same_number_of_queries_however_long(
    service: Flask, signed_in: SignIn, people: People
) -> None:
    client = signed_in(SYSTEM)
    with statements(service) as found:
        client.get("/accounts")
    assert len([statement for statement in found if statement.startswith("SELECT")]) <= 6


@pytest.mark.parametrize("role", [role for role in Role if allowed(role, "account:read")])
def test_everybody_who_reads_accounts_may_open_one_and_is_offered_only_what_they_may(
    signed_in: SignIn, people: People, role: Role
) -> None:
    page = signed_in(role, HOMES).get(f"/accounts/{people[Role.IDVA, HOMES]}")
    assert page.status_code == 200
    for what, permission in (
        ("disable", "account:disable"),
        ("recovery", "account:manage"),
        ("details", "account:manage"),
        ("grant", "role:grant"),
    ):
        assert (f"{people[Role.IDVA, HOMES]}/{what}" in page.get_data(as_text=True)) == allowed(
            role, permission
        ), what


def test_the_page_of_decisions_takes_the_same_number_of_queries_however_many_wait(
    service: Flask, signed_in: SignIn
) -> None:
    client, other, counts = signed_in(SYSTEM), signed_in(GOVERNS), set[int]()
    for number in range(3):
        told = form(service, Role.REPRESENTATIVE, email=f"tamsin{number}@homes.example")
        client.post("/accounts/new", data=told)
        other.get("/decisions")  # the session may be written now and then
        with statements(service) as found:
            assert len(waiting(other)) == number + 1
        counts.add(len(found))
    assert len(counts) == 1
