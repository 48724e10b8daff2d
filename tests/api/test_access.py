"""Who comes in at the machine door, and what a token opens: that door, for its own area (security.md A20)."""

import hashlib
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import select

from agenda.area import AreaSettings
from meetingsvc.models import AuditRow, FeedTokenRow, ImportRow, IncidentRow, SessionRow, db
from meetingsvc.permissions import GRANTS, Permission, Role
from meetingsvc.store import accounts, areas
from meetingsvc.store import feed_tokens as store
from meetingsvc.usecases import areas as making
from meetingsvc.usecases import feed_tokens as usecase
from tests.a_token import DOOR, EPISODES, Machine, a_token
from tests.builders import BEFORE_ALL, a_row
from tests.proofs.lines import BY_TOKEN
from tests.web.conftest import NOW, SignIn
from tests.web.routes import body, doors, statements


def revoke(service: Flask, signed_in: SignIn, machine: Machine) -> None:
    client = signed_in(Role.COORDINATOR)
    with service.app_context():
        digest = hashlib.sha256(machine.token.encode()).digest()
        token_id = db.session.scalars(select(FeedTokenRow.id).where(FeedTokenRow.digest == digest)).one()
    assert client.post(f"/machines/{token_id}/revoke").status_code == 303


def test_two_doors_ask_for_a_token_and_for_nothing_else(service: Flask) -> None:
    found = list(doors(service, by_token=True))
    assert {str(door) for door in found} == BY_TOKEN
    creates = {Permission.INCIDENT_CREATE, Permission.EPISODE_CREATE}
    assert {door.needs for door in found} == GRANTS[Role.POLICE_SERVICE] == creates
    exempt = service.extensions["csrf"]._exempt_blueprints
    assert {one.name for one in exempt} == {door.rule.endpoint.partition(".")[0] for door in found}
    assert not service.extensions["csrf"]._exempt_views


def test_no_session_opens_it_and_none_is_read(service: Flask, signed_in: SignIn) -> None:
    clients = (service.test_client(), *map(signed_in, Role))
    for client, door in product(clients, (DOOR, EPISODES)):
        with statements(service) as said:
            answer = client.post(door, json=a_row(), headers={"Idempotency-Key": "one"})
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert not [one for one in said if " session" in one], "a machine has no session"
        assert "Set-Cookie" not in answer.headers


def test_a_token_is_to_every_other_door_as_nothing(service: Flask, machine: Machine) -> None:
    """The machine's row of the matrix: each route, with its token and as a visitor."""
    visitor, token = service.test_client(), {"Authorization": f"Bearer {machine.token}"}
    for door in [*doors(service), *doors(service, public=True)]:
        path = door.path()
        theirs, due = (
            visitor.open(path, method=door.method, headers=told, buffered=True) for told in (token, {})
        )
        assert (theirs.status_code, theirs.location) == (due.status_code, due.location), str(door)
        assert body(theirs) == body(due), str(door)


def test_a_good_token_leaves_no_session_and_no_cookie(service: Flask, machine: Machine) -> None:
    answer = machine.send(a_row())
    assert answer.status_code == 201 and "Set-Cookie" not in answer.headers
    with service.app_context():
        assert not db.session.scalars(select(SessionRow.id)).all()


def test_only_the_whole_token_is_one(machine: Machine) -> None:
    for told in ("", "Bearer", "Basic {}", "{}", "Bearer {}x", "Bearer  x {}", "Bearer {}, Bearer {}"):
        answer = machine.send(a_row(), Authorization=told.replace("{}", machine.token) or " ")
        assert answer.status_code == 401, told


def test_a_token_in_the_address_is_refused(service: Flask, machine: Machine) -> None:
    key = {"Idempotency-Key": "one"}
    in_address = f"{DOOR}?access_token={machine.token}"
    assert machine.client.post(in_address, json=a_row(), headers=key).status_code == 401
    both = key | {"Authorization": f"Bearer {machine.token}"}
    assert machine.client.post(in_address, json=a_row(), headers=both).status_code == 400
    with service.app_context():
        assert not db.session.scalars(select(ImportRow.id)).all()


