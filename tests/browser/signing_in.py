"""The second step of signing in, as people do it."""

from typing import Any

from playwright.sync_api import CDPSession, Page

from meetingsvc import clock
from tests.browser.checks import check_page
from tests.second_factor import code


def prove(page: Page, button: str = "Sign in", *, checked: bool = True) -> None:
    """Types the code that the app shows at the service's present moment."""
    box = page.get_by_label("Code from your authenticator app")
    box.wait_for()
    if checked:
        check_page(page)
    box.fill(code(clock.now()))
    page.get_by_role("button", name=button, exact=True).click()


def plug_in(page: Page) -> tuple[CDPSession, str]:
    """A security key of Chromium's own, that its owner touches at once and unlocks with their finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]
