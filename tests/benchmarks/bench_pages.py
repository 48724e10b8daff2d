"""The two heaviest pages, a list of 60 cases and a case with 200 entries, as p95 and p50 of many calls.

They are asked for by Flask's test client, in turn with an empty page of plain Flask, which the targets
speak of, the access row left out; and, with the access row, with an empty page of our own: guard, session,
layout, access row.
"""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from unittest.mock import patch

from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy import select

from agenda.agencies import AgencyKind
from agenda.feed_content import COLUMNS
from meetingsvc import clock, server
from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.invented.families import families
from meetingsvc.invented.incidents import as_csv, row
from meetingsvc.models import AccountRow, AreaRow, CaseRow, db
from meetingsvc.permissions import Permission, Role
from meetingsvc.store import acting, audit
from meetingsvc.usecases import accounts, agencies, areas, feed, lists, reading
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.guard import needs, principal
from tests.benchmarks.ground import CLOCK, Clock, Row, counted, databases
from tests.second_factor import open_session
from tests.servers.databases import Copies

CALLS = 40  # a round
LIST_OF_60, LIST_OF_ONE = date(2026, 11, 23), date(2026, 11, 16)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TARGETS = {"SQLite": {"list of 60": 6.0, "case with 200 entries": 6.5}}
TARGETS["PostgreSQL"] = {name: 8.0 for name in TARGETS["SQLite"]}
OWN = {"list of 60": 2.5, "case with 200 entries": 3.0}

Page = Callable[[], None]


def run(rounds: int = 5) -> list[Row]:
    """p95 has a target; p50 stands beside it."""
    rows = []
    with databases() as kinds:
        for kind, copies in kinds.items():
            with _served(copies) as pages:
                bare = pages.pop("empty Flask page")
                with patch.object(reading, "opened"):
                    heavy = {name: pages[name] for name in OWN}
                    rows += _rows(kind, heavy, "empty Flask page", bare, rounds, TARGETS[kind])
                own = pages.pop("empty page of ours")
                rows += _rows(kind, pages, "empty page of ours, with access row", own, rounds, OWN)
    return rows


def _rows(
    kind: str, pages: dict[str, Page], floor: str, empty: Page, rounds: int, targets: dict[str, float]
) -> Iterator[Row]:
    times = _in_turn({floor: empty, **pages}, rounds * CALLS, CLOCK[kind])
    floor50, floor95 = _p50_p95(times.pop(floor))
    for name, taken in times.items():
        p50, p95 = _p50_p95(taken)
        yield Row(f"{name}, {kind}, p95 / {floor}", p95 / floor95, targets[name])
        yield Row(f"{name}, {kind}, p50 / {floor}", p50 / floor50, None)
        yield Row(f"{name}, {kind}, its p95 / its p50", p95 / p50, 2.0)


def _in_turn(pages: dict[str, Page], calls: int, clock: Clock) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in pages}
    for page in pages.values():
        for _ in range(5):
            page()
    for _ in range(calls):
        for name, page in pages.items():
            started = clock()
            page()
            times[name].append(clock() - started)
    return times


def _p50_p95(taken: list[float]) -> tuple[float, float]:
    cuts = quantiles(taken, n=20)
    return cuts[9], cuts[18]


@contextmanager
def _served(copies: Copies) -> Iterator[dict[str, Page]]:
    url = copies.make()
    with tempfile.TemporaryDirectory(prefix="meetingsvc-bench-") as folder:
        app = create_app(Settings(url, Path(folder), secret_key="k" * 32, mail_dir=Path(folder) / "mail"))
        _add_empty_page(app)
        with app.app_context(), acting.service():
            case_id = _filled()
            db.session.remove()
            counted(copies)
        server.warm_up(app)
        with app.app_context(), acting.service():
            who = db.session.scalars(select(AccountRow.id)).one()
        client = open_session(app, who, clock.now())
        pages = {"list of 60": f"/lists/{LIST_OF_60}", "case with 200 entries": f"/cases/{case_id}"}
        yield {name: _page(client, path) for name, path in pages.items()} | {
            "empty page of ours": _page(client, "/empty"),
            "empty Flask page": _page(_plain().test_client(), "/"),
        }
        with app.app_context(), acting.service():
            db.session.remove()
            db.engine.dispose()
        copies.drop(url)


def _page(client: FlaskClient, path: str) -> Page:
    def call() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise AssertionError(f"{path}: {answer.status}")
        answer.get_data()

    return call


def _plain() -> Flask:
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "")
    return app


def _add_empty_page(app: Flask) -> None:
    template = app.jinja_env.from_string('{% set title = "Empty" %}{% extends "layout.html" %}')

    @app.get("/empty")
    @needs(Permission.LIST_READ)
    def empty() -> str:
        reading.opened(principal(), "list.read", "meeting/none", clock.now())
        return render_template(template)


def _filled() -> object:
    """Sixty cases on one list; a case with two hundred incidents on the list before."""
    area_id = areas.create("northtest", date(2026, 11, 2), NOW)
    with saved():
        agency = agencies.create(
            area_id, "Northtest Police", AgencyKind.POLICE, FIRST, audit.COMMAND_LINE, NOW, attends_daily=True
        )
        accounts.create(
            agency, Role.COORDINATOR, "Someone", "someone@northtest.example", "invented for this", "test", NOW
        )
    chance = Random(1)
    people = families(61, FIRST, chance)
    told = [
        row(n, people[60], datetime(2026, 11, 12, 9) + timedelta(minutes=n * 20), chance, "high")  # noqa: DTZ001
        for n in range(200)
    ] + [
        row(1000 + n, people[n], datetime(2026, 11, 20, 9) + timedelta(minutes=n), chance, "high")  # noqa: DTZ001
        for n in range(60)
    ]
    for one in told:
        one["domestic"] = "Y"
    file = as_csv(told, COLUMNS)
    feed.take_in(area_id, io.BytesIO(file), "feed.csv", len(file), NOW)
    for day in (LIST_OF_ONE, LIST_OF_60):
        with saved():
            lists.build(db.session.get_one(AreaRow, area_id), day, audit.COMMAND_LINE, NOW)
    return db.session.query(CaseRow.id).order_by(CaseRow.number).first()[0]


FIRST = date(2026, 1, 5)