def test_the_database_keeps_no_token(service: Flask, machine: Machine) -> None:
    with service.app_context():
        row = db.session.scalars(select(FeedTokenRow)).one()
        assert row.digest == hashlib.sha256(machine.token.encode()).digest()
        kept = " ".join(str(vars(one)) for one in db.session.scalars(select(AuditRow))) + str(vars(row))
    assert machine.token not in kept and len(machine.token) == len(usecase.PREFIX) + 43  # 256 bits


def test_what_it_sends_goes_to_its_own_area(service: Flask, machine: Machine) -> None:
    with service.app_context():
        other = making.create("southtest", BEFORE_ALL.date(), NOW, "South Test", AreaSettings())
        theirs = Machine(machine.client, a_token(other).token)
    row = a_row()
    assert machine.send(row, key="one").status_code == 201
    assert theirs.send(row | {"area": "northtest"}, key="one").json["area"] == "southtest"  # type: ignore[index]
    with service.app_context():
        north = areas.by_name("northtest")
        assert north is not None
        found = db.session.scalars(select(IncidentRow.area_id).order_by(IncidentRow.id)).all()
    assert found == [north.id, other]


def test_revoked_it_opens_nothing_at_once(service: Flask, machine: Machine, signed_in: SignIn) -> None:
    assert machine.send(a_row()).status_code == 201
    revoke(service, signed_in, machine)
    assert machine.send(a_row()).status_code == 401


def test_revoked_between_the_door_and_the_work_it_brings_nothing(
    service: Flask, machine: Machine, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    valid = store.is_valid

    def revoked_meanwhile(token_id: object) -> bool:
        db.session.get_one(FeedTokenRow, token_id).revoked_at = NOW
        db.session.flush()
        return valid(token_id)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "is_valid", revoked_meanwhile)
    answer = machine.send(a_row())
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"]
    with service.app_context():
        assert not db.session.scalars(select(ImportRow.id)).all()


def test_too_many_messages_in_a_minute_wait_for_the_next(
    service: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecase, "PER_MINUTE", 3)
    with service.app_context():
        area = areas.by_name("northtest")
        assert area is not None
        other = Machine(machine.client, a_token(area.id).token)
    assert [machine.send(a_row()).status_code for _ in range(4)] == [201, 201, 201, 429]
    answer = machine.send(a_row())
    assert answer.headers["Retry-After"] == "60" and answer.mimetype == "application/problem+json"
    assert other.send(a_row()).status_code == 201, "each token is counted by itself"
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(minutes=1))
    assert [machine.send(a_row()).status_code for _ in range(4)] == [201, 201, 201, 429]


def test_guessing_is_slowed_down_and_never_shuts_a_good_token_out(
    service: Flask, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = Machine(machine.client, "msvc_guessed")
    found = [guess.send(a_row()).status_code for _ in range(usecase.FAILURES + 2)]
    assert found == [401] * usecase.FAILURES + [429, 429]
    assert guess.send(a_row()).headers["Retry-After"]
    assert machine.send(a_row()).status_code == 201
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + usecase.WINDOW + timedelta(seconds=1))
    assert guess.send(a_row()).status_code == 401


def test_whoever_made_it_may_lose_their_account_and_it_goes_on(
    service: Flask, signed_in: SignIn, machine: Machine
) -> None:
    """A feed must not stop because somebody left: tokens are revoked by hand."""
    client = signed_in(Role.COORDINATOR)
    made = client.post("/machines", data={"force": "Northtest Police"}).text
    token = made[made.index(usecase.PREFIX) :].partition("<")[0]
    with service.app_context():
        row = db.session.scalars(select(FeedTokenRow).where(FeedTokenRow.created_by.is_not(None))).one()
        assert row.created_by is not None and accounts.principal(row.created_by, NOW) is not None
    assert Machine(machine.client, token).send(a_row()).status_code == 201
