from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.circulation import Group
from agenda.incidents import Party
from agenda.pack import CaseSheet, Facts, NoteKind, PackIncident, PackPerson, Prose, Remark, Section, Table
from agenda.pack_words import plain, worded
from tests.a_pack import a_case, a_note, a_pack, an_action, an_incident


def sheet(**told: object) -> CaseSheet:
    return worded(a_pack(a_case(**told))).groups[0].cases[0]


def section(case: CaseSheet, title: str) -> Section:
    return next(each for each in case.sections if each.title.startswith(title))


def test_M1_cases_stand_in_group_order_and_keep_the_agenda_order_within_a_group():
    told = [("C-1", 5), ("C-2", 1), ("C-3", None), ("C-4", 3), ("C-5", 1)]
    cases = [a_case(reference=ref, group=None if group is None else Group(group)) for ref, group in told]
    groups = worded(a_pack(*cases)).groups
    assert [case.reference for group in groups for case in group.cases] == ["C-2", "C-5", "C-4", "C-1", "C-3"]
    assert [group.title for group in groups] == [
        "Group 1: repeat, no existing safeguards",
        "Group 3: new referral, safeguards in place",
        "Group 5: disclosure scheme (Clare's Law)",
        "No group recorded",
    ]


def test_M1_a_case_carries_the_incident_what_was_shared_and_the_actions():
    case = sheet()
    assert [each.title for each in case.sections] == [
        "Incident NM27-000417",
        "Shared at the daily meeting",
        "What the daily meeting judged",
        "Actions",
    ]
    facts, summary = section(case, "Incident").blocks
    assert isinstance(facts, Facts) and isinstance(summary, Prose)
    assert dict(facts.pairs)["Victim"] == "Niamh Ó Braonáin, born 4 March 1991, female"
    assert dict(facts.pairs)["Listed because"] == "High risk, as the police assessed it\nMARAC repeat"
    assert summary.text.startswith("Officers attended")


def test_M1_a_case_without_anything_recorded_says_so():
    case = sheet(shared=(), actions=(), safeguards=(), judgement=(), daily_meeting_on=None, incidents=())
    assert [block.text for each in case.sections for block in each.blocks] == [
        "No agency shared anything.",
        "Nothing was recorded.",
        "No action was recorded.",
    ]


def test_R2_every_note_says_who_when_whence_and_whether_fact_or_opinion():
    notes = (
        a_note(agency="B Trust", kind=NoteKind.OPINION, text="Afraid"),
        a_note(agency="A Trust", author="Joan Akande", source="tenancy file", text="Moved in"),
    )
    assert section(sheet(shared=notes), "Shared").blocks == (
        Remark("A Trust", "Joan Akande", "11 January 2027, 09:30", "Fact", "tenancy file", "Moved in"),
        Remark(
            "B Trust",
            "Priya Raman",
            "11 January 2027, 09:30",
            "Professional opinion",
            "telephone call with the victim, 11 January",
            "Afraid",
        ),
    )


def test_C2_safeguards_are_shown_one_by_one_beside_the_judgement():
    case = sheet(
        safeguards=(("Victim in refuge", True, "since Monday"), ("Legal orders in place", False, ""))
    )
    heard, judged, table = section(case, "What the daily meeting judged").blocks
    assert (
        isinstance(heard, Prose)
        and heard.text == "The daily meeting of Monday 11 January 2027 heard this case."
    )
    assert isinstance(judged, Prose) and judged.text.startswith("Safeguards are not in place")
    assert isinstance(table, Table)
    assert table.rows == (
        ("Victim in refuge", "Yes", "since Monday"),
        ("Legal orders in place", "Not ticked", ""),
    )


def test_C3_an_update_moved_to_discussion_is_shown_and_counted_as_discussed():
    words = worded(a_pack(a_case(group=Group.NEW_SAFEGUARDS, purpose="for discussion")))
    assert words.groups[0].cases[0].purpose == "for discussion"
    assert ("For discussion", "1") in words.about.pairs and ("Update only", "0") in words.about.pairs


