"""Who is told what, and when: every row, quiet hours across midnight and the clocks, weekends, the digest."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agenda.area import AreaSettings
from agenda.calendar import LONDON, local_day
from notifications.messages import Line, Notice
from notifications.schedule import (
    LATEST_QUIET_UNTIL,
    SCHEDULE,
    Choice,
    How,
    Leaves,
    digest_at,
    leaves_at,
    line,
    moment_of,
    quiet_until,
    reminder_stage,
    unfit_quiet,
)
from notifications.scheduled import ROWS, Urgency

AREA = AreaSettings()
NONE = frozenset[date]()
CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
#: Thursday, 20:00 in London: quiet.
EVENING = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
FAR = date(2026, 12, 10)
YEARS = datetime(2020, 1, 1, tzinfo=UTC)


def at(notice: Notice, choice: Choice, now: datetime, sits_on: date | None = None) -> Leaves:
    return leaves_at(notice, choice, AREA, NONE, now, sits_on)


def test_every_notice_has_one_row_and_every_row_says_all() -> None:
    assert set(SCHEDULE) == set(Notice) and len(ROWS) == len(SCHEDULE)
    for row in ROWS:
        assert row.tells and row.when and row.rules
        assert row.why.startswith("You get this because ") and row.why.endswith(".")
        assert not any(letter.isdigit() for letter in row.tells + row.why + row.when)


#: Written out, so that a person decides what may wait (security.md A, Rulebook M4, T14).
NEVER_WAITS = {
    Notice.EMERGENCY, Notice.ALARM, Notice.BREAK_GLASS, Notice.LIST_READY, Notice.PACK_RECALLED,
    Notice.CRIME_DISCLOSED, Notice.ALARM_NOT_SENT, Notice.OFFLINE_PACK_FAILED, Notice.BREACH,
    Notice.CHILD_REFERRED,
}  # fmt: skip
NOT_WHERE_IT_IS_NEAR = {
    Notice.MEETING_CHANGED, Notice.RESEARCH, Notice.AGENDA_PUBLISHED, Notice.SUPPLEMENTARY_LIST,
    Notice.INVITATION, Notice.PACK_READY, Notice.PACK_NOT_FETCHED, Notice.CORRECTION, Notice.EXPECTED,
}  # fmt: skip
MAY_WAIT_A_DAY = NOT_WHERE_IT_IS_NEAR - {Notice.INVITATION, Notice.EXPECTED} | {
    Notice.CONFIRMATIONS, Notice.MINUTES, Notice.ACTIONS, Notice.DISAGREEMENT,
    Notice.AGREEMENTS, Notice.RECORDS,
    Notice.FLAGS, Notice.ORDER_ENDING, Notice.TRANSFER, Notice.OFFLINE_PACK_READY, Notice.REQUEST,
}  # fmt: skip


@pytest.mark.parametrize("notice", Notice)
def test_M4_what_safety_needs_leaves_at_once_at_night_whatever_one_chose(notice: Notice) -> None:
    left = at(notice, Choice.ONCE_A_DAY, EVENING, FAR)
    assert (left.how is How.URGENT) == (notice in NEVER_WAITS)
    assert (left == Leaves(How.URGENT, EVENING)) == (notice in NEVER_WAITS)


@pytest.mark.parametrize("notice", Notice)
@pytest.mark.parametrize(("days", "near"), [(0, True), (1, True), (4, False)])
def test_M4_near_its_meeting_some_do_not_wait(notice: Notice, days: int, near: bool) -> None:
    day = local_day(EVENING) + timedelta(days=days)
    urgent = notice in NEVER_WAITS or (near and notice in NOT_WHERE_IT_IS_NEAR)
    assert (at(notice, Choice.AT_ONCE, EVENING, day).how is How.URGENT) == urgent


@pytest.mark.parametrize("notice", Notice)
def test_one_message_a_day_is_for_what_may_wait(notice: Notice) -> None:
    left = at(notice, Choice.ONCE_A_DAY, NOON, FAR)
    assert (left.how is How.IN_DIGEST) == (notice in MAY_WAIT_A_DAY)
    if notice in MAY_WAIT_A_DAY:
        assert left.at == datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    assert at(notice, Choice.AT_ONCE, NOON, FAR).at == NOON


def test_M4_only_invitations_may_be_left_to_the_calendar_that_one_subscribes_to() -> None:
    assert {row.notice for row in ROWS if row.may_be_in_feed} == {Notice.INVITATION}
    assert "emergency MARACs always are" in SCHEDULE[Notice.INVITATION].waits


@pytest.mark.parametrize("notice", Notice)
def test_quiet_hours_hold_back_all_but_what_is_urgent(notice: Notice) -> None:
    left = at(notice, Choice.AT_ONCE, EVENING, FAR)
    if notice not in NEVER_WAITS:
        assert left == Leaves(How.AFTER_QUIET, datetime(2026, 11, 27, 7, 0, tzinfo=UTC))


@pytest.mark.parametrize("notice", [row.notice for row in ROWS if row.of_meeting and row.may_wait_a_day])
def test_what_would_come_on_the_day_of_the_meeting_does_not_wait_for_the_digest(notice: Notice) -> None:
    """The digest of Friday noon leaves on Monday: of Monday's meeting it would come too late, of Tuesday's
    it does not."""
    friday = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    assert at(notice, Choice.ONCE_A_DAY, friday, date(2026, 11, 30)).at == friday
    assert at(notice, Choice.ONCE_A_DAY, friday, date(2026, 12, 1)).how is How.IN_DIGEST


@pytest.mark.parametrize("notice", [Notice.CORRECTION, Notice.PACK_READY, Notice.ACTIONS])
def test_what_is_of_a_day_that_is_over_wakes_nobody_and_may_wait_as_chosen(notice: Notice) -> None:
    past = local_day(EVENING) - timedelta(days=1)
    assert at(notice, Choice.AT_ONCE, EVENING, past).how is How.AFTER_QUIET
    assert at(notice, Choice.ONCE_A_DAY, NOON, past).how is How.IN_DIGEST


def test_a_meeting_on_the_next_working_day_is_near_across_a_weekend_and_holidays() -> None:
    eve = datetime(2026, 12, 24, 22, 0, tzinfo=UTC)
    left = [
        leaves_at(Notice.MEETING_CHANGED, Choice.ONCE_A_DAY, AREA, CHRISTMAS, eve, day).how
        for day in (date(2026, 12, 23), date(2026, 12, 29), date(2026, 12, 30))
    ]
    assert left == [How.URGENT, How.URGENT, How.IN_DIGEST]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-26 18:59", None),
        ("2026-11-26 19:00", "2026-11-27 07:00"),
        ("2026-11-26 23:59", "2026-11-27 07:00"),
        ("2026-11-27 00:00", "2026-11-27 07:00"),
        ("2026-11-27 06:59", "2026-11-27 07:00"),
        ("2026-11-27 07:00", None),
        ("2026-11-28 12:00", None),  # a Saturday is as quiet as any day
        ("2026-03-29 00:59", "2026-03-29 07:00"),  # the clocks go forward
        ("2026-03-28 19:00", "2026-03-29 07:00"),
        ("2026-10-24 19:00", "2026-10-25 07:00"),  # and back
        ("2026-10-25 01:30", "2026-10-25 07:00"),
    ],
)
def test_quiet_hours_run_across_midnight_by_the_wall(now: str, until: str | None) -> None:
    told = datetime.fromisoformat(now).replace(tzinfo=LONDON).astimezone(UTC)
    ends = datetime.fromisoformat(until).replace(tzinfo=LONDON).astimezone(UTC) if until else None
    assert quiet_until(AREA, told) == ends
    alike = replace(AREA, quiet_from=AREA.quiet_until)
    assert quiet_until(alike, told) is None, "none where they start and end alike"


def test_the_night_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    nights = {date(2026, 3, 28): 11, date(2026, 10, 24): 13, date(2026, 11, 26): 12}
    for day, hours in nights.items():
        start = moment_of(day, AREA.quiet_from)
        assert quiet_until(AREA, start) == start + timedelta(hours=hours)


def test_an_hour_the_clocks_skip_comes_an_hour_later_and_one_that_comes_twice_is_the_first() -> None:
    skipped, twice = moment_of(date(2026, 3, 29), time(1, 30)), moment_of(date(2026, 10, 25), time(1, 30))
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    odd = replace(AREA, quiet_until=time(1, 30))
    second = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 01:15 by the wall, for the second time
    assert quiet_until(odd, second) is None


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-26 08:30", "2026-11-26 08:30"),
        ("2026-11-26 08:31", "2026-11-27 08:30"),
        ("2026-11-27 09:00", "2026-11-30 08:30"),  # Friday to Monday
        ("2026-12-24 09:00", "2026-12-29 08:30"),  # Christmas, a weekend, and the day in lieu
        ("2026-03-27 20:00", "2026-03-30 08:30"),  # the clocks went forward between
    ],
)
def test_the_daily_message_leaves_on_working_days(now: str, leaves: str) -> None:
    told, at_ = (datetime.fromisoformat(one).replace(tzinfo=LONDON).astimezone(UTC) for one in (now, leaves))
    assert digest_at(AREA, CHRISTMAS, told) == at_


def test_the_daily_message_keeps_quiet_hours_too() -> None:
    early = replace(AREA, digest_at=time(6, 0))
    assert digest_at(early, NONE, NOON) == datetime(2026, 11, 27, 7, 0, tzinfo=UTC)


@given(
    now=st.integers(0, 16 * 366 * 24 * 60).map(lambda minutes: YEARS + timedelta(minutes=minutes)),
    first=st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    last=st.times(max_value=LATEST_QUIET_UNTIL).map(lambda one: one.replace(second=0, microsecond=0)),
    notice=st.sampled_from(Notice), choice=st.sampled_from(Choice), days=st.integers(-3, 20),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_nothing_leaves_early_late_without_end_or_in_quiet_hours(
    now: datetime, first: time, last: time, notice: Notice, choice: Choice, days: int
) -> None:
    area = replace(AREA, quiet_from=first, quiet_until=last)
    sits_on = local_day(now) + timedelta(days=days)
    left = leaves_at(notice, choice, area, CHRISTMAS, now, sits_on)
    assert now <= left.at <= now + timedelta(days=7)
    if left.how is How.URGENT:
        assert left.at == now
    elif first != last:
        assert quiet_until(area, left.at) is None
    if left.how is How.IN_DIGEST and SCHEDULE[notice].of_meeting:
        over = SCHEDULE[notice].until_its_day and sits_on < local_day(now)
        assert over or local_day(left.at) < sits_on
    if SCHEDULE[notice].urgency is Urgency.ALWAYS:
        assert left.at == now


@pytest.mark.parametrize(
    ("first", "last", "fits"),
    [(time(19), time(7), True), (time(22), time(9), True), (time(19), time(9, 1), False),
     (time(7), time(7), True), (time(1), time(5), False), (time(9), time(9), True)],
)  # fmt: skip
def test_quiet_hours_leave_the_morning_before_the_meetings(first: time, last: time, fits: bool) -> None:
    assert (unfit_quiet(first, last) is None) == fits


@pytest.mark.parametrize(
    ("today", "stage"),
    [(date(2026, 11, 26), ""), (date(2026, 11, 27), "due"), (date(2026, 11, 29), "due"),
     (date(2026, 11, 30), "due"), (date(2026, 12, 1), "overdue")],
)  # fmt: skip
def test_F1_a_task_is_told_the_working_day_before_it_is_due_and_once_it_is_overdue(
    today: date, stage: str
) -> None:
    assert reminder_stage(date(2026, 11, 30), today, NONE) == stage


def test_S2_the_daily_message_says_the_kind_and_the_page() -> None:
    assert line(Notice.MINUTES, "/minutes") == Line("Minutes are issued or corrected", "/minutes")
