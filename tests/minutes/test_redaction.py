"""Passages are replaced, never covered (Rulebook X6; security.md scenario 2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.rules import RuleBroken
from minutes.redaction import LEFT_OUT, Redaction, redacted, visible, words


@pytest.mark.parametrize(
    ("text", "passages", "left"),
    [
        ("Her sister Maud rang.", ["Maud"], "Her sister [left out] rang."),
        ("MAUD rang. maud, Maud!", ["Maud"], "[left out] rang. [left out], [left out]!"),
        ("At 9  Quarry\nRoad now", ["9 quarry road"], "At [left out] now"),
        ("Zo\u00eb and Zoe", ["Zoe"], "[left out] and [left out]"),
        ("Ma\u200bud and M\u00adaud", ["Maud"], "[left out] and [left out]"),
        ("\u041caud rang", ["Maud"], "[left out] rang"),  # a letter of another alphabet
        ("Maudlin, Maud", ["Maud"], "Maudlin, [left out]"),
        ("her sister Maud Holt", ["sister Maud", "Maud Holt"], "her [left out]"),  # overlap: no rest
        ("Nothing", [], "Nothing"),
    ],
)
def test_X6_every_occurrence_is_replaced_however_it_is_written(text, passages, left):
    assert redacted(text, [Redaction(one) for one in passages]) == left


@pytest.mark.parametrize(
    ("passage", "instead"),
    [("Joan", LEFT_OUT), ("", LEFT_OUT), (" . ", LEFT_OUT), ("Maud", " "), ("Maud", "aunt MAUD"),
     ("x" * 2_001, "y"), ("Maud", "y" * 2_001)],
)  # fmt: skip
def test_X6_a_passage_that_cannot_be_left_out_is_refused(passage, instead):
    with pytest.raises(RuleBroken):
        redacted("Her sister Maud rang.", [Redaction(passage, instead)])


def test_X6_replacements_that_write_another_passage_again_are_refused():
    with pytest.raises(RuleBroken, match="still be there"):
        redacted("Maud and Joan", [Redaction("Maud", "Joan"), Redaction("Joan", "Maud")])


def test_X6_a_released_text_has_nothing_that_cannot_be_seen():
    assert visible("a\u200bb\u202ec\x00d\u00ad\ufe0fe\U000e0041") == "abc\N{REPLACEMENT CHARACTER}de"


token = st.text("abcdefghij", min_size=1, max_size=4)


@given(st.lists(token, min_size=1, max_size=30), st.data())
def test_X6_what_is_left_out_is_gone_and_the_rest_stays(text, data):
    chosen = data.draw(st.lists(st.sampled_from(text), min_size=1, max_size=4, unique=True))
    told = redacted(" ".join(text), [Redaction(one, "[]") for one in chosen])
    left = [word.folded for word in words(told)]
    assert left == [word for word in text if word not in chosen]
