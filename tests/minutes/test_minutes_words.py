"""How an extract of minutes is worded and lies on its pages (R1, R2, R3, A3)."""

from datetime import date
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from agenda.meetings import MeetingKind
from agenda.pack import PackAction, Prose, Remark
from agenda.pdf import draw_worded
from minutes.minutes import Attendance, CaseMinutes, Disclosed, Represented, Shared
from minutes.minutes_words import Correction, Extract, ExtractCase, title_of, worded
from tests.a_pack import small_fonts

DAY = date(2026, 12, 3)


def a_case(number: str = "1", **told: Any) -> ExtractCase:
    usual = {
        "case": f"C-00000{number}",
        "group": "Group 1: Repeat, no existing safeguards",
        "risk": "high",
        "decided": ("Safeguards are not in place.",),
        "shared": (
            Shared("Fellside Homes", "Priya Raman", "fact", "tenancy file", "3 December", "Arrears."),
        ),
        "telling": "Ida Idva (Haven) tells the victim by Monday 7 December 2026",
    }
    action = PackAction("Other support", "Fellside Homes", "Fit a new lock", DAY, "Done: fitted on Monday.")
    return ExtractCase(number, CaseMinutes(**(usual | told)), "She asked for a lock.", (action,))


def an_extract(*cases: ExtractCase, **told: Any) -> Extract:
    head = Attendance(
        "Sam Chair", "10:00", "12:30",
        (Represented("Fellside Homes", "Present", ("Priya Raman",)),
         Represented("Tarn Police", "Apologies", information="Information sent")),
        ("An Observer (signed confidentiality)",), ("10:01, by Sam Chair",), "What is said here stays here.",
    )  # fmt: skip
    usual = {
        "area": "Northmoor", "kind": MeetingKind.MARAC, "sits_on": DAY, "agency": "Fellside Homes",
        "version": 1, "issued_on": date(2026, 12, 8), "as_of": date(2026, 12, 9), "head": head,
        "corrections": (), "cases": cases or (a_case(),),
    }  # fmt: skip
    return Extract(**(usual | told))


def said(extract: Extract) -> str:
    pages = PdfReader(BytesIO(draw_worded(worded(extract), title_of(extract.kind), small_fonts()))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_R3_attendance_apologies_and_the_statement_stand_before_the_cases() -> None:
    text = said(an_extract())
    told = ("Attendance and apologies", "Priya Raman", "Tarn Police", "Information sent", "Observers",
            "10:01, by Sam Chair", "What is said here stays here.", "C-000001")  # fmt: skip
    places = [text.index(one) for one in told]
    assert places == sorted(places) and "OFFICIAL-SENSITIVE" in text
    assert "not on record" in said(an_extract(head=Attendance("", "", "")))
    assert "Why: The line fell away" in said(
        an_extract(head=Attendance("", "", "", unread="The line fell away"))
    )


def test_R2_what_was_shared_says_whose_it_is() -> None:
    (group,) = worded(an_extract()).groups
    blocks = [block for section in group.cases[0].sections for block in section.blocks]
    (remark,) = [block for block in blocks if isinstance(block, Remark)]
    assert (remark.agency, remark.author, remark.recorded, remark.sort, remark.source, remark.text) == (
        "Fellside Homes", "Priya Raman", "3 December", "Fact", "tenancy file", "Arrears.",
    )  # fmt: skip
    assert Prose("She asked for a lock.") in blocks


def test_E4_facts_and_opinions_on_a_child_stand_each_in_a_part_of_their_own() -> None:
    opinion = Shared("Tarn Police", "Jo Hale", "professional opinion", "-", "3 December", "He may be afraid.")
    fact = Shared("Fellside Homes", "Priya Raman", "fact", "-", "3 December", "He has a new phone.")
    extract = an_extract(a_case(shared=(opinion, fact), group="", telling=""), kind="ESP")
    ((case,),) = (group.cases for group in worded(extract).groups)
    parts = {one.title: [b.text for b in one.blocks if isinstance(b, Remark)] for one in case.sections}
    assert {title: texts for title, texts in parts.items() if texts} == {
        "Facts that were shared": ["He has a new phone."],
        "Professional opinions that were shared": ["He may be afraid."],
    }
    assert "victim" not in str(case.sections) and "perpetrator" not in str(case.sections)
    assert title_of("ESP") == "ESP minutes", "its code: what the area calls it leaves by no file"


def test_A3_the_plan_says_what_became_of_each_action() -> None:
    text = " ".join(said(an_extract()).split())
    assert "Actions, as they stood on 9 Dec 2026" in text and "fitted on" in text
    assert "The meeting set no action." in said(an_extract(ExtractCase("1", CaseMinutes("C-1"), "", ())))


def test_R1_a_correction_is_shown_as_one() -> None:
    text = said(an_extract(version=2, corrections=(Correction(2, "A name.", "Misheard.", DAY),)))
    assert "Version 2, 3 Dec 2026. Corrected: A name." in text and "Why: Misheard." in text
    assert "Corrections" not in said(an_extract())


def test_D3_a_case_says_how_it_ended() -> None:
    crime = Disclosed("He took her card.", "1", "Fellside Homes", "2", "Tarn Police", "3 Dec", False, False)
    words = worded(
        an_extract(
            a_case(crimes=(crime,)),
            a_case("2", risk="", not_reached="Time ran out."),
            ExtractCase("R", CaseMinutes("C-000003"), "", ()),
        )
    )
    first, second, third = (case for group in words.groups for case in group.cases)
    assert [one.purpose for one in (first, second, third)] == ["heard", "not reached", "no outcome"]
    told = str(first.sections)
    assert "minuted apart" in told and "The perpetrator is never told." in told
    assert "Tarn Police not told yet" in told and "Tarn Police told" not in told
    assert "Not reached: Time ran out." in str(second.sections)
    assert "What was said" in told and "Further note" in str(second.sections)
    assert "What was said" not in str(second.sections), "nothing was said of what was not reached"
    assert third.called == "C-000003 (R)" and words.hint


def test_M6_counts_and_contents_tell_of_no_other_case() -> None:
    words = worded(an_extract(a_case("2")))
    assert ("Cases", "1") in words.about.pairs and [group.title for group in words.groups] == [
        "Group 1: Repeat, no existing safeguards"
    ]


def test_F3_what_is_typed_is_drawn_as_it_stands() -> None:
    hostile = '<img src="/etc/passwd"/> <a href="javascript:alert(1)">x</a>\u202e'
    text = said(an_extract(a_case(notes=hostile)))
    assert '<img src="/etc/passwd"/>' in text and "\u202e" not in text
