"""A page left alone hides what it shows, wakes at a touch while the session lives, keeps what was typed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_page_checks import SOMEBODY, pages_for

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    yield from pages_for(SOMEBODY)


def answered(page: Page, status: int) -> list[str]:
    """What the page asks whether its session lives, and is told."""
    asked: list[str] = []

    def fulfil(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=status, headers={"Location": "/again"} if status == 302 else {})

    page.unroute_all()
    page.route("**/poll", lambda route: route.fulfill(json={"done": 1, "text": "…", "finished": False}))
    page.route(re.compile("/still-here"), fulfil)
    return asked


def test_a_page_that_nobody_touches_hides_and_keeps_what_was_typed(page: Page, site: str) -> None:
    asked = answered(page, 204)
    page.clock.install()
    page.goto(site)
    page.locator("#note").fill("half a thought")
    main, cover, title = page.locator("main"), page.get_by_text("This page is asleep"), page.title()
    page.clock.run_for(14 * MINUTE)
    expect(main).to_be_visible()
    page.mouse.move(20, 20)
    page.clock.run_for(14 * MINUTE)
    expect(main).to_be_visible()
    page.clock.run_for(2 * MINUTE)
    expect(main).to_be_hidden()
    expect(page.locator("header, .govuk-footer").first).to_be_hidden()
    expect(cover).to_be_visible()
    assert page.title().startswith("Asleep") and title not in page.title()
    page.keyboard.press("Enter")
    expect(main).to_be_visible()
    expect(cover).to_be_hidden()
    assert page.title() == title and page.locator("#note").input_value() == "half a thought"
    assert [url.partition("?")[2] for url in asked if "?" in url] == [f"page_of={SOMEBODY.account_id}"]


@pytest.mark.parametrize("status", [302, 409])
def test_it_stays_hidden_until_its_person_has_confirmed(page: Page, site: str, status: int) -> None:
    answered(page, status)
    page.clock.install()
    page.goto(site)
    page.locator("#note").fill("half a thought")
    page.clock.run_for(16 * MINUTE)
    page.get_by_role("button", name="Touch to go on").click()
    link = page.get_by_role("link", name="Confirm that it is you")
    expect(link).to_have_attribute("target", "_blank")
    expect(page.locator("main")).to_be_hidden()
    answered(page, 204)
    page.get_by_role("button", name="Touch to go on").click()
    expect(page.locator("main")).to_be_visible()
    assert page.locator("#note").input_value() == "half a thought"
