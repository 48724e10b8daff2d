from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.incidents import Gender
from agenda.matching import levels
from agenda.matching_evidence import Field, Level
from agenda.matching_person import Known, known
from agenda.matching_weights import FIELDS

MODEST = settings(max_examples=100, deadline=None)


def a_person(
    forename: str = "Grace",
    surname: str = "Hexley",
    born: date | None = date(1985, 3, 14),
    address: tuple[str, str] = ("14 High Street, Northmoor", "ZZ1 1AA"),
    phone: str = "07700 900123",
    **told: object,
) -> Known:
    """Somebody; the test tells only what it is about."""
    return known([(forename, surname)], born, None, [address], [phone], **told)  # type: ignore[arg-type]


def level(field: Field, one: Known, other: Known) -> Level:
    return levels(one, other)[FIELDS.index(field)]


@pytest.mark.parametrize(
    "one, other, told",
    [
        ("Mary Jane", "Maryjane", Level.SAME),
        ("Mrs Grace", "GRACE", Level.SAME),
        ("Elizabeth", "Beth", Level.CLOSE),
        ("Liz", "Betty", Level.CLOSE),  # both short for one name
        ("Grace", "Garce", Level.CLOSE),
        ("Niall", "Neil", Level.CLOSE),
        ("Siobhan", "Shevaun", Level.DIFFERS),
        ("Mary", "Mari", Level.CLOSE),
        ("Ciara", "Keira", Level.DIFFERS),
        ("Sara", "Zara", Level.CLOSE),
        ("Lee", "Leigh", Level.ALIKE),
        ("G", "Grace", Level.PART),
        ("Grace", "Anne Grace", Level.PART),
        ("Grace", "Helen", Level.DIFFERS),
        ("Al", "Bo", Level.DIFFERS),
        ("", "Grace", Level.MISSING),
    ],
)
def test_D2_how_far_first_names_agree(one, other, told):
    assert level(Field.FORENAME, a_person(forename=one), a_person(forename=other)) is told


@pytest.mark.parametrize(
    "one, other, told",
    [
        ("O'Brien", "O Brien", Level.SAME),
        ("McDonald", "Mc Donald", Level.SAME),
        ("Hexley", "Hexly", Level.CLOSE),
        ("Featherstone", "Fetherstine", Level.CLOSE),  # two slips in a long name
        ("Nye", "Nigh", Level.ALIKE),
        ("Hexley-Moss", "Moss", Level.PART),
        ("Oakley-Birch", "Oakley", Level.PART),  # and more than alike for beginning so
        ("Ng-Moss", "Ng", Level.PART),
        ("De Vere", "De Witt", Level.DIFFERS),
        ("Hexley", "Moss", Level.DIFFERS),
        ("Ng", "Ngo", Level.ALIKE),
        ("", "Moss", Level.MISSING),
    ],
)
def test_D2_how_far_surnames_agree(one, other, told):
    assert level(Field.SURNAME, a_person(surname=one), a_person(surname=other)) is told


def test_D2_names_in_each_others_place_are_close_and_no_more():
    found = levels(a_person("Grace", "Hexley"), a_person("Hexley", "Grace"))
    assert found[:2] == (Level.CLOSE, Level.CLOSE)


def test_D2_two_people_of_no_fixed_abode_share_no_address():
    nowhere = a_person(address=("No fixed abode, Northmoor", ""))
    assert level(Field.ADDRESS, nowhere, nowhere) is Level.MISSING


def test_D2_any_name_somebody_goes_by_counts():
    before = known([("Grace", "Moss"), ("Grace", "Hexley")])
    assert level(Field.SURNAME, before, a_person()) is Level.SAME


