from datetime import date
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.details import Details, Shared, Staff, is_sure, shared, words

BORN, LATER = date(1988, 4, 5), date(1991, 6, 7)
NAME, NAME_AND_DOB = {Shared.NAME}, {Shared.NAME_AND_DOB}


def somebody(
    forename: str = "", surname: str = "", dob: date | None = None, *, email="", phone="", address=""
) -> Details:
    return Details(forename, surname, dob, frozenset({email}), frozenset({phone}), frozenset({address}))


@pytest.mark.parametrize(
    "one, other, found",
    [
        (somebody("Ann", "Ward", BORN), somebody("ANN", "Ward", BORN), NAME_AND_DOB),
        (somebody("Ann", "Ward", BORN), somebody("Ward", "Ann", BORN), NAME_AND_DOB),
        (somebody("Ann", "Ward", BORN), somebody("", "Ann Ward", BORN), NAME_AND_DOB),
        (somebody("Ann", "Ward", BORN), somebody("Ann Marie", "Ward", BORN), NAME_AND_DOB),
        (somebody("Ann", "Ward", BORN), somebody("Ann", "Ward-Smith", BORN), NAME_AND_DOB),
        (somebody("Mary Ann", "Ward", BORN), somebody("Maryann", "Ward", BORN), NAME_AND_DOB),
        (somebody("Ann", "Ward", BORN), somebody("Ann", "Ward"), NAME),
        (somebody("Ann", "Ward"), somebody("Ann", "Ward"), NAME),
        (somebody("Ann", "Ward", BORN), somebody("Ann", "Ward", LATER), set()),  # two people of one name
        (somebody("Ann Marie", "Ward"), somebody("Ann Louise", "Ward"), set()),
        (somebody("Ann", "Ward", BORN), somebody("Tom", "Marsh", BORN), set()),  # a birth date alone
        (somebody("Ann", "Ward"), somebody("Tom", "Ward"), set()),
        (somebody("", "Ward", BORN), somebody("", "Ward", BORN), set()),  # half a name
        (somebody(dob=BORN), somebody(dob=BORN), set()),
        (somebody(), somebody(), set()),  # nothing known is never the same
    ],
)
def test_M6_the_name_counts_unless_the_birth_dates_differ(one, other, found):
    assert shared(one, other) == shared(other, one) == found


@pytest.mark.parametrize(
    "what, way",
    [
        (Shared.EMAIL, {"email": "s.marsh@post.example"}),
        (Shared.PHONE, {"phone": "07700 900123"}),
        (Shared.ADDRESS, {"address": "14 High Street, ZZ1 1AA"}),
    ],
)
def test_F3_a_shared_way_to_reach_them_is_found_whatever_the_names(what, way):
    one, other = somebody("Ann", "Ward", BORN, **way), somebody("Tom", "Marsh", LATER, **way)
    assert shared(one, other) == {what}


def test_F3_several_numbers_or_addresses_in_one_box_are_each_found():
    one = somebody(
        phone="07700 900123 / 07700 900456 or 01632 960001", email="a@post.example; b@post.example"
    )
    for phone in ("07700900123", "07700900456", "01632960001"):
        assert shared(one, somebody(phone=phone)) == {Shared.PHONE}
    for email in ("a@post.example", "b@post.example"):
        assert shared(one, somebody(email=email)) == {Shared.EMAIL}


def test_M6_everything_but_a_name_alone_is_sure():
    assert not is_sure(frozenset())
    assert not is_sure(frozenset({Shared.NAME}))
    for what in set(Shared) - {Shared.NAME}:
        assert is_sure(frozenset({what}))
        assert is_sure(frozenset({what, Shared.NAME}))


def test_what_is_shared_is_stored_and_shown_in_one_order():
    assert words(frozenset({Shared.ADDRESS, Shared.NAME})) == "name, address"
    assert len(words(frozenset(Shared))) <= 100  # the column


def test_M6_the_index_finds_each_by_what_it_shares():
    ann, tom, other = UUID(int=1), UUID(int=2), UUID(int=3)
    staff = Staff(
        [
            (ann, somebody("Ann", "Ward", BORN, phone="07700 900123")),
            (tom, somebody("Tom", "Ward", phone="+44 7700 900123")),
            (other, somebody("Ann", "Ward", LATER)),
        ]
    )
    assert staff.matching(somebody("Ann", "Ward", BORN, phone="07700900123")) == {
        ann: NAME_AND_DOB | {Shared.PHONE},
        tom: {Shared.PHONE},
    }
    assert staff.matching(somebody("Ann", "Marsh")) == {}


PEOPLE = st.builds(
    somebody,
    st.sampled_from(["", "Ann", "ann marie", "Ann Louise", "Tom"]),
    st.sampled_from(["", "Ward", "O'Brien", "O Brien", "Ann"]),
    st.sampled_from([None, BORN, LATER]),
    email=st.sampled_from(["", "s.marsh@post.example", "S.Marsh+x@post.example"]),
    phone=st.sampled_from(["", "07700 900123", "+447700900123", "01632 960001"]),
    address=st.sampled_from(["", "14 High St, ZZ1 1AA", "14 High Street zz11aa", "2 High St, ZZ1 1AA"]),
)


@settings(max_examples=150, deadline=None)
@given(PEOPLE, PEOPLE)
def test_F3_sharing_is_mutual(one, other):
    assert shared(one, other) == shared(other, one)


@settings(max_examples=100, deadline=None)
@given(st.lists(PEOPLE, max_size=8), PEOPLE)
def test_M6_the_index_finds_whom_comparing_each_would_find(people, sought):
    staff = [(UUID(int=n // 2), person) for n, person in enumerate(people)]  # some are known by two names
    told: dict[UUID, frozenset[Shared]] = {}
    for person_id, person in staff:
        if found := shared(person, sought):
            told[person_id] = told.get(person_id, frozenset()) | found
    assert Staff(staff).matching(sought) == told


WORD = st.text("bcdfghjklmnpqrstvwxyz", min_size=4, max_size=8)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORD, min_size=4, max_size=4, unique=True))
def test_M6_people_who_share_half_a_name_or_none_are_not_found(names):
    first, second, third, fourth = names
    assert not shared(somebody(first, second), somebody(third, fourth))
    assert not shared(somebody(first, second), somebody(first, fourth))
    assert not shared(somebody(first, second), somebody(third, second))
