"""No meeting ends in silence about its confidentiality statement (Rulebook R3)."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from agenda.meetings import MeetingState
from agenda.rules import RuleBroken
from meetingsvc.models import AttendeeRow, MeetingRow, db
from meetingsvc.permissions import Principal
from meetingsvc.store import acting
from meetingsvc.store import meeting_record_closing as closing
from meetingsvc.store import minutes as minutes_store
from meetingsvc.usecases import list_changes, meeting_record, meeting_record_attendance, minutes
from meetingsvc.usecases.meeting_record_attendance import Told
from meetingsvc.usecases.transaction import saved
from tests.a_marac import MONDAY, NOW, listed, people_rows
from tests.a_meeting_record import came, nothing_missing
from tests.usecases.test_list_changes import decide_all
from tests.usecases.test_meeting_record import AT, decided, published, rep, who

__all__ = ["rep", "who"]
WHY = "The line fell away at the start"


def not_reminded() -> None:
    with saved():
        db.session.execute(update(AttendeeRow).values(confidential_at=None))


def kept(meeting_id: UUID) -> MeetingRow:
    db.session.rollback()
    return db.session.scalars(select(MeetingRow).where(MeetingRow.id == meeting_id)).one()


@pytest.fixture
def monday(who: Principal) -> UUID:
    """A daily meeting whose case has its outcome, and to which somebody came."""
    listed(who.area_id, people_rows(1, MONDAY))
    decide_all(who)
    nothing_missing(who, at=NOW)
    meeting_id = db.session.scalars(select(MeetingRow.id).where(MeetingRow.sits_on == MONDAY)).one()
    db.session.rollback()
    return meeting_id


def test_R3_a_daily_meeting_at_which_it_was_not_read_is_closed_only_with_why(
    who: Principal, monday: UUID
) -> None:
    not_reminded()
    for why in ("", " "):
        with pytest.raises(RuleBroken, match="Record that it was, or say in a sentence why not"):
            list_changes.close(who, MONDAY, NOW, why)
    with pytest.raises(RuleBroken, match="characters or fewer"):
        list_changes.close(who, MONDAY, NOW, "x" * 20_000)
    assert kept(monday).state == MeetingState.OPEN
    list_changes.close(who, MONDAY, NOW, f" {WHY} ")
    assert (kept(monday).state, kept(monday).unread_reason) == (MeetingState.CLOSED, WHY)


def test_R3_where_it_was_read_or_everybody_was_reminded_nothing_is_asked(
    who: Principal, monday: UUID
) -> None:
    with acting.acting(who):
        assert closing.unread(who, monday) == []
    not_reminded()
    with acting.acting(who):
        assert closing.unread(who, monday) == [who.name]
    db.session.rollback()
    meeting_record_attendance.save(who, monday, Told((), (), statement_read=True), NOW)
    not_reminded()  # who came after it was read is told of beside the record
    with acting.acting(who):
        assert closing.unread(who, monday) == []
    db.session.rollback()
    list_changes.close(who, MONDAY, NOW, "Nobody asked")
    assert kept(monday).unread_reason == ""


def test_R3_a_marac_says_why_and_its_minutes_say_it_too(who: Principal, rep: Principal) -> None:
    meeting_id, items = published(who)
    decided(who, *items)
    came(rep, meeting_id)
    not_reminded()
    with pytest.raises(RuleBroken, match="Record that it was, or say in a sentence why not"):
        meeting_record.end(who, meeting_id, AT)
    assert kept(meeting_id).ended_at is None
    meeting_record.end(who, meeting_id, AT, WHY)
    minutes.draft(who, meeting_id, AT)
    db.session.rollback()
    with acting.acting(who):
        (version,) = minutes_store.versions(who, meeting_id)
    assert version.head.unread == WHY and version.head.readings == ()
