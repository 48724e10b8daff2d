"""Three scribes record one meeting at once, and one loses the connection: nothing is lost or there twice.

From who is here to the end of the meeting: `make prove` runs a whole Monday, and a whole MARAC.
"""

import re
import time
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from agenda.circulation import Group
from agenda.meetings import MeetingState
from meetingsvc.models import (
    ActionRow,
    AttendeeRow,
    FeedbackRow,
    ItemRow,
    MeetingRow,
    OutcomeRow,
    PlanReviewRow,
    db,
)
from meetingsvc.store import acting
from meetingsvc.usecases import marac, marac_publishing
from meetingsvc.usecases.transaction import saved
from tests import a_marac
from tests.a_marac import MONDAY, NOW
from tests.browser.checks import check_page, no_axe_violations
from tests.browser.scribes import (
    MARAC,
    NAMES,
    Count,
    Hands,
    Room,
    an_action,
    landed,
    open_all,
    per_case,
)
from tests.proofs import figure

pytestmark = pytest.mark.browser
TARGET = 12  # interactions for an ordinary daily case, of all its scribes together
_SAID = (
    "{cases} cases by three scribes: {lost} lost, {doubled} doubled; of all three together at most {most} "
    "interactions a case (clicks, boxes typed into, keys that are no text) and {keys} keystrokes; {around} "
    "interactions for who is here and the end; {seconds} seconds of a machine that neither reads nor thinks"
)


def test_D3_three_scribes_record_a_daily_list_and_one_loses_the_connection(
    room: Room, contexts: list[BrowserContext], hands: list[Hands]
) -> None:
    began, meeting = time.monotonic(), _meeting_of(room, room.items[0])
    _say_who_is_here(room, hands[0], meeting)
    for number, item in enumerate(room.items):
        one, two, three = (hands[(number + turn) % 3] for turn in range(3))
        cut = contexts[(number + 1) % 3] if number == len(room.items) // 2 else None
        open_all(room, hands, item)
        for scribe in hands:
            scribe.begin()
        if cut:
            cut.set_offline(True)
        two.notes(f"Agreed by all, {number}.")
        one.tick("Level of risk", "High")
        one.tick("Are safeguards in place?", "No")
        one.tick("Refer to MARAC?", "Yes")
        an_action(one, "police", f"check bail conditions {number}")
        an_action(three, "haven", f"call the victim {number}")
        landed(three.page)
        if cut:
            _goes_on(cut, two, f"Agreed by all, {number}.")
        landed(two.page)
        expect(one.page.get_by_label("Meeting notes")).to_have_value(f"Agreed by all, {number}.")
        if number == 0:
            began += _looked_at(one.page)
        landed(one.page)
        with one.page.expect_navigation():
            one.key("Control+Enter")
        expect(two.page.locator("[data-live-status]")).to_contain_text("saved the outcome")
    _end(hands, f"{room.address}/lists/{MONDAY}/close", "Close the meeting")
    _is_over(room, meeting, room.items, MeetingState.CLOSED)
    _tell(room, room.items, "daily meeting", hands, began)


def _looked_at(page: Page) -> float:
    """It is as every page must be; the seconds that looking took are no scribe's."""
    began = time.monotonic()
    check_page(page)
    return time.monotonic() - began


def _goes_on(cut: BrowserContext, typist: Hands, notes: str) -> None:
    """What was typed without a connection stands on the page, and goes out with it."""
    expect(typist.page.locator("[data-live-status]")).to_contain_text("no connection")
    assert typist.page.get_by_label("Meeting notes").input_value() == notes
    cut.set_offline(False)


def _meeting_of(room: Room, item: UUID) -> UUID:
    with room.app.app_context(), acting.service():
        return db.session.get_one(ItemRow, item).meeting_id


def _say_who_is_here(room: Room, hands: Hands, meeting: UUID) -> None:
    """All three, and the statement was read out (Rulebook R3)."""
    page = hands.page
    page.goto(f"{room.address}/meetings/{meeting}/record")
    for name in NAMES:
        hands.click(page.get_by_label(f"{name} of Northtest Police is here"))
    hands.click(page.get_by_label("It has now been read out"))
    hands.click(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_text("Saved: 3 people here.")).to_be_visible()


