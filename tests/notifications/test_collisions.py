from dataclasses import replace
from datetime import date

import pytest

from agenda.details import Details, Shared
from notifications.collisions import collides
from tests.spellings import BORN, SPELLINGS, known_by

RECIPIENT = Details("Ann", "Ward", date(1979, 1, 2), frozenset({"ann.ward@northmoor.gov.uk"}))
STRANGER = Details(
    "Tom", "Fell", date(1990, 3, 4), frozenset({"tom@post.example"}), frozenset({"01632960001"})
)
REACHED = [(what, one, other) for what in set(SPELLINGS) - {Shared.NAME} for one, other in SPELLINGS[what]]


@pytest.mark.parametrize("what, plain, other", sorted(REACHED))
def test_F3_a_recipient_who_shares_a_way_to_reach_a_perpetrator_is_found_however_spelt(what, plain, other):
    for recipient, perpetrator in ((plain, other), (other, plain)):
        found = collides(known_by(what, recipient), [STRANGER, known_by(what, perpetrator)])
        assert found == {what}
        assert collides(known_by(what, recipient), [known_by(what, perpetrator)], cleared=True) == found


@pytest.mark.parametrize("plain, other", SPELLINGS[Shared.NAME])
def test_F3_a_recipient_who_is_a_perpetrator_is_found_and_no_clearing_helps(plain, other):
    one, perpetrator = known_by(Shared.NAME_AND_DOB, plain), known_by(Shared.NAME_AND_DOB, other)
    assert collides(one, [STRANGER, perpetrator], cleared=True) == {Shared.NAME_AND_DOB}


@pytest.mark.parametrize("plain, other", SPELLINGS[Shared.NAME])
def test_F3_a_name_alone_is_refused_until_a_person_has_looked(plain, other):
    one, perpetrator = known_by(Shared.NAME, plain), known_by(Shared.NAME, other)
    assert collides(one, [perpetrator]) == {Shared.NAME}
    assert collides(replace(one, dob=BORN), [perpetrator]) == {Shared.NAME}
    assert not collides(one, [perpetrator], cleared=True)


def test_F3_every_known_associate_counts_not_the_first_alone():
    near = replace(STRANGER, emails=RECIPIENT.emails)
    far = replace(STRANGER, phones=frozenset(), emails=frozenset())
    assert collides(replace(RECIPIENT, phones=STRANGER.phones), [far, near, STRANGER]) == {
        Shared.EMAIL,
        Shared.PHONE,
    }


def test_F3_a_namesake_born_on_another_day_is_somebody_else():
    assert not collides(RECIPIENT, [replace(STRANGER, forename="Ann", surname="Ward")])
    assert not collides(RECIPIENT, [STRANGER])
    assert not collides(RECIPIENT, [])
