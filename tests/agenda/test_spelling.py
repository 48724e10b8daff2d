from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.details import Shared, shared
from agenda.spelling import email_key, folded_name, name_keys, name_tokens, phone_key
from agenda.spelling_of_places import address_key
from tests.spellings import SPELLINGS, known_by

MODEST = settings(max_examples=150, deadline=None)
KINDS = [(what, plain, other) for what, pairs in SPELLINGS.items() for plain, other in pairs]


@pytest.mark.parametrize("what, plain, other", KINDS)
def test_F3_every_spelling_of_one_thing_meets_its_plain_one(what, plain, other):
    assert shared(known_by(what, plain), known_by(what, other)) == {what}


@pytest.mark.parametrize("what", SPELLINGS)
def test_F3_there_are_twenty_spellings_of_each_and_they_meet_one_another(what):
    spellings = {other for _, other in SPELLINGS[what]}
    assert len(spellings) >= 20
    for one, other in combinations(spellings, 2):
        assert shared(known_by(what, one), known_by(what, other)) == {what}, (one, other)


@pytest.mark.parametrize(
    "key, text, told",
    [
        (phone_key, "07700 900123", "7700900123"),
        (phone_key, "016977 3999", "169773999"),  # nine digits after the 0
        (phone_key, "+1 770 090 0123", "+17700900123"),  # not the British number with these digits
        (phone_key, "+353 85 000 0123", "+353850000123"),
        (phone_key, "00 353 85 000 0123", "+353850000123"),
        (phone_key, "496 0000", ""),  # without its area code
        (phone_key, "00000 000000", ""),
        (phone_key, "01111 111111", ""),  # only filled in
        (phone_key, "999", ""),
        (phone_key, "withheld", ""),
        (phone_key, "", ""),
        (email_key, "s.marsh@post.example", "s.marsh@post.example"),
        (email_key, "s.mar.sh+x@googlemail.com", "smarsh@gmail.com"),
        (email_key, "+x@post.example", "+x@post.example"),
        (email_key, "s@xn--zzzzzzzzz.example", "s@xn--zzzzzzzzz.example"),  # cannot be decoded
        (email_key, "s.marsh", ""),
        (email_key, "@post.example", ""),
        (email_key, "s.marsh@", ""),
        (email_key, "", ""),
        (address_key, "14B High Street, ZZ1 1AA", "zz11aa|14|b"),
        (address_key, "Flat B, 14 High Street, ZZ1 1AA", "zz11aa|14|b"),
        (address_key, "14 b High Street, ZZ1 1AA", "zz11aa|14|b"),
        (address_key, "14-16 High Street, ZZ1 1AA", "zz11aa|14.16|"),
        (address_key, "Ground Floor Flat, 14 High Street, ZZ1 1AA", "zz11aa|14|f0"),
        (address_key, "14 First Avenue, Flat 3, ZZ1 1AA", "zz11aa|14|3"),
        (address_key, "14 W Parade, ZZ1 OAA", "zz10aa|14|"),
        (address_key, "Rose Cottage, Mill Lane, ZZ1 1AA", "zz11aa|rose cott|"),
        (address_key, "14 Saint John\u2019s Road, Northmoor", "johns northmoor rd st|14|"),
        (address_key, "14, St. Johns Rd, Northmoor", "johns northmoor rd st|14|"),
        (address_key, "The Rose Cottage, Mill Lane, Northmoor", "cott ln mill northmoor rose||"),
        (address_key, "High Street, ZZ1 1AA", ""),  # any house in it
        (address_key, "ZZ1 1AA", ""),
        (address_key, "High Street, Northmoor", ""),
        (address_key, "No fixed abode, Northmoor ZZ1 1AA", ""),
        (address_key, "Homeless hostel, 14 High Street, ZZ1 1AA", "zz11aa|14|"),
        (address_key, "Unknown", ""),
        (address_key, "", ""),
    ],
)
def test_F3_a_key_is_what_identifies_and_nothing_where_nobody_is(key, text, told):
    assert key(text) == told


