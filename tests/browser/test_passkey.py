"""A passkey in a real browser: made at the first sign-in, and one touch at the next."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from agenda.agencies import AgencyKind
from meetingsvc import clock
from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.permissions import Role
from meetingsvc.usecases import accounts, agencies, areas
from meetingsvc.usecases.transaction import saved
from tests.browser.checks import check_page
from tests.browser.signing_in import plug_in
from tests.servers.serving import served

pytestmark = pytest.mark.browser
EMAIL, FIRST, OWN = "robin@northtest.example", "invented for a test", "heron lantern ditch"


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The service on `localhost`, which browsers trust with passkeys; not the demonstration.

    Asked for before `page`, so that the browser has let go of it when it is closed: it waits for that.
    """
    settings = Settings(database_url, tmp_path, secret_key="x" * 32)
    app = create_app(settings)
    with app.app_context():
        now = clock.now()
        area_id = areas.create("northtest", date(2026, 11, 2), now, "North Test")
        with saved():
            police = agencies.create(area_id, "Police", AgencyKind.POLICE, date(2026, 1, 5), "test", now)
            accounts.create(police, Role.COORDINATOR, "Robin Vane", EMAIL, FIRST, "test", now,
                            must_change_password=True)  # fmt: skip
    with served(app) as port:
        public_url = f"http://localhost:{port}"
        app.config["SETTINGS"] = replace(settings, public_url=public_url)
        yield public_url
    with app.app_context():
        db.engine.dispose()


def give_password(page: Page, address: str, password: str) -> None:
    page.goto(address)
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_password(page: Page) -> None:
    page.get_by_label("Your password now").fill(FIRST)
    page.get_by_label("New password", exact=True).fill(OWN)
    page.get_by_label("New password again").fill(OWN)
    page.get_by_role("button", name="Change the password").click()


def test_a_passkey_is_made_at_the_first_sign_in_and_touched_once_at_the_next(
    address: str, page: Page
) -> None:
    session, device = plug_in(page)
    give_password(page, address, FIRST)
    choose_password(page)
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    check_page(page)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("work laptop")
    check_page(page)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url(f"{address}/")
    page.get_by_role("button", name="Sign out").click()
    give_password(page, address, OWN)
    touch = page.get_by_role("button", name="Sign in with your passkey")
    touch.wait_for()
    check_page(page)
    touch.click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/second-factor")
    expect(page.get_by_text("work laptop").first).to_be_visible()
    check_page(page)
    page.goto(f"{address}/sessions")
    check_page(page)
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert len(kept) == 1 and kept[0]["rpId"] == "localhost"


def test_a_touch_that_does_not_come_is_said_and_opens_nothing(address: str, page: Page) -> None:
    session, device = plug_in(page)
    give_password(page, address, FIRST)
    choose_password(page)
    page.goto(f"{address}/second-factor/passkey")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_label("Name of the passkey").fill("work laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_text("No passkey was used.")).to_be_visible()
    page.goto(f"{address}/")
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
