from hypothesis import given, settings

from agenda.referral_draft import SectionState, in_words, reading, states
from agenda.referral_kept import kept
from agenda.referral_sections import BY_ID
from tests.a_referral import CHILD, DAYS, DRAFTS, PERPETRATOR, a_draft


def test_T7_a_new_draft_has_nothing_started_and_names_all_that_is_missing():
    found = reading({}, DAYS)
    assert set(states({}, found).values()) == {SectionState.NOT_STARTED}
    assert found.missing["victim-surname"] == "Enter the victim's surname"
    assert found.wanted["victim-dob"] == "Enter the victim's date of birth"
    assert not found.problems and {name.split("-")[0] for name in found.missing} == set(BY_ID)


def test_T7_a_complete_draft_is_done_in_every_section():
    draft = a_draft()
    found = reading(draft, DAYS)
    assert (found.problems, found.missing) == ({}, {})
    assert set(states(draft, found).values()) == {SectionState.DONE}


def test_T7_a_section_begun_or_wrong_is_incomplete():
    draft = a_draft(victim__surname="", incident__on="31/2/2026")
    state = states(draft, reading(draft, DAYS))
    incomplete = {name for name, stands in state.items() if stands is SectionState.INCOMPLETE}
    assert incomplete == {"victim", "incident"}


def test_T7_what_is_missing_is_said_in_words_under_each_section():
    found = reading(a_draft(victim__surname="", asked__risky="", children=({**CHILD, "name": ""},)), DAYS)
    assert list(in_words(found.missing)) == [
        ("The victim", ("Enter the victim's surname",)),
        ("Children", ("Child 1: Enter the child's name",)),
        ("What is wanted", ("Say whether some action could increase the risk",)),
    ]


def test_T7_what_is_not_known_does_not_hold_a_referral_back():
    draft = a_draft(victim__dob="", victim__forename="", perpetrators=({"surname": "Garnet",
                    "relationship": "partner"},))  # fmt: skip
    found = reading(draft, DAYS)
    assert not found.missing
    assert found.wanted["perpetrators-1-dob"] == "Perpetrator 1: Enter the perpetrator's date of birth"


def test_T7_an_answer_another_makes_needless_is_neither_asked_nor_judged():
    found = reading(a_draft(consent__limits="x" * 9_000, before__danger_done="x" * 9_000), DAYS)
    assert not found.problems
    assert "limits" not in found.answers["consent"].fields


def test_T7_one_of_several_is_asked_for_and_their_number_is_limited():
    assert reading(a_draft(children=()), DAYS).missing["children-any"] == "Enter each child's details"
    many = tuple({**PERPETRATOR, "surname": f"Garnet {n}"} for n in range(11))
    assert not reading(a_draft(perpetrators=many[:10]), DAYS).problems
    assert "At most 10" in reading(a_draft(perpetrators=many), DAYS).problems["perpetrators-known"]


@given(DRAFTS)
@settings(max_examples=60, deadline=None)
def test_T7_any_draft_is_read_and_reading_what_was_read_changes_nothing(draft):
    found = reading(kept(draft), DAYS)
    again = reading(found.answers, DAYS)
    assert again.answers == found.answers
    open_in = {name.split("-")[0] for name in (*found.problems, *found.missing)}
    for name, state in states(draft, found).items():
        assert (state is SectionState.DONE) <= (name not in open_in)
