"""What is recorded of an action after the meeting, its reminders, and when it goes to the chair."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import is_working_day
from minutes.action_progress import (
    EVIDENCE_LENGTH,
    REMINDED_AT_MOST,
    Step,
    due_warning,
    not_done_twice,
    reminder_days,
    reopen_problem,
    settle_problems,
    to_remind,
)
from minutes.actions import Status

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
NONE = frozenset[date]()


def steps(*told: tuple[Status, Status]) -> list[Step]:
    return [Step(AT + timedelta(days=n), "A", was, now, "x") for n, (was, now) in enumerate(told)]


@pytest.mark.parametrize(
    ("status", "said", "field"),
    [
        (Status.DONE, "", "reason"),
        (Status.DONE, "  ", "reason"),
        (Status.DONE, "x" * (EVIDENCE_LENGTH + 1), "reason"),
        (Status.NOT_DONE, "", "reason"),
        (Status.NOT_POSSIBLE, " ", "reason"),
        (Status.OPEN, "why", "status"),
    ],
)
def test_A1_what_became_of_an_action_is_said_in_words(status: Status, said: str, field: str) -> None:
    assert settle_problems(Status.OPEN, status, said).keys() == {field}


def test_A1_what_is_settled_is_settled_until_it_is_opened_again() -> None:
    assert settle_problems(Status.OPEN, Status.DONE, "Bail conditions seen on the custody record") == {}
    assert "already" in settle_problems(Status.DONE, Status.NOT_DONE, "why")["status"]
    assert reopen_problem(Status.OPEN) and reopen_problem(Status.NOT_DONE) is None


def test_A1_not_done_twice_goes_to_the_chair_until_they_looked() -> None:
    once = steps((Status.OPEN, Status.NOT_DONE))
    assert not not_done_twice(once)
    again = steps(
        (Status.OPEN, Status.NOT_DONE), (Status.NOT_DONE, Status.OPEN), (Status.OPEN, Status.NOT_DONE)
    )
    assert not_done_twice(again) and not_done_twice(reversed(again))
    looked = Step(AT + timedelta(days=9), "Chair", Status.NOT_DONE, Status.NOT_DONE, "Rang their manager")
    assert not not_done_twice([*again, looked])
    possible = steps((Status.OPEN, Status.NOT_POSSIBLE), (Status.NOT_POSSIBLE, Status.OPEN),
                     (Status.OPEN, Status.NOT_DONE))  # fmt: skip
    assert not not_done_twice(possible), "that circumstances changed is nobody's failing"
    assert [step.words for step in [*again, looked]] == [
        "Not done", "Opened again", "Not done", "The chair looked at it",
    ]  # fmt: skip


def test_A2_the_owner_is_reminded_before_and_after_in_working_days() -> None:
    found = list(reminder_days(date(2026, 11, 23), date(2026, 11, 30), 2, NONE))
    assert found[:3] == [date(2026, 11, 26), date(2026, 12, 1), date(2026, 12, 8)]
    assert len(found) == 1 + REMINDED_AT_MOST
    soon = list(reminder_days(date(2026, 11, 23), date(2026, 11, 24), 2, NONE))
    assert soon[0] == date(2026, 11, 25), "nobody is reminded on the day it is set"
    christmas = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
    assert next(reminder_days(date(2026, 12, 1), date(2026, 12, 29), 2, christmas)) == date(2026, 12, 23)
    assert to_remind(found, {found[0]}, date(2026, 12, 2)) == [date(2026, 12, 1)]


@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(1, 10))
def test_A2_reminders_come_on_working_days_in_order_and_after_it_was_set(
    day: date, n: int, before: int
) -> None:
    due = day + timedelta(days=n)
    found = list(reminder_days(day, due, before, NONE))
    assert found == sorted(set(found)) and all(found_day > day for found_day in found)
    assert all(is_working_day(found_day, NONE) for found_day in found if found_day > due)
    assert len([found_day for found_day in found if found_day > due]) == REMINDED_AT_MOST


def test_A1_a_day_on_which_nobody_works_is_said() -> None:
    assert due_warning(date(2026, 11, 28), NONE) == "Saturday 28 November 2026 is no working day."
    assert due_warning(date(2026, 11, 27), NONE) is None
