"""What people do with third parties' requests in a browser, and a panel whose items can be told apart."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from time import monotonic
from typing import Any
from uuid import UUID

import pikepdf
import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from meetingsvc.models import ActionRow, NoteRow, OutcomeRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.usecases.transaction import saved
from meetingsvc.web.guard import CONFIRMED_FOR
from tests.a_third_party import LATER, NAMES, Scene
from tests.browser.checks import check_page
from tests.browser.signing_in import prove
from tests.builders import BEFORE_ALL
from tests.second_factor import give_app, open_session

POLICE, HOMES, HEALTH, SCHOOL, PROBATION = NAMES
#: Each word is found in what that agency supplied and nowhere else; the school's second once it is put right.
SUPPLIED = {
    POLICE: {"throat", "CANARYPOLICE"},
    HOMES: {"CANARYHOMES"},
    HEALTH: {"CANARYHEALTH", "CANARYTAKENOUT"},
    SCHOOL: {"CANARYSCHOOL", "CANARYANEW"},
    PROBATION: {"CANARYPROBATION", "CANARYOTHERS"},
}
OTHERS = "CANARYOTHERS: {} has {} and seeks her at {}."
DETAILS = ("Gareth", "07700 900123", "12 Hiding Place, XY9 9ZZ")
_SAID_TOO = {POLICE: "CANARYPOLICE came twice.", PROBATION: OTHERS.format(*DETAILS)}
#: What stands beside the items: of other people, of who wrote them, and why somebody decided what they did.
BESIDE = {
    "Gareth", "Moss", "Hiding Place", "XY9 9ZZ", "900123", "Priya Raman", "Rep of", "CANARYAUTHOR",
    "CANARYSOURCE", "CANARYRECORD", "CANARYCHECKED", "CANARYWHY", "CANARYMISREAD", "CANARYWEIGHED",
    "CANARYACTION",
}  # fmt: skip
PLANTED = BESIDE.union(*SUPPLIED.values())
_CHECKED: set[tuple[str, str]] = set()


def planted(text: str) -> set[str]:
    """Every word of them that a text says."""
    return {word for word in PLANTED if word in text}


def a_panel(area_id: UUID) -> Scene:
    """Five agencies and their case; everybody has an authenticator app."""
    made = Scene(area_id)
    with saved():
        for who in (made.coordinator, made.second, made.chair, *made.reps.values()):
            give_app(who.account_id, BEFORE_ALL)
            db.session.flush()
    by = made.coordinator.account_id
    here: dict[str, Any] = {"area_id": made.area_id, "item_id": made.item_id}
    rows = [
        NoteRow(agency_id=made.agencies[name], author="CANARYAUTHOR", source="CANARYSOURCE", text=text,
                recorded_by=by, recorded_at=LATER, kind="fact", **here)
        for name, text in _SAID_TOO.items()
    ]  # fmt: skip
    record = OutcomeRow(version=1, risk="high", in_place=True, refer=False, proposed_why="",
                        group_reason="", notes="CANARYRECORD of them all.", recorded_by=by,
                        recorded_at=LATER, **here)  # fmt: skip
    action = ActionRow(agency_id=made.agencies[HEALTH], category="victim", what="CANARYACTION by letter.",
                       due=date(2026, 12, 1), status="open", set_by=by, set_at=LATER, **here)  # fmt: skip
    with saved():
        for row in (*rows, record, action):
            db.session.add(row)
            db.session.flush()
    return made


@dataclass
class Site:
    """The service as people reach it; its clock goes on, and leaps where a test lets time pass."""

    app: Flask = field(init=False)
    address: str = ""
    passed: timedelta = timedelta()
    began: float = field(default_factory=monotonic)

    def now(self) -> datetime:
        """In the place of `clock.now`."""
        return LATER + self.passed + timedelta(seconds=monotonic() - self.began)


@dataclass
class Hands:
    """What one person does, in a browser of their own."""

    site: Site
    page: Page
    who: Principal

    @property
    def main(self) -> Locator:
        """The page without what stands on every one."""
        return self.page.get_by_role("main")

    @property
    def reads(self) -> str:
        """The page as it reads, on one line."""
        return " ".join(self.main.inner_text().split())

    def look(self) -> None:
        """Each page is checked whole the first time that somebody of a role comes to it."""
        seen = (self.who.role, self.page.title())
        if seen not in _CHECKED:
            check_page(self.page)
            _CHECKED.add(seen)

    def click(self, target: Locator) -> None:
        """To another page."""
        with self.page.expect_navigation():
            target.click()
        self.look()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """The first link of that name."""
        self.click(self.main.get_by_role("link", name=name).first)

    def press(self, name: str) -> None:
        """The one button of that name."""
        self.click(self.main.get_by_role("button", name=name, exact=True))

    def choose(self, question: str, answer: str) -> None:
        """One answer of a question."""
        self.main.get_by_role("group", name=question).get_by_label(answer, exact=True).check()

    def fill(self, label: str, text: str) -> None:
        """A box."""
        self.main.get_by_label(label, exact=True).fill(text)

    def day(self, question: str, day: date) -> None:
        """Three boxes."""
        boxes = self.main.get_by_role("group", name=question)
        for label, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            boxes.get_by_label(label, exact=True).fill(str(number))

    def enter(self) -> None:
        """Signed in as after both steps; `test_journey.py` goes through their pages."""
        name = self.site.app.config["SESSION_COOKIE_NAME"]
        with acting.service():
            cookie = open_session(self.site.app, self.who.account_id, self.site.now()).get_cookie(name)
        assert cookie is not None
        self.page.context.add_cookies([{"name": name, "value": cookie.value, "url": self.site.address}])
        self.page.goto(self.site.address)
        self.look()

    def open_case(self) -> None:
        """The case, from the list of the day."""
        self.click(self.page.get_by_role("link", name="Daily lists", exact=True).first)
        self.follow(re.compile("23 Nov"))
        self.follow(re.compile("^C-"))

    def open_request(self, waits_for: str) -> None:
        """The request, from the first page, which says what it waits for."""
        self.page.goto(self.site.address)
        assert f"waits for {waits_for}" in self.reads
        self.follow(re.compile("^REQ-"))

    def find_request(self) -> None:
        """The request among all of them: until the hearing it waits for nobody who runs the meetings."""
        self.click(self.page.get_by_role("link", name="More", exact=True))
        self.follow("Requests")
        self.follow(re.compile("^REQ-"))

    def record(self, step: str, why: str = "") -> None:
        """A step of the request."""
        self.press("Record what was done")
        self.choose("What was done?", step)
        self.fill("How, or why?", why)
        self.press("Record it")

    def sign(self, button: str) -> None:
        """Their second factor was proven too long ago, so they are asked for it."""
        self.site.passed += CONFIRMED_FOR + timedelta(minutes=1)
        self.press(button)
        expect(self.page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
        with self.page.expect_navigation():
            prove(self.page, "Carry on", checked=False)
        self.look()
        self.press("Continue")

    def decide(self, step: str, why: str = "") -> None:
        """As the chair, on the page that shows every answer."""
        self.choose("What do you decide?", step)
        self.fill("Why?", why)
        self.sign("Decide and sign")


def opened(content: bytes, phrase: str) -> str:
    """Everything a release says: its pages, its parts, and of itself. Each page says whose it is."""
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(BytesIO(content), password="wrong")
    with pikepdf.open(BytesIO(content), password=phrase) as pdf:
        assert pdf.encryption.R == 6
        parts = [one.read_bytes().decode("latin-1") if isinstance(one, pikepdf.Stream) else repr(one)
                 for one in pdf.objects]  # fmt: skip
        parts.append(str(pdf.docinfo))
    pages = [page.extract_text() for page in PdfReader(BytesIO(content), password=phrase).pages]
    assert pages and all("Copy 1 · Wilma Grove" in page for page in pages)
    return " ".join(" ".join([*parts, *pages]).split())
