"""A missing child is on DREAM's list, each day until they are back, and once more then (Rulebook E1, E3)."""

from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from agenda.exploitation_list import Because
from agenda.rules import RuleBroken
from meetingsvc.models import CaseRow, ExploitationEntryRow, ItemRow, MeetingRow, db
from meetingsvc.permissions import Role
from meetingsvc.store import (
    acting,
    exploitation_page,
    retention_times,
    retention_use,
    subjects_alike,
)
from meetingsvc.usecases import exploitation_lists as lists
from meetingsvc.web import episode_lines
from tests.a_ladder import (
    MONDAY,
    TUESDAY,
    WEDNESDAY,
    a_runner,
    an_office,
    at,
    built,
    item_of,
    ladder_of,
    referred,
)
from tests.a_marac import a_person, an_agency
from tests.an_episode import BACK, ROW, sent


@pytest.fixture(autouse=True)
def panels_there(area_id: UUID) -> None:
    ladder_of(area_id, a_runner(an_office(area_id)))


def the_child() -> UUID:
    return db.session.scalars(select(CaseRow.id).where(CaseRow.kind == "child")).one()


def why(meeting_id: UUID) -> set[Because]:
    """Every reason for which the one child is on that list."""
    row = ExploitationEntryRow
    rows = (
        select(row.reasons).join(ItemRow, ItemRow.id == row.item_id).where(ItemRow.meeting_id == meeting_id)
    )
    return {Because(word) for told in db.session.scalars(rows) for word in told.split()}


def test_E1_a_child_told_of_by_name_alone_goes_missing_repeatedly_and_may_be_one_there_is(
    area_id: UUID,
) -> None:
    by_name = ROW | {"child_dob": ""}
    days = ("2026-11-20", "2026-11-21", "2026-11-22")
    assert sent(
        area_id,
        *(by_name | {"reference": f"MP/{day}", "missing_from": f"{day}T17:30", "reported_at": f"{day}T18:00",
                     "returned_at": f"{day}T19:00"} for day in days),
        now=at(MONDAY, 7),
    ).created == 3  # fmt: skip
    monday = built(area_id, MONDAY)
    assert Because.REPEATEDLY in why(monday), "though each of them is a case of its own"
    runner = a_runner(an_agency(area_id, "Northmoor Council"))
    with acting.acting(runner):
        (first, *others) = exploitation_page.lines(runner, monday)
        assert [one.repeatedly for one in episode_lines.lines(runner, at(MONDAY, 9))] == [True] * 3
    for one in others:
        assert f"{one.case}, date of birth not known, whom DREAM has" in first.name
    assert first.name.startswith("Kit Valewright (may be C-") and len(others) == 2
    officer = a_person(an_agency(area_id, "Northmoor Homes"))
    with acting.acting(officer):
        assert subjects_alike.pairs(officer, [first.case_id]) == [], "who may open neither"


def test_E1_E3_a_missing_child_is_on_every_list_until_they_are_back(area_id: UUID) -> None:
    assert sent(area_id, ROW, now=at(MONDAY, 7)).created == 1
    monday = built(area_id, MONDAY)
    assert {Because.MISSING, Because.STILL_MISSING} <= why(monday)
    assert Because.STILL_MISSING in why(built(area_id, TUESDAY)), "though nothing came in"
    back = ROW | BACK | {"updated_at": "2026-11-24T11:00", "returned_at": "2026-11-24T10:00"}
    assert sent(area_id, back, now=at(TUESDAY, 12)).updated == 1
    wednesday = built(area_id, WEDNESDAY)
    assert item_of(wednesday, the_child()) and Because.STILL_MISSING not in why(wednesday)
    entry = db.session.scalars(
        select(ExploitationEntryRow)
        .join(ItemRow, ItemRow.id == ExploitationEntryRow.item_id)
        .where(ItemRow.meeting_id == wednesday, ExploitationEntryRow.source == "missing_episode")
    ).one()
    assert entry.changed


