"""Whose employer an incident tells."""

import pytest

from agenda.staff_named import employer_among, staff_named, staff_of


def test_M6_what_is_told_is_put_in_words_that_name_nobody() -> None:
    (told,) = staff_named("perpetrator:Fellside Homes")
    assert told.part == "perpetrator"
    assert told.words.startswith(
        "What came in says that the perpetrator is a member of staff of Fellside Homes."
    )


@pytest.mark.parametrize("told", ["", "victim:", "victim:  "])
def test_M6_nothing_told_is_nothing_to_decide(told: str) -> None:
    assert staff_named(told) == []


def test_M6_the_employers_of_both_are_told() -> None:
    told = staff_named(staff_of("Moorgate Police", "Fellside Homes"))
    assert told == [("victim", "Moorgate Police"), ("perpetrator", "Fellside Homes")]
    assert staff_named("victim:Fellside\nHomes: East") == [("victim", "Fellside\nHomes: East")]


@pytest.mark.parametrize("told, found", [("fellside  HOMES", 1), ("Fellside Homes", 1), ("Homes", None)])
def test_M6_an_employer_is_found_however_it_is_written(told: str, found: int | None) -> None:
    assert employer_among(told, {"Fellside Homes": 1, "Moorgate Police": 2}) == found
