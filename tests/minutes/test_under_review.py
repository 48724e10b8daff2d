"""What a meeting decides of those on its agenda who are no children (Rulebook E1, E2)."""

from datetime import date

import pytest

from agenda.incidents import Risk
from agenda.panels import DREAM, ESP, MACE, MARAC, Part
from agenda.subjects import SubjectKind
from minutes.under_review import (
    TITLE_LENGTH,
    Review,
    Verdict,
    left_words,
    may_be_put_on,
    needs_second,
    off_problem,
    problems,
    title_problem,
)

SITS, LATEST = date(2026, 12, 1), date(2027, 2, 23)
KEPT = Review(Verdict.KEEP, "As the meeting heard")


def test_E1_it_is_kept_until_a_day_or_closed_and_either_with_a_reason() -> None:
    assert problems(KEPT, SITS, LATEST) == {} == problems(Review(Verdict.CLOSE, "-"), SITS, LATEST)
    assert problems(Review(None), SITS, LATEST).keys() == {"verdict", "reason"}


@pytest.mark.parametrize(
    "day, fits", [(SITS, False), (date(2026, 12, 2), True), (LATEST, True), (date(2027, 2, 24), False)]
)
def test_E1_nothing_is_kept_under_review_beyond_the_panels_interval(day: date, fits: bool) -> None:
    assert (problems(Review(Verdict.KEEP, "-", day), SITS, LATEST) == {}) is fits
    assert problems(Review(Verdict.CLOSE, "-", day), SITS, LATEST) == {}, "a day says nothing of closing"


@pytest.mark.parametrize(
    "kind, near, second",
    [
        (SubjectKind.PERSON, [Risk.MEDIUM, Risk.HIGH], True),
        (SubjectKind.PERSON, [None], True),
        (SubjectKind.PERSON, [Risk.MEDIUM, Risk.STANDARD], False),
        (SubjectKind.PERSON, [], False),
        (SubjectKind.PLACE, [Risk.HIGH], False),
    ],
)
def test_E1_a_person_near_a_child_at_the_highest_level_is_closed_by_two(
    kind: SubjectKind, near: list[Risk | None], second: bool
) -> None:
    assert needs_second(Verdict.CLOSE, kind, near) is second
    assert not needs_second(Verdict.KEEP, kind, near)


def test_E2_only_an_agenda_that_hears_its_kind_takes_it_and_no_child_is_put_on() -> None:
    assert may_be_put_on(MACE, Part.THEME) and may_be_put_on(ESP, Part.PLACE)
    refused = ((ESP, Part.THEME), (MACE, Part.CHILD), (DREAM, Part.PERSON), (MARAC, Part.CASE))
    assert not any(may_be_put_on(panel, part) for panel, part in refused)


def test_E1_what_was_shared_or_says_something_is_not_taken_off() -> None:
    assert off_problem(False, False) is None
    assert off_problem(True, False) and off_problem(False, True)


def test_E2_a_theme_has_a_title() -> None:
    assert title_problem("Holiday lets") == {}
    assert title_problem(" ") and title_problem("x" * (TITLE_LENGTH + 1))


def test_E1_children_and_others_are_counted_apart() -> None:
    assert left_words(1, 0) == "1 child" and left_words(0, 0) == "0 children"
    assert left_words(2, 1) == "2 children and 1 other on the agenda"
    assert left_words(0, 2) == "2 others on the agenda"
