from datetime import date

import pytest

from agenda.matching_keys import keys
from agenda.matching_search import asked, ranked
from tests.agenda.test_matching import a_person

GRACE = a_person(emails=["grace@post.example"], identifiers=["police:K1234/5"])
ELSEWHERE = ("3 Mill Lane, Kelbrook", "ZZ9 9ZZ")
EVERYBODY = {
    "grace": GRACE,
    "helen": a_person("Helen", "Hexley", date(1962, 7, 2), ELSEWHERE, "07700 900777"),
    "moss": a_person("Gareth", "Moss", date(1988, 11, 30), ELSEWHERE, "07700 900999"),
    "liz": a_person("Elizabeth", "O'Brien", date(1990, 5, 6), ELSEWHERE, "07700 900555"),
}


def found(line: str) -> list[str]:
    """Those looked up and ranked, as the store does it."""
    what = asked(line)
    there = {
        who: person
        for who, person in EVERYBODY.items()
        if any(key in what.keys or key.startswith(tuple(what.beginnings)) for key in keys(person))
    }
    return ranked(what, there, 10)


@pytest.mark.parametrize(
    "line",
    [
        "Grace Hexley",
        "HEXLEY, Grace",
        "gracie hexly 14/3/1985",
        "G Hexley 1985",
        "hecsleigh 14.03.1985",
        "1985-03-14",
        "14/03/1985 grace",
        "14 High Street ZZ1 1AA",
        "zz11aa",
        "hexley zz1 1aa",
        "07700 900123",
        "grace 0123",
        "900 123",
        "GRACE@post.example",
        "K1234/5",
        "k12345",
    ],
)
def test_D2_somebody_is_found_by_any_part_that_is_known(line):
    assert found(line)[0] == "grace"


def test_D2_a_surname_alone_finds_all_who_bear_it_and_a_first_name_too():
    assert set(found("Hexley")) == {"grace", "helen"}
    assert found("Betty") == ["liz"]
    assert found("obrien") == ["liz"]


def test_D2_the_year_tells_two_of_a_name_apart():
    assert found("Hexley 1962")[0] == "helen"
    assert found("H Hexley 1962") == ["helen"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("24/08/1985", date(1985, 3, 14)), ("14/03/1958", date(1958, 3, 27)), ("10/02/1957", date(1957, 10, 3))],
)
def test_D2_of_many_of_one_name_those_whose_birth_date_is_two_slips_away_come_first(typed, meant):
    days = {f"{year}": date(year, 12, 29) for year in range(1961, 1973)}
    namesakes = {who: a_person(born=day, address=ELSEWHERE, phone="") for who, day in days.items()}
    there = namesakes | {"z": a_person(born=meant, address=ELSEWHERE, phone="")}
    assert ranked(asked(f"grace hexley {typed}"), there, 1) == ["z"]


@pytest.mark.parametrize("line", ["", "   ", "???", "31/02/1985", "nobody@", "12"])
def test_D2_what_nobody_is_asked_for_finds_nobody(line):
    assert found(line) == []


def test_D2_a_line_of_a_thousand_words_is_not_a_thousand_keys():
    what = asked("hexley " * 1000)
    assert len(what.keys) + len(what.beginnings) < 200


@pytest.mark.parametrize("line", ["Flat 19, 16 Nelson Lane, Hexley ZZ6 5YR", "flat 19 16 nelson lane"])
def test_D2_the_flat_of_an_address_is_no_name(line):
    what = asked(line)
    assert what.words == () and {"19", "16"} <= what.readings[0].places[0].numbers
