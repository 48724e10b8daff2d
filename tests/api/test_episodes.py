"""`POST /api/v1/episodes`: taken in as a file is, and its answer says nothing of a child (E1, E3)."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from meetingsvc.models import (
    AccountRow,
    AuditRow,
    CaseRow,
    ImportRow,
    MissingEpisodeRow,
    OutboxRow,
    RejectedRow,
    db,
)
from meetingsvc.permissions import Role
from meetingsvc.store import accounts, acting, areas, episodes
from meetingsvc.usecases import restrictions
from notifications.messages import Notice
from tests.a_token import EPISODES, Machine, a_token
from tests.a_wall import a_wall
from tests.an_episode import BACK, ROW, sent
from tests.an_exploitation_referral import runs_exploitation
from tests.web.conftest import NOW, SignIn

SQLITE = pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
OTHER = {"child_surname": "Oxley", "child_forename": "Ada", "child_dob": "2012-02-02"}
LATER = {"updated_at": "2026-11-23T08:00"}


@pytest.fixture
def runner(service: Flask, signed_in: SignIn) -> UUID:
    """Who runs the panels of exploitation."""
    signed_in(Role.COORDINATOR)
    with service.app_context():
        rows = select(AccountRow.id).where(AccountRow.role == Role.COORDINATOR)
        account_id = db.session.scalars(rows).one()
        runs_exploitation(account_id, NOW)
    return account_id


@pytest.fixture
def door(machine: Machine, runner: UUID) -> Machine:
    """A force's system at the door for missing episodes."""
    return replace(machine, door=EPISODES)


def area() -> UUID:
    found = areas.by_name("northtest")
    assert found is not None
    return found.id


def count(service: Flask, row: type) -> int:
    with service.app_context():
        return db.session.scalar(select(func.count()).select_from(row)) or 0


def told_of(service: Flask) -> list[str]:
    """Where each notice that a child is missing leads."""
    with service.app_context():
        rows = select(OutboxRow.context).where(OutboxRow.notice == Notice.STILL_MISSING)
        return sorted(one["path"] for one in db.session.scalars(rows))


def kept(reference: str) -> dict[str, Any]:
    """All that a version says but whose it is and how it came."""
    row = db.session.scalars(select(MissingEpisodeRow).where(MissingEpisodeRow.reference == reference)).one()
    names = ("version", "current", "said_at", "child", "missing_from", "reported_at", "returned_at",
             "from_where", "found_where", "interviewed_at", "refused", "case_id")  # fmt: skip
    return {name: getattr(row, name) for name in names}


def test_E1_both_ways_make_the_same_episode_of_the_same_row(service: Flask, door: Machine) -> None:
    row = ROW | BACK
    assert door.send(row).status_code == 200
    with service.app_context():
        assert sent(area(), row).unchanged == 1, "the file repeats it"
        assert sent(area(), row | {"reference": "MP/2"}).created == 1
        assert kept("MP/2") == kept(ROW["reference"])
    assert door.send([row | {"reference": "MP/2"}]).status_code == 200
    body = json.dumps(row | {"reference": "MP/3"}).encode() + b"\n"
    assert door.send(body, form="application/x-ndjson").status_code == 200
    assert count(service, MissingEpisodeRow) == 3 and count(service, CaseRow) == 1
    with service.app_context():
        lines = db.session.scalars(select(AuditRow).where(AuditRow.action == "episodes.imported")).all()
        came = db.session.scalars(select(ImportRow).where(ImportRow.machine != "")).all()
    assert len(lines) == 5 and "token" in lines[0].detail
    assert {(one.kind, one.machine) for one in came} == {("episodes", "Northtest Police")}


