"""The risk tool counted as it is filled, and the form without an account, as people use them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from agenda.area import AreaSettings
from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.store import acting
from meetingsvc.usecases import areas, public_referrers
from tests.browser.checks import check_page
from tests.browser.test_journey import MONDAY
from tests.servers.serving import served

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session"),
]


@pytest.fixture
def app(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The service, with an area that takes referrals without an account."""
    monkeypatch.setattr("meetingsvc.clock.now", lambda: MONDAY)
    made = create_app(Settings(database_url, tmp_path, demo=True, secret_key="x" * 32))
    with made.app_context():
        settings = AreaSettings(public_form=True, child_call="the front door, 01632 960 300")
        areas.create("northtest", date(2026, 11, 23), MONDAY, "North Test", settings)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as port:
        yield f"http://127.0.0.1:{port}/refer/northtest"


def test_who_has_no_account_comes_in_by_a_link_and_the_count_follows(
    app: Flask, address: str, page: Page
) -> None:
    keys: list[str] = []
    page.goto(address)
    check_page(page)
    page.get_by_label("Your agency").fill("Tarn Surgery")
    page.get_by_label("Your name").fill("Bea Larch")
    page.get_by_label("Your work e-mail address").fill("bea.larch@tarn.example")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your e-mail")
    with app.app_context(), acting.service():
        public_referrers.send_waiting(lambda cleared, key, now: keys.append(key), lambda: MONDAY)
    page.goto(f"{address}/link?key={keys[0]}")
    check_page(page)
    page.get_by_role("button", name="Go on").click()
    check_page(page)
    page.get_by_role("button", name="I have read this. Begin a referral").click()
    check_page(page)
    page.get_by_role("link", name="Risk assessment").click()
    _count(page)
    leaves = page.get_by_role("button", name="Exit this page")
    assert (leaves.get_attribute("href") or "").startswith("https://www.bbc.co.uk/")
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert {cookie["name"] for cookie in page.context.cookies()} == {"session", "referrer"}


def _count(page: Page) -> None:
    """Every yes counts at once, and a reader of screens is told."""
    shown = page.locator("[data-risk-count]")
    expect(shown).to_have_attribute("aria-live", "polite")
    for place in range(14):
        page.get_by_label("Yes", exact=True).nth(place).check()
    page.get_by_label("Don't know", exact=True).nth(20).check()
    expect(shown).to_contain_text("14 of 24, 9 left to answer, 1 not known")
    expect(shown).to_contain_text("high risk from 14")
    page.get_by_label("No", exact=True).nth(0).check()
    expect(shown).to_contain_text("13 of 24")
    expect(shown).to_contain_text("medium risk")
    check_page(page)