def _end(hands: list[Hands], address: str, button: str) -> None:
    """Nothing is missing, so the meeting ends; asked by another scribe than who said who is here."""
    for one in hands:
        one.begin()
    last = hands[-1]
    last.page.goto(address)
    last.click(last.page.get_by_role("button", name=button))
    expect(last.page.get_by_role("alert").filter(has_text="closed")).to_be_visible()


def _is_over(room: Room, meeting: UUID, items: list[UUID], state: MeetingState) -> None:
    """With everybody who was there, and somebody who tells each victim (Rulebook R3, F1)."""
    with room.app.app_context(), acting.service():
        assert db.session.get_one(MeetingRow, meeting).state == state
        here = select(AttendeeRow.name).where(AttendeeRow.meeting_id == meeting, AttendeeRow.here)
        assert sorted(db.session.scalars(here)) == sorted(NAMES)
        told = select(FeedbackRow.item_id).where(FeedbackRow.item_id.in_(items))
        assert set(db.session.scalars(told)) == set(items)


def _tell(room: Room, items: list[UUID], what: str, hands: list[Hands], began: float) -> None:
    with room.app.app_context(), acting.service():
        rows = {row.item_id: row for row in db.session.scalars(select(OutcomeRow))}
        actions = db.session.execute(select(ActionRow.item_id, ActionRow.what)).all()
    lost, doubled = list[str](), 0
    for number, item in enumerate(items):
        whats = [text for key, text in actions if key == item]
        wanted = {f"Check bail conditions {number}", f"Call the victim {number}"}
        notes = row.notes if (row := rows.get(item)) else "no outcome"
        if notes != f"Agreed by all, {number}." or not wanted <= set(whats):
            lost.append(f"{number}: {notes} {whats}")
        doubled += len(whats) - len(set(whats))
    before, *cases, after = per_case(hands)
    assert len(cases) == len(items)
    most = max(one.interactions for one in cases)
    figure(
        f"three scribes, {what}, on {_database(room)}", _SAID, cases=len(items), lost=len(lost),
        doubled=doubled, most=most, keys=max(one.keystrokes for one in cases),
        around=(before + after).interactions, seconds=round(time.monotonic() - began),
    )  # fmt: skip
    assert (lost, doubled) == ([], 0)
    assert most <= TARGET


def _database(room: Room) -> str:
    return str(room.app.config["SQLALCHEMY_DATABASE_URI"]).partition(":")[0].partition("+")[0]


def test_D3_a_case_costs_what_all_its_scribes_do() -> None:
    """Not the share of one of them; and what stands around the cases is none of theirs."""
    ada, bo = (Hands(None, [Count(9, 9), *counts, Count()]) for counts in (  # type: ignore[arg-type]
        [Count(3, 0), Count(1, 0)], [Count(2, 30), Count(4, 7)]))  # fmt: skip
    assert per_case([ada, bo])[1:-1] == [Count(5, 30), Count(5, 7)]


def test_M3_three_scribes_record_a_marac_with_the_plan_before_it_and_one_loses_the_connection(
    room: Room, contexts: list[BrowserContext], hands: list[Hands]
) -> None:
    with room.app.app_context(), acting.service():
        lines = _agenda(room)
    began, meeting = time.monotonic(), _meeting_of(room, lines[0])
    _say_who_is_here(room, hands[0], meeting)
    for number, line in enumerate(lines):
        one, two, three = (hands[(number + turn) % 3] for turn in range(3))
        cut = contexts[(number + 1) % 3] if number == len(lines) // 2 else None
        open_all(room, hands, line)
        for scribe in hands:
            scribe.begin()
        if cut:
            cut.set_offline(True)
        one.tick("Level of risk", "High")
        one.tick("Are safeguards in place?", "Yes")
        two.notes(f"Agreed by all, {number}.")
        three.tick("Fit a new lock", "Done")
        an_action(three, "haven", f"call the victim {number}")
        if cut:
            _goes_on(cut, two, f"Agreed by all, {number}.")
        two.page.get_by_label("Meeting notes").blur()
        landed(two.page)
        an_action(two, "police", f"check bail conditions {number}")
        for scribe in hands:
            landed(scribe.page)
        if number == 0:
            began += _looked_at(one.page)
        with one.page.expect_navigation():
            one.key("Control+Enter")
    _end(hands, f"{room.address}/meetings/{meeting}/end", "End the MARAC")
    _is_over(room, meeting, lines, MeetingState.HEARD)
    _tell(room, lines, "MARAC", hands, began)
    with room.app.app_context(), acting.service():
        reviewed = db.session.scalars(select(PlanReviewRow.verdict)).all()
        settled = select(ActionRow.status).where(ActionRow.what == "Fit a new lock")
        assert reviewed == ["done"] * len(lines) == db.session.scalars(settled).all()


