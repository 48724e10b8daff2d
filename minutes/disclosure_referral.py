"""Which item of a case an answer of a referral stands in, if in any (Rulebook X2, X6, R2).

What its entry says already is no second item: one answer of its agency covers it, and what is left out of one
is left out of all. Where somebody lives, works or goes to school is no item: it leaves with nothing (F4).
"""

from collections.abc import Collection, Iterable, Mapping

from agenda.referral_people import PEOPLE
from agenda.referral_sections import INCIDENT
from agenda.referral_shown import Question

_PROMPT = Question(INCIDENT.id, "prompt")
_PEOPLE = frozenset(section.id for section in PEOPLE)
_FOUND = frozenset({"address", "postcode", "phone", "email", "school", "care_of", "staff_of"})
#: Part of what an item is kept by: changed, everything would be asked for anew.
HAPPENED, VICTIM = "False", "True"


def part(question: Question | None) -> str | None:
    """What happened, or who one person is, the victim where no other is asked about; None: it is no item."""
    if question is None or question.section not in _PEOPLE:
        return HAPPENED
    return None if question.field in _FOUND else question.whose or VICTIM


def items(
    lines: Iterable[tuple[Question | None, str, str]], said: Collection[str]
) -> Mapping[str, tuple[str, ...]]:
    """The lines of each item, in order, from question, label and answer; `said`: what the entries of the same
    agency on this case say."""
    found: dict[str, tuple[str, ...]] = {}
    for asked, label, text in lines:
        which = None if asked == _PROMPT and text in said else part(asked)
        if which is not None:
            found[which] = (*found.get(which, ()), f"{label}: {text}")
    return found
