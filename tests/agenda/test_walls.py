from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.details import Details, Shared
from agenda.meetings import case_number, case_reference
from agenda.need_to_know import WallGround
from agenda.people import name_key
from agenda.restrictions import REASON_LENGTH, refuse_last
from agenda.restrictions import given as reason_given
from agenda.rules import RuleBroken
from agenda.walls import Member, Party, Watch, name_keys_of, words

ME, OTHER, HER = (UUID(int=number) for number in (1, 2, 3))
NIAMH = Details("Niamh", "Corder", phones=frozenset({"07700 900456"}))


def found(party: Details, *members: tuple, is_party: bool = True):
    return Watch(Member(*member) for member in members).matching([Party(HER, is_party, party)])


def test_M6_who_is_on_a_case_outweighs_whom_one_knows_there():
    both = found(NIAMH, (ME, WallGround.PARTY, Details("Niamh Corder")), (ME, WallGround.DECLARED, NIAMH))
    assert both[ME].ground is WallGround.PARTY and both[ME].own == {Shared.NAME}
    assert both[ME].shared == {Shared.NAME, Shared.PHONE}
    known = found(NIAMH, (OTHER, WallGround.DECLARED, NIAMH))
    assert known[OTHER].ground is WallGround.DECLARED and not known[OTHER].own


def test_M6_an_associate_is_named_and_is_no_party():
    member = (ME, WallGround.PARTY, NIAMH)
    assert found(NIAMH, member)[ME].is_party and not found(NIAMH, member, is_party=False)[ME].is_party


@pytest.mark.parametrize("ground", WallGround)
def test_M6_the_name_alone_of_an_associate_is_no_reason_for_a_wall(ground):
    member = (ME, ground, Details("Niamh Corder"))
    assert ME in found(NIAMH, member) and found(NIAMH, member, is_party=False) == {}
    assert ME in found(NIAMH, (ME, ground, NIAMH), is_party=False), "a sure match is one"


@pytest.mark.parametrize(
    "account, told, is_account",
    [
        (Details("Niamh Corder"), NIAMH, True),
        (Details("Niamh Corder"), Details("", "", phones=NIAMH.phones), True),
        (Details("Niamh Corder"), Details(), False),
        (Details("Ivo Tarn"), NIAMH, False),
        (Details("Ivo Tarn", emails=frozenset({"n@a.example"})), Details(), True),
    ],
)
def test_M6_it_is_surely_the_member_of_staff_only_by_what_the_account_itself_bears(account, told, is_account):
    mine = (ME, WallGround.PARTY, account, True)
    her = Details("Niamh", "Corder", phones=NIAMH.phones, emails=frozenset({"n@a.example"}))
    assert found(her, mine, (ME, WallGround.PARTY, told))[ME].by_account is is_account


def test_M6_a_mark_tells_what_was_looked_at_from_what_was_not():
    first = found(NIAMH, (ME, WallGround.PARTY, Details("Niamh Corder")))[ME].marks
    again = found(NIAMH, (ME, WallGround.PARTY, Details("niamh CORDER")))[ME].marks
    phone = found(NIAMH, (ME, WallGround.PARTY, NIAMH))[ME].marks
    other = Watch([Member(ME, WallGround.PARTY, NIAMH)]).matching([Party(OTHER, True, NIAMH)])[ME].marks
    assert first == again < phone, "another spelling is nothing new, a number is"
    assert not other & phone, "the same details of another person are"
    two = Details("Niamh", "Corder", phones=frozenset({"07700 900456", "07700 900789"}))
    more = found(two, (ME, WallGround.PARTY, two))[ME].marks
    assert phone < more, "a second number is"


def test_M6_a_mark_is_too_short_to_be_turned_back():
    marks = found(NIAMH, (ME, WallGround.PARTY, NIAMH))[ME].marks
    assert {len(mark) for mark in marks} == {5}


def test_M6_a_birth_date_that_agrees_is_something_else_than_a_name_alone():
    dated = Details("Niamh", "Corder", date(1991, 3, 4))
    alone = found(dated, (ME, WallGround.PARTY, Details("Niamh Corder")))[ME]
    sure = found(dated, (ME, WallGround.PARTY, dated))[ME]
    assert sure.own == {Shared.NAME_AND_DOB} and not alone.marks >= sure.marks


@pytest.mark.parametrize(
    "name", ["Niamh Corder", "Corder Niamh", "NÍAMH corder", "Anna Maria de Souza", "Seán O’Brien-Smith"]
)
def test_M6_a_feed_finds_a_name_however_it_was_cut(name):
    keys = name_keys_of([Member(ME, WallGround.PARTY, Details(name))])
    first, *rest = name.split()
    key = name_key(" ".join(rest), first, date(1991, 3, 4))
    assert key[: -len("1991-03-04")] in keys.names


@settings(max_examples=100)
@given(st.text(max_size=30), st.text(max_size=30))
def test_M6_every_name_there_is_gives_keys_of_two_parts(forename, surname):
    keys = name_keys_of([Member(ME, WallGround.PARTY, Details(forename, surname))])
    assert all(name.count("|") == 2 and name.endswith("|") for name in keys.names)


def test_what_is_alike_is_said_in_one_order():
    assert words({Shared.PHONE, Shared.NAME}) == "name; telephone number"


@pytest.mark.parametrize("text", ["C-000123", "c-123", " C000123 "])
def test_a_case_reference_is_read_as_people_type_it(text):
    assert case_number(text) == 123 and case_reference(123) == "C-000123"


@pytest.mark.parametrize("text", ["", "C-", "C-12a", "D-000123", "٣", "C-0000000001234567890"])
def test_what_is_no_case_reference_is_none(text):
    assert case_number(text) is None


def test_M6_the_last_who_runs_meetings_stays_named():
    refuse_last(1)
    with pytest.raises(RuleBroken, match="Name another one first"):
        refuse_last(0)


@pytest.mark.parametrize("text", ["", "  \n", "x" * (REASON_LENGTH + 1)])
def test_a_reason_is_given_and_is_no_essay(text):
    with pytest.raises(RuleBroken):
        reason_given(text)
