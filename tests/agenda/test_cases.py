"""Which case an incident belongs to, decided among people known already."""

from uuid import uuid4

from agenda.cases import Known, People
from agenda.triage import identity

ANN = "smith|ann|1990-01-01"


def known(*, nominal: str = "", name: str = "", record: str = "") -> Known:
    return Known(uuid4(), {nominal} - {""}, {name} - {""}, {record} - {""})


def test_T6_the_same_nominal_is_the_same_person_whatever_the_name() -> None:
    person = known(nominal="V1", name=ANN)
    assert People([person]).candidates(identity("V1", "jones|ann|1990-01-01"), "r") == [person]


def test_T6_two_nominals_are_two_people_even_of_one_name() -> None:
    assert People([known(nominal="V1", name=ANN)]).candidates(identity("V2", ANN), "r") == []


def test_T6_a_name_finds_who_has_no_nominal_and_who_has_one() -> None:
    with_nominal, without = known(nominal="V1", name=ANN), known(name=ANN)
    assert People([without, with_nominal]).candidates(identity("", ANN), "r") == [without, with_nominal]
    assert People([without, with_nominal]).candidates(identity("V1", ANN), "r") == [with_nominal, without]


def test_T6_of_whom_nothing_is_known_only_the_same_record_tells_again() -> None:
    """So a second version of one incident stays under its case."""
    person = known(record="1/victim")
    people = People([person])
    assert people.candidates(identity("", ""), "1/victim") == [person]
    assert people.candidates(identity("", ""), "2/victim") == []
    assert people.candidates(identity("V1", ""), "1/victim") == []


def test_T6_what_an_incident_tells_is_learned_once() -> None:
    person = known(nominal="V1")
    people = People([person])
    assert people.learn(person, identity("V1", ANN), "r") == [("name", ANN)]
    assert people.learn(person, identity("V1", ANN), "r") == []
    assert people.candidates(identity("", ANN), "r") == [person]


def test_T6_a_record_is_remembered_only_of_whom_nothing_else_is_known() -> None:
    person = known()
    assert People([]).learn(person, identity("", ""), "1/victim") == [("record", "1/victim")]
    assert People([]).learn(known(), identity("V1", ""), "1/victim") == [("nominal", "V1")]
