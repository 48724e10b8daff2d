"""How long a case and a meeting took."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from minutes.clock import Hearing, of_case, of_meeting, spent

START = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
ITEM = uuid4()


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def test_M1_a_case_takes_as_long_as_all_the_times_it_was_heard() -> None:
    times = [Hearing(ITEM, at(0), at(5)), Hearing(ITEM, at(20), at(22)), Hearing(ITEM, at(30))]
    clock = of_case(times, 12, at(33))
    assert (clock.elapsed, clock.running, clock.is_over) == (timedelta(minutes=10), True, False)
    assert clock.words == "10:00 of 12 min"
    assert of_case(times, 12, at(36)).is_over
    assert not of_case(times[:2], 12, at(36)).running


def test_M1_a_meeting_takes_from_its_beginning_to_its_end() -> None:
    running = of_meeting(START, None, 36, at(20))
    assert (running.elapsed, running.planned, running.running) == (
        timedelta(minutes=20), timedelta(minutes=36), True,
    )  # fmt: skip
    over = of_meeting(START, at(50), 36, at(500))
    assert (over.elapsed, over.running, over.is_over) == (timedelta(minutes=50), False, True)
    assert of_meeting(None, None, 36, at(20)).seconds == 0


@pytest.mark.parametrize("seconds, words", [(0, "0:00"), (65, "1:05"), (3600, "1:00:00"), (3725, "1:02:05")])
def test_elapsed_time_is_read_as_on_a_clock(seconds: int, words: str) -> None:
    assert spent(timedelta(seconds=seconds)) == words
