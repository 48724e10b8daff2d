"""A typed name that could be a known person's (Rulebook F3, M6)."""

import pytest

from agenda.matching_typed import could_be


@pytest.mark.parametrize(
    "typed",
    [
        *("Gareth Fensome", "Fensome, Gareth", "Mr G Fensome", "Fensome", "Gaz Fensome", "GARETH FENSOME"),
        *("Garreth Fensome", "Gareth Fensom", "Gareth Fenson", "Gareth James Fensome", "Fensome Gareth"),
    ],
)
def test_F3_a_name_that_is_or_reads_like_theirs_is_put_before_a_person(typed: str) -> None:
    assert could_be(typed, "Gareth", "Fensome")


@pytest.mark.parametrize("typed", ["Ida Voss", "Gareth", "Gareth Ilkley", "Ilse Fensome", "", "Dr"])
def test_F3_another_name_is_not(typed: str) -> None:
    assert not could_be(typed, "Gareth", "Fensome")


def test_F3_a_person_of_whom_nothing_is_known_is_like_nobody() -> None:
    assert not could_be("Ida Voss", "", "")
