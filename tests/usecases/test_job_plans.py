"""When timed work is due: over every change of the clocks, each slot once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from meetingsvc.usecases.job_plans import LONDON, Every, Nightly, Plan

NIGHT = Nightly(time(2, 15))
AT = datetime(2026, 11, 23, 8, 30, 7, tzinfo=UTC)


def test_a_slot_of_every_twenty_seconds_is_the_same_for_every_worker() -> None:
    every = Every(timedelta(seconds=20))
    keys = {every.slot(AT + timedelta(seconds=more)).key for more in range(13)}
    assert keys == {"2026-11-23T08:30:00Z"}
    assert every.next(AT) == datetime(2026, 11, 23, 8, 30, 20, tzinfo=UTC)
    assert every.slot(AT + timedelta(seconds=13)).key == "2026-11-23T08:30:20Z"


@pytest.mark.parametrize("at", [time(0, 30), time(1, 0), time(1, 30), time(2, 15), time(23, 45)])
def test_D6_each_local_date_from_2020_to_2035_has_one_night_and_no_clock_change_skips_or_doubles_one(
    at: time,
) -> None:
    """01:30 is missing on the last Sunday of March, and is there twice on that of October."""
    plan, now, keys = Nightly(at), datetime(2020, 1, 1, 12, tzinfo=UTC), list[str]()
    while now < datetime(2036, 1, 1, tzinfo=UTC):
        now = plan.next(now)
        keys.append(plan.slot(now).key)
        assert plan.slot(now).starts == now
        assert abs(now.astimezone(LONDON).replace(tzinfo=None) - datetime.combine(
            date.fromisoformat(keys[-1]), at)) <= timedelta(hours=1)  # fmt: skip
    days = [date.fromisoformat(keys[0]) + timedelta(days=n) for n in range(len(keys))]
    assert keys == [day.isoformat() for day in days]


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_D6_every_minute_of_a_day_the_clocks_change_lies_in_one_night(change: date) -> None:
    begin = datetime.combine(change, time(0, 0), LONDON).astimezone(UTC) - timedelta(hours=6)
    keys = [NIGHT.slot(begin + timedelta(minutes=n)).key for n in range(40 * 60)]
    assert keys == sorted(keys) and len(set(keys)) == 3


def test_before_its_time_the_night_is_that_of_yesterday() -> None:
    assert NIGHT.slot(datetime(2026, 11, 23, 2, 14, tzinfo=UTC)).key == "2026-11-22"
    assert NIGHT.slot(datetime(2026, 11, 23, 2, 15, tzinfo=UTC)).key == "2026-11-23"
    assert NIGHT.slot(datetime(2026, 7, 23, 1, 15, tzinfo=UTC)).key == "2026-07-23"  # summer time


@pytest.mark.parametrize(
    "plan, after, before, number",
    [
        (Every(timedelta(seconds=20)), AT, AT + timedelta(seconds=14), 1),
        (Every(timedelta(seconds=20)), AT, AT + timedelta(seconds=13), 0),
        (Every(timedelta(hours=1)), AT, AT + timedelta(hours=4), 4),
        (Every(timedelta(hours=1)), AT, AT - timedelta(hours=4), 0),
        (NIGHT, AT, AT + timedelta(days=3), 3),
        (NIGHT, AT, AT + timedelta(hours=3), 0),
    ],
)
def test_slots_between_two_moments_are_counted(
    plan: Plan, after: datetime, before: datetime, number: int
) -> None:
    assert plan.between(after, before) == number


@pytest.mark.parametrize(
    "plan, words",
    [
        (Every(timedelta(seconds=20)), "Every 20 seconds"),
        (Every(timedelta(minutes=1)), "Every minute"),
        (Every(timedelta(hours=1)), "Every hour"),
        (Every(timedelta(hours=6)), "Every 6 hours"),
        (NIGHT, "Each day from 02:15"),
    ],
)
def test_a_plan_says_how_often(plan: Plan, words: str) -> None:
    assert plan.words == words
