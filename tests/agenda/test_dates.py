"""The dates of a MARAC, and the timetable with what was moved of it."""

from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agenda.area import AreaSettings
from agenda.calendar import is_working_day
from agenda.dates import Sits, planned, worked_back
from agenda.meetings import MeetingState
from agenda.panels import Works
from agenda.timetable import marac_days
from meetingsvc import holidays
from minutes.minutes import due_on

OFF = holidays.known()
AREA = AreaSettings(marac_anchor=date(2026, 12, 3))
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_M4_the_dates_are_worked_back_in_working_days_over_christmas() -> None:
    told = worked_back(date(2027, 1, 7), AREA, OFF)
    assert told.closes == date(2026, 12, 22)  # 25 and 28 December and 1 January are bank holidays
    assert told.agenda_out == date(2026, 12, 23)
    assert told.research_in == date(2027, 1, 5)
    assert told.confirmed == date(2027, 1, 6)
    assert told.minutes_out == date(2027, 1, 12)


def test_M4_an_agenda_that_is_not_out_waits_to_close_then_to_go_out_and_then_for_nothing() -> None:
    told = worked_back(date(2027, 1, 7), AREA, OFF)
    assert told.owed(MeetingState.OPEN) == ("closes", told.closes)
    assert told.owed(MeetingState.CLOSED) == ("goes out", told.agenda_out)
    for state in set(MeetingState) - {MeetingState.OPEN, MeetingState.CLOSED}:
        assert told.owed(state) is None


@settings(max_examples=300, deadline=None)
@given(day=DAYS, days=st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(1, 15)] * 3))
def test_M4_each_date_is_a_working_day_and_the_steps_keep_their_order(
    day: date, days: tuple[int, ...]
) -> None:
    assume(is_working_day(day, OFF))
    close, agenda, research, confirm, minutes = days
    area = AreaSettings(
        marac_close_days=close, marac_agenda_days=agenda, research_days=research, confirm_days=confirm,
        minutes_marac_days=minutes,
    )  # fmt: skip
    told = worked_back(day, area, OFF)
    assert all(is_working_day(on, OFF) for _, on in told.steps)
    assert told.closes <= told.agenda_out <= told.research_in <= told.sits_on < told.minutes_out
    assert told.agenda_out <= told.confirmed <= told.sits_on
    assert told.minutes_out == due_on(Works.AGENDA, day, area, OFF)


def test_M4_every_marac_of_2020_to_2035_has_its_dates_in_order() -> None:
    days = marac_days(AREA, OFF, date(2020, 1, 1), date(2035, 12, 31))
    assert len(days) == 417
    for day in days:
        told = [on for _, on in worked_back(day, AREA, OFF).steps]
        assert told == sorted(told) and len(set(told)) == len(told)
        assert all(is_working_day(on, OFF) for on in told)


def test_M4_what_is_next_is_the_first_step_whose_day_is_not_over() -> None:
    told = worked_back(date(2026, 12, 3), AREA, OFF)
    assert told.next(date(2026, 11, 1)) == ("Referrals close", date(2026, 11, 20))
    assert told.next(date(2026, 12, 1)) == ("Research in", date(2026, 12, 1))
    assert told.next(date(2026, 11, 1), done=2) == ("Research in", date(2026, 12, 1)), "closed and out early"
    assert told.next(date(2026, 12, 2)) == ("Update-only cases confirmed", date(2026, 12, 2))
    assert told.next(date(2026, 12, 9)) is None


def test_M1_a_moved_day_is_found_where_it_sits_and_a_cancelled_one_where_it_would_have() -> None:
    moved = {date(2026, 12, 17): date(2026, 12, 18), date(2026, 12, 31): None}
    told = planned(AREA, OFF, moved, date(2026, 12, 1), date(2027, 1, 20))
    assert told == (
        Sits(date(2026, 12, 3), date(2026, 12, 3)),
        Sits(date(2026, 12, 17), date(2026, 12, 18)),
        Sits(date(2026, 12, 31), None),
        Sits(date(2027, 1, 14), date(2027, 1, 14)),
    )


@settings(max_examples=100, deadline=None)
@given(first=DAYS, span=st.integers(0, 200), by=st.dictionaries(st.integers(0, 12), st.integers(-9, 9)))
def test_M1_every_day_of_the_timetable_sits_once_moved_or_not(
    first: date, span: int, by: dict[int, int]
) -> None:
    last = first + timedelta(days=span)
    days = marac_days(AREA, OFF, first, last)
    moved = {days[n]: days[n] + timedelta(days=to) if to else None for n, to in by.items() if n < len(days)}
    around = planned(AREA, OFF, moved, first - timedelta(days=9), last + timedelta(days=9))
    assert {one.planned_on for one in around if first <= one.planned_on <= last} == set(days)
    assert len(around) == len({one.planned_on for one in around})
