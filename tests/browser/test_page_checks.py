"""The layout as a browser sees it, and proof that `check_page` catches what it is for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page, expect

from meetingsvc import assets
from tests.browser.checks import check_page
from tests.servers.serving import served
from tests.web.layout_app import SOMEBODY, create_app

pytestmark = pytest.mark.browser


def pages_for(principal: object) -> Iterator[str]:
    assert assets.missing() == [], "run: python -m meetingsvc.assets"
    with served(create_app(principal)) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    yield from pages_for(SOMEBODY)


@pytest.fixture(scope="module")
def public_site() -> Iterator[str]:
    yield from pages_for(None)


@pytest.mark.parametrize("path", ["/?flash=success", "/?flash=info&flash=error", "/nowhere"])
def test_pages_pass_at_both_widths(page: Page, site: str, path: str) -> None:
    page.route(
        "**/poll",
        lambda route: route.fulfill(json={"done": 3, "total": 10, "text": "Row 3", "finished": False}),
    )
    page.goto(site + path)
    check_page(page)


def test_a_form_sent_back_with_errors_passes(page: Page, site: str) -> None:
    page.route(
        "**/poll",
        lambda route: route.fulfill(json={"done": 3, "total": 10, "text": "Row 3", "finished": False}),
    )
    page.goto(site)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Enter the date of the meeting").click()
    expect(page.locator("#sits_on-day")).to_be_focused()
    check_page(page)


def test_sign_in_and_its_errors_pass(page: Page, public_site: str) -> None:
    page.goto(public_site + "/sign-in")
    check_page(page)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Enter your password").wait_for()
    check_page(page)


def test_progress_is_followed_to_its_end(page: Page, site: str) -> None:
    page.goto(site)
    page.wait_for_url("**/sign-in")


def test_a_key_presses_its_button_but_not_while_typing_and_can_be_turned_off(page: Page, site: str) -> None:
    page.route(
        "**/poll",
        lambda route: route.fulfill(json={"done": 3, "total": None, "text": "…", "finished": False}),
    )
    page.goto(site)
    page.locator("html.govuk-template").wait_for()
    page.locator("#note").press("s")
    assert page.locator("#note").input_value() == "s"
    page.locator("#note").fill("")
    page.get_by_text("Keyboard shortcuts").click()
    page.get_by_role("button", name="Turn shortcuts off").click()
    page.keyboard.press("s")
    assert page.locator(".govuk-error-summary").count() == 0
    page.get_by_role("button", name="Turn shortcuts on").click()
    page.locator("h1").click()
    page.keyboard.press("s")
    page.locator(".govuk-error-summary").wait_for()


def test_leaving_with_something_typed_asks_first(page: Page, site: str) -> None:
    page.route(
        "**/poll", lambda route: route.fulfill(json={"done": 3, "total": 10, "text": "…", "finished": False})
    )
    page.goto(site)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.locator("#note").press_sequentially("half a thought")
    page.goto(site + "/sign-in")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(
    "fault, found",
    [
        ("<title>Other</title><h1>Mine</h1>", "does not name"),
        ("<title>T</title><h1>T</h1><h1>T</h1>", "2 h1"),
        ("<title>T</title><h1>T</h1><p id=a>a</p><p id=a>b</p>", "used twice"),
        ("<title>T</title><main><h1>T</h1><div style='width:900px'>wide</div></main>", "runs over"),
        ("<title>T</title><main><h1>T</h1><img src='data:,'></main>", "image-alt"),
        ("<title>T</title><main><h1>T</h1><script>throw Error('broken')</script></main>", "broken"),
    ],
)
def test_check_page_fails_on_each_fault(page: Page, fault: str, found: str) -> None:
    page.set_content(f"<!doctype html><html lang=en><meta name=viewport content='width=device-width'>{fault}")
    with pytest.raises(AssertionError, match=found):
        check_page(page)


def test_check_page_fails_on_a_breach_of_the_security_policy(page: Page, site: str) -> None:
    page.goto(site + "/sign-in")
    page.evaluate("document.querySelector('main').setAttribute('style', 'color: red')")
    page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match="Content Security Policy|style-src"):
        check_page(page)
