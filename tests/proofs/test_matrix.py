"""Proof 1: every route and method × 10 principals × 10 relations, against the oracle: in the long form all.

In the short form every route and principal meet on SQLite, and whatever is hidden, refused or works is asked;
what the door refuses by role is asked in one relation. On PostgreSQL, which differs by its policies and its
SQL, a sample drawn by the names of route and principal (`samples.asked`): all that a wall, a restriction or
another meeting hides, all that is refused; of what works, and of what is hidden for another reason, one
relation each. `make prove` asks the whole on both.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.permissions import Role
from tests.a_marac import NOW
from tests.proofs import LONG, figure, world
from tests.proofs.cells import Asking, heart, knock
from tests.proofs.lines import PUBLIC, ROUTES
from tests.proofs.oracle import LATER, ORACLE, PANEL, ROLES, Relation
from tests.proofs.standings import World
from tests.servers.databases import Copies
from tests.test_permissions import TABLE, allowed
from tests.web.routes import Door, doors


@pytest.fixture(scope="module")
def built(copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world in a database of its own, which nothing changes any more: what is saved is taken back."""
    url, folder = copies.make(), tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("meetingsvc.clock.now", lambda: NOW)
        settings = Settings(database_url=url, data_dir=folder, secret_key="x" * 32, mail_dir=folder / "mail")
        app = create_app(settings)
        app.testing = True
        app.config |= {"PROPAGATE_EXCEPTIONS": False, "WTF_CSRF_ENABLED": False}
        made = world.build(app)
        patched.setattr(db.session, "commit", _dry)
        yield made
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
    copies.drop(url)


def _dry() -> None:
    """Everything a commit asks of the database, and then as if nothing had been."""
    db.session.flush()
    db.session.rollback()


def test_every_route_has_its_line_in_the_oracle_and_every_line_its_route(built: World) -> None:
    live = {str(door) for door in doors(built.app)}
    assert not live - ROUTES.keys(), f"say which line of security.md B: {sorted(live - ROUTES.keys())}"
    assert not ROUTES.keys() - live, f"no such route: {sorted(ROUTES.keys() - live)}"
    assert {str(door) for door in doors(built.app, public=True)} == PUBLIC
    assert set(ROUTES.values()) == ORACLE.keys(), "a line that no route is"
    assert not LATER & ORACLE.keys()


def test_oracle_code_and_the_table_of_permissions_agree(built: World) -> None:
    for door in doors(built.app):
        line = ORACLE[ROUTES[str(door)]]
        assert door.needs in TABLE
        for role in ROLES:
            assert allowed(role, door.needs) == (line[role] != "-"), (str(door), door.needs, role)


@pytest.fixture
def said(built: World) -> Iterator[list[str]]:
    """What is said to the database."""
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    with built.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("role", [*ROLES, None], ids=lambda role: "anonymous" if role is None else role.name)
def test_M6_V1_each_cell_is_answered_as_the_page_says(
    built: World, said: list[str], role: Role | None
) -> None:
    found = [door for door in doors(built.app) if str(door) in ROUTES]
    sqlite = built.app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    asking = Asking(built, role, said, whole=sqlite)
    asking.everything(found)
    figure(
        "matrix",
        f"{len(found)} routes × {len(ROLES) + 1} principals × {len(Relation)} relations:"
        " {sqlite} cells on SQLite, {postgresql} on PostgreSQL, {wrong} wrong",
        sqlite=asking.requests if sqlite else 0,
        postgresql=0 if sqlite else asking.requests,
        wrong=len(asking.wrong),
    )
    if report := os.environ.get("MATRIX_REPORT"):
        with Path(report).open("a") as out:
            out.writelines(f"{line}\n" for line in asking.wrong)
    assert not asking.wrong, "\n".join([f"{len(asking.wrong)} cells are wrong:", *asking.wrong])


def crossing(found: list[Door]) -> list[tuple[Door, str]]:
    """Routes that name a case and something that hangs on it; each with that something."""
    return [
        (door, name)
        for door in found
        for name in door.ids
        if "case_id" in door.ids and name not in ("case_id", "account_id", "meeting_id")
    ]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REPRESENTATIVE], ids=lambda role: role.name)
