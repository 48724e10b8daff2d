"""What an agency that withdrew held, chased by dates (Rulebook V1)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import is_working_day
from agenda.clocks import Met
from agenda.withdrawals import Chase, Told, clearing, untold

RULE = Chase()
#: Christmas, Boxing Day (kept on the Monday), New Year.
OFF = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
DAYS = st.dates(date(2020, 1, 1), date(2036, 1, 1))
LEFT = date(2026, 12, 18)  # a Friday


def test_V1_it_is_asked_on_the_day_it_left_and_on_working_days_until_it_answers() -> None:
    found = clearing(LEFT, None, date(2027, 1, 10), RULE, OFF)
    assert found.asked == (LEFT, date(2026, 12, 29), date(2027, 1, 5)), "Christmas is passed over"
    assert (found.due, found.met, found.next_on) == (date(2027, 1, 15), Met.RUNNING, date(2027, 1, 12))


@pytest.mark.parametrize(
    ("left", "asked", "due"),
    [
        # over the clocks going back
        (date(2026, 10, 16), ["2026-10-23", "2026-10-30", "2026-11-06", "2026-11-13"], "2026-11-13"),
        # and forward, Good Friday and Easter Monday
        (date(2026, 3, 20), ["2026-03-27", "2026-04-07", "2026-04-14"], "2026-04-17"),
    ],
)
def test_V1_it_is_asked_over_holidays_and_clock_changes(left: date, asked: list[str], due: str) -> None:
    off = OFF | {date(2026, 4, 3), date(2026, 4, 6)}
    found = clearing(left, None, left + timedelta(days=28), RULE, off)
    assert found.asked == (left, *(date.fromisoformat(day) for day in asked))
    assert found.due == date.fromisoformat(due) and found.met is Met.RUNNING


@pytest.mark.parametrize(
    ("cleared", "today", "met"),
    [
        (None, date(2027, 1, 15), Met.RUNNING),
        (None, date(2027, 1, 16), Met.LATE),
        (date(2027, 1, 15), date(2027, 3, 1), Met.IN_TIME),
        (date(2027, 1, 16), date(2027, 3, 1), Met.DONE_LATE),
        (date(2027, 3, 2), date(2027, 3, 1), Met.LATE),
    ],
)
def test_V1_the_last_day_to_answer_still_counts(cleared: date | None, today: date, met: Met) -> None:
    found = clearing(LEFT, cleared, today, RULE, OFF)
    assert found.met is met
    assert (found.next_on is None) == (met in (Met.IN_TIME, Met.DONE_LATE))


def test_V1_nothing_is_asked_before_it_has_left() -> None:
    found = clearing(LEFT, None, LEFT - timedelta(days=1), RULE, OFF)
    assert (found.asked, found.next_on) == ((), LEFT)


@given(DAYS, st.none() | st.integers(0, 200), st.integers(0, 400), st.integers(0, 30))
def test_V1_whoever_has_not_answered_is_asked_again(
    left: date, cleared: int | None, days: int, again: int
) -> None:
    today, rule = left + timedelta(days=days), Chase(28, again)
    done = None if cleared is None else left + timedelta(days=cleared)
    found = clearing(left, done, today, rule, OFF)
    assert found.asked[0] == left and list(found.asked) == sorted(set(found.asked))
    assert all(is_working_day(day, OFF) for day in found.asked[1:])
    assert found.asked[-1] <= today
    if done is None or done > today:
        assert found.next_on is not None
        assert today < found.next_on <= today + timedelta(days=max(1, again) + 7)
    else:
        assert found.next_on is None and found.asked[-1] <= max(done, left)


def test_V1_the_chair_the_partnership_and_the_partners_are_told() -> None:
    assert untold([]) == tuple(Told)
    assert untold([Told.CHAIR]) == (Told.PARTNERSHIP, Told.PARTNERS)
    assert all(one.label for one in Told)
