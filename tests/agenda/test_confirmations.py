"""What agencies confirm of update-only cases before a MARAC (Rulebook C3)."""

from datetime import date

import pytest

from agenda.area import AreaSettings
from agenda.circulation import Group
from agenda.confirmations import (
    Said,
    Standing,
    Told,
    answer_problem,
    due_on,
    is_asked,
    moved_words,
    question,
    reason_problem,
)
from agenda.meetings import MeetingState
from agenda.moves import REASON_LENGTH


def test_C3_agencies_confirm_groups_3_to_5_that_nobody_has_moved() -> None:
    assert [group.value for group in Group if is_asked(group, "")] == [3, 4, 5]
    assert not is_asked(Group.DISCLOSURE, "Homes: he moved in.")


def test_C3_of_a_disclosure_they_say_that_nothing_they_hold_affects_it() -> None:
    assert "disclosure" in question(Group.DISCLOSURE)
    assert "safeguards" in question(Group.NEW_SAFEGUARDS) == question(Group.REPEAT_SAFEGUARDS)


@pytest.mark.parametrize(
    "told, fits",
    [
        (Told(Said.CONFIRMED), True),
        (Told(Said.LATER), True),
        (Told(Said.NOT_CONFIRMED, "She left the refuge."), True),
        (Told(Said.NOT_CONFIRMED, " \n"), False),
        (Told(Said.NOT_CONFIRMED, "x" * (REASON_LENGTH + 1)), False),
    ],
)
def test_C3_an_agency_that_does_not_confirm_says_why(told: Told, fits: bool) -> None:
    assert (reason_problem(told) is None) is fits


def test_C3_agencies_answer_from_publishing_until_the_meeting_has_sat() -> None:
    taken = [state for state in MeetingState if answer_problem(state, ended=False) is None]
    assert taken == [MeetingState.PUBLISHED]
    assert "has sat" in (answer_problem(MeetingState.PUBLISHED, ended=True) or "")


def test_C3_answers_are_due_working_days_before_the_meeting() -> None:
    thursday, holidays = date(2026, 12, 3), {date(2026, 12, 2)}
    assert due_on(thursday, AreaSettings(), set()) == date(2026, 12, 2)
    assert due_on(thursday, AreaSettings(), holidays) == date(2026, 12, 1)
    assert due_on(date(2026, 12, 7), AreaSettings(confirm_days=2), set()) == thursday


def test_C3_the_reason_says_which_agency_and_keeps_those_said_before() -> None:
    first = moved_words("Homes", " He moved in. ")
    assert first == "Homes: He moved in."
    assert moved_words("Police", "Bail ended.", first) == "Homes: He moved in. Police: Bail ended."


def test_C3_how_far_a_case_is_stands_in_words() -> None:
    assert Standing(("A", "B"), ("C",), ("D",)).words == "2 of 4 confirmed"
