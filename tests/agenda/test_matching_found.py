"""Why somebody was found, in words."""

from datetime import date

import pytest

from agenda.matching_found import SOUNDS, found_by, why
from agenda.matching_person import known
from agenda.matching_search import asked

SARAH = known([("Sarah", "Thistlewood")], date(1991, 3, 4), None, [("12 Mill Lane, Hexley", "ZZ1 4AB")],
              ["01632 960471"], [], ["police:K1234"])  # fmt: skip


@pytest.mark.parametrize(
    "typed, said",
    [
        ("Sarah Thistlewood", ["Surname: agrees", "First name: agrees"]),
        ("thisselwood sarah", ["First name: agrees"]),
        ("Sarah 4/3/1991", ["Date of birth: agrees", "First name: agrees"]),
        ("12 Mill Lane ZZ1 4AB", ["Address: agrees"]),
        ("01632 960 471", ["Telephone number: agrees"]),
        ("960471", ["Telephone number: ends so"]),
        ("Thistlewood 1991", ["Date of birth: the year agrees"]),
        ("K1234", ["Reference: agrees"]),
    ],
)
def test_what_agrees_is_said_in_words(typed: str, said: list[str]) -> None:
    told = why(asked(typed), SARAH)
    assert set(said) <= set(told), told
    assert not any("differs" in word or "missing" in word for word in told)


def test_where_nothing_agrees_but_a_sound_that_is_said() -> None:
    assert why(asked("Quillfeather"), SARAH) == [SOUNDS]


def test_who_shares_no_key_was_not_found_by_what_is_known() -> None:
    assert found_by(asked("sara thistlewood"), SARAH) and found_by(asked("Thistlewood"), SARAH)
    assert found_by(asked("960471"), SARAH)
    assert not found_by(asked("Sarah Quillfeather"), SARAH)
    assert not found_by(asked("01632 960 472"), SARAH)
