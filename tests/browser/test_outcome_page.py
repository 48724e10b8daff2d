"""The outcome page while somebody types: nobody but a person chooses the group, and the session goes on."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from meetingsvc.models import db
from meetingsvc.store import acting, areas
from meetingsvc.usecases import feed, lists
from meetingsvc.usecases.transaction import saved
from tests.browser import test_journey as journey
from tests.browser.checks import check_page
from tests.browser.signing_in import prove
from tests.builders import A_MEGABYTE

pytestmark = pytest.mark.browser
site = journey.site


@pytest.fixture
def working(site: journey.Site, page: Page) -> Page:
    """The first case of the Monday's list, with its form. On the pages that lead here goes the journey."""
    with site.app.app_context(), acting.service():
        _listed(site.feed)
    page.clock.install()
    journey._sign_in(page, site, "coordinator")
    page.goto(f"{site.address}/lists/{journey.MONDAY:%Y-%m-%d}")
    journey._follow(page, "Record")
    return page


def _listed(file: Path) -> None:
    area = areas.by_name("northtest")
    assert area is not None
    with file.open("rb") as rows:
        feed.take_in(area.id, rows, file.name, A_MEGABYTE, journey.MONDAY)
    with saved():
        lists.build(area, journey.MONDAY.date(), "test", journey.MONDAY)
    db.session.remove()


def test_C1_the_proposed_group_is_shown_and_a_person_chooses_it(working: Page) -> None:
    group = working.get_by_label("Circulation group", exact=True)
    working.get_by_role("group", name="Are safeguards in place?").get_by_label("No", exact=True).check()
    working.get_by_role("group", name="Refer to MARAC?").get_by_label("Yes", exact=True).check()
    proposal = working.get_by_label("Proposed circulation group").locator("p:visible")
    expect(proposal).to_have_count(1)
    expect(group).to_have_value("")
    choose = working.get_by_role("button", name="Choose the proposed group")
    working.evaluate("window.notReloaded = true")
    choose.click()
    expect(group).to_have_value(proposal.get_attribute("data-group") or "none")
    expect(choose).to_be_hidden()
    chosen = group.input_value()
    working.get_by_role("group", name="Are safeguards in place?").get_by_label("Yes", exact=True).check()
    expect(group).to_have_value(chosen)
    expect(choose).to_be_visible()
    assert working.evaluate("window.notReloaded")


def test_the_session_is_kept_only_while_somebody_types(working: Page) -> None:
    asked: list[str] = []  # what keeps a session: asking what others wrote does not (`test_live`)

    def hear(request: Request) -> None:
        if "?after=" not in request.url:
            asked.append(request.url.rpartition("/")[2])

    working.on("request", hear)
    working.clock.run_for(14 * 60_000)
    assert asked == []
    working.get_by_label("Meeting notes").press_sequentially("What the meeting said")
    with working.expect_response("**/still-here") as answer:
        working.clock.run_for(12 * 60_000)
    assert answer.value.status == 204 and asked == ["live", "still-here"], "kept, and the session with it"


def test_what_was_typed_is_sent_after_a_pause_by_a_code_and_one_button(
    site: journey.Site, working: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = working.locator("[name=seen]")
    before = seen.input_value()
    # Answered, and heard of: the clock moves between two requests. Within one, it would keep the session.
    with working.expect_response(
        lambda answer: answer.request.method == "POST" and answer.url.endswith("/live")
    ):
        working.get_by_label("Meeting notes").fill("What the meeting")
    expect(seen).not_to_have_value(before)
    monkeypatch.setattr("meetingsvc.clock.now", lambda: journey.MONDAY + timedelta(minutes=20))
    working.get_by_label("Meeting notes").fill("What the meeting said")
    # As slowly as a hand: what the page says meanwhile does not move the button away from under it.
    working.get_by_role("button", name="Save", exact=True).click(delay=600)
    expect(working.get_by_role("heading", name="Carry on where you were")).to_be_visible()
    assert "What the meeting said" not in working.content()
    prove(working, "Carry on")
    send = working.get_by_role("button", name="Continue")
    send.wait_for()
    check_page(working)
    send.click()
    expect(working.get_by_text("What the meeting said")).to_be_attached()
