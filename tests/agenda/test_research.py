"""When agencies are asked, by when they answer, and how far they are (Rulebook D1, M2, M4)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agenda import research
from agenda.area import AreaSettings
from agenda.meetings import MeetingState
from agenda.panels import Works
from agenda.research import Said, Stage, Standing

HOLIDAYS = frozenset({date(2026, 12, 25), date(2026, 12, 28)})
SETTINGS = AreaSettings()
M, D = Works.AGENDA, Works.LIST


def at(day: int, hour: int = 9, month: int = 11, minute: int = 30) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "sits, due",
    [
        (at(26), at(24)),  # Thursday: Tuesday
        (at(23), at(19)),  # Monday: Thursday
        (at(29, month=12), at(23, month=12)),  # Tuesday after Christmas: Wednesday before
        (datetime(2026, 10, 26, 9, 30, tzinfo=UTC), datetime(2026, 10, 22, 8, 30, tzinfo=UTC)),  # summer time
    ],
)
def test_M4_research_is_in_two_working_days_before_a_marac_at_its_hour(sits: datetime, due: datetime) -> None:
    assert research.due_at(M, sits, SETTINGS, HOLIDAYS) == due


def test_D1_research_for_a_daily_meeting_is_in_when_it_starts() -> None:
    assert research.due_at(D, at(23, 11), SETTINGS, HOLIDAYS) == at(23, 11)


def test_M4_a_case_that_joins_after_the_others_were_due_is_due_when_the_meeting_starts() -> None:
    due, starts = at(24), at(26)
    assert research.case_due_at(due, starts, due) == due
    assert research.case_due_at(due, starts, due + timedelta(seconds=1)) == starts


def test_D1_late_is_after_it_was_due() -> None:
    assert not research.is_late(at(24), at(24))
    assert research.is_late(at(24) + timedelta(seconds=1), at(24))


def test_D1_an_agency_is_reminded_before_and_told_after_but_not_of_what_it_was_asked_since() -> None:
    due = at(24)
    remind = research.remind_at(M, due, SETTINGS, HOLIDAYS)
    assert remind == at(23)
    assert research.remind_at(D, at(23, 11), SETTINGS, HOLIDAYS) == at(23, 10)
    asked = at(20)
    moments = (asked, remind - timedelta(seconds=1), remind, due, due + timedelta(seconds=1))
    assert [research.stage(asked, remind, due, now) for now in moments] == [
        Stage.ASKED, Stage.ASKED, Stage.REMINDER, Stage.REMINDER, Stage.LATE,
    ]  # fmt: skip
    assert research.stage(remind, remind, due, due) is Stage.ASKED


@pytest.mark.parametrize("works", Works)
@pytest.mark.parametrize("state", MeetingState)
@pytest.mark.parametrize("held", [True, False])
def test_D1_M2_when_a_meeting_takes_research(works: Works, state: MeetingState, held: bool) -> None:
    takes = (works, state) == (M, MeetingState.PUBLISHED) or (works, state, held) == (
        D, MeetingState.OPEN, False,
    )  # fmt: skip
    assert research.takes_research(works, state, held) is takes
    assert research.over_words(works, state)


def test_D1_how_far_an_agency_is_with_a_case() -> None:
    assert research.standing([], asked=True) is Standing.OUTSTANDING
    assert research.standing([], asked=False) is Standing.NOT_ASKED
    assert research.standing([Said.NOTHING], asked=True) is Standing.NOTHING
    assert research.standing([Said.NOTHING, Said.HELD], asked=False) is Standing.ANSWERED