def test_M6_what_hangs_on_a_hidden_case_is_not_reached_through_one_that_is_open(
    built: World, role: Role
) -> None:
    """The address names a case that is open, and a note, address or wall of one that is not."""
    client = built.client(role, Relation.ATTENDS)
    mine = built.ids(role, Relation.ATTENDS, "/")
    found = crossing([door for door in doors(built.app) if role in door.roles])
    assert len(found) > 5
    for door, name in found:
        unknown = door.path(lambda key, other=name: uuid4() if key == other else mine[key])
        due = heart(knock(client, door, unknown, {}), unknown, {})
        for relation in (Relation.WALLED, Relation.UNNAMED, Relation.OTHER_AREA):
            theirs = built.ids(role, relation, str(door.rule))[name]
            path = door.path(lambda key, other=name, told=theirs: told if key == other else mine[key])
            assert heart(knock(client, door, path, {}), path, {}) == due, (str(door), relation)


def test_S3_nobody_fetches_somebody_elses_copy(built: World) -> None:
    door = next(door for door in doors(built.app) if "copy_id" in door.ids)
    copies = {who: own["copy_id"] for (who, name), own in built.own.items()
              if name == "ordinary" and "copy_id" in own}  # fmt: skip
    for role in PANEL:
        client, unknown = built.client(role, Relation.ATTENDS), door.path()
        due = heart(knock(client, door, unknown, {}), unknown, {})
        for who, copy_id in copies.items():
            if who != built.people[role, "attends"]:
                path = door.path(lambda name, told=copy_id: told)
                assert heart(knock(client, door, path, {}), path, {}) == due, role


def test_every_route_that_asks_again_who_one_is_does(built: World) -> None:
    """A second factor that is too old opens none of them; what was typed is kept."""
    found = [door for door in doors(built.app) if _asks_again(built.app, door)]
    assert found
    for door in found:
        role = door.roles[0]
        client = _stale(built, role)
        ids = built.ids(role, Relation.SUPPLIER, str(door.rule))
        answer = knock(client, door, door.path(lambda name, told=ids: told.get(name) or uuid4()), ids)
        assert answer.status_code in (302, 303), str(door)
        assert answer.location.startswith("/again"), (str(door), answer.location)


def _asks_again(app: Flask, door: Door) -> bool:
    return bool(getattr(app.view_functions[door.rule.endpoint], "step_up", False))


def _stale(built: World, role: Role) -> FlaskClient:
    client = built.app.test_client()
    cookie = built.stale[built.people[role, "supplier"]]
    client.set_cookie(built.app.config["SESSION_COOKIE_NAME"], cookie)
    return client


@pytest.mark.skipif(not LONG, reason="measures: make prove")
@pytest.mark.parametrize("rule", ["/cases/<uuid:case_id>", "/items/<uuid:item_id>/outcome"])
def test_A18_a_hidden_case_is_answered_as_fast_as_one_that_is_not_there(built: World, rule: str) -> None:
    """Medians of requests taken in turn, so that what else the computer does falls on both."""
    door = next(door for door in doors(built.app) if str(door.rule) == rule and door.method == "GET")
    client = built.client(Role.REPRESENTATIVE, Relation.WALLED)
    hidden = built.ids(Role.REPRESENTATIVE, Relation.WALLED, rule)
    times: dict[str, list[float]] = {"hidden": [], "unknown": []}
    for turn in range(2 * REQUESTS + 20):
        name = ("hidden", "unknown", "unknown", "hidden")[turn % 4]
        path = door.path(hidden.__getitem__ if name == "hidden" else lambda key: uuid4())
        began = perf_counter()
        assert client.get(path).status_code == 404
        if turn >= 20:
            times[name].append(perf_counter() - began)
    one, other = median(times["hidden"]) * 1000, median(times["unknown"]) * 1000
    apart = abs(one - other) / other
    kind = built.app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0].partition("+")[0]
    figure(
        "matrix timing", f"{rule} on {kind}: hidden {one:.2f} ms, unknown {other:.2f} ms, {apart:.1%} apart"
    )
    assert apart <= 0.10


#: Of each kind, for a median.
REQUESTS = 300
