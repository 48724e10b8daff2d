"""What an offline pack says, and how it lies on its pages (security.md A19)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from agenda.daily_list import Notice
from agenda.emergency_pack import (
    ORDER_STAYS,
    Announced,
    Coming,
    EmergencyPack,
    announcing,
    emergency_worded,
    staying,
)
from agenda.flow import Words
from agenda.incidents import Order, OrderKind
from agenda.meetings import MeetingKind
from agenda.pack import CaseSheet, Pack, Table, Worded
from agenda.pack_pages import BOTTOM, LEFT, RIGHT, laid_out
from agenda.pack_words import worded
from agenda.panels import Works
from agenda.pdf import _Letters, draw_worded
from tests.a_pack import a_case, a_full_pack, a_pack, built_fonts

COMING = tuple(
    Coming(f"Agency {n}", f"Person {n}", "Representative", f"p{n}@homes.gov.example") for n in range(20)
)


def told(pack: Pack, **more: object) -> EmergencyPack:
    tell = (("The coordinator", "0300 555 0100"), ("Nobody", ""))
    works = Works.LIST if pack.kind == MeetingKind.DRAMM else Works.AGENDA
    usual: dict[str, object] = {
        "works": works, "coming": COMING[:2], "tell": tell, "statement": "Keep its confidence.",
    }  # fmt: skip
    return EmergencyPack(pack, **(usual | more))  # type: ignore[arg-type]


def cases(words: Worded) -> list[CaseSheet]:
    return [case for group in words.groups for case in group.cases]


def titles(case: CaseSheet) -> list[str]:
    return [section.title for section in case.sections]


def test_D3_each_case_has_room_for_its_outcome_and_for_actions() -> None:
    (case,) = cases(emergency_worded(told(a_pack())))
    assert titles(case)[-2:] == ["Outcome, to write down", "New actions, to write down"]
    assert "Goes to the MARAC" not in str(case.sections[-2])


def test_D3_at_a_daily_meeting_a_case_may_go_to_the_marac_and_was_judged_by_none() -> None:
    words = emergency_worded(told(a_pack(kind=MeetingKind.DRAMM)))
    (case,) = cases(words)
    assert "Goes to the MARAC" in str(case.sections[-2])
    assert "What agencies shared" in titles(case) and "Open actions" in titles(case)
    assert "What the daily meeting judged" not in titles(case)
    assert [group.title for group in words.groups] == ["Cases"]


def test_R3_the_front_says_who_comes_whom_to_tell_and_what_to_read_out() -> None:
    words = emergency_worded(told(a_pack()))
    assert [section.title for section in words.opening] == [
        "Whom to tell", "Who comes: tick who is here", "Read out first",
    ]  # fmt: skip
    assert "p1@homes.gov.example" in str(words.opening) and "Nobody" not in str(words.opening)
    assert words.title == "MARAC offline pack" and words.running.startswith("MARAC offline pack · ")


def test_T10_orders_are_announced_on_the_front_with_what_is_told_of_them_and_no_more() -> None:
    order = Order(OrderKind.DAPO, datetime(2026, 11, 22, 20, tzinfo=UTC), date(2026, 12, 18), "No contact.")
    notice = Notice("13260000001", replace(order, live_together=False))
    words = announcing(
        emergency_worded(told(a_pack(kind=MeetingKind.DRAMM))),
        [
            Announced(notice, "Niamh and Gareth"),
            Announced(Notice("13260000002", Order(None)), ""),
            Announced(replace(notice, reference="13260000003"), "Ada and Bram", stays=True),
        ],
    )
    (table,) = words.opening[-1].blocks
    assert isinstance(table, Table)
    whole, bare, stays = table.rows
    assert whole == (
        "DAPO, 13260000001\nNiamh and Gareth", "22 November 2026, 20:00", "Friday 18 December 2026",
        "No contact.\nThey do not live together.",
    )  # fmt: skip
    assert bare == (
        "Kind not told, 13260000002\nNames not told here", "Not told", "Not told",
        "Terms not told\nWhether they live together is not known.",
    )  # fmt: skip
    assert stays == ("13260000003", "", "", ORDER_STAYS)
    looked(words)


def test_B_of_a_case_that_stays_nothing_but_its_reference_is_left() -> None:
    words = staying(emergency_worded(told(a_pack(a_case(), a_case(reference="C-000124")))), {"C-000123"})
    bare, whole = cases(words)
    assert (bare.reference, bare.risk, bare.purpose, bare.repeat, bare.people) == ("C-000123", "", "", "", "")
    assert titles(bare) == ["Stays in the service", "Outcome, to write down", "New actions, to write down"]
    assert "Niamh" in whole.people


@pytest.mark.parametrize("daily", [False, True])
def test_no_line_leaves_its_page_and_no_heading_stands_alone(daily: bool) -> None:
    kind = MeetingKind.DRAMM if daily else MeetingKind.MARAC
    looked(emergency_worded(told(replace(a_full_pack(8), kind=kind), coming=COMING)))


def looked(words: Worded) -> None:
    letters = _Letters(built_fonts())
    headings = {section.title for case in cases(words) for section in case.sections}
    for page in laid_out(words, letters):
        written = sorted((one for one in page.placed if isinstance(one, Words)), key=lambda one: -one.y)
        for one in written:
            widest = max(letters.width(line, one.style.bold) for line in one.lines) * one.style.size
            assert one.x >= LEFT and one.x + widest <= RIGHT + 0.01, one.lines
            assert one.y - one.style.leading * (len(one.lines) - 1) >= BOTTOM - one.style.leading, one.lines
        assert written[-1].lines[0] not in headings, "a heading at the foot of a page"


def test_no_line_of_a_pack_of_thirty_cases_leaves_its_page_and_no_heading_stands_alone() -> None:
    looked(worded(a_full_pack(30)))


def test_it_is_drawn_with_boxes_to_tick() -> None:
    made = draw_worded(emergency_worded(told(a_pack())), "MARAC offline pack", built_fonts())
    assert "☐ High" in " ".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)
