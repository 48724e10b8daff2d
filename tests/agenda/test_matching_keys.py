from datetime import date

import pytest
from hypothesis import given

from agenda.matching_keys import keys, lookups, slip_lookups, slips, swapped
from agenda.matching_person import known
from agenda.matching_sounds import sound
from tests.agenda.test_matching import MODEST, a_person, persons

ELSEWHERE = ("3 Mill Lane, Kelbrook", "ZZ9 9ZZ")


@pytest.mark.parametrize(
    "spellings",
    [
        "stephen steven stefan",
        "muhammad mohammed mohamed",
        "catherine katherine kathryn",
        "hussain hussein husain",
        "chowdhury choudhury choudhry",
        "phillips philips filips",
        "mcdonald macdonald",
        "wright right",
        "smith smyth",
    ],
)
def test_D2_what_sounds_alike_has_one_code(spellings):
    assert len({sound(word) for word in spellings.split()}) == 1


def test_D2_what_sounds_otherwise_has_another():
    words = "hexley moss smith jones taylor khan patel grace helen david".split()
    assert len({sound(word) for word in words}) == len(words)


@pytest.mark.parametrize(
    "other",
    [
        a_person(surname="Hecsleigh", born=date(1985, 3, 19), address=ELSEWHERE, phone=""),
        a_person(surname="Heley", born=date(1985, 8, 14), address=ELSEWHERE, phone=""),
        a_person(surname="Hedley", born=date(1958, 3, 14), address=ELSEWHERE, phone=""),
        a_person(surname="Hexlye", born=None, address=ELSEWHERE, phone=""),
        a_person("Gracie", "Moss", address=ELSEWHERE, phone=""),
        a_person("G", "Hexley", born=date(1985, 12, 1), address=ELSEWHERE, phone=""),  # initial and year
        a_person("Hexley", "Grace", born=None, address=ELSEWHERE, phone=""),
        a_person("", "Grace Hexley", born=None, address=ELSEWHERE, phone=""),
        a_person("Anne", "Moss", born=None, address=ELSEWHERE),
        a_person("Anne", "Moss", born=None, address=("14 High St", "ZZ1 1AA"), phone=""),
        a_person("Anne", "Moss", born=None, address=("14 Hi Street, Northmoor", "ZZ1 7AA"), phone=""),
        a_person("Grayce", "Heksley", born=None, address=ELSEWHERE, phone=""),
    ],
)
def test_D2_two_records_of_one_person_share_a_key_whatever_is_wrong(other):
    assert keys(a_person()) & lookups(other)
    assert lookups(a_person()) & keys(other)


def test_D2_a_birth_date_with_day_and_month_swapped_is_looked_up_too():
    one, other = a_person(born=date(1985, 3, 11)), a_person("Anne", "Moss", date(1985, 11, 3), ELSEWHERE, "")
    assert not keys(one) & keys(other)
    assert "b:19851103" in lookups(one) & keys(other)


@pytest.mark.parametrize("born", [date(1985, 3, 14), date(1985, 3, 3)])
def test_D2_where_there_is_no_such_date_none_is_swapped(born):
    assert swapped(born) is None


@pytest.mark.parametrize(
    "written", [date(1985, 3, 15), date(1975, 3, 14), date(1958, 3, 14), date(1985, 3, 4), date(1985, 8, 14)]
)
def test_D2_one_slip_in_a_birth_date_is_looked_up_with_either_name(written):
    filed = keys(a_person(born=written, address=ELSEWHERE, phone=""))
    for one in (a_person("Anne", address=ELSEWHERE, phone=""), a_person(surname="Moss", phone="")):
        assert filed & slip_lookups(one)


def test_D2_the_slips_of_a_date_are_some_forty_dates_of_its_time_and_not_itself():
    born = date(1985, 3, 11)
    assert 20 < len(slips(born)) < 60
    assert date(1985, 11, 3) in slips(born)
    assert born not in slips(born)
    assert {day.year // 100 for day in slips(born)} <= {18, 19, 20}
    assert not slip_lookups(a_person(born=None))


def test_D2_a_plain_person_has_thirteen_keys_and_a_very_long_name_not_many_more():
    assert len(keys(a_person())) == 13
    assert len(keys(known([("a b c d e f g h i j k", "l m n o p q r s t")]))) < 60


def test_D2_who_has_nothing_in_common_shares_no_key():
    other = a_person("Gareth", "Moss", date(1971, 8, 2), ELSEWHERE, "07700 911999")
    assert not lookups(a_person()) & keys(other)


@MODEST
@given(persons)
def test_D2_who_is_filed_is_found(one):
    assert keys(one) <= lookups(one)
