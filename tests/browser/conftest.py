"""One Chromium for all browser tests: Debian's own, so that nothing has to be downloaded."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.scribes import contexts, hands, room
from tests.proofs import LONG

__all__ = ["contexts", "hands", "room"]
# A slow machine is no failure; what has to be quick says so where it is measured.
expect.set_options(timeout=20_000)

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One of these tests that fails is run once more, and the run's last lines name it; not in the long form.

    A browser, a server and its threads share two cores with all other tests. What shows that nothing typed is
    lost or there twice has one try.
    """
    for item in items:
        if item.get_closest_marker("browser") and item.path.name != "test_scribes.py" and not LONG:
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("MEETINGSVC_CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("Chromium is missing: apt-get install chromium, or set MEETINGSVC_CHROMIUM")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--headless=new", *QUIET])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor: no cookies, nothing kept from the test before."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-GB", timezone_id="Europe/London"
    )
    yield context.new_page()
    context.close()
