"""In which item an answer of a referral stands (Rulebook X2, X6, R2, F4)."""

import pytest

from agenda.referral_sections import every_field
from agenda.referral_shown import Question
from minutes.disclosure_referral import HAPPENED, VICTIM, items, part

PROMPT, HISTORY = Question("incident", "prompt"), Question("incident", "history")


@pytest.mark.parametrize(
    ("asked", "stands"),
    [
        (None, HAPPENED),
        (HISTORY, HAPPENED),
        (Question("consent", "limits"), HAPPENED),
        (Question("victim", "aliases"), VICTIM),
        (Question("children", "any"), VICTIM),
        (Question("perpetrators", "dob", 2), "Perpetrator 2"),
        (Question("children", "name", 1), "Child 1"),
        (Question("victim", "address"), None),
        (Question("children", "school", 1), None),
        (Question("perpetrators", "staff_of", 1), None),
    ],
)
def test_X6_who_somebody_is_and_what_happened_stand_apart(asked: Question | None, stands: str | None) -> None:
    assert part(asked) == stands


def test_F4_nothing_that_tells_where_somebody_is_found_is_an_item() -> None:
    for section, field in every_field():
        if "address" in field.id or field.id in ("postcode", "phone", "email", "school"):
            assert field.id == "address_known" or part(Question(section.id, field.id)) is None, field.id


def test_X2_what_its_entry_says_is_no_second_item() -> None:
    told = [(PROMPT, "Prompted by", "He came back."), (HISTORY, "Relevant history", "Twice before.")]
    assert items(told, {"He came back."}) == {HAPPENED: ("Relevant history: Twice before.",)}
    assert items(told[:1], {"He came back."}) == {}
    both = ("Prompted by: He came back.", "Relevant history: Twice before.")
    assert items(told, {"He came."}) == {HAPPENED: both}, "an entry that says something else covers nothing"
    assert items([(HISTORY, "Relevant history", "He came back.")], {"He came back."}) != {}
