"""The main job as people do it: police feed → daily list → outcome → five groups → agenda → pack."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pikepdf
import pypdf
import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page

from agenda.agencies import AgencyKind
from agenda.area import AreaSettings
from agenda.feed_content import COLUMNS
from meetingsvc.app import create_app
from meetingsvc.config import Settings
from meetingsvc.invented import incidents
from meetingsvc.invented.families import families
from meetingsvc.models import db
from meetingsvc.permissions import Role
from meetingsvc.store import audit
from meetingsvc.usecases import accounts, agencies, areas
from meetingsvc.usecases.transaction import saved
from tests.browser.checks import check_page
from tests.browser.signing_in import prove
from tests.proofs import LONG
from tests.second_factor import give_app
from tests.servers.serving import served

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PASSWORD = "invented for a test"
AGENCIES = {
    "Northtest Police": (AgencyKind.POLICE, True),
    "Haven Northtest": (AgencyKind.IDVA_SERVICE, True),
    "Northtest Homes": (AgencyKind.HOUSING, False),
}
PEOPLE = {
    "coordinator": (Role.COORDINATOR, "Northtest Police", "Robin Vane"),
    "homes": (Role.REPRESENTATIVE, "Northtest Homes", "Sám Oakley"),
}

pytestmark = pytest.mark.browser
#: The titles of the pages that were checked.
_CHECKED: set[str] = set()


@dataclass
class Site:
    """The service as people reach it; its clock stands at Monday morning, after the cut-off."""

    address: str
    feed: Path
    app: Flask


@pytest.fixture
def site(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr("meetingsvc.clock.now", lambda: MONDAY)
    app = create_app(Settings(database_url, tmp_path, demo=True, secret_key="x" * 32))
    with app.app_context():
        _make_panel()
    with served(app) as port:
        yield Site(f"http://127.0.0.1:{port}", _weekend_feed(tmp_path), app)
    with app.app_context():
        db.engine.dispose()


def _make_panel() -> None:
    settings = AreaSettings(marac_anchor=date(2026, 12, 3))
    area_id = areas.create("northtest", date(2026, 11, 23), MONDAY, "North Test", settings)
    with saved():
        ids = {
            name: agencies.create(
                area_id, name, kind, date(2026, 1, 5), audit.COMMAND_LINE, MONDAY, attends_daily=daily
            )
            for name, (kind, daily) in AGENCIES.items()
        }
        for handle, (role, agency, name) in PEOPLE.items():
            email = f"{handle}@northtest.example"
            who = accounts.create(ids[agency], role, name, email, PASSWORD, audit.COMMAND_LINE, MONDAY)
            give_app(who, MONDAY)


def _weekend_feed(folder: Path) -> Path:
    """Forty messy rows of a weekend: Windows-1252, semicolons, capitals, and four rows that break a rule."""
    chance = Random(7)
    known = families(60, date(2026, 11, 20), chance)
    start = datetime(2026, 11, 20, 8, 0)  # noqa: DTZ001 the feed's local time
    rows = [
        incidents.row(n, chance.choice(known), start + timedelta(minutes=n * 104), chance) for n in range(40)
    ]
    path = folder / "weekend.csv"
    path.write_bytes(incidents.messy(rows, COLUMNS))
    return path


def _sign_in(page: Page, site: Site, handle: str) -> None:
    page.goto(site.address)
    page.get_by_label("E-mail address").fill(f"{handle}@northtest.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    prove(page)
    page.wait_for_url(f"{site.address}/")


def _click(page: Page, target: Locator) -> None:
    """Pages on the way are checked whole when they are first come to, in the long form each time: axe,
    320 px, headings, console."""
    with page.expect_navigation():
        target.click()
    if LONG or page.title() not in _CHECKED:
        check_page(page)
        _CHECKED.add(page.title())


def _go(page: Page, place: str) -> None:
    _click(page, page.get_by_role("navigation", name="Main").get_by_role("link", name=place, exact=True))


def _press(page: Page, name: str | re.Pattern[str]) -> None:
    _click(page, page.get_by_role("button", name=name).first)


def _follow(page: Page, name: str | re.Pattern[str]) -> None:
    _click(page, page.get_by_role("main").get_by_role("link", name=name).first)


def _upload(page: Page, site: Site) -> None:
    _go(page, "Police feed")
    page.locator("input[type=file]").set_input_files(site.feed)
    page.get_by_role("button", name="Send the file").click()
    page.get_by_role("link", name="Download the rejected rows").wait_for()
    check_page(page)
    figures = page.get_by_role("main").inner_text()
    assert re.search(r"Rows\s+41\b", figures) and re.search(r"Rejected\s+4\b", figures)
    assert "Windows-1252" in figures
    assert "not a date: '31/02/1990'" in figures


def _build_list(page: Page) -> int:
    page.goto(page.url.split("/feed")[0] + "/lists/2026-11-23")
    check_page(page)
    assert "72 hours" in page.get_by_role("main").inner_text()
    _press(page, "Build the list")
    rows = page.locator("table").first.locator("tbody tr")
    assert rows.count() > 8
    assert "High risk" in rows.first.inner_text()
    return rows.count()


def _record(page: Page, number: int) -> None:
    """One case: high ones are referred, every other one with safeguards in place."""
    page.get_by_role("group", name="Level of risk").get_by_label("High", exact=True).check()
    page.get_by_label("Victim in refuge", exact=True).set_checked(number % 2 == 1)
    placed = page.get_by_role("group", name="Are safeguards in place?")
    placed.get_by_label("Yes" if number % 2 else "No", exact=True).check()
    page.get_by_role("group", name="Refer to MARAC?").get_by_label("Yes", exact=True).check()
    page.get_by_label("Circulation group", exact=True).select_option("3" if number % 2 else "2")
    action = page.locator("fieldset", has=page.get_by_text("Action 1", exact=True)).last
    action.get_by_label("What is to be done").fill("Offer support on a weekday morning")
    action.get_by_label("Owner agency").select_option(label="Haven Northtest")
    action.get_by_label("Category").select_option(index=1)
    action.get_by_label("Due date").fill("25/11/2026")
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Save and ")).click()
    assert "There is a problem" not in page.get_by_role("main").inner_text()


def _record_outcomes(page: Page, how_many: int) -> None:
    _follow(page, "Record")
    for number in range(how_many):
        _record(page, number)
        if number < 3:
            check_page(page)
    page.goto(page.url.split("/items")[0].split("/lists")[0] + "/lists/2026-11-23")
    assert page.get_by_role("link", name="Recorded").count() == how_many
    _take_attendance(page)
    _follow(page, "Close the meeting")
    _press(page, "Close the meeting")
    assert "closed" in page.get_by_role("main").inner_text().lower()


def _take_attendance(page: Page) -> None:
    """Who is here and what was read out, in one go; on the way, the clock of a case."""
    _follow(page, "Who is here, and the clock")
    check_page(page)
    page.locator(".app-who:not(.app-who--typed) input[name$='-here']").first.check()
    page.get_by_label("It has now been read out").check()
    _press(page, "Save")
    assert "Saved: 1 person here." in page.get_by_role("main").inner_text()
    check_page(page)
    page.get_by_role("link", name=re.compile("^C-")).first.click()
    page.get_by_role("button", name="Hear this case").click()
    page.get_by_role("button", name="Stop the clock").wait_for()
    page.get_by_text("1 here: somebody comes or goes").click()
    check_page(page)
    page.goto(page.url.split("/items")[0] + "/lists/2026-11-23")


def _publish(page: Page, cases: int) -> None:
    _go(page, "MARAC")
    _follow(page, re.compile("3 Dec"))
    agenda = page.get_by_role("main")
    assert f"{cases} cases" in agenda.inner_text()
    headings = agenda.get_by_role("heading", level=2).all_inner_texts()
    assert headings[0].startswith("Time: ")
    assert [heading[:7] for heading in headings[1:]] == [f"Group {n}" for n in range(1, 6)]
    lines = agenda.locator("tr[id^=case-]")
    first = lines.first.get_attribute("id")
    _press(page, "Down")
    assert lines.nth(1).get_attribute("id") == first
    for step in ("Close the agenda", "Publish the agenda"):
        _click(page, page.get_by_role("main").get_by_text(step, exact=True).first)
        _press(page, step)
    assert "ublished" in agenda.inner_text()


def _fetch_pack(page: Page, downloaded: Callable[[], bytes]) -> None:
    _go(page, "Packs")
    _follow(page, re.compile("^Read"))
    assert "For discussion" in page.get_by_role("main").inner_text()
    _go(page, "Packs")
    _follow(page, re.compile("copy", re.IGNORECASE))
    _press(page, "Make my copy")
    phrase = page.locator("code").inner_text()
    content = downloaded()
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(content), password="wrong")
    opened = io.BytesIO()
    with pikepdf.open(io.BytesIO(content), password=phrase) as pdf:
        assert pdf.encryption.R == 6
        pdf.save(opened)  # without its encryption, for the reader of its text
    for leaf in pypdf.PdfReader(opened).pages:
        assert "Sám Oakley" in leaf.extract_text(), "the recipient's name is on every page"


def test_from_a_messy_feed_to_an_encrypted_named_pack(site: Site, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as visitor:
        page = visitor.new_page()
        _sign_in(page, site, "coordinator")
        check_page(page)
        _upload(page, site)
        cases = _build_list(page)
        _record_outcomes(page, cases)
        _publish(page, cases)
    with browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True) as visitor:
        page = visitor.new_page()
        _sign_in(page, site, "homes")
        check_page(page)

        def downloaded() -> bytes:
            with page.expect_download() as download:
                page.get_by_role("button", name=re.compile("^Download copy 1")).click()
            assert download.value.suggested_filename == "pack.pdf"
            return Path(download.value.path()).read_bytes()

        _fetch_pack(page, downloaded)
