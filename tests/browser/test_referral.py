"""The whole referral as somebody fills it in, with JavaScript and without: clicks and seconds are printed."""

import re
from dataclasses import dataclass, field
from time import perf_counter

import pytest
from playwright.sync_api import Browser, Page, expect

from agenda.referral_fields import Answers, Field, Kind, Row, asked, parts
from agenda.referral_parts import Place
from agenda.referral_sections import BY_ID
from agenda.risk_tool_dash import DASH
from tests.a_referral import CHILD, PERPETRATOR, UNBORN, a_draft
from tests.browser import test_journey as journey
from tests.browser.checks import check_page
from tests.proofs import figure
from tests.second_factor import code

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("copies", ["sqlite"], indirect=True, scope="session"),
]
site = journey.site
#: One page of each kind.
CHECKED = ("/before", "/victim", "/children", "/children/1", "/consent", "/risk", "/check", "/sent")
_TOLD = a_draft(
    reason__score="24", asked__risky="yes", asked__increases="A letter to the house", referrer__attend="yes",
    referrer__attend_on="2026-11-25", children=(CHILD, UNBORN), perpetrators=(PERPETRATOR,),
)  # fmt: skip
_SAID = {Kind.EMAIL: "somebody@home.example", Kind.PHONE: "07700 900 222"}


def _whole(fields: tuple[Field, ...], row: Row) -> dict[str, str]:
    """A row with an answer to every question that it is asked: what is not told is answered by its kind."""
    told = dict(row)
    for one in fields:
        if asked(one, told) and not told.get(one.id):
            told[one.id] = one.choices[0].id if one.choices else _SAID.get(one.kind, "QX1 4ZZ")
    return told


#: Every question that is asked is answered.
DRAFT = {
    section: Answers(
        _whole(BY_ID[section].fields, answers.fields),
        tuple(_whole(each.fields, row) for row in answers.rows) if (each := BY_ID[section].each) else (),
    )
    for section, answers in _TOLD.items()
}


@dataclass
class Hand:
    """Somebody filling the form, who counts."""

    page: Page
    checks: bool
    clicks: int = 0
    keys: int = 0
    began: float = field(default_factory=perf_counter)
    checking: float = 0.0

    @property
    def seconds(self) -> float:
        """Without those in which pages were checked."""
        return round(perf_counter() - self.began - self.checking, 1)

    def press(self, name: str) -> None:
        """A button, and the page that follows."""
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()
        if self.checks and self.page.url.endswith(CHECKED):
            since = perf_counter()
            check_page(self.page)
            self.checking += perf_counter() - since

    def fill(self, at: Place, row: dict[str, str]) -> None:
        """Every question of a page that is asked."""
        for one in at.fields:
            if asked(one, row):
                self._answer(at.prefix + one.id, one, row[one.id])

    def _answer(self, name: str, one: Field, answer: str) -> None:
        if one.choices or one.kind is Kind.LIST_DAYS:
            for choice in parts(answer) if one.kind in (Kind.CHOICES, Kind.LIST_DAYS) else [answer]:
                self.page.locator(f'[name="{name}"][value="{choice}"]').check()
                self.clicks += 1
            return
        box = self.page.locator(f'[id="{name}"]')
        if box.input_value() != answer:
            box.fill(answer)
            self.keys += len(answer)

    def whole(self) -> None:
        """From the first page to the reference."""
        self.press("I have read this: start the referral")
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Before you start").click()
        self.clicks += 1
        for section, answers in DRAFT.items():
            found = BY_ID[section]
            self.fill(Place(found), dict(answers.fields))
            for number, row in enumerate(answers.rows, 1):
                self.press("Save and continue" if number == 1 else f"Add another {found.each.name.lower()}")
                self.fill(Place(found, number), dict(row))
                self.press("Save and continue")
            self.press("Save and continue")
            if section == "consent":
                self._risk()
        self.press("Send the referral")

    def _risk(self) -> None:
        for question in DASH.questions:
            self.page.locator(f'[name="risk-{question.id}"][value="yes"]').check()
            self.clicks += 1
        self.press("Save and continue")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_T7_the_whole_form_is_filled_and_sent(site: journey.Site, browser: Browser, javascript: bool) -> None:
    context = browser.new_context(java_script_enabled=javascript, locale="en-GB",
                                  viewport={"width": 1280, "height": 900})  # fmt: skip
    page = context.new_page()
    _sign_in(page, site)
    page.goto(f"{site.address}/referrals/new")
    hand = Hand(page, checks=javascript)
    hand.whole()
    assert re.search(r"REF-\d{6}", page.get_by_role("main").inner_text())
    how = "with JavaScript" if javascript else "without"
    figure(
        "referral form",
        f"every question {how}, two children, DASH: {{clicks}} clicks, {{keys}} letters, {{seconds}} s",
        clicks=hand.clicks, keys=hand.keys, seconds=hand.seconds,  # type: ignore[arg-type]
    )  # fmt: skip
    context.close()


def test_T7_what_is_typed_is_saved_as_it_is_typed(site: journey.Site, page: Page) -> None:
    _sign_in(page, site)
    page.goto(f"{site.address}/referrals/new")
    hand = Hand(page, checks=False)
    hand.press("I have read this: start the referral")
    page.goto(f"{page.url}/sections/consent")
    limits = page.get_by_label("Conditions or limits the victim set")
    expect(limits).to_be_hidden()
    page.get_by_label("Yes, with conditions or limits").check()
    limits.press_sequentially("No call at work")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    page.reload()
    expect(limits).to_have_value("No call at work")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Conditions or limits the victim set").fill("No letter")
    other.get_by_role("button", name="Save and continue").click()
    limits.press("End")
    limits.press_sequentially(", ever")
    expect(page.locator("[data-saved]")).to_contain_text("saved in another tab")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("table")).to_contain_text("No letter")
    expect(limits).to_have_value("No call at work, ever")
    check_page(page)


def _sign_in(page: Page, site: journey.Site) -> None:
    page.goto(site.address)
    page.get_by_label("E-mail address").fill("homes@northtest.example")
    page.get_by_label("Password", exact=True).fill(journey.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    box = page.get_by_label("Code from your authenticator app")
    box.wait_for()
    box.fill(code(journey.MONDAY))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site.address}/")
