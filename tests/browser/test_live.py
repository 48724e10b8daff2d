"""What others type, by a stream; who gets none asks: where there is none, and where none comes through."""

import re
from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.scribes import QUICK, Hands, Room, open_all, until_seen
from tests.proofs import figure

pytestmark = pytest.mark.browser
STREAM = re.compile(r"/live/stream\?")


def test_D3_what_another_types_appears_within_two_seconds_with_their_name(
    room: Room, hands: list[Hands]
) -> None:
    one, two, _ = hands
    open_all(room, hands, room.items[0])
    took = until_seen(one, two, "She has left.")
    expect(two.page.locator("[data-live-who]")).to_have_text("Ada Lunn is typing in Notes")
    assert took <= QUICK
    figure("what another types", "seen after {took} ms by a stream", took=took)


@pytest.fixture(params=["kept back", "cut at once", "opened and kept back", "refused"])
def blocked(
    request: pytest.FixtureRequest, contexts: list[BrowserContext], monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A proxy before the service that lets no stream through, each in its own way."""
    over = Event()

    def beginning(*_: object) -> Iterator[str]:
        yield "retry: 500\n\n"
        if request.param == "opened and kept back":
            over.wait(60)

    if request.param in ("kept back", "refused"):
        for one in contexts:
            one.route(STREAM, lambda asked: asked.abort() if request.param == "refused" else None)
    else:
        monkeypatch.setattr("meetingsvc.web.live._events", beginning)
    yield request.param
    over.set()


def test_D3_a_page_asks_where_no_stream_comes_through(room: Room, hands: list[Hands], blocked: str) -> None:
    one, two, _ = hands
    open_all(room, hands, room.items[0])
    with two.page.expect_response(re.compile(r"/live\?after="), timeout=20_000) as asked:
        pass
    assert asked.value.ok
    took = until_seen(one, two, "She has left.")
    expect(two.page.locator("[data-live-who]")).to_have_text("Ada Lunn is typing in Notes")
    figure(f"what another types, streams {blocked}", "seen after {took} ms by asking", took=took)
