from datetime import date
from math import inf
from random import Random

import pytest

from agenda.matching_evidence import Band, Field, Level
from agenda.matching_proposals import RADAR_MOST, best, compared, odds, radar
from agenda.matching_weights import DEFAULT, Kind, Weights
from tests.agenda.test_matching import a_person
from tests.benchmarks.matching import people
from tests.benchmarks.matching.search import person

ELSEWHERE = ("3 Mill Lane, Kelbrook", "ZZ9 9ZZ")


@pytest.mark.parametrize(
    "other",
    [
        a_person(),
        a_person(surname="Hexly", address=ELSEWHERE, phone=""),
        a_person(surname="Moss", address=ELSEWHERE),  # married and moved, the same telephone
        a_person("Gracie", born=date(1985, 4, 14)),
        a_person("Hexley", "Grace", address=ELSEWHERE),
        a_person(born=None, phone=""),
    ],
)
def test_D2_the_same_person_written_otherwise_is_proposed(other):
    assert compared(a_person(), other).band is Band.PROPOSE


@pytest.mark.parametrize(
    "other",
    [
        a_person("Helen"),  # a twin: everything else is shared
        a_person("Helen", born=date(1987, 9, 30)),
        a_person("Gareth", "Moss", born=date(1988, 11, 30)),
        a_person("Grace", born=date(2009, 7, 2), phone="07700 900777"),  # her daughter, of the same name
        a_person("Grace", "Moss", born=date(1962, 7, 2), address=ELSEWHERE, phone=""),
    ],
)
def test_D2_a_twin_a_sibling_a_namesake_and_a_partner_are_other_people(other):
    assert compared(a_person(), other).band is Band.NOT_SHOWN


def test_D2_only_an_exact_strong_identifier_links():
    told = {"police:K1234"}
    linked = a_person("Anne", "Moss", born=None, address=ELSEWHERE, identifiers=told)
    assert compared(a_person(identifiers=told), linked).band is Band.LINK
    assert odds(a_person(identifiers=told), linked) == inf
    assert compared(a_person(), a_person()).band is Band.PROPOSE  # however high the score is


def test_D2_first_name_or_birth_date_must_agree_whatever_else_does():
    other = a_person("Helen", born=date(1950, 1, 1))
    assert odds(a_person(), other) == -inf
    assert compared(a_person(), other, bar=-1000).band is Band.NOT_SHOWN
    alone = Weights(DEFAULT.chances, {**DEFAULT.share, Kind.RELATIVES: 0.0})
    assert odds(a_person(), other, alone) > 0  # where nobody has relatives there is no gate


def test_D2_the_evidence_is_in_words_the_strongest_first_and_what_is_missing_last():
    found = compared(a_person(phone=""), a_person("Gracie", "Moss", born=date(1985, 3, 15)))
    assert found.words == [
        "Address: agrees",
        "Date of birth: agrees nearly: one slip, or day and month swapped",
        "First name: agrees nearly: a short form, spelt nearly alike, or in the place of the surname",
        "Surname: differs",
        "Sex: missing on one side or both",
        "Telephone number: missing on one side or both",
        "E-mail address: missing on one side or both",
        "Reference: missing on one side or both",
    ]
    assert [one.level for one in found.evidence if one.field is Field.SURNAME] == [Level.DIFFERS]


def test_D2_proposals_come_best_first_and_no_more_than_asked_for():
    them = {
        "far": a_person(surname="Hexly", address=ELSEWHERE),
        "near": a_person(),
        "none": a_person("Helen"),
    }
    assert [key for key, _ in best(a_person(), them, 10)] == ["near", "far"]
    assert [key for key, _ in best(a_person(), them, 1)] == ["near"]


def test_D2_a_rare_surname_in_common_says_more_than_a_common_one():
    one, other = a_person(address=ELSEWHERE, phone=""), a_person(phone="")
    rare, common = ({Field.SURNAME: {"hexley": share}} for share in (0.00001, 0.01))
    assert odds(one, other, common=rare) > odds(one, other) > odds(one, other, common=common)


@pytest.mark.parametrize(
    "incoming",
    [
        a_person("G", "Moss", address=ELSEWHERE, phone=""),  # not likely enough to be proposed elsewhere
        a_person("Grace", "Moss", born=date(1985, 3, 19), address=ELSEWHERE, phone=""),
        a_person(surname="Hecsley", address=ELSEWHERE, phone=""),
        a_person(surname="Moss", address=ELSEWHERE, phone=""),
        a_person("Gracie", "Hexleigh", born=date(1985, 3, 19), address=ELSEWHERE, phone=""),
        a_person(born=None, address=ELSEWHERE, phone=""),
    ],
)
def test_T6_the_radar_shows_a_repeat_that_is_misspelt(incoming):
    heard = {"her": a_person(), "other": a_person("Helen", "Moss", date(1970, 1, 1), ELSEWHERE, "")}
    assert radar(incoming, heard)[0][0] == "her"


def test_T6_the_radar_shows_nobody_for_a_first_name_alone():
    heard = {"her": a_person()}
    assert radar(a_person("Grace", "Moss", date(1962, 7, 2), ELSEWHERE, ""), heard) == []


def test_T6_the_radar_shows_no_more_than_three():
    heard = {str(n): a_person(phone=f"07700 90{n:04}") for n in range(9)}
    assert len(radar(a_person(), heard)) == RADAR_MOST == 3


def test_T6_the_radar_finds_those_heard_however_the_usual_errors_fall():
    chance = Random(11)
    heard = people.households(60, chance)
    filed = {str(one.person): person(one) for one in heard}
    again = [people.written_again(one, chance) for one in heard]
    found = [str(one.person) in dict(radar(person(one), filed)) for one in again]
    assert sum(found) / len(found) >= 0.98
