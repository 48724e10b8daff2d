"""Flags in the agencies' own records (Rulebook G1, G2, G3)."""

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minutes.flags import (
    Flag,
    Said,
    State,
    Whose,
    add_by,
    counted,
    due,
    followed,
    late_if_heard_by,
    perpetrator_problems,
    said,
    text,
    undone,
    until,
)

HEARD, LATEST = date(2026, 12, 3), date(2026, 11, 20)
TODAY, ENDS = date(2026, 12, 4), date(2027, 11, 20)
TO_ADD = Flag(Whose.VICTIM, State.TO_ADD, HEARD, ENDS)
ADDED = Flag(Whose.VICTIM, State.ADDED, HEARD, ENDS, (HEARD, ENDS))
days = st.dates(date(1999, 1, 1), date(2199, 12, 31))


def test_G1_twelve_calendar_months_from_the_latest() -> None:
    assert until(LATEST) == ENDS


def test_G1_29_February_becomes_the_28th() -> None:
    assert until(date(2028, 2, 29)) == date(2029, 2, 28)
    assert until(date(2027, 2, 28)) == date(2028, 2, 28)


@given(days, st.integers(1, 60))
def test_G1_never_longer_than_twelve_months(latest: date, months: int) -> None:
    ends = until(latest, months)
    assert latest < ends <= until(latest)
    assert ends - latest <= timedelta(days=366)
    year = latest.year + 1
    assert until(latest) == date(year, latest.month, min(latest.day, monthrange(year, latest.month)[1]))


@given(days, days)
def test_G1_a_later_incident_never_ends_earlier(one: date, other: date) -> None:
    assert (until(one) <= until(other)) or one > other


def test_G1_it_holds_before_its_end_and_not_on_it() -> None:
    assert due(HEARD, LATEST, ENDS - timedelta(days=1)) == ENDS
    assert due(HEARD, LATEST, ENDS) is None
    assert due(None, LATEST, TODAY) is None and due(HEARD, None, TODAY) is None


def test_G1_what_happened_long_after_the_hearing_waits_for_the_next() -> None:
    days = [LATEST, HEARD, date(2027, 12, 3)]
    assert counted(HEARD, days) == date(2027, 12, 3)
    assert counted(HEARD, [*days, date(2027, 12, 4)]) == date(2027, 12, 3)
    assert counted(HEARD, []) is None


def test_G1_a_case_heard_is_to_be_flagged() -> None:
    assert followed(None, HEARD, ENDS) == TO_ADD
    assert followed(None, HEARD, None) is None and followed(None, None, None) is None


def test_G1_a_repeat_starts_the_twelve_months_again() -> None:
    later = until(date(2027, 3, 1))
    assert followed(ADDED, HEARD, later) == replace(ADDED, state=State.TO_CHANGE, until=later)
    assert followed(TO_ADD, HEARD, later) == replace(TO_ADD, until=later)
    gone = Flag(Whose.VICTIM, State.REMOVED, HEARD, ENDS)
    assert followed(gone, date(2028, 1, 6), later) == Flag(
        Whose.VICTIM, State.TO_ADD, date(2028, 1, 6), later
    )


def test_G1_what_was_changed_and_is_as_noted_again_is_nothing_to_do() -> None:
    changed = followed(ADDED, HEARD, until(date(2027, 3, 1)))
    assert followed(changed, HEARD, ENDS) == ADDED


def test_G1_at_its_end_it_is_to_be_removed_and_the_agency_says_so() -> None:
    ended = followed(ADDED, HEARD, None)
    assert ended is not None and ended.state is State.TO_REMOVE
    assert followed(ended, HEARD, None) == ended
    removed = said(ended, Said.DONE)
    assert removed is not None and removed.state is State.REMOVED
    lapsed = followed(TO_ADD, HEARD, None)
    assert lapsed is not None and lapsed.state is State.LAPSED


def test_G1_a_hearing_that_was_none_leaves_no_flag() -> None:
    ended = followed(ADDED, None, None)
    assert ended is not None and ended.state is State.TO_REMOVE