@SQLITE
def test_E1_each_row_is_answered_and_what_breaks_a_rule_waits_for_who_runs_exploitation(
    service: Flask, door: Machine, runner: UUID, signed_in: SignIn
) -> None:
    bad = ROW | {"reference": "MP/9", "child_dob": "31/02/2011"}
    answer = door.send([bad, ROW, 7])
    told = answer.json or {}
    assert answer.status_code == 200 and told["area"] == "northtest"
    assert [told[name] for name in ("rows", "accepted", "rejected")] == [3, 1, 2]
    assert [(one["row"], one["reference"], one["result"]) for one in told["results"]] == [
        (1, "MP/9", "rejected"), (2, ROW["reference"], "accepted"), (3, "", "rejected"),
    ]  # fmt: skip
    (wrong,) = told["results"][0]["errors"]
    assert wrong["column"] == "child_dob" and told["rejects"][0] == {"line": 1, **wrong}
    with service.app_context():
        (import_id,) = db.session.scalars(select(ImportRow.id)).all()
    address = f"/feed/imports/{import_id}"
    assert "31/02/2011" in signed_in(Role.COORDINATOR).get(address).text
    one = door.send(bad | {"updated_at": "2026-11-22T21:00"})
    assert (one.status_code, one.mimetype) == (422, "application/problem+json")
    assert (one.json or {})["results"][0]["result"] == "rejected" and "episode" in (one.json or {})["detail"]


def test_E3_who_runs_exploitation_is_told_of_a_child_who_is_missing_by_a_row_put_aside(
    service: Flask, door: Machine
) -> None:
    door.send(ROW)
    assert told_of(service) == ["/episodes"]
    door.send(ROW | OTHER | LATER)
    assert told_of(service) == ["/episodes", "/feed/episodes"]
    door.send(ROW | {"reference": "MP/9", "missing_from": "yesterday"})
    assert told_of(service) == ["/episodes", "/feed/episodes", "/feed/episodes"]
    door.send(ROW | OTHER | LATER)
    door.send(ROW | OTHER | LATER | BACK)
    assert len(told_of(service)) == 3, "the same again, and one who is back, are no news"
    with service.app_context():
        cells = db.session.scalars(select(RejectedRow.cells).order_by(RejectedRow.id)).all()
        assert kept(ROW["reference"])["returned_at"] is None, "nobody left the list by another's number"
    assert len(cells) == 4 and "Oxley" in cells[0] and "yesterday" in cells[1], "nothing of them is lost"


def test_A20_what_is_answered_says_nothing_of_what_is_known_of_a_child(
    service: Flask, door: Machine, runner: UUID
) -> None:
    """A nominal, a name or a number that is tried tells a thief of the token nothing."""
    with service.app_context():
        sent(area(), ROW | {"child_nominal": "N7"}, ROW | OTHER | {"reference": "MP/2"})
        walled, secret = kept(ROW["reference"])["case_id"], kept("MP/2")["case_id"]
        a_wall(area(), walled, runner)
        who = accounts.principal(runner, NOW)
        assert who is not None
        restrictions.restrict(who, secret, "Her uncle works there", [], NOW)
    stranger = {"child_surname": "Zeal", "child_forename": "Quill", "child_dob": ""}
    tried: tuple[dict[str, str], ...] = (
        stranger | {"reference": "MP/3"},  # nobody knows them
        stranger | {"reference": "MP/3", "child_nominal": "N7"},  # a nominal that is known
        stranger | {"reference": "MP/3", "child_nominal": "N8"},  # and nobody's
        {},  # what is held, word by word
        {"returned_at": "2026-11-22T22:00"},  # and what is newer
        OTHER,  # another child than the one of that number
        OTHER | {"reference": "MP/4"},
        {"reference": "MP/2", "updated_at": "2026-11-20T08:00"},
    )
    answers = [door.send(ROW | LATER | told) for told in tried]
    for answer, told in zip(answers, tried, strict=True):
        one = {"row": 1, "reference": told.get("reference", ROW["reference"]), "result": "accepted"}
        assert answer.status_code == 200 and answer.json == {
            "area": "northtest", "rows": 1, "accepted": 1, "rejected": 0, "rejects": [], "warnings": [],
            "results": [one | {"errors": []}],
        }, told  # fmt: skip
    assert count(service, RejectedRow) == 4, "what is put aside waits for a person all the same"


@SQLITE
def test_T12_another_forces_system_takes_no_child_off_the_list(service: Flask, door: Machine) -> None:
    """A token is bound to an area: its holder, or whoever found it, says of nobody that they are back."""
    with service.app_context():
        other = replace(door, token=a_token(area(), "Westhaven Police").token)
    door.send(ROW)
    other.send(ROW | {"updated_at": "2026-11-22T21:00", "from_where": "School"})
    told = other.send(ROW | BACK).json or {}
    assert told["results"][0]["result"] == "accepted", "and learns nothing of it"
    with service.app_context():
        assert len(episodes.still_missing(acting.Host(area()))) == 1
        assert db.session.scalars(select(RejectedRow.column)).all() == ["returned_at"]
    door.send(ROW | BACK)
    with service.app_context():
        assert not episodes.still_missing(acting.Host(area())), "who told of it may"