@pytest.mark.parametrize(
    "other, told",
    [
        (date(1985, 3, 14), Level.SAME),
        (date(1985, 3, 15), Level.CLOSE),  # a digit
        (date(1958, 3, 14), Level.CLOSE),  # two digits exchanged
        (date(1995, 3, 14), Level.CLOSE),
        (date(1985, 3, 27), Level.PART),
        (date(1962, 3, 14), Level.PART),
        (date(1985, 7, 27), Level.DIFFERS),
        (date(1985, 1, 1), Level.PART),  # only the year was known
        (date(1984, 1, 1), Level.DIFFERS),
        (None, Level.MISSING),
    ],
)
def test_D2_how_far_birth_dates_agree(other, told):
    assert level(Field.BORN, a_person(), a_person(born=other)) is told


def test_D2_day_and_month_swapped_is_one_slip():
    assert (
        level(Field.BORN, a_person(born=date(1985, 3, 11)), a_person(born=date(1985, 11, 3))) is Level.CLOSE
    )


@pytest.mark.parametrize(
    "line, postcode, told",
    [
        ("14, High St., Northmoor", "zz11aa", Level.SAME),
        ("14 High Street", "ZZ1 1AA", Level.SAME),
        ("14 Hihg Street, Northmoor", "ZZ1 1AB", Level.CLOSE),
        ("16 High Street, Northmoor", "ZZ1 1AA", Level.PART),  # a neighbour
        ("16 High Street, Northmoor", "", Level.PART),
        ("3 Mill Lane, Kelbrook", "ZZ9 9ZZ", Level.DIFFERS),
        ("Flat 3, 14 High Street, Northmoor", "ZZ1 1AB", Level.CLOSE),  # one left out which flat
        ("14", "", Level.DIFFERS),  # a number is no address
        ("14 Mill Row", "", Level.DIFFERS),
        ("No fixed abode", "", Level.MISSING),
        ("", "", Level.MISSING),
    ],
)
def test_D2_an_address_is_one_comparison_and_a_neighbour_lives_elsewhere(line, postcode, told):
    assert level(Field.ADDRESS, a_person(), a_person(address=(line, postcode))) is told


@pytest.mark.parametrize(
    "other, told",
    [
        ("+44 7700 900123", Level.SAME),
        ("07700 900124", Level.CLOSE),
        ("07700 911999", Level.DIFFERS),
        ("withheld", Level.MISSING),
    ],
)
def test_D2_how_far_telephone_numbers_agree(other, told):
    assert level(Field.PHONE, a_person(), a_person(phone=other)) is told


@pytest.mark.parametrize(
    "one, other, told",
    [
        ({"police:K1"}, {"police:K1", "nhs:7"}, Level.SAME),
        ({"police:K12345"}, {"police:K12346"}, Level.CLOSE),
        ({"police:K12345"}, {"police:Z98"}, Level.DIFFERS),
        ({"police:K1"}, {"nhs:9434765919"}, Level.MISSING),  # two kinds say nothing of each other
        (set(), {"police:K1"}, Level.MISSING),
    ],
)
def test_D2_only_references_of_one_kind_are_compared(one, other, told):
    assert level(Field.IDENTIFIER, a_person(identifiers=one), a_person(identifiers=other)) is told


def test_D2_sex_not_known_is_missing():
    told = known([("Grace", "Hexley")], sex=Gender.FEMALE)
    assert level(Field.SEX, told, known([("Grace", "Hexley")], sex=Gender.UNKNOWN)) is Level.MISSING
    assert level(Field.SEX, told, known([("Grace", "Hexley")], sex=Gender.MALE)) is Level.DIFFERS


words = st.text("abehilmnorst '", max_size=9)
persons = st.builds(
    a_person, words, words, st.none() | st.dates(date(1930, 1, 1), date(2020, 1, 1)), st.tuples(words, words)
)


@MODEST
@given(persons, persons)
def test_D2_it_does_not_matter_which_record_came_first(one, other):
    assert levels(one, other) == levels(other, one)


@MODEST
@given(persons)
def test_D2_a_record_differs_from_itself_in_nothing(one):
    told = [field for field, level in zip(FIELDS, levels(one, one), strict=True) if level is Level.DIFFERS]
    assert not told
