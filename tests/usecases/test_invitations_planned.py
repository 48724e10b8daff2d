"""A MARAC that is planned alone, and moves: nobody was invited yet; feeds follow, and the first mail (M4)."""

from datetime import date, datetime, time

import pytest
from icalendar import Calendar
from sqlalchemy import func, select

from agenda.calendar import LONDON, to_utc
from agenda.circulation import Group
from meetingsvc.models import InvitationRow, OutboxRow, db
from meetingsvc.store import invitations as store
from meetingsvc.usecases import calendar_feeds
from meetingsvc.usecases import meeting_moves_planned as planned
from notifications.messages import Notice
from tests.a_marac import NOW, line_of, referred, to_day
from tests.usecases.test_invitations import FRIDAY, LATER, THURSDAY, Panel, event, panel, told

__all__ = ["panel"]

WEDNESDAY = date(2026, 12, 2)
SLOT = datetime(2026, 12, 3, 9, 30, tzinfo=LONDON)


def move(panel: Panel, day: date, at: time = time(9, 30)) -> None:
    planned.move_planned(panel.coordinator, THURSDAY, to_utc(datetime.combine(day, at)), "Room", NOW)


def in_feed(key: str) -> Calendar | None:
    """What the feed says of the one day of the series, where that is an exception."""
    found = Calendar.from_ical(calendar_feeds.read(key, "127.0.0.1", LATER)).walk("VEVENT")
    its = [one for one in found if "recurrence-id" in one and one["recurrence-id"].dt == SLOT]
    assert len(its) <= 1
    return its[0] if its else None


def numbers(entry: Calendar | None) -> tuple[str, int, datetime, str]:
    assert entry is not None
    return str(entry["uid"]), entry["sequence"], entry["dtstart"].dt, str(entry["status"])


def invited() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(InvitationRow)) or 0


def notices(panel: Panel) -> int:
    """How often the representative was told that a meeting moved or does not sit."""
    mine = OutboxRow.account_id == panel.rep.account_id, OutboxRow.notice == Notice.MEETING_CHANGED
    return db.session.scalar(select(func.count()).where(*mine)) or 0


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), LONDON)


def test_M4_nobody_holds_an_invitation_to_what_is_planned_alone_and_feeds_follow_each_change(
    panel: Panel,
) -> None:
    key, uid = calendar_feeds.make(panel.rep, NOW), store.series_uid(panel.area_id)
    assert in_feed(key) is None, "as planned"
    move(panel, FRIDAY)
    assert numbers(in_feed(key)) == (uid, 1, at(FRIDAY, 9, 30), "CONFIRMED")
    move(panel, FRIDAY, time(14))
    assert numbers(in_feed(key)) == (uid, 2, at(FRIDAY, 14), "CONFIRMED")
    planned.cancel_planned(panel.coordinator, THURSDAY, "Christmas party", NOW)
    assert numbers(in_feed(key))[:2] == (uid, 3) and numbers(in_feed(key))[3] == "CANCELLED"
    move(panel, WEDNESDAY)
    assert numbers(in_feed(key)) == (uid, 4, at(WEDNESDAY, 9, 30), "CONFIRMED")
    assert invited() == 0 and told(panel) == [], "no mail has put it into a calendar"
    assert notices(panel) == 4, "and everyone who attends was told of each"


@pytest.mark.parametrize(
    ("day", "hour", "sequence"), [(FRIDAY, time(14), 1), (THURSDAY, time(9, 30), 2)], ids=str
)
def test_M4_the_first_invitation_carries_the_moved_time_with_the_uid_and_a_number_no_feed_is_ahead_of(
    panel: Panel, day: date, hour: time, sequence: int
) -> None:
    key = calendar_feeds.make(panel.rep, NOW)
    if day == THURSDAY:
        move(panel, FRIDAY)
    move(panel, day, hour)
    item = referred(panel.coordinator, (Group.REPEAT_NO_SAFEGUARDS,))[0]
    letters = panel.sent()
    assert len(letters) == 2
    for letter in letters:
        method, entry = event(letter)
        assert method == "REQUEST" and entry["recurrence-id"].dt == SLOT
        assert numbers(entry) == (
            store.series_uid(panel.area_id), sequence, datetime.combine(day, hour, LONDON), "CONFIRMED"
        )  # fmt: skip
    of_feed = in_feed(key)
    assert of_feed is None if day == THURSDAY else numbers(of_feed) == numbers(event(letters[0])[1])
    to_day(panel.coordinator, line_of(item).meeting_id, WEDNESDAY)
    entry = event(panel.sent()[0])[1]
    assert entry["sequence"] == sequence + 1 and numbers(entry) == numbers(in_feed(key)), "and on from there"