@SQLITE
def test_T12_no_system_takes_off_the_list_whom_a_file_put_there_and_a_person_is_told(
    service: Flask, door: Machine
) -> None:
    """Nor does it become the owner by telling of the child a second time."""
    with service.app_context():
        sent(area(), ROW)
    before = told_of(service)
    door.send(ROW | {"updated_at": "2026-11-22T21:00", "from_where": "School"})
    door.send(ROW | BACK)
    with service.app_context():
        assert len(episodes.still_missing(acting.Host(area()))) == 1
        assert db.session.scalars(select(RejectedRow.column)).all() == ["returned_at"]
    assert sorted([*before, "/feed/episodes"]) == told_of(service), "who runs the panels looks at the row"
    door.send(ROW | BACK | {"reference": "MP/9"})
    assert count(service, RejectedRow) == 1, "one that nobody told of before is its own"


@SQLITE
def test_A20_each_message_is_taken_in_once_and_a_key_serves_one_door(
    service: Flask, door: Machine, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, again = (door.send(ROW, key="one") for _ in range(2))
    assert first.json == again.json and again.headers["Idempotent-Replayed"] == "true"
    assert count(service, ImportRow) == count(service, MissingEpisodeRow) == 1
    assert door.send(ROW | LATER, key="one").status_code == 422
    assert machine.send(ROW, key="one").status_code == 422, "the same words are another message there"
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW + timedelta(days=1, seconds=1))
    assert door.send(ROW, key="one").status_code == 409
    assert count(service, ImportRow) == 1


def test_E1_messages_that_come_at_once_do_not_wait_for_one_another_for_ever(
    service: Flask, door: Machine
) -> None:
    found, together = list[int](), threading.Barrier(4)

    def send(number: int) -> None:
        own = replace(door, client=service.test_client())
        together.wait()
        found.append(own.send(ROW | {"reference": f"MP/{number}"}).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 4 and count(service, MissingEpisodeRow) == 4
    assert count(service, CaseRow) == 1, "one child"


@SQLITE
def test_E3_where_nobody_would_read_it_nothing_is_taken_in_and_the_system_is_told(
    service: Flask, machine: Machine, signed_in: SignIn
) -> None:
    door = replace(machine, door=EPISODES)
    answer = door.send(ROW, key="one")
    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert "Nothing was kept" in (answer.json or {})["detail"] and count(service, ImportRow) == 0
    signed_in(Role.COORDINATOR)
    with service.app_context():
        runs_exploitation(db.session.scalars(select(AccountRow.id)).one(), NOW)
    assert door.send(ROW, key="one").status_code == 200, "the key was not used up"


def raw(column: str, value: str) -> bytes:
    """An episode with one value as it is written in JSON."""
    whole = json.dumps({name: told for name, told in ROW.items() if name != column})
    return f'{whole[:-1]}, "{column}": {value}}}'.encode()


@SQLITE
def test_what_an_ill_meaning_system_sends_is_refused_or_put_aside(service: Flask, door: Machine) -> None:
    half = r'"\ud800 alone"'
    for told, status in (
        (raw("child_surname", half), 422), (raw("child_surname", '"\\u0000"'), 422),
        (raw("child_dob", "[" * 900 + "]" * 900), 422), (raw("missing_from", "true"), 422),
        (raw("reference", '"MIS-000001"'), 422), (raw("reference", '"a", "reference": "b"'), 422),
        (raw("updated_at", '"2036-11-22T20:00"'), 422), (f"[{half}]".encode(), 200),
        (raw("child_surname", '"<script>alert(1)</script>"'), 200), (b"[" * 100_000, 400),
        (b"[" + b"7," * 500 + b"7]", 400),
    ):  # fmt: skip
        answer = door.send(told)
        assert answer.status_code == status and json.loads(answer.data), (told[:60], answer.text[:300])
    assert count(service, MissingEpisodeRow) == 1
