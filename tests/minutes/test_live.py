"""What several people type into one record at once."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.live import VALUE_LENGTH, Answer, Kept, Typed, drafted, is_text, label, merge, met

ROW = str(UUID(int=7))
WORDS = st.lists(st.sampled_from(["She ", "left. ", "He ", "called. ", "\n", "police ", "1 "]), max_size=8)


def test_D3_a_save_lands_on_the_version_it_saw() -> None:
    assert met(Kept("", 0), Typed("risk", "high", 0, "")) == Answer("risk", "high", 1, True)
    assert met(Kept("high", 3), Typed("risk", "medium", 3, "high")) == Answer("risk", "medium", 4, True)


def test_D3_what_another_changed_since_is_not_overwritten_and_is_told() -> None:
    told = met(Kept("medium", 2), Typed("risk", "high", 1, ""))
    assert told == Answer("risk", "medium", 2, False)


def test_D3_the_same_sent_twice_lands_once() -> None:
    sent = Typed("notes", "She left.", 0, "")
    first = met(Kept("", 0), sent)
    assert met(Kept(first.value, first.version), sent) == first


def test_D3_an_answer_that_was_lost_and_another_edit_since_double_nothing() -> None:
    sent = Typed("notes", "She left. He called.", 1, "She left.")
    told = met(Kept("Note: She left. He called.", 3), sent)
    assert told == Answer("notes", "Note: She left. He called.", 3, True)


def test_D3_edits_at_different_places_of_a_text_both_stand() -> None:
    base = "She left. He called twice."
    assert merge(base, "She left on Sunday. He called twice.", "She left. He called three times.") == (
        "She left on Sunday. He called three times."
    )


def test_D3_edits_of_the_same_words_are_a_conflict() -> None:
    base = "He called twice."
    assert merge(base, "He called once.", "He called daily.") is None
    told = met(Kept("He called daily.", 2), Typed("notes", "He called once.", 1, base))
    assert told == Answer("notes", "He called daily.", 2, False)


def test_D3_two_who_begin_the_same_empty_text_are_a_conflict() -> None:
    assert merge("", "Mine", "Theirs") is None


def test_D3_who_saw_the_others_words_and_typed_on_has_both() -> None:
    assert merge("", "She left", "She left today") == "She left today"


def test_D3_a_choice_is_never_merged() -> None:
    assert not is_text("risk") and not is_text(f"action-{ROW}-due") and is_text(f"action-{ROW}-what")
    assert not met(Kept("12/12/2026", 2), Typed(f"action-{ROW}-due", "13/12/2026", 1, "")).landed


def test_D3_a_text_does_not_grow_too_long_by_merging() -> None:
    half = "x " * (VALUE_LENGTH // 4)
    told = met(Kept(half + "| " + "b " * 6000, 2), Typed("notes", "a " * 6000 + half + "| ", 1, half + "| "))
    assert not told.landed


@given(WORDS, WORDS, WORDS)
def test_D3_merging_loses_no_word_of_either(base: list[str], mine: list[str], theirs: list[str]) -> None:
    told = merge("".join(base), "".join(mine + base), "".join(base + theirs))
    if told is not None and base:
        assert set("".join(mine).split()) | set("".join(theirs).split()) <= set(told.split())


@given(WORDS, WORDS, WORDS)
def test_D3_merging_is_the_same_whoever_comes_first(a: list[str], b: list[str], c: list[str]) -> None:
    base, mine, theirs = "".join(a), "".join(b), "".join(c)
    assert merge(base, mine, theirs) == merge(base, theirs, mine)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("notes", "Notes"), (f"action-{ROW}-what", "Actions"), ("safeguard-refuge-note", "Safeguards"),
        ("version", None), ("csrf_token", None), (f"action-{ROW}-status", None), ("action-x-what", None),
        (f"action-{ROW}-what\n", None), ("telling-choice", "Who tells the victim"),
    ],
)  # fmt: skip
def test_only_fields_of_the_page_are_kept(field: str, said: str | None) -> None:
    assert label(field) == said


def test_D3_a_draft_is_sent_as_a_form_would_be() -> None:
    saved, new, gone = str(UUID(int=1)), str(UUID(int=2)), str(UUID(int=3))
    base = {"risk": "high", "notes": "", f"action-{saved}-row": "1", f"action-{saved}-what": "Visit"}
    unsaved = {
        "notes": "Typed", f"action-{new}-what": "Call", f"action-{saved}-removed": "1",
        f"note-{gone}-text": "x", f"note-{gone}-removed": "1",
    }  # fmt: skip
    sent = list(drafted(base, unsaved))
    assert ("risk", "high") in sent and ("notes", "Typed") in sent
    assert [value for name, value in sent if name == "action"] == [new]
    assert ("action-removed", saved) in sent
    assert [name for name, _ in sent if name in ("note", "note-removed")] == []