@pytest.mark.parametrize(
    "one, other",
    [
        (("Sean", "O'Brien"), ("SEAN", "O Brien")),
        (("Sean", "O'Brien"), ("O\u2019BRIEN", "Sean")),  # written into each other's place
        (("Mary Jane", "Ward"), ("Maryjane", "Ward")),
        (("Ann", "de la Mare"), ("Ann", "Delamare")),
        (("Ann", "MacDonald"), ("Ann", "Mac Donald")),
        (("Ann", "Ward"), ("", "Mrs Ann Ward")),
        (("Ann", "Ward"), ("Ward, Ann", "")),
    ],
)
def test_M6_a_name_is_looked_up_however_it_is_split_or_ordered(one, other):
    assert name_keys(*one) & name_keys(*other)


def test_M6_a_title_is_no_name_and_one_word_names_nobody():
    assert name_tokens("Dr Ann Ward") == {"ann", "ward"}
    assert name_keys("", "Ward") == name_keys("Mrs", "Ward") == name_keys("", "") == frozenset()


@pytest.mark.parametrize(
    "what, one, other",
    [
        (Shared.NAME, "Ann Ward", "Anne Ward"),
        (Shared.NAME, "Ann Marie Ward", "Ann Louise Ward"),
        (Shared.NAME, "Ann Ward", "Ann Warden"),
        (Shared.EMAIL, "s.marsh@post.example", "smarsh@post.example"),
        (Shared.EMAIL, "s.marsh1@post.example", "s.marshl@post.example"),
        (Shared.EMAIL, "s.marsh@post.example", "s.marsh@mail.post.example"),
        (Shared.PHONE, "07700 900123", "07700 900124"),
        (Shared.PHONE, "+1 770 090 0123", "07700 900123"),
        (Shared.ADDRESS, "Flat 2, 14 High Street, ZZ1 1AA", "Flat 14, 2 High Street, ZZ1 1AA"),
        (Shared.ADDRESS, "Flat 2, 14 High Street, ZZ1 1AA", "14 High Street, ZZ1 1AA"),
        (Shared.ADDRESS, "14 High Street, ZZ1 1AA", "14 High Street, ZZ1 1AB"),
        (Shared.ADDRESS, "14 High Street, Northmoor", "14 High Road, Northmoor"),
        (Shared.ADDRESS, "1st Floor Flat, 14 High Street, ZZ1 1AA", "Ground Floor Flat, 14 High St, ZZ1 1AA"),
        (Shared.ADDRESS, "1st Floor Flat, 14 High Street, ZZ1 1AA", "Flat 1, 14 High Street, ZZ1 1AA"),
        (Shared.ADDRESS, "Flat 2, Mill House, ZZ1 1AA", "Flat 2, Rose House, ZZ1 1AA"),
        (Shared.ADDRESS, "Rose Cottage, Mill Lane, ZZ1 1AA", "Mill Cottage, Mill Lane, ZZ1 1AA"),
    ],
)
def test_F3_what_is_merely_near_is_different(what, one, other):
    assert not shared(known_by(what, one), known_by(what, other))


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=8)
NATIONAL = st.integers(1_000_000_000, 9_999_999_999).filter(lambda number: len(set(str(number))) > 1)


@MODEST
@given(NATIONAL, NATIONAL)
def test_F3_two_numbers_never_become_one(one, other):
    assert (phone_key(f"0{one}") == phone_key(f"+44 (0){other}")) == (one == other)


@MODEST
@given(WORD, WORD, WORD, WORD)
def test_F3_two_mailboxes_never_become_one(one, other, here, there):
    first, second = f"{one}@{here}.example", f"{other}+tag@{there}.EXAMPLE"
    assert (email_key(first) == email_key(second)) == ((one, here) == (other, there))


@MODEST
@given(st.tuples(st.integers(1, 99), st.integers(1, 99)), st.tuples(st.integers(1, 99), st.integers(1, 99)))
def test_F3_two_dwellings_never_become_one(one, other):
    first = address_key(f"Flat {one[0]}, {one[1]} High Street, ZZ1 1AA")
    second = address_key(f"{other[1]} HIGH ST, APT. {other[0]}, zz11aa")
    assert (first == second) == (one == other)


@MODEST
@given(st.text(max_size=30))
def test_a_key_of_a_key_is_itself(text):
    assert folded_name(folded_name(text)) == folded_name(text)
    assert phone_key(phone_key(text)) == phone_key(text)
    assert email_key(email_key(f"{text}@post.example")) == email_key(f"{text}@post.example")


@MODEST
@given(st.text(max_size=40))
def test_any_text_has_a_key(text):
    assert isinstance(address_key(text), str)
    assert isinstance(email_key(text), str)
    assert isinstance(name_keys(text, text[::-1]), frozenset)