def test_A1_an_action_shows_category_owner_what_due_and_status():
    (table,) = section(sheet(actions=(an_action(what="Arrest"), an_action(due=None))), "Actions").blocks
    assert isinstance(table, Table)
    assert table.rows[0] == (
        "Arrest",
        "Northmoor Police",
        "Managing the perpetrator",
        "18 January 2027",
        "Open",
    )
    assert table.rows[1][3] == "No date"


def test_F3_every_pack_says_that_the_perpetrator_must_never_learn_of_the_meeting():
    assert any("perpetrator must never learn" in line for line in worded(a_pack()).handling)


def test_an_address_or_telephone_number_has_no_place_in_a_pack():
    told = {field.name for kind in (PackPerson, PackIncident) for field in fields(kind)}
    assert not told & {"address", "postcode", "phone", "nominal"}
    hidden = Party("Vane", "Una", "NOM-1", date(1990, 1, 1), None, "1 Canary Row", "CA1 1RY", "01632 960111")
    incident = PackIncident.of(an_incident(victim=hidden, perpetrator=hidden))
    words = repr(worded(a_pack(a_case(incidents=(incident,)))))
    assert "Una Vane" in words
    assert not any(canary in words for canary in ("NOM-1", "Canary", "CA1", "960111"))


def test_times_are_told_by_the_wall_clock():
    summer = an_incident().recorded_at.replace(month=7)
    incident = replace(PackIncident.of(an_incident()), recorded_at=summer)
    facts = section(sheet(incidents=(incident,)), "Incident").blocks[0]
    assert isinstance(facts, Facts) and dict(facts.pairs)["Recorded"] == "8 July 2027, 10:30"


def test_a_late_addition_is_told_apart_by_its_title():
    assert worded(a_pack()).title == "MARAC pack"
    assert worded(a_pack(supplementary=True)).title == "MARAC supplementary pack"


@pytest.mark.parametrize(
    "told, shown",
    [
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("a\r\nb\u2028c\x85d", "a\nb\nc\nd"),
        ("safe\u202eevil\u2066\u200b", "safeevil"),
        ("\ud800", "\ufffd"),
        ("e\u0301", "é"),
        ("שלום", "שלום"),
    ],
)
def test_what_would_hide_or_turn_text_round_is_taken_out(told: str, shown: str):
    assert plain(told) == shown


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_every_text_of_a_pack_is_made_plain(text: str):
    case = a_case(
        judgement=(text,), shared=(a_note(author=text, text=text),), actions=(an_action(what=text),)
    )
    words = worded(a_pack(case, agency=text, area=text))
    assert words.about.pairs[0][1] == plain(text)
    judged = section(words.groups[0].cases[0], "What the daily meeting judged").blocks[1]
    assert judged == Prose(plain(text)) or not text
    assert plain(plain(text)) == plain(text)


def test_T7_what_would_increase_the_risk_stands_before_what_is_to_be_done():
    case = sheet(increases=("Letters: he opens her post",), contact=("Leave no message",))
    titles = [section.title for section in case.sections]
    assert titles[:2] == ["What would increase the risk", "Before anyone makes contact"]


def test_T7_the_risk_of_a_referral_is_not_said_to_be_the_polices():
    facts = {
        number: dict(
            sheet(incidents=(replace(PackIncident.of(an_incident()), reference=number),))
            .sections[0]
            .blocks[0]
            .pairs
        )
        for number in ("REF-000001", "TRF-000001", "DSA-000001", "ORD-000001", "13260001")
    }
    found = [next(label for label in pairs if label.startswith("Risk")) for pairs in facts.values()]
    assert len(set(found)) == 5 and found[0] == "Risk, as it was referred"
    assert found[4] == "Risk, as the police assessed it"


def test_K1_limits_of_consent_stand_before_everything_else():
    case = sheet(consent=("The victim consents, with conditions or limits:", "Not her employer"))
    assert case.sections[0].title == "The victim’s consent"
    assert [one.text for one in case.sections[0].blocks][-1] == "Not her employer"
