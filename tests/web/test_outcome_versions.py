"""A case is kept from the MARAC with a reason; the page keeps what it said before; the chair is told."""

from collections.abc import Callable

from flask.testing import FlaskClient

from meetingsvc.permissions import Role
from tests.web.test_outcomes import DECIDED, NOT_REFERRED, coordinator, pages

__all__ = ["coordinator", "pages"]

SignIn = Callable[..., FlaskClient]
CARD = "High risk, and not referred to the MARAC"


def test_D3_a_referral_is_taken_back_with_a_reason_and_the_chair_sees_it(
    coordinator: FlaskClient, signed_in: SignIn, pages: list[str]
) -> None:
    page, chair = pages[0], signed_in(Role.CHAIR)
    coordinator.post(page, data=DECIDED | {"notes": "He has a key."})
    assert CARD not in chair.get("/").text and "What it said before" not in coordinator.get(page).text
    taken_back = NOT_REFERRED | {"version": "1", "not_referred": " "}
    refused = coordinator.post(page, data=taken_back)
    assert refused.status_code == 422 and "Say why the case is not referred to MARAC" in refused.text
    coordinator.post(page, data=taken_back | {"not_referred": "She is in refuge."})
    assert CARD in chair.get("/").text and CARD not in coordinator.get("/").text
    for client in (coordinator, chair):
        shown = client.get(page).text
        assert "What it said before (1)" in shown and "He has a key." in shown
        assert "She is in refuge." in shown
    rep = signed_in(Role.REPRESENTATIVE).get(page).text
    assert "She is in refuge." in rep and "He has a key." not in rep
