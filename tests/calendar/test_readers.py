"""Our calendars as others read them: the same instants everywhere, in winter and summer (stack.md, Traps)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from notifications import invites
from notifications.invites import LONDON, Entry, Series
from tests.calendar.readers import (
    CalDav,
    Occurrence,
    by_ical_js,
    by_icalendar,
    by_vobject,
    caldav,
    install,
)
from tests.proofs import figure

STAMP = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
READERS = {"ical.js": by_ical_js, "vobject": by_vobject, "icalendar": by_icalendar}
MARAC, DAILY = "b6d3f2a4-0000-5000-8000-000000000001", "b6d3f2a4-0000-5000-8000-000000000002"


def wall(day: date, at: time = time(9, 30)) -> datetime:
    return datetime.combine(day, at, LONDON)


def moved(day: date, to: date, at: time = time(9, 30), cancelled: bool = False) -> Entry:
    return Entry(MARAC, 1, STAMP, wall(to, at), 240, wall(day), cancelled)


#: In winter and in summer alike: one moved, one cancelled, and one over the night the clocks change.
CHANGED = (
    moved(date(2026, 12, 31), date(2027, 1, 4)),
    moved(date(2027, 1, 14), date(2027, 1, 14), cancelled=True),
    moved(date(2027, 3, 25), date(2027, 3, 30), time(14, 0)),
    moved(date(2027, 7, 15), date(2027, 7, 16), time(10, 15)),
    moved(date(2027, 7, 29), date(2027, 7, 29), cancelled=True),
)
FORTNIGHTLY = Series(
    MARAC, STAMP, wall(date(2026, 12, 3)), wall(date(2027, 12, 30)), 240, every_days=14,
    left_out=(wall(date(2027, 12, 2)),), changed=CHANGED,
)  # fmt: skip
BANK_HOLIDAYS = (date(2026, 12, 25), date(2027, 1, 1), date(2027, 8, 31))
DAILIES = Series(
    DAILY, STAMP, wall(date(2026, 12, 1), time(11)), wall(date(2027, 11, 30), time(11)), 90,
    weekdays=("TU", "WE", "TH", "FR"), left_out=tuple(wall(day, time(11)) for day in BANK_HOLIDAYS),
)  # fmt: skip


def expected() -> list[Occurrence]:
    """Reckoned apart from any calendar file: day by day, in UTC."""
    changed = {one.replaces: one for one in CHANGED}
    found = []
    for number in range(29):
        planned = wall(date(2026, 12, 3) + timedelta(days=14 * number))
        one = changed.get(planned)
        starts = (one.starts if one else planned).astimezone(UTC)
        if planned not in FORTNIGHTLY.left_out:
            found.append(Occurrence(MARAC, planned.astimezone(UTC), starts, starts + timedelta(minutes=240),
                                    bool(one and one.cancelled)))  # fmt: skip
    for number in range(365):
        day = date(2026, 12, 1) + timedelta(days=number)
        if day.weekday() in (1, 2, 3, 4) and day not in BANK_HOLIDAYS:
            at = wall(day, time(11)).astimezone(UTC)
            found.append(Occurrence(DAILY, at, at, at + timedelta(minutes=90), False))
    return sorted(found)


@pytest.fixture(scope="module", autouse=True)
def readers() -> None:
    install()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CalDav]:
    with caldav(tmp_path_factory.mktemp("radicale")) as found:
        yield found


@pytest.mark.parametrize("reader", READERS)
def test_M4_every_reader_finds_the_same_instants_in_the_feed(reader: str) -> None:
    found = READERS[reader](invites.feed([FORTNIGHTLY, DAILIES], []))
    wanted = expected()
    assert found == wanted
    assert {one.starts.hour for one in found if one.uid == DAILY} == {10, 11}, "summer and winter"
    figure(f"Calendar read back by {reader}", f"{len(found)} occurrences, {len(CHANGED)} moved or cancelled: "
           f"{sum(a == b for a, b in zip(found, wanted, strict=True))} at the same instant")  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("day", [date(2027, 1, 14), date(2027, 7, 15)])
@pytest.mark.parametrize("cancelled", [False, True])
def test_M4_every_reader_finds_an_invitation_at_its_instant(reader: str, day: date, cancelled: bool) -> None:
    made = invites.invitation(
        moved(day, day + timedelta(days=1), cancelled=cancelled), "o@x.example", "a@x.example"
    )
    starts = wall(day + timedelta(days=1)).astimezone(UTC)
    assert READERS[reader](made) == [
        Occurrence(MARAC, wall(day).astimezone(UTC), starts, starts + timedelta(minutes=240), cancelled)
    ]
    assert starts.hour == (9 if day.month == 1 else 8)


def test_M4_a_calendar_server_keeps_the_series_and_finds_it_where_it_is(server: CalDav) -> None:
    """Put without a METHOD, asked by time range, got back, and read again."""
    back = server.keep("series", invites.feed([FORTNIGHTLY], []))
    wanted = [one for one in expected() if one.uid == MARAC]
    for name, reader in READERS.items():
        assert reader(back) == wanted, name
    asked = 0
    for one in wanted:
        if not one.cancelled:
            assert server.within("series", one.starts, one.starts + timedelta(minutes=1)), one
            assert not server.within("series", one.starts - timedelta(hours=1), one.starts), one
            asked += 1
    moved_from = wall(date(2027, 7, 15)).astimezone(UTC)
    assert not server.within("series", moved_from, moved_from + timedelta(hours=2)), "it is no longer there"
    figure("Calendar kept by a CalDAV server", f"{asked} of {asked} sittings found where they are")


def test_M4_a_calendar_server_keeps_one_sitting_of_a_series_alone(server: CalDav) -> None:
    """What a calendar program puts there of a mail: the entry without its METHOD."""
    made = invites.invitation(CHANGED[0], "o@x.example", "a@x.example").replace(b"METHOD:REQUEST\r\n", b"")
    back = server.keep("one", made)
    assert by_ical_js(back) == by_vobject(back) == by_icalendar(back) == by_ical_js(made)
    assert server.within(
        "one", CHANGED[0].starts.astimezone(UTC), CHANGED[0].starts.astimezone(UTC) + timedelta(hours=1)
    )


def test_M4_the_way_the_library_would_write_the_zone_is_not_ours() -> None:
    """Comma-separated lists of RDATE put winter an hour early for ical.js (stack.md, Traps)."""
    written = invites.feed([FORTNIGHTLY, DAILIES], [])
    assert b"RDATE" not in written and written.count(b"BEGIN:VTIMEZONE") == 1
    assert b"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in written
    assert all(b"," not in line for line in written.splitlines() if line.startswith(b"EXDATE"))


def test_M4_no_file_of_the_packages_names_where_they_came_from() -> None:
    lock = Path(__file__).with_name("package-lock.json").read_text()
    assert "resolved" not in lock
