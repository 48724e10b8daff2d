from hypothesis import given, settings

from agenda.referral_fields import Answers
from agenda.referral_kept import DRAFT_LENGTH, apart, kept, read_back, sent_back, together, too_long, written
from tests.a_referral import CHILD, DRAFTS, a_draft


def test_T7_only_the_forms_own_questions_are_kept_and_as_they_were_typed():
    told = {"victim": Answers({"dob": "31/2/1990", "role": "x", "surname": "Harrow\x00"}), "other": Answers()}
    assert kept(told) == {"victim": Answers({"dob": "31/2/1990", "surname": "Harrow"})}
    assert kept({"asked": Answers({"panel": "one\ntwo"}, (CHILD,))}) == {
        "asked": Answers({"panel": "one\ntwo"})
    }
    assert kept({"children": Answers({}, ({"name": " "}, CHILD))})["children"].rows == (CHILD,)


def test_T7_a_draft_has_its_limit():
    assert too_long({"asked": Answers({"panel": "x" * DRAFT_LENGTH})}) is None
    assert too_long(a_draft()) is None
    assert too_long(a_draft(asked__panel="x" * DRAFT_LENGTH))


def test_A8_where_somebody_is_found_lies_apart_to_be_sealed():
    open_part, sealed = apart(a_draft(contact__email="wren@post.example",
                                      children=({**CHILD, "address": "9 Elm Way"},)))  # fmt: skip
    for told in ("4 Sallow Row", "QX1 4ZZ", "07700 900 111", "wren@post.example", "9 Elm Way"):
        assert told in written(sealed) and told not in written(open_part)
    assert set(sealed) == {"victim", "contact", "children"}


def test_T7_what_was_sent_is_kept_beside_what_is_typed():
    sent, typed = a_draft(), a_draft(victim__surname="Larch")
    assert read_back(written(typed, sent)) == typed and sent_back(written(typed, sent)) == sent
    assert sent_back(written(typed)) == typed


@given(DRAFTS)
@settings(max_examples=60, deadline=None)
def test_A8_both_parts_together_are_the_draft_they_were(draft):
    told = kept(draft)
    assert together(*map(read_back, map(written, apart(told)))) == told