def test_E1_E3_who_goes_missing_before_the_meeting_begins_is_added_to_its_list_once(area_id: UUID) -> None:
    wren = a_runner(an_agency(area_id), name="Gil Stone")
    monday = built(area_id, MONDAY, at(MONDAY, 8))
    sent(area_id, ROW, now=at(MONDAY, 8, 45))
    assert item_of(monday, the_child()) is None
    assert lists.add_missing(wren, MONDAY, at(MONDAY, 9, 0)) == 1
    assert item_of(monday, the_child()) and Because.MISSING in why(monday)
    assert lists.add_missing(wren, MONDAY, at(MONDAY, 9, 5)) == 0, "safe to run twice"
    assert why(built(area_id, TUESDAY)) == {Because.STILL_MISSING, Because.REVIEW}, "taken by the one list"
    sent(area_id, ROW | {"updated_at": "2026-11-24T08:00", "from_where": "School"}, now=at(TUESDAY, 8, 45))
    assert lists.add_missing(wren, TUESDAY, at(TUESDAY, 9, 0)) == 1, "what is new of who is there"
    with pytest.raises(RuleBroken, match="has begun"):
        lists.add_missing(wren, TUESDAY, at(TUESDAY, 10))


def test_E4_who_runs_domestic_abuse_alone_adds_nobody(area_id: UUID) -> None:
    built(area_id, MONDAY)
    with pytest.raises(NotFound):
        lists.add_missing(a_person(an_agency(area_id), Role.COORDINATOR), MONDAY, at(MONDAY, 9))


def in_use(area_id: UUID) -> tuple[str, ...]:
    with acting.whole_area(area_id):
        return retention_use.in_use(area_id, the_child(), {}, at(WEDNESDAY, 9))


def test_L1_a_child_of_whom_an_episode_is_open_or_on_no_list_is_not_destroyed(area_id: UUID) -> None:
    waits = "The child is missing, or a missing episode is on no list yet"
    sent(area_id, ROW, now=at(MONDAY, 7))
    assert waits in in_use(area_id)
    built(area_id, MONDAY)
    assert waits in in_use(area_id), "taken by a list, and missing still"
    sent(area_id, ROW | BACK, now=at(MONDAY, 12))
    assert waits in in_use(area_id), "back, and no list has heard it"
    built(area_id, TUESDAY)
    assert waits not in in_use(area_id)


def test_L1_a_child_of_whom_a_referral_is_on_no_list_is_not_destroyed(area_id: UUID) -> None:
    wren = a_runner(an_agency(area_id), name="Gil Stone")
    referred(wren, at(MONDAY, 12))
    waits = "A referral of the child is on no list yet"
    assert waits in in_use(area_id)
    built(area_id, TUESDAY)
    assert waits not in in_use(area_id)


def test_L1_a_child_s_case_is_held_whether_their_birth_date_is_known_or_not(area_id: UUID) -> None:
    sent(area_id, ROW | {"child_dob": ""}, now=at(MONDAY, 7))
    with acting.whole_area(area_id):
        assert retention_times.child_since(the_child()) == at(MONDAY, 7)


def test_E1_three_episodes_in_ninety_days_are_a_reason_of_their_own(area_id: UUID) -> None:
    for day in (1, 8, 15):
        gone = {"reference": f"MP/{day}", "missing_from": f"2026-11-{day:02}T17:30",
                "reported_at": f"2026-11-{day:02}T19:10", "returned_at": f"2026-11-{day:02}T23:00",
                "found_where": "Moor Park"}  # fmt: skip
        sent(area_id, ROW | gone, now=at(MONDAY, 7))
    monday = built(area_id, MONDAY)
    assert Because.REPEATEDLY in why(monday) and Because.STILL_MISSING not in why(monday)
    assert db.session.scalar(select(MeetingRow.kind).where(MeetingRow.id == monday)) == "DREAM"
