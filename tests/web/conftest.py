"""The whole service on both databases, and people of every role signed in to it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from meetingsvc import clock
from meetingsvc.config import Settings
from meetingsvc.permissions import Role
from meetingsvc.store import acting, audit
from meetingsvc.store import areas as store
from meetingsvc.usecases import accounts, agencies, areas, sign_in
from meetingsvc.usecases.transaction import saved
from tests.second_factor import give_app, open_session
from tests.servers import apps
from tests.servers.databases import Copies
from tests.servers.remembered import recall

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # a Monday, after the list's cut-off
PASSWORD = "invented for a test"

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def service(
    copies: Copies, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    """An application with the area `northtest`: a police force and a housing agency. It is always NOW."""
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW)
    monkeypatch.setattr(sign_in, "hashed", lambda password: f"test:{password}")  # argon2 is slow on purpose
    monkeypatch.setattr(accounts, "hashed", lambda password: f"test:{password}")
    monkeypatch.setattr(sign_in, "matches", lambda kept, password: kept == f"test:{password}")
    settings = Settings(
        database_url=database_url, data_dir=tmp_path, secret_key="x" * 32, mail_dir=tmp_path / "mail"
    )
    app = apps.whole(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    token = acting.begin(acting.Service())  # the test itself looks everywhere; each request begins as nobody
    with app.app_context():
        recall(app, copies, database_url, ("northtest",), None, _northtest)
    yield app
    with app.app_context():
        apps.rest()
    acting.end(token)


def _northtest() -> None:
    settings_of_area = AreaSettings(marac_anchor=date(2026, 12, 3))
    area_id = areas.create("northtest", date(2026, 11, 2), NOW, "North Test", settings_of_area)
    with saved():
        for name, kind, daily in (
            ("Northtest Police", AgencyKind.POLICE, True),
            ("Northtest Homes", AgencyKind.HOUSING, False),
            ("Haven Northtest", AgencyKind.IDVA_SERVICE, True),
        ):
            agencies.create(
                area_id, name, kind, date(2026, 1, 5), audit.COMMAND_LINE, NOW, attends_daily=daily
            )


def agency_named(name: str) -> UUID:
    """An agency of the area northtest."""
    area = store.by_name("northtest")
    assert area is not None
    return next(agency.id for agency in store.agencies(area.id) if agency.name == name)


@pytest.fixture
def signed_in(service: Flask, copies: Copies, database_url: str) -> SignIn:
    """`signed_in(Role.CHAIR)`, or `signed_in(Role.REPRESENTATIVE, agency="Northtest Homes")`: a client
    signed in, as after a password and a code just now. `test_sign_in.py` goes through the pages."""
    made: dict[tuple[Role, str], UUID] = {}

    def enter(role: Role, agency: str) -> tuple[UUID, str]:
        account_id = made.get((role, agency))
        if account_id is None:
            name, email = f"Person {len(made)}", f"person{len(made)}@northtest.example"
            with service.app_context(), saved():
                account_id = accounts.create(agency_named(agency), role, name, email, PASSWORD, "test", NOW)
                give_app(account_id, NOW)
        client = open_session(service, account_id, NOW)
        cookie = client.get_cookie(service.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        return account_id, cookie.value

    def sign_in_as(role: Role, agency: str = "Northtest Police") -> FlaskClient:
        named, now = ("signed in", role, agency), clock.now()
        account_id, cookie = recall(service, copies, database_url, named, now, lambda: enter(role, agency))
        made[role, agency] = account_id
        service.config["WTF_CSRF_ENABLED"] = False
        client = service.test_client()
        client.set_cookie(service.config["SESSION_COOKIE_NAME"], cookie)
        return client

    return sign_in_as
