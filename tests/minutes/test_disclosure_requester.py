"""Who asks, and who they are to the case (Rulebook X1, X3, X5, F3)."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from agenda.addresses import Part
from agenda.calendar import local_day
from agenda.details import Details
from agenda.rules import RuleBroken
from minutes.disclosure_kinds import Kind
from minutes.disclosure_requester import (
    Apart,
    Match,
    Told,
    about_kept_from,
    asker_match,
    cleared,
    kept_from,
    match,
    problems,
    recipient_kept_from,
    recipient_match,
    refuse_kept_from,
)
from tests.a_disclosure import AT

ISLA, DORIAN, SOMEBODY = uuid4(), uuid4(), uuid4()
DAY = local_day(AT)
ASKS = Told(Kind.SUBJECT_ACCESS, "Isla Sorrel", "", "To know what is held", (ISLA,), AT)
HIM = Details("Dorian", "Flint", date(1988, 7, 8), phones=frozenset({"07700 900 456"}),
              addresses=frozenset({"9 Quarry Road, NM3 4ED"}))  # fmt: skip
HER = Details("Isla", "Sorrel", date(1994, 5, 6))
PARTIES = ((Part.VICTIM, HER), (Part.PERPETRATOR, HIM), (Part.ASSOCIATE, Details("Jem", "Holt")))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, set()),
        ({"name": " "}, {"name"}),
        ({"name": "x" * 201}, {"name"}),
        ({"purpose": ""}, {"purpose"}),
        ({"about": ()}, {"about"}),
        ({"about": (uuid4(),)}, {"about"}),
        ({"received_at": None}, {"received_at"}),
        ({"received_at": AT + timedelta(hours=3)}, {"received_at"}),
        ({"kind": Kind.COURT_REPORT}, {"organisation"}),
        ({"kind": Kind.HOMICIDE_REVIEW, "organisation": "A board"}, set()),
        ({"kind": Kind.COURT_REPORT, "organisation": "A", "wanted_on": date(2020, 1, 1)}, {"wanted_on"}),
        ({"kind": Kind.COURT_REPORT, "organisation": "A court", "wanted_on": DAY}, set()),
        ({"wanted_on": DAY}, set()),
        ({"kind": Kind.COURT, "organisation": "A solicitor"}, {"court", "hearing_at"}),
        ({"kind": Kind.PARTNER, "organisation": "Fellside"}, {"accepts_protocol"}),
        ({"kind": Kind.PARTNER, "organisation": "Fellside", "accepts_protocol": True, "wanted_on": DAY},
         set()),
        ({"kind": Kind.FREEDOM_OF_INFORMATION, "organisation": "A citizen"}, {"about"}),
        ({"kind": Kind.MEDIA, "organisation": "A paper", "about": (), "wanted_on": DAY}, set()),
    ],
)  # fmt: skip
def test_X1_a_request_says_who_asks_for_what_about_whom_and_by_when(change, wrong):
    assert problems(replace(ASKS, **change), [ISLA, DORIAN], AT + timedelta(hours=1)).keys() == wrong


@pytest.mark.parametrize(
    ("requester", "found"),
    [
        (HER, Match.ON_THE_CASE),
        (Details("Robin", "Ashgrove"), Match.NOBODY),
        (HIM, Match.KEPT_FROM),
        (Details("Robin", "Ashgrove", phones=frozenset({"+44 7700 900456"})), Match.KEPT_FROM),
        (Details("Isla", "Sorrel", addresses=frozenset({"9 Quarry Rd NM3 4ED"})), Match.KEPT_FROM),
        (Details("Dorian", "Flint"), Match.LOOK),
        (Details("", "D Flint"), Match.LOOK),
        (Details("Dorien", "Flint"), Match.LOOK),
        (Details("Dorian", "Flint", date(1950, 1, 1)), Match.NOBODY),
        (Details("Jem", "Holt"), Match.LOOK),
    ],
)
def test_F3_the_requester_is_checked_against_the_parties(requester, found):
    assert match(requester, PARTIES) is found is match(requester, reversed(PARTIES))


@pytest.mark.parametrize(
    ("organisation", "found"),
    [
        ("", Match.NOBODY),
        ("Grove Solicitors", Match.NOBODY),
        ("Grove Solicitors, for Mr D Flint", Match.LOOK),
        ("Grove Solicitors for Isla Sorrel of 9 Quarry Road NM3 4ED", Match.KEPT_FROM),
    ],
)
def test_F3_for_whom_an_agent_asks_is_checked_as_who_asks_is(organisation, found):
    assert asker_match(Details("Robin", "Ashgrove"), organisation, iter(PARTIES)) is found
    assert asker_match(HIM, organisation, PARTIES) is Match.KEPT_FROM


def test_F3_nothing_clears_more_than_a_name():
    assert kept_from(Match.NOBODY) is None is kept_from(Match.ON_THE_CASE)
    assert kept_from(Match.LOOK) and kept_from(Match.LOOK, " ")
    assert kept_from(Match.LOOK, "Born in 1950, seen in person") is None
    assert kept_from(Match.KEPT_FROM, "Born in 1950, seen in person")
    with pytest.raises(RuleBroken):
        refuse_kept_from(Match.KEPT_FROM)


def test_F3_what_is_held_of_the_perpetrator_is_not_released_to_who_asks_for_them():
    """An agent has no name of theirs, and would get everything that is about them."""
    known = {DORIAN, SOMEBODY}
    for about in ((DORIAN,), (ISLA, DORIAN), (SOMEBODY,)):
        why = about_kept_from(replace(ASKS, name="Wilma Grove", about=about), known)
        assert "each agency answers them itself" in (why or "")
    assert about_kept_from(ASKS, known) is None
    assert about_kept_from(replace(ASKS, kind=Kind.COURT, about=(DORIAN,)), known) is None


@pytest.mark.parametrize(
    ("recipient", "fits"),
    [
        ("Isla Sorrel", None),
        ("Wilma Grove, Grove Solicitors", None),
        ("Dorian Flint", "could be"),
        ("Mr D Flint, Grove Solicitors", "could be"),
        ("Isla Sorrel, for Dorian Flint", "could be"),
        ("Jem Holt", "could be"),
        ("Isla Sorrel, 07700 900456", "or shares an address"),
    ],
)
def test_F3_a_recipient_is_checked_as_who_asks_is(recipient, fits):
    why = recipient_kept_from(recipient, ASKS, "Passport seen", PARTIES)
    assert why is None if fits is None else fits in (why or "")


def test_F3_who_was_told_apart_receives_it_and_nobody_else_of_a_like_name():
    asks = replace(ASKS, name="Dorian Flint")
    assert recipient_kept_from("Dorian Flint", asks, "Born in 1950", PARTIES) is None
    assert recipient_kept_from("Dorian Flint", asks, "", PARTIES)
    assert recipient_kept_from("Jem Holt", asks, "Born in 1950", PARTIES)


def test_F3_a_recipient_of_a_like_name_is_cleared_by_a_second_person_with_a_reason():
    told = [Apart("Jem  holt", "A solicitor, seen in person", SOMEBODY, frozenset({DORIAN}))]
    known = cleared("Jem Holt", told, uuid4(), {DORIAN})
    assert known == "A solicitor, seen in person"
    assert recipient_kept_from("Jem Holt", ASKS, "", PARTIES, known) is None
    assert recipient_kept_from("Jem Holt", ASKS, "", PARTIES, " ")
    assert cleared("Jem Holt", told, SOMEBODY, {DORIAN}) == "", "who builds it clears nobody"
    assert cleared("Dorian Flint", told, uuid4(), {DORIAN}) == "", "this very recipient, and no other"


def test_F3_a_clearing_lapses_once_a_further_associate_is_known():
    told = [Apart("Jem Holt", "Seen in person", SOMEBODY, frozenset({DORIAN, ISLA}))]
    assert cleared("Jem Holt", told, uuid4(), {DORIAN}) == "Seen in person", "one fewer changes nothing"
    assert cleared("Jem Holt", told, uuid4(), {DORIAN, uuid4()}) == ""
    anew = [*told, Apart("Jem Holt", "Seen again", SOMEBODY, frozenset({DORIAN, SOMEBODY}))]
    assert cleared("Jem Holt", anew, uuid4(), {DORIAN, SOMEBODY}) == "Seen again"


def test_F3_nothing_clears_a_recipient_who_shares_more_than_a_name():
    recipient = "Jem Holt, 07700 900456"
    assert recipient_match(recipient, PARTIES) is Match.KEPT_FROM
    assert recipient_kept_from(recipient, ASKS, "", PARTIES, "Seen in person")
