from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.incidents import Order, OrderKind, Party, Risk
from agenda.orders import (
    Registered,
    Reminders,
    Standing,
    breach,
    breach_problem,
    ends_at,
    latest_end,
    notice_ends,
    problems,
    reminder_days,
    standing,
    to_announce,
)

NONE: frozenset[date] = frozenset()
TODAY = date(2026, 11, 23)
MOMENTS = st.integers(0, 700 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
MADE = datetime(2026, 11, 18, 16, 10, tzinfo=UTC)  # a Wednesday
DVPO = Order(OrderKind.DVPO, MADE, date(2026, 12, 16), "No contact", False)


@pytest.mark.parametrize("made, ends, holidays", [
    ((2026, 11, 18, 16, 10), (2026, 11, 20, 16, 10), NONE),
    ((2026, 11, 20, 16, 10), (2026, 11, 23, 16, 10), NONE),  # a Friday: Sunday is not counted
    ((2026, 11, 20, 0, 0), (2026, 11, 22, 0, 0), NONE),  # over as Sunday begins
    ((2026, 11, 22, 8, 0), (2026, 11, 25, 0, 0), NONE),  # made on a Sunday
    ((2026, 12, 24, 12, 0), (2026, 12, 29, 12, 0), {date(2026, 12, 25), date(2026, 12, 28)}),
    ((2026, 10, 24, 12, 0), (2026, 10, 27, 12, 0), NONE),  # the clocks go back on the Sunday
])  # fmt: skip
def test_T10_a_notice_holds_48_hours_without_sundays_and_holidays(made, ends, holidays):
    start = datetime(*made, tzinfo=UTC) - timedelta(hours=made[1] == 10)  # October is summer time
    assert notice_ends(start, frozenset(holidays)) == datetime(*ends, tzinfo=UTC)


@given(MOMENTS)
@settings(max_examples=100)
def test_T10_a_notice_never_holds_less_than_48_hours_nor_more_than_four_days(made):
    assert timedelta(hours=48) <= notice_ends(made, NONE) - made <= timedelta(hours=73)


def test_T10_a_dvpo_holds_28_days_at_most_and_a_dapo_has_no_set_length():
    assert latest_end(OrderKind.DVPO, MADE, NONE) == datetime(2026, 12, 17, tzinfo=UTC)
    assert latest_end(OrderKind.DAPO, MADE, NONE) is None
    assert problems(DVPO, TODAY, NONE) == {}
    longer = replace(DVPO, expires_at=date(2026, 12, 17))
    told = "A DVPO made then ends on Wednesday 16 December 2026 at the latest"
    assert problems(longer, TODAY, NONE) == {"expires_at": told}
    assert problems(replace(longer, kind=OrderKind.DAPO, expires_at=date(2031, 1, 1)), TODAY, NONE) == {}


def test_T10_an_order_is_entered_with_its_kind_terms_times_and_whether_they_live_together():
    found = problems(Order(None), TODAY, NONE)
    assert found.keys() == {"kind", "made_at", "terms", "live_together"}
    assert problems(replace(DVPO, expires_at=None), TODAY, NONE) == {
        "expires_at": "Enter when the order ends"
    }
    assert list(problems(replace(DVPO, expires_at=date(2026, 11, 1)), TODAY, NONE)) == ["expires_at"]
    assert list(problems(DVPO, date(2026, 11, 17), NONE)) == ["made_at"]
    assert list(problems(replace(DVPO, made_at=None, expires_at=None), TODAY, NONE)) == ["made_at"]
    assert list(problems(replace(DVPO, expires_at=MADE), TODAY, NONE)) == ["expires_at"]


def test_T10_an_order_that_ends_on_a_day_holds_until_its_midnight():
    assert standing(DVPO, datetime(2026, 12, 16, 23, 59, tzinfo=UTC), NONE) is Standing.IN_FORCE
    assert standing(DVPO, datetime(2026, 12, 17, tzinfo=UTC), NONE) is Standing.ENDED
    assert standing(DVPO, MADE - timedelta(seconds=1), NONE) is Standing.NOT_YET


def test_T10_an_order_is_never_taken_for_ended_because_nobody_said_when():
    for kind in (OrderKind.DVPO, OrderKind.DAPO, None):
        told = Order(kind, MADE)
        assert ends_at(told, NONE) is None
        assert standing(told, MADE + timedelta(days=999), NONE) is Standing.NOT_KNOWN
    assert ends_at(Order(OrderKind.DVPN, MADE), NONE) == MADE + timedelta(hours=48)


def test_T10_reminders_come_so_many_days_before_the_last_day():
    assert reminder_days(DVPO, Reminders(), NONE) == (date(2026, 12, 9), date(2026, 12, 14))
    assert reminder_days(Order(OrderKind.DVPN, MADE), Reminders((7, 1)), NONE) == (date(2026, 11, 19),)
    assert reminder_days(Order(OrderKind.DVPN, MADE), Reminders((2,)), NONE) == ()  # the day it was made
    unknown = replace(DVPO, made_at=None)
    assert reminder_days(unknown, Reminders((7,)), NONE) == (date(2026, 12, 9),)
    assert reminder_days(Order(OrderKind.DAPO, MADE), Reminders(), NONE) == ()


def test_T10_orders_made_since_the_last_list_are_announced_each_once():
    end = datetime(2026, 11, 19, 8, tzinfo=UTC)
    new = Registered("2", DVPO, MADE)
    missed = Registered("1", DVPO, MADE - timedelta(days=30))
    known = Registered("3", DVPO, MADE, (DVPO,))
    longer = Registered("4", replace(DVPO, terms="No contact, no approach"), MADE, (DVPO,))
    later = Registered("5", DVPO, end)
    assert [one.reference for one in to_announce([new, later, longer, known, missed], end)] == ["1", "2", "4"]


def test_T10_a_breach_is_an_incident_while_the_order_holds():
    assert breach_problem(DVPO, MADE, NONE) is None
    assert breach_problem(DVPO, MADE - timedelta(hours=1), NONE) == "The order had not been made then."
    assert breach_problem(DVPO, MADE + timedelta(days=40), NONE) == "The order had ended by then."
    times = (MADE + timedelta(hours=2), MADE + timedelta(hours=1))
    told = breach(DVPO, "X1", times, Risk.MEDIUM, (Party("Harrow"), Party("Garnet")), "Came to the house")
    assert told.domestic and told.offence == "Breach of a DVPO" and told.order is None
    assert (told.recorded_at, told.incident_at) == times
