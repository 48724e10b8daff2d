"""Who heard a case, what a line of the form says, and which of two writers is shown the other's."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.attendance import (
    AgencyRecord,
    AgencyTold,
    Answer,
    Attendee,
    PersonTold,
    Stay,
    agency_problems,
    heard_by,
    is_stale,
    is_touched,
    person_problems,
)
from minutes.clock import Hearing

START = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
ITEM = uuid4()
DAY = date(2026, 12, 3)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def somebody(*stays: Stay, here: bool = True) -> Attendee:
    return Attendee(uuid4(), "Joan Akande", here=here, stays=stays)


def told(**other: object) -> PersonTold:
    return replace(PersonTold(UUID(int=1), "Ida Voss", True), **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "joined, left, heard, whole",
    [
        (None, None, True, True),
        (None, 20, True, True),
        (None, 15, True, False),
        (12, None, True, False),
        (None, 10, False, False),
        (20, None, False, False),
        (10, 20, True, True),
    ],
)
def test_R3_who_heard_a_case_was_there_while_it_was_heard(
    joined: int | None, left: int | None, heard: bool, whole: bool
) -> None:
    one = somebody(Stay(joined and at(joined), left and at(left)))
    found = heard_by([one], [Hearing(ITEM, at(10), at(20))], ())
    assert bool(found) is heard
    assert not found or found[0].whole is whole


def test_R3_a_case_heard_twice_was_heard_whole_by_who_was_there_both_times() -> None:
    times = [Hearing(ITEM, at(10), at(20)), Hearing(ITEM, at(50), at(60))]
    left, back = somebody(Stay(None, at(30))), somebody(Stay(None, at(30)), Stay(at(45)))
    assert [one.whole for one in heard_by([left, back], times, ())] == [False, True]


def test_M6_who_was_out_of_the_room_did_not_hear_the_case() -> None:
    one, other = somebody(Stay()), somebody(Stay())
    assert [h.attendee for h in heard_by([one, other], [Hearing(ITEM, at(10))], {one.id})] == [other]
    assert heard_by([one, somebody(here=False)], [], {one.id}) == ()


def test_R3_where_nobody_kept_the_time_everybody_who_came_heard_it() -> None:
    one = somebody(Stay(at(200)))
    assert [h.whole for h in heard_by([one], [], ())] == [False]


def test_R3_who_came_counts_before_apologies() -> None:
    agency = AgencyRecord(uuid4(), "Fellside Homes", apologies=True)
    assert agency.answer is Answer.APOLOGIES
    assert replace(agency, people=(somebody(Stay()),)).answer is Answer.PRESENT
    assert replace(agency, people=(somebody(here=False),), apologies=False).answer is Answer.NOT_THERE


def test_R3_when_somebody_came_and_left() -> None:
    one = somebody(Stay(at(5), at(30)), Stay(at(40)))
    assert (one.came_late, one.left_early, one.in_the_room) == (at(5), None, True)
    gone = somebody(Stay(None, at(30)))
    assert (gone.came_late, gone.left_early, gone.in_the_room) == (None, at(30), False)


def test_R3_an_observer_has_an_organisation_and_signs_first() -> None:
    bare = told(observer=True)
    assert person_problems(bare, DAY, DAY).keys() == {"organisation", "signed"}
    assert person_problems(told(observer=True, organisation="College", signed=True), DAY, DAY) == {}
    assert person_problems(told(observer=True, organisation="College", here=False), DAY, DAY) == {}
    assert person_problems(told(name=" "), DAY, DAY).keys() == {"name"}
    assert person_problems(told(title="x" * 101), DAY, DAY).keys() == {"name"}
    assert person_problems(told(), DAY, DAY - timedelta(days=1)).keys() == {"here"}


def test_R3_information_was_sent_on_a_day_that_has_come() -> None:
    agency = AgencyTold(UUID(int=1), True, True, DAY)
    assert agency_problems(agency, DAY) == {}
    assert agency_problems(agency, DAY - timedelta(days=1)).keys() == {"information_on"}
    assert agency_problems(replace(agency, information_sent=False), DAY).keys() == {"information_sent"}


lines = st.builds(told, here=st.booleans(), name=st.sampled_from(["Ida", "Joan"]), seen=st.integers(0, 3))


@given(lines, lines, st.integers(0, 3))
def test_R3_a_line_is_saved_over_anothers_only_by_who_saw_it(
    mine: PersonTold, kept: PersonTold, version: int
) -> None:
    """Whoever saw the newest version writes; whoever says the same loses nothing by it."""
    assert is_stale(mine, kept.coded, version) == (mine.seen != version and mine.coded != kept.coded)
    assert not is_touched(replace(mine, was=mine.coded))
    other = replace(mine, here=not mine.here)
    assert is_touched(replace(other, was=mine.coded))