def test_G1_not_held_stays_until_the_case_is_heard_again() -> None:
    none = said(TO_ADD, Said.NOT_HELD)
    assert none is not None and none.state is State.NOT_HELD
    assert followed(none, HEARD, until(date(2027, 1, 1))) == none
    again = followed(none, date(2027, 1, 7), until(date(2027, 1, 1)))
    assert again is not None and again.state is State.TO_ADD
    added = said(none, Said.DONE)  # a record was opened since
    assert added is not None and added.state is State.ADDED


@pytest.mark.parametrize("whose", [Whose.CHILD, Whose.PERPETRATOR])
def test_G1_a_child_and_G3_a_perpetrator_are_flagged_by_the_agency_alone(whose: Whose) -> None:
    gone = Flag(whose, State.REMOVED, HEARD, ENDS)
    assert followed(gone, date(2027, 1, 7), until(date(2027, 1, 1))) == gone
    kept = replace(ADDED, whose=whose)
    off = said(kept, Said.TAKEN_OFF)
    assert off is not None and off.state is State.REMOVED
    assert said(ADDED, Said.TAKEN_OFF) is None


def test_G3_no_repeat_makes_a_perpetrators_flag_longer() -> None:
    kept = replace(ADDED, whose=Whose.PERPETRATOR)
    assert followed(kept, HEARD, until(date(2027, 3, 1))) == kept
    ended = followed(kept, HEARD, None)
    assert ended is not None and ended.state is State.TO_REMOVE


@given(days, st.integers(0, 20), st.integers(-40, 40))
def test_G1_the_last_hearing_whose_days_are_over_parts_late_from_in_time(
    today: date, count: int, shift: int
) -> None:
    heard = today + timedelta(days=shift)
    by = add_by(replace(TO_ADD, heard_on=heard), count, frozenset())
    assert by is not None and (by < today) is (heard <= late_if_heard_by(today, count, frozenset()))


def test_G1_an_end_that_moved_alone_is_not_to_be_written_by_a_day_that_is_past() -> None:
    moved = replace(ADDED, state=State.TO_CHANGE, until=until(date(2027, 3, 1)))
    assert add_by(moved, 3, frozenset()) is None
    assert add_by(replace(moved, heard_on=date(2027, 3, 4)), 3, frozenset()) == date(2027, 3, 9)


def test_G1_what_was_said_by_mistake_is_as_it_was() -> None:
    assert undone(ADDED, State.TO_ADD) == TO_ADD
    off = replace(ADDED, whose=Whose.CHILD, state=State.REMOVED, noted=None)
    assert undone(off, State.ADDED) == replace(ADDED, whose=Whose.CHILD)
    assert undone(ADDED, None) is None and undone(TO_ADD, State.NOT_HELD) is None


@pytest.mark.parametrize("state", [State.ADDED, State.REMOVED, State.LAPSED])
def test_nothing_is_done_twice(state: State) -> None:
    assert said(replace(ADDED, state=state), Said.DONE) is None
    assert said(replace(ADDED, state=state), Said.NOT_HELD) is None


def test_G2_the_text_is_one_fixed_template() -> None:
    assert text(Whose.VICTIM, HEARD, "Niamh Carrow, Harbour.\n") == (
        "Subject to MARAC on 3 December 2026. Contact Niamh Carrow, Harbour."
    )
    assert text(Whose.CHILD, HEARD, "N") == text(Whose.VICTIM, HEARD, "N")


@given(days, st.text(max_size=80))
def test_G2_nothing_but_the_day_and_whom_to_contact_gets_into_it(heard: date, contact: str) -> None:
    told = text(Whose.VICTIM, heard, contact)
    whom = " ".join(contact.split()).rstrip(".")
    assert told == f"Subject to MARAC on {heard.day} {heard:%B %Y}. Contact {whom}."
    assert "\n" not in told and len(told) < 260


def test_G3_a_perpetrators_text_tells_of_no_meeting_and_no_victim() -> None:
    told = text(Whose.PERPETRATOR, HEARD, "the housing manager")
    assert "MARAC" not in told and "victim" not in told and "2026" not in told
    assert "the housing manager" in told


def test_G3_both_statements_are_needed() -> None:
    assert perpetrator_problems("Visits by two", "Kept in the staff-only file") == {}
    assert perpetrator_problems(" ", "x").keys() == {"necessary"}
    assert perpetrator_problems("x", "").keys() == {"cannot_reach"}
    assert "2,000" in perpetrator_problems("x" * 2_001, "x")["necessary"]
