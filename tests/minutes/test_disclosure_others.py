"""What a text still tells of other people is found, however it is spelt (Rulebook X6, F3)."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.details import Details, Shared
from minutes.disclosure_others import Beside, Left, Listed, left_in
from tests.a_disclosure import DORIAN, ISLA, PEOPLE, WREN


def told(text, *people):
    return {(left.person, left.what) for left in left_in(text, people or PEOPLE)}


@pytest.mark.parametrize(
    "text",
    ["Dorian came.", "FLINT", "flint's van", "Dorian\u2019s", "Dorians", "D\u00f3rian", "Dor\u00adian",
     "D\u200borian", "D\u043erian came", "Dor-\nian", "Flint-Holt", "dorian.f", "dorian2", "Mr. Flint",
     "dorianflint", "flintdorian", "They call him Dozer"],
)  # fmt: skip
def test_X6_a_name_is_found_however_it_is_written(text):
    assert (DORIAN.id, Shared.NAME) in told(text)


@pytest.mark.parametrize(
    "text", ["Isla Sorrel was seen.", "Ms Sorrel", "A florin", "The doors", "", "She will rest."]
)
def test_X6_what_names_nobody_else_stays(text):
    assert told(text) == set()


def test_X6_a_name_of_the_family_is_theirs_and_a_childs_own_is_not():
    assert told("The Sorrel family") == set()
    assert told("Wren was at school") == {(WREN.id, Shared.NAME)}


def test_X6_who_bears_the_same_name_cannot_be_told_apart():
    namesake = Listed(uuid4(), False, (Details("Isla", "Sorrel"),))
    for text in ("Isla rang", "Ms Sorrel rang", "SORREL, Isla"):
        assert told(text, ISLA, namesake) == {(namesake.id, Shared.NAME)}
    assert told("The person this is about rang", ISLA, namesake) == set()


def test_X6_who_has_no_name_of_their_own_is_not_looked_for_by_words_of_every_day():
    baby = Listed(uuid4(), False, (Details("Baby", "Sorrel"), Details("Unknown")))
    assert told("The baby of Isla Sorrel, father unknown", ISLA, baby) == set()
    assert told("A. Nother is a name", ISLA, Listed(uuid4(), False, (Details("A", "Nother"),)))
    assert told("A name", ISLA, Listed(uuid4(), False, (Details("A", "Nother"),))) == set()


def test_X6_short_forms_are_found_where_they_stand_as_a_name():
    william = Listed(uuid4(), False, (Details("William", "Ash"),))
    for text in ("Bill said so", "Liam's bag", "WILL"):
        assert told(text, ISLA, william) == {(william.id, Shared.NAME)}
    assert told("He will bill her", ISLA, william) == set()
    will = Listed(uuid4(), False, (Details("Will", "Ash"),))
    assert told("he will come", ISLA, will)  # listed so: then it has to be written otherwise
    own = Listed(uuid4(), True, (Details("Beth", "Sorrel"),))
    assert told("Beth rang", own, Listed(uuid4(), False, (Details("Elizabeth", "Ash"),))) == set()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ring 07700 900456", Shared.PHONE),
        ("(+44) 7700-900-456.", Shared.PHONE),
        ("0 7 7 0 0 9 0 0 4 5 6", Shared.PHONE),
        ("O77OO 9OO 456", Shared.PHONE),
        ("write to D.Flint+work@Mail.Example, he said", Shared.EMAIL),
        ("<d.flint@mail.example>", Shared.EMAIL),
        ("at 9 Quarry Rd", Shared.ADDRESS),
        ("on Quarry Road", Shared.ADDRESS),
        ("quarry  ROAD", Shared.ADDRESS),
        ("NM3 4ED", Shared.ADDRESS),
        ("nm34ed", Shared.ADDRESS),
        ("flat 2 of number 9", Shared.ADDRESS),
    ],
)
def test_X6_ways_to_reach_somebody_are_found(text, what):
    assert (DORIAN.id, what) in told(text)


@pytest.mark.parametrize(
    "text", ["a quarry, by road", "in Northmoor", "Northmoor Police", "07700 900 111", "9 of us"]
)
def test_X6_what_reaches_nobody_else_stays(text):
    assert told(text) == set()


@pytest.mark.parametrize("text", ["at 14 Fell Lane", "on Fell Ln", "NM1 2AB", "14 the Fell"])
def test_security_2_a_safe_address_is_left_out_even_of_her_own(text):
    assert told(text) == {(ISLA.id, Shared.ADDRESS)}
    shared = replace(ISLA, known=(*ISLA.known, replace(ISLA.safe, forename="Isla")))
    assert told(text, shared, DORIAN) == {(ISLA.id, Shared.ADDRESS)}  # though it is also listed as open


def test_X6_a_home_they_share_is_theirs_to_be_told():
    home = frozenset({"3 Mill Street, NM2 2BB"})
    her = Listed(uuid4(), True, (Details("Isla", "Sorrel", addresses=home),))
    him = Listed(uuid4(), False, (Details("Dorian", "Flint", addresses=home),))
    assert told("seen at 3 Mill Street", her, him) == set()
    assert told("seen at 3 Mill Street", replace(her, about=False), him) == {
        (her.id, Shared.ADDRESS), (him.id, Shared.ADDRESS),
    }  # fmt: skip


def test_X6_a_short_number_counts_too():
    near = Listed(uuid4(), False, (Details("Ada", "Finch", phones=frozenset({"960001"})),))
    assert told("ring 960 001", ISLA, near) == {(near.id, Shared.PHONE)}


BORN = Listed(uuid4(), False, (Details("Wren", "Sorrel", date(2015, 5, 3)),))


@pytest.mark.parametrize(
    "text",
    ["born Sunday 3 May 2015", "2015-05-03", "03/05/2015", "3.5.15", "3rd of May, 2015", "May 3rd 2015",
     "3MAY2015", "03-May-15", "O3/O5/2O15", "03052015", "dob 20150503", "3\n/ 5/2015", "3 M\u0430y 2015",
     "\uff13 May \uff12\uff10\uff11\uff15", "03\u200b/05/2015", "the 3rd day of May 2015", "3_5_2015"],
)  # fmt: skip
def test_X6_a_birth_date_is_found_however_it_is_written(text):
    assert told(text, ISLA, BORN) == {(BORN.id, Beside.BORN)}


@pytest.mark.parametrize("text", ["4 May 2015", "3 May", "in May 2015", "07703 900 515", "3 or 5 in 2015"])
def test_X6_another_day_stays(text):
    assert told(text, ISLA, BORN) == set()


def test_X6_a_birth_date_of_whom_it_is_about_stays_and_a_twins_with_it():
    her = replace(ISLA, known=(Details("Isla", "Sorrel", date(1990, 1, 2)), Details("Isla", "Rowe")))
    assert told("born 2 January 1990", her, BORN) == set()
    assert told("born 3 May 2015", replace(BORN, about=True), replace(BORN, id=uuid4())) == set()
    assert told("born 2 January 1990", replace(her, about=False), BORN) == {(her.id, Beside.BORN)}


plain = st.text("bcghjkmpqvwxyz ", max_size=40)
cased = st.sampled_from([str.lower, str.upper, str.title])
ways = st.sampled_from(
    ["dorian", "flint", "dozer", "wren", "07700 900 456", "9 quarry road", "nm3 4ed", "d.flint@mail.example",
     "14 fell lane"]
)  # fmt: skip


@given(plain, ways, cased, plain)
def test_X6_wherever_it_stands_in_a_text(before, way, written, after):
    assert left_in(f"{before} {written(way)}, {after}", PEOPLE)


def test_X6_what_is_found_repeats_no_word_of_it():
    assert left_in("Dorian", PEOPLE) == {Left(DORIAN.id, Shared.NAME)}
