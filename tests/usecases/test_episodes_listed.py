"""A missing child is on DREAM's list, each day until they are back, and once more then (Rulebook E1, E3)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from agenda.exploitation_list import Because
from meetingsvc.models import CaseRow, ExploitationEntryRow, ItemRow, MeetingRow, db
from tests.a_ladder import MONDAY, TUESDAY, WEDNESDAY, a_runner, an_office, at, built, item_of, ladder_of
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


def test_E1_three_episodes_in_ninety_days_are_a_reason_of_their_own(area_id: UUID) -> None:
    for day in (1, 8, 15):
        gone = {"reference": f"MP/{day}", "missing_from": f"2026-11-{day:02}T17:30",
                "reported_at": f"2026-11-{day:02}T19:10", "returned_at": f"2026-11-{day:02}T23:00",
                "found_where": "Moor Park"}  # fmt: skip
        sent(area_id, ROW | gone, now=at(MONDAY, 7))
    monday = built(area_id, MONDAY)
    assert Because.REPEATEDLY in why(monday) and Because.STILL_MISSING not in why(monday)
    assert db.session.scalar(select(MeetingRow.kind).where(MeetingRow.id == monday)) == "DREAM"
