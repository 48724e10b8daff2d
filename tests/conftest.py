"""What every test may ask for: a database, an area in it, and servers that stop when the tests do."""

import gc
import os
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings

from meetingsvc.config import Settings
from meetingsvc.models import AreaRow, db
from meetingsvc.server import GC_THRESHOLD
from meetingsvc.store import acting, case_numbers
from meetingsvc.usecases import areas
from tests.builders import BEFORE_ALL
from tests.proofs import pytest_runtest_makereport, pytest_terminal_summary  # noqa: F401 print the proofs
from tests.servers import apps, memory, network, pages, patched, twice
from tests.servers.databases import Copies
from tests.servers.postgresql import URL, Server
from tests.servers.remembered import fresh, remembered

settings.register_profile(
    "house", max_examples=100, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
settings.load_profile("house")

SERVER = pytest.StashKey[Server]()
NEEDS_DATABASE = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for all processes that run tests: the one that hands them out keeps it."""
    network.forbid()
    memory.use()
    pages.keep()
    patched.watch()
    apps.plan_once()
    case_numbers.WIDEST = 1  # tests name cases by their order; `test_case_numbers.py` draws them as they are
    for name in [
        name for name in os.environ if name.startswith("MEETINGSVC_") and name not in (URL, _CHROMIUM)
    ]:
        del os.environ[name]
    if not hasattr(config, "workerinput"):
        config.stash[SERVER] = Server()
        signal.signal(signal.SIGTERM, _interrupt)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """The processes that run tests find its address in their environment."""
    config.stash[SERVER].url()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Also after a failure, and after Ctrl-C."""
    if server := config.stash.get(SERVER, None):
        server.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is not about the database is asked on one."""
    items[:], left = twice.once(items)
    items.sort(key=lambda item: item.path.stem != "test_kills")  # they fork this process: while it is small
    config.hook.pytest_deselected(items=left)


def pytest_collection_finish() -> None:
    """Memory is managed as our servers do: what is loaded is set aside, so that collecting passes it by."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 10, 10)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


_CHROMIUM = "MEETINGSVC_CHROMIUM"


@pytest.fixture(scope="session")
def postgresql(pytestconfig: pytest.Config) -> str:
    """The address of the tests' PostgreSQL."""
    server = pytestconfig.stash.get(SERVER, None)
    return server.url() if server else os.environ[URL]


@pytest.fixture(scope="session", params=NEEDS_DATABASE)
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Each kind of database in turn."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    made = Copies(tmp_path_factory.mktemp(f"databases-{worker}"), server)
    yield made
    made.close()


@pytest.fixture
def database_url(copies: Copies) -> Iterator[str]:
    """A fresh database, up to date and empty: SQLite, then PostgreSQL."""
    url = copies.make()
    fresh(copies, url)
    yield url
    copies.drop(url)


@pytest.fixture
def empty_database_url(copies: Copies) -> Iterator[str]:
    """A fresh database in which no migration has run."""
    url = copies.make_empty()
    yield url
    copies.drop(url)


@pytest.fixture
def settings_for_tests(database_url: str, tmp_path: Path) -> Settings:
    """The service's settings, for the database of this test."""
    return Settings(database_url, tmp_path, secret_key="k" * 32)


@pytest.fixture
def core_app(settings_for_tests: Settings) -> Iterator[Flask]:
    """The database opened, without pages. The test itself looks everywhere: it acts as the service."""
    app = apps.core(settings_for_tests)
    with app.app_context(), acting.service():
        yield app
        apps.rest()


@pytest.fixture
@remembered
def area_id(core_app: Flask) -> UUID:
    """The area `northmoor`; its first list is that of Monday 2 November 2026."""
    return areas.create("northmoor", date(2026, 11, 2), BEFORE_ALL)


@pytest.fixture
def area(area_id: UUID) -> AreaRow:
    """Its row, read afresh by each use."""
    row = db.session.get(AreaRow, area_id)
    assert row is not None
    return row
