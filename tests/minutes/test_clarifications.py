from datetime import date

import pytest

from minutes.clarifications import About, Clarification, problems, words

TODAY = date(2026, 11, 23)
BORN = date(2019, 5, 3)


@pytest.mark.parametrize("about", [About.VICTIM, About.PERPETRATOR])
def test_D2_a_correction_says_the_name_or_the_birth_date(about: About) -> None:
    assert problems(Clarification(about, name="Niamh Thorne"), TODAY) == {}
    assert problems(Clarification(about, dob=BORN), TODAY) == {}
    assert problems(Clarification(about, text="as her sister says"), TODAY) == {
        "name": f"Enter the {about.value}’s correct name or date of birth"
    }


@pytest.mark.parametrize("about", [About.CHILD, About.VULNERABLE_ADULT])
def test_D2_a_linked_child_or_adult_is_named(about: About) -> None:
    assert problems(Clarification(about, name="Ada"), TODAY) == {}
    assert set(problems(Clarification(about, dob=BORN), TODAY)) == {"name"}


def test_D2_somebody_is_meant_and_was_born_by_now() -> None:
    assert problems(Clarification(None, "Ada"), TODAY) == {"about": "Choose whom this is about"}
    assert problems(Clarification(About.CHILD, "Ada", TODAY), TODAY) == {}
    later = Clarification(About.CHILD, "Ada", date(2026, 11, 24))
    assert problems(later, TODAY) == {"dob": "The date of birth must be in the past"}


def test_D2_lengths() -> None:
    assert set(problems(Clarification(About.CHILD, "x" * 201, text="x" * 2_001), TODAY)) == {"name", "text"}


def test_D2_the_case_and_the_pack_say_it_in_one_line() -> None:
    child = Clarification(About.CHILD, "Ada Moss", BORN, "Her school knows.")
    assert words(child) == "Child, linked to the case: Ada Moss, born 3 May 2019. Her school knows."
    assert words(Clarification(About.VICTIM, dob=BORN)) == "Victim, correction: born 3 May 2019."
