"""What a referral shows of its answers, and which question each answers (Rulebook T7)."""

from collections import Counter

import pytest

from agenda.referral_fields import Sight
from agenda.referral_sections import SECTIONS
from agenda.referral_shown import Question, question, shown
from tests.a_referral import CHILD, PERPETRATOR, a_referral


@pytest.mark.parametrize("asked", [Question("incident", "prompt"), Question("children", "name", 2)])
def test_T7_a_question_is_found_again_by_its_key(asked: Question) -> None:
    assert question(asked.key, "Whatever it was called then") == asked


def test_T7_what_was_kept_before_keys_were_is_found_by_its_label() -> None:
    told = a_referral(perpetrators=(PERPETRATOR, {**PERPETRATOR, "forename": "Niall"}), children=(CHILD,))
    lines = [one for sight in Sight for one in shown(told.answers, sight)]
    assert {"perpetrators.2.relationship", "children.1.to_victim", "incident.prompt"} <= {
        one.question.key for one in lines if one.question
    }
    assert all(question(None, one.label) == one.question for one in lines)
    for label in (
        "Asks to attend",
        "Child: Child's name",
        "Child x: Child's name",
        "Perpetrator 1: Child's name",
    ):
        assert question(None, label) is None, label


def test_T7_no_two_questions_have_one_label() -> None:
    plain = Counter(one.label for section in SECTIONS for one in section.fields)
    each = Counter(
        (section.id, one.label) for section in SECTIONS if section.each for one in section.each.fields
    )
    assert max(*plain.values(), *each.values()) == 1