def _agenda(room: Room) -> list[UUID]:
    """A MARAC that is published and sits today, with as many cases of one group: its lines in the order of
    the agenda."""
    coordinator, chair = room.scribes[0], room.scribes[3]
    items = a_marac.listed(coordinator.area_id, a_marac.people_rows(MARAC, a_marac.TUESDAY), a_marac.TUESDAY)
    for item in items:
        a_marac.decided(coordinator, item, Group.NEW_NO_SAFEGUARDS)
        a_marac.shared(coordinator, item)
    meeting_id = a_marac.line_of(items[0]).meeting_id
    lines = [a_marac.line_of(item).id for item in items]
    marac.close(coordinator, meeting_id, NOW)
    marac_publishing.publish(chair, meeting_id, NOW)
    with saved():
        db.session.get_one(MeetingRow, meeting_id).sits_on = MONDAY
    assert set(lines) == set(db.session.scalars(select(ItemRow.id).where(ItemRow.meeting_id == meeting_id)))
    return lines


def test_D3_two_who_change_one_answer_are_shown_both_and_one_of_them_chooses(
    room: Room, contexts: list[BrowserContext], hands: list[Hands]
) -> None:
    one, two, _ = hands
    contexts[1].route(re.compile(r"/live(/stream)?\?"), lambda asked: asked.abort())  # hears of nothing
    open_all(room, hands, room.items[0])
    one.tick("Level of risk", "High")
    landed(one.page)
    two.tick("Level of risk", "Medium")
    conflict = two.page.get_by_role("alert").filter(has_text="Somebody else changed this")
    expect(conflict).to_contain_text("Theirs: High")
    no_axe_violations(two.page, 1280)
    conflict.get_by_role("button", name="Keep mine").click()
    landed(two.page)
    expect(one.page.get_by_role("group", name="Level of risk").get_by_label("Medium")).to_be_checked()


@pytest.mark.parametrize("choice", ["Keep it as a draft", "Take it out"])
def test_D3_a_draft_set_aside_while_another_types_stays_on_their_page_until_they_say(
    room: Room, hands: list[Hands], choice: str
) -> None:
    ada, bo = hands[0].page, hands[1].page
    for one in (bo, ada):
        one.goto(f"{room.address}/items/{room.items[0]}/outcome")
        expect(one.locator("form[data-ready]")).to_be_visible()
    bo.get_by_label("Meeting notes").fill("Police tonight.")
    bo.get_by_role("group", name="Level of risk").get_by_label("High", exact=True).check()
    expect(ada.get_by_label("Meeting notes")).to_have_value("Police tonight.")
    expect(ada.get_by_role("group", name="Level of risk").get_by_label("High", exact=True)).to_be_checked()
    ada.reload()
    ada.get_by_role("button", name="Set the draft aside").click()
    expect(ada.get_by_label("Meeting notes")).to_have_value("")
    expect(bo.get_by_text("Ada Lunn set the draft aside.")).to_be_visible()
    expect(bo.get_by_label("Meeting notes")).to_have_value("Police tonight.")
    bo.get_by_role("button", name=choice).click()
    kept = "Police tonight." if choice.startswith("Keep") else ""
    expect(ada.get_by_label("Meeting notes")).to_have_value(kept)
    expect(bo.get_by_label("Meeting notes")).to_have_value(kept)
    expect(bo.get_by_text("Ada Lunn set the draft aside.")).to_have_count(0)
    expect(ada.get_by_role("group", name="Level of risk").get_by_label("High", exact=True)).to_be_checked(
        checked=bool(kept)
    )
