"""Clocks of requests over weekends, bank holidays, both clock changes, leap days and pauses (X2, X3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agenda.calendar import LONDON, add_months, is_working_day, local_day
from agenda.clocks import Length, Met, Unit
from agenda.rules import RuleBroken
from minutes.request_clocks import (
    Extension,
    Pause,
    RequestClocks,
    Running,
    WaitsFor,
    agencies_due,
    due_words,
    extended,
    information_due,
    look_at,
    objection_due,
    paused,
    paused_days,
    resumed,
    stood,
    subject_access_due,
)

#: Good Friday, Easter Monday, Christmas, Boxing Day (kept on the Monday), New Year.
OFF = frozenset({
    date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1),
})  # fmt: skip
CLOCKS = RequestClocks()
IDENTITY, CLARIFICATION = WaitsFor.IDENTITY, WaitsFor.CLARIFICATION
MOMENTS = st.integers(0, 16 * 365 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


def end(day: str) -> datetime:
    return wall(f"{day}T23:59:59.999999")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-03T09:00", "2026-12-03"),
        ("2026-10-03T09:00", "2026-11-03"),  # the clocks go back on the 25th
        ("2026-03-20T09:00", "2026-04-20"),  # and forward on the 29th
        ("2026-03-03T09:00", "2026-04-07"),  # Good Friday, a weekend, Easter Monday
        ("2026-11-25T09:00", "2026-12-29"),  # Christmas, a weekend, Boxing Day kept on Monday
        ("2026-10-14T09:00", "2026-11-16"),  # the 14th is a Saturday
        ("2027-01-31T09:00", "2027-03-01"),  # the 28th of February is a Sunday
        ("2028-01-31T09:00", "2028-02-29"),
        ("2028-02-29T09:00", "2028-03-29"),
        ("2026-10-25T00:30", "2026-11-25"),  # just before the clocks go back
        ("2026-10-25T23:59", "2026-11-25"),
        ("2026-06-30T23:30", "2026-07-30"),  # 22:30 in UTC: the day in London counts
        ("2026-07-01T00:30", "2026-08-03"),  # still June in UTC; the 1st of August is a Saturday
    ],
)
def test_X2_subject_access_is_answered_within_a_month(received: str, due: str) -> None:
    assert subject_access_due(Running(wall(received)), CLOCKS, OFF) == end(due)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-03T09:00", "2027-02-03"),
        ("2026-11-30T09:00", "2027-03-01"),  # a Sunday in February's place
        ("2027-11-29T09:00", "2028-02-29"),
        ("2026-01-06T09:00", "2026-04-07"),  # over the clocks going forward; Easter Monday is the 6th
        ("2026-09-25T09:00", "2026-12-29"),  # over their going back; Christmas, a weekend, its Monday
    ],
)
def test_X2_extended_it_is_three_months_from_the_day_it_came(received: str, due: str) -> None:
    told = extended(Running(wall(received)), wall(received), "Nine years of it", CLOCKS, OFF)
    assert subject_access_due(told, CLOCKS, OFF) == end(due)


def test_X2_an_extension_is_made_once_with_a_reason_before_the_month_is_over() -> None:
    told, last = Running(wall("2026-11-03T09:00")), end("2026-12-03")
    for at, reason in ((last, " "), (last, "x" * 2_001), (last + timedelta(microseconds=1), "Many")):
        with pytest.raises(RuleBroken):
            extended(told, at, reason, CLOCKS, OFF)
    with pytest.raises(RuleBroken, match="before the request came"):
        extended(told, told.received_at - timedelta(1), "Many", CLOCKS, OFF)
    once = extended(told, last, "Many", CLOCKS, OFF)
    assert once.extension == Extension(last, "Many")
    with pytest.raises(RuleBroken, match="already"):
        extended(once, last, "Many", CLOCKS, OFF)


@pytest.mark.parametrize(
    ("began", "ended", "due"),
    [
        ("2026-10-20T09:00", "2026-10-27T09:00", "2026-11-12"),  # over the clocks going back
        ("2026-10-24T23:30", "2026-10-25T00:30", "2026-11-06"),  # an hour, and midnight in it
        ("2026-10-20T09:00", "2026-10-20T17:00", "2026-11-05"),  # the same day: none
        ("2026-10-20T09:00", "2026-10-22T09:00", "2026-11-09"),  # the 7th is a Saturday
        ("2026-10-20T09:00", "2026-12-09T09:00", "2026-12-29"),  # to Christmas, and on
    ],
)
def test_X2_the_clock_stands_while_the_requester_is_asked(began: str, ended: str, due: str) -> None:
    told = paused(Running(wall("2026-10-05T09:00")), CLARIFICATION, wall(began), CLOCKS, OFF)
    assert told.paused and subject_access_due(told, CLOCKS, OFF) is None
    assert stood(None, None, wall("2030-01-01T00:00")) is Met.RUNNING
    again = resumed(told, wall(ended))
    assert again.paused is None and subject_access_due(again, CLOCKS, OFF) == end(due)


def test_X2_a_pause_over_the_clocks_going_forward_and_a_leap_day() -> None:
    spring = Running(
        wall("2026-03-16T09:00"), (Pause(IDENTITY, wall("2026-03-27T09:00"), wall("2026-03-30T09:00")),)
    )
    assert subject_access_due(spring, CLOCKS, OFF) == end("2026-04-20")  # the 19th is a Sunday
    leap = Running(
        wall("2028-02-10T09:00"), (Pause(IDENTITY, wall("2028-02-28T09:00"), wall("2028-03-01T09:00")),)
    )
    assert subject_access_due(leap, CLOCKS, OFF) == end("2028-03-13")  # two days on, and a weekend


def test_X2_pauses_add_up_and_days_in_two_of_them_count_once() -> None:
    first = Pause(IDENTITY, wall("2026-11-04T09:00"), wall("2026-11-06T09:00"))
    apart = Pause(CLARIFICATION, wall("2026-11-10T09:00"), wall("2026-11-11T09:00"))
    over = Pause(CLARIFICATION, wall("2026-11-05T09:00"), wall("2026-11-07T09:00"))
    assert [paused_days(some) for some in ([first], [first, apart], [first, over])] == [2, 3, 3]


def test_X2_a_clock_stops_once_at_a_time_and_only_while_it_runs() -> None:
    told = Running(wall("2026-11-03T09:00"))
    with pytest.raises(RuleBroken, match="over"):
        paused(told, IDENTITY, end("2026-12-03") + timedelta(seconds=1), CLOCKS, OFF)
    with pytest.raises(RuleBroken, match="before"):
        paused(told, IDENTITY, told.received_at - timedelta(seconds=1), CLOCKS, OFF)
    with pytest.raises(RuleBroken, match="runs"):
        resumed(told, told.received_at)
    stopped = paused(told, IDENTITY, told.received_at, CLOCKS, OFF)
    with pytest.raises(RuleBroken, match="already"):
        paused(stopped, CLARIFICATION, told.received_at, CLOCKS, OFF)
    with pytest.raises(RuleBroken, match="earlier than the question"):
        resumed(stopped, told.received_at - timedelta(seconds=1))
    assert extended(stopped, end("2027-06-01"), "Many", CLOCKS, OFF).extension  # its month has not run out


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-02T09:00", "2026-11-30"),
        ("2026-10-09T17:00", "2026-11-06"),  # over the clocks going back
        ("2026-03-17T09:00", "2026-04-16"),  # over their going forward, and Easter
        ("2026-12-24T17:00", "2027-01-26"),  # Christmas, Boxing Day, New Year
        ("2026-11-07T09:00", "2026-12-04"),  # came on a Saturday
        ("2028-02-28T09:00", "2028-03-27"),  # a leap day is a working day
    ],
)
def test_X2_freedom_of_information_has_twenty_working_days(received: str, due: str) -> None:
    assert information_due(wall(received), CLOCKS, OFF) == end(due)


def test_X3_an_objection_is_due_before_the_hearing() -> None:
    came = wall("2026-03-02T09:00")
    assert objection_due(came, wall("2026-04-08T10:00"), CLOCKS, OFF) == end("2026-03-30")  # over Easter
    assert objection_due(came, wall("2026-03-30T10:00"), CLOCKS, OFF) == end("2026-03-23")  # over the change
    assert objection_due(came, wall("2026-03-04T10:00"), CLOCKS, OFF) == wall("2026-03-04T10:00")  # told late


@pytest.mark.parametrize(
    ("hearing", "due"),
    [
        ("2026-10-28T10:00", "2026-10-21"),  # over the clocks going back
        ("2027-01-04T10:00", "2026-12-23"),  # New Year, a weekend, Boxing Day on the Monday, Christmas
        ("2028-03-02T10:00", "2028-02-24"),  # a leap day is a working day
    ],
)
def test_X3_the_days_before_a_hearing_are_working_days(hearing: str, due: str) -> None:
    assert objection_due(wall("2026-03-02T09:00"), wall(hearing), CLOCKS, OFF) == end(due)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        ("2026-11-27T23:30", "2026-12-04"),  # a weekend
        ("2026-12-23T09:00", "2027-01-04"),  # Christmas and New Year
        ("2026-10-23T17:00", "2026-10-30"),  # the clocks go back
        ("2026-10-25T00:30", "2026-10-30"),
        ("2026-03-26T09:00", "2026-04-02"),  # and forward
    ],
)
def test_X2_agencies_have_five_working_days(asked: str, due: str) -> None:
    assert agencies_due(wall(asked), None, CLOCKS, OFF) == end(due)


def test_X2_agencies_answer_in_working_days_and_never_after_the_request_is_due() -> None:
    asked = wall("2026-04-01T09:00")
    assert agencies_due(asked, None, CLOCKS, OFF) == end("2026-04-10")
    assert agencies_due(asked, end("2026-04-07"), CLOCKS, OFF) == end("2026-04-07")


def test_X2_every_clock_is_a_setting() -> None:
    other = RequestClocks(Length(30, Unit.DAYS), Length(60, Unit.DAYS), Length(10, Unit.WORKING_DAYS))
    told = Running(wall("2026-11-03T09:00"))
    assert subject_access_due(told, other, OFF) == end("2026-12-03")
    assert subject_access_due(extended(told, told.received_at, "Many", other, OFF), other, OFF) == end(
        "2027-02-01"
    )
    mixed = RequestClocks(extension=Length(60, Unit.DAYS))
    with pytest.raises(RuleBroken, match="by months"):
        subject_access_due(Running(told.received_at, (), Extension(told.received_at, "Many")), mixed, OFF)


def test_X1_what_nobody_named_a_day_for_is_looked_at_again_after_the_area_s_days() -> None:
    done = wall("2026-12-18T09:00")  # Christmas, a weekend, Boxing Day kept on Monday, New Year between
    assert look_at(done, CLOCKS, OFF) == end("2027-01-06")
    assert look_at(done, RequestClocks(looked_at=Length(1, Unit.WORKING_DAYS)), OFF) == end("2026-12-21")


@pytest.mark.parametrize(
    ("done", "looked_at"),
    [
        ("2026-10-16T17:00", "2026-10-30"),  # over the clocks going back
        ("2026-03-26T09:00", "2026-04-13"),  # over their going forward, and Easter
        ("2026-11-07T09:00", "2026-11-20"),  # done on a Saturday
        ("2026-07-01T00:30", "2026-07-15"),  # still June in UTC: the day in London counts
    ],
)
def test_X1_it_is_looked_at_after_ten_working_days(done: str, looked_at: str) -> None:
    assert look_at(wall(done), CLOCKS, OFF) == end(looked_at)


def test_X2_late_ones_show() -> None:
    due = end("2026-12-03")
    assert stood(due, None, due) is Met.RUNNING and stood(due, None, due + timedelta(seconds=1)) is Met.LATE
    assert stood(due, due, due) is Met.IN_TIME and stood(None, due, due) is Met.IN_TIME
    assert due_words(due) == "by Thursday 3 December 2026" and "stands" in due_words(None)


@given(
    MOMENTS,
    st.lists(st.tuples(st.integers(0, 20 * 1440), st.integers(0, 40 * 1440)), max_size=3),
    st.booleans(),
)
def test_X2_a_request_is_due_on_a_working_day_no_earlier_than_its_month_and_its_pauses(
    received: datetime, stops: list[tuple[int, int]], longer: bool
) -> None:
    told, at = Running(received), received
    if longer:
        told = extended(told, received, "Many", CLOCKS, OFF)
    for wait, lasts in stops:
        at += timedelta(minutes=wait)
        due = subject_access_due(told, CLOCKS, OFF)
        assert due is not None
        if at > due:
            break
        told = resumed(paused(told, CLARIFICATION, at, CLOCKS, OFF), at := at + timedelta(minutes=lasts))
    due = subject_access_due(told, CLOCKS, OFF)
    assert due is not None
    raw = add_months(local_day(received), 3 if longer else 1) + timedelta(days=paused_days(told.pauses))
    assert is_working_day(local_day(due), OFF) and raw <= local_day(due)
    assert not any(is_working_day(raw + timedelta(n), OFF) for n in range((local_day(due) - raw).days))
    assert local_day(due + timedelta(microseconds=1)) == local_day(due) + timedelta(days=1)
