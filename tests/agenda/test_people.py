from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.people import Identity, folded, name_key, same_person

BORN = date(1990, 2, 3)


def somebody(nominal: str = "", name: str = "") -> Identity:
    return Identity(frozenset({nominal} - {""}), frozenset({name} - {""}))


@pytest.mark.parametrize(
    "one, other, same",
    [
        (somebody("N1"), somebody("N1"), True),
        (somebody("N1", "a"), somebody("N1", "b"), True),
        (somebody("N1", "a"), somebody("N2", "a"), False),  # two different nominals are two people
        (somebody("N1", "a"), somebody("", "a"), True),  # either side without a nominal: the name decides
        (somebody("", "a"), somebody("", "a"), True),
        (somebody("", "a"), somebody("", "b"), False),
        (somebody("N1", "a"), somebody("", "b"), False),
        (somebody("N1"), somebody("", "a"), False),
        (somebody(), somebody(), False),  # nothing known is never the same
        (somebody("N1", "a"), somebody(), False),
        (Identity(frozenset({"N1", "N2"}), frozenset()), somebody("N2"), True),  # one person, two numbers
    ],
)
def test_the_same_nominal_else_the_same_name_is_the_same_person(one, other, same):
    assert same_person(one, other) is same
    assert same_person(other, one) is same


def test_a_name_key_needs_all_three():
    assert name_key("Ward", "Ann", BORN) == "ward|ann|1990-02-03"
    assert name_key("", "Ann", BORN) == ""
    assert name_key("Ward", " ", BORN) == ""
    assert name_key("Ward", "Ann", None) == ""


@pytest.mark.parametrize(
    "one, other",
    [
        ("WARD", "ward"),
        ("Núñez", "nunez"),
        ("Nu\u0301n\u0303ez", "Núñez"),  # composed or not
        ("de la Mare", "DELAMARE"),
        ("O\u2019Brien", "O'Brien"),
        ("O\u00b4Brien", "O'Brien"),
        ("Smith\u2013Jones", "smith-jones"),
        ("Łukasz", "lukasz"),
        ("Strauß", "STRAUSS"),
        ("\u200eمريم", "مريم"),  # an invisible direction mark
        ("Ward\u00a0", "Ward"),
    ],
)
def test_case_accents_and_blanks_are_folded(one, other):
    assert name_key(one, "Ann", BORN) == name_key(other, "Ann", BORN)


@pytest.mark.parametrize(
    "one, other", [("O'Brien", "OBrien"), ("Smith-Jones", "Smith Jones"), ("Ward", "Warde")]
)
def test_different_letters_are_different_names(one, other):
    assert name_key(one, "Ann", BORN) != name_key(other, "Ann", BORN)


@given(st.text(max_size=60), st.text(max_size=60))
def test_folding_twice_is_folding_once_and_a_key_fits_its_column(surname, forename):
    assert folded(folded(surname)) == folded(surname)
    key = name_key(surname * 20, forename * 20, BORN)
    assert len(key) <= 300
    assert key.count("|") in (0, 2)
