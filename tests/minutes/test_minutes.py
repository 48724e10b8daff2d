"""What minutes are made of, who reads which part, and by when they are out (R1, M4, F1)."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from agenda.area import AreaSettings
from agenda.panels import Works
from minutes.minutes import (
    ActionSet,
    Attendance,
    CaseMinutes,
    Disclosed,
    Represented,
    Shared,
    Sight,
    approval_problem,
    copy_expires_on,
    due_on,
    extract,
    kept,
)

POLICE, HAVEN, HOUSING = uuid4(), uuid4(), uuid4()
CRIME = Disclosed("He took her card.", str(HAVEN), "Haven", str(POLICE), "Police", "today", shared=False)
CASE = CaseMinutes(
    "C-000001", "Group 1", "", "high", ("Safeguards are in place.",), ("Refuge: in place",), "Notes", "Holds",
    ("Police: lock – Done",), "Not told: unsafe", "He reads her post.", ("Morgan Ashdown",),
    (Shared("Haven", "Priya", "fact", "file", "today", "Text"),),
    (ActionSet("Victim", "Haven", "Ring her", "Friday"),), (CRIME,),
)  # fmt: skip


def test_R1_minutes_are_kept_whole_and_read_back_as_they_were() -> None:
    assert CaseMinutes.of(kept(CASE)) == CASE
    head = Attendance(
        "Sam", "09:30", "12:00", (Represented("Police", "Present", ("A", "B")),), ("O",), ("R",), "S"
    )
    assert Attendance.of(kept(head)) == head


@pytest.mark.parametrize(
    ("agency", "runs", "idva", "sees"),
    [
        (HOUSING, False, False, (False, False, False)),
        (HOUSING, False, True, (False, True, False)),
        (POLICE, False, False, (True, False, False)),
        (HAVEN, False, False, (True, False, False)),
        (HOUSING, True, False, (True, True, True)),
    ],
)
def test_F1_each_reader_is_shown_what_is_theirs(
    agency: object, runs: bool, idva: bool, sees: tuple[bool, bool, bool]
) -> None:
    told = extract(CASE, Sight(agency, runs, idva))  # type: ignore[arg-type]
    assert (bool(told.crimes), bool(told.unsafe), bool(told.heard_by)) == sees
    assert told.telling == "Not told: unsafe" and told.shared == CASE.shared


@pytest.mark.parametrize(
    ("reached", "runs", "words"),
    [
        (True, True, "Police told today; minuted apart"),
        (False, True, "Police not told yet when these minutes were drawn from the record: nobody of theirs"),
        (False, False, "for Police, today; minuted apart"),
        (True, False, "for Police, today; minuted apart"),
        (None, True, "for Police, today; minuted apart"),  # minutes of before it was kept
    ],
)
def test_M6_minutes_say_that_police_were_told_where_they_were_and_only_to_who_runs_meetings(
    reached: bool | None, runs: bool, words: str
) -> None:
    case = replace(CASE, crimes=(replace(CRIME, reached=reached),))
    (crime,) = extract(CaseMinutes.of(kept(case)), Sight(HAVEN, runs, is_idva=False)).crimes
    assert crime.words.startswith(f"disclosed by Haven; {words}")


def test_M4_minutes_are_out_within_the_areas_working_days() -> None:
    thursday, off = date(2026, 12, 24), frozenset({date(2026, 12, 25), date(2026, 12, 28)})
    assert due_on(Works.AGENDA, thursday, AreaSettings(), off) == date(2026, 12, 31)
    assert due_on(Works.LIST, thursday, AreaSettings(), off) == date(2026, 12, 29)
    assert due_on(Works.AGENDA, thursday, AreaSettings(minutes_marac_days=1), off) == date(2026, 12, 29)


def test_R1_whoever_wrote_in_minutes_does_not_approve_them() -> None:
    assert approval_problem(POLICE, {POLICE, HAVEN}) is not None
    assert approval_problem(HOUSING, {POLICE, HAVEN}) is None


@pytest.mark.parametrize(
    ("made", "last"),
    [
        (date(2026, 10, 20), date(2026, 11, 3)),  # over the clocks going back
        (date(2026, 3, 20), date(2026, 4, 3)),  # over their going forward, to Good Friday
        (date(2026, 12, 11), date(2026, 12, 25)),  # Christmas still counts
        (date(2028, 2, 20), date(2028, 3, 5)),  # 29 February is one of them; a Sunday still counts
    ],
)
def test_X6_S3_a_copy_and_a_release_are_there_for_days_of_the_calendar(made: date, last: date) -> None:
    assert copy_expires_on(made, 14) == last
