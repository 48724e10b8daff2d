"""A meeting with three scribes, each in a browser of their own, and what their hands do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.models import db
from meetingsvc.permissions import Principal, Role
from meetingsvc.server import THREADS
from meetingsvc.store import accounts as account_store
from meetingsvc.store import acting, audit
from meetingsvc.usecases import accounts, agencies, areas
from meetingsvc.usecases.transaction import saved
from tests import a_marac
from tests.a_marac import MONDAY, NOW
from tests.proofs import LONG
from tests.second_factor import give_app, open_session
from tests.servers.serving import served

NAMES = ("Ada Lunn", "Bo Finch", "Cy Marr")
DAILY, MARAC = (40, 30) if LONG else (4, 3)
QUICK = 2_000  # milliseconds until the others see what one has typed


@dataclass
class Count:
    """What a case costs: clicks, keys of their own and boxes typed into; and every key that was pressed."""

    interactions: int = 0
    keystrokes: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.interactions + other.interactions, self.keystrokes + other.keystrokes)


@dataclass
class Hands:
    """What one scribe does, counted: before the first case, for each case, after the last."""

    page: Page
    counts: list[Count] = field(default_factory=lambda: [Count()])

    def begin(self) -> None:
        """The next case, or what comes after the last."""
        self.counts.append(Count())

    def click(self, what: Locator) -> None:
        """On a box, a button or a link."""
        self.counts[-1] += Count(1)
        what.click()

    def tick(self, group: str, answer: str) -> None:
        """One answer of a question."""
        self.click(self.page.get_by_role("group", name=group).get_by_label(answer, exact=True))

    def key(self, name: str) -> None:
        """One key, or two together."""
        self.counts[-1] += Count(1, 1)
        self.page.keyboard.press(name)

    def types(self, text: str) -> None:
        """A text, where the cursor is."""
        self.counts[-1] += Count(1, len(text))
        self.page.keyboard.type(text)

    def notes(self, text: str) -> None:
        """Into the notes, that are empty."""
        self.click(self.page.get_by_label("Meeting notes"))
        self.types(text)


def per_case(hands: list[Hands]) -> list[Count]:
    """What each case cost all of them together; the first and the last are what stands around the cases."""
    return [sum(counts, Count()) for counts in zip(*(one.counts for one in hands), strict=True)]


@dataclass
class Room:
    """The service, a daily list, and the three scribes, each in a browser of their own."""

    app: Flask
    address: str
    scribes: list[Principal]
    items: list[UUID]


@pytest.fixture
def room(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr("meetingsvc.clock.now", lambda: NOW)
    app = create_app(Settings(database_url, tmp_path, demo=True, secret_key="x" * 32))
    with app.app_context(), acting.service():
        scribes, items = _meeting(DAILY)
    with served(app, THREADS, patience=3) as port:  # the streams end as they learn that nobody is there
        yield Room(app, f"http://127.0.0.1:{port}", scribes, items)
    with app.app_context():
        db.engine.dispose()


def _meeting(cases: int) -> tuple[list[Principal], list[UUID]]:
    area_id = areas.create(
        "northtest", date(2026, 11, 2), NOW, "North Test", AreaSettings(marac_anchor=date(2026, 12, 3))
    )
    with saved():
        agency_ids = [
            agencies.create(
                area_id, name, kind, date(2026, 1, 5), audit.COMMAND_LINE, NOW, attends_daily=True
            )
            for name, kind in (("Northtest Police", AgencyKind.POLICE), ("Haven", AgencyKind.IDVA_SERVICE))
        ]
        made = [
            accounts.create(
                agency_ids[0], role, name, f"{name[:2]}@northtest.example", "invented for a test", "test", NOW
            )
            for name, role in zip((*NAMES, "Di Orr"), (*[Role.COORDINATOR] * 3, Role.CHAIR), strict=True)
        ]
        for account_id in made:
            give_app(account_id, NOW)
    found = [account_store.principal(account_id, NOW) for account_id in made]
    scribes = [who for who in found if who is not None]
    return scribes, a_marac.listed(area_id, a_marac.people_rows(cases, MONDAY))


@pytest.fixture
def contexts(room: Room, browser: Browser) -> Iterator[list[BrowserContext]]:
    made = []
    for who in room.scribes[:3]:
        with room.app.app_context(), acting.service():
            cookie = open_session(room.app, who.account_id, NOW).get_cookie(_cookie(room.app))
        assert cookie is not None
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": room.address}])
        made.append(context)
    yield made
    for context in made:
        context.close()


def _cookie(app: Flask) -> str:
    return str(app.config["SESSION_COOKIE_NAME"])


@pytest.fixture
def hands(contexts: list[BrowserContext]) -> list[Hands]:
    return [Hands(context.new_page()) for context in contexts]


def open_all(room: Room, hands: list[Hands], item: UUID) -> None:
    for one in hands:
        one.page.goto(f"{room.address}/items/{item}/outcome")
        expect(one.page.locator("form[data-ready]")).to_be_attached()
        one.page.wait_for_load_state("load")


def landed(page: Page) -> None:
    """Everything typed on this page is on the server."""
    expect(page.locator("[data-live-status]")).to_have_text("What you type is kept as a draft.")


def an_action(hands: Hands, owner: str, what: str) -> None:
    """In one line, as it is said; the row that it becomes is there."""
    hands.key("a")
    hands.types(f"{owner}: {what} by Friday")
    hands.key("Enter")
    hands.page.wait_for_function(
        "what => [...document.querySelectorAll('[data-row=action]:not([hidden]) textarea')]"
        ".some(one => one.value === what)",
        arg=what[:1].upper() + what[1:],
    )


def until_seen(typist: Hands, reader: Hands, text: str) -> int:
    """Milliseconds from the last key of the one until the other sees all of it in the notes."""
    notes = 'document.querySelector("[name=notes]")'
    typist.page.evaluate(f"{notes}.addEventListener('input', () => {{ window.typedAt = Date.now(); }})")
    reader.page.evaluate(
        f"""text => {{ const look = setInterval(() => {{
        if ({notes}.value === text) {{ window.seenAt = Date.now(); clearInterval(look); }} }}, 20); }}""",
        text,
    )
    typist.notes(text)
    reader.page.wait_for_function("() => window.seenAt")
    return int(reader.page.evaluate("window.seenAt") - typist.page.evaluate("window.typedAt"))
