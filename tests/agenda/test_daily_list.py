"""What a list does with each version of an incident, and in which order it reads."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.area import AreaSettings
from agenda.calendar import starts_at
from agenda.daily_list import (
    Before,
    Entry,
    Taken,
    considered,
    considered_withdrawn,
    due_at,
    entry_order,
    highest,
    is_announced,
    is_late,
    item_order,
)
from agenda.incidents import RISKS, Order, OrderKind, Risk

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


def an_entry(**told: Any) -> Entry:
    usual = {"reference": "1", "risk": Risk.HIGH, "recorded_at": START, "reasons": ("T2",)}
    return Entry(**(usual | told))


@pytest.mark.parametrize(
    ("reasons", "taken"),
    [("T2", Taken.LISTED), ("T3 T4", Taken.LISTED), ("T5", Taken.LEFT_OUT), ("", Taken.NOT_DOMESTIC)],
)
def test_T12_the_first_version_is_listed_left_out_or_not_domestic(reasons: str, taken: Taken) -> None:
    assert considered(reasons, None) == (taken, False)


@pytest.mark.parametrize(
    ("reasons", "before", "expected"),
    [
        # no list has taken it
        ("T2", Before(), (Taken.LISTED, False)),
        ("T5", Before(), (Taken.UNMENTIONED, False)),
        ("", Before(), (Taken.UNMENTIONED, False)),
        # one has
        ("T2", Before(frozenset({"T2"}), True), (Taken.UNMENTIONED, False)),
        ("T2 T6", Before(frozenset({"T2"}), True), (Taken.LISTED, True)),
        ("T4", Before(frozenset({"T3"}), True), (Taken.LISTED, True)),
        ("T3", Before(frozenset({"T3", "T4"}), True), (Taken.UNMENTIONED, False)),
        ("T5", Before(frozenset({"T3"}), True), (Taken.UNMENTIONED, False)),
        ("", Before(frozenset({"T3"}), True), (Taken.UNMENTIONED, False)),
        # a person had put it on the list
        ("T2", Before(frozenset({"T5"}), True), (Taken.LISTED, True)),
        ("T5", Before(frozenset({"T5"}), True), (Taken.UNMENTIONED, False)),
    ],
)
def test_T13_a_new_version_returns_only_by_a_reason_it_did_not_have(
    reasons: str, before: Before, expected: tuple[Taken, bool]
) -> None:
    assert considered(reasons, before) == expected


@pytest.mark.parametrize(
    ("reasons", "before", "expected"),
    [
        ("T9", None, (Taken.WITHDRAWN, False, "T9")),
        ("T6 T9", None, (Taken.LISTED, False, "T6")),
        ("T9 T15", None, (Taken.LISTED, False, "T15")),
        ("T9", Before(frozenset({"T9"}), True), (Taken.UNMENTIONED, False, "T9")),
        ("T6 T9", Before(frozenset({"T9"}), True), (Taken.LISTED, True, "T6")),
    ],
)
def test_Y1_a_withdrawn_application_is_listed_for_nothing_but_a_further_disclosure(
    reasons: str, before: Before | None, expected: tuple[Taken, bool, str]
) -> None:
    assert considered_withdrawn(reasons, before) == expected


def test_T15_an_incident_does_not_come_back_because_its_own_case_now_waits() -> None:
    assert considered("T2 T15", Before(frozenset({"T2"}), True)) == (Taken.UNMENTIONED, False)
    assert considered("T15", Before()) == (Taken.LISTED, False)


@pytest.mark.parametrize(("seconds", "late"), [(-1, True), (0, False), (1, False)])
def test_T12_late_is_recorded_before_the_window_began(seconds: int, late: bool) -> None:
    assert is_late(START + timedelta(seconds=seconds), START) is late


def test_T10_an_order_is_announced_once_and_again_when_it_changes() -> None:
    made = Order(OrderKind.DVPO, START, date(2026, 11, 30), "no contact", None)
    changed = Order(OrderKind.DVPO, START, date(2026, 12, 14), "no contact", None)
    assert is_announced(made, [])
    assert not is_announced(made, [made])
    assert is_announced(changed, [made])
    assert not is_announced(None, [])


@pytest.mark.parametrize(
    ("recorded", "was", "due"),  # days from the first window's start; now is three days after it
    [
        (-1, None, -1), (-1, -2, -1), (-1, 1, 0), (2, 1, 2), (1, 2, 1), (3, 1, 3),
        (3650, 1, 1), (3650, -1, 3650), (3650, None, 3650), (3651, 3650, 3651),
        (3.04, 1, 1), (3.04, 3.02, 3.02), (3.02, 3.04, 3.02), (3650, 3.04, 3.04),  # within an hour
    ],
)  # fmt: skip
def test_T13_no_later_version_puts_off_to_a_day_to_come_what_was_due(
    recorded: float, was: float | None, due: float
) -> None:
    def on(days: float) -> datetime:
        return START + timedelta(days)

    assert due_at(on(recorded), START, None if was is None else on(was), on(3)) == on(due)


def test_T13_the_risk_of_a_case_is_the_highest_the_police_gave() -> None:
    assert (
        highest([an_entry(risk=Risk.STANDARD), an_entry(risk=Risk.HIGH), an_entry(risk=Risk.MEDIUM)])
        is Risk.HIGH
    )


entries = st.builds(
    an_entry,
    reference=st.sampled_from("1234"),
    risk=st.sampled_from(RISKS),
    recorded_at=st.integers(0, 3).map(lambda hours: START + timedelta(hours=hours)),
)


@given(st.lists(st.lists(entries, min_size=1, max_size=3), max_size=6))
def test_T11_items_stand_highest_risk_first_then_earliest_recorded_then_reference(
    items: list[list[Entry]],
) -> None:
    ordered = sorted(items, key=item_order)
    told = [
        (max(RISKS.index(e.risk) for e in item), min((e.recorded_at, e.reference) for e in item))
        for item in ordered
    ]
    for (risk, first), (next_risk, next_first) in zip(told, told[1:], strict=False):
        assert risk > next_risk or (risk == next_risk and first <= next_first)


@given(st.lists(entries, max_size=6))
def test_T11_entries_stand_in_order_of_recording(found: list[Entry]) -> None:
    ordered = sorted(found, key=entry_order)
    assert [(e.recorded_at, e.reference) for e in ordered] == sorted(
        (e.recorded_at, e.reference) for e in found
    )


@pytest.mark.parametrize(
    ("day", "hour"),
    [(date(2026, 11, 3), 11), (date(2026, 11, 6), 11), (date(2026, 11, 2), 14), (date(2026, 7, 7), 10)],
)
def test_T14_the_meeting_starts_at_eleven_by_the_wall_clock_and_monday_is_a_setting(
    day: date, hour: int
) -> None:
    from_two = AreaSettings(monday_starts=time(14, 0))
    assert starts_at(day, from_two) == datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)
    assert starts_at(date(2026, 11, 2), AreaSettings()).hour == 11
